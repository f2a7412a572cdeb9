package probe

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/probe"
)

// brokenHub stands before a hub and does harm to one thing.
type brokenHub struct {
	ask    func([]byte) []byte                          // what reaches the hub
	answer func(asked, body []byte, status *int) []byte // what its caller gets
	path   func(r *http.Request) bool                   // requests that get 404
}

// before serves the broken hub before a hub.
func (b brokenHub) before(t *testing.T, hub string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if b.path != nil && b.path(r) {
			http.NotFound(w, r)
			return
		}
		if b.ask != nil {
			asked = b.ask(asked)
		}
		req, err := http.NewRequestWithContext(r.Context(), r.Method, hub+r.URL.RequestURI(), bytes.NewReader(asked))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		status := resp.StatusCode
		if b.answer != nil {
			body = b.answer(asked, body, &status)
		}
		body = bytes.ReplaceAll(body, []byte(hub), []byte("http://"+r.Host)) // the addresses in its WSDL
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestProbeBrokenHubs: of each harm the very case fails and says what came.
func TestProbeBrokenHubs(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data)
	kit := kitOf(t, data)
	drop := func(pattern string) func(_, body []byte, _ *int) []byte {
		return func(_, body []byte, _ *int) []byte { return regexp.MustCompile(pattern).ReplaceAll(body, nil) }
	}
	spare, err := chosen(t, "accettata")[0].message(newPlay(t, kit, h.URL()))
	if err != nil {
		t.Fatal(err)
	}
	var last []byte
	forgetful := func(b []byte) []byte {
		if bytes.Equal(b, last) {
			return spare.body
		}
		last = b
		return b
	}
	for name, tc := range map[string]struct {
		hub    brokenHub
		cases  string // played, in the table's order
		failed string // of these the ones that must fail
		says   string // by the first of them
	}{
		"nothing": {brokenHub{}, "eco busta-dtd firma-alterata regola accettata ripetuta", "", ""},
		"the receipt is altered": {brokenHub{answer: func(_, body []byte, _ *int) []byte {
			return regexp.MustCompile(`<CodiceComunicazione>1`).ReplaceAll(body, []byte(`<CodiceComunicazione>2`))
		}}, "accettata ricevuta-sigillo", "ricevuta-sigillo", "sigillo non valido"},
		"the receipt of a rejection is altered": {brokenHub{answer: func(_, body []byte, _ *int) []byte {
			return bytes.Replace(body, []byte("<Regione>marche"), []byte("<Regione>lazio"), 1)
		}}, "eco regola", "regola", "sigillo non valido"},
		"the receipt is dropped": {brokenHub{answer: drop(`(?s)<soapenv:Header>.*</soapenv:Header>`)}, "regola accettata", "regola accettata", "manca la ricevuta"},
		"a fault with 200": {brokenHub{answer: func(_, body []byte, status *int) []byte {
			*status = http.StatusOK
			return body
		}}, "eco busta-dtd operazione-ignota", "busta-dtd operazione-ignota", "un fault SOAP con stato HTTP 200"},
		"a fault without its errors": {brokenHub{answer: drop(`(?s)<detail>.*</detail>`)}, "eco ricevuta-ignota", "ricevuta-ignota", "non ha l'elenco degli errori"},
		"a fault that is no SOAP": {brokenHub{answer: func(_, body []byte, status *int) []byte {
			if *status == http.StatusOK {
				return body
			}
			return []byte("<html>Internal Server Error</html>")
		}}, "eco azione-diversa", "azione-diversa", "non è una busta SOAP leggibile"},
		"an altered document is taken": {brokenHub{ask: func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("Via Casa 4"), []byte("Via Casa 3"))
		}}, "firma-alterata accettata", "firma-alterata", "esito OK"},
		"a DTD is passed over":            {brokenHub{ask: altered("<!DOCTYPE a>", "")}, "busta-dtd busta-entita", "busta-dtd", "risposta di Echo"},
		"two elements are one":            {brokenHub{ask: altered(`<x:a xmlns:x="urn:esempio:prova"/>`, "")}, "busta-due-elementi", "busta-due-elementi", "risposta di Echo"},
		"a repetition has a new receipt":  {brokenHub{ask: forgetful}, "accettata ripetuta", "ripetuta", "la ricevuta non è la stessa"},
		"an answer of another charset":    {brokenHub{answer: func(_, body []byte, _ *int) []byte { return bytes.ToUpper(body) }}, "eco", "eco", "non è una busta SOAP"},
		"a schema that cannot be reached": {brokenHub{path: func(r *http.Request) bool { return r.URL.Query().Has("xsd") }}, "wsdl", "wsdl", "HTTP 404"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlay(t, kit, tc.hub.before(t, h.URL()))
			checks, err := p.play(chosen(t, tc.cases))
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			for _, c := range checks {
				if c.Verdict == probe.Failed {
					failed = append(failed, c.ID)
				}
				if c.Verdict == probe.Failed && len(failed) == 1 && !strings.Contains(c.Got, tc.says) {
					t.Errorf("%s says %q", c.ID, c.Got)
				}
				if c.Verdict == probe.Failed && c.Remedy == "" {
					t.Errorf("%s: no remedy", c.ID)
				}
			}
			if got := strings.Join(failed, " "); got != tc.failed {
				t.Errorf("failed %q, want %q", got, tc.failed)
			}
		})
	}
}

// TestProbeBrokenDialects: likewise of what the dialects have of their own.
func TestProbeBrokenDialects(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	kit, err := Cmd{Data: m.data, Channel: true}.kit()
	if err != nil {
		t.Fatal(err)
	}
	drop := func(pattern string) func(_, body []byte, _ *int) []byte {
		return func(_, body []byte, _ *int) []byte { return regexp.MustCompile(pattern).ReplaceAll(body, nil) }
	}
	for _, tc := range []struct {
		region, dialect string
		hub             brokenHub
		cases           string
		failed          string
		says            string
	}{
		{"lazio", playModI, brokenHub{}, "eco modi-nessuna modi-destinatario accettata", "", ""},
		{"lazio", playModI, brokenHub{answer: drop(`(?s)<wsse:Security.*</wsse:Security>`)}, "eco modi-destinatario modi-nessuna", "eco modi-destinatario", "non è firmata dal nodo"},
		{"lazio", playModI, brokenHub{answer: func(_, body []byte, _ *int) []byte {
			return bytes.Replace(body, []byte("prova di"), []byte("prova  di"), 1)
		}}, "eco", "eco", "non è firmata dal nodo"},
		{"marche", playEGov, brokenHub{answer: drop(`(?s)<[a-zA-Z0-9:_]*ListaRiscontri.*ListaRiscontri>`)}, "egov-mittente egov-riscontro", "egov-riscontro", "riscontro"},
		{"marche", playSAML, brokenHub{}, "eco saml-buona saml-alterata saml-scaduta saml-unica saml-riuso", "", ""},
		{"marche", playSAML, brokenHub{ask: func(b []byte) []byte {
			return regexp.MustCompile(`(?s)<wsse:Security.*</wsse:Security>`).ReplaceAll(b, nil)
		}}, "saml-buona saml-alterata saml-scaduta", "saml-alterata saml-scaduta", "risposta di Echo"},
		{"marche", playSAML, brokenHub{ask: func(b []byte) []byte {
			return regexp.MustCompile(`<saml:OneTimeUse></saml:OneTimeUse>|<saml:OneTimeUse/>`).ReplaceAll(b, nil)
		}}, "saml-unica", "saml-unica", "SAML-10"},
		{"marche", playEGov, brokenHub{ask: altered("ALTRAREGIONE", "MARCHE")}, "egov-mittente", "egov-mittente", "SIG-01"},
		{"piemonte", playPiemonte, brokenHub{answer: func(_, body []byte, _ *int) []byte {
			return bytes.Replace(body, []byte(">true<"), []byte(">false<"), 1)
		}}, "spicom-viva", "spicom-viva", "risponde false"},
		{"piemonte", playPiemonte, brokenHub{answer: func(_, body []byte, _ *int) []byte {
			return bytes.ReplaceAll(body, []byte("inviaComunicazioneProspettoXML"), []byte("altro"))
		}}, "spicom-metodo spicom-bean", "spicom-bean", "variante a stringa"},
	} {
		p := newPlay(t, kit, tc.hub.before(t, m.URL()))
		p.dialect, p.url, p.to = tc.dialect, strings.Replace(p.url, "marche", tc.region, 1), m.endpoint(tc.region)
		checks, err := p.play(chosen(t, tc.cases))
		if err != nil {
			t.Fatal(err)
		}
		var failed []string
		for _, c := range (probe.Part{Checks: checks}).Failures() {
			if failed = append(failed, c.ID); len(failed) == 1 && !strings.Contains(c.Got, tc.says) {
				t.Errorf("%s %s says %q", tc.dialect, c.ID, c.Got)
			}
		}
		if got := strings.Join(failed, " "); got != tc.failed {
			t.Errorf("%s: failed %q, want %q", tc.dialect, got, tc.failed)
		}
	}
}

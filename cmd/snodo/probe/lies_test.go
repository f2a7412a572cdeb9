package probe

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/transform/envelope"
)

// lie changes an answer of a hub; n counts the answers since it was set.
type lie func(n int, body []byte, status *int) []byte

// liar stands between a player and a hub.
type liar struct {
	hub http.RoundTripper

	mu  sync.Mutex
	lie lie // nil: the truth
	n   int
}

// RoundTrip implements http.RoundTripper.
func (l *liar) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.hub.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || l.lie == nil {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	l.n++
	resp.Body = io.NopCloser(bytes.NewReader(l.lie(l.n, body, &resp.StatusCode)))
	return resp, nil
}

func (l *liar) tell(what lie) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lie, l.n = what, 0
}

// inVersion is an answer in the SOAP of the one in whose place it comes.
func inVersion(body []byte, answer string) []byte {
	if bytes.Contains(body, []byte(envelope.SOAP12)) {
		return envelope.ToSOAP12([]byte(answer))
	}
	return []byte(answer)
}

const answerHead, answerTail = `<s:Envelope xmlns:s="` + envelope.SOAP11 + `"><s:Body>`, `</s:Body></s:Envelope>`

// lies are the harms that every case must find: a hub that takes all, one that
// refuses all, one whose codes are others, and one whose statuses are.
func lies() map[string]lie {
	return map[string]lie{
		"takes": func(_ int, body []byte, status *int) []byte {
			*status = http.StatusOK
			return inVersion(body, answerHead+`<h:EchoRisposta xmlns:h="`+envelope.HubNS+`"><h:Testo>`+echoText+`</h:Testo></h:EchoRisposta>`+answerTail)
		},
		"refuses": func(_ int, body []byte, status *int) []byte {
			*status = http.StatusInternalServerError
			return inVersion(body, answerHead+`<s:Fault><faultcode>s:Server</faultcode><faultstring>SOAP-30: guasto</faultstring><detail><h:Errori xmlns:h="`+
				envelope.HubNS+`"><h:Errore><h:Codice>SOAP-30</h:Codice><h:Testo>guasto</h:Testo><h:Rimedio>r</h:Rimedio></h:Errore></h:Errori></detail></s:Fault>`+answerTail)
		},
		"misnames": func(_ int, body []byte, _ *int) []byte {
			return regexp.MustCompile(`\b[A-Z]{2,5}-\d{2,3}\b`).ReplaceAll(body, []byte("DUP-77"))
		},
		"restates": func(_ int, body []byte, status *int) []byte {
			*status = http.StatusAccepted
			return body
		},
	}
}

// patterned is a lie that replaces what a pattern finds.
func patterned(pattern, by string) lie {
	return func(_ int, body []byte, _ *int) []byte {
		return regexp.MustCompile(`(?s)`+pattern).ReplaceAll(body, []byte(by))
	}
}

// ownLie is the harm that a case alone looks for, and what it then says.
type ownLie struct {
	lie  lie
	says string
}

// ownLies are of the cases that look beyond outcome, code and status.
func ownLies() map[string]ownLie {
	echo := ownLie{patterned("àèéìòù", "aeeiou"), "non è quello inviato"}
	unhealthy := ownLie{patterned(">true<", ">false<"), "risponde false"}
	uncoded := ownLie{patterned(`<CodiceComunicazione>\d`, "<CodiceComunicazione>x"), "16 cifre"}
	other := patterned(`(<Ricevuta )`, "$1 ")
	m := map[string]ownLie{
		"eco": echo, "eco-latin1": echo, "eco-utf16": echo, "soap12": echo, "saml-buona": echo,
		"spicom-viva": unhealthy, "spicom-risorse": unhealthy,
		"spicom-bean":      {patterned("inviaComunicazioneProspettoXML", "altro"), "variante a stringa"},
		"spicom-regionale": {patterned(`<identificativoRegionale([^>]*)>\d`, "<identificativoRegionale$1>x"), ""},
		"spicom-massivo":   {patterned("(rifiutata|respinta)", "accettata"), "il secondo non è rifiutato"},
		"egov-riscontro":   {patterned(`<[\w:]*ListaRiscontri.*ListaRiscontri>`, ""), "riscontro"},
		"rifiuto-ripetuto": {other, ""},
		"ripetuta":         {other, ""},
		"rifiuto-ricevuta": {other, "non è quella data con l'esito"},
		"ricevuta-chiesta": {other, "non è quella data con l'esito"},
		"accettata":        uncoded,
		"ricevuta-sigillo": {nil, ""}, // of what accettata kept: TestProbeBrokenHubs
		"wsdl":             {patterned(`style="document"`, `style="rpc"`), "stile document"},
		"saml-obbligo":     {lies()["refuses"], "SOAP-30"},
		"tls-versione":     {nil, ""}, // TestProbeChannel
		"tls-certificato":  {nil, ""}, // TestProbeChannel
		"spicom-http10":    {nil, ""}, // TestProbeChannel
		"contemporanee": {func(n int, body []byte, status *int) []byte {
			if n == 1 {
				return other(n, body, status)
			}
			return body
		}, "due ricevute diverse"},
		"registrata": {func(_ int, body []byte, _ *int) []byte {
			all := regexp.MustCompile(`(?s)<Ricevuta .*?</Ricevuta>`).FindAll(body, -1)
			if len(all) == 2 {
				body = bytes.Replace(body, all[1], all[0], 1)
			}
			return body
		}, "non è di registrazione"},
	}
	for _, c := range kindCases() {
		m[c.id] = uncoded
	}
	return m
}

// TestProbeCasesFail: there is no case that a hub cannot fail. Each is played in
// earnest, and then its answer changed.
func TestProbeCasesFail(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h, m := startHub(t, data), startModI(t)
	kits := map[*hubUnderTest]*kit{}
	for _, hub := range []*hubUnderTest{h, m} {
		kits[hub] = kitOf(t, hub.data)
	}
	tried := map[string]bool{}
	for _, tc := range []struct {
		hub             *hubUnderTest
		region, dialect string
		channel         bool
	}{
		{h, "lazio", playNational, false}, {h, "marche", playEGov, false}, {h, "lazio", playSAML, false},
		{h, "piemonte", playPiemonte, true}, {m, "lazio", playModI, false},
	} {
		p := newPlay(t, kits[tc.hub], tc.hub.URL())
		p.dialect, p.sampler.Region, p.url = tc.dialect, tc.region, tc.hub.endpoint(tc.region)
		p.to, p.kit.channel = p.url, tc.channel
		failing(t, p, tried)
	}
	own := ownLies()
	for _, c := range testCases() {
		if _, ok := own[c.id]; !ok && (c.run != nil || c.more != nil) {
			t.Errorf("%s looks at something that no lie is about", c.id)
		}
		if !tried[c.id] && (own[c.id].lie != nil || c.run == nil) {
			t.Errorf("%s was not tried", c.id)
		}
	}
}

// failing plays the cases of a dialect that were not tried yet, and lies to each.
func failing(t *testing.T, p *player, tried map[string]bool) {
	t.Helper()
	l := &liar{hub: p.web.Transport}
	p.web.Transport = l
	p.sent, p.kept, p.named = map[string][]byte{}, map[string]answer{}, "urn:uuid:"+p.dialect
	for _, c := range testCases() {
		if tried[c.id] || c.in != nil && !slices.Contains(c.in, p.dialect) || p.cannot(c) != "" {
			continue
		}
		own := ownLies()[c.id]
		if c.run != nil && own.lie == nil {
			continue
		}
		var check probe.Check
		if _, err := p.try(c, &check); err != nil {
			t.Fatal(err)
		}
		if check.Verdict == probe.Failed {
			t.Errorf("%s %s, in earnest: %s", p.dialect, c.id, check.Got)
		}
		if check.Verdict == probe.Untried && c.id != "saml-obbligo" {
			continue
		}
		told := map[string]lie{}
		if c.run == nil {
			told = lies()
		}
		if own.lie != nil {
			told["own"] = own.lie
		}
		for name, what := range told {
			if name == "takes" && c.want.outcome == answeredEcho || name == "misnames" && len(p.wantOf(c).codes) == 0 {
				continue
			}
			sent, kept, made := maps.Clone(p.sent), maps.Clone(p.kept), probe.Check{}
			seals := p.kit.seals
			if name == "own" { // else a broken seal would tell of it
				p.kit.seals = nil
			}
			l.tell(what)
			_, err := p.try(c, &made)
			l.tell(nil)
			p.sent, p.kept, p.kit.seals = sent, kept, seals
			if err != nil || made.Verdict != probe.Failed || name == "own" && !strings.Contains(made.Got, own.says) {
				t.Errorf("%s %s, by a hub that %s: %s, %s, %v", p.dialect, c.id, name, made.Verdict, made.Got, err)
			}
		}
		tried[c.id] = len(told) > 0
	}
}

package soap_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		cfg.Endpoints[1].System = func(*http.Request) string { return "geco" }
	})
	body := submitMessage(" <UniLav>" + someCF + "</UniLav>\n")
	a := e.post(t, "/soap/marche", body, "SOAPAction", `"urn:snodo:hub:v1:RichiestaRispostaSincrona_UniLav"`)
	if a.status != http.StatusOK || !strings.Contains(a.body, "Tipo_Risposta>OK<") || !strings.Contains(a.body, sealed) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	s := e.backend.submission(t)
	if s.Region.Slug != "marche" || s.Kind != "UNILAV" || s.System != "geco" || s.Address != "127.0.0.1" {
		t.Errorf("submission of %s, %s, by %q from %q", s.Region.Slug, s.Kind, s.System, s.Address)
	}
	if got := string(s.Document); got != "<UniLav>"+someCF+"</UniLav>" {
		t.Errorf("document %q", got)
	}
	if string(s.Evidence) != body {
		t.Errorf("evidence is not the body as it arrived")
	}
	if s.Received.IsZero() || s.Received.Location().String() != "UTC" {
		t.Errorf("received %v", s.Received)
	}
}

func TestSubmitAnswers(t *testing.T) {
	t.Parallel()
	warned := fault.List{{Code: fault.UnknownPrevious, Warning: true}}
	wrong := fault.List{{Code: fault.Duplicate, Path: "/UniLav/Lavoratore/CodiceFiscale", Line: 9}}
	cases := map[string]struct {
		answer  hub.Answer
		err     error
		status  int
		wants   []string
		without string
		retry   string
	}{
		"accepted with a warning": {
			answer: hub.Answer{Accepted: true, Faults: warned, Receipt: []byte(sealed)},
			status: 200, wants: []string{"<typ:Tipo_Risposta>OK</typ:Tipo_Risposta><typ:Descr_Esito/>", sealed}, without: "CAT-01"},
		"rejected": {
			answer: hub.Answer{Faults: append(wrong, warned...), Receipt: []byte(sealed)},
			status: 200, wants: []string{"Tipo_Risposta>KO<", "DUP-01: ", "Lavoratore.CodiceFiscale", sealed}, without: "CAT-01"},
		"rejected without receipt": {
			answer: hub.Answer{Faults: wrong},
			status: 200, wants: []string{"Tipo_Risposta>KO<"}, without: "Header"},
		"refused": {
			answer: hub.Answer{Refused: true, Faults: append(wrong, warned...)},
			status: 500, wants: []string{"soapenv:Client", "DUP-01", "CAT-01"}, without: "Ricevuta xmlns"},
		"refused without a reason": {
			answer: hub.Answer{Refused: true},
			status: 500, wants: []string{"soapenv:Server", "SOAP-32"}, without: "Ricevuta xmlns"},
		"store unavailable": {
			err:    ledger.ErrUnavailable,
			status: 503, wants: []string{"soapenv:Server", "SOAP-31"}, without: "ledger", retry: "10"},
		"any error of ours": {
			err:    errors.New("pq: relation secret_table of host db17 " + someCF),
			status: 503, wants: []string{"soapenv:Server", "SOAP-31"}, without: "secret", retry: "10"},
		"stale for ever": {
			err:    ledger.ErrStale,
			status: 503, wants: []string{"SOAP-31"}, without: "stale", retry: "10"},
		"out of time": {
			err:    context.DeadlineExceeded,
			status: 503, wants: []string{"SOAP-31"}, without: "deadline", retry: "10"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, nil)
			e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) { return c.answer, c.err }
			a := e.post(t, "/soap/lazio", submitMessage("<UniLav/>"))
			if a.status != c.status || a.header.Get("Retry-After") != c.retry {
				t.Errorf("status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
			for _, want := range c.wants {
				if !strings.Contains(a.body, want) {
					t.Errorf("no %q in %s", want, a.body)
				}
			}
			if strings.Contains(a.body, c.without) {
				t.Errorf("%q in %s", c.without, a.body)
			}
		})
	}
}

func TestBackendTimeout(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, _ *http.Server) { cfg.Timeout = 1 })
	e.backend.submit = func(ctx context.Context, _ hub.Submission) (hub.Answer, error) {
		<-ctx.Done()
		return hub.Answer{}, ctx.Err()
	}
	e.post(t, "/soap/lazio", submitMessage("<UniLav/>")).wants(t, 503, "Server", fault.ServiceUnavailable)
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("a", 64)
	ask := message(`<RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + digest +
		`</ImprontaDocumento><Codice>1300125000000001</Codice></RichiediRicevuta>`)
	e := serve(t, nil)
	a := e.post(t, "/soap/piemonte", ask, "SOAPAction", "RichiediRicevuta")
	if a.status != 200 || !strings.Contains(a.body, sealed+sealed) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if q := e.backend.asked[0]; q != (hub.ReceiptQuery{Codice: "1300125000000001", Digest: digest}) {
		t.Errorf("asked %+v", q)
	}
	e.backend.err = ledger.ErrNotFound
	e.post(t, "/soap/piemonte", ask).wants(t, 500, "Client", fault.ReceiptNotFound)
	if logged := e.log.String(); strings.Contains(logged, `"level":"ERROR"`) {
		t.Errorf("what the caller asked wrongly is logged as our trouble: %s", logged)
	}
	e.backend.err = errors.New("disk on fire")
	a = e.post(t, "/soap/piemonte", ask)
	a.wants(t, 503, "Server", fault.ServiceUnavailable)
	if strings.Contains(a.body, "fire") {
		t.Errorf("insides leaked: %s", a.body)
	}
	e.post(t, "/soap/piemonte", strings.Replace(ask, "1300125000000001", "13", 1)).wants(t, 500, "Client", fault.ReceiptQuery)
}

// TestFaults asks for every fault that the edge and the dialect find.
func TestFaults(t *testing.T) {
	t.Parallel()
	type h = []string
	national := func(suffix, child string) string {
		return message(`<r:richiesta_RichiestaRispostaSincrona_` + suffix + ` xmlns:r="http://servizi.lavoro.gov.it/comobbl/types"><r:` +
			child + `>x</r:` + child + `></r:richiesta_RichiestaRispostaSincrona_` + suffix + `>`)
	}
	cases := map[string]struct {
		method, path, body string
		headers            h
		status             int
		side               string
		code               fault.Code
	}{
		"malformed":             {body: echoMessage[:len(echoMessage)-3], status: 500, side: "Client", code: fault.MalformedEnvelope},
		"empty body":            {body: "", status: 500, side: "Client", code: fault.MalformedEnvelope},
		"DTD":                   {body: "<!DOCTYPE a>" + echoMessage, status: 500, side: "Client", code: fault.EnvelopeDTD},
		"too deep":              {body: message(strings.Repeat("<a>", 99) + strings.Repeat("</a>", 99)), status: 500, side: "Client", code: fault.EnvelopeLimits},
		"unknown charset":       {body: echoMessage, headers: h{"Content-Type", "text/xml; charset=koi8-r"}, status: 500, side: "Client", code: fault.EnvelopeCharset},
		"UTF-7":                 {body: echoMessage, headers: h{"Content-Type", "text/xml; charset=utf-7"}, status: 500, side: "Client", code: fault.EnvelopeCharset},
		"charset contradicted":  {body: strings.Replace(echoMessage, "ciao", "\xe8", 1), status: 500, side: "Client", code: fault.EnvelopeCharset},
		"no envelope":           {body: "<a/>", status: 500, side: "Client", code: fault.NotAnEnvelope},
		"SOAP 1.2 as text/xml":  {body: strings.Replace(echoMessage, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", 1), status: 500, side: "VersionMismatch", code: fault.EnvelopeVersion},
		"mandatory header":      {body: strings.Replace(echoMessage, "<s:Body>", `<s:Header><a s:mustUnderstand="1"/></s:Header><s:Body>`, 1), status: 500, side: "MustUnderstand", code: fault.MustUnderstand},
		"two elements":          {body: message("<a/><b/>"), status: 500, side: "Client", code: fault.BodyNotSingle},
		"instruction":           {body: "<?a?>" + echoMessage, status: 500, side: "Client", code: fault.EnvelopeInst},
		"unknown operation":     {body: message(`<invia xmlns="urn:x"/>`), status: 500, side: "Client", code: fault.UnknownOperation},
		"unknown kind":          {body: national("UniPippo", "UniPippoXML"), status: 500, side: "Client", code: fault.UnknownOperation},
		"answer as request":     {body: message(`<EchoRisposta xmlns="urn:snodo:hub:v1"/>`), status: 500, side: "Client", code: fault.UnknownOperation},
		"wrong child":           {body: national("UniLav", "UniSommXML"), status: 500, side: "Client", code: fault.RequestShape},
		"empty document":        {body: submitMessage(" "), status: 500, side: "Client", code: fault.DocumentMissing},
		"document not escaped":  {body: strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(submitMessage("<a/>")), status: 500, side: "Client", code: fault.DocumentNotString},
		"document too large":    {body: submitMessage(strings.Repeat("x", 4<<20+1)), status: 500, side: "Client", code: fault.DocumentTooLarge},
		"document in Latin-1":   {body: submitMessage(`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`), status: 500, side: "Client", code: fault.DocumentCharset},
		"action of another":     {body: echoMessage, headers: h{"SOAPAction", `"urn:snodo:hub:v1:RichiediRicevuta"`}, status: 500, side: "Client", code: fault.ActionMismatch},
		"action of no one":      {body: submitMessage("<a/>"), headers: h{"SOAPAction", `"urn:x:Cancella"`}, status: 500, side: "Client", code: fault.ActionMismatch},
		"action of the service": {body: echoMessage, headers: h{"SOAPAction", `"InviaComunicazioneObbligatoria"`}, status: 500, side: "Client", code: fault.ActionMismatch},
		"two actions":           {body: echoMessage, headers: h{"SOAPAction", `"Echo"`, "SOAPAction", `""`}, status: 500, side: "Client", code: fault.ActionMismatch},
		"PUT":                   {method: "PUT", body: echoMessage, status: 405, side: "Client", code: fault.MethodNotAllowed},
		"DELETE":                {method: "DELETE", status: 405, side: "Client", code: fault.MethodNotAllowed},
		"GET of nothing":        {method: "GET", status: 405, side: "Client", code: fault.MethodNotAllowed},
		"GET of unknown schema": {method: "GET", path: "/soap/marche?xsd=../../secret", status: 405, side: "Client", code: fault.MethodNotAllowed},
		"MTOM":                  {body: echoMessage, headers: h{"Content-Type", `multipart/related; type="application/xop+xml"; boundary=x`}, status: 415, side: "Client", code: fault.MediaType},
		"JSON":                  {body: "{}", headers: h{"Content-Type", "application/json"}, status: 415, side: "Client", code: fault.MediaType},
		"no type":               {body: echoMessage, headers: h{"Content-Type", ""}, status: 415, side: "Client", code: fault.MediaType},
		"broken type":           {body: echoMessage, headers: h{"Content-Type", "text/xml; charset"}, status: 415, side: "Client", code: fault.MediaType},
		"two charsets":          {body: echoMessage, headers: h{"Content-Type", "text/xml; charset=utf-8; charset=utf-16"}, status: 415, side: "Client", code: fault.MediaType},
		"gzip":                  {body: echoMessage, headers: h{"Content-Encoding", "gzip"}, status: 415, side: "Client", code: fault.CompressedBody},
		"deflate after":         {body: echoMessage, headers: h{"Content-Encoding", "identity", "Content-Encoding", "deflate"}, status: 415, side: "Client", code: fault.CompressedBody},
		"unknown path":          {path: "/soap/molise", body: echoMessage, status: 404, side: "Client", code: fault.UnknownPath},
		"root":                  {path: "/", body: echoMessage, status: 404, side: "Client", code: fault.UnknownPath},
		"below an endpoint":     {path: "/soap/marche/x", body: echoMessage, status: 404, side: "Client", code: fault.UnknownPath},
	}
	e := serve(t, nil)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.method == "" {
				c.method = http.MethodPost
			}
			if c.path == "" {
				c.path = "/soap/marche"
			}
			a := e.do(t, c.method, c.path, c.body, c.headers...)
			a.wants(t, c.status, c.side, c.code)
			if c.status == 405 && a.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
}

// TestActions: what a SOAPAction may say.
func TestActions(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	for _, action := range []string{"", `""`, "''", `"Echo"`, "Echo", `"urn:snodo:hub:v1:Echo"`, `"http://x/y#Echo"`} {
		if a := e.post(t, "/soap/marche", echoMessage, "SOAPAction", action); a.status != 200 {
			t.Errorf("Echo with %s: %d", action, a.status)
		}
	}
	for _, action := range []string{
		`"richiesta_RichiestaRispostaSincrona_UniLav"`, `"RichiestaRispostaSincrona_UniLav"`,
		`"http://servizi.lavoro.gov.it/comobbl/InviaComunicazioneObbligatoria"`,
	} {
		if a := e.post(t, "/soap/marche", submitMessage("<a/>"), "SOAPAction", action); a.status != 200 {
			t.Errorf("submission with %s: %d", action, a.status)
		}
	}
	lao := message(`<InviaLao xmlns="urn:snodo:hub:v1"><LaoXML><![CDATA[<a/>]]></LaoXML></InviaLao>`)
	for _, action := range []string{`"urn:snodo:hub:v1:InviaLao"`, `"InviaComunicazioneObbligatoria"`} {
		if a := e.post(t, "/soap/marche", lao, "SOAPAction", action); a.status != 200 {
			t.Errorf("submission of LAO with %s: %d", action, a.status)
		}
	}
}

func TestChannelPolicy(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		cfg.Endpoints[0].RefuseForwarded = true
		cfg.Endpoints[0].LoopbackOnly = true
	})
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Forwarded-Anything"} {
		e.post(t, "/soap/piemonte", echoMessage, name, "1.2.3.4").wants(t, 403, "Client", fault.ForwardedRefused)
		if a := e.post(t, "/soap/marche", echoMessage, name, "1.2.3.4"); a.status != 200 {
			t.Errorf("%s refused where it may come", name)
		}
	}
	if a := e.post(t, "/soap/piemonte", echoMessage); a.status != 200 {
		t.Errorf("loopback caller got %d", a.status)
	}
	for addr, want := range map[string]int{
		"127.0.0.1:5": 200, "127.9.9.9:5": 200, "[::1]:5": 200, "[::ffff:127.0.0.1]:5": 200,
		"192.0.2.1:5": 403, "[2001:db8::1]:5": 403, "@": 403, "": 403,
	} {
		req := httptest.NewRequest(http.MethodPost, "/soap/piemonte", strings.NewReader(echoMessage))
		req.Header.Set("Content-Type", "text/xml")
		req.RemoteAddr = addr
		w := httptest.NewRecorder()
		e.Config.Handler.ServeHTTP(w, req)
		if w.Code != want {
			t.Errorf("caller at %q got %d, want %d", addr, w.Code, want)
		}
		if told := strings.Contains(w.Body.String(), string(fault.NotLoopback)); told != (want == 403) {
			t.Errorf("caller at %q got %s", addr, w.Body)
		}
	}
}

// spoken is a dialect that answers with its name, or panics.
type spoken struct {
	soap.National
	panics any
}

func (d spoken) Open(req hub.Request) (hub.Call, *hub.Problem) {
	if d.panics != nil {
		panic(d.panics)
	}
	return hub.Call{Operation: hub.OpResources}, nil
}

func (spoken) Reply(_ hub.Call, r hub.Reply) hub.Response {
	body := "spoken healthy"
	if !r.Healthy {
		body = "spoken ill"
	}
	return hub.Response{Status: 200, ContentType: "text/xml; charset=utf-8", Body: []byte(body)}
}

func TestRouterPaths(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, _ *http.Server) { cfg.Endpoints[0].Dialect = spoken{} })
	for _, path := range []string{"/soap/piemonte", "/servlet/rpcrouter", "/spiman/servlet/rpcrouter", "/a/b/servlet/rpcrouter"} {
		if a := e.post(t, path, "anything"); a.body != "spoken healthy" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	e.backend.err = errors.New("broker closed")
	if a := e.post(t, "/soap/piemonte", "anything"); a.body != "spoken ill" {
		t.Errorf("resources of an ill backend: %s", a.body)
	}
	e.post(t, "/xservlet/rpcrouter/", "anything").wants(t, 404, "Client", fault.UnknownPath)
}

func TestPanicIsOpaque(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"text": someCF + " secret", "error": errors.New(someCF), "runtime": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, func(cfg *soap.Config, _ *http.Server) { cfg.Endpoints[0].Dialect = spoken{panics: value} })
			e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
				var none []int
				return hub.Answer{}, errors.New(string(rune(none[3])))
			}
			path := "/soap/piemonte"
			if value == nil {
				path = "/soap/marche"
			}
			a := e.post(t, path, submitMessage("<a/>"))
			a.wants(t, 500, "Server", fault.InternalTrouble)
			log := e.log.String()
			for _, secret := range []string{someCF, "secret", "goroutine", ".go:"} {
				if strings.Contains(a.body, secret) {
					t.Errorf("%q leaked: %s", secret, a.body)
				}
			}
			if strings.Contains(log, someCF) || !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, "panic") {
				t.Errorf("log %s", log)
			}
			// The server lives on.
			if a := e.post(t, "/soap/lazio", echoMessage); a.status != 200 {
				t.Errorf("after the panic: %d", a.status)
			}
		})
	}
}

func TestUnknownOperationOfADialectIsOurs(t *testing.T) {
	t.Parallel()
	h, err := soap.New(config(&backend{}, slog.New(slog.DiscardHandler)))
	if err != nil || h == nil {
		t.Fatal(err)
	}
	e := serve(t, func(cfg *soap.Config, _ *http.Server) { cfg.Endpoints[0].Dialect = strange{} })
	e.post(t, "/soap/piemonte", "x").wants(t, 500, "Server", fault.InternalTrouble)
}

type strange struct{ soap.National }

func (strange) Open(hub.Request) (hub.Call, *hub.Problem) { return hub.Call{Operation: "fly"}, nil }

// TestLogTellsNothingPersonal: one line per request, none of it from the caller
// but its size.
func TestLogTellsNothingPersonal(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	e.post(t, "/soap/marche", submitMessage("<UniLav>"+someCF+"</UniLav>"), "User-Agent", someCF, "SOAPAction", "")
	e.post(t, "/"+someCF+soap.RouterSuffix, submitMessage(someCF))
	e.post(t, "/"+someCF, submitMessage(someCF))
	e.post(t, "/soap/marche", "<"+someCF)
	e.do(t, http.MethodGet, "/soap/marche?wsdl&x="+someCF, "")
	e.Close() // waits for the handlers to end
	log := e.log.String()
	if strings.Contains(log, someCF) || strings.Contains(log, "127.0.0.1") {
		t.Errorf("log tells too much:\n%s", log)
	}
	if n := strings.Count(log, "\n"); n != 5 {
		t.Errorf("%d lines for 5 requests:\n%s", n, log)
	}
	for _, want := range []string{`"path":"/soap/marche"`, `"operation":"submit"`, `"outcome":"OK"`, `"outcome":"SOAP-01"`, `"outcome":"SOAP-25"`, `"position":7`, `"duration":`} {
		if !strings.Contains(log, want) {
			t.Errorf("no %s in log:\n%s", want, log)
		}
	}
}

func TestNewChecks(t *testing.T) {
	t.Parallel()
	good := func() soap.Config { return config(&backend{}, slog.New(slog.DiscardHandler)) }
	for name, spoil := range map[string]func(*soap.Config){
		"no backend":     func(c *soap.Config) { c.Backend = nil },
		"no budget":      func(c *soap.Config) { c.Budget = nil },
		"no log":         func(c *soap.Config) { c.Log = nil },
		"no clock":       func(c *soap.Config) { c.Now = nil },
		"no public URL":  func(c *soap.Config) { c.PublicURL = "" },
		"relative URL":   func(c *soap.Config) { c.PublicURL = "/soap" },
		"URL with query": func(c *soap.Config) { c.PublicURL = "https://x/?a" },
		"no dialect":     func(c *soap.Config) { c.Endpoints[0].Dialect = nil },
		"region twice":   func(c *soap.Config) { c.Endpoints[1].Region = c.Endpoints[0].Region },
		"no region":      func(c *soap.Config) { c.Endpoints[1].Region = routing.Region{} },
	} {
		cfg := good()
		spoil(&cfg)
		if _, err := soap.New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := soap.New(good()); err != nil {
		t.Error(err)
	}
}

func BenchmarkSubmit(b *testing.B) {
	h, err := soap.New(config(&backend{submit: func(context.Context, hub.Submission) (hub.Answer, error) {
		return hub.Answer{Accepted: true, Receipt: bytes.Repeat([]byte("x"), 2500)}, nil
	}}, slog.New(slog.DiscardHandler)))
	if err != nil {
		b.Fatal(err)
	}
	body := submitMessage("<UniLav>" + strings.Repeat("<Campo>valore</Campo>", 250) + "</UniLav>")
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, "/soap/marche", strings.NewReader(body))
		req.Header.Set("Content-Type", "text/xml; charset=utf-8")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

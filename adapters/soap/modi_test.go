package soap_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

const thisEndpoint = publicURL + "/soap/marche"

// signatures is a verifier that takes a body for signed as it is told, and signs
// by a comment; it keeps the order of what it is asked.
type signatures struct {
	mu       sync.Mutex
	message  hub.SignedMessage
	refuse   *fault.Fault
	validity *fault.Fault
	signErr  error
	asked    []string
	answer   soap.SignedAs
}

func (s *signatures) ask(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
}

func (s *signatures) Verify(_ []byte, region string) (hub.SignedMessage, *fault.Fault) {
	s.ask("verify " + region)
	return s.message, s.refuse
}

func (s *signatures) Validity(context.Context, hub.SignedMessage, string, time.Time) (*fault.Fault, error) {
	s.ask("validity")
	return s.validity, nil
}

func (s *signatures) Sign(plain []byte, m hub.SignedMessage, _ time.Time, as soap.SignedAs) ([]byte, error) {
	s.ask("sign")
	s.mu.Lock()
	s.answer = as
	s.mu.Unlock()
	return fmt.Appendf(slices.Clip(plain), "<!-- %s %s -->", m.ID, as.Space), s.signErr
}

// memory remembers messages, and may be broken.
type memory struct {
	signatures *signatures
	kept       map[ledger.MessageKey]ledger.Hash
	err        error
}

func (m *memory) Recall(_ context.Context, k ledger.MessageKey) (ledger.Hash, bool, error) {
	m.signatures.ask("recall")
	h, found := m.kept[k]
	return h, found, m.err
}

func (m *memory) Remember(_ context.Context, k ledger.MessageKey, h ledger.Hash, _ time.Time) (ledger.Hash, error) {
	m.signatures.ask("remember")
	if m.err == nil {
		m.kept[k] = h
	}
	return h, m.err
}

func (m *memory) Forget(context.Context, time.Time) (int64, error) { return 0, m.err }

// signedBody is the canonical Body that the verifier lets through.
func signedBody(soapSpace string) []byte {
	return []byte(`<e:Body xmlns:e="` + soapSpace + `"><Echo xmlns="urn:snodo:hub:v1"><Testo>firmato</Testo></Echo></e:Body>`)
}

func guarded(t *testing.T) (*edge, *signatures, *memory) {
	now := time.Now()
	s := &signatures{message: hub.SignedMessage{
		SOAP: envelope.SOAP11, Body: signedBody(envelope.SOAP11), Digest: ledger.Sum([]byte("a")), ID: "urn:a", To: thisEndpoint,
		Created: now, Expires: now.Add(time.Minute), Sender: "CF:IT-01234567890",
	}}
	m := &memory{signatures: s, kept: map[ledger.MessageKey]ledger.Hash{}}
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			if cfg.Endpoints[i].Region.Slug == "marche" {
				cfg.Endpoints[i].Profiles = soap.MessageProfiles()
				cfg.Endpoints[i].ModI = &soap.ModI{Messages: s, Memory: m, Audience: []string{thisEndpoint}}
			}
		}
	})
	return e, s, m
}

// TestModI: in which order a message is judged, and which answers are signed.
func TestModI(t *testing.T) {
	t.Parallel()
	key := ledger.MessageKey{Region: "marche", Sender: "CF:IT-01234567890", ID: "urn:a"}
	hour := func(m *hub.SignedMessage) {
		m.Created, m.Expires = m.Created.Add(-time.Hour), m.Expires.Add(-time.Hour)
	}
	for name, c := range map[string]struct {
		change func(*signatures, *memory)
		code   fault.Code // "" is an answer
		asked  string
	}{
		"a new message": {func(*signatures, *memory) {}, "", "verify marche, recall, validity, remember, sign"},
		"again, late, its certificate expired": {func(s *signatures, m *memory) {
			m.kept[key] = s.message.Digest
			hour(&s.message)
			s.validity = &fault.Fault{Code: "WSS-24"}
		}, "", "verify marche, recall, sign"},
		"its id with another content": {func(_ *signatures, m *memory) { m.kept[key] = ledger.Sum([]byte("b")) }, fault.MessageReused, "verify marche, recall, sign"},
		"another's id": {func(_ *signatures, m *memory) {
			m.kept[ledger.MessageKey{Region: "marche", Sender: "altri", ID: "urn:a"}] = ledger.Sum([]byte("b"))
		}, "", "verify marche, recall, validity, remember, sign"},
		"not signed":                {func(s *signatures, _ *memory) { s.refuse = &fault.Fault{Code: "WSS-01"} }, "WSS-01", "verify marche"},
		"for another endpoint":      {func(s *signatures, _ *memory) { s.message.To += "/" }, fault.MessageAudience, "verify marche, sign"},
		"its certificate expired":   {func(s *signatures, _ *memory) { s.validity = &fault.Fault{Code: "WSS-24"} }, "WSS-24", "verify marche, recall, validity, sign"},
		"R-REPLAY after the window": {func(s *signatures, _ *memory) { hour(&s.message) }, fault.MessageStale, "verify marche, recall, validity, sign"},
		"R-REPLAY from the future": {func(s *signatures, _ *memory) {
			s.message.Created, s.message.Expires = s.message.Created.Add(time.Hour), s.message.Expires.Add(time.Hour)
		}, fault.MessageAhead, "verify marche, recall, validity, sign"},
		"R-REPLAY no lifetime":       {func(s *signatures, _ *memory) { s.message.Expires = s.message.Created }, fault.MessageLifetime, "verify marche, recall, validity, sign"},
		"the memory does not answer": {func(_ *signatures, m *memory) { m.err = errors.New("down") }, fault.ServiceUnavailable, "verify marche, recall, sign"},
		"H-SMUG another SOAP inside": {func(s *signatures, _ *memory) { s.message.SOAP = envelope.SOAP12 }, fault.EnvelopeVersion, "verify marche, recall, validity, remember, sign"},
		"H-SMUG no operation signed": {func(s *signatures, _ *memory) {
			s.message.Body = []byte(`<e:Body xmlns:e="` + envelope.SOAP11 + `"></e:Body>`)
		}, fault.BodyNotSingle, "verify marche, recall, validity, remember, sign"},
		"no key to sign with": {func(s *signatures, _ *memory) { s.signErr = errors.New("lost") }, fault.InternalTrouble, "verify marche, recall, validity, remember, sign"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, s, m := guarded(t)
			c.change(s, m)
			a := e.post(t, "/soap/marche", echoMessage)
			if c.code != "" {
				if got := a.fault(t); got.Errors[0].Code != string(c.code) {
					t.Errorf("fault %s, want %s", got.Errors[0].Code, c.code)
				}
			} else if a.status != 200 || !strings.Contains(a.body, "firmato") || strings.Contains(a.body, "ciao") {
				t.Errorf("answer to what was not signed: %s", a.body)
			}
			if got := strings.Join(s.asked, ", "); got != c.asked {
				t.Errorf("asked %q, want %q", got, c.asked)
			}
			signed := strings.Contains(a.body, "<!-- urn:a urn:snodo:hub:v1 -->")
			if want := strings.HasSuffix(c.asked, "sign") && s.signErr == nil; signed != want {
				t.Errorf("signed %t, want %t\n%s", signed, want, a.body)
			}
		})
	}
}

// TestModIAction is H-SMUG of the action that is signed: it names the Body's
// operation, by SOAPAction's value or the one that a WSDL gives by itself, or says
// nothing, and is no other than SOAPAction's.
func TestModIAction(t *testing.T) {
	t.Parallel()
	const ours = "urn:snodo:hub:v1:Echo"
	for name, c := range map[string]struct {
		http, signed string
		refused      bool
	}{
		"none":                              {"", "", false},
		"of the WSDL":                       {"", ours, false},
		"of the WSDL, both":                 {`"` + ours + `"`, ours, false},
		"by default":                        {"", "urn:snodo:hub:v1:wsdl:Nodo:EchoRequest", false},
		"a quote, as GovWay copies it":      {`""`, `"`, false},
		"of another operation":              {"", "urn:snodo:hub:v1:RichiediRicevuta", true},
		"of another operation, by default":  {"", "urn:snodo:hub:v1:wsdl:Nodo:RichiediRicevutaRequest", true},
		"of an answer":                      {"", "urn:snodo:hub:v1:wsdl:Nodo:EchoResponse", true},
		"SOAPAction of another":             {"urn:snodo:hub:v1:RichiediRicevuta", ours, true},
		"another, SOAPAction of the WSDL":   {ours, "urn:snodo:hub:v1:RichiediRicevuta", true},
		"two names of the operation":        {"Echo", ours, true},
		"a submission, whatever it sends":   {"", "urn:snodo:hub:v1:InviaComunicazioneObbligatoria", true},
		"SOAPAction alone, as without ModI": {ours, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, s, _ := guarded(t)
			s.message.Action = c.signed
			a := e.post(t, "/soap/marche", echoMessage, "SOAPAction", c.http)
			if !c.refused {
				if a.status != 200 {
					t.Errorf("%d %s", a.status, a.body)
				}
				return
			}
			a.wants(t, 500, "Client", fault.ActionMismatch)
		})
	}
}

// TestModIAnswerAction: an answer says what it is by the names of the WSDL.
func TestModIAnswerAction(t *testing.T) {
	t.Parallel()
	submission := `<r:richiesta_RichiestaRispostaSincrona_UniLav xmlns:r="http://servizi.lavoro.gov.it/comobbl/types"><r:UniLavXML>&lt;a/&gt;</r:UniLavXML></r:richiesta_RichiestaRispostaSincrona_UniLav>`
	for name, c := range map[string]struct{ body, to, want string }{
		"echo":                  {`<Echo xmlns="urn:snodo:hub:v1"><Testo>a</Testo></Echo>`, thisEndpoint, "urn:snodo:hub:v1:wsdl:Nodo:EchoResponse"},
		"submission":            {submission, thisEndpoint, "urn:snodo:hub:v1:wsdl:Nodo:RichiestaRispostaSincrona_UniLavResponse"},
		"fault":                 {submission, "urn:x", "urn:snodo:hub:v1:wsdl:Nodo:RichiestaRispostaSincrona_UniLav:Fault:Errori"},
		"fault to no operation": {`<a xmlns="urn:x"/>`, thisEndpoint, "http://www.w3.org/2005/08/addressing/soap/fault"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, s, _ := guarded(t)
			s.message.To, s.message.Body = c.to, []byte(`<e:Body xmlns:e="`+envelope.SOAP11+`">`+c.body+`</e:Body>`)
			a := e.post(t, "/soap/marche", echoMessage)
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.answer.Action != c.want {
				t.Errorf("%d, action %q, want %q", a.status, s.answer.Action, c.want)
			}
		})
	}
}

// TestModISubmission: the hub gets what was signed, from who signed it, with the
// whole message as its evidence; other regions are asked for no signature.
func TestModISubmission(t *testing.T) {
	t.Parallel()
	e, s, _ := guarded(t)
	s.message.Body = []byte(`<e:Body xmlns:e="` + envelope.SOAP11 + `"><r:richiesta_RichiestaRispostaSincrona_UniLav xmlns:r="http://servizi.lavoro.gov.it/comobbl/types">` +
		`<r:UniLavXML>&lt;firmato/&gt;</r:UniLavXML></r:richiesta_RichiestaRispostaSincrona_UniLav></e:Body>`)
	sent := submitMessage("<altro/>")
	if a := e.post(t, "/soap/marche", sent); a.status != 200 || !strings.Contains(a.body, sealed) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	got := e.backend.submission(t)
	if string(got.Document) != "<firmato/>" || got.System != "CF:IT-01234567890" || !got.Witness || string(got.Evidence) != sent {
		t.Errorf("the hub got %+v", got)
	}
	if a := e.post(t, "/soap/lazio", echoMessage); a.status != 200 || !strings.Contains(a.body, "ciao") {
		t.Errorf("another region: %d %s", a.status, a.body)
	}
}

// TestModISOAP12: under ModI too SOAP 1.2 is answered in SOAP 1.2.
func TestModISOAP12(t *testing.T) {
	t.Parallel()
	e, s, _ := guarded(t)
	s.message.SOAP, s.message.Body = envelope.SOAP12, signedBody(envelope.SOAP12)
	a := e.post(t, "/soap/marche", in12(echoMessage), "Content-Type", mediaSOAP12)
	if a.status != 200 || !strings.Contains(a.body, "firmato") || !strings.Contains(a.body, envelope.SOAP12) || !strings.Contains(a.body, "<!-- urn:a") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestModILog: of a request under ModI the log has what AgID asks (RAC_GEN_LOG_01) and
// nobody's name: where it came from, whose certificate signed, and an identifier that
// the caller has too; that a document was sent again under another MessageID; and, as
// an event of security, that a MessageID came with another content.
func TestModILog(t *testing.T) {
	t.Parallel()
	e, s, m := guarded(t)
	s.message.Certificate = ledger.Sum([]byte("c"))
	consumer := `"consumer":"` + s.message.Certificate.String() + `"`
	s.message.Body = []byte(`<e:Body xmlns:e="` + envelope.SOAP11 + `"><r:richiesta_RichiestaRispostaSincrona_UniLav xmlns:r="http://servizi.lavoro.gov.it/comobbl/types">` +
		`<r:UniLavXML>&lt;firmato/&gt;</r:UniLavXML></r:richiesta_RichiestaRispostaSincrona_UniLav></e:Body>`)
	e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
		return hub.Answer{Accepted: true, Repeated: true, Receipt: []byte(sealed), Entry: ledger.Entry{Position: 7}}, nil
	}
	first := e.post(t, "/soap/marche", echoMessage)
	m.kept[s.message.Key("marche")] = ledger.Sum([]byte("b"))
	second := e.post(t, "/soap/marche", echoMessage)
	plain := e.post(t, "/soap/lazio", echoMessage)
	e.Close() // waits for the handlers to end
	lines := strings.Split(strings.TrimSpace(e.log.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines\n%s", len(lines), e.log)
	}
	id := func(a answer) string { return `"request":"` + a.header.Get("X-Request-Id") + `"` }
	for i, want := range [][]string{
		{`"outcome":"OK"`, `"client":"127.0.0.1"`, consumer, `"repeated":true`, id(first)},
		{`"level":"WARN"`, `"msg":"message identifier used again"`, consumer, id(second)},
		{`"outcome":"WSS-35"`, consumer, id(second)},
	} {
		for _, part := range want {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d lacks %s\n%s", i, part, lines[i])
			}
		}
	}
	if id(first) == id(second) || len(id(first)) < 20 || strings.Contains(e.log.String(), "CF:IT") || strings.Contains(e.log.String(), "urn:a") {
		t.Errorf("identifiers %s, %s\n%s", id(first), id(second), e.log)
	}
	if plain.header.Get("X-Request-Id") != "" || strings.Contains(lines[3], "127.0.0.1") {
		t.Errorf("a region without ModI: %s", lines[3])
	}
}

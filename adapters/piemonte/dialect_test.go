package piemonte

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/snodo-co/snodo/adapters/piemonte/spicomtest"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/spicom"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// nationalFake stands for the national dialect: it answers with its own name.
type nationalFake struct{}

func (nationalFake) Open(req hub.Request) (hub.Call, *hub.Problem) {
	if bytes.Contains(req.Body, []byte("<bad")) {
		return hub.Call{}, &hub.Problem{Sender: true, Fault: fault.Fault{Code: fault.UnknownOperation}}
	}
	return hub.Call{Operation: hub.OpEcho, Text: "national", State: "national"}, nil
}

func (nationalFake) Reply(call hub.Call, _ hub.Reply) hub.Response {
	return hub.Response{Body: fmt.Appendf(nil, "reply %v", call.State)}
}

func (nationalFake) Fault(call hub.Call, _ hub.Problem) hub.Response {
	return hub.Response{Body: fmt.Appendf(nil, "fault %v", call.State)}
}

func dialect(tb testing.TB, log *bytes.Buffer) Dialect {
	tb.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		tb.Fatal(err)
	}
	d := Dialect{
		National: nationalFake{}, Converter: spicom.Converter{Rome: rome}, Log: slog.New(slog.DiscardHandler),
		Standards: func() spicom.Standards {
			standards, err := xsd.New(context.Background())
			if err != nil {
				tb.Error(err)
			}
			return standards
		},
	}
	if log != nil {
		d.Log = slog.New(slog.NewTextHandler(log, nil))
	}
	return d
}

// recorded is the body of a recorded request.
func recorded(tb testing.TB, prefix string) []byte {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "wire", prefix+"-*.request.raw"))
	if err != nil || len(files) != 1 {
		tb.Fatalf("recordings of %s: %v %v", prefix, files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		tb.Fatal(err)
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return body
}

func request(body []byte) hub.Request {
	piemonte, _ := routing.RegionBySlug("piemonte")
	return hub.Request{
		Region: piemonte, Body: body, Received: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		Address: "192.0.2.1", System: "geco",
	}
}

// read puts a response behind an HTTP head, as the edge sends it, and reads it
// as the client does.
func read(tb testing.TB, r hub.Response) spicomtest.Answer {
	tb.Helper()
	raw := fmt.Appendf(nil, "HTTP/1.0 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		r.Status, r.ContentType, len(r.Body), r.Body)
	a, err := spicomtest.ReadAnswer(raw)
	if err != nil {
		tb.Fatalf("the client fails: %v\n%s", err, r.Body)
	}
	return a
}

const receipt = `<Ricevuta xmlns="urn:snodo:hub:v1" versione="1"><Tipo>accettazione</Tipo><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">x</ds:Signature></Ricevuta>`

// serve takes a request along the edge's way, with a backend that accepts
// whatever has a national form and rejects the rest.
func serve(tb testing.TB, d Dialect, body []byte) (hub.Call, spicomtest.Answer) {
	tb.Helper()
	call, problem := d.Open(request(body))
	if problem != nil {
		return call, read(tb, d.Fault(hub.Call{}, *problem))
	}
	reply := hub.Reply{Healthy: true}
	if call.Operation == hub.OpSubmit {
		reply.Answer = hub.Answer{
			Entry:    ledger.Entry{Position: 1<<40 + 7, Codice: "1300425000000001"},
			Receipt:  []byte(receipt),
			Accepted: true,
		}
		if r := call.Submission.Regional; r != nil {
			reply.Answer.Faults = r.Faults
			reply.Answer.Accepted = !r.Faults.Refuses()
		}
	}
	return call, read(tb, d.Reply(call, reply))
}

const (
	userException   = "it.csi.csi.wrapper.UserException"
	systemException = "it.csi.csi.wrapper.SystemException"
	refusal         = "it.csi.spicom.interf.InvioComunicazioneException"
)

// TestRecordedRequests: every request that the original client is known to
// send gets an answer that it can read.
func TestRecordedRequests(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		recording string
		class     string // exception, "" for none
		code      fault.Code
		says      string
	}{
		{"01", "", "", ""},
		{"02", refusal, fault.RegionalRoot, ""},
		{"03", userException, fault.OperationAbsent, "inviaComunicazioneProspettoXML"},
		{"04", "", "", ""},
		{"05", "", "", ""},
		{"06", "", "", ""},
		{"07", "", "", ""},
		{"10", refusal, fault.RegionalMalformed, ""},
		{"11", refusal, fault.RegionalMalformed, ""},
		{"21", refusal, fault.RegionalMalformed, ""},
		{"30", refusal, fault.RegionalMalformed, ""},
		{"60", refusal, fault.RegionalMalformed, ""},
	} {
		t.Run(tc.recording, func(t *testing.T) {
			t.Parallel()
			call, a := serve(t, dialect(t, nil), recorded(t, tc.recording))
			switch e := a.Exception; {
			case tc.class != "":
				if e == nil || e.Class != tc.class || !strings.HasPrefix(e.Message, string(tc.code)+": ") || !strings.Contains(e.Message, tc.says) {
					t.Errorf("got %+v", e)
				}
				if e != nil && e.FaultCode != "Client" || a.Status != http.StatusInternalServerError {
					t.Errorf("got %+v with status %d", e, a.Status)
				}
			case call.Operation == hub.OpSubmit:
				if a.Outcome == nil || *a.Outcome != (spicomtest.Outcome{Regional: "1300425000000001", Spicom: 1<<40 + 7}) || string(a.Receipt) != receipt {
					t.Errorf("got %+v, receipt %s", a.Outcome, a.Receipt)
				}
			case call.Operation == hub.OpConvert: // what they carry is no communication
				if len(a.Conversions) != 2 {
					t.Fatalf("got %+v", a)
				}
				for i, in := range []string{"<UniLav/>", "<UniLav2/>"} {
					if c := a.Conversions[i]; c.Done || len(c.Errors) != 1 || c.In != in {
						t.Errorf("result %d: %+v", i, c)
					}
				}
			case a.Boolean == nil || !*a.Boolean:
				t.Errorf("got %+v", a)
			}
		})
	}
}

// TestSubmission: what the hub gets of the recorded communication.
func TestSubmission(t *testing.T) {
	t.Parallel()
	req := request(recorded(t, "01"))
	call, problem := dialect(t, nil).Open(req)
	if problem != nil {
		t.Fatal(problem)
	}
	s := call.Submission
	if call.Operation != hub.OpSubmit || s.Kind != "UNILAV" || s.Document != nil || s.Region != req.Region ||
		s.System != "geco" || s.Address != req.Address || !s.Received.Equal(req.Received) {
		t.Errorf("got %+v", s)
	}
	r := s.Regional
	if r == nil || r.External != "987654321" || r.Kind != "UNILAV" || r.RequestDigest.IsZero() || r.Faults.Refuses() {
		t.Fatalf("got %+v", r)
	}
	if !bytes.Contains(r.National, []byte(`codiceFiscale="01234567897" denominazione="ESEMPIO &amp; FIGLI S.R.L."`)) {
		t.Errorf("not the communication sent: %s", r.National)
	}
}

// TestAlteredRecordings: the same communication written otherwise is converted
// to the same national document.
func TestAlteredRecordings(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	body := string(recorded(t, "01"))
	call, problem := d.Open(request([]byte(body)))
	if problem != nil {
		t.Fatal(problem)
	}
	want := call.Submission.Regional
	_, inner, _ := strings.Cut(body, `<value xsi:type="xsd:string">`)
	inner, _, _ = strings.Cut(inner, "</value>")
	for name, altered := range map[string]string{
		"prefixes":         strings.NewReplacer("SOAP-ENV", "soapenv", "xsi:", "i:", ":xsi=", ":i=", "xsd:", "x:", ":xsd=", ":x=", "ns1", "p").Replace(body),
		"schemas of 1999":  strings.ReplaceAll(body, "2001/XMLSchema", "1999/XMLSchema"),
		"line ends":        strings.ReplaceAll(body, "\n", "\r\n"),
		"null properties":  strings.Replace(body, `<simple xsi:type="xsd:boolean">false</simple>`, `<simple xsi:type="xsd:boolean" xsi:nil="true"/>`, 1),
		"CDATA":            strings.Replace(body, inner, "<![CDATA["+unescape(inner)+"]]>", 1),
		"outer blanks":     strings.Replace(body, inner, "\n\t "+inner+" \n", 1),
		"byte order mark":  strings.Replace(body, inner, "\ufeff"+inner, 1),
		"decimal escapes":  strings.Replace(body, inner, strings.ReplaceAll(inner, "&lt;", "&#60;"), 1),
		"comments":         strings.Replace(body, "<item ", "<!-- <value> --><item ", 1),
		"another SOAPBody": strings.Replace(body, "<SOAP-ENV:Body>", `<SOAP-ENV:Body Id="corpo">`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if altered == body {
				t.Fatal("nothing altered")
			}
			call, problem := d.Open(request([]byte(altered)))
			if problem != nil {
				t.Fatalf("refused: %v", problem.Fault)
			}
			got := call.Submission.Regional
			if string(got.National) != string(want.National) || got.External != want.External || got.RequestDigest != want.RequestDigest {
				t.Errorf("another communication:\n%s\nwant\n%s", got.National, want.National)
			}
		})
	}
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&").Replace(s)
}

// with puts another text, escaped, into the recorded call.
func with(tb testing.TB, text string) []byte {
	tb.Helper()
	return bytes.Replace(recorded(tb, "30"), []byte(">x</value>"),
		[]byte(">"+strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text)+"</value>"), 1)
}

// TestNationalDocument: a national document in the same call goes on as it is.
func TestNationalDocument(t *testing.T) {
	t.Parallel()
	const document = `<UniLav xmlns="http://servizi.lavoro.gov.it/unilav"><a/>È<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></UniLav>`
	call, problem := dialect(t, nil).Open(request(with(t, "\n "+document+"\n")))
	if problem != nil {
		t.Fatal(problem)
	}
	if s := call.Submission; s.Regional != nil || string(s.Document) != document || s.Kind != "UNILAV" {
		t.Errorf("got %+v", s)
	}
}

// TestNationalDocumentOfEveryKind: a document of any kind goes on as that kind.
func TestNationalDocumentOfEveryKind(t *testing.T) {
	t.Parallel()
	served := 0
	for document, kind := range map[string]string{
		`<UniLav xmlns="http://servizi.lavoro.gov.it/unilav"/>`:    co.UNILAV,
		`<UniSomm xmlns="http://servizi.lavoro.gov.it/unisomm"/>`:  co.UNISOMM,
		`<UniUrg xmlns="http://servizi.lavoro.gov.it/uniurg"/>`:    co.UNIURG,
		`<VarDatori xmlns="http://servizi.lavoro.gov.it/vardat"/>`: co.VARDATORI,
		`<UniMare xmlns="http://servizi.lavoro.gov.it/unimare"/>`:  co.UNIMARE,
		`<UniDom xmlns="http://servizi.lavoro.gov.it/unidom"/>`:    co.UNIDOM,
		`<prospetto xmlns="http://servizi.lavoro.gov.it/UNIPI"/>`:  co.UNIPI,
		`<Lao xmlns="urn:snodo:lao:v1"/>`:                          co.LAO,
		`<Cigd xmlns="urn:snodo:cigd:v1"/>`:                        co.CIGD,
	} {
		call, problem := dialect(t, nil).Open(request(with(t, document)))
		served++
		if s := call.Submission; problem != nil || s.Regional != nil || string(s.Document) != document || s.Kind != kind {
			t.Errorf("%s: %+v, problem %v", kind, s, problem)
		}
	}
	if served != len(co.Kinds()) {
		t.Errorf("%d kinds served, the model has %d", served, len(co.Kinds()))
	}
}

func TestNotServed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body  []byte
		code  fault.Code
		class string
	}{
		"too large": {with(t, strings.Repeat("x", spicom.MaxDocument+1)), fault.RegionalTooLarge, refusal},
		"nothing":   {with(t, " \n"), fault.DocumentMissing, userException},
		"document declared in Latin-1": {
			with(t, `<?xml version="1.0" encoding="ISO-8859-1"?><UniLav xmlns="http://servizi.lavoro.gov.it/unilav"/>`), fault.DocumentCharset, userException,
		},
		"unknown method":          {bytes.Replace(recorded(t, "04"), []byte("isAlive"), []byte("isDead"), 1), fault.OperationUnknown, userException},
		"method in other letters": {bytes.Replace(recorded(t, "04"), []byte("isAlive"), []byte("isalive"), 1), fault.OperationUnknown, userException},
		"method of the other service": {
			bytes.Replace(recorded(t, "30"), []byte("urn:PA_AccettazioneComunicazioni"), []byte("urn:PA_ServizioTraduzioneTracciati"), 1),
			fault.OperationUnknown, userException,
		},
		"unknown service":    {bytes.Replace(recorded(t, "04"), []byte("urn:PA_"), []byte("urn:PB_"), 1), fault.OperationUnknown, userException},
		"asynchronous call":  {bytes.ReplaceAll(recorded(t, "30"), []byte("invokeSynch"), []byte("putCall")), fault.OperationAbsent, userException},
		"asynchronous event": {bytes.ReplaceAll(recorded(t, "30"), []byte("invokeSynch"), []byte("putEvent")), fault.OperationAbsent, userException},
		"bean to convert":    {bytes.Replace(recorded(t, "03"), []byte(">inviaComunicazione<"), []byte(">convertiDtoInXml<"), 1), fault.OperationAbsent, userException},
		"no argument":        {bytes.Replace(recorded(t, "04"), []byte("isAlive"), []byte("inviaComunicazioneProspettoXML"), 1), fault.CallArguments, userException},
		"an argument too many": {
			bytes.Replace(recorded(t, "30"), []byte("inviaComunicazioneProspettoXML"), []byte("isAlive"), 1), fault.CallArguments, userException,
		},
		"null argument": {
			bytes.Replace(recorded(t, "30"), []byte(`<value xsi:type="xsd:string">x</value>`), []byte(`<value xsi:type="xsd:string" xsi:nil="true"/>`), 1),
			fault.CallArguments, userException,
		},
		"string to convert": {
			[]byte(strings.NewReplacer("urn:PA_AccettazioneComunicazioni", "urn:PA_ServizioTraduzioneTracciati",
				"inviaComunicazioneProspettoXML", "convertiInFormatoUnico2").Replace(string(recorded(t, "30")))),
			fault.CallArguments, userException,
		},
		"array for a string": {bytes.Replace(recorded(t, "06"), []byte("ServizioTraduzioneTracciati"), []byte("AccettazioneComunicazioni"), 1), fault.OperationUnknown, userException},
		"wrong count":        {bytes.Replace(recorded(t, "30"), []byte("Param[1]"), []byte("Param[7]"), 1), fault.CallMalformed, userException},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, a := serve(t, dialect(t, nil), tc.body)
			if e := a.Exception; e == nil || e.Class != tc.class || !strings.HasPrefix(e.Message, string(tc.code)+": ") {
				t.Errorf("got %+v, want %s of %s", e, tc.code, tc.class)
			}
			if a.Receipt != nil {
				t.Error("a receipt for what was never judged")
			}
		})
	}
}

// TestRejected: a communication that was judged and rejected is an exception
// with all its faults and the sealed receipt; warnings are no reasons.
func TestRejected(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	call, problem := d.Open(request(recorded(t, "01")))
	if problem != nil {
		t.Fatal(problem)
	}
	faults := fault.List{{Code: fault.HoursDropped, Warning: true}}
	for i := range 12 {
		faults = append(faults, fault.Fault{Code: fault.SectionMissing, Path: fmt.Sprintf("/UniLav/a%d", i), Expected: "<atteso> & \"altro\""})
	}
	a := read(t, d.Reply(call, hub.Reply{Answer: hub.Answer{Faults: faults, Receipt: []byte(receipt)}}))
	e := a.Exception
	if e == nil || e.Class != refusal || e.FaultCode != "Client" || string(a.Receipt) != receipt {
		t.Fatalf("got %+v, receipt %s", e, a.Receipt)
	}
	if !strings.HasPrefix(e.Message, "CNV-20: ") || !strings.Contains(e.Message, "[/UniLav/a9]") || !strings.HasSuffix(e.Message, "(e altri 2)") ||
		strings.Contains(e.Message, "CNV-30") {
		t.Errorf("got %q", e.Message)
	}
}

func TestOurTrouble(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	call, _ := d.Open(request(recorded(t, "01")))
	r := d.Fault(call, hub.Problem{Fault: fault.Fault{Code: fault.ServiceUnavailable}, RetryAfter: time.Second})
	a := read(t, r)
	if e := a.Exception; e == nil || e.Class != systemException || e.FaultCode != "Server" || a.Status != http.StatusServiceUnavailable || a.Receipt != nil {
		t.Errorf("got %+v, status %d", a.Exception, a.Status)
	}
	a = read(t, d.Fault(call, hub.Problem{Sender: true, Fault: fault.Fault{Code: "SIG-01"}, Faults: fault.List{{Code: "SIG-02"}}}))
	if e := a.Exception; e == nil || e.Class != refusal || !strings.HasPrefix(e.Message, "SIG-01: ") || !strings.Contains(e.Message, "SIG-02: ") {
		t.Errorf("got %+v", a.Exception)
	}
	unhealthy := read(t, d.Reply(hub.Call{Operation: hub.OpResources, State: invocation{accepting}}, hub.Reply{}))
	if unhealthy.Boolean == nil || *unhealthy.Boolean {
		t.Errorf("got %+v", unhealthy)
	}
}

// TestNationalCalls: whatever is no SPICOM call is the national dialect's, from
// opening to answer. A fault before opening can be read by either client.
func TestNationalCalls(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	const envelope = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>`
	for _, body := range []string{fmt.Sprintf(envelope, `<Echo xmlns="urn:snodo:hub:v1"/>`), "no XML at all", ""} {
		call, problem := d.Open(request([]byte(body)))
		if problem != nil || call.Text != "national" {
			t.Errorf("%q: %+v %v", body, call, problem)
		}
		if got := string(d.Reply(call, hub.Reply{}).Body); got != "reply national" {
			t.Errorf("%q: %s", body, got)
		}
		if got := string(d.Fault(call, hub.Problem{}).Body); got != "fault national" {
			t.Errorf("%q: %s", body, got)
		}
	}
	_, problem := d.Open(request([]byte("<bad/>")))
	if problem == nil {
		t.Fatal("opened")
	}
	r := d.Fault(hub.Call{}, *problem)
	if a := read(t, r); a.Exception == nil || a.Exception.Class != userException {
		t.Errorf("got %+v", a.Exception)
	}
	if !bytes.Contains(r.Body, []byte(`<Errori xmlns="urn:snodo:hub:v1"><Errore><Codice>SOAP-10</Codice>`)) {
		t.Errorf("no list for national clients: %s", r.Body)
	}
}

// TestLog: properties that nobody knows are logged by name, and nothing else is.
func TestLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	body := bytes.Replace(recorded(t, "01"), []byte("&lt;codFiscale "), []byte(`&lt;novita type="java.lang.String"&gt;SEGRETO&lt;/novita&gt;&lt;codFiscale `), 1)
	if _, problem := dialect(t, &log).Open(request(body)); problem != nil {
		t.Fatal(problem)
	}
	if !strings.Contains(log.String(), "novita") {
		t.Errorf("not logged: %s", log.String())
	}
	for _, secret := range []string{"SEGRETO", "ROSSI", "RSSMRA85C15L219J", "01234567897", "987654321"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds a value: %s", log.String())
		}
	}
	log.Reset()
	if _, problem := dialect(t, &log).Open(request(recorded(t, "01"))); problem != nil || log.Len() > 0 {
		t.Errorf("%v %s", problem, log.String())
	}
}

// TestRetryIsTheSameRequest: a front end that sends again after a time-out may
// send another dataInvio.
func TestRetryIsTheSameRequest(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	digest := func(body []byte) ledger.Hash {
		call, problem := d.Open(request(body))
		if problem != nil {
			t.Fatal(problem)
		}
		return call.Submission.Regional.RequestDigest
	}
	first := recorded(t, "01")
	again := bytes.Replace(first, []byte("&gt;1740820530000&lt;"), []byte("&gt;1740824130000&lt;"), 1)
	other := bytes.Replace(first, []byte("&gt;123456&lt;"), []byte("&gt;123457&lt;"), 1)
	if bytes.Equal(first, again) || digest(first) != digest(again) {
		t.Error("a retry at another instant is another request")
	}
	if digest(first) == digest(other) {
		t.Error("another communication is the same request")
	}
	if call, _ := d.Open(request(with(t, "x"))); call.Submission.Regional.RequestDigest != ledger.Hash(sha256.Sum256([]byte("x"))) {
		t.Error("text that cannot be read has not the digest of its bytes")
	}
}

// TestDefectIsOurs: a nil Answer without faults must not become an empty reason.
func TestDefectIsOurs(t *testing.T) {
	t.Parallel()
	d := dialect(t, nil)
	call, _ := d.Open(request(recorded(t, "01")))
	a := read(t, d.Reply(call, hub.Reply{}))
	if e := a.Exception; e == nil || e.Class != systemException || !strings.HasPrefix(e.Message, string(fault.InternalTrouble)) {
		t.Errorf("got %+v", a.Exception)
	}
}

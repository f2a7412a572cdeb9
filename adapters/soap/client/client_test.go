package client_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	gowsdl "github.com/hooklift/gowsdl/soap"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const receipt = `<Ricevuta xmlns="urn:snodo:hub:v1" versione="1"><Tipo>accettazione</Tipo>` +
	`<Posizione>7</Posizione><Anomalie><Anomalia codice="CAT-01" gravita="avviso" riga="3">testo &amp; altro</Anomalia></Anomalie>` +
	`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature></Ricevuta>`

// backend answers a submission as its document asks.
type backend struct{}

func (backend) Submit(_ context.Context, s hub.Submission) (hub.Answer, error) {
	faults := fault.List{{Code: fault.Duplicate, Path: "/UniLav/Lavoratore", Line: 4}}
	switch {
	case strings.Contains(string(s.Document), "rejected"):
		return hub.Answer{Faults: faults, Receipt: []byte(receipt)}, nil
	case strings.Contains(string(s.Document), "refused"):
		return hub.Answer{Refused: true, Faults: faults}, nil
	case strings.Contains(string(s.Document), "unavailable"):
		return hub.Answer{}, ledger.ErrUnavailable
	case string(s.Document) == "<kind>"+s.Kind+"</kind>":
	case string(s.Document) != document:
		return hub.Answer{}, errors.New("document altered on its way")
	}
	return hub.Answer{Accepted: true, Receipt: []byte(receipt)}, nil
}

func (backend) Receipts(_ context.Context, q hub.ReceiptQuery) ([][]byte, error) {
	if q.Digest != digest {
		return nil, ledger.ErrNotFound
	}
	if q.Codice == "" {
		return [][]byte{[]byte(receipt)}, nil
	}
	return [][]byte{[]byte(receipt), []byte(receipt)}, nil
}

func (backend) Ready(context.Context) error { return nil }

// document has everything that escaping could spoil.
const document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<UniLav a=\"&amp;'\">perché\r\n\t<![CDATA[]]]]>&gt; 😀</UniLav>"

var digest = strings.Repeat("ab", 32)

// serve starts the real edge before the fake backend.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	cfg := soap.Config{
		Backend:   backend{},
		Budget:    soap.NewBudget(soap.MaxInFlight),
		Log:       slog.New(slog.DiscardHandler),
		Now:       time.Now,
		PublicURL: "http://localhost",
	}
	for _, r := range routing.Regions() {
		cfg.Endpoints = append(cfg.Endpoints, soap.Endpoint{Region: r, Dialect: soap.National{Kinds: kinds()}})
	}
	h, err := soap.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// kinds are all there are, whether the model has them or not.
func kinds() []string {
	var all []string
	for _, b := range envelope.Bindings() {
		all = append(all, b.Kind)
	}
	return all
}

// TestEveryKind submits each kind through the call that gowsdl generated for it
// and through Submit: both reach the hub as that kind and no other.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	server := serve(t)
	node := reflect.ValueOf(client.NewNodo(gowsdl.NewClient(server.URL + "/soap/marche")))
	c := client.Client{Address: server.URL + "/soap/marche", HTTP: server.Client()}
	for _, b := range envelope.Bindings() {
		call := node.MethodByName(b.Operation)
		if !call.IsValid() {
			t.Errorf("%s: gowsdl made no %s", b.Kind, b.Operation)
			continue
		}
		request := reflect.New(call.Type().In(0).Elem())
		request.Elem().FieldByName(b.Child).SetString("<kind>" + b.Kind + "</kind>")
		out := call.Call([]reflect.Value{request})
		if err, _ := out[1].Interface().(error); err != nil {
			t.Errorf("%s, generated: %v", b.Kind, err)
			continue
		}
		outcome := "Tipo_Risposta"
		if b.Own() {
			outcome = "Esito"
		}
		if got := out[0].Elem().FieldByName(outcome).Elem().String(); got != "OK" {
			t.Errorf("%s, generated: outcome %q", b.Kind, got)
		}
		a, err := c.Submit(t.Context(), b.Kind, []byte("<kind>"+b.Kind+"</kind>"))
		if err != nil || !a.Accepted || string(a.Receipt) != receipt {
			t.Errorf("%s: %+v, %v", b.Kind, a, err)
		}
		a, err = c.Submit(t.Context(), b.Kind, []byte("<rejected/>"))
		if err != nil || a.Accepted || len(a.Anomalies) != 1 || !strings.HasPrefix(a.Anomalies[0].Description, "DUP-01: ") {
			t.Errorf("%s rejected: %+v, %v", b.Kind, a, err)
		}
	}
	if _, err := c.Submit(t.Context(), "UNIX", []byte("<kind>UNIX</kind>")); err == nil {
		t.Error("a kind that nobody knows was sent")
	}
}

// TestGeneratedClient uses what gowsdl makes of the WSDL and nothing of ours.
func TestGeneratedClient(t *testing.T) {
	t.Parallel()
	server := serve(t)
	node := client.NewNodo(gowsdl.NewClient(server.URL + "/soap/marche"))

	answer, err := node.RichiestaRispostaSincrona_UniLav(&client.Richiesta_RichiestaRispostaSincrona_UniLav{UniLavXML: document})
	if err != nil {
		t.Fatal(err)
	}
	if *answer.Tipo_Risposta != client.Tipo_RispostaOK || answer.Descr_Esito != "" {
		t.Errorf("answer %s %q", *answer.Tipo_Risposta, answer.Descr_Esito)
	}
	answer, err = node.RichiestaRispostaSincrona_UniLav(&client.Richiesta_RichiestaRispostaSincrona_UniLav{UniLavXML: "<rejected/>"})
	if err != nil {
		t.Fatal(err)
	}
	if *answer.Tipo_Risposta != client.Tipo_RispostaKO || !strings.Contains(answer.Descr_Esito, "DUP-01: ") {
		t.Errorf("answer %s %q", *answer.Tipo_Risposta, answer.Descr_Esito)
	}
	text := client.TestoEcho("perché <no>?")
	echo, err := node.Echo(&client.Echo{Testo: &text})
	if err != nil || *echo.Testo != text {
		t.Errorf("echo %v, %v", echo, err)
	}
	asked, codice := client.ImprontaChiesta(digest), client.Codice("1100125000000001")
	receipts, err := node.RichiediRicevuta(&client.RichiediRicevuta{ImprontaDocumento: &asked, Codice: &codice})
	if err != nil || len(receipts.Ricevuta) != 2 {
		t.Fatalf("receipts %+v, %v", receipts, err)
	}
	first := receipts.Ricevuta[0]
	if *first.Posizione != 7 || *first.Anomalie.Anomalia[0].Value != "testo & altro" || *first.Anomalie.Anomalia[0].Riga != 3 {
		t.Errorf("receipt %+v", first)
	}
	var status *gowsdl.HTTPError
	if _, err = node.RichiestaRispostaSincrona_UniLav(&client.Richiesta_RichiestaRispostaSincrona_UniLav{UniLavXML: "<refused/>"}); !errors.As(err, &status) || status.StatusCode != 500 {
		t.Errorf("refused: %v", err)
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	server := serve(t)
	c := client.Client{Address: server.URL + "/soap/lazio", HTTP: server.Client()}

	a, err := c.Submit(t.Context(), co.UNILAV, []byte(document))
	if err != nil || !a.Accepted || a.Outcome != "" || a.Anomalies != nil || string(a.Receipt) != receipt {
		t.Errorf("accepted: %+v, %v", a, err)
	}
	a, err = c.Submit(t.Context(), co.UNILAV, []byte("<rejected/>"))
	if err != nil || a.Accepted || string(a.Receipt) != receipt || len(a.Anomalies) != 1 {
		t.Fatalf("rejected: %+v, %v", a, err)
	}
	if got := a.Anomalies[0]; got.Code != "0000" || got.Fields != "Lavoratore" || !strings.HasPrefix(got.Description, "DUP-01: ") {
		t.Errorf("anomaly %+v", got)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	server := serve(t)
	c := client.Client{Address: server.URL + "/soap/lazio", HTTP: server.Client()}

	var f *client.Fault
	if _, err := c.Submit(t.Context(), co.UNILAV, []byte("<refused/>")); !errors.As(err, &f) {
		t.Fatalf("refused: %v", err)
	}
	if f.Code != "Client" || f.Status != 500 || f.RetryAfter != 0 || f.Errors[0].Code != "DUP-01" || f.Errors[0].Line != 4 {
		t.Errorf("refused: %+v", f)
	}
	if _, err := c.Submit(t.Context(), co.UNILAV, []byte("<unavailable/>")); !errors.As(err, &f) {
		t.Fatalf("unavailable: %v", err)
	}
	if f.Code != "Server" || f.Status != 503 || f.RetryAfter != 10*time.Second || !strings.Contains(f.Error(), "SOAP-31") {
		t.Errorf("unavailable: %+v", f)
	}
	if _, err := c.Receipts(t.Context(), "1100125000000001", strings.Repeat("0", 64)); !errors.As(err, &f) || f.Errors[0].Code != "SOAP-18" {
		t.Errorf("no receipt: %v", err)
	}
	if _, err := c.Echo(t.Context(), strings.Repeat("x", 2000)); !errors.As(err, &f) || f.Errors[0].Code != "SOAP-12" {
		t.Errorf("long echo: %v", err)
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	server := serve(t)
	c := client.Client{Address: server.URL + "/soap/piemonte", HTTP: server.Client()}
	all, err := c.Receipts(t.Context(), "1300125000000001", digest)
	if err != nil || len(all) != 2 || string(all[0]) != receipt || string(all[1]) != receipt {
		t.Errorf("by codice: %s, %v", all, err)
	}
	all, err = c.Receipts(t.Context(), strings.Repeat("AB", 32), digest)
	if err != nil || len(all) != 1 || string(all[0]) != receipt {
		t.Errorf("by entry: %s, %v", all, err)
	}
	if text, err := c.Echo(t.Context(), " è\r\n "); err != nil || text != " è\r\n " {
		t.Errorf("echo %q, %v", text, err)
	}
	if text, err := c.Echo(t.Context(), ""); err != nil || text != "" {
		t.Errorf("empty echo %q, %v", text, err)
	}
}

// TestSOAPAction: the action is that of the WSDL, as a quoted string.
func TestSOAPAction(t *testing.T) {
	t.Parallel()
	actions := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { actions <- r.Header.Get("SOAPAction") }))
	defer other.Close()
	c := client.Client{Address: other.URL, HTTP: other.Client()}
	if _, err := c.Submit(t.Context(), co.UNILAV, []byte(document)); err == nil {
		t.Error("an empty answer was taken")
	}
	if got := <-actions; got != `"urn:snodo:hub:v1:RichiestaRispostaSincrona_UniLav"` {
		t.Errorf("action %s", got)
	}
}

// TestNoService: what is not our service is told apart from a fault.
func TestNoService(t *testing.T) {
	t.Parallel()
	var f *client.Fault
	for status, body := range map[int]string{
		502: "<html>Bad gateway</html>",
		200: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body></s:Envelope>`,
		201: "hello",
	} {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			w.Write([]byte(body))
		}))
		c := client.Client{Address: other.URL, HTTP: other.Client()}
		if a, err := c.Submit(t.Context(), co.UNILAV, []byte(document)); err == nil || errors.As(err, &f) {
			t.Errorf("%d: %+v, %v", status, a, err)
		}
		if _, err := c.Receipts(t.Context(), "1300125000000001", digest); err == nil || errors.As(err, &f) {
			t.Errorf("%d: receipts, %v", status, err)
		}
		other.Close()
		if _, err := c.Submit(t.Context(), co.UNILAV, []byte(document)); err == nil || errors.As(err, &f) {
			t.Errorf("closed: %v", err)
		}
	}
}

// later is a transport that answers from a hub which turns away the first calls.
type later struct {
	away   int    // how many
	status int    // of their answers
	after  string // Retry-After
	bodies []string
}

// RoundTrip implements http.RoundTripper.
func (l *later) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	l.bodies = append(l.bodies, string(body))
	answer := httptest.NewRecorder()
	if len(l.bodies) > l.away {
		_, err = answer.WriteString(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
			`<h:EchoRisposta xmlns:h="urn:snodo:hub:v1"><h:Testo>ciao</h:Testo></h:EchoRisposta></s:Body></s:Envelope>`)
	} else {
		resp := soap.National{}.Fault(hub.Call{}, hub.Problem{Fault: fault.Fault{Code: fault.Overloaded}, RetryAfter: time.Second})
		answer.Header().Set("Retry-After", l.after)
		answer.WriteHeader(l.status)
		_, err = answer.Write(resp.Body)
	}
	return answer.Result(), err
}

// TestRetryAfter: what is to be sent again later is, the same bytes, as long as the
// context's deadline allows; otherwise the fault tells at once.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		transport later
		deadline  time.Duration // 0 is none
		calls     int
		least     time.Duration // that it takes
		fault     bool
	}{
		"overload":          {transport: later{away: 3, status: 503, after: "2"}, deadline: time.Minute, calls: 4, least: 6 * time.Second},
		"quota":             {transport: later{away: 1, status: 429, after: "30"}, deadline: time.Minute, calls: 2, least: 30 * time.Second},
		"no deadline":       {transport: later{away: 1, status: 503, after: "2"}, calls: 1, fault: true},
		"beyond the end":    {transport: later{away: 1, status: 429, after: "60"}, deadline: time.Minute, calls: 1, fault: true},
		"never":             {transport: later{away: 99, status: 503, after: "10"}, deadline: 30 * time.Second, calls: 3, fault: true, least: 20 * time.Second},
		"without the wait":  {transport: later{away: 1, status: 503}, deadline: time.Minute, calls: 1, fault: true},
		"a date, not known": {transport: later{away: 1, status: 503, after: "Thu, 26 Nov 2026 10:00:00 GMT"}, deadline: time.Minute, calls: 1, fault: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, began := t.Context(), time.Now()
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				hub := client.Client{Address: "http://hub.example/soap/marche", HTTP: &http.Client{Transport: &c.transport}}
				text, err := hub.Echo(ctx, "ciao")
				var f *client.Fault
				if (err != nil) != c.fault || c.fault && !errors.As(err, &f) || !c.fault && text != "ciao" {
					t.Errorf("got %q, %v", text, err)
				}
				if bodies := c.transport.bodies; len(bodies) != c.calls || len(slices.Compact(bodies)) != 1 {
					t.Errorf("%d calls, want %d: %q", len(bodies), c.calls, bodies)
				}
				if took := time.Since(began); took < c.least || took > c.least+c.least/4+time.Millisecond {
					t.Errorf("took %v, want %v or a quarter more", took, c.least)
				}
			})
		})
	}
}

package soap_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	publicURL = "https://nodo.example/co"
	someCF    = "RSSMRA80A01H501U"
	sealed    = `<Ricevuta xmlns="urn:snodo:hub:v1" versione="1"><Tipo>accettazione</Tipo></Ricevuta>`
)

// backend is a hub whose every answer a test can choose.
type backend struct {
	mu     sync.Mutex
	seen   []hub.Submission
	asked  []hub.ReceiptQuery
	submit func(context.Context, hub.Submission) (hub.Answer, error)
	err    error // of Receipts and Ready
}

func (b *backend) Submit(ctx context.Context, s hub.Submission) (hub.Answer, error) {
	b.mu.Lock()
	b.seen = append(b.seen, s)
	b.mu.Unlock()
	if b.submit != nil {
		return b.submit(ctx, s)
	}
	return hub.Answer{Accepted: true, Receipt: []byte(sealed), Entry: ledger.Entry{Position: 7}}, nil
}

func (b *backend) Receipts(_ context.Context, q hub.ReceiptQuery) ([][]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, q)
	if b.err != nil {
		return nil, b.err
	}
	return [][]byte{[]byte(sealed), []byte(sealed)}, nil
}

func (b *backend) Ready(context.Context) error { return b.err }

// submission waits for none: it returns the one submission there was.
func (b *backend) submission(t *testing.T) hub.Submission {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.seen) != 1 {
		t.Fatalf("%d submissions reached the backend", len(b.seen))
	}
	return b.seen[0]
}

// edge is a handler on a real listener, and its log.
type edge struct {
	*httptest.Server
	backend *backend
	log     *logBuffer
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// serve starts an edge; change, if not nil, adjusts its configuration and server.
func serve(t *testing.T, change func(*soap.Config, *http.Server)) *edge {
	t.Helper()
	e := prepare(t, change)
	e.Start()
	return e
}

// prepare makes an edge that is not started.
func prepare(t *testing.T, change func(*soap.Config, *http.Server)) *edge {
	t.Helper()
	e := &edge{backend: &backend{}, log: &logBuffer{}}
	cfg := config(e.backend, slog.New(slog.NewJSONHandler(e.log, nil)))
	e.Server = httptest.NewUnstartedServer(nil)
	server := soap.NewServer(nil, cfg.Log)
	if change != nil {
		change(&cfg, server)
	}
	h, err := soap.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server.Handler = h
	e.Server.Config = server
	t.Cleanup(e.Server.Close)
	return e
}

func config(b soap.Backend, log *slog.Logger) soap.Config {
	cfg := soap.Config{
		Backend:   b,
		Budget:    soap.NewBudget(soap.MaxInFlight),
		Log:       log,
		Now:       time.Now,
		PublicURL: publicURL,
	}
	for _, r := range routing.Regions() {
		ep := soap.Endpoint{Region: r, Dialect: soap.National{}}
		if r.Slug == "piemonte" {
			ep.Suffix = soap.RouterSuffix
		}
		cfg.Endpoints = append(cfg.Endpoints, ep)
	}
	return cfg
}

// message wraps the content of a Body.
func message(content string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + content + `</s:Body></s:Envelope>`
}

// bindingMessage submits a document by the operation of a kind.
func bindingMessage(b envelope.Binding, document string) string {
	return message(`<r:` + b.Request.Local + ` xmlns:r="` + b.Request.Space + `"><r:` + b.Child + `><![CDATA[` +
		document + `]]></r:` + b.Child + `></r:` + b.Request.Local + `>`)
}

// everyKind has an edge take every kind there is, whatever the model has.
func everyKind(cfg *soap.Config, _ *http.Server) {
	kinds := []string{}
	for _, b := range envelope.Bindings() {
		kinds = append(kinds, b.Kind)
	}
	for i := range cfg.Endpoints {
		cfg.Endpoints[i].Dialect = soap.National{Kinds: kinds}
	}
}

func submitMessage(document string) string {
	return message(`<r:richiesta_RichiestaRispostaSincrona_UniLav xmlns:r="http://servizi.lavoro.gov.it/comobbl/types"><r:UniLavXML><![CDATA[` +
		document + `]]></r:UniLavXML></r:richiesta_RichiestaRispostaSincrona_UniLav>`)
}

const echoMessage = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Echo xmlns="urn:snodo:hub:v1"><Testo>ciao</Testo></Echo></s:Body></s:Envelope>`

// post sends a body to a path; headers are name, value pairs that replace the
// usual ones, removed when the value is empty.
func (e *edge) post(t *testing.T, path, body string, headers ...string) answer {
	t.Helper()
	return e.do(t, http.MethodPost, path, body, headers...)
}

func (e *edge) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, e.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		} else {
			req.Header.Add(headers[i], headers[i+1])
		}
	}
	if ct := req.Header.Values("Content-Type"); len(ct) > 1 {
		req.Header["Content-Type"] = ct[1:]
	}
	resp, err := e.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

// answer is an HTTP answer, read.
type answer struct {
	status int
	header http.Header
	body   string
}

func read(t *testing.T, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.ContentLength != int64(len(body)) && resp.Request != nil && resp.Request.Method != http.MethodHead {
		t.Errorf("Content-Length %d for %d bytes", resp.ContentLength, len(body))
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// fault demands a SOAP fault and returns it.
func (a answer) fault(t *testing.T) envelope.FaultAnswer {
	t.Helper()
	if ct := a.header.Get("Content-Type"); ct != "text/xml; charset=utf-8" {
		t.Errorf("Content-Type %q", ct)
	}
	env, f := envelope.Open([]byte(a.body))
	if f != nil {
		t.Fatalf("answer is no envelope (%s): %s", f.Code, a.body)
	}
	got, ok := env.Fault()
	if !ok || len(got.Errors) == 0 {
		t.Fatalf("answer is no fault: %s", a.body)
	}
	if want := string(got.Errors[0].Code) + ": "; !strings.HasPrefix(got.Text, want) {
		t.Errorf("faultstring %q is not opened by its code", got.Text)
	}
	return got
}

// wants demands a fault of this code.
func (a answer) wants(t *testing.T, status int, side string, code fault.Code) {
	t.Helper()
	got := a.fault(t)
	if a.status != status || got.Code != side || got.Errors[0].Code != string(code) {
		t.Errorf("got %d %s %s, want %d %s %s", a.status, got.Code, got.Errors[0].Code, status, side, code)
	}
}

package marche_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// now is the instant at which every request arrives: half past nine in Rome.
var now = time.Date(2026, 11, 26, 8, 30, 15, 250_000_000, time.UTC)

const (
	receipt = `<Ricevuta xmlns="urn:snodo:hub:v1" versione="1"><Tipo>accettazione</Tipo></Ricevuta>`
	secret  = "RSSMRA85C15L219J" // of the document; no fault may quote it
)

func rome(t testing.TB) *time.Location {
	t.Helper()
	place, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return place
}

// backend stands for the hub: it gives what a test set, and keeps what it got.
type backend struct {
	answer hub.Answer
	err    error
	got    []hub.Submission
}

func (b *backend) Submit(_ context.Context, s hub.Submission) (hub.Answer, error) {
	b.got = append(b.got, s)
	return b.answer, b.err
}

func (b *backend) Receipts(context.Context, hub.ReceiptQuery) ([][]byte, error) {
	return [][]byte{[]byte(receipt)}, b.err
}

func (*backend) Ready(context.Context) error { return nil }

// accepted is the answer to the message of request().
func accepted(h envelope.EGov) hub.Answer {
	return hub.Answer{
		Accepted: true, Receipt: []byte(receipt),
		Entry: ledger.Entry{
			Position: 41, Codice: "1104226000000041", RequestDigest: ledger.Sum([]byte(h.ID)),
			Received: now, Recorded: now.Add(3 * time.Millisecond),
		},
	}
}

// request is the header of a good message.
func request(t testing.TB) envelope.EGov {
	at := now.In(rome(t))
	return envelope.EGov{
		Sender:      envelope.Party{Type: "SPC", Name: "MARCHE"},
		Recipient:   envelope.Party{Type: "SPC", Name: "NAZIONALE"},
		Profile:     envelope.EGovSynchronous,
		ServiceType: "SPC", Service: "InviaComunicazioneObbligatoria",
		Action:     "RichiestaRispostaSincrona_UniLav",
		ID:         envelope.Identifier{Sender: "MARCHE", Port: "MARCHESPCoopIT", Serial: 17, Minute: at}.String(),
		Registered: at, Clock: envelope.EGovTimeSPC,
		Delivery: envelope.EGovAtMostOnce, Acknowledge: true,
	}
}

// message is a submission of a small UniLav under a header.
func message(h envelope.EGov) string {
	unilav, _ := envelope.BindingOfKind("UNILAV")
	return string(unilav.AppendRequest(nil, envelope.AppendEGov(nil, h), []byte("<UniLav>"+secret+"</UniLav>")))
}

// front is the endpoint of Marche over HTTP, with a backend behind it.
type front struct {
	*backend
	url string
}

func open(t testing.TB, b *backend) front {
	t.Helper()
	return openWith(t, b, marche.KnownParties())
}

// openWith is the endpoint for other parties; the header X-Names of a request
// stands for the certificate of its connection.
func openWith(t testing.TB, b *backend, parties marche.Parties) front {
	t.Helper()
	region, _ := routing.RegionBySlug("marche")
	clock := func() time.Time { return now }
	h, err := soap.New(soap.Config{
		Backend: b,
		Endpoints: []soap.Endpoint{{Region: region, Dialect: marche.New(marche.Config{
			National: soap.National{}, Parties: parties, Rome: rome(t), Now: clock,
		}), Names: func(r *http.Request) []string { return r.Header.Values("X-Names") }}},
		Budget: soap.NewBudget(64 << 20), Log: slog.New(slog.DiscardHandler), Now: clock, PublicURL: "http://localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return front{b, server.URL + "/soap/marche"}
}

// reply is what came back.
type reply struct {
	status int
	head   http.Header
	body   []byte
	env    *envelope.Envelope
	header envelope.EGov // zero without one
}

func (f front) post(t testing.TB, body string) reply {
	t.Helper()
	return f.postAs(t, "", body)
}

// postAs posts with a SOAPAction.
func (f front) postAs(t testing.TB, action, body string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `"`+action+`"`)
	return replyTo(t, req)
}

func replyTo(t testing.TB, req *http.Request) reply {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := reply{status: res.StatusCode, head: res.Header}
	if r.body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	var bad *fault.Fault
	if r.env, bad = envelope.Open(r.body, envelope.EGovHeader()); bad != nil {
		t.Fatalf("no envelope: %s", r.body)
	}
	if r.env.HasEGov() {
		var faults fault.List
		if r.header, faults = envelope.ReadEGov(r.env, rome(t)); len(faults) > 0 {
			t.Errorf("the answer's header has faults: %+v\n%s", faults, r.body)
		}
	}
	if bytes.Contains(r.body, []byte(secret)) {
		t.Errorf("the document is quoted in %s", r.body)
	}
	return r
}

// exceptions lists what the header of an answer tells, as code and position.
func (r reply) exceptions() (list []string) {
	for _, e := range r.header.Exceptions {
		list = append(list, e.Code+" "+e.Position)
	}
	return list
}

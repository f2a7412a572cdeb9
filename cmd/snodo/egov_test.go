package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// egovPort is Marche's port of domain before a hub.
type egovPort struct {
	t      *testing.T
	hub    *hubUnderTest
	web    *http.Client
	unilav envelope.Binding
	place  *time.Location
}

func egovPortOf(t *testing.T, h *hubUnderTest) egovPort {
	t.Helper()
	b, _ := envelope.BindingOfKind(co.UNILAV)
	place, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return egovPort{t, h, webClient(t, 8), b, place}
}

// header is that of the n-th message.
func (p egovPort) header(n int) envelope.EGov {
	return sender.EGovHeader(p.unilav, n, p.hub.Now().In(p.place))
}

func (p egovPort) send(h envelope.EGov, document []byte) sender.EGovAnswer {
	p.t.Helper()
	a, err := sender.SendEGov(p.t.Context(), p.web, p.hub.URL()+"/soap/marche", p.unilav, h, document)
	if err != nil {
		p.t.Fatalf("%v: %s", err, a.Raw)
	}
	if a.Header.Reference != h.ID || a.Header.Sender != h.Recipient || a.Header.Recipient != h.Sender {
		p.t.Errorf("the answer's header is %+v", a.Header)
	}
	return a
}

// exceptionsIn lists what a message of exceptions tells.
func exceptionsIn(a sender.EGovAnswer) (list []string) {
	for _, e := range a.Header.Exceptions {
		list = append(list, e.Code+" "+e.Position)
	}
	return list
}

// TestEGovSubmission: a signed document in an e-Gov message is accepted,
// acknowledged and registered; the message is the evidence of its entry.
func TestEGovSubmission(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, 3))
	since := time.Now()
	h := startHub(t, data, nil)
	p := egovPortOf(t, h)
	first := p.header(1)
	a := p.send(first, signed[0])
	if !a.Accepted || a.Fault != nil || a.Status != http.StatusOK || len(a.Header.Riscontri) != 1 || a.Header.Riscontri[0].ID != first.ID {
		t.Fatalf("answer %s", a.Raw)
	}
	r := parsed(t, a.Receipt)
	if r.Kind != receipt.Acceptance || r.Origin != string(ledger.Signed) || !strings.HasPrefix(r.Codice, "11") {
		t.Errorf("receipt %+v", r)
	}
	e := entryOf(t, data, ledger.Sum(signed[0]))
	sent := p.unilav.AppendRequest(nil, envelope.AppendEGov(nil, first), signed[0])
	if e.RequestDigest != ledger.Sum([]byte(first.ID)) || e.Evidence != ledger.Sum(sent) {
		t.Errorf("entry %+v", e)
	}
	if kept, err := h.Store.Document(t.Context(), e.Position, ledger.TheEvidence); err != nil || !bytes.Equal(kept, sent) {
		t.Errorf("the evidence is not the message as received: %v", err)
	}
	// The answer is signed by its receipt; cut out, it stands alone.
	if plain, err := endpointOf(p.web, h.URL(), "marche").Submit(t.Context(), co.UNILAV, signed[0]); err != nil || !bytes.Equal(plain.Receipt, a.Receipt) {
		t.Errorf("the same document by the plain binding: %v", err)
	}
	// Without a header the same endpoint speaks the national binding.
	if plain, err := endpointOf(p.web, h.URL(), "marche").Submit(t.Context(), co.UNILAV, signed[1]); err != nil || !plain.Accepted {
		t.Errorf("by the plain binding: %v", err)
	}
	if e := entryOf(t, data, ledger.Sum(signed[1])); !e.Evidence.IsZero() || !e.RequestDigest.IsZero() {
		t.Errorf("entry of the plain binding %+v", e)
	}
	mustReconcile(t, data, since, 2)
}

// entryOf is the one submission of a document.
func entryOf(t *testing.T, data string, document ledger.Hash) ledger.Entry {
	t.Helper()
	found, _ := submissionsIn(t, data)
	if len(found[document]) != 1 {
		t.Fatalf("%d entries of the document", len(found[document]))
	}
	return found[document][0].Entry
}

// TestEGovRepetition: the same message gets the same answer, byte for byte,
// after a restart and after its end too; its name holds for no other content;
// the same content under another name gets the same receipt.
func TestEGovRepetition(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, 3))
	began := time.Now()
	first := startHub(t, data, nil)
	p := egovPortOf(t, first)
	h := p.header(1)
	h.Expires = h.Registered.Add(time.Hour)
	a := p.send(h, signed[0])
	if !a.Accepted {
		t.Fatalf("answer %s", a.Raw)
	}
	if again := p.send(h, signed[0]); !bytes.Equal(again.Raw, a.Raw) {
		t.Errorf("sent again, another answer:\n%s\n%s", a.Raw, again.Raw)
	}
	if b := p.send(h, signed[1]); !slices.Equal(exceptionsIn(b), []string{"EGOV_IT_110 Messaggio/Identificatore"}) || b.Receipt != nil || len(b.Header.Riscontri) > 0 {
		t.Errorf("its name for other content: %s", b.Raw)
	}
	if b := p.send(p.header(2), signed[0]); !b.Accepted || !bytes.Equal(b.Receipt, a.Receipt) || b.Header.ID == a.Header.ID {
		t.Errorf("its content under another name: %s", b.Raw)
	}
	first.stop()

	later := startNodeAt(t, testConfig(data), func() time.Time { return time.Now().Add(2 * time.Hour) }, nil)
	p = egovPortOf(t, later)
	if again := p.send(h, signed[0]); !bytes.Equal(again.Raw, a.Raw) {
		t.Errorf("after the message's end, another answer: %s", again.Raw)
	}
	late := p.header(3)
	late.Expires = late.Registered.Add(-time.Second)
	if b := p.send(late, signed[2]); !slices.Equal(exceptionsIn(b), []string{"EGOV_IT_301 Messaggio/Scadenza"}) || b.Receipt != nil {
		t.Errorf("late: %s", b.Raw)
	}
	if b := p.send(p.header(4), signed[2]); !b.Accepted {
		t.Errorf("in time: %s", b.Raw)
	}
	later.stop()

	found, head := submissionsIn(t, data)
	var refused []string
	for _, list := range found {
		for _, s := range list {
			if s.Entry.Status == ledger.Refused {
				refused = append(refused, string(s.Entry.Faults))
			}
		}
	}
	if slices.Sort(refused); len(refused) != 2 || !strings.Contains(refused[0], string(fault.EGovIdentifier)) || !strings.Contains(refused[1], string(fault.EGovExpired)) {
		t.Errorf("refusals of %d entries since %v: %q", head.Position, began, refused)
	}
	mustRun(t, "verify", "--data", data)
}

// TestEGovRace: of messages with one name that arrive together, one content
// wins and the others are told.
func TestEGovRace(t *testing.T) {
	t.Parallel()
	const contents, copies = 4, 4
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, contents))
	p := egovPortOf(t, startHub(t, data, nil))
	h := p.header(1)
	answers := make([]sender.EGovAnswer, contents*copies)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = p.send(h, signed[i%contents]) })
	}
	wg.Wait()
	var winner []byte
	won := map[int]int{}
	for i, a := range answers {
		switch {
		case a.Accepted && winner == nil:
			winner = a.Raw
			won[i%contents]++
		case a.Accepted:
			won[i%contents]++
			if !bytes.Equal(a.Raw, winner) {
				t.Errorf("another answer: %s", a.Raw)
			}
		case !slices.Equal(exceptionsIn(a), []string{"EGOV_IT_110 Messaggio/Identificatore"}):
			t.Errorf("answer %s", a.Raw)
		}
	}
	if len(won) != 1 {
		t.Errorf("accepted contents and copies: %v", won)
	}
	for _, n := range won {
		if n != copies {
			t.Errorf("%d of %d copies got the answer", n, copies)
		}
	}
}

// TestEGovRejectionAndRefusal: a faulty communication has its receipt in an
// answer that acknowledges; a document without signature is the application's
// fault, with the detail; neither is a message of exceptions.
func TestEGovRejectionAndRefusal(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signer := signerFor(t, data, 0)
	list := hirings(t, "marche", 0, 2)
	plain, err := transform.Encode(list[1])
	if err != nil {
		t.Fatal(err)
	}
	list[0].CodiceComunicazione = "1100026000000001"
	signed := signAll(t, signer, list[:1])
	p := egovPortOf(t, startHub(t, data, nil))
	h := p.header(1)
	a := p.send(h, signed[0])
	if a.Accepted || a.Fault != nil || len(a.Anomalies) == 0 || len(a.Header.Riscontri) != 1 || len(a.Header.Exceptions) > 0 ||
		parsed(t, a.Receipt).Kind != receipt.Rejection {
		t.Errorf("rejected: %s", a.Raw)
	}
	if again := p.send(h, signed[0]); !bytes.Equal(again.Raw, a.Raw) {
		t.Errorf("rejected again: %s", again.Raw)
	}
	b := p.send(p.header(2), plain)
	if b.Fault == nil || b.Fault.Code != "Client" || len(b.Fault.Errors) != 1 || b.Fault.Errors[0].Code != string(fault.Unsigned) ||
		len(b.Header.Exceptions) > 0 || len(b.Header.Riscontri) > 0 || b.Receipt != nil {
		t.Errorf("refused: %s", b.Raw)
	}
}

// TestEGovOurTrouble: an answer that promises nothing is SPCoop's error of
// processing, and the same message may be sent again.
func TestEGovOurTrouble(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, 1))[0]
	trouble := new(troubledJournal)
	h := startAs(t, &node.Node{Config: testConfig(data), Now: time.Now, Journal: func(j ledger.Journal) ledger.Journal {
		trouble.Journal = j
		return trouble
	}}, nil)
	p := egovPortOf(t, h)
	trouble.down.Store(true)
	first := p.header(1)
	a := p.send(first, signed)
	if a.Status != http.StatusServiceUnavailable || a.Fault == nil || a.Fault.Code != "Server" || !slices.Equal(exceptionsIn(a), []string{"EGOV_IT_300 Messaggio"}) || a.Receipt != nil {
		t.Errorf("answer %s", a.Raw)
	}
	trouble.down.Store(false)
	if a := p.send(first, signed); !a.Accepted {
		t.Errorf("sent again: %s", a.Raw)
	}
}

// troubledJournal takes nothing while it is down.
type troubledJournal struct {
	ledger.Journal
	down atomic.Bool
}

func (j *troubledJournal) Append(ctx context.Context, d ledger.Draft) (ledger.Result, error) {
	if j.down.Load() {
		return ledger.Result{}, ledger.ErrUnavailable
	}
	return j.Journal.Append(ctx, d)
}

// TestEGovElsewhere: the header is Marche's; other endpoints do not understand
// it, and say so.
func TestEGovElsewhere(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	p := egovPortOf(t, h)
	body := p.unilav.AppendRequest(nil, envelope.AppendEGov(nil, p.header(1)), []byte("<UniLav/>"))
	for _, region := range []string{"lazio", "piemonte"} {
		res, err := p.web.Post(h.URL()+"/soap/"+region, "text/xml", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil {
			t.Fatal(err)
		}
		e, _ := envelope.Open(answer)
		if f, ok := e.Fault(); !ok || f.Code != "MustUnderstand" {
			t.Errorf("%s: %s", region, answer)
		}
	}
}

// TestSubmitEGov: the verb sends in the envelope of Marche, and says what a hub
// that does not know it says.
func TestSubmitEGov(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	code, list := d.submit(t, "marche", slices.Concat([]string{"--egov"}, d.sign, []string{d.path("good.xml"), d.path("rejected.xml")})...)
	if code != verb.ExitFinding || list[0].Outcome != "accettata" || list[0].Receipt == nil || list[1].Outcome != "respinta" || list[1].Receipt == nil {
		t.Errorf("exit code %d, %+v", code, list)
	}
	if again, repeated := d.submit(t, "marche", slices.Concat([]string{"--egov"}, d.sign, []string{d.path("good.xml")})...); again != verb.ExitDone || repeated[0].Codice != list[0].Codice {
		t.Errorf("again: exit code %d, %+v", again, repeated)
	}
	code, list = d.submit(t, "marche", "--egov", "--as-is", d.path("unsigned.xml"))
	if code != verb.ExitFinding || list[0].Outcome != "rifiutata" || len(list[0].Faults) != 1 || list[0].Faults[0].Code != string(fault.Unsigned) {
		t.Errorf("unsigned: exit code %d, %+v", code, list)
	}
	code, list = d.submit(t, "lazio", slices.Concat([]string{"--egov"}, d.sign, []string{d.path("good.xml")})...)
	if code != verb.ExitFinding || list[0].Outcome != "rifiutata" || list[0].Faults[0].Code != string(fault.MustUnderstand) {
		t.Errorf("at Lazio: exit code %d, %+v", code, list)
	}
}

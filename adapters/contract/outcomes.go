package contract

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// outcomeTests: the first outcome that matches becomes an entry, the same
// again is dropped, anything else is an anomaly.
func outcomeTests() []test {
	return []test{
		{"the first outcome is recorded with its receipt", testFirstOutcome},
		{"identical outcomes are dropped", testSameOutcome},
		{"what is not an outcome of ours is an anomaly", testAnomalies},
		{"statements of one digest are recorded once", testStatements},
		{"drafts that lack something are refused", testInvalid},
	}
}

func testFirstOutcome(t *testing.T, b *bench) {
	s := b.fresh(Submission("one"))
	o := b.fresh(OutcomeOf(s.Entry, ledger.Registered, 77))
	e := o.Entry
	if e.Type != ledger.Outcome || e.Registration != 77 || e.Subject != s.Entry.Hash {
		t.Errorf("outcome %+v", e)
	}
	if e.Region != "piemonte" || e.Kind != "UNILAV" || e.Codice != s.Entry.Codice || e.Root != s.Entry.Root {
		t.Error("the outcome does not carry its submission's facts")
	}
	if e.Receipt != sha256.Sum256(s.Receipt) {
		t.Error("the outcome does not name the receipt of acceptance")
	}
	if e.Employer != "" || e.Worker != "" || e.Sender != "" {
		t.Error("the outcome repeats personal data")
	}
	if string(o.Receipt) != string(receipt(e)) || e.Seal.IsZero() {
		t.Error("the outcome has no sealed receipt")
	}
}

func testSameOutcome(t *testing.T, b *bench) {
	s := b.fresh(Submission("one"))
	draft := OutcomeOf(s.Entry, ledger.Registered, 77)
	results := make([]ledger.Result, 20)
	var wg sync.WaitGroup
	for i := range results {
		d := draft
		d.Entry.Received = d.Entry.Received.Add(time.Duration(i) * time.Second) // delivered later
		wg.Go(func() {
			var err error
			if results[i], err = b.store.Append(b.ctx, d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, r := range results {
		if string(r.Receipt) != string(results[0].Receipt) {
			t.Error("receipts of one outcome differ")
		}
	}
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

func testAnomalies(t *testing.T, b *bench) {
	s := b.fresh(Submission("one")).Entry
	rejected := b.fresh(Rejection("two", `[{"code":"ENV-04"}]`)).Entry
	change := func(f func(*ledger.Entry)) ledger.Draft {
		d := OutcomeOf(s, ledger.Registered, 77)
		f(&d.Entry)
		return d
	}
	b.fresh(OutcomeOf(s, ledger.Registered, 77))
	unknown := s
	unknown.Hash = sha256.Sum256([]byte("nothing"))
	cases := []struct {
		name   string
		draft  ledger.Draft
		reason string
	}{
		{"unknown entry", OutcomeOf(unknown, ledger.Registered, 5), ledger.OutcomeMismatch},
		{"rejected entry", OutcomeOf(rejected, ledger.Registered, 5), ledger.OutcomeUnknown},
		{"other code", change(func(e *ledger.Entry) { e.Codice = "1300126000000009" }), ledger.OutcomeUnknown},
		{"other digest", change(func(e *ledger.Entry) { e.Digest = ledger.Hash{9} }), ledger.OutcomeMismatch},
		{"other registration", change(func(e *ledger.Entry) { e.Registration = 78 }), ledger.OutcomeDifferent},
		{"other status", change(func(e *ledger.Entry) { e.Status = ledger.RejectedByStore }), ledger.OutcomeDifferent},
		{"other instant", change(func(e *ledger.Entry) { e.Instant = e.Instant.Add(1e3) }), ledger.OutcomeDifferent},
		{"other faults", change(func(e *ledger.Entry) { e.Faults = []byte(`[{"code":"NAZ-01"}]`) }), ledger.OutcomeDifferent},
	}
	for _, c := range cases {
		first := b.fresh(c.draft)
		var note ledger.AnomalyNote
		if err := json.Unmarshal(first.Entry.Payload, &note); err != nil || note.Reason != c.reason {
			t.Errorf("%s: %s %q, want anomaly %q", c.name, first.Entry.Type, note.Reason, c.reason)
		}
		if first.Receipt != nil {
			t.Errorf("%s: an anomaly got a receipt", c.name)
		}
		b.same(b.add(c.draft), first) // delivered again: known
	}
}

func testStatements(t *testing.T, b *bench) {
	draft := func(payload string) ledger.Draft {
		return ledger.Draft{Entry: ledger.Entry{
			Type: ledger.Statement, Received: b.clock.Now(), Payload: []byte(payload), Digest: sha256.Sum256([]byte(payload)),
		}}
	}
	first := b.fresh(draft(`{"count":1}`))
	b.same(b.add(draft(`{"count":1}`)), first)
	b.fresh(draft(`{"count":2}`))
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, err := b.store.Append(b.ctx, draft(`{"count":3}`)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := b.length(); n != 3 {
		t.Errorf("%d entries, want 3", n)
	}
}

func testInvalid(t *testing.T, b *bench) {
	accepted := b.fresh(Submission("good")).Entry
	rejected := b.fresh(Rejection("bad", `[{"code":"ENV-04"}]`)).Entry
	change := func(f func(*ledger.Draft)) ledger.Draft {
		d := Submission("draft")
		f(&d)
		return d
	}
	cases := map[string]ledger.Draft{
		"no type":                     {},
		"no digest":                   change(func(d *ledger.Draft) { d.Entry.Digest = ledger.Hash{} }),
		"no sender":                   change(func(d *ledger.Draft) { d.Entry.Sender = "" }),
		"unknown region":              change(func(d *ledger.Draft) { d.Entry.Region = "atlantide" }),
		"no document":                 change(func(d *ledger.Draft) { d.Document = nil }),
		"no deliveries":               change(func(d *ledger.Draft) { d.Deliveries = nil }),
		"no instant":                  change(func(d *ledger.Draft) { d.Entry.Received = time.Time{} }),
		"a code of its own":           change(func(d *ledger.Draft) { d.Entry.Codice = "1300126000000009" }),
		"malformed province":          change(func(d *ledger.Draft) { d.Province = "TO" }),
		"rejected with deliveries":    change(func(d *ledger.Draft) { d.Entry.Status = ledger.Rejected }),
		"rejected without faults":     Rejection("x", ""),
		"outcome without subject":     OutcomeOf(ledger.Entry{}, ledger.Registered, 1),
		"statement without payload":   {Entry: ledger.Entry{Type: ledger.Statement, Received: b.clock.Now()}},
		"dead letter of a rejection":  DeadLetterOf(rejected, "x"),
		"dead letter without a topic": func() ledger.Draft { d := DeadLetterOf(accepted, "x"); d.Entry.Payload = []byte(`{}`); return d }(),
	}
	for name, d := range cases {
		if _, err := b.store.Append(b.ctx, d); !errors.Is(err, ledger.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

package contract

import (
	"errors"
	"fmt"
	"testing"

	"github.com/snodo-co/snodo/routing/ledger"
)

// archiveTests: what was recorded is read back as it was.
func archiveTests() []test {
	return []test{
		{"entries in order, in ranges, with receipts", testEntries},
		{"by code and by id, with outcomes", testBy},
		{"documents by key", testDocuments},
		{"progress of submissions", testProgress},
	}
}

func testEntries(t *testing.T, b *bench) {
	var want []ledger.Stored
	for i := range 300 { // more than one page
		d := Submission(fmt.Sprint(i))
		if i%3 == 0 {
			d = Refusal(fmt.Sprint(i))
		}
		want = append(want, b.fresh(d))
	}
	for _, r := range []struct{ from, to, first, n int64 }{
		{1, 0, 1, 300}, {0, 0, 1, 300}, {299, 0, 299, 2}, {5, 9, 5, 5}, {301, 0, 0, 0}, {10, 9, 0, 0}, {290, 900, 290, 11},
	} {
		var got []ledger.Stored
		err := b.store.Entries(b.ctx, r.from, r.to, func(s ledger.Stored) error { got = append(got, s); return nil })
		if err != nil || int64(len(got)) != r.n {
			t.Fatalf("%d..%d: %d entries, error %v, want %d", r.from, r.to, len(got), err, r.n)
		}
		for i, s := range got {
			w := want[r.first-1+int64(i)]
			if s.Entry.Chain(s.Entry.Prev) != w.Entry.Chain(s.Entry.Prev) || s.Entry.Hash != w.Entry.Hash || string(s.Receipt) != string(w.Receipt) {
				t.Fatalf("position %d is not as it was appended", s.Entry.Position)
			}
		}
	}
	stop := errors.New("stop")
	n := 0
	err := b.store.Entries(b.ctx, 1, 0, func(ledger.Stored) error { n++; return stop })
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("yield's error: %v after %d entries", err, n)
	}
}

func testBy(t *testing.T, b *bench) {
	s := b.fresh(Submission("one"))
	b.fresh(Submission("two"))
	o := b.fresh(OutcomeOf(s.Entry, ledger.Registered, 1))
	b.fresh(OutcomeOf(s.Entry, ledger.Registered, 2)) // an anomaly
	got, err := b.store.ByCodice(b.ctx, s.Entry.Codice)
	if err != nil || len(got) != 2 {
		t.Fatalf("by code: %d entries, error %v, want the submission and its outcome", len(got), err)
	}
	if string(got[0].Receipt) != string(s.Receipt) || string(got[1].Receipt) != string(o.Receipt) {
		t.Error("by code: receipts differ from those given")
	}
	rejected := b.fresh(Rejection("three", `[{"code":"ENV-04"}]`))
	if got, err = b.store.ByID(b.ctx, rejected.Entry.Hash); err != nil || len(got) != 1 || string(got[0].Receipt) != string(rejected.Receipt) {
		t.Errorf("by id: %d entries, error %v, want the rejection", len(got), err)
	}
	if _, err := b.store.ByID(b.ctx, s.Entry.Hash); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("an accepted submission by its id: error %v", err)
	}
	if _, err := b.store.ByCodice(b.ctx, "1300126000000999"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("unknown code: error %v", err)
	}
	if _, err := b.store.ByID(b.ctx, ledger.Hash{1}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("unknown id: error %v", err)
	}
}

func testDocuments(t *testing.T, b *bench) {
	d := Submission("one")
	e := b.fresh(d).Entry
	for part, want := range map[ledger.Part][]byte{ledger.TheDocument: d.Document, ledger.TheEvidence: d.Evidence} {
		if got, err := b.store.Document(b.ctx, e.Position, part); err != nil || string(got) != string(want) {
			t.Errorf("part %d: %d bytes, error %v", part, len(got), err)
		}
	}
	if _, err := b.store.Document(b.ctx, e.Position+1, ledger.TheDocument); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("unknown position: error %v", err)
	}
	// The same bytes have one key, in whatever entry.
	d.Entry.Status, d.Entry.Faults, d.Deliveries = ledger.Rejected, []byte(`[{"code":"DUP-01"}]`), nil
	d.Entry.Sender = "BBBBBB00B00B000B"
	if other := b.fresh(d).Entry; other.Document != e.Document {
		t.Error("the same bytes have two keys")
	}
}

func testProgress(t *testing.T, b *bench) {
	registered := b.fresh(Submission("registered")).Entry
	waiting := b.fresh(Submission("waiting")).Entry
	dead := b.fresh(Submission("dead")).Entry
	b.fresh(Rejection("rejected", `[{"code":"ENV-04"}]`))
	b.fresh(Refusal("refused"))
	lazio := Submission("elsewhere")
	lazio.Entry.Region = "lazio"
	b.fresh(lazio)
	b.fresh(OutcomeOf(registered, ledger.Registered, 9))
	b.fresh(OutcomeOf(registered, ledger.Registered, 10)) // an anomaly
	letter := b.fresh(DeadLetterOf(dead, "too large")).Entry
	if err := b.store.Done(b.ctx, "co.unilav.v1", []int64{registered.Position}); err != nil {
		t.Fatal(err)
	}
	got := make(map[int64]ledger.Progress)
	collect := func(p ledger.Progress) error { got[p.Entry.Position] = p; return nil }
	if err := b.store.Progress(b.ctx, ledger.ProgressFilter{From: 1, Region: "piemonte"}, collect); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 {
		t.Fatalf("%d submissions of piemonte, want 4", len(got))
	}
	p := got[registered.Position]
	if !p.Receipted || p.Outcome == nil || p.Outcome.Registration != 9 || !p.Registered || p.Anomalies != 1 || p.Deliveries[0].Done.IsZero() {
		t.Errorf("registered: %+v", p)
	}
	p = got[waiting.Position]
	if !p.Receipted || p.Outcome != nil || p.Registered || len(p.Deliveries) != 1 || !p.Deliveries[0].Done.IsZero() {
		t.Errorf("waiting: %+v", p)
	}
	if p = got[dead.Position]; p.Deliveries[0].Dead != letter.Position {
		t.Errorf("dead: %+v", p)
	}
	if p = got[4]; !p.Receipted || len(p.Deliveries) != 0 {
		t.Errorf("rejected: %+v", p)
	}
}

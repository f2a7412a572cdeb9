package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

var (
	now   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	line1 = Key{"2026-11-22", "marche", "UNILAV"}
	line2 = Key{"2026-11-22", "lazio", "UNILAV"}
)

// registered is the n-th item, wholly done.
func registered(k Key, n int) Item {
	return Item{
		Key: k, Position: int64(n), ID: fmt.Sprintf("%064x", n), Codice: fmt.Sprintf("11042260%08d", n),
		Digest: fmt.Sprintf("%064x", 1000+n), Status: ledger.Accepted, Recorded: now.Add(-time.Hour), Relayed: true,
		Outcome: Result{Status: ledger.Registered, Registration: int64(n), Receipted: true},
	}
}

func totalOf(items ...Item) *Total {
	t := Total{Day: items[0].Key.Day, Region: items[0].Key.Region, Kind: items[0].Key.Kind}
	for _, it := range items {
		t.Add(it.ID, it.Codice, it.Digest)
	}
	return &t
}

func TestEverythingReconciles(t *testing.T) {
	t.Parallel()
	a := NewAccount(now, time.Minute)
	one, two, three := registered(line1, 1), registered(line1, 2), registered(line2, 3)
	rejected, refused := registered(line1, 4), registered(line1, 5)
	rejected.Status, refused.Status = ledger.Rejected, ledger.Refused
	declined := registered(line1, 6)
	declined.Outcome = Result{Status: ledger.RejectedByStore, Receipted: true}
	fresh := registered(line2, 7)
	fresh.Recorded, fresh.Relayed, fresh.Outcome = now.Add(-time.Second), false, Result{}
	for _, it := range []Item{one, two, three, rejected, refused, declined, fresh} {
		a.Add(it)
	}
	totals := map[Key]Total{line1: *totalOf(one, two), line2: *totalOf(three)}
	if s := a.Suspects(totals); len(s) != 0 {
		t.Errorf("suspects %v", s)
	}
	r := a.Close(map[Key]National{line1: {Total: totalOf(one, two)}, line2: {Total: totalOf(three)}})
	if !r.Reconciled() {
		t.Fatalf("mismatches %+v", r.Mismatches)
	}
	want := []Row{
		{Key: line2, Received: 2, Accepted: 2, Relayed: 1, Registered: 1, Receipted: 1, InProgress: 1, National: 1},
		{Key: line1, Received: 5, Accepted: 3, Rejected: 2, Relayed: 3, Registered: 2, Declined: 1, Receipted: 3, National: 2},
	}
	if len(r.Rows) != 2 || r.Rows[0] != want[0] || r.Rows[1] != want[1] {
		t.Errorf("rows %+v\nwant %+v", r.Rows, want)
	}
}

// TestCause: why a message was given up stands with it.
func TestCause(t *testing.T) {
	t.Parallel()
	for cause, want := range map[string]string{"": Buried.Text(), "co.unilav.v1: troppo grande": Buried.Text() + " (co.unilav.v1: troppo grande)"} {
		it := registered(line1, 1)
		it.Relayed, it.DeadLetter, it.Cause, it.Outcome = false, true, cause, Result{}
		a := NewAccount(now, time.Minute)
		a.Add(it)
		r := a.Close(nil)
		if len(r.Mismatches) != 1 || r.Mismatches[0].Reason != Buried || r.Mismatches[0].Text != want {
			t.Errorf("%+v", r.Mismatches)
		}
	}
}

// TestEachMismatchIsNamed breaks one thing at a time and asks for its reason
// and its very item.
func TestEachMismatchIsNamed(t *testing.T) {
	t.Parallel()
	one, two := registered(line1, 1), registered(line1, 2)
	both := []Registration{{one.ID, 1}, {two.ID, 2}}
	for _, c := range []struct {
		name     string
		harm     func(*Item)
		national National
		want     Reason
		id       string
	}{
		{"not relayed", func(it *Item) { it.Relayed, it.Outcome = false, Result{} }, National{Total: totalOf(one)}, NotRelayed, two.ID},
		{"dead letter", func(it *Item) {
			it.Relayed, it.DeadLetter, it.Outcome, it.Recorded = false, true, Result{}, now
		}, National{Total: totalOf(one)}, Buried, two.ID},
		{"not registered", func(it *Item) { it.Outcome = Result{} }, National{Total: totalOf(one)}, NotRegistered, two.ID},
		{"no receipt", func(it *Item) { it.Outcome.Receipted = false }, National{Total: totalOf(one, two)}, NotReceipted, two.ID},
		{"missing there", nil, National{List: both[:1]}, MissingNational, two.ID},
		{"unknown here", nil, National{List: append(both[:2:2], Registration{registered(line1, 9).ID, 3})}, UnknownHere, registered(line1, 9).ID},
		{"registered twice", nil, National{List: append(both[:2:2], Registration{two.ID, 3})}, RegisteredTwice, two.ID},
		{"other number", nil, National{List: []Registration{both[0], {two.ID, 7}}}, OtherNumber, two.ID},
		{"totals differ", nil, National{Total: totalOf(one)}, TotalsDiffer, ""},
		{"store silent", nil, National{}, NoNationalAnswer, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := NewAccount(now, time.Minute, line1)
			harmed := two
			if c.harm != nil {
				c.harm(&harmed)
			}
			a.Add(one)
			a.Add(harmed)
			r := a.Close(map[Key]National{line1: c.national})
			if len(r.Mismatches) != 1 {
				t.Fatalf("mismatches %+v", r.Mismatches)
			}
			m := r.Mismatches[0]
			if m.Reason != c.want || m.ID != c.id || m.Text == string(m.Reason) || m.Text == "" {
				t.Errorf("got %+v, want %s of %s", m, c.want, c.id)
			}
			if r.Rows[0].Mismatched != 1 {
				t.Errorf("row %+v", r.Rows[0])
			}
		})
	}
}

func TestSuspects(t *testing.T) {
	t.Parallel()
	a := NewAccount(now, time.Minute)
	one := registered(line1, 1)
	a.Add(one)
	fresh := registered(line2, 2)
	fresh.Outcome, fresh.Recorded = Result{}, now
	a.Add(fresh)
	other := Key{"2026-11-21", "lazio", "UNILAV"}
	got := a.Suspects(map[Key]Total{line2: *totalOf(registered(line2, 3)), other: *totalOf(registered(other, 4))})
	if len(got) != 2 || got[0] != other || got[1] != line1 {
		t.Errorf("suspects %v, want the silent line and the unknown one", got)
	}
}

func TestOddityFails(t *testing.T) {
	t.Parallel()
	a := NewAccount(now, time.Minute)
	a.Oddity(Oddity{Key: line1, Position: 9, Codice: "1104226000000009", Text: "esito diverso"})
	a.Oddity(Oddity{Key: line1, Position: 10, Twice: true, Registration: 7})
	r := a.Close(nil)
	if r.Reconciled() || len(r.Mismatches) != 2 {
		t.Fatalf("report %+v", r)
	}
	if m := r.Mismatches[0]; m.Reason != RecordedOddity || m.Position != 9 || m.Text != "esito diverso" {
		t.Errorf("oddity %+v", m)
	}
	if m := r.Mismatches[1]; m.Reason != RegisteredTwice || m.Registration[0] != 7 || m.Text != RegisteredTwice.Text() {
		t.Errorf("second registration %+v", m)
	}
}

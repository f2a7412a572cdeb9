package contract

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/routing/ledger"
)

// faultTests: every write of the commit fails unapplied, and fails applied.
func faultTests() []test {
	list := []test{
		{"the seal key is away", testSealFails},
	}
	operations := []string{
		"BEGIN", "SELECT position, hash, recorded FROM head", "SELECT digest", "INSERT INTO entries", "INSERT INTO receipts",
		"INSERT INTO documents", "INSERT INTO abouts", "INSERT INTO content", "INSERT INTO chains", "INSERT INTO outbox",
		"INSERT INTO counters", "UPDATE counters", "UPDATE content", "UPDATE outbox SET dead", "UPDATE head", "COMMIT",
	}
	for _, operation := range operations {
		for _, applied := range []bool{false, true} {
			name := operation + " fails unapplied"
			if applied {
				name = operation + " fails applied"
			}
			list = append(list, test{name, func(t *testing.T, b *bench) { testBreak(t, b, operation, applied) }})
		}
	}
	return list
}

// testBreak breaks one operation, for one draft alone and for a group, and
// checks that nothing was promised that is not kept, and that the store goes
// on: what failed and is sent again gets one entry.
func testBreak(t *testing.T, b *bench, operation string, applied bool) {
	drafts := faultDrafts(b, operation)
	for round, times := range []int{1, 3} {
		b.breaker.Break(operation, applied, times)
		results := make([]ledger.Result, len(drafts[round]))
		errs := make([]error, len(drafts[round]))
		var wg sync.WaitGroup
		for i, d := range drafts[round] {
			wg.Go(func() { results[i], errs[i] = b.store.Append(b.ctx, d) })
		}
		wg.Wait()
		if b.breaker.Unbreak() == 0 {
			t.Fatalf("round %d: nothing was broken: the table does not fit the store", round)
		}
		for i, d := range drafts[round] {
			if errs[i] != nil && !errors.Is(errs[i], ledger.ErrUnavailable) {
				t.Errorf("round %d: error %v, want ErrUnavailable", round, errs[i])
			}
			again := b.add(d)
			if errs[i] != nil {
				continue
			}
			if !again.Repeated || string(again.Receipt) != string(results[i].Receipt) || again.Entry.Hash != results[i].Entry.Hash {
				t.Errorf("round %d: a promised entry was not kept", round)
			}
		}
		if operation == "COMMIT" && applied && errs[0] != nil {
			t.Errorf("round %d: a commit that happened was not recognised: %v", round, errs[0])
		}
	}
}

// faultDrafts gives one draft alone, and a group, that need the operation.
func faultDrafts(b *bench, operation string) [2][]ledger.Draft {
	switch operation {
	case "INSERT INTO counters":
		var group []ledger.Draft
		for i := range 10 {
			d := Submission(fmt.Sprint("province ", i))
			d.Province = fmt.Sprintf("%03d", i+2)
			group = append(group, d)
		}
		return [2][]ledger.Draft{{Submission("one")}, group}
	case "UPDATE content", "INSERT INTO abouts":
		return [2][]ledger.Draft{faultOutcomes(b, "alone", 1, freeing), faultOutcomes(b, "group", 10, freeing)}
	case "UPDATE outbox SET dead":
		return [2][]ledger.Draft{faultOutcomes(b, "alone", 1, killing), faultOutcomes(b, "group", 10, killing)}
	case "UPDATE counters":
		b.fresh(Submission("makes the counter"))
	case "SELECT digest": // a store may know by itself that content is new
		var known []ledger.Draft
		for i := range 11 {
			known = append(known, Submission(fmt.Sprint("known ", i)))
			b.fresh(known[i])
		}
		return [2][]ledger.Draft{known[:1], known[1:]}
	}
	var group []ledger.Draft
	for i := range 10 {
		group = append(group, Submission(fmt.Sprint("group ", i)))
	}
	return [2][]ledger.Draft{{Submission("one")}, group}
}

func freeing(e ledger.Entry) ledger.Draft { return OutcomeOf(e, ledger.RejectedByStore, 0) }
func killing(e ledger.Entry) ledger.Draft { return DeadLetterOf(e, "too large") }

func faultOutcomes(b *bench, name string, n int, draft func(ledger.Entry) ledger.Draft) []ledger.Draft {
	var list []ledger.Draft
	for i := range n {
		list = append(list, draft(b.fresh(Submission(fmt.Sprint(name, i))).Entry))
	}
	return list
}

func testSealFails(t *testing.T, b *bench) {
	b.sealer.Failing(1)
	if _, err := b.store.Append(b.ctx, Submission("one")); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	if n := b.length(); n != 0 {
		t.Errorf("%d entries without a receipt", n)
	}
	if e := b.fresh(Submission("one")).Entry; e.Codice != "1300126000000001" {
		t.Errorf("codice %s: the failed attempt took a number", e.Codice)
	}
}

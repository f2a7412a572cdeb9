package contract

import (
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// rejectedTests: rejected content is judged anew each time, but recorded anew
// only if something changed.
func rejectedTests() []test {
	return []test{
		{"when a rejection is recorded anew", testRejections},
		{"copies of a rejection at once", testRejectionsAtOnce},
		{"rejections of two senders are apart", testRejectionsApart},
	}
}

func testRejections(t *testing.T, b *bench) {
	const faults, others = `[{"code":"ENV-04"}]`, `[{"code":"ENV-03"}]`
	withBasis := func(basis string) ledger.Draft {
		d := Rejection("one", faults)
		d.Entry.Basis = basis
		return d
	}
	steps := []struct {
		name  string
		after time.Duration
		draft ledger.Draft
		fresh bool
	}{
		{"first", 0, withBasis("tables 1"), true},
		{"unchanged", time.Hour, withBasis("tables 1"), false},
		{"other tables were read", time.Hour, withBasis("tables 2"), true},
		{"the first tables again: compared with the last only", 0, withBasis("tables 1"), true},
		{"other faults", time.Minute, func() ledger.Draft {
			d := Rejection("one", others)
			d.Entry.Basis = "tables 1"
			return d
		}(), true},
		{"a day less a second after the last", 24*time.Hour - time.Second, func() ledger.Draft {
			d := Rejection("one", others)
			d.Entry.Basis = "tables 1"
			return d
		}(), false},
		{"a day after the last", time.Second, func() ledger.Draft {
			d := Rejection("one", others)
			d.Entry.Basis = "tables 1"
			return d
		}(), true},
		{"accepted in the end", 0, Submission("one"), true},
	}
	var last ledger.Stored
	for _, step := range steps {
		b.clock.Add(step.after)
		r := b.add(step.draft)
		if r.Repeated == step.fresh {
			t.Errorf("%s: repeated %v", step.name, r.Repeated)
		}
		if !step.fresh {
			b.same(r, last)
		}
		last = r.Stored
	}
}

func testRejectionsAtOnce(t *testing.T, b *bench) {
	results := make([]ledger.Result, 30)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			var err error
			if results[i], err = b.store.Append(b.ctx, Rejection("one", `[{"code":"ENV-04"}]`)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, r := range results {
		if string(r.Receipt) != string(results[0].Receipt) {
			t.Error("receipts of one rejection differ")
		}
	}
	if n := b.length(); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

func testRejectionsApart(t *testing.T, b *bench) {
	b.fresh(Rejection("one", `[{"code":"ENV-04"}]`))
	d := Rejection("one", `[{"code":"ENV-04"}]`)
	d.Entry.Sender = "BBBBBB00B00B000B"
	b.fresh(d)
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

package contract

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/routing/ledger"
)

// groupTests: who waits for whom, and for how long.
func groupTests() []test {
	return []test{
		{"a cancelled context leaves before its turn", testCancelled},
		{"a context that ends during the commit gets the answer", testCancelledInside},
		{"closing commits what waits", testCloseDrains},
		{"a closed store is unavailable", testClosed},
		{"two processes on one ledger", testTwoProcesses},
		{"intake goes before outcomes, which do not starve", testIntakeFirst},
	}
}

func testCancelled(t *testing.T, b *bench) {
	held, release := b.sealer.Hold()
	var wg sync.WaitGroup
	wg.Go(func() { b.add(Submission("opens the gate")) })
	<-held
	ctx, cancel := context.WithCancel(b.ctx)
	cancelled := make(chan error)
	go func() {
		_, err := b.store.Append(ctx, Submission("leaves"))
		cancelled <- err
	}()
	cancel()
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	release()
	wg.Wait()
	b.fresh(Submission("next"))
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

func testCancelledInside(t *testing.T, b *bench) {
	held, release := b.sealer.Hold()
	ctx, cancel := context.WithCancel(b.ctx)
	type answer struct {
		r   ledger.Result
		err error
	}
	answers := make(chan answer)
	go func() {
		r, err := b.store.Append(ctx, Submission("one"))
		answers <- answer{r, err}
	}()
	<-held
	cancel()
	release()
	a := <-answers
	if a.err != nil || len(a.r.Receipt) == 0 {
		t.Errorf("error %v, want the receipt", a.err)
	}
}

func testCloseDrains(t *testing.T, b *bench) {
	held, release := b.sealer.Hold()
	results := make(chan error, 21)
	send := func(content string) {
		_, err := b.store.Append(context.Background(), Submission(content))
		results <- err
	}
	go send("opens the gate")
	<-held
	for i := range 20 {
		go send(fmt.Sprint(i))
	}
	closed := make(chan error)
	go func() { closed <- b.store.Close() }()
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	committed := 0
	for range 21 {
		switch err := <-results; {
		case err == nil:
			committed++
		case !errors.Is(err, ledger.ErrUnavailable):
			t.Errorf("error %v, want ErrUnavailable", err)
		}
	}
	b.start()
	if n := b.length(); n != committed {
		t.Errorf("%d entries, %d answered", n, committed)
	}
}

func testClosed(t *testing.T, b *bench) {
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Append(b.ctx, Submission("one")); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("append: error %v", err)
	}
	if _, err := b.store.Lease(b.ctx, "a", 1e9); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("lease: error %v", err)
	}
	if _, _, err := b.store.Accepted(b.ctx, ledger.Hash{1}, "a", ledger.Hash{}); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("lookup: error %v", err)
	}
	b.start()
}

func testIntakeFirst(t *testing.T, b *bench) {
	var subjects []ledger.Entry
	for i := range 40 {
		subjects = append(subjects, b.fresh(Submission(fmt.Sprint("subject ", i))).Entry)
	}
	held, release := b.sealer.Hold()
	var wg sync.WaitGroup
	run := func(d ledger.Draft) {
		wg.Go(func() {
			if _, err := b.store.Append(b.ctx, d); err != nil {
				t.Error(err)
			}
		})
	}
	run(Submission("opens the gate"))
	<-held
	for i, s := range subjects {
		run(OutcomeOf(s, ledger.Registered, int64(i+1)))
	}
	for i := range 100 {
		run(Submission(fmt.Sprint("intake ", i)))
	}
	release()
	wg.Wait()
	if n := b.length(); n != 40+1+40+100 {
		t.Errorf("%d entries", n)
	}
}

// testTwoProcesses opens the same ledger twice, as two processes do.
func testTwoProcesses(t *testing.T, b *bench) {
	other, err := b.open(b.ctx, b.config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}()
	stores := []Store{b.store, other}
	for round := range 5 {
		results := make([]ledger.Result, 40)
		var wg sync.WaitGroup
		for i := range results {
			d := Submission(fmt.Sprintf("round %d of %d", round, i/4)) // four copies of each
			wg.Go(func() {
				var err error
				if results[i], err = stores[i%2].Append(b.ctx, d); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i, r := range results {
			if string(r.Receipt) != string(results[i/4*4].Receipt) {
				t.Errorf("round %d: receipts of copy %d differ", round, i)
			}
		}
	}
	if n := b.length(); n != 50 {
		t.Errorf("%d entries, want 50", n)
	}
}

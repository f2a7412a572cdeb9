package contract

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// processTests: several stores on one database, as several processes have.
func processTests() []test {
	return []test{
		{"positions and codes without gaps", testProcessesGapless},
		{"fifty copies over four processes are one entry", testProcessesCopies},
		{"a chain over four processes keeps its order", testProcessesChain},
		{"processes start at once on an empty database", testProcessesStart},
		{"a holder whose lease ran out writes no more", testProcessesPause},
		{"a commit of another process wakes the relay", testProcessesWake},
		{"one process stops, the others go on", testProcessesStop},
	}
}

// processes opens more stores on the bench's database, which close with it.
func (b *bench) processes(n int) []Store {
	b.t.Helper()
	stores := []Store{b.store}
	for len(stores) < n {
		other, err := b.open(b.ctx, b.config)
		if err != nil {
			b.t.Fatal(err)
		}
		b.t.Cleanup(func() {
			if err := other.Close(); err != nil {
				b.t.Error(err)
			}
		})
		stores = append(stores, other)
	}
	return stores
}

func testProcessesGapless(t *testing.T, b *bench) {
	const senders, each = 16, 20
	stores := b.processes(4)
	var wg sync.WaitGroup
	var mu sync.Mutex
	positions, codes := make(map[int64]bool), make(map[string]bool)
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				d := Submission(fmt.Sprintf("%d-%d", s, i))
				if i%5 == 4 {
					d = Rejection(fmt.Sprintf("%d-%d", s, i), `[{"code":"ENV-04"}]`)
				}
				r, err := stores[s%len(stores)].Append(b.ctx, d)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				positions[r.Entry.Position], codes[r.Entry.Codice] = true, true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	delete(codes, "")
	for n := int64(1); n <= senders*each; n++ {
		if !positions[n] {
			t.Errorf("position %d was not given", n)
		}
	}
	for n := int64(1); n <= senders*each*4/5; n++ {
		codice, err := ledger.Counter{Region: "13", Province: "001", Year: 2026}.Codice(n)
		if err != nil || !codes[codice] {
			t.Errorf("code %s was not given", codice)
		}
	}
}

func testProcessesCopies(t *testing.T, b *bench) {
	stores := b.processes(4)
	for round := range 10 {
		results := make([]ledger.Result, 50)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				var err error
				if results[i], err = stores[i%len(stores)].Append(b.ctx, Submission(fmt.Sprint("round ", round))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, r := range results {
			if string(r.Receipt) != string(results[0].Receipt) || len(r.Receipt) == 0 {
				t.Fatalf("round %d: receipts differ", round)
			}
		}
	}
	if n := b.length(); n != 10 {
		t.Errorf("%d entries, want 10", n)
	}
}

// testProcessesChain: the audit after the test checks root and predecessor.
func testProcessesChain(t *testing.T, b *bench) {
	stores := b.processes(4)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := stores[i%len(stores)].Append(b.ctx, of(fmt.Sprint("twin ", i), "E", "W", "2026-01-01", "")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	roots := make(map[string]int)
	err := b.store.Entries(b.ctx, 1, 0, func(s ledger.Stored) error { roots[s.Entry.Root]++; return nil })
	if err != nil || len(roots) != 1 {
		t.Errorf("%d roots, error %v, want one chain of 40", len(roots), err)
	}
}

func testProcessesStart(t *testing.T, b *bench) {
	fresh := b.config
	fresh.Database = b.make(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			s, err := b.open(b.ctx, fresh)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Append(b.ctx, Submission(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// testProcessesPause: a process stops for longer than its lease, as SIGSTOP
// makes it, and goes on believing that it holds its shards.
func testProcessesPause(t *testing.T, b *bench) {
	stores := b.processes(2)
	paused, other := stores[0], stores[1]
	const ttl = 100 * time.Millisecond
	if got, err := paused.Lease(b.ctx, "paused", ttl); err != nil || len(got) != ledger.Shards {
		t.Fatalf("%d shards, error %v", len(got), err)
	}
	e := b.fresh(Submission("one")).Entry
	shard := ledger.Shard(e.Root)
	deadline := time.Now().Add(20 * time.Second)
	for {
		got, err := other.Lease(b.ctx, "other", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == ledger.Shards {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the lease of the paused holder was never taken over")
		}
	}
	if _, err := paused.Pending(b.ctx, "paused", shard, 10); !errors.Is(err, ledger.ErrNotHeld) {
		t.Errorf("the paused holder: error %v, want ErrNotHeld", err)
	}
	if m, err := other.Pending(b.ctx, "other", shard, 10); err != nil || len(m) != 1 || m[0].Position != e.Position {
		t.Errorf("the new holder: %d messages, error %v", len(m), err)
	}
	if got, err := paused.Lease(b.ctx, "paused", time.Hour); err != nil || len(got) != 0 {
		t.Errorf("the paused holder got %d shards back, error %v", len(got), err)
	}
}

func testProcessesWake(t *testing.T, b *bench) {
	other := b.processes(2)[1]
	for i := range 5 {
		advanced := b.store.Advanced()
		if _, err := other.Append(b.ctx, Submission(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		select {
		case <-advanced:
		case <-time.After(10 * time.Second):
			t.Fatal("never told of another process's commit")
		}
	}
}

func testProcessesStop(t *testing.T, b *bench) {
	stores := b.processes(3)
	gone, err := b.open(b.ctx, b.config)
	if err != nil {
		t.Fatal(err)
	}
	stores = append(stores, gone)
	var wg sync.WaitGroup
	var mu sync.Mutex
	kept := make(map[string][]byte)
	for s, store := range stores {
		wg.Go(func() {
			for i := range 20 {
				content := fmt.Sprint(s, "-", i)
				r, err := store.Append(b.ctx, Submission(content))
				switch {
				case err == nil:
					mu.Lock()
					kept[content] = r.Receipt
					mu.Unlock()
				case s != 3 || !errors.Is(err, ledger.ErrUnavailable):
					t.Error(err)
				}
				if s == 3 && i == 10 {
					if err := gone.Close(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	for content, receipt := range kept {
		if r := b.add(Submission(content)); !r.Repeated || string(r.Receipt) != string(receipt) {
			t.Errorf("%s: its answer was not kept", content)
		}
	}
}

package sqlstore_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestState: what waits in the outbox, since when, and who holds the shards.
func TestState(t *testing.T) { onEngines(t, testState) }

func testState(t *testing.T, e engine) {
	s, err := sqlstore.Open(t.Context(), e.make(t), sqlstore.Options{Issuer: &contract.Sealer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	backlog := func(want int64, since time.Time) {
		t.Helper()
		if n, oldest, err := s.Backlog(t.Context()); err != nil || n != want || !oldest.Equal(since) {
			t.Errorf("%d wait since %s, want %d since %s, %v", n, oldest, want, since, err)
		}
	}
	holders := func(want map[string]int) {
		t.Helper()
		if got, err := s.Holders(t.Context()); err != nil || !maps.Equal(got, want) {
			t.Errorf("holders %v, want %v, %v", got, want, err)
		}
	}
	backlog(0, time.Time{})
	holders(map[string]int{})
	var entries []ledger.Entry
	for _, d := range []ledger.Draft{contract.Submission("one"), contract.Rejection("bad", `[{"code":"ENV-04"}]`), contract.Submission("two")} {
		r, err := s.Append(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, r.Entry)
	}
	first, second := entries[0], entries[2]
	backlog(2, first.Recorded)
	topic := contract.Submission("one").Deliveries[0].Topic
	if err := s.Done(t.Context(), topic, []int64{first.Position}); err != nil {
		t.Fatal(err)
	}
	backlog(1, second.Recorded)
	if _, err := s.Append(t.Context(), contract.DeadLetterOf(second, "too large")); err != nil {
		t.Fatal(err)
	}
	backlog(0, time.Time{})

	held, err := s.Lease(t.Context(), "a", time.Hour)
	if err != nil || len(held) == 0 || !slices.IsSorted(held) {
		t.Fatalf("held %v, %v", held, err)
	}
	holders(map[string]int{"a": len(held)})
	if err := s.Release(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	holders(map[string]int{})
	if _, err := s.Lease(t.Context(), "b", time.Microsecond); err != nil {
		t.Fatal(err)
	}
	// It is over by the database's clock, which counts milliseconds on SQLite.
	for limit := time.Now().Add(10 * time.Second); ; {
		got, err := s.Holders(t.Context())
		if err != nil || time.Now().After(limit) {
			t.Fatalf("holders %v of a lease that is over, %v", got, err)
		}
		if len(got) == 0 {
			return
		}
	}
}

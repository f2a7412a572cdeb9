//go:build unix

package sqlstore_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// growth gives the size of the ledger at which the cost of an entry is compared
// with that at 10,000 rows, and how many times as much it may be. Whoever gives
// the size measures, on a quiet machine, what the store owes. The gate runs beside
// strangers, where the same program gives 1.02 one time and 1.30 another. What grows
// with the ledger, a scan or a sort, costs several times as much.
func growth(t *testing.T) (rows int64, most float64) {
	t.Helper()
	if given := os.Getenv("SNODO_ROWS"); given != "" {
		n, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n, 1.2
	}
	if os.Getenv("SNODO_LONG") == "1" {
		return 200_000, 1.6
	}
	t.Skip("fills a ledger: set SNODO_LONG=1, or SNODO_ROWS to how many entries")
	return 0, 0
}

const (
	growthFrom   = 10_000
	growthSample = 10_000 // entries measured at either size
	growthPairs  = 5
	growthSender = 64
)

// TestCostIsFlat: an entry, half of them submissions and half their outcomes,
// costs the same processor time in a large ledger as in a small one. The ledger
// grows by the store's own code. At the end the audit finds nothing.
func TestCostIsFlat(t *testing.T) {
	rows, most := growth(t)
	ctx := context.Background()
	large := newGrower(t)
	rows -= growthSample
	large.to(ctx, rows)
	// Each pair is taken within seconds, for the machine's own speed changes.
	var ratios []float64
	for range growthPairs {
		small := newGrower(t)
		small.to(ctx, growthFrom)
		before := small.to(ctx, growthFrom+growthSample)
		if err := small.store.Close(); err != nil {
			t.Fatal(err)
		}
		rows += growthSample
		after := large.to(ctx, rows)
		t.Logf("%.1f us of processor an entry at %d rows, %.1f us at %d", before, growthFrom, after, rows)
		ratios = append(ratios, after/before)
	}
	slices.Sort(ratios)
	t.Logf("times as much: %.2f", ratios)
	if ratios[1] > most { // one pair may be luck, four of five are not
		t.Errorf("an entry costs %.2f times as much, at most %.1f", ratios, most)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	a := ledger.NewAuditor(ledger.AuditOptions{Rome: rome})
	if err := large.store.Audit(ctx, a); err != nil {
		t.Fatal(err)
	}
	if f := a.Findings(); len(f) > 0 {
		t.Errorf("audit: %d findings, the first %v", len(f), f[0])
	}
	t.Logf("audit of %d rows in %v", rows, time.Since(began).Round(time.Second))
}

// grower appends submissions and outcomes until a ledger has so many entries.
type grower struct {
	t     *testing.T
	store *sqlstore.Store
	next  atomic.Int64
}

func newGrower(t *testing.T) *grower {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqliteDatabase(t), sqlstore.Options{Issuer: instantIssuer{make([]byte, 1500)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return &grower{t: t, store: store}
}

// to gives the processor time of each entry in microseconds.
func (g *grower) to(ctx context.Context, rows int64) float64 {
	before, from := cpuTime(g.t), g.next.Load()*2
	var wg sync.WaitGroup
	for range growthSender {
		wg.Go(func() {
			for {
				n := g.next.Add(1)
				if n*2 > rows {
					g.next.Add(-1)
					return
				}
				r, err := g.store.Append(ctx, benchDraft(n, 1300, 0))
				if err == nil {
					_, err = g.store.Append(ctx, registered(r.Entry, n))
				}
				if err == nil {
					err = g.store.Done(ctx, "co.unilav.v1", []int64{r.Entry.Position})
				}
				if err != nil {
					g.t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if g.t.Failed() {
		g.t.FailNow()
	}
	spent := float64((cpuTime(g.t) - before).Microseconds()) / float64(g.next.Load()*2-from)
	fmt.Fprintf(os.Stderr, "%d rows: %.1f us\n", rows, spent)
	return spent
}

// registered is the outcome of an accepted entry.
func registered(e ledger.Entry, n int64) ledger.Draft {
	return ledger.Draft{Entry: ledger.Entry{
		Type: ledger.Outcome, Status: ledger.Registered, Received: time.Now(),
		Subject: e.Hash, Codice: e.Codice, Digest: e.Digest, Registration: n, Instant: e.Recorded,
	}}
}

//go:build unix

package sqlstore_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// instantIssuer costs nothing, so that the benchmark measures the store.
type instantIssuer struct{ receipt []byte }

func (i instantIssuer) Issue(_ context.Context, entries []ledger.Entry) ([][]byte, error) {
	out := make([][]byte, len(entries))
	for n := range entries {
		if entries[n].HasReceipt() {
			out[n] = i.receipt
		}
	}
	return out, nil
}

func (i instantIssuer) Seal() ledger.Hash { return ledger.Hash{1} }

// Common are three fifths of a receipt, as a seal's are.
func (i instantIssuer) Common() [][]byte {
	n := len(i.receipt)
	return [][]byte{i.receipt[n/5 : n*2/5], i.receipt[n/2 : n*9/10]}
}

// BenchmarkAppend measures accepted submissions by number of concurrent
// senders: a 3.5 KB document, a 4 KB envelope and a 2.5 KB receipt, and for
// comparison with less to write a document of 1.3 KB without its envelope.
func BenchmarkAppend(b *testing.B) { benchAppend(b, sqliteDatabase) }

// BenchmarkAppendPostgres is the same on PostgreSQL; cpu-us/op leaves its
// server out.
func BenchmarkAppendPostgres(b *testing.B) { benchAppend(b, postgrestest.Database) }

func benchAppend(b *testing.B, database contract.Maker) {
	for _, c := range []struct {
		senders, document, evidence, receipt int
	}{{1, 3500, 4000, 2500}, {8, 3500, 4000, 2500}, {32, 3500, 4000, 2500}, {64, 3500, 4000, 2500}, {64, 1300, 0, 1500}} {
		senders := c.senders
		b.Run(fmt.Sprintf("senders=%d/document=%d", senders, c.document), func(b *testing.B) {
			ctx := context.Background()
			store, err := sqlstore.Open(ctx, database(b), sqlstore.Options{Issuer: instantIssuer{fakeReceipt(c.receipt)}})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = store.Close() }()
			var next atomic.Int64
			var wg sync.WaitGroup
			before := cpuTime(b)
			b.ResetTimer()
			for range senders {
				wg.Go(func() {
					for {
						n := next.Add(1)
						if n > int64(b.N) {
							return
						}
						if _, err := store.Append(ctx, benchDraft(n, c.document, c.evidence)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			reportCPU(b, before)
		})
	}
}

func benchDraft(n int64, documentSize, evidenceSize int) ledger.Draft {
	document := make([]byte, documentSize)
	copy(document, fmt.Sprint(n))
	var evidence []byte
	if evidenceSize > 0 {
		evidence = make([]byte, evidenceSize)
		copy(evidence, fmt.Sprint(n))
	}
	return ledger.Draft{
		Entry: ledger.Entry{
			Type: ledger.Submission, Status: ledger.Accepted, Received: time.Now(),
			Region: "piemonte", Origin: ledger.Signed, Sender: "RSSMRA80A01L219X", Kind: "UNILAV", Edition: "CO190701R1",
			Digest:   sha256.Sum256(fmt.Append(nil, n)),
			Employer: "01234567890", Worker: fmt.Sprintf("W%015d", n), Start: "2026-11-22", Basis: "CO190701R1 regole 1",
		},
		Document: document, Evidence: evidence, Province: "001",
		Deliveries: routing.Plan("UNILAV"),
	}
}

// cpuTime is what this process has used, user and system: on a shared machine
// it says more than the clock.
func cpuTime(b testing.TB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
}

// BenchmarkAudit measures the audit of a ledger, by entry.
func BenchmarkAudit(b *testing.B) {
	const entries = 20_000
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "l.db"),
		sqlstore.Options{Issuer: instantIssuer{make([]byte, 2500)}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for n := next.Add(1); n <= entries; n = next.Add(1) {
				if _, err := store.Append(ctx, benchDraft(n, 3500, 4000)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		a := ledger.NewAuditor(ledger.AuditOptions{Rome: rome})
		if err := store.Audit(ctx, a); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/entries, "live-B/entry")
		if f := a.Findings(); len(f) > 0 {
			b.Fatal(f)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/entries, "us/entry")
}

// fakeReceipt has no part that is like another.
func fakeReceipt(n int) []byte {
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "%08d", i)
	}
	return b[:n]
}

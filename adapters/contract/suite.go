// Package contract is the conformance suite of ledger stores: every promise of
// ledger.Journal, ledger.Archive, ledger.Outbox and of the group commit, as
// tests that any store must pass. Only tests import it.
//
// It owns the harness (clock, sealer, breaker of writes) and the expectations.
// It must not know a database: a store comes as a function that opens it.
// After every test the whole ledger is audited.
package contract

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // Europe/Rome on every machine

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// Keeper is what the suite needs of a store beside the ledger's interfaces.
type Keeper interface {
	Audit(ctx context.Context, a *ledger.Auditor) error
	Erase(ctx context.Context, before time.Time) (int64, error)
	LiftCounters(ctx context.Context, counters []ledger.LiftCounter) error
	Close() error
}

// Reporter is what reconciliation reads, and what wakes the relay.
type Reporter interface {
	Advanced() <-chan struct{}
	Span(ctx context.Context, from, to string) (first, last int64, err error)
	Progress(ctx context.Context, f ledger.ProgressFilter, yield func(ledger.Progress) error) error
}

// Store is a store under test.
type Store interface {
	ledger.Journal
	ledger.Archive
	ledger.Outbox
	ledger.Messages
	Keeper
	Reporter
}

// Config is what a store under test is opened with.
type Config struct {
	Clock  func() time.Time
	Issuer ledger.Issuer
	First  map[string]int64
	// Wrap wraps the connector of the writing connections.
	Wrap func(driver.Connector) driver.Connector
	// Database is what the Maker gave: the same database, the same ledger.
	Database string
}

// Maker makes an empty database of a test's own and says how to find it.
type Maker func(t testing.TB) string

// Opener opens a store.
type Opener func(ctx context.Context, c Config) (Store, error)

// Run runs the whole suite.
func Run(t *testing.T, make Maker, open Opener) {
	groups := map[string][]test{
		"once":     onceTests(),
		"rejected": rejectedTests(),
		"chains":   chainTests(),
		"codes":    codeTests(),
		"outcomes": outcomeTests(),
		"archive":  archiveTests(),
		"outbox":   outboxTests(),
		"group":    groupTests(),
		"faults":   faultTests(),
		"erasure":  erasureTests(),
		"messages": messageTests(),
		"model":    {{"random operations", testModel}},
	}
	runAll(t, groups, make, open)
}

// RunShared runs what a store must promise besides where several processes
// share its database.
func RunShared(t *testing.T, make Maker, open Opener) {
	runAll(t, map[string][]test{"processes": processTests()}, make, open)
}

func runAll(t *testing.T, groups map[string][]test, make Maker, open Opener) {
	for name, tests := range groups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, test := range tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(t, newBench(t, make, open))
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(t *testing.T, b *bench)
}

// bench is one fresh store with its surroundings.
type bench struct {
	t       *testing.T
	ctx     context.Context
	make    Maker
	open    Opener
	config  Config
	clock   *Clock
	sealer  *Sealer
	breaker *Breaker
	store   Store
	rome    *time.Location
}

func newBench(t *testing.T, make Maker, open Opener) *bench {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{
		t: t, ctx: t.Context(), make: make, open: open, rome: rome, breaker: &Breaker{},
		clock:  NewClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)),
		sealer: &Sealer{},
	}
	b.config = Config{Clock: b.clock.Now, Issuer: b.sealer, Wrap: b.breaker.Wrap, Database: make(t)}
	b.start()
	t.Cleanup(func() {
		if !t.Failed() {
			if findings := b.audit(nil); len(findings) > 0 {
				t.Errorf("audit after the test: %v", findings)
			}
		}
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) start() {
	b.t.Helper()
	store, err := b.open(context.Background(), b.config)
	if err != nil {
		b.t.Fatal(err)
	}
	b.store = store
}

// restart closes the store and opens it again.
func (b *bench) restart() {
	b.t.Helper()
	if err := b.store.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.start()
}

// audit re-verifies the whole ledger.
func (b *bench) audit(heads []ledger.SealedHead) []ledger.Finding {
	b.t.Helper()
	a := ledger.NewAuditor(ledger.AuditOptions{Rome: b.rome, Receipts: b.sealer, Heads: heads})
	if err := b.store.Audit(context.Background(), a); err != nil {
		b.t.Fatal(err)
	}
	return a.Findings()
}

// add appends a draft that must not fail.
func (b *bench) add(d ledger.Draft) ledger.Result {
	b.t.Helper()
	r, err := b.store.Append(b.ctx, d)
	if err != nil {
		b.t.Fatalf("append: %v", err)
	}
	return r
}

// fresh appends a draft that must become a new entry.
func (b *bench) fresh(d ledger.Draft) ledger.Stored {
	b.t.Helper()
	r := b.add(d)
	if r.Repeated || r.Foreign {
		b.t.Fatalf("want a new entry, got repeated %v foreign %v", r.Repeated, r.Foreign)
	}
	return r.Stored
}

// length is the number of entries.
func (b *bench) length() int {
	b.t.Helper()
	n := 0
	err := b.store.Entries(b.ctx, 1, 0, func(ledger.Stored) error { n++; return nil })
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// same checks that a result is a stored entry given again, byte for byte.
func (b *bench) same(r ledger.Result, want ledger.Stored) {
	b.t.Helper()
	if !r.Repeated || r.Entry.Hash != want.Entry.Hash || string(r.Receipt) != string(want.Receipt) {
		b.t.Errorf("want entry %d again, got repeated %v entry %d, same receipt %v",
			want.Entry.Position, r.Repeated, r.Entry.Position, string(r.Receipt) == string(want.Receipt))
	}
}

// Clock is a clock that stands still until told. Safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at an instant.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock, backwards too.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set sets the clock.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Sealer makes receipts that are a function of their entry, and checks them.
type Sealer struct {
	mu   sync.Mutex
	fail int           // issues to fail
	hold chan struct{} // issues wait for it; nil does not
	held chan struct{} // told when an issue waits
}

// Issue implements ledger.Issuer.
func (s *Sealer) Issue(_ context.Context, entries []ledger.Entry) ([][]byte, error) {
	s.mu.Lock()
	failing := s.fail > 0
	if failing {
		s.fail--
	}
	hold, held := s.hold, s.held
	s.mu.Unlock()
	if hold != nil {
		held <- struct{}{}
		<-hold
	}
	if failing {
		return nil, errors.New("seal key is away")
	}
	receipts := make([][]byte, len(entries))
	for i, e := range entries {
		if e.HasReceipt() {
			receipts[i] = receipt(e)
		}
	}
	return receipts, nil
}

// Seal implements ledger.Issuer.
func (s *Sealer) Seal() ledger.Hash { return sha256.Sum256([]byte("sealing certificate")) }

// CheckReceipt implements ledger.ReceiptChecker.
func (s *Sealer) CheckReceipt(e ledger.Entry, b []byte) error {
	if string(b) != string(receipt(e)) {
		return errors.New("not the receipt of its entry")
	}
	return nil
}

// Common implements ledger.Issuer: not every receipt has all of them.
func (s *Sealer) Common() [][]byte {
	return [][]byte{[]byte("receipt "), []byte(" rejected of "), []byte(" signed by the hub")}
}

func receipt(e ledger.Entry) []byte {
	return fmt.Appendf(nil, "receipt %d %s %s of %s signed by the hub", e.Position, e.Codice, e.Status, e.ID())
}

// Failing makes the next issues fail.
func (s *Sealer) Failing(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = n
}

// Hold makes issues wait: held gets a value for each that does, release lets
// them all go.
func (s *Sealer) Hold() (held <-chan struct{}, release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hold, waiting := make(chan struct{}), make(chan struct{}, 1000)
	s.hold, s.held = hold, waiting
	return waiting, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hold = nil
		close(hold)
	}
}

// Submission drafts an accepted communication of its own employment; content
// is the whole of its identity.
func Submission(content string) ledger.Draft {
	document := []byte("<UniLav>" + content + "</UniLav>")
	return ledger.Draft{
		Entry: ledger.Entry{
			Type: ledger.Submission, Status: ledger.Accepted,
			Received: time.Date(2026, 11, 22, 8, 59, 59, 0, time.UTC),
			Region:   "piemonte", Origin: ledger.Signed, Sender: "AAAAAA00A00A000A",
			Kind: "UNILAV", Edition: "CO190701R1", Digest: sha256.Sum256([]byte(content)),
			Employer: "employer of " + content, Worker: "worker of " + content, Start: "2026-11-23",
			Basis: "CO190701R1",
		},
		Document: document, Evidence: append([]byte("<Envelope>"), document...), Province: "001",
		Deliveries: routing.Plan("UNILAV"),
	}
}

// Rejection is the same draft, rejected.
func Rejection(content string, faults string) ledger.Draft {
	d := Submission(content)
	d.Entry.Status, d.Entry.Faults, d.Deliveries = ledger.Rejected, []byte(faults), nil
	return d
}

// Refusal is a draft whose signature did not hold.
func Refusal(content string) ledger.Draft {
	return ledger.Draft{
		Entry: ledger.Entry{
			Type: ledger.Submission, Status: ledger.Refused, Region: "lazio",
			Received: time.Date(2026, 11, 22, 8, 59, 59, 0, time.UTC),
			Digest:   sha256.Sum256([]byte(content)), Faults: []byte(`[{"code":"SIG-01"}]`),
		},
		Evidence: []byte(content),
	}
}

// OutcomeOf drafts the national store's outcome of an accepted entry.
func OutcomeOf(e ledger.Entry, status ledger.Status, registration int64) ledger.Draft {
	return ledger.Draft{Entry: ledger.Entry{
		Type: ledger.Outcome, Status: status, Received: e.Recorded.Add(time.Second),
		Subject: e.Hash, Codice: e.Codice, Digest: e.Digest, Registration: registration,
		Instant: e.Recorded.Add(500 * time.Millisecond),
	}}
}

// DeadLetterOf drafts the giving up of an entry's national delivery.
func DeadLetterOf(e ledger.Entry, cause string) ledger.Draft {
	payload, err := ledger.Payload(ledger.DeadLetterNote{Topic: routing.TopicFor(e.Kind), Cause: cause})
	if err != nil {
		panic(err) // two strings always encode
	}
	return ledger.Draft{Entry: ledger.Entry{
		Type: ledger.DeadLetter, Received: e.Recorded.Add(time.Second), Subject: e.Hash, Codice: e.Codice, Payload: payload,
	}}
}

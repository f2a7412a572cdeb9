package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

const (
	killCrowd   = 50  // requests in flight at every kill, at least
	killCallers = 160 // that send without pause
	killSamples = 500 // documents at hand for a round
)

// sentDocument is a document with what its sender holds of it.
type sentDocument struct {
	region   string
	bytes    []byte
	good     bool   // else it breaks a rule, and its receipt is one of rejection
	receipt  []byte // nil: no answer came
	accepted bool
}

// killing is the sender to a hub that is killed again and again. The receipts
// it holds are the oracle.
type killing struct {
	data   string
	chance *rand.Rand
	signer *sender.Signer
	flight *inFlight
	web    *http.Client // through flight
	serial int
	began  time.Time

	hub  *hubProcess
	pool []*sentDocument // signed, and not sent yet
	held []*sentDocument // sent in all rounds
}

// TestKill: kill -9 with at least 50 requests in flight loses no receipt and
// registers nothing twice, and a document sent again gets the same bytes. In
// every other round the hub kills itself between a commit and its answers.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 4
	if long() {
		rounds = 20
	}
	seed := seedOf(t)
	data := t.TempDir()
	flight := &inFlight{next: webClient(t, killCallers).Transport}
	k := &killing{
		data: data, chance: rand.New(rand.NewPCG(seed, 1)), signer: signerFor(t, data, 0), flight: flight,
		web: &http.Client{Transport: flight, Timeout: patience}, began: time.Now(),
	}
	k.hub = startProcess(t, os.Args[0], roleTrapped, k.data)
	unanswered := 0
	for round := range rounds {
		if k.round(t, round) > 0 {
			unanswered++
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d of %d rounds left entries committed but unanswered", unanswered, rounds)
	if 4*unanswered < rounds {
		t.Errorf("%d of %d rounds left an entry committed but unanswered, want a quarter", unanswered, rounds)
	}
	k.settle(t)
}

// TestRestartRelays: what a killed hub left in the outbox goes on as soon as the
// hub is back. The dead process's leases must not be waited for: the folder's
// lock tells that it is dead.
func TestRestartRelays(t *testing.T) {
	t.Parallel()
	const leases = 30 * time.Second
	data := t.TempDir()
	signer, web, began := signerFor(t, data, 0), webClient(t, 1), time.Now()
	hub := startProcess(t, os.Args[0], roleTrapped, data)
	eventually(t, "the relay's leases", func() bool { return leasesHeld(t, data) > 0 })
	hub.kill()
	killed := time.Now()
	hub = startProcess(t, os.Args[0], roleTrapped, data)
	a, err := endpointOf(web, hub.url, "lazio").Submit(t.Context(), co.UNILAV, signAll(t, signer, hirings(t, "lazio", 0, 1))[0])
	if err != nil || !a.Accepted {
		t.Fatalf("accepted %v, %v", a.Accepted, err)
	}
	mustReconcile(t, data, began, 1)
	if waited := time.Since(killed); waited >= leases {
		t.Errorf("registered %s after the kill: the dead process's leases ran out first", waited)
	}
}

// leasesHeld counts the shards that some process holds.
func leasesHeld(t *testing.T, data string) (n int) {
	t.Helper()
	db := openDatabase(t, filepath.Join(data, node.LedgerFile))
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM relay_leases WHERE holder <> ''`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// openDatabase looks into a database that a hub may be using.
func openDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// round kills the hub once, starts it again, and gives the number of entries
// that were committed but unanswered.
func (k *killing) round(t *testing.T, round int) int {
	t.Helper()
	k.sign(t)
	after := 20 + k.chance.Int64N(180)
	delay := time.Duration(k.chance.Int64N(int64(20 * time.Millisecond)))
	trapped := round%2 == 0
	if trapped {
		if _, err := fmt.Fprintln(k.hub.stdin, after); err != nil {
			t.Fatal(err)
		}
	}
	l := &killLoad{killing: k, documents: k.pool, after: after, reached: make(chan struct{})}
	crowd := make(chan int64, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		if trapped { // it kills itself
			crowd <- killCrowd
			return
		}
		crowd <- l.strike(ctx, delay)
	}()
	l.run(t)
	cancel()
	flying := <-crowd
	select {
	case <-k.hub.ended:
	case <-time.After(patience):
		t.Fatal("all documents were sent, and the hub is still alive")
	}
	sent := k.pool[:min(int(l.next.Load()), len(k.pool))]
	k.pool = k.pool[len(sent):]
	silent := 0
	for _, d := range sent {
		if d.receipt == nil {
			silent++
		}
	}
	if trapped {
		flying = int64(silent) // each of these was waiting for its answer
	}
	if flying < killCrowd {
		t.Errorf("%d requests in flight at the kill, want %d", flying, killCrowd)
	}
	k.hub = startProcess(t, os.Args[0], roleTrapped, k.data)
	committed := k.recovered(t, sent)
	t.Logf("%.1f s: round %d: kills itself %v, %d answered, %d in flight, %d of %d unanswered were committed",
		time.Since(k.began).Seconds(), round, trapped, len(sent)-silent, flying, committed, silent)
	k.held = append(k.held, sent...)
	return committed
}

// sign fills the pool: hirings of all regions, one in eight against a rule.
func (k *killing) sign(t *testing.T) {
	t.Helper()
	var fresh []*sentDocument
	var samples []*co.UniLav
	for range killSamples - len(k.pool) {
		k.serial++
		region := routing.Regions()[k.serial%len(routing.Regions())].Slug
		d := &sentDocument{region: region, good: k.serial%8 != 0}
		c := samplesOf(t, region, 0).Hiring(k.serial)
		if !d.good {
			c.CodiceComunicazione = "1300126000000001"
		}
		fresh, samples = append(fresh, d), append(samples, c)
	}
	for i, signed := range signAll(t, k.signer, samples) {
		fresh[i].bytes = signed
	}
	k.pool = append(k.pool, fresh...)
}

// killLoad sends documents from many callers until the hub is dead.
type killLoad struct {
	*killing
	documents []*sentDocument
	after     int64         // answers before the moment of the kill
	reached   chan struct{} // closed then
	next      atomic.Int64
	answers   atomic.Int64
}

func (l *killLoad) run(t *testing.T) {
	t.Helper()
	var g errgroup.Group
	for range killCallers {
		g.Go(func() error {
			for {
				i := l.next.Add(1) - 1
				if int(i) >= len(l.documents) {
					return nil
				}
				if err := l.send(t.Context(), l.documents[i]); err != nil {
					var f *client.Fault
					if errors.As(err, &f) { // the hub was alive, and refused
						return err
					}
					return nil
				}
				if l.answers.Add(1) == l.after {
					close(l.reached)
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

// send submits a document and keeps the answer.
func (k *killing) send(ctx context.Context, d *sentDocument) error {
	a, err := endpointOf(k.web, k.hub.url, d.region).Submit(ctx, co.UNILAV, d.bytes)
	if err != nil {
		return err
	}
	if a.Receipt == nil {
		return errors.New("an answer without receipt")
	}
	d.receipt, d.accepted = a.Receipt, a.Accepted
	return nil
}

// strike kills the hub a moment after enough answers, while enough requests
// are in flight, and gives their number.
func (l *killLoad) strike(ctx context.Context, delay time.Duration) int64 {
	select {
	case <-l.reached:
	case <-ctx.Done():
		return 0
	}
	<-time.After(delay) // not to wait for anything: it is the chance of the moment
	for {
		n := l.flight.now.Load()
		if n >= killCrowd {
			l.hub.kill()
			return n
		}
		if ctx.Err() != nil {
			return n
		}
		runtime.Gosched()
	}
}

// inFlight counts the requests that are written and not yet answered.
type inFlight struct {
	next http.RoundTripper
	now  atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (f *inFlight) RoundTrip(r *http.Request) (*http.Response, error) {
	var state atomic.Int32 // 1 written, 2 answered
	trace := &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) {
		if info.Err == nil && state.CompareAndSwap(0, 1) {
			f.now.Add(1)
		}
	}}
	res, err := f.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if state.Swap(2) == 1 {
		f.now.Add(-1)
	}
	return res, err
}

// recovered holds the restarted hub against the receipts of a round: each is
// in the ledger and is given again, byte for byte, for the same question and
// for the same document. What was never answered is sent again: it gets the
// receipt of the entry that was committed, if one was, or a new one. It gives
// the number of those committed.
func (k *killing) recovered(t *testing.T, sent []*sentDocument) int {
	t.Helper()
	stored, head := submissionsIn(t, k.data)
	committed := 0
	var g errgroup.Group
	g.SetLimit(16)
	for _, d := range sent {
		kept := stored[ledger.Sum(d.bytes)]
		if len(kept) > 1 {
			t.Errorf("%d entries for one document", len(kept))
		}
		switch {
		case d.receipt != nil && len(kept) == 0:
			t.Error("a receipt was given, and the ledger has no entry")
			continue
		case d.receipt != nil && !bytes.Equal(kept[0].Receipt, d.receipt):
			t.Error("the ledger has another receipt than the sender")
			continue
		case d.receipt == nil && len(kept) > 0:
			committed++
			d.receipt = kept[0].Receipt
		}
		g.Go(func() error { return k.again(t.Context(), d, head) })
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	return committed
}

// again sends a document once more and asks for its receipts.
func (k *killing) again(ctx context.Context, d *sentDocument, head ledger.Head) error {
	before := d.receipt
	if err := k.send(ctx, d); err != nil {
		return err
	}
	if d.accepted != d.good {
		return fmt.Errorf("accepted %v, want %v", d.accepted, d.good)
	}
	r, err := receipt.Parse(d.receipt)
	if err != nil {
		return err
	}
	switch {
	case before != nil && !bytes.Equal(d.receipt, before):
		return fmt.Errorf("position %d: sent again, the document got another receipt", r.Position)
	case before == nil && r.Position <= head.Position:
		return fmt.Errorf("position %d is old, but the ledger had no entry of the document", r.Position)
	}
	all, err := k.receipts(ctx, d, r)
	if err != nil {
		return err
	}
	if !bytes.Equal(all[0], d.receipt) {
		return fmt.Errorf("position %d: RichiediRicevuta gives another receipt", r.Position)
	}
	return nil
}

// receipts asks the hub for all receipts of a document: by its code, or by its
// entry if it was rejected.
func (k *killing) receipts(ctx context.Context, d *sentDocument, r receipt.Receipt) ([][]byte, error) {
	key := r.Codice
	if !d.accepted {
		key = r.Entry
	}
	return endpointOf(k.web, k.hub.url, d.region).Receipts(ctx, key, r.Digest)
}

// settle waits for all outcomes and counts: every good document accepted and
// registered once, every receipt still the same.
func (k *killing) settle(t *testing.T) {
	t.Helper()
	var accepted int64
	for _, d := range k.held {
		if d.accepted {
			accepted++
		}
	}
	mustReconcile(t, k.data, k.began, accepted)
	numbers := make([]int64, len(k.held))
	var g errgroup.Group
	g.SetLimit(16)
	for i, d := range k.held {
		g.Go(func() (err error) {
			numbers[i], err = k.registration(t.Context(), d)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	seen := make(map[int64]bool)
	for i, n := range numbers {
		if !k.held[i].accepted {
			continue
		}
		if n < 1 || n > accepted || seen[n] {
			t.Errorf("registrazione %d of %d is out of range or given twice", n, accepted)
		}
		seen[n] = true
	}
	rows, digests := registeredIn(t, k.data)
	if rows != accepted || digests != accepted {
		t.Errorf("the national store has %d registrations of %d digests, want %d", rows, digests, accepted)
	}
	t.Logf("%.1f s: %d documents, %d accepted and registered once each", time.Since(k.began).Seconds(), len(k.held), accepted)
}

// registration checks all receipts of a document and gives the number under
// which the national store has it; zero if it was rejected.
func (k *killing) registration(ctx context.Context, d *sentDocument) (int64, error) {
	r, err := receipt.Parse(d.receipt)
	if err != nil {
		return 0, err
	}
	all, err := k.receipts(ctx, d, r)
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(all[0], d.receipt) {
		return 0, fmt.Errorf("position %d: the first receipt is not the sender's", r.Position)
	}
	if !d.accepted {
		return 0, nil
	}
	if len(all) != 2 {
		return 0, fmt.Errorf("position %d: %d receipts, want 2", r.Position, len(all))
	}
	outcome, err := receipt.Parse(all[1])
	if err != nil {
		return 0, err
	}
	if outcome.Kind != receipt.Registration {
		return 0, fmt.Errorf("position %d: %s instead of the registration", r.Position, outcome.Kind)
	}
	return outcome.Registration, nil
}

// registeredIn counts in the national store's own database.
func registeredIn(t *testing.T, data string) (rows, digests int64) {
	t.Helper()
	db := openDatabase(t, filepath.Join(data, node.NationalFile))
	err := db.QueryRowContext(t.Context(), `SELECT COUNT(*), COUNT(DISTINCT digest) FROM registrations`).Scan(&rows, &digests)
	if err != nil {
		t.Fatal(err)
	}
	return rows, digests
}

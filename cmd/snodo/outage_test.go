package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"net/http"
	"net/netip"
	"path/filepath"

	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// brokerOutage is a hub whose broker goes and comes back at the same port.
type brokerOutage struct {
	hub     *hubUnderTest
	web     *http.Client
	port    int
	again   *embedded.Broker // the broker since the last return
	sampler sample.Maker
}

// chainOf invents the whole life of an employment: four communications that the
// national store must apply in this order.
func (o *brokerOutage) chainOf(n int) []*co.UniLav {
	s := o.sampler
	return []*co.UniLav{s.Hiring(n), s.Extension(n, ""), s.Transformation(n, ""), s.Termination(n, "")}
}

// TestBrokerClosed: while the broker is closed submissions go on and wait in
// the outbox; when it returns, and even if it goes once more in between, all
// are relayed in the order of their positions, and each is registered once,
// after the one before it in its chain.
func TestBrokerClosed(t *testing.T) {
	t.Parallel()
	chains := 125
	if long() {
		chains = 1250
	}
	data, began := t.TempDir(), time.Now()
	signer := signerFor(t, data, 0)
	o := &brokerOutage{web: webClient(t, 16), sampler: samplesOf(t, "marche", 0)}
	var list []*co.UniLav
	for n := range chains {
		list = append(list, o.chainOf(n)...)
	}
	documents := signAll(t, signer, list)
	o.hub = startHub(t, data, nil)
	o.port = portOf(t, o.hub.Broker.Addr())
	t.Cleanup(func() { o.hub.stop(); o.close(t) })

	o.close(t)
	codes := o.submit(t, documents)
	if got := pendingIn(t, data); got != int64(len(documents)) {
		t.Fatalf("%d wait in the outbox, want %d", got, len(documents))
	}
	if got := status(t, o.web, o.hub.URL()+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz %d without a broker", got)
	}
	if got := status(t, o.web, o.hub.URL()+"/healthz"); got != http.StatusOK {
		t.Errorf("healthz %d without a broker", got)
	}

	back := time.Now()
	o.open(t, data)
	eventually(t, "the first messages relayed", func() bool { return pendingIn(t, data) < int64(len(documents)) })
	o.close(t) // in the middle of the work
	o.open(t, data)
	mustReconcile(t, data, began, int64(len(documents)))
	t.Logf("%d queued, drained, registered and verified in %.1f s after the broker's return", len(documents), time.Since(back).Seconds())
	if got := status(t, o.web, o.hub.URL()+"/readyz"); got != http.StatusOK {
		t.Errorf("readyz %d with the broker back", got)
	}
	o.inOrder(t, data, codes)
}

// close closes whatever broker runs.
func (o *brokerOutage) close(t *testing.T) {
	t.Helper()
	b := o.hub.Broker
	if o.again != nil {
		b = o.again
	}
	if err := b.Close(); err != nil {
		t.Error("close broker:", err)
	}
}

// open starts the broker where it was. The port was free to others meanwhile.
func (o *brokerOutage) open(t *testing.T, data string) {
	t.Helper()
	eventually(t, "the broker's port", func() bool {
		b, err := embedded.Start(t.Context(), data, embedded.Options{Port: o.port, Topics: kafka.Topics(co.Kinds()...)})
		if err == nil {
			o.again = b
		}
		return err == nil
	})
}

// submit sends chains of four, each in its order, many chains at once; all must
// be accepted. It gives their codes.
func (o *brokerOutage) submit(t *testing.T, documents [][]byte) []string {
	t.Helper()
	codes := make([]string, len(documents))
	var g errgroup.Group
	g.SetLimit(16)
	for first := 0; first < len(documents); first += 4 {
		g.Go(func() error {
			for i := first; i < first+4; i++ {
				a, err := endpointOf(o.web, o.hub.URL(), "marche").Submit(t.Context(), co.UNILAV, documents[i])
				if err != nil {
					return err
				}
				if !a.Accepted {
					return errors.New("not accepted: " + a.Outcome)
				}
				codes[i] = parsed(t, a.Receipt).Codice
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	return codes
}

// inOrder reads the topic and the national store. A message may be in the topic
// twice, for the broker went before its answer came; its first place counts.
func (o *brokerOutage) inOrder(t *testing.T, data string, codes []string) {
	t.Helper()
	stored, _ := submissionsIn(t, data)
	position, shard := make(map[string]int64), make(map[string]int)
	for _, list := range stored {
		for _, s := range list {
			position[s.Entry.ID()], shard[s.Entry.ID()] = s.Entry.Position, ledger.Shard(s.Entry.Root)
		}
	}
	seen := mustBeInOrder(t, []string{o.again.Addr()}, position, shard)
	if seen != len(codes) {
		t.Errorf("%d messages in the topic, want %d", seen, len(codes))
	}
	numbers := registrationsIn(t, data)
	if len(numbers) != len(codes) {
		t.Errorf("%d registrations, want %d", len(numbers), len(codes))
	}
	for i, code := range codes {
		if i%4 > 0 && numbers[code] <= numbers[codes[i-1]] {
			t.Errorf("%s is registered before its predecessor %s", code, codes[i-1])
		}
	}
}

// mustBeInOrder reads the topic of communications: within a shard the first
// places of messages follow their positions. It gives how many there are.
func mustBeInOrder(t *testing.T, addrs []string, position map[string]int64, shard map[string]int) int {
	t.Helper()
	type lane struct{ partition, shard int }
	last, seen, twice := make(map[lane]int64), make(map[string]bool), 0
	err := kafka.Scan(t.Context(), addrs, routing.TopicFor("UNILAV"), func(m kafka.Message) error {
		if seen[m.ID()] {
			twice++
			return nil
		}
		seen[m.ID()] = true
		l := lane{m.Partition, shard[m.ID()]}
		if position[m.ID()] <= last[l] {
			t.Errorf("position %d is behind %d in partition %d", position[m.ID()], last[l], m.Partition)
		}
		last[l] = position[m.ID()]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d messages in order, %d of them twice", len(seen), twice)
	return len(seen)
}

func portOf(t *testing.T, addr string) int {
	t.Helper()
	parsed, err := netip.ParseAddrPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return int(parsed.Port())
}

// pendingIn counts the outbox rows that no broker has acknowledged.
func pendingIn(t *testing.T, data string) (n int64) {
	t.Helper()
	db := openDatabase(t, filepath.Join(data, node.LedgerFile))
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM outbox WHERE done_at IS NULL`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// registrationsIn gives the number under which the national store has each code.
func registrationsIn(t *testing.T, data string) map[string]int64 {
	t.Helper()
	rows, err := openDatabase(t, filepath.Join(data, node.NationalFile)).QueryContext(t.Context(), `SELECT codice, registrazione FROM registrations`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	numbers := make(map[string]int64)
	for rows.Next() {
		var code string
		var n int64
		if err := rows.Scan(&code, &n); err != nil {
			t.Fatal(err)
		}
		numbers[code] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return numbers
}

// TestDatabaseRefuses: while the database takes no writes every new submission
// gets a clean fault, 503 with Retry-After, and nothing is promised or kept;
// what was accepted before is still answered. Afterwards the hub recovers by
// itself.
func TestDatabaseRefuses(t *testing.T) {
	t.Parallel()
	const callers = 20
	data, began := t.TempDir(), time.Now()
	documents := signAll(t, signerFor(t, data, 0), hirings(t, "lazio", 0, 1+callers))
	hub, web := startHub(t, data, nil), webClient(t, callers)
	lazio := endpointOf(web, hub.URL(), "lazio")
	before, err := lazio.Submit(t.Context(), co.UNILAV, documents[0])
	if err != nil || !before.Accepted {
		t.Fatalf("accepted %v, %v", before.Accepted, err)
	}

	unlock := lockDatabase(t, filepath.Join(data, node.LedgerFile))
	_, head := submissionsIn(t, data)
	asked := time.Now()
	var g errgroup.Group
	for _, d := range documents[1:] {
		g.Go(func() error { return refusedCleanly(lazio.Submit(t.Context(), co.UNILAV, d)) })
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("%d submissions refused within %.1f s", callers, time.Since(asked).Seconds())
	if got := status(t, web, hub.URL()+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz %d without a database", got)
	}
	again, err := lazio.Submit(t.Context(), co.UNILAV, documents[0])
	if err != nil || !bytes.Equal(again.Receipt, before.Receipt) {
		t.Errorf("what was accepted before is not answered: %v", err)
	}
	if _, now := submissionsIn(t, data); now.Position != head.Position {
		t.Errorf("the ledger went from %d to %d", head.Position, now.Position)
	}
	unlock()

	eventually(t, "readiness", func() bool { return status(t, web, hub.URL()+"/readyz") == http.StatusOK })
	for _, d := range documents[1:] {
		if a, err := lazio.Submit(t.Context(), co.UNILAV, d); err != nil || !a.Accepted {
			t.Errorf("afterwards: accepted %v, %v", a.Accepted, err)
		}
	}
	mustReconcile(t, data, began, 1+callers)
}

// lockDatabase keeps writers out of a database until unlock.
func lockDatabase(t *testing.T, path string) (unlock func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

// refusedCleanly checks an answer that promises nothing and says nothing of us.
func refusedCleanly(a client.Answer, err error) error {
	var f *client.Fault
	switch {
	case !errors.As(err, &f):
		return errors.Join(errors.New("no SOAP fault"), err)
	case f.Status != http.StatusServiceUnavailable || f.RetryAfter <= 0:
		return errors.New("not 503 with Retry-After")
	case f.Code != "Server" || len(f.Errors) != 1 || f.Errors[0].Code != string(fault.ServiceUnavailable):
		return errors.New("another fault: " + f.Code + " " + f.Text)
	case a.Receipt != nil:
		return errors.New("a receipt")
	}
	return leak([]byte(f.Text + f.Errors[0].Text + f.Errors[0].Remedy))
}

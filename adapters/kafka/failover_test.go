package kafka_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing/ledger"
)

// frozen is a gate: once stop is called nothing passes until thaw, as in a
// process that received SIGSTOP.
type frozen struct {
	mu   sync.Mutex
	gate chan struct{} // closed: everything passes
}

func newFrozen() *frozen {
	f := &frozen{gate: make(chan struct{})}
	close(f.gate)
	return f
}

func (f *frozen) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate = make(chan struct{})
}

func (f *frozen) thaw() {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.gate:
	default:
		close(f.gate)
	}
}

// pass waits at a closed gate, and says so on waits if there is room.
func (f *frozen) pass(waits chan<- struct{}) {
	f.mu.Lock()
	gate := f.gate
	f.mu.Unlock()
	select {
	case <-gate:
		return
	default:
	}
	select {
	case waits <- struct{}{}:
	default:
	}
	<-gate
}

type frozenWriter struct {
	kafka.Writer
	f     *frozen
	waits chan struct{}
}

// WriteMessages freezes before the call, and lets it go on afterwards whatever
// happened to its context meanwhile: bytes already on their way.
func (w frozenWriter) WriteMessages(_ context.Context, msgs ...kafkago.Message) error {
	w.f.pass(w.waits)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return w.Writer.WriteMessages(ctx, msgs...)
}

type frozenOutbox struct {
	*kafka.MemoryOutbox
	f *frozen
}

func (o frozenOutbox) Lease(ctx context.Context, holder string, ttl time.Duration) ([]int, error) {
	o.f.pass(nil)
	return o.MemoryOutbox.Lease(ctx, holder, ttl)
}

func (o frozenOutbox) Pending(ctx context.Context, holder string, shards []int, limit, size int) ([]ledger.Message, error) {
	o.f.pass(nil)
	return o.MemoryOutbox.Pending(ctx, holder, shards, limit, size)
}

// Failover: a process that freezes in the middle of its writes is replaced
// within ten seconds, and when it wakes it writes only what was already there:
// the first occurrence of each message is in order, whatever the two wrote. The
// id marks the roots.
func Failover(t *testing.T, addrs []string, id string) {
	ctx := deadline(t)
	outbox := kafka.NewMemoryOutbox()
	atWriter, atOutbox, waits := newFrozen(), newFrozen(), make(chan struct{}, 1)
	transport := kafka.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	plain := func() kafka.Writer { return kafka.NewWriter(addrs, transport) }
	letters := kafka.NewPublisher(plain)
	t.Cleanup(func() { _ = letters.Close() })
	start := func(holder string, outbox ledger.Outbox, writers func() kafka.Writer) (*kafka.Relay, func()) {
		relay := kafka.NewRelay(kafka.RelayConfig{Outbox: outbox, Dead: nobody{}, Holder: holder, Letters: letters, Writers: writers})
		return relay, consumer(t, relay.Run)
	}
	first, stopFirst := start("first", frozenOutbox{outbox, atOutbox}, func() kafka.Writer {
		return frozenWriter{plain(), atWriter, waits}
	})
	t.Cleanup(func() { atWriter.thaw(); atOutbox.thaw() }) // before the relays are told to stop
	outbox.Add(prefixed(id, 1, 100, 200)...)
	first.Nudge()
	if err := outbox.Wait(ctx, all(100)); err != nil {
		t.Fatal(err)
	}
	_, _ = start("second", outbox, plain)

	atWriter.stop()
	outbox.Add(prefixed(id, 101, 100, 200)...)
	first.Nudge()
	select {
	case <-waits: // it has messages in hand
	case <-ctx.Done():
		t.Fatal("nothing to write")
	}
	atOutbox.stop() // and renews no lease any more
	stopped := time.Now()
	if err := outbox.Wait(ctx, all(200)); err != nil {
		t.Fatal(err)
	}
	took := time.Since(stopped)
	if t.Logf("replaced after %s", took); took > 15*time.Second { // under ten on a machine at rest
		t.Error("too late")
	}
	outbox.Add(prefixed(id, 201, 100, 200)...)
	atWriter.thaw()
	atOutbox.thaw()
	if err := outbox.Wait(ctx, all(300)); err != nil {
		t.Fatal(err)
	}
	stopFirst()
	if repeated := inOrder(t, addrs, id, 300); repeated == 0 {
		t.Error("the frozen process had nothing in hand: the test shows nothing")
	}
}

// nobody has no dead letters to bury.
type nobody struct{}

func (nobody) Bury(context.Context, ledger.Message, string) error {
	return errors.New("nothing should be buried")
}

// inOrder scans the topic: every one of n messages is there, and the first
// occurrences are in order for each root. It counts what came again.
func inOrder(t *testing.T, addrs []string, id string, n int) (repeated int) {
	t.Helper()
	seen := make(map[string]bool)
	last := make(map[string]string)
	err := kafka.Scan(deadline(t), addrs, "co.unilav.v1", func(m kafka.Message) error {
		root, subject := string(m.Key), m.Headers[kafka.HeaderSubject]
		if !strings.HasPrefix(root, id+"-") {
			return nil
		}
		if seen[subject] {
			repeated++
			return nil
		}
		seen[subject] = true
		if subject <= last[root] {
			t.Errorf("root %s: %s after %s", root, subject, last[root])
		}
		last[root] = subject
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != n {
		t.Errorf("%d of %d messages on the topic", len(seen), n)
	}
	t.Logf("%d messages, %d repeated", len(seen), repeated)
	return repeated
}

package kafka_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
)

// TestBrokerClosedAndReopened: while the broker is away the outbox grows; when
// it is back everything drains, in order for each root, and a reader that was
// waiting meanwhile gets all of it.
func TestBrokerClosedAndReopened(t *testing.T) {
	t.Parallel()
	ctx := deadline(t)
	dir := t.TempDir()
	b := broker(t, dir, 0)
	addrs := []string{b.Addr()}
	outbox := kafka.NewMemoryOutbox()
	relay, _ := running(t, addrs, outbox)
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: addrs, Group: "restart", Topics: []string{"co.unilav.v1"}})
	defer func() { _ = r.Close() }()

	outbox.Add(prefixed("root", 1, 50, 200)...)
	relay.Nudge()
	if err := outbox.Wait(ctx, all(50)); err != nil {
		t.Fatal(err)
	}
	read := make(map[string]int)
	last := make(map[string]string)
	readUntil(ctx, t, r, "root", 50, read, last)

	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for i := 51; i <= 2000; i += 50 {
		outbox.Add(prefixed("root", i, 50, 200)...)
		relay.Nudge()
	}
	broker(t, dir, port(t, b))
	if err := outbox.Wait(ctx, all(2000)); err != nil {
		t.Fatal(err)
	}
	readUntil(ctx, t, r, "root", 2000, read, last)
}

// readUntil reads until n different messages of id's roots have come, and checks that a new
// one never comes before an older one of its root.
func readUntil(ctx context.Context, t *testing.T, r *kafka.Reader, id string, n int, read map[string]int, last map[string]string) {
	t.Helper()
	for len(read) < n {
		batch, err := r.Batch(ctx, 256)
		if err != nil {
			t.Fatalf("%d of %d read: %v", len(read), n, err)
		}
		for _, m := range batch {
			if !strings.HasPrefix(string(m.Key), id+"-") {
				continue
			}
			var subject string
			for _, h := range m.Headers {
				if h.Key == kafka.HeaderSubject {
					subject = string(h.Value)
				}
			}
			if read[subject]++; read[subject] > 1 {
				continue
			}
			if subject <= last[string(m.Key)] {
				t.Fatalf("root %s: %s after %s", m.Key, subject, last[string(m.Key)])
			}
			last[string(m.Key)] = subject
		}
		_ = r.CommitMessages(ctx, batch...)
	}
}

func port(t *testing.T, b *embedded.Broker) int {
	t.Helper()
	_, p, err := net.SplitHostPort(b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEmptiedBrokerIsRefilled: the ledger is the truth. A new, empty broker in
// the place of the old one gets everything that is sent again.
func TestEmptiedBrokerIsRefilled(t *testing.T) {
	t.Parallel()
	ctx := deadline(t)
	first := broker(t, t.TempDir(), 0)
	outbox := kafka.NewMemoryOutbox()
	_, stop := running(t, []string{first.Addr()}, outbox)
	outbox.Add(prefixed("root", 1, 100, 200)...)
	if err := outbox.Wait(ctx, all(100)); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := broker(t, t.TempDir(), 0)
	replay := kafka.NewMemoryOutbox()
	replay.Add(prefixed("root", 1, 100, 200)...)
	running(t, []string{second.Addr()}, replay)
	if err := replay.Wait(ctx, all(100)); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := kafka.Scan(ctx, []string{second.Addr()}, "co.unilav.v1", func(kafka.Message) error { n++; return nil })
	if err != nil || n != 100 {
		t.Fatalf("%d messages, %v", n, err)
	}
}

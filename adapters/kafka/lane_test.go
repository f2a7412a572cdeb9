package kafka

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// bench is a lane with everything around it faked, and a clock of its own. The
// lane has all shards and is driven round by round.
type bench struct {
	outbox *MemoryOutbox
	writer *fakeWriter
	letter *fakeWriter
	made   int
	mu     sync.Mutex
	now    time.Time
	relay  *Relay
	lane   *lane
}

func newBench(t *testing.T, rows ...ledger.Message) *bench {
	t.Helper()
	b := &bench{outbox: NewMemoryOutbox(), writer: &fakeWriter{}, letter: &fakeWriter{}, now: time.Unix(1_790_000_000, 0)}
	b.outbox.Add(rows...)
	b.relay = NewRelay(RelayConfig{
		Outbox: b.outbox, Dead: b.outbox, Holder: "test", Lanes: 1,
		Letters: NewPublisher(func() Writer { return b.letter }),
		Writers: func() Writer { b.made++; return b.writer },
		Now:     func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now },
	})
	b.lane = b.relay.lanes[0]
	b.lane.writer = b.relay.cfg.Writers()
	b.relay.lease(t.Context())
	return b
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// written lists, for each call, the codes written.
func (b *bench) written() [][]string {
	var all [][]string
	for _, call := range b.writer.calls {
		var codes []string
		for _, m := range call {
			codes = append(codes, header(m, HeaderSubject))
		}
		all = append(all, codes)
	}
	return all
}

func header(m kafkago.Message, name string) string {
	for _, h := range m.Headers {
		if h.Key == name {
			return string(h.Value)
		}
	}
	return ""
}

func (b *bench) isDone(positions ...int64) bool {
	for _, p := range positions {
		if b.outbox.done[p] == 0 {
			return false
		}
	}
	return len(b.outbox.done) == len(positions)
}

// failRoots answers each message by its root.
func failRoots(err error, roots ...string) func(int, []kafkago.Message) error {
	return func(_ int, msgs []kafkago.Message) error {
		out, bad := make(kafkago.WriteErrors, len(msgs)), false
		for i, m := range msgs {
			if slices.Contains(roots, string(m.Key)) {
				out[i], bad = err, true
			}
		}
		if !bad {
			return nil
		}
		return out
	}
}

func TestLaneDeliversInOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10), Row(2, "b", 10), Row(3, "a", 10), Row(4, "a", 10))
	if !b.lane.round(t.Context()) || b.lane.round(t.Context()) {
		t.Fatal("want one round that moves and one that does not")
	}
	if !b.isDone(1, 2, 3, 4) || len(b.writer.calls) != 1 {
		t.Fatalf("done %v in %d calls", b.outbox.done, len(b.writer.calls))
	}
	var ofA []string
	for _, m := range b.writer.calls[0] {
		if string(m.Key) == "a" {
			ofA = append(ofA, header(m, HeaderSubject))
		}
	}
	if !slices.IsSorted(ofA) || len(ofA) != 3 {
		t.Fatalf("root a in the order %v", ofA)
	}
}

// TestLanePartialFailure: exactly the acknowledged ones are done; the shard of
// the failed one waits and starts again from it.
func TestLanePartialFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10), Row(2, "b", 10), Row(3, "a", 10))
	b.writer.answer = failRoots(kafkago.NotLeaderForPartition, "a")
	b.lane.round(t.Context())
	if !b.isDone(2) {
		t.Fatalf("done %v, want only 2", b.outbox.done)
	}
	b.outbox.Add(Row(4, "a", 10))
	b.lane.round(t.Context())
	if len(b.writer.calls) != 1 {
		t.Fatal("written again without waiting")
	}
	b.writer.answer = nil
	b.pass(firstWait)
	b.lane.round(t.Context())
	if !b.isDone(1, 2, 3, 4) {
		t.Fatalf("done %v, want all", b.outbox.done)
	}
	if got := b.written()[1]; !slices.IsSorted(got) || len(got) != 3 {
		t.Fatalf("second call wrote %v", got)
	}
}

func TestLaneWaitsLongerAndLonger(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10))
	b.writer.answer = func(int, []kafkago.Message) error { return errBroker }
	s := b.lane.shard(Row(1, "a", 10).Shard)
	var waits []time.Duration
	for range 8 {
		b.relay.lease(t.Context())
		b.lane.round(t.Context())
		waits = append(waits, s.wait)
		b.pass(s.wait)
	}
	want := []time.Duration{50, 100, 200, 400, 800, 1600, 2000, 2000}
	for i := range want {
		if waits[i] != want[i]*time.Millisecond {
			t.Fatalf("waits %v", waits)
		}
	}
	b.writer.answer = nil
	b.relay.lease(t.Context())
	b.lane.round(t.Context())
	if s.wait != 0 || !b.isDone(1) {
		t.Fatalf("after success wait %v, done %v", s.wait, b.outbox.done)
	}
}

// TestLaneLostLease: without a lease that outlasts a call nothing is written.
func TestLaneLostLease(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10))
	b.pass(b.relay.cfg.TTL - leaseMargin)
	b.lane.round(t.Context())
	if len(b.writer.calls) != 0 || !b.relay.Holds(0) {
		t.Fatalf("%d calls near the end of the lease, holds %v", len(b.writer.calls), b.relay.Holds(0))
	}
	b.relay.lease(t.Context())
	b.outbox.Lost = true
	b.relay.lease(t.Context())
	b.lane.round(t.Context())
	if len(b.writer.calls) != 0 || b.relay.Holds(0) {
		t.Fatalf("%d calls after the lease went, holds %v", len(b.writer.calls), b.relay.Holds(0))
	}
	b.outbox.Lost = false
	b.relay.lease(t.Context())
	b.lane.round(t.Context())
	if !b.isDone(1) {
		t.Fatalf("done %v after the lease came back", b.outbox.done)
	}
}

func TestLaneBuriesWhatCannotBeDelivered(t *testing.T) {
	t.Parallel()
	empty := Row(5, "e", 0)
	cases := map[string]ledger.Message{"too large": Row(5, "e", MaxBatch), "no document": empty}
	for name, bad := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Row(1, "a", 10), bad, Row(6, "e", 10), Row(7, "a", 10))
			for b.lane.round(t.Context()) {
			}
			if !b.isDone(1, 7) || len(b.outbox.buried) != 1 || b.outbox.buried[5] == "" {
				t.Fatalf("done %v, buried %v", b.outbox.done, b.outbox.buried)
			}
			if len(b.letter.calls) != 1 || b.letter.calls[0][0].Topic != routing.TopicDeadLetters {
				t.Fatalf("letters %v", b.letter.calls)
			}
			l, err := DecodeDeadLetter(newMessage(b.letter.calls[0][0]))
			if err != nil || l.CeID != bad.Entry.ID() || l.Cause == "" || l.Topic != bad.Topic {
				t.Fatalf("letter %+v, %v", l, err)
			}
		})
	}
}

// TestLaneFindsTheRefused: the broker refuses a batch for one member; the
// others get through, in order, and of the refused root nothing later does.
func TestLaneFindsTheRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10), Row(2, "b", 10), Row(3, "b", 10), Row(4, "a", 10))
	bad := Row(2, "b", 10).Entry.Codice
	b.writer.answer = func(_ int, msgs []kafkago.Message) error {
		for _, m := range msgs {
			if header(m, HeaderSubject) == bad {
				return slices.Repeat(kafkago.WriteErrors{kafkago.InvalidRecord}, len(msgs))
			}
		}
		return nil
	}
	b.lane.round(t.Context())
	if !b.isDone(1, 4) || len(b.outbox.buried) != 1 || b.outbox.buried[2] == "" {
		t.Fatalf("done %v, buried %v", b.outbox.done, b.outbox.buried)
	}
	b.pass(time.Minute)
	for _, call := range b.written()[1:] {
		if len(call) != 1 || call[0] == Row(3, "b", 10).Entry.Codice {
			t.Fatalf("calls %v", b.written())
		}
	}
}

// TestLaneBuryFails: what cannot be buried blocks its root, not its shard's
// peace: it is tried again later.
func TestLaneBuryFails(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(5, "e", 0), Row(6, "e", 10))
	b.letter.answer = func(int, []kafkago.Message) error { return errBroker }
	b.lane.round(t.Context())
	if len(b.outbox.done)+len(b.outbox.buried)+len(b.writer.calls) != 0 {
		t.Fatalf("done %v, buried %v", b.outbox.done, b.outbox.buried)
	}
	b.letter.answer = nil
	b.pass(time.Second)
	b.lane.round(t.Context())
	if b.outbox.buried[5] == "" || len(b.outbox.done) != 0 {
		t.Fatalf("done %v, buried %v", b.outbox.done, b.outbox.buried)
	}
}

// TestLaneLimits: no call above the writer's limits, whatever the backlog, and
// every shard has its turn.
func TestLaneLimits(t *testing.T) {
	t.Parallel()
	var rows []ledger.Message
	for i := range int64(1200) {
		rows = append(rows, Row(i+1, string(rune('a'+i%90)), 1))
	}
	for i := range int64(9) {
		rows = append(rows, Row(2000+i, string(rune('a'+i)), 3<<20))
	}
	b := newBench(t, rows...)
	for b.lane.round(t.Context()) {
	}
	if len(b.outbox.done) != len(rows) {
		t.Fatalf("done %d of %d", len(b.outbox.done), len(rows))
	}
	for i, call := range b.writer.calls {
		bytes := 0
		for _, m := range call {
			bytes += size(m)
		}
		if len(call) > MaxCount || bytes > MaxBatch {
			t.Errorf("call %d has %d messages, %d bytes", i, len(call), bytes)
		}
	}
}

// TestLaneDoneFails: acknowledged but not marked is written again, after a wait.
func TestLaneDoneFails(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10))
	b.writer.answer = func(int, []kafkago.Message) error {
		b.outbox.mu.Lock()
		defer b.outbox.mu.Unlock()
		b.outbox.Failing = errBroker
		return nil
	}
	if b.lane.round(t.Context()) {
		t.Fatal("moved without marking")
	}
	b.writer.answer, b.outbox.Failing = nil, nil
	b.pass(time.Second)
	b.lane.round(t.Context())
	if !b.isDone(1) || len(b.writer.calls) != 2 {
		t.Fatalf("done %v, %d calls", b.outbox.done, len(b.writer.calls))
	}
}

// TestLaneReplacesWriter: after a call that a context ended, the old writer is
// closed before anything else is written.
func TestLaneReplacesWriter(t *testing.T) {
	t.Parallel()
	b := newBench(t, Row(1, "a", 10))
	ctx, cancel := context.WithCancel(t.Context())
	b.lane.writer = stopping{b.writer, cancel}
	b.lane.round(ctx)
	if b.writer.closed != 1 || b.made != 2 || len(b.outbox.done) != 0 {
		t.Fatalf("closed %d, made %d, done %v", b.writer.closed, b.made, b.outbox.done)
	}
}

// stopping is a writer during whose call the relay is told to stop; its broker
// never answers.
type stopping struct {
	*fakeWriter
	stop func()
}

func (w stopping) WriteMessages(ctx context.Context, _ ...kafkago.Message) error {
	w.stop()
	<-ctx.Done()
	return ctx.Err()
}

// TestRelayRunsAndStops: nudges wake it, no writer sees two calls at once, and
// Run returns when told.
func TestRelayRunsAndStops(t *testing.T) {
	t.Parallel()
	outbox := NewMemoryOutbox()
	var mu sync.Mutex
	var writers []*fakeWriter
	r := NewRelay(RelayConfig{
		Outbox: outbox, Dead: outbox, Holder: "test", Poll: time.Hour,
		Letters: NewPublisher(func() Writer { return &fakeWriter{} }),
		Writers: func() Writer {
			mu.Lock()
			defer mu.Unlock()
			writers = append(writers, &fakeWriter{})
			return writers[len(writers)-1]
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- r.Run(ctx) }()
	limit, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for round := range int64(20) {
		for i := range int64(30) {
			outbox.Add(Row(round*30+i+1, string(rune('a'+i)), 10))
		}
		r.Nudge()
		if err := outbox.Wait(limit, func(done map[int64]int, _ map[int64]string) bool { return len(done) == int(round+1)*30 }); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-end; err != nil {
		t.Fatal(err)
	}
	for i, w := range writers {
		if w.clash || w.closed == 0 {
			t.Errorf("writer %d: two calls at once %v, closed %d", i, w.clash, w.closed)
		}
	}
	for p, n := range outbox.done {
		if n != 1 {
			t.Errorf("position %d done %d times", p, n)
		}
	}
	if r.Holds(0) {
		t.Error("holds shard 0 after the end")
	}
}

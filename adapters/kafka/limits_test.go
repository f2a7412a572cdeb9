package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
)

// The subtests of the suite that hold kafka-go's known limits (DESIGN.md, table).

// plain gives writers until the test ends.
func (s *suite) plain(t *testing.T) func() kafka.Writer {
	transport := kafka.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	return func() kafka.Writer { return kafka.NewWriter(s.addrs, transport) }
}

// lone: a message without company is acknowledged at once, not after the second
// that kafka-go waits by default.
func (s *suite) lone(t *testing.T) {
	w := s.plain(t)()
	defer func() { _ = w.Close() }()
	fastest := time.Minute
	for i := range 5 {
		m := kafkago.Message{Topic: "co.unilav.v1", Key: []byte("L" + s.id), Value: fmt.Append(nil, i)}
		began := time.Now()
		if err := w.WriteMessages(deadline(t), m); err != nil {
			t.Fatal(err)
		}
		fastest = min(fastest, time.Since(began))
	}
	if fastest > 500*time.Millisecond {
		t.Errorf("acknowledged after %s at best", fastest)
	}
	t.Logf("acknowledged after %s at best", fastest)
}

// sizes: what is just below the limit passes, what is just above is a dead
// letter, and kafka-go refuses a whole call for one message.
func (s *suite) sizes(t *testing.T) {
	const overhead = 1 << 10 // above key and headers of a row
	outbox := kafka.NewMemoryOutbox()
	below, above := kafka.Row(920, "B"+s.id, kafka.MaxBatch-overhead), kafka.Row(921, "A"+s.id, kafka.MaxBatch)
	outbox.Add(below, above)
	running(t, s.addrs, outbox)
	if err := outbox.Wait(deadline(t), func(done map[int64]int, buried map[int64]string) bool {
		return done[920] == 1 && strings.Contains(buried[921], "troppo grande")
	}); err != nil {
		t.Fatal(err)
	}
	w := s.plain(t)()
	defer func() { _ = w.Close() }()
	err := w.WriteMessages(deadline(t),
		kafkago.Message{Topic: "co.unilav.v1", Key: []byte("W" + s.id), Value: []byte("small")},
		kafkago.Message{Topic: "co.unilav.v1", Key: []byte("W" + s.id), Value: make([]byte, kafka.MaxBatch)},
	)
	var large kafkago.MessageTooLargeError
	if !errors.As(err, &large) {
		t.Errorf("a call with a message above the limit: %v", err)
	}
	got := s.scan(t, "co.unilav.v1", func(m kafka.Message) bool { return strings.HasSuffix(string(m.Key), s.id) })
	sizes := make(map[byte]int)
	for _, m := range got {
		sizes[m.Key[0]] = len(m.Value)
	}
	if sizes['B'] != kafka.MaxBatch-overhead || sizes['A'] != 0 || sizes['W'] != 0 {
		t.Errorf("on the topic %v", sizes)
	}
}

// deaf loses the acknowledgement of a writer's first calls: the messages are
// written, and the caller cannot know.
type deaf struct {
	kafka.Writer
	mu   *sync.Mutex
	lose *int
}

func (w deaf) WriteMessages(ctx context.Context, msgs ...kafkago.Message) error {
	err := w.Writer.WriteMessages(ctx, msgs...)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil && *w.lose > 0 {
		*w.lose--
		return context.DeadlineExceeded
	}
	return err
}

// unknown: after a call of unknown outcome the messages are written again, in
// order; nothing is lost or taken for delivered.
func (s *suite) unknown(t *testing.T) {
	var mu sync.Mutex
	lose := 3
	plain := s.plain(t)
	outbox := kafka.NewMemoryOutbox()
	letters := kafka.NewPublisher(plain)
	defer func() { _ = letters.Close() }()
	relay := kafka.NewRelay(kafka.RelayConfig{
		Outbox: outbox, Dead: nobody{}, Holder: "deaf", Letters: letters,
		Writers: func() kafka.Writer { return deaf{plain(), &mu, &lose} },
	})
	defer consumer(t, relay.Run)()
	outbox.Add(prefixed("U"+s.id, 1, 200, 300)...)
	relay.Nudge()
	if err := outbox.Wait(deadline(t), all(200)); err != nil {
		t.Fatal(err)
	}
	if repeated := inOrder(t, s.addrs, "U"+s.id, 200); repeated == 0 {
		t.Error("nothing was written again")
	}
}

// lag: by our own calls, since kafka-go's say nothing in a group; and offsets
// move by CommitMessages alone: what was fetched comes again.
func (s *suite) lag(t *testing.T) {
	ctx := deadline(t)
	var msgs []kafkago.Message
	for i := range 5 {
		msgs = append(msgs, kafkago.Message{Topic: "scarti.v1", Key: []byte("G" + s.id), Value: fmt.Append(nil, i)})
	}
	publish(t, s.addrs, msgs...)
	cfg := kafka.ReaderConfig{Addrs: s.addrs, Group: "lag-" + s.id, Topics: []string{"scarti.v1"}}
	// fetch reads what is there, at least up to the fifth of ours, and gives ours.
	fetch := func(commit int) (partition int) {
		r := kafka.NewReader(cfg)
		defer func() { _ = r.Close() }()
		for ours := 0; ours < 5; {
			m, err := r.FetchMessage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if string(m.Key) != "G"+s.id {
				continue
			}
			if string(m.Value) != fmt.Sprint(ours) {
				t.Fatalf("message %s, want %d", m.Value, ours)
			}
			if ours++; ours == commit {
				if err := r.CommitMessages(ctx, m); err != nil {
					t.Fatal(err)
				}
			}
			partition = m.Partition
		}
		return partition
	}
	fetch(0)
	partition := fetch(2) // all five again: nothing was committed
	r := kafka.NewReader(cfg)
	defer func() { _ = r.Close() }()
	behind, err := r.Behind(ctx, "scarti.v1", partition)
	if err != nil || behind < 3 {
		t.Fatalf("behind by %d, %v; want the three not committed", behind, err)
	}
	m, err := r.FetchMessage(ctx)
	for err == nil && string(m.Key) != "G"+s.id {
		m, err = r.FetchMessage(ctx)
	}
	if err != nil || string(m.Value) != "2" {
		t.Fatalf("after the commit of two: %s, %v", m.Value, err)
	}
}

package kafka_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

func TestSuiteEmbedded(t *testing.T) {
	t.Parallel()
	b := broker(t, t.TempDir(), 0)
	Suite(t, []string{b.Addr()})
}

// TestSuiteReal runs the same suite on a real Kafka.
func TestSuiteReal(t *testing.T) {
	t.Parallel()
	addrs := os.Getenv("SNODO_TEST_KAFKA")
	if addrs == "" {
		t.Skip("no real Kafka: set SNODO_TEST_KAFKA=HOST:PORT[,HOST:PORT]")
	}
	Suite(t, strings.Split(addrs, ","))
}

// Suite is what the package demands of a broker. It makes the topics that are
// missing, and recognises its own messages among whatever else they hold.
func Suite(t *testing.T, addrs []string) {
	if err := kafka.CreateTopics(t.Context(), addrs, kafka.Topics("UNILAV"), kafka.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := kafka.CreateTopics(t.Context(), addrs, kafka.Topics("UNILAV"), kafka.CreateOptions{}); err != nil {
		t.Fatalf("topics made twice: %v", err)
	}
	s := &suite{addrs: addrs, id: rand.Text()[:8]}
	for _, sub := range s.subtests() {
		t.Run(sub.name, func(t *testing.T) {
			defer func() {
				if t.Skipped() {
					t.Error("skipped: both brokers run every subtest")
				}
			}()
			sub.run(t)
		})
	}
}

type subtest struct {
	name string
	run  func(*testing.T)
}

// subtests is the one list that every broker runs.
func (s *suite) subtests() []subtest {
	return []subtest{
		{"relay", s.relay},
		{"large", s.large},
		{"dead letter", s.deadLetter},
		{"outcomes", s.outcomes},
		{"stalled reader", s.stalled},
		{"quadratura", s.quadratura},
		{"list", s.list},
		{"lone message", s.lone},
		{"size limit", s.sizes},
		{"unknown outcome", s.unknown},
		{"lag and explicit commits", s.lag},
		{"rebalance", s.rebalance},
		{"idle member", s.idle},
		{"failover", func(t *testing.T) { Failover(t, s.addrs, "F"+s.id) }},
	}
}

type suite struct {
	addrs []string
	id    string // marks the roots of this run
}

func broker(t testing.TB, dir string, port int) *embedded.Broker {
	t.Helper()
	b, err := embedded.Start(t.Context(), dir, embedded.Options{Port: port, Topics: kafka.Topics("UNILAV")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// deadline bounds every wait of a test.
func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// running runs a relay over a broker until the test ends or stop is called.
func running(t testing.TB, addrs []string, outbox *kafka.MemoryOutbox) (relay *kafka.Relay, stop func()) {
	t.Helper()
	transport := kafka.NewTransport()
	writers := func() kafka.Writer { return kafka.NewWriter(addrs, transport) }
	letters := kafka.NewPublisher(writers)
	relay = kafka.NewRelay(kafka.RelayConfig{
		Outbox: outbox, Dead: outbox, Holder: "test", Letters: letters, Writers: writers,
	})
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- relay.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-end; err != nil {
			t.Error(err)
		}
		_ = letters.Close()
		transport.CloseIdleConnections()
	})
	t.Cleanup(stop)
	return relay, stop
}

// rows makes n messages over some roots of this run.
func (s *suite) rows(from, n, roots, size int) []ledger.Message {
	var rows []ledger.Message
	for i := from; i < from+n; i++ {
		rows = append(rows, kafka.Row(int64(i), fmt.Sprintf("%s-%d", s.id, i%roots), size))
	}
	return rows
}

func (s *suite) scan(t *testing.T, topic string, mine func(kafka.Message) bool) []kafka.Message {
	t.Helper()
	var got []kafka.Message
	err := kafka.Scan(deadline(t), s.addrs, topic, func(m kafka.Message) error {
		if mine(m) {
			got = append(got, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (s *suite) ofRun(m kafka.Message) bool { return strings.HasPrefix(string(m.Key), s.id) }

func all(n int) func(map[int64]int, map[int64]string) bool {
	return func(done map[int64]int, buried map[int64]string) bool { return len(done)+len(buried) == n }
}

func (s *suite) relay(t *testing.T) {
	outbox := kafka.NewMemoryOutbox()
	rows := s.rows(1, 300, 20, 500)
	outbox.Add(rows...)
	relay, _ := running(t, s.addrs, outbox)
	relay.Nudge()
	if err := outbox.Wait(deadline(t), all(300)); err != nil {
		t.Fatal(err)
	}
	got := s.scan(t, "co.unilav.v1", s.ofRun)
	if len(got) != 300 {
		t.Fatalf("%d messages on the topic", len(got))
	}
	last := make(map[string]string)
	for _, m := range got {
		if subject := m.Headers[kafka.HeaderSubject]; subject <= last[string(m.Key)] {
			t.Fatalf("root %s: %s after %s", m.Key, subject, last[string(m.Key)])
		} else {
			last[string(m.Key)] = subject
		}
	}
}

// large: a document of four megabytes passes, and readers that ask for one get it.
func (s *suite) large(t *testing.T) {
	outbox := kafka.NewMemoryOutbox()
	outbox.Add(kafka.Row(900, s.id+"-large", 4<<20), kafka.Row(901, s.id+"-large", 7<<20))
	running(t, s.addrs, outbox)
	if err := outbox.Wait(deadline(t), all(2)); err != nil {
		t.Fatal(err)
	}
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: s.addrs, Group: "large-" + s.id, Topics: []string{"co.unilav.v1"}})
	defer func() { _ = r.Close() }()
	for ctx := deadline(t); ; {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Key) == s.id+"-large" && len(m.Value) == 7<<20 {
			return
		}
	}
}

func (s *suite) deadLetter(t *testing.T) {
	outbox := kafka.NewMemoryOutbox()
	outbox.Add(kafka.Row(910, s.id+"-dead", 9<<20), kafka.Row(911, s.id+"-dead", 10), kafka.Row(912, s.id+"-alive", 10))
	running(t, s.addrs, outbox)
	if err := outbox.Wait(deadline(t), all(2)); err != nil {
		t.Fatal(err)
	}
	letters := s.scan(t, routing.TopicDeadLetters, func(m kafka.Message) bool { return string(m.Key) == s.id+"-dead" })
	if len(letters) != 1 {
		t.Fatalf("%d dead letters", len(letters))
	}
	l, err := kafka.DecodeDeadLetter(letters[0])
	if err != nil || l.Codice != "1300126000000910" || !strings.Contains(l.Cause, "troppo grande") {
		t.Fatalf("letter %+v, %v", l, err)
	}
}

// book is a sink that fails the first time for each outcome. It passes over what
// is not of this run.
type book struct {
	id        string
	ceID      string
	mu        sync.Mutex
	tried     map[string]bool
	outcomes  []kafka.Outcome
	anomalies []kafka.Anomaly
	changed   chan struct{}
}

func (s *suite) newBook() *book {
	return &book{id: s.id, ceID: s.ceID(), tried: make(map[string]bool), changed: make(chan struct{}, 1000)}
}

func (b *book) Outcome(_ context.Context, o kafka.Outcome) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !strings.HasPrefix(o.Root, b.id) {
		return nil
	}
	if !b.tried[o.Codice] {
		b.tried[o.Codice] = true
		return errors.New("database refuses")
	}
	b.outcomes = append(b.outcomes, o)
	b.changed <- struct{}{}
	return nil
}

func (b *book) Anomaly(_ context.Context, a kafka.Anomaly) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.CeID != b.ceID {
		return nil
	}
	b.anomalies = append(b.anomalies, a)
	b.changed <- struct{}{}
	return nil
}

func (b *book) wait(ctx context.Context, t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-b.changed:
		case <-ctx.Done():
			t.Fatalf("%d outcomes, %d anomalies: %v", len(b.outcomes), len(b.anomalies), ctx.Err())
		}
	}
}

// publish writes messages with the package's own writer.
func publish(t *testing.T, addrs []string, msgs ...kafkago.Message) {
	t.Helper()
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	w := kafka.NewWriter(addrs, transport)
	defer func() { _ = w.Close() }()
	if err := w.WriteMessages(deadline(t), msgs...); err != nil {
		t.Fatal(err)
	}
}

// ceID is the ce_id of the run's outcomes.
func (s *suite) ceID() string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s.id))) }

func (s *suite) outcome(key, codice string) kafkago.Message {
	h := s.ceID()
	return kafkago.Message{
		Topic: routing.TopicOutcomes, Key: []byte(key),
		Value: fmt.Appendf(nil, `{"ce_id":%q,"codice":%q,"digest":%q,"registrazione":7,"esito":"registrata","instant":"2026-11-22T10:00:00.000001Z","faults":[]}`,
			h, codice, h),
		Headers: []kafkago.Header{{Key: kafka.HeaderType, Value: []byte(kafka.TypeOutcome)}, {Key: kafka.HeaderID, Value: []byte(h)}},
	}
}

// consumer runs a consumer until stop.
func consumer(t *testing.T, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-end; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// outcomes: each is handed over until the sink takes it, in order for a root;
// a malformed one is an anomaly; offsets are committed after.
func (s *suite) outcomes(t *testing.T) {
	ctx := deadline(t)
	bad := s.outcome(s.id+"-x", "1300126000000001")
	bad.Value = []byte(`{"ce_id":"no"}`)
	var msgs []kafkago.Message
	for i := range 40 {
		msgs = append(msgs, s.outcome(fmt.Sprintf("%s-%d", s.id, i%4), fmt.Sprintf("13001260%08d", i)))
	}
	publish(t, s.addrs, append(msgs, bad)...)
	cfg := kafka.ReaderConfig{Addrs: s.addrs, Group: "outcomes-" + s.id, Topics: []string{routing.TopicOutcomes}}
	r := kafka.NewReader(cfg)
	b := s.newBook()
	stop := consumer(t, func(ctx context.Context) error {
		return kafka.Outcomes(ctx, r, b, slog.New(slog.DiscardHandler))
	})
	b.wait(ctx, t, 41)
	last := make(map[string]string)
	for _, o := range b.outcomes {
		if o.Codice <= last[o.Root] {
			t.Fatalf("root %s: %s after %s", o.Root, o.Codice, last[o.Root])
		}
		last[o.Root] = o.Codice
	}
	if len(b.anomalies) != 1 || b.anomalies[0].CeID == "" || b.anomalies[0].Topic != routing.TopicOutcomes {
		t.Fatalf("anomalies %+v", b.anomalies)
	}
	stop()
	_ = r.Close()
	// A new member of the group goes on where the first one stopped. What was
	// handled but not committed when it stopped may come again, no more.
	publish(t, s.addrs, s.outcome(s.id+"-0", "1300126099999999"))
	r = kafka.NewReader(cfg)
	defer func() { _ = r.Close() }()
	for n := 0; ; n++ {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(m.Value), "1300126099999999") && strings.HasPrefix(string(m.Key), s.id) {
			return
		}
		if n > 41 {
			t.Fatal("the group starts again from the beginning")
		}
	}
}

// stalled: a reader under which kafka-go's reader died goes on by itself.
func (s *suite) stalled(t *testing.T) {
	ctx := deadline(t)
	r := kafka.NewReader(kafka.ReaderConfig{
		Addrs: s.addrs, Group: "stalled-" + s.id, Topics: []string{routing.TopicDeadLetters}, Stall: 200 * time.Millisecond,
	})
	defer func() { _ = r.Close() }()
	next := func(n int) {
		t.Helper()
		value := fmt.Sprintf("%s stalled %d", s.id, n)
		publish(t, s.addrs, kafkago.Message{Topic: routing.TopicDeadLetters, Key: []byte(s.id), Value: []byte(value)})
		for {
			m, err := r.FetchMessage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if string(m.Value) == value {
				// Under a dead reader this would wait for ten seconds.
				_ = r.CommitMessages(ctx, m)
				return
			}
		}
	}
	next(1)
	if err := r.Break(); err != nil {
		t.Fatal(err)
	}
	next(2)
}

func (s *suite) quadratura(t *testing.T) {
	ctx := deadline(t)
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	p := kafka.NewPublisher(func() kafka.Writer { return kafka.NewWriter(s.addrs, transport) })
	defer func() { _ = p.Close() }()
	head := ledger.SealedHead{Position: time.Now().UnixNano(), Hash: kafka.Row(1, s.id, 1).Entry.Hash, Instant: time.UnixMicro(1_790_000_000_000_001).UTC(), Seal: []byte("seal")}
	if err := p.PublishHead(ctx, head); err != nil {
		t.Fatal(err)
	}
	heads := s.scan(t, routing.TopicTotals, func(m kafka.Message) bool {
		return m.Type() == kafka.TypeHead && m.ID() == head.Hash.String()
	})
	if len(heads) != 1 {
		t.Fatalf("%d heads", len(heads))
	}
	if got, err := kafka.DecodeHead(heads[0]); err != nil || !reflect.DeepEqual(got, head) {
		t.Fatalf("head %+v, %v; want %+v", got, err, head)
	}
}

// list: the pages of an answer are put together; a page published twice counts once.
func (s *suite) list(t *testing.T) {
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: s.addrs, Group: "list-" + s.id, Topics: []string{routing.TopicTotals}})
	id := strings.Repeat("cd", 32)
	consumer(t, func(ctx context.Context) error {
		defer func() { _ = r.Close() }()
		for {
			m, err := r.FetchMessage(ctx)
			if err != nil {
				return nil
			}
			if !slices.ContainsFunc(m.Headers, func(h kafkago.Header) bool { return string(h.Value) == kafka.TypeRequest }) {
				continue
			}
			var pages []kafkago.Message
			for _, p := range []string{`"page":1,"last":false`, `"page":1,"last":false`, `"page":2,"last":true`} {
				pages = append(pages, kafkago.Message{
					Topic: routing.TopicTotals, Key: m.Key,
					Headers: []kafkago.Header{{Key: kafka.HeaderType, Value: []byte(kafka.TypeList)}},
					Value: fmt.Appendf(nil, `{"request":%q,"day":"2026-11-22","region":"lazio","kind":"UNILAV",%s,"items":[{"ce_id":%q,"registrazione":3}]}`,
						m.Key, p, id),
				})
			}
			publish(t, s.addrs, pages...)
		}
	})
	got, err := kafka.RequestList(deadline(t), s.addrs, "2026-11-22", "lazio", "UNILAV")
	if err != nil || len(got) != 2 || got[0].ID != id || got[0].Number != 3 {
		t.Fatalf("list %v, %v", got, err)
	}
}

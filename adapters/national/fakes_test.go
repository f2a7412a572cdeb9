package national

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"go.uber.org/goleak"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/xsd/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// feed is a source the test fills.
type feed struct {
	batches chan []kafkago.Message
	commits chan int // offsets committed, by number of messages
	refuse  bool     // commits fail
}

func newFeed() *feed {
	return &feed{batches: make(chan []kafkago.Message, 100), commits: make(chan int, 100)}
}

func (f *feed) Batch(ctx context.Context, _ int) ([]kafkago.Message, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case b := <-f.batches:
		return b, nil
	}
}

func (f *feed) CommitMessages(_ context.Context, msgs ...kafkago.Message) error {
	f.commits <- len(msgs)
	if f.refuse {
		return errors.New("broker away")
	}
	return nil
}

// board is a sink that keeps what is written; answer may refuse.
type board struct {
	mu      sync.Mutex
	calls   int
	written []kafkago.Message
	answer  func(call int, msgs []kafkago.Message) error
	changed chan struct{}
}

func newBoard() *board { return &board{changed: make(chan struct{}, 1)} }

func (b *board) WriteMessages(_ context.Context, msgs ...kafkago.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	if b.answer != nil {
		err = b.answer(b.calls, msgs)
	}
	b.calls++
	for i, e := range results(err, len(msgs)) {
		if e == nil {
			b.written = append(b.written, msgs[i])
		}
	}
	select {
	case b.changed <- struct{}{}:
	default:
	}
	return err
}

func (b *board) Close() error { return nil }

// on lists what was written on a topic.
func (b *board) on(topic string) []kafkago.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []kafkago.Message
	for _, m := range b.written {
		if m.Topic == topic {
			out = append(out, m)
		}
	}
	return out
}

// wait waits until cond holds.
func (b *board) wait(t *testing.T, what string, cond func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for !cond() {
		select {
		case <-b.changed:
		case <-limit:
			t.Fatalf("waiting for %s", what)
		}
	}
}

// notary "verifies" a document that is its own content; a document opening with
// "rotto" has a broken signature, one with "guasto" meets our own trouble once.
type notary struct {
	mu      sync.Mutex
	seen    int
	trouble int
}

func (n *notary) Verify(_ context.Context, value []byte, _, _ string, at time.Time) ([]byte, [32]byte, fault.List, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen++
	switch {
	case at.Year() != 2026:
		return nil, [32]byte{}, nil, errors.New("judged at another time than ce_time")
	case strings.HasPrefix(string(value), "rotto"):
		return nil, [32]byte{}, fault.List{{Code: brokenSignature}}, nil
	case strings.HasPrefix(string(value), "guasto") && n.trouble == 0:
		n.trouble++
		return nil, [32]byte{}, nil, errors.New("revocation list unreachable")
	}
	return value, sha256.Sum256(value), nil, nil
}

const brokenSignature fault.Code = "SIG-99"

// office is a store with everything around it faked.
type office struct {
	*Node
	feed, asks *feed
	board      *board
	notary     *notary
	publisher  *publisher
	mu         sync.Mutex
	now        time.Time
	database   string
	holder     string
}

func newOffice(t *testing.T, db database) *office {
	t.Helper()
	return colleague(t, db.fresh(t), newBoard(), "office")
}

// colleague opens one more process on a database and before a board.
func colleague(t *testing.T, database string, b *board, holder string) *office {
	t.Helper()
	return reopen(t, &office{
		feed: newFeed(), asks: newFeed(), board: b, notary: &notary{},
		now:      time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC),
		database: database, holder: holder,
	})
}

// reopen opens the office's database again.
func reopen(t *testing.T, o *office) *office {
	t.Helper()
	node, err := Open(t.Context(), Config{
		Database: o.database, Communications: o.feed, Requests: o.asks, Verifier: o.notary,
		Writers: func() Sink { return o.board }, Period: 10 * time.Millisecond, Holder: o.holder,
		Now: func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	node.sink = o.board
	t.Cleanup(func() { _ = node.Close() })
	o.Node, o.publisher = node, nil
	return o
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// run runs the office until stop.
func (o *office) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- o.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-end; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// put applies a batch and empties the outbox.
func (o *office) put(t *testing.T, msgs ...kafkago.Message) {
	t.Helper()
	if err := o.apply(t.Context(), msgs); err != nil {
		t.Fatal(err)
	}
	o.flush(t)
}

func (o *office) flush(t *testing.T) {
	t.Helper()
	if err := o.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.publisher.save(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// drain publishes what there is, in this office's turn.
func (o *office) drain(ctx context.Context) error {
	if o.publisher == nil {
		p := &publisher{node: o.Node, sink: o.board}
		if held, err := p.acquire(ctx); err != nil || !held {
			return errors.Join(err, errors.New("another has the lease"))
		}
		o.publisher = p
	}
	return o.publisher.drain(ctx)
}

// count counts the rows of a table.
func (o *office) count(t *testing.T, table string) (n int) {
	t.Helper()
	if err := o.db.Get(&n, `SELECT COUNT(*) FROM `+table); err != nil {
		t.Fatal(err)
	}
	return n
}

// said is an outcome as published.
type said struct {
	CeID         string     `json:"ce_id"`
	Codice       string     `json:"codice"`
	Digest       string     `json:"digest"`
	Registration int64      `json:"registrazione"`
	Esito        string     `json:"esito"`
	Instant      string     `json:"instant"`
	Faults       fault.List `json:"faults"`
}

func (o *office) outcomes(t *testing.T) []said {
	t.Helper()
	var out []said
	for _, m := range o.board.on(routing.TopicOutcomes) {
		var s said
		if err := json.Unmarshal(m.Value, &s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// fact makes a message: number names it, root is its chain, prev the number of
// its predecessor or zero. edit may spoil it.
func fact(number int, root string, prev int, edit ...func(*kafkago.Message)) kafkago.Message {
	value := fmt.Appendf(nil, "<UniLav n=\"%d\"/>", number)
	digest := sha256.Sum256(value)
	m := kafkago.Message{
		Topic: "co.unilav.v1", Partition: len(root) % 3, Offset: int64(number), Key: []byte(root), Value: value,
		Headers: []kafkago.Header{
			{Key: "ce_specversion", Value: []byte("1.0")},
			{Key: "ce_id", Value: []byte(name(number))},
			{Key: "ce_source", Value: []byte("urn:snodo:hub:v1")},
			{Key: "ce_type", Value: []byte("it.snodo.co.unilav.v1")},
			{Key: "ce_subject", Value: fmt.Appendf(nil, "13001260%08d", number)},
			{Key: "ce_time", Value: []byte("2026-11-21T23:30:00.000001Z")}, // 22 November in Rome
			{Key: "content-type", Value: []byte("application/xml; charset=UTF-8")},
			{Key: "snodo_digest", Value: []byte(hex.EncodeToString(digest[:]))},
			{Key: "snodo_region", Value: []byte("piemonte")},
			{Key: "snodo_origin", Value: []byte("signed")},
		},
	}
	if prev != 0 {
		m.Headers = append(m.Headers, kafkago.Header{Key: "snodo_prev", Value: []byte(name(prev))})
	}
	for _, e := range edit {
		e(&m)
	}
	return m
}

func digestOf(value string) string {
	h := sha256.Sum256([]byte(value))
	return hex.EncodeToString(h[:])
}

// name is the ce_id of a numbered message.
func name(number int) string { return id(number).String() }

func id(number int) hash { return sha256.Sum256(fmt.Append(nil, "entry", number)) }

func with(key, value string) func(*kafkago.Message) {
	return func(m *kafkago.Message) {
		for i := range m.Headers {
			if m.Headers[i].Key == key {
				m.Headers[i].Value = []byte(value)
				return
			}
		}
		m.Headers = append(m.Headers, kafkago.Header{Key: key, Value: []byte(value)})
	}
}

func document(value string) func(*kafkago.Message) {
	return func(m *kafkago.Message) { m.Value = []byte(value) }
}

package kafka

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing/ledger"
)

// MemoryOutbox is an outbox in memory, with dead letters. Exported for the
// tests of package kafka_test.
type MemoryOutbox struct {
	mu      sync.Mutex
	rows    []ledger.Message
	done    map[int64]int
	buried  map[int64]string
	changed chan struct{} // closed and replaced at each change
	holder  string
	expires time.Time

	Lost    bool  // Lease gives nothing
	Failing error // Pending and Done fail with it
	DoneNow chan struct{}
}

func NewMemoryOutbox() *MemoryOutbox {
	return &MemoryOutbox{done: make(map[int64]int), buried: make(map[int64]string), changed: make(chan struct{})}
}

// Row makes a message of a root; its document is of the given size.
func Row(position int64, root string, size int) ledger.Message {
	h := fnv.New32a()
	_, _ = h.Write([]byte(root))
	e := ledger.Entry{
		Position: position, Type: ledger.Submission, Status: ledger.Accepted,
		Recorded: time.UnixMicro(1_790_000_000_000_000 + position).UTC(), Region: "piemonte", Origin: ledger.Signed,
		Kind: "UNILAV", Codice: fmt.Sprintf("13001260%08d", position), Root: root,
		Digest: sha256.Sum256(fmt.Append(nil, "digest", root, position)),
	}
	e.Hash = sha256.Sum256(fmt.Append(nil, root, position))
	return ledger.Message{
		Position: position, Topic: "co.unilav.v1", Shard: int(h.Sum32() % ledger.Shards),
		Entry: e, Document: make([]byte, size),
	}
}

func (o *MemoryOutbox) Add(rows ...ledger.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = append(o.rows, rows...)
	o.change()
}

func (o *MemoryOutbox) change() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// Wait waits until cond holds over the done and buried positions.
func (o *MemoryOutbox) Wait(ctx context.Context, cond func(done map[int64]int, buried map[int64]string) bool) error {
	for {
		o.mu.Lock()
		ok, changed := cond(o.done, o.buried), o.changed
		done, buried := len(o.done), len(o.buried)
		o.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d done, %d buried: %w", done, buried, ctx.Err())
		case <-changed:
		}
	}
}

// Lease gives all shards to one holder at a time, by the machine's clock.
func (o *MemoryOutbox) Lease(_ context.Context, holder string, ttl time.Duration) ([]int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Lost || (o.holder != holder && time.Now().Before(o.expires)) {
		return nil, nil
	}
	o.holder, o.expires = holder, time.Now().Add(ttl)
	return numbers(ledger.Shards), nil
}

func (o *MemoryOutbox) Pending(_ context.Context, holder string, shard, limit int) ([]ledger.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Failing != nil {
		return nil, o.Failing
	}
	if o.holder != holder {
		return nil, errors.New("shard held by another")
	}
	dead := make(map[string]bool)
	var page []ledger.Message
	for _, m := range o.rows {
		if _, ok := o.buried[m.Position]; ok {
			dead[m.Entry.Root] = true
		}
		if m.Shard != shard || o.done[m.Position] > 0 || dead[m.Entry.Root] {
			continue
		}
		if page = append(page, m); len(page) == limit {
			break
		}
	}
	return page, nil
}

func (o *MemoryOutbox) Done(_ context.Context, _ string, positions []int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Failing != nil {
		return o.Failing
	}
	for _, p := range positions {
		o.done[p]++
	}
	o.change()
	return nil
}

func (o *MemoryOutbox) Release(_ context.Context, holder string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.holder == holder {
		o.holder, o.expires = "", time.Time{}
	}
	return nil
}

func (o *MemoryOutbox) Bury(_ context.Context, m ledger.Message, cause string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buried[m.Position] = cause
	o.change()
	return nil
}

// compact forgets delivered rows, so that long runs stay linear.
func (o *MemoryOutbox) Compact() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = slices.DeleteFunc(o.rows, func(m ledger.Message) bool { return o.done[m.Position] > 0 })
}

// fakeWriter records calls; answer decides each, nil acknowledges everything.
type fakeWriter struct {
	mu     sync.Mutex
	calls  [][]kafkago.Message
	answer func(call int, msgs []kafkago.Message) error
	closed int
	busy   bool
	clash  bool // two calls at once
}

func (w *fakeWriter) WriteMessages(ctx context.Context, msgs ...kafkago.Message) error {
	w.mu.Lock()
	w.clash = w.clash || w.busy
	w.busy = true
	call := len(w.calls)
	w.calls = append(w.calls, msgs)
	answer := w.answer
	w.mu.Unlock()
	var err error
	if answer != nil {
		err = answer(call, msgs)
	}
	w.mu.Lock()
	w.busy = false
	w.mu.Unlock()
	return err
}

func (w *fakeWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed++
	return nil
}

// Break leaves the reader with a kafka-go reader that gives nothing more, as a
// stalled one.
func (r *Reader) Break() error {
	current, err := r.reader()
	if err != nil {
		return err
	}
	return current.Close()
}

var errBroker = errors.New("broker trouble")

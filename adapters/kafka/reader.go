package kafka

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// ReaderConfig is what a group reader needs.
type ReaderConfig struct {
	Addrs  []string
	Group  string
	Topics []string
	// Stall is how long nothing may arrive before the reader looks whether
	// the broker has something for it; default 10 s.
	Stall time.Duration
	Log   *slog.Logger
}

// Reader reads topics as a member of a consumer group, and lives through
// restarts of the broker: kafka-go's reader may stall after one for good
// (issues 387, 955), so a watchdog opens a new one when the offsets of its
// partitions stand still behind the end of the log. Offsets are committed only by
// CommitMessages. Messages may come again, also older ones (issue 1398): the
// handler must be idempotent. One goroutine reads; Close may come from any.
type Reader struct {
	cfg       ReaderConfig
	id        string // client id, by which the group's description knows this member
	client    *kafkago.Client
	transport *kafkago.Transport
	quiet     time.Time // last sign of life or look
	seen      map[place]lag

	mu      sync.Mutex
	current *kafkago.Reader
	closed  bool
}

// maxWait is the deadline of a fetch. kafka-go keeps one second of it for the
// answer's way back and lets the broker wait for the rest: below 1.2 s a busy
// machine is taken for a broken connection, and Close may wait as long.
const maxWait = 1500 * time.Millisecond

const (
	batchBytes  = 4 << 20
	batchLinger = 5 * time.Millisecond
)

// NewReader gives a reader. It connects by itself, and never gives up.
func NewReader(cfg ReaderConfig) *Reader {
	cfg.Stall = orDefault(cfg.Stall, 10*time.Second)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	transport := NewTransport()
	r := &Reader{
		cfg:       cfg,
		id:        "snodo-" + rand.Text(),
		transport: transport,
		client:    &kafkago.Client{Addr: kafkago.TCP(cfg.Addrs...), Transport: transport, Timeout: callTimeout},
		quiet:     time.Now(),
	}
	r.current = kafkago.NewReader(r.config())
	return r
}

func (r *Reader) config() kafkago.ReaderConfig {
	return kafkago.ReaderConfig{
		Brokers:           r.cfg.Addrs,
		GroupID:           r.cfg.Group,
		GroupTopics:       r.cfg.Topics,
		StartOffset:       kafkago.FirstOffset,
		MinBytes:          1,
		MaxBytes:          maxFetch,
		MaxWait:           maxWait,
		QueueCapacity:     32, // messages may have megabytes
		ReadLagInterval:   -1,
		CommitInterval:    commitEvery,
		HeartbeatInterval: time.Second,
		SessionTimeout:    10 * time.Second,
		RebalanceTimeout:  10 * time.Second,
		JoinGroupBackoff:  500 * time.Millisecond,
		ReadBackoffMin:    20 * time.Millisecond,
		ReadBackoffMax:    500 * time.Millisecond,
		Dialer:            &kafkago.Dialer{Timeout: 3 * time.Second, DualStack: true, ClientID: r.id},
	}
}

// FetchMessage gives the next message without committing it. It returns an
// error only when ctx ends or the reader is closed.
func (r *Reader) FetchMessage(ctx context.Context) (kafkago.Message, error) {
	for {
		current, err := r.reader()
		if err != nil {
			return kafkago.Message{}, err
		}
		m, err := fetch(ctx, current, r.cfg.Stall)
		if err == nil {
			r.quiet = time.Now()
			return m, nil
		}
		if ctx.Err() != nil {
			return kafkago.Message{}, ctx.Err()
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			r.cfg.Log.Debug("read topic", "group", r.cfg.Group, "error", err)
			pause(ctx, 100*time.Millisecond)
		}
		if time.Since(r.quiet) >= r.cfg.Stall {
			r.quiet = time.Now()
			if r.stuck(ctx) {
				r.cfg.Log.Warn("reader stands still, opening a new one", "group", r.cfg.Group)
				r.reopen()
			}
		}
	}
}

func fetch(ctx context.Context, reader *kafkago.Reader, limit time.Duration) (kafkago.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return reader.FetchMessage(ctx)
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Batch waits for one message and takes what follows within five milliseconds,
// at most limit messages and about 4 MiB. Errors as FetchMessage.
func (r *Reader) Batch(ctx context.Context, limit int) ([]kafkago.Message, error) {
	first, err := r.FetchMessage(ctx)
	if err != nil {
		return nil, err
	}
	batch, bytes := []kafkago.Message{first}, size(first)
	current, err := r.reader()
	if err != nil {
		return nil, err
	}
	more, cancel := context.WithTimeout(ctx, batchLinger)
	defer cancel()
	for len(batch) < limit && bytes < batchBytes {
		m, err := current.FetchMessage(more)
		if err != nil {
			break // the next call to FetchMessage meets it again
		}
		batch = append(batch, m)
		bytes += size(m)
	}
	return batch, nil
}

// commitEvery is how long offsets are gathered before they are committed. A
// commit costs the broker a flush, several for each commit of the ledger if
// every batch had one; what was handled since the last comes again after a
// crash, and is known.
const commitEvery = 250 * time.Millisecond

// CommitMessages has the offsets after the given messages committed soon, and
// by Close at the latest. Until then, or after an error, they will come again,
// no more.
func (r *Reader) CommitMessages(ctx context.Context, msgs ...kafkago.Message) error {
	current, err := r.reader()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := current.CommitMessages(ctx, msgs...); err != nil {
		return fmt.Errorf("commit offsets: %w", err)
	}
	return nil
}

var errClosed = errors.New("reader closed")

func (r *Reader) reader() (*kafkago.Reader, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	return r.current, nil
}

func (r *Reader) reopen() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	_ = r.current.Close()
	r.current = kafkago.NewReader(r.config())
}

// Close leaves the group.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	err := r.current.Close()
	r.transport.CloseIdleConnections()
	return err
}

package national

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
	_ "time/tzdata" // Europe/Rome on machines without a zone database

	"github.com/jmoiron/sqlx"
	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Consumer groups of the store.
const (
	Group         = "snodo-national"           // on co.*.v1
	GroupRequests = "snodo-national-richieste" // on quadratura.v1
)

// Source is a group reader whose offsets move only by CommitMessages.
type Source interface {
	// Batch waits for messages and gives at most limit, in order for each
	// partition. It fails only when ctx ends or the source is closed.
	Batch(ctx context.Context, limit int) ([]kafkago.Message, error)
	CommitMessages(ctx context.Context, msgs ...kafkago.Message) error
}

// Sink is a writer that gets one call at a time. Its results are kafka-go's:
// nil, WriteErrors for each message, or one error for all.
type Sink interface {
	WriteMessages(ctx context.Context, msgs ...kafkago.Message) error
	Close() error
}

// Verifier verifies a signed document again. Certificates are judged at the
// given instant, the message's ce_time. What is wrong with the document are
// faults; an error is our trouble, and the message is tried again.
type Verifier interface {
	Verify(ctx context.Context, value []byte, region, origin string, at time.Time) (content []byte, digest [32]byte, faults fault.List, err error)
}

// Config is what a store needs; the four first are required.
type Config struct {
	// Database is the store's own: sqlite:PATH, for one process at a time, or
	// postgres://..., where it keeps to the schema "nazionale".
	Database       string
	Communications Source // of Group, on co.*.v1
	Writers        func() Sink
	Verifier       Verifier
	Requests       Source        // of GroupRequests, on quadratura.v1; nil answers nobody
	Period         time.Duration // between publications of changed totals; default 2 s
	Patience       time.Duration // how long a message waits parked; default 24 h
	// Holder names this process among those that share the database and
	// publish in turn; at random if empty. Under its own name a process has
	// its turn back at once after a crash.
	Holder string
	Now    func() time.Time
	Log    *slog.Logger
}

// Node is one process of the national store; any number may share a database.
type Node struct {
	cfg      Config
	db       *sqlx.DB
	dialect  dialect
	prepared statements
	rome     *time.Location
	wake     chan struct{} // there is something to publish

	// sink writes totals and lists; the outbox has a writer of its own.
	sinkMu sync.Mutex
	sink   Sink
}

// Open opens the store's database and leaves it at rest until Run.
func Open(ctx context.Context, cfg Config) (*Node, error) {
	if cfg.Period <= 0 {
		cfg.Period = 2 * time.Second
	}
	if cfg.Patience <= 0 {
		cfg.Patience = 24 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Holder == "" {
		cfg.Holder = rand.Text()
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return nil, fmt.Errorf("open national store: %w", err)
	}
	n := &Node{cfg: cfg, rome: rome, wake: make(chan struct{}, 1)}
	if n.db, n.dialect, err = openDatabase(ctx, cfg.Database); err != nil {
		return nil, err
	}
	if n.prepared, err = n.dialect.prepare(ctx, n.db); err != nil {
		return nil, errors.Join(fmt.Errorf("open national store: %w", err), n.Close())
	}
	return n, nil
}

// Close closes the database. Call it after Run has returned.
func (n *Node) Close() error { return errors.Join(n.prepared.close(), n.db.Close()) }

// Ready tells whether the database answers.
func (n *Node) Ready(ctx context.Context) error {
	if err := n.db.PingContext(ctx); err != nil {
		return fmt.Errorf("ask national database: %w", err)
	}
	return nil
}

// Run applies, publishes and answers until ctx ends; it then returns nil.
// Trouble of broker and database only makes it wait.
func (n *Node) Run(ctx context.Context) error {
	n.sink = n.cfg.Writers()
	defer func() { _ = n.sink.Close() }()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.consume(gctx, n.cfg.Communications, n.apply) })
	if n.cfg.Requests != nil {
		g.Go(func() error { return n.consume(gctx, n.cfg.Requests, n.answer) })
	}
	g.Go(func() error { return n.publish(gctx) })
	g.Go(func() error { return n.every(gctx, n.cfg.Period, n.ownTotals) })
	g.Go(func() error { return n.every(gctx, time.Minute, n.Expire) })
	err := g.Wait()
	// What was applied since the last totals is told before the store falls
	// silent: a report on a stopped hub has nobody to ask.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTotals)
	defer cancel()
	if e := errors.Join(n.ownTotals(last), n.release(last)); e != nil {
		n.cfg.Log.Warn("last totals not published", "error", e)
	}
	return err
}

// ownTotals publishes totals if it is this process's turn.
func (n *Node) ownTotals(ctx context.Context) error {
	if held, err := n.holds(ctx); err != nil || !held {
		return err
	}
	return n.publishTotals(ctx)
}

// lastTotals bounds the publication of totals at the end of Run.
const lastTotals = 5 * time.Second

const batchLimit = 512

// consume hands batches to handle until it succeeds, then commits offsets,
// which goes on while the next batch is handled.
func (n *Node) consume(ctx context.Context, source Source, handle func(context.Context, []kafkago.Message) error) error {
	var commit sync.WaitGroup
	defer commit.Wait()
	for {
		batch, err := source.Batch(ctx, batchLimit)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read topics: %w", err)
		}
		if !n.insist(ctx, func() error { return handle(ctx, batch) }) {
			return nil
		}
		commit.Wait() // one at a time, in order
		commit.Go(func() {
			if err := source.CommitMessages(ctx, batch...); err != nil && ctx.Err() == nil {
				n.cfg.Log.Warn("offsets not committed, messages will come again", "error", err)
			}
		})
	}
}

// insist tries until step succeeds, with growing waits. It reports false when
// ctx ended before.
func (n *Node) insist(ctx context.Context, step func() error) bool {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := step()
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		n.cfg.Log.Warn("national store waits", "error", err)
		if !rest(ctx, wait) {
			return false
		}
	}
}

// rest waits for d; false when ctx ended.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// every runs step at once and then at each period.
func (n *Node) every(ctx context.Context, period time.Duration, step func(context.Context) error) error {
	for {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			n.cfg.Log.Warn("national store goes on", "error", err)
		}
		if !rest(ctx, period) {
			return nil
		}
	}
}

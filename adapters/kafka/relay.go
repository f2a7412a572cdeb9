package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/routing/ledger"
)

// DeadLetters records messages that can never be delivered.
type DeadLetters interface {
	// Bury appends a dead-letter entry for m, after which the outbox leaves
	// out what follows it in its root. Burying twice is harmless. The cause
	// is Italian and quotes nothing of the document.
	Bury(ctx context.Context, m ledger.Message, cause string) error
}

// RelayConfig is what a relay needs. Outbox, Dead, Holder, Writers and Letters
// are required; the rest has defaults.
type RelayConfig struct {
	Outbox  ledger.Outbox
	Dead    DeadLetters
	Letters *Publisher    // publishes the dead letters on scarti.v1
	Writers func() Writer // a fresh writer as NewWriter makes it
	Holder  string        // unique name of this process among those that share the store

	Lanes   int           // writers in parallel; default 2
	TTL     time.Duration // of a lease; 6 s or more; default 7 s
	Linger  time.Duration // wait before a call that would carry little; default 20 ms, at most 100
	Poll    time.Duration // wait without a nudge; default 1 s
	Backoff time.Duration // longest wait of a shard after failures; default 2 s
	Now     func() time.Time
	Log     *slog.Logger
}

// Times of a lease (DESIGN.md, Leases). A process that is killed or frozen is
// replaced within leaseTime + leaseTime/renewals, which must stay below ten
// seconds with the first write after it.
const (
	leaseTime = 7 * time.Second
	renewals  = 6 // in the life of a lease
	// leaseMargin is how much longer a lease must last for a write to start.
	leaseMargin = 2 * time.Second
)

// Relay publishes the outbox. A lane owns a writer and every Lanes-th shard,
// and has one call in flight: so a shard has at most one write in flight and
// no writer is shared, while a call gathers what several shards have due. A
// call never exceeds the writer's limits (see NewWriter), so what fails fails
// whole for a partition, hence for a root; its shard then stops, and is tried
// again later from its oldest message.
type Relay struct {
	cfg   RelayConfig
	lanes []*lane

	mu    sync.Mutex
	held  map[int]bool
	until time.Time // by Now: the leases hold at least until then
}

// NewRelay gives a relay that does nothing until Run.
func NewRelay(cfg RelayConfig) *Relay {
	cfg.Lanes = orDefault(cfg.Lanes, 2)
	cfg.TTL = max(orDefault(cfg.TTL, leaseTime), 3*leaseMargin)
	cfg.Linger = min(orDefault(cfg.Linger, 20*time.Millisecond), 100*time.Millisecond)
	cfg.Poll = orDefault(cfg.Poll, time.Second)
	cfg.Backoff = orDefault(cfg.Backoff, 2*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	r := &Relay{cfg: cfg, held: make(map[int]bool)}
	for i := range cfg.Lanes {
		r.lanes = append(r.lanes, newLane(r, i))
	}
	return r
}

func orDefault[T int | time.Duration](v, d T) T {
	if v <= 0 {
		return d
	}
	return v
}

// Nudge tells the relay that the outbox has grown. Never blocks; safe for
// concurrent use, before and during Run.
func (r *Relay) Nudge() {
	for _, l := range r.lanes {
		l.nudge()
	}
}

// Holds reports whether this process holds a shard now. The holder of shard 0
// publishes the sealed heads.
func (r *Relay) Holds(shard int) bool { return r.holds(shard, 0) }

// holds reports whether the lease of a shard lasts for d more.
func (r *Relay) holds(shard int, d time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held[shard] && r.cfg.Now().Add(d).Before(r.until)
}

// Run relays until ctx ends, then finishes the calls in flight, gives the
// shards back and returns nil. Trouble of store and broker only makes it wait.
func (r *Relay) Run(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.renew(gctx) })
	for _, l := range r.lanes {
		g.Go(func() error { return l.run(gctx) })
	}
	err := g.Wait()
	r.hold(nil, time.Time{})
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if e := r.cfg.Outbox.Release(end, r.cfg.Holder); e != nil {
		err = errors.Join(err, fmt.Errorf("release shards: %w", e))
	}
	return err
}

// renew takes and renews the leases.
func (r *Relay) renew(ctx context.Context) error {
	tick := time.NewTicker(r.cfg.TTL / renewals)
	defer tick.Stop()
	for {
		r.lease(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (r *Relay) lease(ctx context.Context) {
	// The store's clock starts the lease after this instant, so it lasts at
	// least until asked + TTL on ours.
	asked := r.cfg.Now()
	shards, err := r.cfg.Outbox.Lease(ctx, r.cfg.Holder, r.cfg.TTL)
	if err != nil {
		if ctx.Err() == nil {
			r.cfg.Log.Warn("lease shards", "error", err)
		}
		return // what is held stays held until its time is over
	}
	if r.hold(shards, asked.Add(r.cfg.TTL)) {
		r.Nudge()
	}
}

// hold sets what is held and reports whether something is new.
func (r *Relay) hold(shards []int, until time.Time) bool {
	held := make(map[int]bool, len(shards))
	for _, s := range shards {
		held[s] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	grown := false
	for s := range held {
		grown = grown || !r.held[s]
	}
	r.held, r.until = held, until
	return grown
}

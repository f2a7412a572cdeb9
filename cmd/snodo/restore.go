package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// errBehind: the ledger lacks entries that were promised outside.
var errBehind = errors.New("the ledger ends before a sealed head: restore a newer copy, or start with --after-restore")

// checkHeads compares the ledger with the heads sealed outside it, by whatever
// process. A ledger that ends before one has lost entries: a process that
// would append to it does not start, unless told that this is a restore; then
// no code that the lost ledger gave is given again.
func (n *node) checkHeads(ctx context.Context) error {
	if !n.roles.writes() {
		return nil
	}
	told, err := readHeads(n.cfg.Data)
	if err != nil {
		return err
	}
	for _, h := range told {
		n.watch.see(h)
	}
	err = n.await(ctx, "sealed heads", func(ctx context.Context) error { return n.watch.catchUp(ctx, n.brokers()) })
	if err != nil {
		return err
	}
	head, err := n.store.Head(ctx)
	if err != nil {
		return err
	}
	last := n.watch.latest()
	n.heads.floor = last.Instant
	switch {
	case last.Position <= head.Position:
		n.heads.last = last
		return n.checkEntry(ctx, last)
	case !n.cfg.Restore:
		return fmt.Errorf("%w (ledger at %d, head at %d)", errBehind, head.Position, last.Position)
	}
	return n.liftCounters(ctx)
}

// checkEntry makes sure that the entry a head names is the one we have.
func (n *node) checkEntry(ctx context.Context, h ledger.SealedHead) error {
	if h.Position == 0 {
		return nil
	}
	return n.store.Entries(ctx, h.Position, h.Position, func(s ledger.Stored) error {
		if s.Entry.Hash != h.Hash {
			return fmt.Errorf("the entry at %d is not the one that was sealed: run `snodo verify`", h.Position)
		}
		return nil
	})
}

// liftCounters raises the code counters above every code in the topics.
func (n *node) liftCounters(ctx context.Context) error {
	last := make(map[ledger.Counter]int64)
	for _, kind := range kinds() {
		err := kafka.Scan(ctx, n.brokers(), routing.TopicFor(kind), func(m kafka.Message) error {
			c, number, err := ledger.ParseCodice(m.Headers[kafka.HeaderSubject])
			if err != nil {
				n.log.Warn("a message without a code of ours is passed over", "topic", m.Topic, "offset", m.Offset)
				return nil
			}
			last[c] = max(last[c], number)
			return nil
		})
		if err != nil {
			return err
		}
	}
	var lift []ledger.LiftCounter
	for c, number := range last {
		lift = append(lift, ledger.LiftCounter{Region: c.Region, Province: c.Province, Year: c.Year, Last: number})
	}
	n.log.Warn("started behind a sealed head, after a restore", "counters", len(lift))
	if err := n.store.LiftCounters(ctx, lift); err != nil {
		return err
	}
	// From here on this ledger is the one that counts.
	return n.heads.seal(ctx)
}

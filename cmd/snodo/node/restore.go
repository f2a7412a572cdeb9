package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/snodo-co/snodo/routing/ledger"
)

// ErrBehind: the ledger lacks entries that were promised outside, and the node does
// not open.
var ErrBehind = errors.New("the ledger ends before a sealed head: restore a newer copy, or start with --after-restore")

// checkHeads compares the ledger with the heads sealed outside it, by whatever
// process. A ledger that ends before one has lost entries: a process that
// would append to it does not start, unless told that this is a restore. Then
// it resumes, also where no head is known: with a whole folder, the heads may
// be lost too.
func (n *Node) checkHeads(ctx context.Context) error {
	if !n.roles.writes() {
		return nil
	}
	told, err := ReadHeads(n.Config.Data)
	if err != nil {
		return err
	}
	for _, h := range told {
		n.watch.see(h)
	}
	err = n.await(ctx, "sealed heads", func(ctx context.Context) error { return n.watch.CatchUp(ctx, n.Brokers()) })
	if err != nil {
		return err
	}
	head, err := n.Store.Head(ctx)
	if err != nil {
		return err
	}
	last := n.watch.Latest()
	n.heads.floor = last.Instant
	switch {
	case last.Position <= head.Position:
		if err := n.checkEntry(ctx, last); err != nil {
			return err
		}
		n.heads.last = last
	case !n.Config.Restore:
		return fmt.Errorf("%w (ledger at %d, head at %d)", ErrBehind, head.Position, last.Position)
	}
	if !n.Config.Restore {
		return nil
	}
	n.heads.last = ledger.SealedHead{} // the resumed ledger is sealed at once
	return n.resume(ctx)
}

// checkEntry makes sure that the entry a head names is the one we have.
func (n *Node) checkEntry(ctx context.Context, h ledger.SealedHead) error {
	if h.Position == 0 {
		return nil
	}
	return n.Store.Entries(ctx, h.Position, h.Position, func(s ledger.Stored) error {
		if s.Entry.Hash != h.Hash {
			return fmt.Errorf("the entry at %d is not the one that was sealed: run `snodo verify`", h.Position)
		}
		return nil
	})
}

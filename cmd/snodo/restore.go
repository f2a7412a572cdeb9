package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/snodo-co/snodo/routing/ledger"
)

// errBehind: the ledger lacks entries that were promised outside.
var errBehind = errors.New("the ledger ends before a sealed head: restore a newer copy, or start with --after-restore")

// checkHeads compares the ledger with the heads sealed outside it. A ledger
// that ends before one has lost entries: the node does not start, unless told
// that this is a restore; then it resumes, also where no head is known: with the
// whole folder the heads may be lost too.
func (n *node) checkHeads(ctx context.Context) error {
	told, err := readHeads(n.cfg.Data)
	if err != nil {
		return err
	}
	published, err := scanHeads(ctx, n.brokers())
	if err != nil {
		return err
	}
	verifier := headVerifier([]*x509.Certificate{n.keys.Seal.Certificate()})
	var last ledger.SealedHead
	for _, h := range append(told, published...) {
		if err := verifier.Verify(h.Certificate, h.Bytes(), h.Seal); err != nil {
			n.log.Warn("a head that is not ours is passed over", "position", h.Position, "error", err)
			continue
		}
		// The latest, not the highest: a restore starts again further back.
		if h.Instant.After(last.Instant) {
			last = h
		}
	}
	head, err := n.store.Head(ctx)
	if err != nil {
		return err
	}
	n.heads.last = last
	switch {
	case last.Position <= head.Position:
		if err := n.checkEntry(ctx, last); err != nil {
			return err
		}
	case !n.cfg.Restore:
		return fmt.Errorf("%w (ledger at %d, head at %d)", errBehind, head.Position, last.Position)
	}
	if !n.cfg.Restore {
		return nil
	}
	n.heads.last = ledger.SealedHead{}
	return n.resume(ctx)
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

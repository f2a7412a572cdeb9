package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/snodo-co/snodo/routing/ledger"
)

// commit runs one group's transaction, in the order of contracts.md (Group
// commit): form gives the drafts once the head's lock is held. It returns the
// batch with its receipts.
func (s *Store) commit(ctx context.Context, form func(*txn) ([]ledger.Draft, error), b beside) (*ledger.Batch, [][]byte, error) {
	var batch *ledger.Batch
	var receipts [][]byte
	var drafts []ledger.Draft
	var head ledger.Head
	err := s.transact(ctx, func(t *txn) (err error) {
		if head, err = t.lockHead(); err != nil {
			return err
		}
		s.sieve.found(head.Position)
		if drafts, err = form(t); err != nil {
			return err
		}
		if err := t.writeMarks(b.marks); err != nil {
			return err
		}
		if err := t.writeNames(b.names); err != nil {
			return err
		}
		batch, err = s.assign(t, head, drafts)
		if err != nil || len(batch.Entries) == 0 {
			return err
		}
		// Receipts are sealed on the other processors while the rest is written.
		sealing := make(chan error, 1)
		go func() {
			var err error
			receipts, err = s.issue(ctx, batch.Entries)
			sealing <- err
		}()
		sealed := sync.OnceValue(func() error { return <-sealing })
		defer func() { _ = sealed() }()
		s.sieve.enter(batch)
		err = t.write(writes(head, batch, drafts), func() (part, error) {
			err := sealed()
			return receiptRows(batch, receipts, &s.texts), err
		})
		if err != nil {
			s.sieve.moved(head.Position) // back
		}
		return err
	})
	if errors.Is(err, errUnknown) && batch != nil && len(batch.Entries) > 0 {
		landed, check := s.landed(ctx, batch)
		if check != nil {
			return nil, nil, errors.Join(err, check)
		}
		if landed {
			err = nil
		} else {
			s.sieve.moved(head.Position)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if batch.Behind > 0 {
		s.options.Log.Error("clock is behind the ledger", "behind", batch.Behind, "position", batch.Head.Position)
	}
	if len(batch.Entries) > 0 {
		s.recent.put(batch, drafts, receipts)
		s.announce()
	}
	return batch, receipts, nil
}

// assign looks up what the ledger has about each draft and lets the ledger's
// arithmetic decide.
func (s *Store) assign(t *txn, head ledger.Head, drafts []ledger.Draft) (*ledger.Batch, error) {
	g := ledger.Group{Head: head, Now: s.options.Clock(), Members: make([]ledger.Member, len(drafts))}
	if s.options.Issuer != nil {
		g.Seal = s.options.Issuer.Seal()
	}
	found, err := find(t.ctx, t, drafts, s)
	if err != nil {
		return nil, fmt.Errorf("look up drafts: %w", err)
	}
	for i, d := range drafts {
		g.Members[i] = ledger.Member{Draft: d, Found: found[i]}
	}
	if g.Counters, err = t.counters(s.assigner.CounterKeys(&g)); err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	return s.assigner.Assign(&g)
}

// counters reads the last numbers of those that exist.
func (t *txn) counters(keys []ledger.Counter) (map[ledger.Counter]int64, error) {
	list := make(map[ledger.Counter]int64, len(keys))
	var values []any
	for _, k := range keys {
		values = append(values, k.Region, k.Province, k.Year)
	}
	err := many(t.ctx, t, sqlCounter, 3, values, func(scan keyRows) error {
		var last int64
		n, err := scan(&last)
		if err == nil {
			list[keys[n]] = last
		}
		return err
	})
	return list, err
}

// issue has receipts made and checks that exactly those due are there.
func (s *Store) issue(ctx context.Context, entries []ledger.Entry) ([][]byte, error) {
	if s.options.Issuer == nil {
		if slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.HasReceipt() }) {
			return nil, errors.New("issue receipts: no issuer")
		}
		return make([][]byte, len(entries)), nil
	}
	receipts, err := s.options.Issuer.Issue(ctx, entries)
	if err != nil {
		return nil, fmt.Errorf("issue receipts: %w", err)
	}
	if len(receipts) != len(entries) {
		return nil, fmt.Errorf("issue receipts: %d for %d entries", len(receipts), len(entries))
	}
	for i := range entries {
		if entries[i].HasReceipt() != (len(receipts[i]) > 0) {
			return nil, fmt.Errorf("issue receipts: position %d: receipt missing or in excess", entries[i].Position)
		}
	}
	return receipts, nil
}

// errLooked ends a transaction that only looked.
var errLooked = errors.New("nothing to commit")

// landed tells, after a COMMIT of unknown outcome, whether it happened: it
// takes the head's lock on a new connection and looks for the batch's last
// entry.
func (s *Store) landed(ctx context.Context, b *ledger.Batch) (bool, error) {
	var found bool
	err := s.transact(ctx, func(t *txn) error {
		if _, err := t.lockHead(); err != nil {
			return err
		}
		var h ledger.Hash
		var err error
		if found, err = one(ctx, t, sqlEntryHash, []any{b.Head.Position}, (*hashCell)(&h)); err != nil {
			return err
		}
		found = found && h == b.Head.Hash
		return errLooked
	})
	if !errors.Is(err, errLooked) {
		return false, fmt.Errorf("look for the group: %w", err)
	}
	return found, nil
}

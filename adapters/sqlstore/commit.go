package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/snodo-co/snodo/routing/ledger"
)

// commit runs one group's transaction, in the order of contracts.md (Group
// commit): form gives the drafts once the head's lock is held. It returns the
// batch with its receipts.
func (s *Store) commit(ctx context.Context, form func(*txn) ([]ledger.Draft, error)) (*ledger.Batch, [][]byte, error) {
	if s.dialect.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.dialect.patience)
		defer cancel()
	}
	var batch *ledger.Batch
	var receipts [][]byte
	err := s.transact(ctx, func(t *txn) error {
		head, err := t.lockHead()
		if err != nil {
			return err
		}
		drafts, err := form(t)
		if err != nil {
			return err
		}
		batch, err = s.assign(t, head, drafts)
		if err != nil || len(batch.Entries) == 0 {
			return err
		}
		if receipts, err = s.issue(ctx, batch.Entries); err != nil {
			return err
		}
		return t.writeBatch(head, batch, drafts, receipts)
	})
	if errors.Is(err, errUnknown) && batch != nil {
		landed, check := s.landed(context.WithoutCancel(ctx), batch)
		if check != nil {
			return nil, nil, errors.Join(err, check)
		}
		if landed {
			err = nil
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if batch.Behind > 0 {
		s.options.Log.Error("clock is behind the ledger", "behind", batch.Behind, "position", batch.Head.Position)
	}
	if len(batch.Entries) > 0 {
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
	found, err := find(t.ctx, t, drafts)
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

// writeBatch writes all a batch says. The head goes last, guarded by the
// position it was read at.
func (t *txn) writeBatch(before ledger.Head, b *ledger.Batch, drafts []ledger.Draft, receipts [][]byte) error {
	steps := []func() error{
		func() error { return t.writeEntries(b, drafts, receipts) },
		func() error { return t.writeContents(b.Contents) },
		func() error { return t.writeChains(b.Chains) },
		func() error { return t.writeOutbox(b) },
		func() error { return t.writeCounters(b.Counters) },
		func() error {
			return t.must(1, sqlHeadUpdate, b.Head.Position, b.Head.Hash[:], b.Head.Recorded.UnixMicro(), before.Position)
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) writeEntries(b *ledger.Batch, drafts []ledger.Draft, receipts [][]byte) error {
	entries := make([]any, 0, len(b.Entries)*entryWidth)
	var sealed, blobs []any
	for i := range b.Entries {
		e := &b.Entries[i]
		entries = entryValues(entries, e)
		if len(receipts[i]) > 0 {
			sealed = append(sealed, e.Position, receipts[i])
		}
		d := &drafts[b.Members[i]]
		if d.Document != nil {
			blobs = append(blobs, e.Document[:], d.Document)
		}
		if d.Evidence != nil {
			blobs = append(blobs, e.Evidence[:], d.Evidence)
		}
	}
	if err := t.insert(entriesTable(), entries); err != nil {
		return err
	}
	if err := t.insert(receiptsTable(), sealed); err != nil {
		return err
	}
	return t.insert(blobsTable(), blobs)
}

func (t *txn) writeContents(puts []ledger.Put[ledger.Content]) error {
	var fresh, known []any
	for _, p := range puts {
		c := p.Row
		if p.New {
			fresh = append(fresh, c.Digest[:], c.Sender, hash(c.RequestDigest), c.Position, number(c.FreedBy))
		} else {
			known = append(known, c.Sender, hash(c.RequestDigest), c.Position, number(c.FreedBy), c.Digest[:])
		}
	}
	if err := t.change(sqlContentSet, 5, known); err != nil {
		return fmt.Errorf("update content: %w", err)
	}
	return t.insert(contentTable(), fresh)
}

func (t *txn) writeChains(chains []ledger.Chain) error {
	var rows []any
	for _, c := range chains {
		rows = append(rows, c.Root, c.Employer, c.Worker, c.Start, c.Head[:], c.Position)
	}
	return t.insert(chainsTable(), rows)
}

func (t *txn) writeOutbox(b *ledger.Batch) error {
	var rows []any
	for _, d := range b.Outbox {
		rows = append(rows, d.Position, d.Topic, d.Root, d.Shard)
	}
	if err := t.insert(outboxTable(), rows); err != nil {
		return err
	}
	var dead []any
	for _, m := range b.Dead {
		dead = append(dead, m.By, m.Position, m.Topic)
	}
	if err := t.change(sqlDead, 3, dead); err != nil {
		return fmt.Errorf("mark dead letters: %w", err)
	}
	return nil
}

func (t *txn) writeCounters(counters []ledger.CounterValue) error {
	var fresh, known []any
	for _, c := range counters {
		if c.New {
			fresh = append(fresh, c.Last, c.Region, c.Province, c.Year)
		} else {
			known = append(known, c.Last, c.Region, c.Province, c.Year)
		}
	}
	if err := t.change(sqlCounterSet, 4, known); err != nil {
		return fmt.Errorf("update counters: %w", err)
	}
	return t.insert(countersTable(), fresh)
}

// errLooked ends a transaction that only looked.
var errLooked = errors.New("nothing to commit")

// landed tells, after a COMMIT of unknown outcome, whether it happened: it
// takes the head's lock on a new connection and looks for the batch's last
// entry.
func (s *Store) landed(ctx context.Context, b *ledger.Batch) (bool, error) {
	if s.dialect.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.dialect.patience)
		defer cancel()
	}
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

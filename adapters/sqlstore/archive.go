package sqlstore

import (
	"context"
	"fmt"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Accepted implements ledger.Journal.
func (s *Store) Accepted(ctx context.Context, digest ledger.Hash, sender string, request ledger.Hash) (ledger.Stored, bool, error) {
	if !request.IsZero() && !s.sieve.lacks(contentKey(request)) {
		h, err := s.holding(ctx, sqlRequest, sender, request[:])
		if err != nil {
			return ledger.Stored{}, false, unavailable("look up request", err)
		}
		if h != nil {
			return h.Stored, true, nil
		}
	}
	if s.sieve.lacks(contentKey(digest)) {
		return ledger.Stored{}, false, nil
	}
	h, err := s.holding(ctx, sqlContent, digest[:])
	if err != nil {
		return ledger.Stored{}, false, unavailable("look up content", err)
	}
	if h == nil || h.FreedBy != 0 && h.Content.Sender == sender {
		return ledger.Stored{}, false, nil
	}
	return h.Stored, true, nil
}

// Read implements ledger.Journal.
func (s *Store) Read(ctx context.Context, q ledger.ChainQuery) (ledger.Reading, error) {
	f, err := findChains(ctx, s, []ledger.ChainQuery{q}, &s.sieve)
	if err != nil {
		return ledger.Reading{}, unavailable("read chain", err)
	}
	return ledger.ReadingOf(q, f[0]), nil
}

// Head gives the last entry's position, hash and instant.
func (s *Store) Head(ctx context.Context) (ledger.Head, error) {
	var h ledger.Head
	_, err := one(ctx, s, sqlHead, nil, headTargets(&h)...)
	if err != nil {
		return h, unavailable("read head", err)
	}
	if h.Position == 0 {
		h = ledger.Head{}
	}
	return h, nil
}

// page is how many rows are read at a time: no cursor stays open while a
// caller works.
const page = 256

// Entries implements ledger.Archive.
func (s *Store) Entries(ctx context.Context, from, to int64, yield func(ledger.Stored) error) error {
	return s.entries(ctx, ``, nil, from, to, yield)
}

// Of is Entries for one type of entry.
func (s *Store) Of(ctx context.Context, t ledger.Type, from, to int64, yield func(ledger.Stored) error) error {
	return s.entries(ctx, ` AND e.type = ?`, []any{string(t)}, from, to, yield)
}

const sqlEntriesFrom = `SELECT ` + entryColumns + `, r.own, r.pieces FROM entries e
	LEFT JOIN (SELECT position AS receipt_position, own, pieces FROM receipts) r ON r.receipt_position = e.position
	WHERE e.position >= ? AND e.position <= ?`

func (s *Store) entries(ctx context.Context, where string, args []any, from, to int64, yield func(ledger.Stored) error) error {
	if to == 0 {
		head, err := s.Head(ctx)
		if err != nil {
			return err
		}
		to = head.Position
	}
	query := sqlEntriesFrom + where + fmt.Sprintf(` ORDER BY e.position LIMIT %d`, page)
	for from <= to {
		list, receipts := make([]ledger.Stored, 0, page), make([]cutReceipt, 0, page)
		err := each(ctx, s, query, append([]any{from, to}, args...), func(scan func(...any) error) error {
			var st ledger.Stored
			var c cutReceipt
			err := scan(append(entryTargets(&st.Entry), c.targets()...)...)
			list, receipts = append(list, st), append(receipts, c)
			return err
		})
		if err == nil {
			err = s.whole(ctx, s, receipts, func(n int, receipt []byte) { list[n].Receipt = receipt })
		}
		if err != nil {
			return unavailable("read entries", err)
		}
		for _, st := range list {
			if err := yield(st); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
		from = list[len(list)-1].Entry.Position + 1
	}
	return nil
}

// ByCodice implements ledger.Archive.
func (s *Store) ByCodice(ctx context.Context, codice string) ([]ledger.Stored, error) {
	list, err := s.submission(ctx, sqlEntryByCode, codice)
	if err != nil {
		return nil, err
	}
	var wants []wanted
	var about []*ledger.Stored
	err = each(ctx, s, sqlAbouts, []any{list[0].Entry.Position}, func(scan func(...any) error) error {
		o := new(ledger.Stored)
		w := wanted{stored: o}
		err := scan(&w.position)
		wants, about = append(wants, w), append(about, o)
		return err
	})
	if err == nil {
		err = s.load(ctx, s, wants)
	}
	if err != nil {
		return nil, unavailable("read outcomes", err)
	}
	for _, o := range about {
		if o.Entry.Type == ledger.Outcome {
			list = append(list, *o)
		}
	}
	return list, nil
}

// ByID implements ledger.Archive.
func (s *Store) ByID(ctx context.Context, id ledger.Hash) ([]ledger.Stored, error) {
	return s.submission(ctx, sqlEntryByHash, id[:])
}

// submission reads one submission with its receipt.
func (s *Store) submission(ctx context.Context, statement string, arg any) ([]ledger.Stored, error) {
	var e ledger.Entry
	found, err := one(ctx, s, statement, []any{arg}, entryTargets(&e)...)
	if err != nil {
		return nil, unavailable("read entry", err)
	}
	if !found {
		return nil, ledger.ErrNotFound
	}
	receipt, err := s.receiptOf(ctx, e.Position)
	if err != nil {
		return nil, unavailable("read receipt", err)
	}
	return []ledger.Stored{{Entry: e, Receipt: receipt}}, nil
}

// Document implements ledger.Archive.
func (s *Store) Document(ctx context.Context, position int64, p ledger.Part) ([]byte, error) {
	var b []byte
	found, err := one(ctx, s, sqlDocument, []any{documentID(position, p)}, (*rawCell)(&b))
	if err != nil {
		return nil, unavailable("read document", err)
	}
	if !found {
		return nil, ledger.ErrNotFound
	}
	return b, nil
}

package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Erase deletes the documents and envelopes of rejected and refused submissions
// recorded before an instant, and appends an Erasure that says so. It gives the
// number of documents erased; if none, no entry is appended.
//
// What an erasure before it covered is not looked at again. Entries are read
// outside the lock: they never change.
func (s *Store) Erase(ctx context.Context, before time.Time) (int64, error) {
	if s.writer == nil {
		return 0, fmt.Errorf("erase documents: %w: opened read-only", ledger.ErrUnavailable)
	}
	note, ids, err := s.erasable(ctx, before)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	_, _, err = s.commit(ctx, func(t *txn) ([]ledger.Draft, error) {
		note.Count = 0
		for some := range slices.Chunk(ids, inLimit) {
			in, args := members(t.store.dialect, some)
			count, err := t.exec(`DELETE FROM documents WHERE id`+in, args...)
			if err != nil {
				return nil, err
			}
			note.Count += count
		}
		if note.Count == 0 {
			return nil, nil // another process was first
		}
		payload, err := ledger.Payload(note)
		if err != nil {
			return nil, err
		}
		return []ledger.Draft{{Entry: ledger.Entry{
			Type: ledger.Erasure, Received: s.options.Clock(), Payload: payload,
		}}}, nil
	}, beside{})
	if err != nil {
		return 0, unavailable("erase documents", err)
	}
	return note.Count, nil
}

// erasable lists the documents to erase, and the range they are of.
func (s *Store) erasable(ctx context.Context, before time.Time) (ledger.ErasureNote, []int64, error) {
	var last ledger.ErasureNote
	var payload []byte
	found, err := one(ctx, s, `SELECT payload FROM entries WHERE type = 'erasure' ORDER BY position DESC LIMIT 1`, nil, (*rawCell)(&payload))
	if err == nil && found {
		err = json.Unmarshal(payload, &last)
	}
	if err != nil {
		return last, nil, unavailable("read erasure", err)
	}
	head, err := s.Head(ctx)
	if err != nil {
		return last, nil, err
	}
	behind, err := s.firstFrom(ctx, head.Position, before)
	if err != nil {
		return last, nil, err
	}
	note := ledger.ErasureNote{From: last.To + 1, To: behind - 1}
	var ids []int64
	const query = `SELECT position, document IS NOT NULL, evidence IS NOT NULL FROM entries
		WHERE position >= ? AND position <= ? AND type IN ('submission', 'statement') AND status <> 'accepted' ORDER BY position`
	err = each(ctx, s, query, []any{note.From, note.To}, func(scan func(...any) error) error {
		var position int64
		var document, evidence bool
		err := scan(&position, &document, &evidence)
		if document {
			ids = append(ids, documentID(position, ledger.TheDocument))
		}
		if evidence {
			ids = append(ids, documentID(position, ledger.TheEvidence))
		}
		return err
	})
	if err != nil {
		return note, nil, unavailable("list documents to erase", err)
	}
	return note, ids, nil
}

// LiftCounters raises code counters to at least the given numbers, after a
// restore that lost codes already given, and appends an Act that says so.
func (s *Store) LiftCounters(ctx context.Context, counters []ledger.LiftCounter) error {
	_, _, err := s.commit(ctx, func(t *txn) ([]ledger.Draft, error) {
		note := ledger.LiftNote{Act: ledger.LiftAct}
		for _, c := range counters {
			var last int64
			found, err := one(ctx, t, sqlCounter, []any{c.Region, c.Province, c.Year}, &last)
			if err != nil {
				return nil, err
			}
			if found && last >= c.Last {
				continue
			}
			key := ledger.Counter{Region: c.Region, Province: c.Province, Year: c.Year}
			for _, p := range counterWrites([]ledger.CounterValue{{Counter: key, Last: c.Last, New: !found}}) {
				if err := t.writePart(p); err != nil {
					return nil, err
				}
			}
			note.Counters = append(note.Counters, c)
		}
		if len(note.Counters) == 0 {
			return nil, nil
		}
		payload, err := ledger.Payload(note)
		if err != nil {
			return nil, err
		}
		return []ledger.Draft{{Entry: ledger.Entry{Type: ledger.Act, Received: s.options.Clock(), Payload: payload}}}, nil
	}, beside{})
	if err != nil {
		return unavailable("lift counters", err)
	}
	return nil
}

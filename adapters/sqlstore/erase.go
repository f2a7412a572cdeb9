package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Erase deletes the documents and envelopes that only rejected or refused
// submissions recorded before an instant name, and appends an Erasure that
// says so. Bytes that an accepted entry or a younger rejection names stay. It
// gives the number of documents erased; if none, no entry is appended.
//
// It reads the whole ledger twice outside the lock, and under it only what
// came in the meantime.
func (s *Store) Erase(ctx context.Context, before time.Time) (int64, error) {
	if s.writer == nil {
		return 0, fmt.Errorf("erase documents: %w: opened read-only", ledger.ErrUnavailable)
	}
	head, err := s.Head(ctx)
	if err != nil {
		return 0, err
	}
	e := erasing{before: before, keys: make(map[ledger.Hash]bool)}
	for _, look := range []func(*namer) error{e.collect, e.keep} {
		if err := eachNamer(ctx, s, 0, head.Position, look); err != nil {
			return 0, unavailable("erase documents", err)
		}
	}
	if len(e.keys) == 0 {
		return 0, nil
	}
	_, _, err = s.commit(ctx, func(t *txn) ([]ledger.Draft, error) {
		now, err := t.lockHead()
		if err != nil {
			return nil, err
		}
		if err := eachNamer(ctx, t, head.Position, now.Position, e.keep); err != nil {
			return nil, err
		}
		if err := e.delete(t); err != nil || e.note.Count == 0 {
			return nil, err
		}
		payload, err := ledger.Payload(e.note)
		if err != nil {
			return nil, err
		}
		return []ledger.Draft{{Entry: ledger.Entry{
			Type: ledger.Erasure, Received: s.options.Clock(), Payload: payload,
		}}}, nil
	})
	if err != nil {
		return 0, unavailable("erase documents", err)
	}
	return e.note.Count, nil
}

// erasing is one erasure under way.
type erasing struct {
	before time.Time
	note   ledger.ErasureNote
	keys   map[ledger.Hash]bool // to delete
}

// namer is the part of an entry that matters to erasing.
type namer struct {
	position int64
	kind     ledger.Type
	status   ledger.Status
	recorded time.Time
	keys     [2]ledger.Hash
	payload  []byte
}

func (n *namer) disposable() bool {
	return n.kind == ledger.Submission && n.status != ledger.Accepted
}

func eachNamer(ctx context.Context, q querier, after, to int64, look func(*namer) error) error {
	const query = `SELECT position, type, status, recorded, document, evidence, CASE WHEN type = 'erasure' THEN payload END
		FROM entries WHERE position > ? AND position <= ? AND (document IS NOT NULL OR evidence IS NOT NULL OR type = 'erasure')
		ORDER BY position`
	return each(ctx, q, query, []any{after, to}, func(scan func(...any) error) error {
		var n namer
		err := scan(&n.position, (*textCell)(&n.kind), (*textCell)(&n.status), (*instantCell)(&n.recorded),
			(*hashCell)(&n.keys[0]), (*hashCell)(&n.keys[1]), (*rawCell)(&n.payload))
		if err != nil {
			return err
		}
		return look(&n)
	})
}

// collect finds the candidates behind the last erasure's range.
func (e *erasing) collect(n *namer) error {
	if n.kind == ledger.Erasure {
		var last ledger.ErasureNote
		if err := json.Unmarshal(n.payload, &last); err != nil {
			return fmt.Errorf("read erasure: %w", err)
		}
		e.note.From = last.To + 1
	}
	if !n.recorded.Before(e.before) {
		return nil
	}
	e.note.To = n.position
	if n.disposable() {
		for _, key := range n.keys {
			if !key.IsZero() {
				e.keys[key] = true
			}
		}
	}
	return nil
}

// keep takes out what an accepted entry, or one behind the range, names.
func (e *erasing) keep(n *namer) error {
	if n.disposable() && n.position <= e.note.To {
		return nil
	}
	for _, key := range n.keys {
		delete(e.keys, key)
	}
	return nil
}

// delete deletes the keys that are left and counts them.
func (e *erasing) delete(t *txn) error {
	e.note.From = max(e.note.From, 1)
	var keys [][]byte
	for key := range e.keys {
		keys = append(keys, key[:])
	}
	for some := range slices.Chunk(keys, inLimit) {
		in, args := members(t.store.dialect, some)
		count, err := t.exec(`DELETE FROM blobs WHERE key`+in, args...)
		if err != nil {
			return err
		}
		e.note.Count += count
	}
	return nil
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
	})
	if err != nil {
		return unavailable("lift counters", err)
	}
	return nil
}

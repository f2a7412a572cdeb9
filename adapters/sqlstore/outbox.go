package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Pending implements ledger.Outbox.
func (s *Store) Pending(ctx context.Context, holder string, shards []int, limit, size int) ([]ledger.Message, error) {
	due, err := s.due(ctx, holder, shards, limit)
	if err != nil {
		return nil, unavailable("read outbox", err)
	}
	// Documents have up to 4 MiB: only as many are read as were asked for.
	for i, total := 0, 0; i < len(due); i += loaded {
		some := due[i:min(i+loaded, len(due))]
		if err := s.loadMessages(ctx, some); err != nil {
			return nil, unavailable("read outbox", err)
		}
		for n, m := range some {
			if total += len(m.Document); total > size && i+n > 0 {
				return due[:i+n], nil
			}
		}
	}
	return due, nil
}

// loaded is how many messages are read at once.
const loaded = 8

// due lists what is due, without entries and documents. When there is more
// than was asked for, each shard gets an equal part of the places.
func (s *Store) due(ctx context.Context, holder string, shards []int, limit int) ([]ledger.Message, error) {
	due, err := s.dueOf(ctx, holder, shards, limit)
	if err != nil || len(shards) == 1 {
		return due, err
	}
	if len(due) < limit {
		slices.SortStableFunc(due, func(a, b ledger.Message) int {
			return slices.Index(shards, a.Shard) - slices.Index(shards, b.Shard)
		})
		return due, nil
	}
	due = due[:0]
	for _, shard := range shards {
		some, err := s.dueOf(ctx, holder, []int{shard}, max(1, limit/len(shards)))
		if err != nil {
			return nil, err
		}
		due = append(due, some...)
	}
	return due, nil
}

func (s *Store) dueOf(ctx context.Context, holder string, shards []int, limit int) ([]ledger.Message, error) {
	list, err := s.dialect.list(shards)
	if err != nil {
		return nil, err
	}
	var due []ledger.Message // a message is large, and mostly there are few
	err = each(ctx, s, s.dialect.due, []any{list, holder, limit}, func(scan func(...any) error) error {
		var m ledger.Message
		err := scan(&m.Shard, &m.Position, &m.Topic)
		due = append(due, m)
		return err
	})
	return due, err
}

// loadMessages reads entries and documents. A document that is not there is
// left nil.
func (s *Store) loadMessages(ctx context.Context, list []ledger.Message) error {
	var positions, ids []any
	var missing []*ledger.Message
	for i := range list {
		m := &list[i]
		var ok bool
		if m.Entry, m.Document, ok = s.recent.message(m.Position); !ok {
			missing = append(missing, m)
			positions, ids = append(positions, m.Position), append(ids, documentID(m.Position, ledger.TheDocument))
		}
	}
	err := entriesAt(ctx, s, positions, func(n int, e ledger.Entry) { missing[n].Entry = e })
	if err != nil {
		return err
	}
	return many(ctx, s, sqlDocument, 1, ids, func(scan keyRows) error {
		var b []byte
		n, err := scan((*rawCell)(&b))
		if err == nil {
			missing[n].Document = b
		}
		return err
	})
}

// inLimit is how many values an IN list takes at once.
const inLimit = 256

// mark says that the broker acknowledged messages of a topic.
type mark struct {
	topic     string
	positions []int64
	answer    chan error // capacity 1
}

// Done implements ledger.Outbox. Marking twice is harmless: the first instant
// stays. It goes with the next group commit, which costs it no transaction of
// its own while there is traffic.
func (s *Store) Done(ctx context.Context, topic string, positions []int64) error {
	if len(positions) == 0 {
		return nil
	}
	m := &mark{topic: topic, positions: positions, answer: make(chan error, 1)}
	if err := s.enqueueMark(m); err != nil {
		return err
	}
	select {
	case err := <-m.answer:
		if err != nil {
			return unavailable("mark delivered", err)
		}
	case <-ctx.Done(): // whether it is marked is not known: marking again is harmless
		return ctx.Err()
	}
	s.recent.delivered(positions)
	return nil
}

func (s *Store) enqueueMark(m *mark) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.writer == nil {
		return fmt.Errorf("mark delivered: %w: closed", ledger.ErrUnavailable)
	}
	s.marks = append(s.marks, m)
	s.wakeUp()
	return nil
}

// writeMarks marks what was delivered.
func (t *txn) writeMarks(marks []*mark) error {
	for _, m := range marks {
		for some := range slices.Chunk(m.positions, inLimit) {
			list, err := t.store.dialect.list(some)
			if err != nil {
				return err
			}
			if _, err := t.exec(t.store.dialect.done, m.topic, list); err != nil {
				return fmt.Errorf("mark delivered: %w", err)
			}
		}
	}
	return nil
}

// rewound is how many positions are rewound at a time, so that nobody waits
// for millions.
const rewound = 10_000

// Rewind makes delivered messages of positions from..to (0 = the last) due
// again, dead letters excepted: an emptied broker is refilled by replay. It
// gives their number, after an error too: what was rewound stays so.
func (s *Store) Rewind(ctx context.Context, topic string, from, to int64) (int64, error) {
	if to == 0 {
		head, err := s.Head(ctx)
		if err != nil {
			return 0, err
		}
		to = head.Position
	}
	var n int64
	for ; from <= to; from += rewound {
		err := s.transact(ctx, func(t *txn) error {
			some, err := t.exec(`UPDATE outbox SET done_at = NULL
				WHERE topic = ? AND done_at IS NOT NULL AND dead IS NULL AND position >= ? AND position <= ?`,
				topic, from, min(to, from+rewound-1))
			n += some
			return err
		})
		if err != nil {
			return n, unavailable("rewind outbox", err)
		}
	}
	s.announce()
	return n, nil
}

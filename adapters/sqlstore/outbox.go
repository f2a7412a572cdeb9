package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Pending implements ledger.Outbox.
func (s *Store) Pending(ctx context.Context, holder string, shard, limit int) ([]ledger.Message, error) {
	held := false
	var list []ledger.Message
	err := each(ctx, s, sqlPending(s.dialect), []any{shard, limit, shard, holder}, func(scan func(...any) error) error {
		held = true
		m := ledger.Message{Shard: shard}
		err := scan(append([]any{(*numberCell)(&m.Position), (*textCell)(&m.Topic), (*rawCell)(&m.Document)}, entryTargets(&m.Entry)...)...)
		if m.Position != 0 {
			list = append(list, m)
		}
		return err
	})
	if err != nil {
		return nil, unavailable("read outbox", err)
	}
	if !held {
		return nil, ledger.ErrNotHeld
	}
	for _, m := range list {
		if m.Document == nil {
			return nil, fmt.Errorf("read outbox: position %d: %w", m.Position, ledger.ErrNotFound)
		}
	}
	return list, nil
}

// inLimit is how many values an IN list takes at once.
const inLimit = 256

// Done implements ledger.Outbox. Marking twice is harmless: the first instant
// stays.
func (s *Store) Done(ctx context.Context, topic string, positions []int64) error {
	if len(positions) == 0 {
		return nil
	}
	err := s.transact(ctx, func(t *txn) error {
		for some := range slices.Chunk(positions, inLimit) {
			in, args := members(s.dialect, some)
			if _, err := t.exec(`UPDATE outbox SET done_at = `+s.dialect.now+
				` WHERE topic = ? AND done_at IS NULL AND position`+in, append([]any{topic}, args...)...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return unavailable("mark delivered", err)
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

// Waiting counts the messages not yet acknowledged, dead letters excepted.
func (s *Store) Waiting(ctx context.Context) (int64, error) {
	var n int64
	_, err := one(ctx, s, `SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead IS NULL`, nil, &n)
	if err != nil {
		return 0, unavailable("count outbox", err)
	}
	return n, nil
}

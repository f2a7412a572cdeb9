package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Lease implements ledger.Outbox. Expiry goes by the database's clock alone.
func (s *Store) Lease(ctx context.Context, holder string, ttl time.Duration) ([]int, error) {
	if holder == "" || ttl <= 0 {
		return nil, errors.New("lease shards: no holder or no time")
	}
	var held []int
	err := s.transact(ctx, func(t *txn) error {
		now := s.dialect.now
		if _, err := t.exec(`UPDATE relay_leases SET holder = ?, expires = `+now+` + ? WHERE holder = ? OR expires <= `+now,
			holder, ttl.Microseconds(), holder); err != nil {
			return err
		}
		return each(ctx, t, `SELECT shard FROM relay_leases WHERE holder = ? ORDER BY shard`, []any{holder},
			func(scan func(...any) error) error {
				var shard int
				err := scan(&shard)
				held = append(held, shard)
				return err
			})
	})
	if err != nil {
		return nil, unavailable("lease shards", err)
	}
	return held, nil
}

// Release implements ledger.Outbox.
func (s *Store) Release(ctx context.Context, holder string) error {
	err := s.transact(ctx, func(t *txn) error {
		_, err := t.exec(`UPDATE relay_leases SET holder = '', expires = 0 WHERE holder = ?`, holder)
		return err
	})
	if err != nil {
		return unavailable("release shards", err)
	}
	return nil
}

// Pending implements ledger.Outbox.
func (s *Store) Pending(ctx context.Context, holder string, shard, limit int) ([]ledger.Message, error) {
	if err := s.holds(ctx, holder, shard); err != nil {
		return nil, err
	}
	var list []ledger.Message
	err := each(ctx, s, sqlPending, []any{shard, limit}, func(scan func(...any) error) error {
		m := ledger.Message{Shard: shard}
		err := scan(&m.Position, &m.Topic)
		list = append(list, m)
		return err
	})
	if err != nil {
		return nil, unavailable("read outbox", err)
	}
	for i := range list {
		m := &list[i]
		if _, err := one(ctx, s, sqlEntry, []any{m.Position}, entryTargets(&m.Entry)...); err != nil {
			return nil, unavailable("read outbox", err)
		}
		if m.Document, err = blob(ctx, s, m.Entry.Document); err != nil {
			return nil, fmt.Errorf("read outbox: position %d: %w", m.Position, err)
		}
	}
	return list, nil
}

// holds reports ErrNotHeld unless the shard is holder's by the database's clock.
func (s *Store) holds(ctx context.Context, holder string, shard int) error {
	var n int
	_, err := one(ctx, s, `SELECT count(*) FROM relay_leases WHERE shard = ? AND holder = ? AND expires > `+s.dialect.now,
		[]any{shard, holder}, &n)
	if err != nil {
		return unavailable("read lease", err)
	}
	if n == 0 {
		return ledger.ErrNotHeld
	}
	return nil
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

// Rewind makes delivered messages of positions from..to (0 = the last) due
// again, dead letters excepted: an emptied broker is refilled by replay. It
// gives their number.
func (s *Store) Rewind(ctx context.Context, topic string, from, to int64) (int64, error) {
	where := []string{`topic = ?`, `done_at IS NOT NULL`, `dead IS NULL`, `position >= ?`}
	args := []any{topic, from}
	if to > 0 {
		where, args = append(where, `position <= ?`), append(args, to)
	}
	var n int64
	err := s.transact(ctx, func(t *txn) error {
		var err error
		n, err = t.exec(`UPDATE outbox SET done_at = NULL WHERE `+strings.Join(where, ` AND `), args...)
		return err
	})
	if err != nil {
		return 0, unavailable("rewind outbox", err)
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

package sqlstore

import (
	"context"
	"time"
)

// Backlog counts the messages not yet acknowledged, dead letters excepted, and
// gives the recorded instant of the oldest; zero if there is none.
func (s *Store) Backlog(ctx context.Context) (waiting int64, oldest time.Time, err error) {
	var first int64
	_, err = one(ctx, s, `SELECT count(*), min(position) FROM outbox WHERE done_at IS NULL AND dead IS NULL`,
		nil, &waiting, (*numberCell)(&first))
	if err == nil && first > 0 {
		_, err = one(ctx, s, `SELECT recorded FROM entries WHERE position = ?`, []any{first}, (*instantCell)(&oldest))
	}
	if err != nil {
		return 0, time.Time{}, unavailable("count outbox", err)
	}
	return waiting, oldest, nil
}

// Holders counts the shards that each holder's lease covers now, by the
// database's clock.
func (s *Store) Holders(ctx context.Context) (map[string]int, error) {
	held := make(map[string]int)
	err := each(ctx, s, `SELECT holder, count(*) FROM relay_leases WHERE holder <> '' AND expires > `+s.dialect.now+` GROUP BY holder`,
		nil, func(scan func(...any) error) error {
			var holder string
			var n int
			err := scan(&holder, &n)
			held[holder] = n
			return err
		})
	if err != nil {
		return nil, unavailable("read leases", err)
	}
	return held, nil
}

package sqlstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// lease is the state of one shard.
type lease struct {
	shard  int
	holder string // nobody if it was shed or given back
	live   bool   // its time is not over, by the database's clock
}

// Lease implements ledger.Outbox. Expiry goes by the database's clock alone.
// A shard that is shed has no holder any more, and no new one before its time
// is over: a write of the old holder may be on its way.
func (s *Store) Lease(ctx context.Context, holder string, ttl time.Duration) ([]int, error) {
	if holder == "" || ttl <= 0 {
		return nil, errors.New("lease shards: no holder or no time")
	}
	var held []int
	err := s.transact(ctx, func(t *txn) error {
		leases, err := t.lockLeases()
		if err != nil {
			return err
		}
		holders, err := t.meet(holder, ttl)
		if err != nil {
			return err
		}
		var shed []int
		held, shed = shares(leases, holder, holders)
		return errors.Join(
			t.setLeases(holder, `, expires = `+s.dialect.now+` + ?`, []any{ttl.Microseconds()}, held),
			t.setLeases("", "", nil, shed))
	})
	if err != nil {
		return nil, unavailable("lease shards", err)
	}
	return held, nil
}

// shares divides the shards among that many holders: one keeps what it has of
// its share, sheds what is above, and takes what is free below.
func shares(leases []lease, holder string, holders int) (held, shed []int) {
	share := (ledger.Shards + holders - 1) / holders
	for _, l := range leases {
		switch {
		case !l.live || l.holder != holder:
		case len(held) < share:
			held = append(held, l.shard)
		default:
			shed = append(shed, l.shard)
		}
	}
	for _, l := range leases {
		if !l.live && len(held) < share {
			held = append(held, l.shard)
		}
	}
	slices.Sort(held)
	return held, shed
}

// lockLeases reads all leases, and keeps other holders from them.
func (t *txn) lockLeases() ([]lease, error) {
	var leases []lease
	err := each(t.ctx, t, `SELECT shard, holder, expires > `+t.store.dialect.now+` FROM relay_leases ORDER BY shard`+
		t.store.dialect.forUpdate, nil, func(scan func(...any) error) error {
		var l lease
		err := scan(&l.shard, &l.holder, &l.live)
		leases = append(leases, l)
		return err
	})
	return leases, err
}

// meet enters a holder among those that share the shards, and counts them.
func (t *txn) meet(holder string, ttl time.Duration) (int, error) {
	now := t.store.dialect.now
	if _, err := t.exec(`INSERT INTO relay_holders (holder, expires) VALUES (?, `+now+` + ?)
		ON CONFLICT (holder) DO UPDATE SET expires = excluded.expires`, holder, ttl.Microseconds()); err != nil {
		return 0, err
	}
	if _, err := t.exec(`DELETE FROM relay_holders WHERE expires <= ` + now); err != nil {
		return 0, err
	}
	var n int
	_, err := one(t.ctx, t, `SELECT count(*) FROM relay_holders`, nil, &n)
	return max(n, 1), err
}

// setLeases gives shards to a holder.
func (t *txn) setLeases(holder, also string, args []any, shards []int) error {
	if len(shards) == 0 {
		return nil
	}
	in, list := members(t.store.dialect, shards)
	return t.must(int64(len(shards)), `UPDATE relay_leases SET holder = ?`+also+` WHERE shard`+in,
		slices.Concat([]any{holder}, args, list)...)
}

// Release implements ledger.Outbox.
func (s *Store) Release(ctx context.Context, holder string) error {
	err := s.transact(ctx, func(t *txn) error {
		if _, err := t.lockLeases(); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM relay_holders WHERE holder = ?`, holder); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE relay_leases SET holder = '', expires = 0 WHERE holder = ?`, holder)
		return err
	})
	if err != nil {
		return unavailable("release shards", err)
	}
	return nil
}

package sqlstore

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

const (
	sqlMessage       = `SELECT digest FROM messages WHERE name = ?`
	sqlMessageInsert = `INSERT INTO messages (name, digest, received) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`
	sqlMessageForget = `DELETE FROM messages WHERE received < ?`
)

// messageName is the key of a message's row: the names themselves are not
// stored, and are of any length.
func messageName(k ledger.MessageKey) []byte {
	h := sha256.New()
	for _, part := range []string{"snodo/message/v1", k.Region, k.Sender, k.ID} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return h.Sum(nil)
}

// Recall implements ledger.Messages.
func (s *Store) Recall(ctx context.Context, k ledger.MessageKey) (ledger.Hash, bool, error) {
	var digest ledger.Hash
	found, err := one(ctx, s, sqlMessage, []any{messageName(k)}, (*hashCell)(&digest))
	if err != nil {
		return ledger.Hash{}, false, unavailable("recall message", err)
	}
	return digest, found, nil
}

// Remember implements ledger.Messages. The row is there and durable, or an
// error says that nothing is known: the sender sends again.
func (s *Store) Remember(ctx context.Context, k ledger.MessageKey, digest ledger.Hash, at time.Time) (ledger.Hash, error) {
	kept, name := digest, messageName(k)
	err := s.transact(ctx, func(t *txn) error {
		n, err := t.exec(sqlMessageInsert, name, digest[:], at.UnixMicro())
		if err != nil || n == 1 {
			return err
		}
		found, err := one(t.ctx, t, sqlMessage, []any{name}, (*hashCell)(&kept))
		if err == nil && !found {
			err = errConflict // forgotten in between: the sender sends again
		}
		return err
	})
	if err != nil {
		return ledger.Hash{}, unavailable("remember message", err)
	}
	return kept, nil
}

// Forget implements ledger.Messages.
func (s *Store) Forget(ctx context.Context, before time.Time) (int64, error) {
	var forgotten int64
	err := s.transact(ctx, func(t *txn) error {
		var err error
		forgotten, err = t.exec(sqlMessageForget, before.UnixMicro())
		return err
	})
	if err != nil {
		return 0, unavailable("forget messages", err)
	}
	return forgotten, nil
}

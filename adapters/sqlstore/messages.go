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

// naming is a name that waits for the next group commit.
type naming struct {
	name   []byte
	digest ledger.Hash // of the content that came under it; then, of the one that is kept
	at     time.Time
	answer chan error // capacity 1
}

// Remember implements ledger.Messages. The row is there and durable, or an
// error says that nothing is known: the sender sends again. It goes with the next
// group commit, which costs it no transaction of its own while there is traffic.
func (s *Store) Remember(ctx context.Context, k ledger.MessageKey, digest ledger.Hash, at time.Time) (ledger.Hash, error) {
	n := &naming{name: messageName(k), digest: digest, at: at, answer: make(chan error, 1)}
	if err := s.enqueueName(n); err != nil {
		return ledger.Hash{}, err
	}
	select {
	case err := <-n.answer:
		if err != nil {
			return ledger.Hash{}, unavailable("remember message", err)
		}
		return n.digest, nil
	case <-ctx.Done(): // it may be kept: the same message is taken again
		return ledger.Hash{}, ctx.Err()
	}
}

func (s *Store) enqueueName(n *naming) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.writer == nil {
		return fmt.Errorf("remember message: %w: closed", ledger.ErrUnavailable)
	}
	s.names = append(s.names, n)
	s.wakeUp()
	return nil
}

// messagesTable leaves what is there.
func messagesTable() table {
	return table{name: "messages", columns: "name, digest, received", types: "bytea, bytea, bigint", width: 3, suffix: ` ON CONFLICT (name) DO NOTHING`}
}

// writeNames keeps names that are not kept yet, and gives each the digest that is.
// Of one name twice the first counts.
func (t *txn) writeNames(names []*naming) error {
	if len(names) == 0 {
		return nil
	}
	var rows, asked []any
	looked := names
	for _, n := range names {
		rows = append(rows, n.name, n.digest[:], n.at.UnixMicro())
	}
	if t.store.dialect.setwise {
		if _, err := t.exec(messagesTable().insertSet(), columns(messagesTable().width, rows)...); err != nil {
			return fmt.Errorf("remember messages: %w", err)
		}
	} else {
		looked = nil
		for i, n := range names {
			got, err := t.exec(sqlMessageInsert, rows[3*i:3*i+3]...)
			if err != nil {
				return fmt.Errorf("remember messages: %w", err)
			}
			if got == 0 {
				looked = append(looked, n)
			}
		}
	}
	for _, n := range looked {
		asked = append(asked, n.name)
	}
	found := 0
	err := many(t.ctx, t, sqlMessage, 1, asked, func(scan keyRows) error {
		var digest ledger.Hash
		i, err := scan((*hashCell)(&digest))
		if err == nil {
			found++
			looked[i].digest = digest
		}
		return err
	})
	if err == nil && found != len(looked) {
		err = errConflict // forgotten in between: the sender sends again
	}
	if err != nil {
		return fmt.Errorf("remember messages: %w", err)
	}
	return nil
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

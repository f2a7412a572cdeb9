package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/snodo-co/snodo/routing/ledger"
)

// errConflict: a statement did not touch the rows it must; the ledger is not
// as the transaction believed.
var errConflict = errors.New("rows are not as expected")

// errUnknown: the outcome of a COMMIT is not known.
var errUnknown = errors.New("outcome of commit unknown")

// txn is one writing transaction.
type txn struct {
	ctx   context.Context
	store *Store
	tx    *sqlx.Tx
	bound map[string]*sql.Stmt
}

// transact runs work in a transaction and commits it, within the dialect's
// patience. Its connection is thrown away if it may be left inside the
// transaction. A failed COMMIT is errUnknown.
func (s *Store) transact(ctx context.Context, work func(*txn) error) (err error) {
	if s.writer == nil {
		return errors.New("opened read-only")
	}
	if s.dialect.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.dialect.patience)
		defer cancel()
	}
	conn, tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	clean := false
	defer func() { discard(conn, clean) }()
	t := &txn{ctx: ctx, store: s, tx: tx, bound: make(map[string]*sql.Stmt)}
	if err := work(t); err != nil {
		clean = tx.Rollback() == nil
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w: %w", errUnknown, err)
	}
	clean = true
	return nil
}

// begin begins a transaction. A connection that turns out to have ended is
// thrown away, and another one tried: nothing has been done yet.
func (s *Store) begin(ctx context.Context) (*sqlx.Conn, *sqlx.Tx, error) {
	for left := s.dialect.writers; ; left-- {
		conn, err := s.writer.Connx(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("connect: %w", err)
		}
		tx, err := conn.BeginTxx(ctx, nil)
		if err == nil {
			return conn, tx, nil
		}
		discard(conn, false)
		if left == 0 || !s.dialect.gone(err) {
			return nil, nil, fmt.Errorf("begin: %w", err)
		}
	}
}

// discard gives a connection back, or throws it away if it may be left inside
// a transaction.
func discard(conn *sqlx.Conn, clean bool) {
	if !clean {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = conn.Close()
}

// stmt is the prepared statement in this transaction, nil if not prepared.
func (t *txn) stmt(statement string) *sql.Stmt {
	if st, ok := t.bound[statement]; ok {
		return st
	}
	prepared, ok := t.store.write[statement]
	if !ok {
		return nil
	}
	st := t.tx.Tx.StmtContext(t.ctx, prepared.Stmt)
	t.bound[statement] = st
	return st
}

func (t *txn) query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	if st := t.stmt(statement); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, t.store.bind(statement), args...)
}

func (t *txn) set(statement string) (string, bool) { return t.store.set(statement) }

// exec runs a statement and gives the number of rows it touched.
func (t *txn) exec(statement string, args ...any) (int64, error) {
	var result sql.Result
	var err error
	if st := t.stmt(statement); st != nil {
		result, err = st.ExecContext(t.ctx, args...)
	} else {
		result, err = t.tx.ExecContext(t.ctx, t.store.bind(statement), args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// must runs a statement that touches exactly n rows.
func (t *txn) must(n int64, statement string, args ...any) error {
	got, err := t.exec(statement, args...)
	if err != nil {
		return err
	}
	if got != n {
		return errConflict
	}
	return nil
}

// lockHead takes the head's lock, first of all, and reads the head under it.
func (t *txn) lockHead() (ledger.Head, error) {
	var h ledger.Head
	found, err := one(t.ctx, t, t.store.dialect.lockHead(), nil, headTargets(&h)...)
	if err != nil {
		return h, fmt.Errorf("lock head: %w", err)
	}
	if !found {
		return h, fmt.Errorf("lock head: no head row: %w", errConflict)
	}
	if h.Position == 0 {
		h = ledger.Head{}
	}
	return h, nil
}

func headTargets(h *ledger.Head) []any {
	return []any{&h.Position, (*hashCell)(&h.Hash), (*instantCell)(&h.Recorded)}
}

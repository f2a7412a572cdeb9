package contract

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
)

// ErrBroken is what a broken operation reports.
var ErrBroken = errors.New("broken on purpose")

// Breaker breaks writes of a SQL store from below: an operation that matches
// fails unapplied (it did not happen) or applied (it happened, and its answer
// was lost). The zero value breaks nothing. Safe for concurrent use.
type Breaker struct {
	mu      sync.Mutex
	match   string
	applied bool
	left    int
	fired   int
}

// Break breaks the next operations whose statement contains match (a store may
// wrap its statements to run them for many keys); BEGIN and COMMIT match those
// of transactions.
func (b *Breaker) Break(match string, applied bool, times int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.match, b.applied, b.left, b.fired = match, applied, times, 0
}

// Unbreak ends it and tells how many operations were broken.
func (b *Breaker) Unbreak() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = 0
	return b.fired
}

// do runs an operation, or breaks it.
func (b *Breaker) do(operation string, run func() error) error {
	b.mu.Lock()
	plain := strings.Replace(operation, "INSERT OR FAIL INTO", "INSERT INTO", 1) // SQLite's, for speed
	breaks := b.left > 0 && strings.Contains(plain, b.match)
	applied := b.applied
	if breaks {
		b.left--
		b.fired++
	}
	b.mu.Unlock()
	if !breaks {
		return run()
	}
	if applied {
		if err := run(); err != nil {
			return err
		}
	}
	return ErrBroken
}

// Wrap gives a connector whose connections this breaker can break.
func (b *Breaker) Wrap(c driver.Connector) driver.Connector {
	return breakable{Connector: c, breaker: b}
}

type breakable struct {
	driver.Connector
	breaker *Breaker
}

func (c breakable) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &brokenConn{Conn: conn, breaker: c.breaker}, nil
}

type brokenConn struct {
	driver.Conn
	breaker *Breaker
}

func (c *brokenConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	st, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &brokenStmt{Stmt: st, query: query, breaker: c.breaker}, nil
}

func (c *brokenConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	var tx driver.Tx
	err := c.breaker.do("BEGIN", func() error {
		var err error
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &brokenTx{Tx: tx, breaker: c.breaker}, nil
}

func (c *brokenConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	var r driver.Result
	err := c.breaker.do(query, func() error {
		var err error
		r, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return r, err
}

func (c *brokenConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	var r driver.Rows
	err := c.breaker.do(query, func() error {
		var err error
		r, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	return lost(r, err)
}

// CheckNamedValue, ResetSession and IsValid leave to the driver what it knows.

func (c *brokenConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *brokenConn) ResetSession(ctx context.Context) error {
	if resetter, ok := c.Conn.(driver.SessionResetter); ok {
		return resetter.ResetSession(ctx)
	}
	return nil
}

func (c *brokenConn) IsValid() bool {
	validator, ok := c.Conn.(driver.Validator)
	return !ok || validator.IsValid()
}

type brokenStmt struct {
	driver.Stmt
	query   string
	breaker *Breaker
}

func (s *brokenStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	var r driver.Result
	err := s.breaker.do(s.query, func() error {
		var err error
		r, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return r, err
}

func (s *brokenStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	var r driver.Rows
	err := s.breaker.do(s.query, func() error {
		var err error
		r, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	return lost(r, err)
}

// lost closes rows whose answer was lost.
func lost(r driver.Rows, err error) (driver.Rows, error) {
	if err != nil && r != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, err
}

type brokenTx struct {
	driver.Tx
	breaker *Breaker
}

func (t *brokenTx) Commit() error { return t.breaker.do("COMMIT", t.Tx.Commit) }

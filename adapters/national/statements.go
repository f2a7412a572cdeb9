package national

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Statements that run for every batch are prepared once, under their text or,
// for several rows, under a table's name and their number.

const (
	sqlHead    = `SELECT last, version, parked FROM head WHERE id = 1`
	sqlHeadSet = `UPDATE head SET last = ?, version = version + 1, parked = ? WHERE id = 1 AND version = ?`

	// sqlApplied asks for a predecessor under the root that it shares with its
	// successor: as the chain's first, as a later one, or refused.
	sqlApplied = `SELECT 1 FROM registrations WHERE codice = ? AND ce_id = ?
		UNION ALL SELECT 1 FROM registrations WHERE root = ? AND ce_id = ? AND root <> codice
		UNION ALL SELECT 1 FROM refusals WHERE root = ? AND ce_id = ?`

	sqlTotal    = `SELECT id, count, sum FROM totals WHERE day = ? AND region = ? AND kind = ?`
	sqlTotalAdd = `INSERT INTO totals (day, region, kind, count, sum, registrazione, published) VALUES (?, ?, ?, ?, ?, ?, 0) RETURNING id`
	sqlTotalSet = `UPDATE totals SET count = ?, sum = ?, registrazione = ? WHERE id = ?`

	// sqlRelease registers a communication whose content lies parked.
	sqlRelease = `INSERT INTO registrations (` + registrationColumns + `)
		SELECT ?, ?, ce_id, codice, digest, root, origin, received, ?, content FROM parked WHERE ce_id = ? AND codice = ?`
	sqlUnpark = `DELETE FROM parked WHERE ce_id = ? AND codice = ?`

	sqlUnpublished = `SELECT registrazione, ce_id, codice, digest, root, instant FROM registrations
		WHERE registrazione > ? ORDER BY registrazione LIMIT ?`
	sqlOutbox = `SELECT id, after, topic, key, event, type, codice, instant, value FROM outbox
		WHERE id > ? AND after <= ? ORDER BY id LIMIT ?`

	registrationColumns = `registrazione, total, ce_id, codice, digest, root, origin, received, instant, content`
	parkedColumns       = `ce_id, codice, prev, since, digest, root, day, region, kind, origin, received, topic`
)

// table is one whose rows are written several at a time.
type table struct {
	name, columns string
	width         int // number of columns
	suffix        string
}

func registrationsTable() table { return table{"registrations", registrationColumns, 10, ""} }
func refusalsTable() table {
	return table{"refusals", "codice, ce_id, digest, root, instant, faults", 6, ""}
}
func parkedTable() table { return table{"parked", parkedColumns + ", content", 13, ""} }
func outboxTable() table {
	return table{"outbox", "after, topic, key, event, type, codice, instant, value", 8, ""}
}
func positionsTable() table {
	return table{"positions", "topic, partition, next", 3,
		` ON CONFLICT (topic, partition) DO UPDATE SET next = excluded.next`}
}

// lookup is a statement about a list of keys.
type lookup struct{ name, text string }

func byCodice() lookup {
	return lookup{"registrations by codice", `SELECT registrazione, ce_id, codice, digest, root, instant FROM registrations WHERE codice IN `}
}
func refusedByCodice() lookup {
	return lookup{"refusals by codice", `SELECT ce_id, codice, digest, root, instant, faults FROM refusals WHERE codice IN `}
}
func parkedByID() lookup {
	return lookup{"parked by ce_id", `SELECT ` + parkedColumns + ` FROM parked WHERE ce_id IN `}
}
func parkedByPrev() lookup {
	return lookup{"parked by prev", `SELECT ` + parkedColumns + ` FROM parked WHERE prev IN `}
}
func outboxByID() lookup { return lookup{"outbox by id", `DELETE FROM outbox WHERE id IN `} }

// marks is a parenthesis of n question marks.
func marks(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")" }

func sized(name string, n int) string { return name + "/" + strconv.Itoa(n) }

// statements are prepared statements by name.
type statements map[string]*sqlx.Stmt

// texts are the statements to prepare, by name.
func (d *dialect) texts() map[string]string {
	texts := make(map[string]string)
	for _, text := range []string{
		d.lockHead, sqlHead, sqlHeadSet, sqlApplied, sqlTotal, sqlTotalAdd, sqlTotalSet, sqlRelease, sqlUnpark, sqlUnpublished, sqlOutbox,
	} {
		texts[text] = text
	}
	for _, n := range d.sizes {
		for _, t := range []table{registrationsTable(), refusalsTable(), parkedTable(), outboxTable(), positionsTable()} {
			rows := strings.TrimSuffix(strings.Repeat(marks(t.width)+", ", n), ", ")
			texts[sized(t.name, n)] = d.insert + ` INTO ` + t.name + ` (` + t.columns + `) VALUES ` + rows + t.suffix
		}
		for _, l := range []lookup{byCodice(), refusedByCodice(), parkedByID(), parkedByPrev(), outboxByID()} {
			texts[sized(l.name, n)] = l.text + marks(n)
		}
	}
	return texts
}

func (d *dialect) prepare(ctx context.Context, db *sqlx.DB) (statements, error) {
	texts := d.texts()
	prepared := make(statements, len(texts))
	for name, text := range texts {
		st, err := db.PreparexContext(ctx, db.Rebind(text))
		if err != nil {
			return prepared, fmt.Errorf("prepare statement: %w", err)
		}
		prepared[name] = st
	}
	return prepared, nil
}

func (p statements) close() error {
	var errs []error
	for _, st := range p {
		errs = append(errs, st.Close())
	}
	return errors.Join(errs...)
}

// querier runs prepared statements by name, on any connection or in one
// transaction.
type querier interface {
	query(ctx context.Context, name string, args ...any) (*sql.Rows, error)
}

// query runs outside a transaction.
func (n *Node) query(ctx context.Context, name string, args ...any) (*sql.Rows, error) {
	return n.prepared[name].QueryContext(ctx, args...)
}

// txn is one transaction.
type txn struct {
	node  *Node
	tx    *sqlx.Tx
	bound map[string]*sql.Stmt
}

func (t *txn) stmt(ctx context.Context, name string) *sql.Stmt {
	st, ok := t.bound[name]
	if !ok {
		st = t.tx.Tx.StmtContext(ctx, t.node.prepared[name].Stmt)
		t.bound[name] = st
	}
	return st
}

func (t *txn) query(ctx context.Context, name string, args ...any) (*sql.Rows, error) {
	return t.stmt(ctx, name).QueryContext(ctx, args...)
}

// must runs a prepared statement that touches exactly want rows.
func (t *txn) must(ctx context.Context, want int, name string, args ...any) error {
	result, err := t.stmt(ctx, name).ExecContext(ctx, args...)
	return touched(want, result, err)
}

// exec runs a rare statement, written with question marks.
func (t *txn) exec(ctx context.Context, want int, text string, args ...any) error {
	result, err := t.tx.ExecContext(ctx, t.tx.Rebind(text), args...)
	return touched(want, result, err)
}

// errRows: the database is not as the transaction believed.
var errRows = errors.New("rows are not as expected")

func touched(want int, result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if got, err := result.RowsAffected(); err != nil || got != int64(want) {
		return errors.Join(errRows, err)
	}
	return nil
}

// insert writes rows whose columns args lists one after the other.
func (t *txn) insert(ctx context.Context, into table, args []any) error {
	for _, size := range t.node.dialect.sizes {
		for width := size * into.width; len(args) >= width; args = args[width:] {
			if err := t.must(ctx, size, sized(into.name, size), args[:width]...); err != nil {
				return fmt.Errorf("write %s: %w", into.name, err)
			}
		}
	}
	return nil
}

// transact runs work in one transaction. A connection that may be left inside
// it is thrown away.
func (n *Node) transact(ctx context.Context, work func(context.Context, *txn) error) (err error) {
	ctx, cancel := n.dialect.within(ctx)
	defer cancel()
	conn, err := n.db.Connx(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	clean := false
	defer func() {
		if !clean {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
		_ = conn.Close()
	}()
	tx, err := conn.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := work(ctx, &txn{n, tx, make(map[string]*sql.Stmt)}); err != nil {
		clean = tx.Rollback() == nil
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	clean = true
	return nil
}

// each calls row for every row of a result and closes it.
func each(rows *sql.Rows, err error, row func(scan func(...any) error) error) error {
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// one scans the only row a statement gives; it reports whether there was one.
func one(ctx context.Context, q querier, name string, args []any, targets ...any) (found bool, err error) {
	rows, err := q.query(ctx, name, args...)
	err = each(rows, err, func(scan func(...any) error) error {
		found = true
		return scan(targets...)
	})
	return found, err
}

// pieces hands out keys in as many as a statement takes; the last piece repeats
// a key to be full.
func pieces(sizes []int, keys []any, piece func(size int, args []any) error) error {
	for len(keys) > 0 {
		size := sizes[0]
		for _, s := range sizes[1:] {
			if s >= len(keys) {
				size = s
			}
		}
		args := keys[:min(size, len(keys))]
		keys = keys[len(args):]
		for len(args) < size {
			args = append(args[:len(args):len(args)], args[0])
		}
		if err := piece(size, args); err != nil {
			return err
		}
	}
	return nil
}

// find runs a lookup over all keys.
func find(ctx context.Context, q querier, sizes []int, l lookup, keys []any, row func(scan func(...any) error) error) error {
	return pieces(sizes, keys, func(size int, args []any) error {
		rows, err := q.query(ctx, sized(l.name, size), args...)
		if err := each(rows, err, row); err != nil {
			return fmt.Errorf("read %s: %w", l.name, err)
		}
		return nil
	})
}

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Statements that run for every group or message are prepared once. They are
// written with question marks.

const (
	sqlHead       = `SELECT position, hash, recorded FROM head WHERE id = 1`
	sqlHeadUpdate = `UPDATE head SET position = ?, hash = ?, recorded = ? WHERE id = 1 AND position = ?`

	sqlEntry       = `SELECT ` + entryColumns + ` FROM entries WHERE position = ?`
	sqlEntryHash   = `SELECT hash FROM entries WHERE position = ?`
	sqlEntryByHash = `SELECT ` + entryColumns + ` FROM entries WHERE hash = ? AND type = 'submission' AND status = 'rejected'`
	sqlEntryByCode = `SELECT ` + entryColumns + ` FROM entries WHERE codice = ? AND type = 'submission' AND codice IS NOT NULL`
	sqlAbouts      = `SELECT position FROM abouts WHERE subject = ? ORDER BY position`
	sqlAbout       = `SELECT position FROM abouts WHERE subject = ? UNION ALL SELECT position FROM entries WHERE subject = ? AND type = 'anomaly'`
	sqlStatements  = `SELECT position FROM entries WHERE digest = ? AND type = 'statement' ORDER BY position`
	sqlRejection   = `SELECT position FROM entries WHERE digest = ? AND sender = ? AND status = 'rejected' ORDER BY position DESC LIMIT 1`
	sqlReceipt     = `SELECT own, pieces FROM receipts WHERE position = ?`
	sqlDocument    = `SELECT bytes FROM documents WHERE id = ?`

	contentColumns = `digest, sender, request_digest, position, freed_by`
	sqlContent     = `SELECT ` + contentColumns + ` FROM content WHERE digest = ?`
	sqlRequest     = `SELECT ` + contentColumns + ` FROM content WHERE sender = ? AND request_digest = ? AND request_digest IS NOT NULL AND freed_by IS NULL`
	sqlContentSet  = `UPDATE content SET sender = ?, request_digest = ?, position = ?, freed_by = ? WHERE digest = ?`

	chainColumns  = `root, employer, worker, start_day, head, position`
	sqlChain      = `SELECT ` + chainColumns + ` FROM chains WHERE root = ? AND employer = ? AND worker = ?`
	sqlChainStart = `SELECT ` + chainColumns + ` FROM chains WHERE relation = ? AND employer = ? AND worker = ? AND start_day = ? ORDER BY position DESC LIMIT 1`

	sqlCounter    = `SELECT last FROM counters WHERE region = ? AND province = ? AND year = ?`
	sqlCounterSet = `UPDATE counters SET last = ? WHERE region = ? AND province = ? AND year = ?`

	sqlDead = `UPDATE outbox SET dead = ? WHERE position = ? AND topic = ? AND dead IS NULL`
)

// table is one whose rows are inserted several at a time.
type table struct {
	name    string
	columns string
	types   string // of the columns, where rows come as arrays
	width   int    // number of columns
	suffix  string // what follows the rows
}

func entriesTable() table {
	return table{name: "entries", columns: entryColumns, types: entryTypes, width: entryWidth}
}

func receiptsTable() table {
	return table{name: "receipts", columns: "position, own, pieces", types: "bigint, bytea, bytea", width: 3}
}

func contentTable() table {
	return table{name: "content", columns: contentColumns, types: "bytea, text, bytea, bigint, bigint", width: 5}
}

func outboxTable() table {
	return table{name: "outbox", columns: "position, topic, root, shard", types: "bigint, text, text, bigint", width: 4}
}

func countersTable() table {
	return table{name: "counters", columns: "last, region, province, year", types: "bigint, text, text, bigint", width: 4}
}

func documentsTable() table {
	return table{name: "documents", columns: "id, bytes", types: "bigint, bytea", width: 2}
}

func aboutsTable() table {
	return table{name: "abouts", columns: "subject, position", types: "bigint, bigint", width: 2}
}

// chainsTable writes over the state a chain had.
func chainsTable() table {
	return table{name: "chains", columns: chainColumns + ", relation", types: "text, text, text, text, bytea, bigint, bigint", width: 7,
		suffix: ` ON CONFLICT (root, employer, worker) DO UPDATE
		SET start_day = excluded.start_day, head = excluded.head, position = excluded.position, relation = excluded.relation`}
}

// tables are those that the group commit inserts into.
func tables() []table {
	return []table{entriesTable(), receiptsTable(), documentsTable(), aboutsTable(), contentTable(), chainsTable(), outboxTable(), countersTable()}
}

// insert is the statement for n rows.
func (t table) insert(d dialect, n int) string {
	rows := strings.TrimSuffix(strings.Repeat(marks(t.width)+", ", n), ", ")
	return d.insert + ` ` + t.name + ` (` + t.columns + `) VALUES ` + rows + t.suffix
}

// insertion is the name under which the statement for n rows is prepared.
func (t table) insertion(n int) string { return t.name + "/" + strconv.Itoa(n) }

// batches are the numbers of rows written at once: few, so that all can be
// prepared, and small, because the driver looks for each argument among all.
func batches() [2]int { return [2]int{8, 1} }

// writeStatements are the texts to prepare for writing, by name.
func writeStatements(d dialect) map[string]string {
	list := readStatements(d)
	for _, text := range []string{d.lockHead(), sqlHeadUpdate, sqlMessageInsert, sqlContentSet, sqlCounter, sqlCounterSet, sqlDead, d.done} {
		list[text] = text
	}
	for _, t := range tables() {
		for _, n := range batches() {
			list[t.insertion(n)] = t.insert(d, n)
		}
	}
	return list
}

// readStatements are the texts to prepare for reading, by name.
func readStatements(d dialect) map[string]string {
	list := make(map[string]string)
	for _, text := range []string{
		sqlEntry, sqlEntryHash, sqlEntryByHash, sqlEntryByCode, sqlAbouts, sqlAbout, sqlStatements, sqlRejection,
		sqlReceipt, sqlDocument, sqlContent, sqlRequest, sqlMessage, sqlChain, sqlChainStart, d.due,
	} {
		list[text] = text
	}
	return list
}

// statements are prepared statements by name: a query's name is its text.
type statements map[string]*sqlx.Stmt

func prepare(ctx context.Context, db *sqlx.DB, list map[string]string) (statements, error) {
	prepared := make(statements, len(list))
	for name, text := range list {
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

// querier runs statements by their text: on the reading connections, or in
// one transaction.
type querier interface {
	query(ctx context.Context, statement string, args ...any) (*sql.Rows, error)
	// set is a statement as it runs for many keys, if the database can.
	set(statement string) (string, bool)
}

// each runs a query and calls row for every row it gives.
func each(ctx context.Context, q querier, statement string, args []any, row func(scan func(...any) error) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rows, err := q.query(ctx, statement, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			_ = rows.Close()
			return err
		}
	}
	if err := rows.Err(); err != nil {
		_ = rows.Close()
		return err
	}
	return rows.Close()
}

// one runs a query that gives at most one row and scans it; it reports
// whether there was one.
func one(ctx context.Context, q querier, statement string, args []any, targets ...any) (bool, error) {
	found := false
	err := each(ctx, q, statement, args, func(scan func(...any) error) error {
		found = true
		return scan(targets...)
	})
	return found, err
}

// query runs on the reading connections. One that has ended is no reason to
// fail: another one is tried.
func (s *Store) query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	if s.dialect.uncancelled {
		ctx = context.WithoutCancel(ctx)
	}
	if st, ok := s.read[statement]; ok {
		return st.QueryContext(ctx, args...)
	}
	text := s.bind(statement)
	for left := readers; ; left-- {
		rows, err := s.reader.QueryContext(ctx, text, args...)
		if err == nil || left == 0 || ctx.Err() != nil || !s.dialect.gone(err) {
			return rows, err
		}
	}
}

// bind is a statement with the database's own marks.
func (s *Store) bind(statement string) string {
	if text, ok := s.bound[statement]; ok {
		return text
	}
	return sqlx.Rebind(sqlx.BindType(s.dialect.name), statement)
}

func (s *Store) set(statement string) (string, bool) {
	text, ok := s.sets[statement]
	return text, ok
}

// bindAll binds once what runs for every group or message, where the driver
// itself prepares what it has seen.
func (s *Store) bindAll() {
	s.sets, s.atOnce = setTexts(), atOnce()
	names := messagesTable().insertSet()
	s.bound = map[string]string{s.atOnce: s.bind(s.atOnce), names: s.bind(names)}
	for name, text := range writeStatements(s.dialect) {
		s.bound[name] = s.bind(text)
	}
	for _, text := range s.sets {
		s.bound[text] = s.bind(text)
	}
}

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Statements that run for every group or message are prepared once. They are
// known by their text, written with question marks.

const (
	sqlHeadUpdate = `UPDATE head SET position = ?, hash = ?, recorded = ? WHERE id = 1 AND position = ?`

	sqlEntry       = `SELECT ` + entryColumns + ` FROM entries WHERE position = ?`
	sqlEntryHash   = `SELECT hash FROM entries WHERE position = ?`
	sqlEntryByHash = `SELECT ` + entryColumns + ` FROM entries WHERE hash = ?`
	sqlEntryByCode = `SELECT ` + entryColumns + ` FROM entries WHERE codice = ? AND type = 'submission' AND codice IS NOT NULL`
	sqlAbout       = `SELECT position FROM entries WHERE subject = ? ORDER BY position`
	sqlStatements  = `SELECT position FROM entries WHERE digest = ? AND type = 'statement' ORDER BY position`
	sqlRejection   = `SELECT position FROM entries WHERE digest = ? AND sender = ? AND status = 'rejected' ORDER BY position DESC LIMIT 1`
	sqlReceipt     = `SELECT bytes FROM receipts WHERE position = ?`
	sqlBlob        = `SELECT bytes FROM blobs WHERE key = ?`

	contentColumns = `digest, sender, request_digest, position, freed_by`
	sqlContent     = `SELECT ` + contentColumns + ` FROM content WHERE digest = ?`
	sqlRequest     = `SELECT ` + contentColumns + ` FROM content WHERE sender = ? AND request_digest = ? AND request_digest IS NOT NULL AND freed_by IS NULL`
	sqlContentSet  = `UPDATE content SET sender = ?, request_digest = ?, position = ?, freed_by = ? WHERE digest = ?`

	chainColumns  = `root, employer, worker, start_day, head, position`
	sqlChain      = `SELECT ` + chainColumns + ` FROM chains WHERE root = ? AND employer = ? AND worker = ?`
	sqlChainStart = `SELECT ` + chainColumns + ` FROM chains WHERE employer = ? AND worker = ? AND start_day = ? ORDER BY position DESC LIMIT 1`

	sqlCounter    = `SELECT last FROM counters WHERE region = ? AND province = ? AND year = ?`
	sqlCounterAdd = `INSERT INTO counters (last, region, province, year) VALUES (?, ?, ?, ?)`
	sqlCounterSet = `UPDATE counters SET last = ? WHERE region = ? AND province = ? AND year = ?`

	sqlDead = `UPDATE outbox SET dead = ? WHERE position = ? AND topic = ? AND dead IS NULL`

	sqlPending = `SELECT o.position, o.topic FROM outbox o
		WHERE o.shard = ? AND o.done_at IS NULL AND o.dead IS NULL AND NOT EXISTS (
			SELECT 1 FROM outbox b WHERE b.root = o.root AND b.topic = o.topic AND b.dead IS NOT NULL AND b.position < o.position)
		ORDER BY o.position LIMIT ?`
)

// rowset is an INSERT that takes several rows at once.
type rowset struct {
	into   string
	width  int
	suffix string
}

var (
	insertEntries  = rowset{into: `entries (` + entryColumns + `)`, width: entryWidth}
	insertReceipts = rowset{into: `receipts (position, bytes)`, width: 2}
	insertBlobs    = rowset{into: `blobs (key, bytes)`, width: 2, suffix: ` ON CONFLICT (key) DO NOTHING`}
	insertContent  = rowset{into: `content (` + contentColumns + `)`, width: 5}
	insertChains   = rowset{into: `chains (` + chainColumns + `)`, width: 6,
		suffix: ` ON CONFLICT (root, employer, worker) DO UPDATE
			SET start_day = excluded.start_day, head = excluded.head, position = excluded.position`}
	insertOutbox = rowset{into: `outbox (position, topic, root, shard)`, width: 4}
)

// sql is the statement for n rows.
func (r rowset) sql(n int) string {
	rows := strings.TrimSuffix(strings.Repeat(marks(r.width)+", ", n), ", ")
	return `INSERT INTO ` + r.into + ` VALUES ` + rows + r.suffix
}

// batches are the sizes in which rows are written: few, so that all can be
// prepared. Eight rows of the widest table are 240 arguments.
func batches() []int { return []int{8, 1} }

func writeStatements(d dialect) []string {
	list := append(readStatements(), d.lockHead, sqlHeadUpdate, sqlContentSet,
		sqlCounter, sqlCounterAdd, sqlCounterSet, sqlDead)
	for _, r := range []rowset{insertEntries, insertReceipts, insertBlobs, insertContent, insertChains, insertOutbox} {
		for _, n := range batches() {
			list = append(list, r.sql(n))
		}
	}
	return list
}

func readStatements() []string {
	return []string{
		sqlEntry, sqlEntryHash, sqlEntryByHash, sqlEntryByCode, sqlAbout, sqlStatements, sqlRejection,
		sqlReceipt, sqlBlob, sqlContent, sqlRequest, sqlChain, sqlChainStart, sqlPending,
	}
}

// statements are prepared statements by their text.
type statements map[string]*sqlx.Stmt

func prepare(ctx context.Context, db *sqlx.DB, list []string) (statements, error) {
	prepared := make(statements, len(list))
	for _, text := range list {
		st, err := db.PreparexContext(ctx, db.Rebind(text))
		if err != nil {
			return prepared, fmt.Errorf("prepare statement: %w", err)
		}
		prepared[text] = st
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
}

// each runs a query and calls row for every row it gives.
func each(ctx context.Context, q querier, statement string, args []any, row func(scan func(...any) error) error) error {
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

// query runs on the reading connections.
func (s *Store) query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	if st, ok := s.read[statement]; ok {
		return st.QueryContext(ctx, args...)
	}
	return s.reader.QueryContext(ctx, s.reader.Rebind(statement), args...)
}

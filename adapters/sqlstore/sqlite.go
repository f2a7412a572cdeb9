package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

func sqliteDialect() dialect {
	return dialect{
		name:    "sqlite3",
		goose:   goose.DialectSQLite3,
		folder:  "migrations/sqlite",
		writers: 1, // BEGIN IMMEDIATE holds all locks
		// The transaction undoes the rows before one that fails; SQLite then
		// keeps no journal of the statement, which cost a seventh of a commit.
		insert: `INSERT OR FAIL INTO`,
		now:    `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
		catalogue: `SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c
			WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid`,
		due:          sqliteDue,
		done:         sqliteDone,
		list:         sqliteList,
		uncancelled:  true,
		alone:        true,
		snapshot:     sql.TxOptions{ReadOnly: true},
		connectors:   sqliteConnectors,
		durable:      sqliteDurable,
		outOfService: sqliteOutOfService,
		full:         sqliteFull,
		passing:      func(error) bool { return false }, // one writer
		gone:         func(error) bool { return false },
	}
}

const (
	sqliteNow = `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`
	sqliteDue = `SELECT o.shard, o.position, o.topic FROM json_each(?) k CROSS JOIN relay_leases l CROSS JOIN outbox o
		WHERE l.shard = k.value AND l.holder = ? AND l.expires > ` + sqliteNow + `
		AND o.shard = l.shard AND o.done_at IS NULL AND o.dead IS NULL AND NOT EXISTS (
			SELECT 1 FROM outbox b WHERE b.root = o.root AND b.topic = o.topic AND b.dead IS NOT NULL AND b.position < o.position)
		ORDER BY o.shard, o.position LIMIT ?`
	sqliteDone = `UPDATE outbox SET done_at = ` + sqliteNow + ` WHERE topic = ? AND done_at IS NULL
		AND position IN (SELECT k.value FROM json_each(?) k)`
)

// sqliteList writes a list for json_each.
func sqliteList(values any) (any, error) {
	b, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("write list: %w", err)
	}
	return string(b), nil
}

// sqliteConnectors gives the writer, whose transactions begin immediately,
// and the readers, which cannot write.
func sqliteConnectors(databaseURL string, readOnly bool) (driver.Connector, driver.Connector, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(databaseURL, "sqlite:"), "//")
	if path == "" {
		return nil, nil, fmt.Errorf("open database: sqlite without a path")
	}
	common := []string{"busy_timeout(2000)", "synchronous(FULL)"}
	reading := url.Values{"_pragma": append(common, "query_only(1)", "cache_size(-512)")}
	if readOnly {
		reading.Set("mode", "ro")
	}
	writing := url.Values{
		"_pragma": append(common, "journal_mode(WAL)", "cache_size(-8192)", "wal_autocheckpoint(1000)"),
		"_txlock": {"immediate"},
	}
	return sqliteConnector(path, writing), sqliteConnector(path, reading), nil
}

// connector opens connections of one driver and name.
type connector struct {
	driver driver.Driver
	name   string
}

func sqliteConnector(path string, options url.Values) driver.Connector {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options.Encode()}
	return connector{driver: &sqlite.Driver{}, name: u.String()}
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// sqliteDurable refuses a database that would lose what it acknowledged.
func sqliteDurable(ctx context.Context, db *sqlx.DB) error {
	var mode string
	var synchronous int
	if err := db.GetContext(ctx, &mode, `PRAGMA journal_mode`); err != nil {
		return fmt.Errorf("read back journal_mode: %w", err)
	}
	if err := db.GetContext(ctx, &synchronous, `PRAGMA synchronous`); err != nil {
		return fmt.Errorf("read back synchronous: %w", err)
	}
	const full = 2 // SQLite, PRAGMA synchronous
	if mode != "wal" || synchronous < full {
		return fmt.Errorf("open database: journal_mode %s, synchronous %d: not durable", mode, synchronous)
	}
	return nil
}

// sqliteOutOfService goes by SQLite's primary result codes.
func sqliteOutOfService(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case 5, 6, 7, 8, 10, 11, 13, 14, 23, 26: // BUSY LOCKED NOMEM READONLY IOERR CORRUPT FULL CANTOPEN AUTH NOTADB
		return true
	}
	return false
}

// sqliteFull counts errors of the disk in: where its memory-mapped files cannot
// grow, that is what a full one gives.
func sqliteFull(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == 13 || e.Code()&0xff == 10) // FULL IOERR
}

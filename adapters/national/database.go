package national

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

//go:embed migrations
var migrations embed.FS

// schema is the store's own on PostgreSQL: the database may be the hub's, its
// tables are not.
const schema = "nazionale"

// dialect is all that differs between databases. Statements are written with
// question marks (modernc looks up $n by scanning all arguments).
type dialect struct {
	name        string // of sqlx's bind types
	goose       goose.Dialect
	folder      string // of the migrations
	connections int
	// sizes are the numbers of rows written or keys looked up by one statement,
	// largest first: small where the driver looks for each argument among all,
	// large where each statement is a journey.
	sizes []int
	// lockHead reads the head and keeps others from it until the end of the
	// transaction.
	lockHead string
	// insert begins the statements that write several rows. On SQLite a failed
	// one need not be undone by itself, as its transaction is: that spares a
	// journal of every page it touches.
	insert   string
	now      string        // the database's clock, microseconds since 1970
	poll     time.Duration // between looks for what other processes applied
	patience time.Duration // of one transaction; 0: it cannot hang
	// lifetime of a connection, 0 for ever: a database that keeps its plans for a
	// connection, made while tables were small, makes them anew.
	lifetime time.Duration
	ready    func(context.Context, *sqlx.DB) error
	durable  func(context.Context, *sqlx.DB) error
}

// within bounds one transaction. A context that never ends spares SQLite's
// driver a goroutine for each statement.
func (d *dialect) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.patience == 0 {
		return context.WithoutCancel(ctx), func() {}
	}
	return context.WithTimeout(ctx, d.patience)
}

// openDatabase opens the store's database, makes it if it is not there, and
// brings it to the current edition.
func openDatabase(ctx context.Context, address string) (*sqlx.DB, dialect, error) {
	var d dialect
	var c driver.Connector
	var err error
	switch scheme, rest, _ := strings.Cut(address, ":"); scheme {
	case "sqlite":
		d = sqliteDialect()
		c, err = sqliteConnector(rest)
	case "postgres", "postgresql":
		d = postgresDialect()
		c, err = postgresConnector(address)
	default:
		err = fmt.Errorf("scheme %q is not supported, want sqlite:PATH or postgres://", scheme)
	}
	if err != nil {
		return nil, d, fmt.Errorf("open national database: %w", err)
	}
	db := sqlx.NewDb(sql.OpenDB(c), d.name)
	db.SetMaxOpenConns(d.connections)
	db.SetMaxIdleConns(d.connections)
	db.SetConnMaxLifetime(d.lifetime)
	for _, step := range []func(context.Context, *sqlx.DB) error{d.durable, d.ready} {
		if err := step(ctx, db); err != nil {
			return nil, d, errors.Join(fmt.Errorf("open national database: %w", err), db.Close())
		}
	}
	return db, d, nil
}

func (d *dialect) migrate(ctx context.Context, db *sqlx.DB) error {
	dir, err := fs.Sub(migrations, d.folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(d.goose, db.DB, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// sqliteDialect: one connection, so that writers queue in Go instead of polling
// a locked file, and rows just written are read from its cache.
func sqliteDialect() dialect {
	d := dialect{
		name: "sqlite3", goose: goose.DialectSQLite3, folder: "migrations/sqlite",
		connections: 1,
		sizes:       []int{8, 1},
		lockHead:    `SELECT last, version, parked FROM head WHERE id = 1`, // BEGIN IMMEDIATE holds the lock
		insert:      `INSERT OR FAIL`,
		now:         `CAST(unixepoch('subsec') * 1000000 AS INTEGER)`,
		poll:        500 * time.Millisecond,
		durable:     sqliteDurable,
	}
	d.ready = d.migrate
	return d
}

// connector opens connections of one driver and name.
type connector struct {
	driver driver.Driver
	name   string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.name) }
func (c connector) Driver() driver.Driver                        { return c.driver }

func sqliteConnector(path string) (driver.Connector, error) {
	path = strings.TrimPrefix(path, "//")
	if path == "" {
		return nil, errors.New("sqlite without a path")
	}
	query := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "cache_size(-8192)", "wal_autocheckpoint(4000)"},
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}
	return connector{&sqlite.Driver{}, u.String()}, nil
}

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
		return fmt.Errorf("journal_mode %s, synchronous %d: not durable", mode, synchronous)
	}
	return nil
}

// postgresDialect follows contracts.md, Entries: READ COMMITTED, the head's
// row locked first.
func postgresDialect() dialect {
	d := dialect{
		name: "pgx", goose: goose.DialectPostgres, folder: "migrations/postgres",
		connections: 4, // apply, publish, keep the lease, totals
		sizes:       []int{64, 8, 1},
		lockHead:    `SELECT last, version, parked FROM head WHERE id = 1 FOR UPDATE`,
		insert:      `INSERT`,
		now:         `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`,
		poll:        50 * time.Millisecond,
		patience:    20 * time.Second,
		lifetime:    time.Minute,
		durable:     postgresDurable,
	}
	d.ready = func(ctx context.Context, db *sqlx.DB) error { return postgresReady(ctx, db, d.migrate) }
	return d
}

// postgresConnector gives every connection the store's schema and limits: a
// process that is frozen with the head's lock loses it after three seconds, a
// peer that is gone is noticed in about ten.
func postgresConnector(address string) (driver.Connector, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("postgres URL out of form") // the driver's text may quote the password
	}
	for name, value := range map[string]string{
		"search_path":                         schema,
		"application_name":                    "snodo-national",
		"default_transaction_isolation":       "read committed",
		"lock_timeout":                        "2s",
		"idle_in_transaction_session_timeout": "3s",
		"tcp_keepalives_idle":                 "5",
		"tcp_keepalives_interval":             "2",
		"tcp_keepalives_count":                "3",
		"tcp_user_timeout":                    "10000",
	} {
		cfg.RuntimeParams[name] = value
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	return stdlib.GetConnector(*cfg), nil
}

// postgresDurable refuses a server that would lose what it acknowledged.
func postgresDurable(ctx context.Context, db *sqlx.DB) error {
	for _, name := range []string{"fsync", "synchronous_commit"} {
		var value string
		if err := db.GetContext(ctx, &value, `SELECT current_setting($1)`, name); err != nil {
			return fmt.Errorf("read back %s: %w", name, err)
		}
		if value == "off" {
			return fmt.Errorf("%s is off: not durable", name)
		}
	}
	return nil
}

// startLock is the advisory lock of processes that start: migrations and even
// CREATE SCHEMA IF NOT EXISTS fail when run at once.
const startLock = 0x736e6f646f6e617a // "snodonaz"

// postgresReady makes schema and tables, one process at a time.
func postgresReady(ctx context.Context, db *sqlx.DB, migrate func(context.Context, *sqlx.DB) error) (err error) {
	conn, err := db.Connx(ctx)
	if err != nil {
		return err
	}
	defer func() { // with its connection the lock goes too
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = conn.Close()
	}()
	if _, err := conn.ExecContext(ctx, `SET lock_timeout = 0`); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(startLock)); err != nil {
		return fmt.Errorf("wait for others that start: %w", err)
	}
	var there bool
	if err := conn.GetContext(ctx, &there, `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)`, schema); err != nil {
		return err
	}
	if !there { // who may not create one can be given one
		if _, err := conn.ExecContext(ctx, `CREATE SCHEMA `+schema); err != nil {
			return fmt.Errorf("make schema: %w", err)
		}
	}
	return migrate(ctx, db)
}

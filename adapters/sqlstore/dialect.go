package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"

	"github.com/snodo-co/snodo/routing/ledger"
)

//go:embed migrations
var migrations embed.FS

// dialect is all that differs between databases. Statements are written with
// question marks and rebound by sqlx (modernc looks up $n by scanning all
// arguments, which makes wide statements quadratic).
type dialect struct {
	name    string        // of sqlx's bind types
	goose   goose.Dialect // of the migrations' table
	folder  string        // of the migrations
	writers int           // connections that write; 1 where the database has one writer
	// forUpdate ends a SELECT whose rows others must not touch until the end
	// of the transaction; empty where a transaction is alone anyway.
	forUpdate string
	// insert begins a statement that inserts rows.
	insert string
	// now is the database's clock as microseconds since 1970, which moves on
	// inside a transaction.
	now string
	// tables and columns of the catalogue: rows (table, column, type).
	catalogue string
	// snapshot begins the audit's transaction: all it reads is of one instant.
	snapshot sql.TxOptions
	// wholeTables is run in it first, if not empty: it reads whole tables.
	wholeTables string
	// setwise: arrays as arguments, so that one statement serves many keys or
	// rows. Otherwise statements are prepared and run one by one, which costs
	// no round trip.
	setwise bool
	// due lists the messages due of those of some shards that a holder holds, by
	// shard and position; done marks messages of a topic as delivered. list
	// makes their lists, of shards and of positions, one argument.
	due, done string
	list      func(values any) (any, error)
	// alone: one process writes, and reads what it wrote.
	alone bool
	// uncancelled: a query in this process is soon over, and watching its
	// context costs as much as the query.
	uncancelled bool
	// patience bounds a writing transaction, zero if nothing needs it: a database
	// behind a network may never answer.
	patience time.Duration
	// lifetime of a connection, zero for ever: a database that plans a statement
	// once for each connection, by how large its tables are, plans anew.
	lifetime time.Duration
	// lockMigrations keeps processes that start at once from migrating
	// together.
	lockMigrations func() (goose.ProviderOption, error)
	// connectors opens the database for writing and for reading.
	connectors func(u string, readOnly bool) (write, read driver.Connector, err error)
	// durable reads back what durability rests upon.
	durable func(ctx context.Context, db *sqlx.DB) error
	// messenger tells and hears of commits between processes; nil where a
	// database belongs to one.
	messenger func(databaseURL string) (*messenger, error)

	// What errors tell.

	// outOfService: the database's condition, by which nothing more can be tried
	// now, as opposed to one statement.
	outOfService func(error) bool
	// full: there was no room.
	full func(error) bool
	// passing: a conflict with other transactions, which has passed.
	passing func(error) bool
	// gone: a connection had ended before it was used; another one may work.
	gone func(error) bool
}

// dialectOf chooses by the URL's scheme.
func dialectOf(databaseURL string) (dialect, error) {
	scheme, _, _ := strings.Cut(databaseURL, ":")
	switch scheme {
	case "sqlite":
		return sqliteDialect(), nil
	case "postgres", "postgresql":
		return postgresDialect(), nil
	}
	return dialect{}, fmt.Errorf("open database: scheme %q is not supported, want sqlite:PATH or postgres://HOST/NAME", scheme)
}

// lockHead reads the head row and keeps others from it until the end of the
// transaction.
func (d dialect) lockHead() string { return sqlHead + d.forUpdate }

// migrate brings the schema up to this program's edition. Several processes
// may do so at once.
func (d dialect) migrate(ctx context.Context, db *sqlx.DB) error {
	folder, err := fs.Sub(migrations, d.folder)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(4, &goose.GoFunc{RunTx: d.fillChains}, nil)),
	}
	if d.lockMigrations != nil {
		lock, err := d.lockMigrations()
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		options = append(options, lock)
	}
	p, err := goose.NewProvider(d.goose, db.DB, folder, options...)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// fillChains is the migration that gives chains their key.
func (d dialect) fillChains(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT `+chainColumns+` FROM chains_old ORDER BY position`)
	if err != nil {
		return fmt.Errorf("read chains: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []ledger.Chain
	for rows.Next() {
		var c ledger.Chain
		if err := rows.Scan(chainTargets(&c)...); err != nil {
			return fmt.Errorf("read chains: %w", err)
		}
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read chains: %w", err)
	}
	insert := sqlx.Rebind(sqlx.BindType(d.name), chainsTable().insert(d, 1))
	for _, c := range list {
		if _, err := tx.ExecContext(ctx, insert, chainValues(c)...); err != nil {
			return fmt.Errorf("write chains: %w", err)
		}
	}
	return nil
}

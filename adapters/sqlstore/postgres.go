package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// keepalive is after how long of silence a connection is asked whether it
// still is one, by either side, and how long bytes may stay unacknowledged
// (contracts.md, PostgreSQL).
const keepalive = 5 * time.Second

func postgresDialect() dialect {
	return dialect{
		name:      "pgx",
		goose:     goose.DialectPostgres,
		folder:    "migrations/postgres",
		writers:   6,
		insert:    `INSERT INTO`,
		forUpdate: ` FOR UPDATE`,
		now:       postgresNow,
		catalogue: `SELECT CAST(table_name AS text), CAST(column_name AS text), CAST(data_type AS text)
			FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`,
		snapshot:       sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
		wholeTables:    `SET LOCAL enable_seqscan = on`,
		due:            postgresDue,
		done:           postgresDone,
		list:           func(values any) (any, error) { return values, nil },
		setwise:        true,
		patience:       10 * time.Second, // lock_timeout, a slow disk's commit, and room
		lifetime:       time.Minute,      // a new connection plans for the tables as they have become
		lockMigrations: postgresLockMigrations,
		connectors:     postgresConnectors,
		durable:        postgresDurable,
		outOfService:   postgresOutOfService,
		messenger:      postgresMessenger,
		full:           func(err error) bool { return sqlstate(err) == "53100" },
		passing:        postgresPassing,
		gone:           postgresGone,
	}
}

// Both are fenced, as setText is: what is due is read shard by shard along its
// index, and what is done is found by key and marked by row.
const (
	postgresNow = `CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)`
	postgresDue = `SELECT l.shard, x.position, x.topic FROM unnest(CAST(? AS bigint[])) k CROSS JOIN relay_leases l CROSS JOIN LATERAL (
			SELECT o.position, o.topic FROM outbox o WHERE o.shard = l.shard AND o.done_at IS NULL AND o.dead IS NULL AND NOT EXISTS (
				SELECT 1 FROM outbox b WHERE b.root = o.root AND b.topic = o.topic AND b.dead IS NOT NULL AND b.position < o.position)
			ORDER BY o.shard, o.position OFFSET 0) x
		WHERE l.shard = k AND l.holder = ? AND l.expires > ` + postgresNow + ` ORDER BY l.shard, x.position LIMIT ?`
	postgresDone = `UPDATE outbox SET done_at = ` + postgresNow + ` FROM (
			SELECT x.at FROM (SELECT CAST(? AS text) AS topic) t, unnest(CAST(? AS bigint[])) AS k (position), LATERAL (
				SELECT o.ctid AS at FROM outbox o WHERE o.position = k.position AND o.topic = t.topic AND o.done_at IS NULL OFFSET 0) x
			OFFSET 0) y WHERE outbox.ctid = y.at`
)

// postgresConnectors gives writers, whose transactions are short, and readers,
// whose may be long.
func postgresConnectors(databaseURL string, _ bool) (driver.Connector, driver.Connector, error) {
	write, err := postgresConfig(databaseURL, map[string]string{
		// contracts.md, PostgreSQL.
		"default_transaction_isolation":       "read committed",
		"lock_timeout":                        "2000",
		"idle_in_transaction_session_timeout": "3000",
		"plan_cache_mode":                     "force_generic_plan",
	})
	if err != nil {
		return nil, nil, err
	}
	read, err := postgresConfig(databaseURL, map[string]string{
		// Holds no locks, but a snapshot that keeps the database from tidying up.
		"idle_in_transaction_session_timeout": "60000",
	})
	if err != nil {
		return nil, nil, err
	}
	arrays := stdlib.OptionAfterConnect(knowArrays)
	return stdlib.GetConnector(*write, arrays), stdlib.GetConnector(*read, arrays), nil
}

// postgresConfig is how every connection is made.
func postgresConfig(databaseURL string, session map[string]string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err) // pgx redacts the password
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = keepalive
	}
	dialer := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepalive, Interval: time.Second, Count: 3},
		Control:         limitSilence,
	}
	config.DialFunc = dialer.DialContext
	for name, value := range map[string]string{
		// Every look-up is by an index: a plan made while tables are small must
		// not scan them when they are large. The audit allows itself to.
		"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
		"jit": "off", // statements are short: compiling them would cost more than it saves
		// The server must notice a client that was cut off, too.
		"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "3",
	} {
		config.RuntimeParams[name] = value
	}
	for name, value := range session {
		config.RuntimeParams[name] = value
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "snodo"
	}
	return config, nil
}

func postgresLockMigrations() (goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60), lock.WithUnlockTimeout(1, 5))
	if err != nil {
		return nil, err
	}
	return goose.WithSessionLocker(locker), nil
}

// postgresDurable refuses a database that would lose what it acknowledged, or
// that cannot be written.
func postgresDurable(ctx context.Context, db *sqlx.DB) error {
	for setting, wrong := range map[string][]string{
		"fsync": {"off"}, "full_page_writes": {"off"}, "synchronous_commit": {"off"}, "transaction_read_only": {"on"},
	} {
		var value string
		if err := db.GetContext(ctx, &value, `SELECT current_setting($1)`, setting); err != nil {
			return fmt.Errorf("read back %s: %w", setting, err)
		}
		for _, w := range wrong {
			if value == w {
				return fmt.Errorf("open database: %s is %s: not durable", setting, value)
			}
		}
	}
	return nil
}

// sqlstate is the code of the server's answer, empty if it gave none.
func sqlstate(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) && len(answer.Code) == 5 {
		return answer.Code
	}
	return ""
}

// postgresOutOfService goes by SQLSTATE, and by whether the server answered
// at all.
func postgresOutOfService(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || errors.Is(err, context.DeadlineExceeded) || postgresGone(err) {
		return true
	}
	code := sqlstate(err)
	switch code {
	case "":
		return false
	case "55P03", "25P03", "25006": // lock_timeout, idle in transaction, read-only
		return true
	}
	switch code[:2] {
	case "08", "28", "3D", "53", "57", "58", "XX": // connection, authorization, no database, resources, operator, system, internal
		return true
	}
	return false
}

// postgresPassing: serialization failure, deadlock.
func postgresPassing(err error) bool {
	code := sqlstate(err)
	return code == "40001" || code == "40P01"
}

// postgresGone goes by what a connection says that the server, or the network,
// has ended.
func postgresGone(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) { // there never was one
		return false
	}
	if code := sqlstate(err); code != "" { // the server's last words: shut down, crashed, terminated
		return code[:4] == "57P0" || code == "25P03"
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}

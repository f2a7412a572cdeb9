package national

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", pure Go
)

//go:embed migrations/*.sql
var migrations embed.FS

// openDatabase opens or makes the store's own SQLite file and brings it to the
// current edition. One connection: writers queue in Go instead of polling a
// locked file.
func openDatabase(ctx context.Context, path string) (*sqlx.DB, error) {
	query := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)", "foreign_keys(ON)"},
	}
	dsn := (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: query.Encode()}).String()
	db, err := sqlx.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open national database: %w", err)
	}
	db.SetMaxOpenConns(1)
	if err := prepare(ctx, db); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open national database: %w", err)
	}
	return db, nil
}

// prepare migrates, and reads back that a commit is durable.
func prepare(ctx context.Context, db *sqlx.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.DB, dir)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	const full = 2
	var synchronous int
	if err := db.GetContext(ctx, &synchronous, "PRAGMA synchronous"); err != nil {
		return err
	}
	if synchronous < full {
		return fmt.Errorf("synchronous is %d, want FULL", synchronous)
	}
	return nil
}

// load enters into the desk what the database knows of these ce_ids, of their
// codes, and of whoever waits for them, directly or not.
func (d *desk) load(ctx context.Context, db sqlx.QueryerContext, ids, codes []string) error {
	var known []outcome
	if err := in(ctx, db, &known, `SELECT * FROM outcomes WHERE ce_id IN (?)`, ids); err != nil {
		return err
	}
	for _, o := range known {
		d.known[o.ID] = o
	}
	var crowd bool
	if err := sqlx.GetContext(ctx, db, &crowd, `SELECT EXISTS (SELECT 1 FROM parked)`); err != nil {
		return err
	}
	if crowd {
		var own []communication
		if err := in(ctx, db, &own, `SELECT * FROM parked WHERE ce_id IN (?)`, ids); err != nil {
			return err
		}
		waiting, err := d.loadWaiting(ctx, db, own, ids)
		if err != nil {
			return err
		}
		codes = append(codes, waiting...)
	}
	var holders []holder
	if err := in(ctx, db, &holders, `SELECT codice, ce_id, digest FROM registrations WHERE codice IN (?)`, codes); err != nil {
		return err
	}
	for _, h := range holders {
		d.codes[h.Codice] = h
	}
	return nil
}

// loadWaiting enters own and whoever waits for ids, and gives their codes.
func (d *desk) loadWaiting(ctx context.Context, db sqlx.QueryerContext, own []communication, ids []string) ([]string, error) {
	var codes []string
	for found := own; ; {
		var fresh []string
		for _, c := range found {
			if !d.parked[c.ID] {
				d.wait(c)
				codes = append(codes, c.Codice)
				fresh = append(fresh, c.ID)
			}
		}
		ids = append(ids, fresh...)
		if len(ids) == 0 {
			return codes, nil
		}
		found = nil
		if err := in(ctx, db, &found, `SELECT * FROM parked WHERE prev IN (?)`, ids); err != nil {
			return nil, err
		}
		ids = nil
	}
}

// in runs a query with one list. An empty list finds nothing.
func in[T any](ctx context.Context, db sqlx.QueryerContext, into *[]T, query string, list []string) error {
	if len(list) == 0 {
		return nil
	}
	query, args, err := sqlx.In(query, list)
	if err != nil {
		return fmt.Errorf("expand list: %w", err)
	}
	if err := sqlx.SelectContext(ctx, db, into, query, args...); err != nil {
		return fmt.Errorf("read national database: %w", err)
	}
	return nil
}

// save writes what the desk decided.
func (d *desk) save(ctx context.Context, tx *sqlx.Tx, positions map[position]int64) error {
	for _, step := range []func() error{
		func() error { return insert(ctx, tx, insertOutcomes, d.outcomes) },
		func() error { return insert(ctx, tx, insertRegistrations, d.registrations) },
		func() error { return insert(ctx, tx, insertParked, d.park) },
		func() error { return insert(ctx, tx, insertOutbox, d.outbox) },
		func() error { return d.leave(ctx, tx) },
		func() error { return d.saveTotals(ctx, tx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for p, next := range positions {
		_, err := tx.ExecContext(ctx, `INSERT INTO positions (topic, partition, next) VALUES (?, ?, ?)
			ON CONFLICT (topic, partition) DO UPDATE SET next = excluded.next`, p.topic, p.partition, next)
		if err != nil {
			return fmt.Errorf("write positions: %w", err)
		}
	}
	return nil
}

const (
	insertOutcomes = `INSERT INTO outcomes (ce_id, codice, digest, root, esito, registrazione, instant, faults)
		VALUES (:ce_id, :codice, :digest, :root, :esito, :registrazione, :instant, :faults)`
	insertRegistrations = `INSERT INTO registrations (registrazione, ce_id, codice, digest, day, region, kind, origin, received, content)
		VALUES (:registrazione, :ce_id, :codice, :digest, :day, :region, :kind, :origin, :received, :content)`
	insertParked = `INSERT INTO parked (ce_id, prev, since, codice, digest, root, day, region, kind, origin, received, topic, content)
		VALUES (:ce_id, :prev, :since, :codice, :digest, :root, :day, :region, :kind, :origin, :received, :topic, :content)`
	insertOutbox = `INSERT INTO outbox (topic, key, event, type, codice, instant, value)
		VALUES (:topic, :key, :event, :type, :codice, :instant, :value)`
)

// insert writes rows in one statement, a hundred at a time.
func insert[T any](ctx context.Context, tx *sqlx.Tx, query string, rows []T) error {
	for len(rows) > 0 {
		n := min(len(rows), 100)
		if _, err := tx.NamedExecContext(ctx, query, rows[:n]); err != nil {
			return fmt.Errorf("write national database: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

func (d *desk) leave(ctx context.Context, tx *sqlx.Tx) error {
	if len(d.unpark) == 0 {
		return nil
	}
	query, args, err := sqlx.In(`DELETE FROM parked WHERE ce_id IN (?)`, d.unpark)
	if err != nil {
		return fmt.Errorf("expand list: %w", err)
	}
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("release parked: %w", err)
	}
	return nil
}

// saveTotals adds the new registrations to their totals.
func (d *desk) saveTotals(ctx context.Context, tx *sqlx.Tx) error {
	type key struct{ day, region, kind string }
	byKey := make(map[key][]registration)
	for _, r := range d.registrations {
		k := key{r.Day, r.Region, r.Kind}
		byKey[k] = append(byKey[k], r)
	}
	for k, rs := range byKey {
		t := totalRow{Day: k.day, Region: k.region, Kind: k.kind, Sum: emptySum}
		var old []totalRow
		err := tx.SelectContext(ctx, &old, `SELECT * FROM totals WHERE day = ? AND region = ? AND kind = ?`,
			k.day, k.region, k.kind)
		if err != nil {
			return fmt.Errorf("read totals: %w", err)
		}
		if len(old) > 0 {
			t = old[0]
		}
		if err := t.grow(rs); err != nil {
			return err
		}
		_, err = tx.NamedExecContext(ctx, `INSERT INTO totals (day, region, kind, count, sum, registrazione, published)
			VALUES (:day, :region, :kind, :count, :sum, :registrazione, :published)
			ON CONFLICT (day, region, kind) DO UPDATE
			SET count = excluded.count, sum = excluded.sum, registrazione = excluded.registrazione`, t)
		if err != nil {
			return fmt.Errorf("write totals: %w", err)
		}
	}
	return nil
}

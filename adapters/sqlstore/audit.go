package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Column is one column of the database's catalogue.
type Column struct{ Table, Name, Type string }

// Catalogue lists all columns of all tables, as the database knows them.
func (s *Store) Catalogue(ctx context.Context) ([]Column, error) {
	var list []Column
	err := each(ctx, s, s.dialect.catalogue, nil, func(scan func(...any) error) error {
		var c Column
		err := scan(&c.Table, &c.Name, &c.Type)
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, unavailable("read catalogue", err)
	}
	return list, nil
}

// Audit feeds an auditor all that is stored, from one snapshot: another
// process may go on writing. Feed the auditor what was published before, and
// ask it for its findings afterwards.
func (s *Store) Audit(ctx context.Context, a *ledger.Auditor) error {
	tx, err := s.reader.BeginTxx(ctx, &s.dialect.snapshot)
	if err != nil {
		return unavailable("audit", err)
	}
	defer func() { _ = tx.Rollback() }()
	f := feed{ctx: ctx, q: snapshot{s, tx}, auditor: a}
	for _, step := range []func() error{f.blobs, f.entries, f.contents, f.chains, f.counters, f.head, f.meta} {
		if err := step(); err != nil {
			return unavailable("audit", err)
		}
	}
	return nil
}

// snapshot queries inside one reading transaction.
type snapshot struct {
	*Store
	tx *sqlx.Tx
}

func (s snapshot) query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, s.bind(statement), args...)
}

// feed reads tables for an auditor.
type feed struct {
	ctx     context.Context
	q       querier
	auditor *ledger.Auditor
}

// rows reads a table; a row that cannot be read is a finding, not an error.
func (f feed) rows(table, query string, row func(scan func(...any) error) error) error {
	return each(f.ctx, f.q, query, nil, func(scan func(...any) error) error {
		if err := row(scan); err != nil {
			f.auditor.Table(0, fmt.Sprintf("tabella %s: riga illeggibile", table))
		}
		return nil
	})
}

func (f feed) blobs() error {
	return f.rows("blobs", `SELECT key, bytes FROM blobs`, func(scan func(...any) error) error {
		var key ledger.Hash
		var b sql.RawBytes
		if err := scan((*hashCell)(&key), &b); err != nil {
			return err
		}
		f.auditor.Blob(key, sha256.Sum256(b))
		return nil
	})
}

// entries feeds entries with what is stored at their positions, in pages.
func (f feed) entries() error {
	after := int64(math.MinInt64)
	for {
		rows, last, err := f.page(after)
		if err != nil {
			return err
		}
		if err := f.receipts(rows, after, last); err != nil {
			return err
		}
		if err := f.outbox(rows, after, last); err != nil {
			return err
		}
		for _, position := range slices.Sorted(maps.Keys(rows)) {
			f.auditor.Entry(*rows[position])
		}
		if last == math.MaxInt64 {
			return nil
		}
		after = last
	}
}

// page reads the next entries, and gives the last position they reach:
// the largest number there is if these are all.
func (f feed) page(after int64) (map[int64]*ledger.AuditRow, int64, error) {
	names := strings.Split(entryColumns, ", ")
	rows := make(map[int64]*ledger.AuditRow)
	last := int64(math.MaxInt64)
	query := fmt.Sprintf(`SELECT %s FROM entries WHERE position > ? ORDER BY position LIMIT %d`, entryColumns, page)
	err := each(f.ctx, f.q, query, []any{after}, func(scan func(...any) error) error {
		var e ledger.Entry
		cells := make([]any, entryWidth)
		values := make([]any, entryWidth)
		for i := range cells {
			cells[i] = &values[i]
		}
		if err := scan(cells...); err != nil {
			return err
		}
		row := &ledger.AuditRow{Entry: &e}
		for i, target := range entryTargets(&e) {
			if err := target.(sql.Scanner).Scan(values[i]); err != nil {
				row.Unreadable = append(row.Unreadable, names[i])
			}
		}
		row.Position = e.Position
		rows[e.Position] = row
		if len(rows) == page {
			last = e.Position
		}
		return nil
	})
	return rows, last, err
}

// at is the row of a position, made if there is no entry.
func at(rows map[int64]*ledger.AuditRow, position int64) *ledger.AuditRow {
	if rows[position] == nil {
		rows[position] = &ledger.AuditRow{Position: position}
	}
	return rows[position]
}

func (f feed) receipts(rows map[int64]*ledger.AuditRow, after, to int64) error {
	const query = `SELECT position, bytes FROM receipts WHERE position > ? AND position <= ?`
	return each(f.ctx, f.q, query, []any{after, to}, func(scan func(...any) error) error {
		var position int64
		var b []byte
		if err := scan(&position, (*rawCell)(&b)); err != nil {
			return err
		}
		at(rows, position).Receipt = append([]byte{}, b...)
		return nil
	})
}

func (f feed) outbox(rows map[int64]*ledger.AuditRow, after, to int64) error {
	const query = `SELECT position, topic, root, shard, dead FROM outbox WHERE position > ? AND position <= ?`
	return each(f.ctx, f.q, query, []any{after, to}, func(scan func(...any) error) error {
		var position int64
		var d ledger.OutboxRow
		if err := scan(&position, &d.Topic, &d.Root, &d.Shard, (*numberCell)(&d.Dead)); err != nil {
			return err
		}
		row := at(rows, position)
		row.Deliveries = append(row.Deliveries, d)
		return nil
	})
}

func (f feed) contents() error {
	return f.rows("content", `SELECT `+contentColumns+` FROM content`, func(scan func(...any) error) error {
		var c ledger.Content
		if err := scan(contentTargets(&c)...); err != nil {
			return err
		}
		f.auditor.Content(c)
		return nil
	})
}

func (f feed) chains() error {
	return f.rows("chains", `SELECT `+chainColumns+` FROM chains`, func(scan func(...any) error) error {
		var c ledger.Chain
		if err := scan(chainTargets(&c)...); err != nil {
			return err
		}
		f.auditor.Chain(c)
		return nil
	})
}

func (f feed) counters() error {
	return f.rows("counters", `SELECT region, province, year, last FROM counters`, func(scan func(...any) error) error {
		var c ledger.CounterValue
		if err := scan(&c.Region, &c.Province, &c.Year, &c.Last); err != nil {
			return err
		}
		f.auditor.Counter(c)
		return nil
	})
}

func (f feed) head() error {
	rows := 0
	err := f.rows("head", `SELECT position, hash, recorded FROM head`, func(scan func(...any) error) error {
		rows++
		var h ledger.Head
		if err := scan(headTargets(&h)...); err != nil {
			return err
		}
		if h.Position == 0 {
			h.Recorded = ledger.Head{}.Recorded
		}
		f.auditor.Head(h)
		return nil
	})
	if rows != 1 {
		f.auditor.Table(0, fmt.Sprintf("tabella head: %d righe invece di una", rows))
	}
	return err
}

func (f feed) meta() error {
	want := meta()
	err := f.rows("meta", `SELECT name, value FROM meta`, func(scan func(...any) error) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		if want[name] != value {
			f.auditor.Table(0, fmt.Sprintf("tabella meta: %s non è quello di questo registro", name))
		}
		delete(want, name)
		return nil
	})
	for name := range want {
		f.auditor.Table(0, fmt.Sprintf("tabella meta: manca %s", name))
	}
	return err
}

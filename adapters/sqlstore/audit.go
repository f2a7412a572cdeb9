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
	if s.dialect.wholeTables != "" {
		if _, err := tx.ExecContext(ctx, s.dialect.wholeTables); err != nil {
			return unavailable("audit", err)
		}
	}
	f := feed{ctx: ctx, q: snapshot{s, tx}, auditor: a, known: make(map[int64][]byte)}
	for _, step := range []func() error{f.texts, f.entries, f.contents, f.chains, f.abouts, f.counters, f.head, f.meta} {
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
	known   map[int64][]byte // texts of receipts
}

// texts reads what receipts have in common.
func (f feed) texts() error {
	return eachText(f.ctx, f.q, func(id int64, text []byte, intact bool) error {
		f.known[id] = text
		if !intact {
			f.auditor.Table(0, "testo comune delle ricevute alterato")
		}
		return nil
	})
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

// entries feeds entries with what is stored at their positions, in pages.
func (f feed) entries() error {
	after := int64(math.MinInt64)
	for {
		rows, last, err := f.page(after)
		if err != nil {
			return err
		}
		for _, more := range []func(map[int64]*ledger.AuditRow, int64, int64) error{f.receipts, f.documents, f.outbox} {
			if err := more(rows, after, last); err != nil {
				return err
			}
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
	const query = `SELECT position, own, pieces FROM receipts WHERE position > ? AND position <= ?`
	return each(f.ctx, f.q, query, []any{after, to}, func(scan func(...any) error) error {
		var position int64
		var c cutReceipt
		if err := scan(append([]any{&position}, c.targets()...)...); err != nil {
			return err
		}
		receipt, err := c.join(f.known)
		if err != nil {
			f.auditor.Table(position, "ricevuta che non si ricompone")
		}
		at(rows, position).Receipt = append([]byte{}, receipt...)
		return nil
	})
}

func (f feed) documents(rows map[int64]*ledger.AuditRow, after, to int64) error {
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	if after != first {
		first = documentID(after+1, ledger.TheDocument)
	}
	if to != last {
		last = documentID(to, ledger.TheEvidence)
	}
	const query = `SELECT id, bytes FROM documents WHERE id >= ? AND id <= ?`
	return each(f.ctx, f.q, query, []any{first, last}, func(scan func(...any) error) error {
		var id int64
		var b sql.RawBytes
		if err := scan(&id, &b); err != nil {
			return err
		}
		row := at(rows, id>>1)
		if ledger.Part(id&1) == ledger.TheDocument {
			row.Document = sha256.Sum256(b)
		} else {
			row.Evidence = sha256.Sum256(b)
		}
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
	return f.rows("chains", `SELECT `+chainColumns+`, relation FROM chains`, func(scan func(...any) error) error {
		var c ledger.Chain
		var key int64
		if err := scan(append(chainTargets(&c), &key)...); err != nil {
			return err
		}
		f.auditor.Chain(c)
		if key != relation(c.Employer, c.Worker, c.Start) {
			f.auditor.Table(c.Position, "tabella chains: la chiave del rapporto non è quella delle sue parti")
		}
		return nil
	})
}

func (f feed) abouts() error {
	return f.rows("abouts", `SELECT subject, position FROM abouts`, func(scan func(...any) error) error {
		var a ledger.About
		if err := scan(&a.Subject, &a.Position); err != nil {
			return err
		}
		f.auditor.About(a)
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

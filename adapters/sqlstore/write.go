package sqlstore

import (
	"fmt"
	"strings"

	"github.com/snodo-co/snodo/routing/ledger"
)

// part is one kind of what a batch writes: new rows of a table, or a statement
// that touches one row for each key.
type part struct {
	into   table
	change string // if into has no name
	width  int    // of change
	values []any  // rows or keys, one after the other
}

func (p part) name() string {
	if p.into.name != "" {
		return "insert into " + p.into.name
	}
	name, _, _ := strings.Cut(p.change, " SET ")
	return strings.ToLower(name)
}

// rows is how many rows it must touch.
func (p part) rows() int64 { return int64(len(p.values) / (p.width + p.into.width)) } // one of them is zero

// documentID is the key of what an entry keeps: it grows with the ledger, so
// that rows are written in order.
func documentID(position int64, p ledger.Part) int64 { return 2*position + int64(p) }

// chainValues are the columns of chainsTable.
func chainValues(c ledger.Chain) []any {
	return []any{c.Root, c.Employer, c.Worker, c.Start, c.Head[:], c.Position, relation(c.Employer, c.Worker, c.Start)}
}

// receiptRows are the receipts of a batch, without what the texts say.
func receiptRows(b *ledger.Batch, receipts [][]byte, t *texts) part {
	var sealed []any
	for i := range receipts {
		if len(receipts[i]) > 0 {
			own, pieces := t.cut(receipts[i])
			sealed = append(sealed, b.Entries[i].Position, own, raw(pieces))
		}
	}
	return part{into: receiptsTable(), values: sealed}
}

// writes lists all a batch writes but its receipts: always the same parts in the
// same order, some of them empty. The head is guarded by the position it was
// read at.
func writes(before ledger.Head, b *ledger.Batch, drafts []ledger.Draft) []part {
	entries := make([]any, 0, len(b.Entries)*entryWidth)
	var documents, abouts, known, fresh, chains, outbox, dead []any
	for i := range b.Entries {
		e := &b.Entries[i]
		entries = entryValues(entries, e)
		d := &drafts[b.Members[i]]
		if d.Document != nil {
			documents = append(documents, documentID(e.Position, ledger.TheDocument), d.Document)
		}
		if d.Evidence != nil {
			documents = append(documents, documentID(e.Position, ledger.TheEvidence), d.Evidence)
		}
	}
	for _, p := range b.Contents {
		c := &p.Row
		if p.New {
			fresh = append(fresh, c.Digest[:], c.Sender, hash(c.RequestDigest), c.Position, number(c.FreedBy))
		} else {
			known = append(known, c.Sender, hash(c.RequestDigest), c.Position, number(c.FreedBy), c.Digest[:])
		}
	}
	for _, c := range b.Chains {
		chains = append(chains, chainValues(c)...)
	}
	for _, a := range b.Abouts {
		abouts = append(abouts, a.Subject, a.Position)
	}
	for _, d := range b.Outbox {
		outbox = append(outbox, d.Position, d.Topic, d.Root, d.Shard)
	}
	for _, m := range b.Dead {
		dead = append(dead, m.By, m.Position, m.Topic)
	}
	head := []any{b.Head.Position, b.Head.Hash[:], b.Head.Recorded.UnixMicro(), before.Position}
	return append([]part{
		{into: entriesTable(), values: entries}, {into: documentsTable(), values: documents},
		{into: aboutsTable(), values: abouts},
		{change: sqlContentSet, width: 5, values: known}, {into: contentTable(), values: fresh},
		{into: chainsTable(), values: chains}, {into: outboxTable(), values: outbox}, {change: sqlDead, width: 3, values: dead},
	}, append(counterWrites(b.Counters), part{change: sqlHeadUpdate, width: 4, values: head})...)
}

func counterWrites(counters []ledger.CounterValue) []part {
	var known, fresh []any
	for _, c := range counters {
		if c.New {
			fresh = append(fresh, c.Last, c.Region, c.Province, c.Year)
		} else {
			known = append(known, c.Last, c.Region, c.Province, c.Year)
		}
	}
	return []part{{change: sqlCounterSet, width: 4, values: known}, {into: countersTable(), values: fresh}}
}

// write writes a batch: in one statement where the database can. The receipts,
// which may not be ready yet, come last.
func (t *txn) write(parts []part, receipts func() (part, error)) error {
	if t.store.dialect.setwise {
		sealed, err := receipts()
		if err != nil {
			return err
		}
		return t.writeAtOnce(append(parts, sealed))
	}
	if err := t.writeAll(parts); err != nil {
		return err
	}
	sealed, err := receipts()
	if err != nil {
		return err
	}
	return t.writeAll([]part{sealed})
}

func (t *txn) writeAll(parts []part) error {
	for _, p := range parts {
		if err := t.writePart(p); err != nil {
			return fmt.Errorf("%s: %w", p.name(), err)
		}
	}
	return nil
}

// writePart writes rows a few at a time, and changes one by one.
func (t *txn) writePart(p part) error {
	if p.into.name == "" {
		for values := p.values; len(values) > 0; values = values[p.width:] {
			if err := t.must(1, p.change, values[:p.width]...); err != nil {
				return err
			}
		}
		return nil
	}
	values := p.values
	for _, size := range batches() {
		for n := size * p.into.width; len(values) >= n; values = values[n:] {
			got, err := t.exec(p.into.insertion(size), values[:n]...)
			if err != nil {
				return err
			}
			if got != int64(size) {
				return errConflict
			}
		}
	}
	return nil
}

// writeAtOnce writes a batch in one statement.
func (t *txn) writeAtOnce(parts []part) error {
	var args, targets []any
	counts := make([]int64, len(parts))
	for i, p := range parts {
		width := p.width + p.into.width // one of them is zero
		args = append(args, columns(width, p.values)...)
		targets = append(targets, &counts[i])
	}
	if _, err := one(t.ctx, t, t.store.atOnce, args, targets...); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	for i, p := range parts {
		if counts[i] != p.rows() {
			return fmt.Errorf("%s: %w", p.name(), errConflict)
		}
	}
	return nil
}

// atOnce is the statement that writes a batch, and gives the number of rows
// that each part has touched.
func atOnce() string {
	var with, counts []string
	for i, p := range append(writes(ledger.Head{}, &ledger.Batch{}, nil), receiptRows(nil, nil, nil)) {
		text := setText(p.change, keyTypes()[p.change])
		if p.into.name != "" {
			text = p.into.insertSet()
		}
		with = append(with, fmt.Sprintf("w%d AS (%s RETURNING 1)", i, text))
		counts = append(counts, fmt.Sprintf("(SELECT count(*) FROM w%d)", i))
	}
	return "WITH " + strings.Join(with, ", ") + " SELECT " + strings.Join(counts, ", ")
}

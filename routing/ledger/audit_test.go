package ledger

import (
	"fmt"
	"testing"
	"time"
)

// book is n entries that follow each other, as a store would feed them.
func book(t *testing.T, n int) []AuditRow {
	t.Helper()
	var rows []AuditRow
	g := group(t)
	for i := range n {
		g.Members = append(g.Members, Member{Draft: draft(t, fmt.Sprint(i))})
	}
	b := assign(t, g)
	for i := range b.Entries {
		e := b.Entries[i]
		d := b.Outbox[i]
		rows = append(rows, AuditRow{
			Position: e.Position, Entry: &e, Receipt: []byte("receipt"), Document: e.Document, Evidence: e.Evidence,
			Deliveries: []OutboxRow{{Topic: d.Topic, Root: d.Root, Shard: int64(d.Shard)}},
		})
	}
	return rows
}

// auditOf feeds rows with their documents and derived tables.
func auditOf(t *testing.T, o AuditOptions, rows []AuditRow, change func(a *Auditor)) []Finding {
	t.Helper()
	o.Rome = mustRome(t)
	a := NewAuditor(o)
	if change != nil {
		change(a)
	}
	var last Head
	for _, r := range rows {
		a.Entry(r)
		if r.Entry != nil {
			last = Head{Position: r.Position, Hash: r.Entry.Hash, Recorded: r.Entry.Recorded}
		}
	}
	for k, n := range a.state.counters {
		a.Counter(CounterValue{Counter: k, Last: n})
	}
	for _, c := range a.state.contents {
		a.Content(c)
	}
	for _, c := range a.state.chains {
		a.Chain(c)
	}
	a.Head(last)
	return a.Findings()
}

func TestAuditOfNothing(t *testing.T) {
	t.Parallel()
	if f := auditOf(t, AuditOptions{}, nil, nil); len(f) > 0 {
		t.Errorf("findings %v", f)
	}
	if f := auditOf(t, AuditOptions{}, book(t, 5), nil); len(f) > 0 {
		t.Errorf("findings %v", f)
	}
}

// TestAuditNames checks which item a finding names, and that nothing that did
// not change is named.
func TestAuditNames(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		tamper func(rows []AuditRow) []AuditRow
		want   string
	}{
		{"a field", func(r []AuditRow) []AuditRow { r[2].Entry.Basis = "x"; return r }, "[hash@3]"},
		{"a hash", func(r []AuditRow) []AuditRow { r[2].Entry.Hash = Hash{1}; return r }, "[hash@3]"},
		{"a row gone", func(r []AuditRow) []AuditRow { return append(r[:2:2], r[3:]...) }, "[missing@3 link@4]"},
		{"an orphan", func(r []AuditRow) []AuditRow {
			r[2].Entry = nil
			return r
		}, "[delivery@3 missing@3 receipt@3 link@4]"},
		{"an unreadable column", func(r []AuditRow) []AuditRow { r[1].Unreadable = []string{"digest"}; return r }, "[column@2]"},
		{"a receipt gone", func(r []AuditRow) []AuditRow { r[1].Receipt = nil; return r }, "[receipt@2]"},
		{"a wrong root in the outbox", func(r []AuditRow) []AuditRow { r[1].Deliveries[0].Root = "x"; return r }, "[delivery@2]"},
		{"rehashed after a change: the next one tells", func(r []AuditRow) []AuditRow {
			r[1].Entry.Basis = "x"
			r[1].Entry.Hash = r[1].Entry.Chain(r[0].Entry.Hash)
			return r
		}, "[hash@3]"},
	}
	for _, c := range cases {
		f := auditOf(t, AuditOptions{}, c.tamper(book(t, 5)), nil)
		var got []string
		for _, x := range f {
			if x.What != FoundDocument { // documents of a row that is gone
				got = append(got, fmt.Sprintf("%s@%d", x.What, x.Position))
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.name, f, c.want)
		}
	}
}

func TestAuditNamesARangeOfMissing(t *testing.T) {
	t.Parallel()
	rows := book(t, 2)
	e := *rows[1].Entry
	e.Position = 500
	rows[1].Position, rows[1].Entry = 500, &e
	f := auditOf(t, AuditOptions{}, rows, nil)
	if len(f) == 0 || f[0].What != FoundMissing || f[0].Position != 2 || len(f) > 5 {
		t.Errorf("findings %v", f)
	}
}

// TestAuditRecomputes rewrites a whole ledger, hashes included, so that only
// the arithmetic or what lies outside can tell.
func TestAuditRecomputes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(e *Entry)
		want   What
	}{
		{"a code out of sequence", func(e *Entry) { e.Codice, e.Root = "1300126000000900", "1300126000000900" }, FoundCode},
		{"a code of another region", func(e *Entry) { e.Codice, e.Root = "0800126000000003", "0800126000000003" }, FoundCode},
		{"a code of another year", func(e *Entry) { e.Codice, e.Root = "1300125000000003", "1300125000000003" }, FoundCode},
		{"a stranger's chain", func(e *Entry) { e.Root = "1300126000000001" }, FoundPlace},
		{"a predecessor of no chain", func(e *Entry) { e.Prev = Hash{1} }, FoundPlace},
		{"the same content twice", func(e *Entry) { e.Digest = draft(t, "0").Entry.Digest }, FoundTwice},
		{"recorded before", func(e *Entry) { e.Recorded = e.Recorded.Add(-time.Hour) }, FoundOrder},
		{"a kind of another topic", func(e *Entry) { e.Kind = "UNISOMM" }, FoundDelivery},
	}
	for _, c := range cases {
		rows := book(t, 5)
		c.change(rows[2].Entry)
		rows[2].Deliveries[0].Root = rows[2].Entry.Root
		rows[2].Deliveries[0].Shard = int64(Shard(rows[2].Entry.Root))
		prev := Hash{}
		for _, r := range rows {
			r.Entry.Hash = r.Entry.Chain(prev)
			prev = r.Entry.Hash
		}
		found := false
		for _, f := range auditOf(t, AuditOptions{}, rows, nil) {
			found = found || f.What == c.want && f.Position == 3
		}
		if !found {
			t.Errorf("%s: not named", c.name)
		}
	}
}

func TestAuditAgainstSealedHeads(t *testing.T) {
	t.Parallel()
	rows := book(t, 5)
	seal := func(position int64, h Hash, key keyed) SealedHead {
		s, err := SealHead(Head{Position: position, Hash: h}, time.Unix(0, 0), key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		name string
		head SealedHead
		want string
	}{
		{"true", seal(3, rows[2].Entry.Hash, "k"), "[]"},
		{"another ledger's", seal(3, Hash{1}, "k"), "[sealed@3]"},
		{"behind the end", seal(9, Hash{1}, "k"), "[sealed@9]"},
		{"sealed by another", seal(3, rows[2].Entry.Hash, "x"), "[sealed@3]"},
	} {
		var got []string
		for _, f := range auditOf(t, AuditOptions{Heads: []SealedHead{c.head}, Seals: keyed("k")}, rows, nil) {
			got = append(got, fmt.Sprintf("%s@%d", f.What, f.Position))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestAuditAgainstTopics(t *testing.T) {
	t.Parallel()
	rows := book(t, 3)
	f := auditOf(t, AuditOptions{}, rows, func(a *Auditor) {
		a.Published("co.unilav.v1", rows[0].Entry.Hash, rows[0].Entry.Codice)
		a.Published("co.unilav.v1", Hash{9}, "1300126000000777")
	})
	if len(f) != 1 || f[0].What != FoundPublished || f[0].Codice != "1300126000000777" {
		t.Errorf("findings %v", f)
	}
}

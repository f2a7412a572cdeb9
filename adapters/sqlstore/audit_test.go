package sqlstore_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// operational are the columns that state no fact, each with the reason.
var operational = map[string]string{
	"outbox.done_at":              "when the broker acknowledged: the topics themselves are the proof",
	"relay_leases.shard":          "who relays which shard now",
	"relay_leases.holder":         "who relays which shard now",
	"relay_leases.expires":        "until when",
	"relay_holders.holder":        "who shares the relay now",
	"relay_holders.expires":       "until when",
	"probe.id":                    "a constraint holds it at 1",
	"probe.bytes":                 "written to see whether there is room",
	"messages.name":               "which messages came: their content is what the entries say",
	"messages.digest":             "whether one came with another content",
	"messages.received":           "until when it is remembered",
	"head.id":                     "a constraint holds it at 1",
	"goose_db_version.id":         "the migrations' own bookkeeping",
	"goose_db_version.version_id": "the migrations' own bookkeeping",
	"goose_db_version.is_applied": "the migrations' own bookkeeping",
	"goose_db_version.tstamp":     "the migrations' own bookkeeping",
}

// vault is a ledger with one of everything, closed, in a database of its own.
type vault struct {
	t      *testing.T
	engine engine
	url    string
	sealer *contract.Sealer
	head   ledger.Head
	ids    map[int64]ledger.Entry
}

func newVault(t *testing.T, e engine) *vault {
	t.Helper()
	v := &vault{t: t, engine: e, url: e.make(t), sealer: &contract.Sealer{}, ids: make(map[int64]ledger.Entry)}
	clock := contract.NewClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	s := v.open(sqlstore.Options{Issuer: v.sealer, Clock: clock.Now})
	add := func(d ledger.Draft) ledger.Entry {
		t.Helper()
		r, err := s.Append(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		v.ids[r.Entry.Position] = r.Entry
		return r.Entry
	}
	first := add(contract.Submission("one"))
	channel := contract.Submission("two")
	channel.Entry.Origin, channel.Entry.RequestDigest = ledger.Channel, sha256.Sum256([]byte("request"))
	channel.Entry.Employer, channel.Entry.Worker = first.Employer, first.Worker
	channel.Entry.Previous = first.Codice
	second := add(channel)
	add(contract.Rejection("bad", `[{"code":"ENV-04"}]`))
	add(contract.Refusal("worse"))
	add(contract.OutcomeOf(first, ledger.Registered, 1))
	add(contract.OutcomeOf(second, ledger.RejectedByStore, 0))
	add(contract.OutcomeOf(first, ledger.Registered, 2)) // an anomaly
	third := add(contract.Submission("three"))
	add(contract.DeadLetterOf(third, "too large"))
	add(ledger.Draft{Entry: ledger.Entry{Type: ledger.Statement, Received: clock.Now(), Payload: []byte(`{"n":1}`)}})
	clock.Add(ledger.RejectedTTL + time.Hour)
	if n, err := s.Erase(t.Context(), clock.Now().Add(-ledger.RejectedTTL)); err != nil || n != 3 {
		t.Fatalf("erased %d, error %v", n, err)
	}
	if err := s.LiftCounters(t.Context(), []ledger.LiftCounter{{Region: "13", Province: "001", Year: 2026, Last: 9}}); err != nil {
		t.Fatal(err)
	}
	add(contract.Rejection("late", `[{"code":"ENV-04"}]`))
	add(contract.Submission("four"))
	add(contract.Submission("five"))
	var err error
	if v.head, err = s.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if path, ok := strings.CutPrefix(v.url, "sqlite:"); ok {
		if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("a closed ledger left its write-ahead log: %v", err)
		}
	}
	return v
}

func (v *vault) open(o sqlstore.Options) *sqlstore.Store {
	v.t.Helper()
	s, err := sqlstore.Open(context.Background(), v.url, o)
	if err != nil {
		v.t.Fatal(err)
	}
	return s
}

// tamper runs statements from outside, without constraints.
func (v *vault) tamper(statements ...string) {
	v.t.Helper()
	db, err := v.engine.open(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for _, s := range slices.Concat(v.engine.free, statements) {
		if _, err := db.Exec(s); err != nil {
			v.t.Fatalf("%s: %v", s, err)
		}
	}
}

// findings audits what is stored, as `snodo verify` does: read-only.
func (v *vault) findings(o ledger.AuditOptions, published ...ledger.Entry) []ledger.Finding {
	v.t.Helper()
	s := v.open(sqlstore.Options{ReadOnly: true})
	defer func() { _ = s.Close() }()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		v.t.Fatal(err)
	}
	o.Rome, o.Receipts = rome, v.sealer
	a := ledger.NewAuditor(o)
	for _, e := range published {
		a.Published("co.unilav.v1", e.Hash, e.Codice)
	}
	if err := s.Audit(context.Background(), a); err != nil {
		v.t.Fatal(err)
	}
	return a.Findings()
}

func named(findings []ledger.Finding, what ledger.What, position int64) bool {
	for _, f := range findings {
		if f.What == what && f.Position == position {
			return true
		}
	}
	return false
}

func TestAuditOfAnUntouchedLedger(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		if f := newVault(t, e).findings(ledger.AuditOptions{}); len(f) > 0 {
			t.Errorf("findings: %v", f)
		}
	})
}

// TestAuditNamesEveryFlip alters each column that states a fact, one row at a
// time, and wants the row's position named.
func TestAuditNamesEveryFlip(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		pristine := newVault(t, e)
		s := pristine.open(sqlstore.Options{ReadOnly: true})
		columns, err := s.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, c := range columns {
			name := c.Table + "." + c.Name
			seen[name] = true
			if operational[name] != "" {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				pristine.flipEachRow(t, c)
			})
		}
		for name := range operational {
			if !seen[name] {
				t.Errorf("operational column %s is not in the catalogue", name)
			}
		}
	})
}

// flipEachRow flips a column in every row that has a value in it, and sets it
// where it has none, one row after the other in a copy of the ledger.
func (v *vault) flipEachRow(t *testing.T, c sqlstore.Column) {
	key := map[string]string{
		"content": "digest", "counters": "last", "chains": "root", "meta": "name", "outbox": "position", "documents": "id", "receipt_texts": "digest",
	}[c.Table]
	if key == "" {
		key = "position"
	}
	v = v.copied(t)
	keys := v.keys(c.Table, key)
	v.tamper(fmt.Sprintf(`CREATE TABLE saved AS SELECT * FROM %s`, c.Table))
	undo := []string{fmt.Sprintf(`DELETE FROM %s`, c.Table), fmt.Sprintf(`INSERT INTO %s SELECT * FROM saved`, c.Table)}
	for _, k := range keys {
		v.tamper(undo[0], undo[1], fmt.Sprintf(`UPDATE %s SET %s = %s WHERE %s = %s`, c.Table, c.Name, v.engine.flipped(c), key, k))
		f := v.findings(ledger.AuditOptions{})
		if len(f) == 0 {
			t.Errorf("row %s: nothing was found", k)
		}
		if c.Table == "entries" && c.Name != "position" {
			var position int64
			if _, err := fmt.Sscan(strings.Trim(k, "'"), &position); err != nil {
				t.Fatal(err)
			}
			// Beside the entry itself, only what depends on it may be named.
			if !named(f, ledger.FoundHash, position) || len(f) > 4 || named(f, ledger.FoundLink, position+1) {
				t.Errorf("row %s: findings %v", k, f)
			}
		}
		if t.Failed() || testing.Short() {
			return
		}
	}
	v.tamper(undo...)
	if f := v.findings(ledger.AuditOptions{}); len(f) > 0 {
		t.Errorf("put back as it was: findings %v", f)
	}
}

// keys are literals of the values of a table's column.
func (v *vault) keys(table, column string) []string {
	v.t.Helper()
	db, err := v.engine.open(v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Query(fmt.Sprintf(`SELECT %s(%s) FROM %s`, v.engine.quote, column, table))
	if err != nil {
		v.t.Fatal(err)
	}
	var keys []string
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			v.t.Fatal(err)
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil || len(keys) == 0 {
		v.t.Fatalf("no rows to flip: %v", err)
	}
	return keys
}

// copied is the same ledger in a database of its own.
func (v *vault) copied(t *testing.T) *vault {
	t.Helper()
	c := *v
	c.t, c.url = t, v.engine.copied(t, v.url)
	return &c
}

func TestAuditNamesWhatWasDone(t *testing.T) { onEngines(t, testAuditNames) }

func testAuditNames(t *testing.T, e engine) {
	pristine := newVault(t, e)
	sealed := func(v *vault) ledger.AuditOptions {
		return ledger.AuditOptions{Heads: []ledger.SealedHead{{Position: v.head.Position, Hash: v.head.Hash, Instant: v.head.Recorded}}}
	}
	none := func(*vault) ledger.AuditOptions { return ledger.AuditOptions{} }
	cases := []struct {
		name      string
		tamper    func(v *vault) []string
		options   func(v *vault) ledger.AuditOptions
		published func(v *vault) []ledger.Entry
		what      ledger.What
		position  func(v *vault) int64
	}{
		{"a middle row deleted", func(*vault) []string { return []string{`DELETE FROM entries WHERE position = 5`} },
			none, nil, ledger.FoundMissing, func(*vault) int64 { return 5 }},
		{"two rows swapped: the first", swap, none, nil, ledger.FoundHash, func(*vault) int64 { return 1 }},
		{"two rows swapped: the second", swap, none, nil, ledger.FoundHash, func(*vault) int64 { return 8 }},
		{"the tail deleted, carelessly", func(v *vault) []string {
			return []string{fmt.Sprintf(`DELETE FROM entries WHERE position = %d`, v.head.Position)}
		}, none, nil, ledger.FoundHead, func(v *vault) int64 { return v.head.Position }},
		{"the tail deleted with all traces: a later sealed head", cutTail, sealed, nil,
			ledger.FoundSealed, func(v *vault) int64 { return v.head.Position }},
		{"the tail deleted with all traces after relay, no later head: the topics", cutTail, none,
			func(v *vault) []ledger.Entry { return []ledger.Entry{v.ids[v.head.Position]} },
			ledger.FoundPublished, func(*vault) int64 { return 0 }},
		{"a receipt deleted", func(*vault) []string { return []string{`DELETE FROM receipts WHERE position = 2`} },
			none, nil, ledger.FoundReceipt, func(*vault) int64 { return 2 }},
		{"a text of the receipts deleted", func(*vault) []string { return []string{`DELETE FROM receipt_texts WHERE id = 1`} },
			none, nil, ledger.FoundReceipt, func(*vault) int64 { return 2 }},
		{"a text of the receipts changed", func(v *vault) []string {
			return []string{fmt.Sprintf(`UPDATE receipt_texts SET bytes = %s WHERE id = 1`, v.engine.bytes(0, 1))}
		}, none, nil, ledger.FoundReceipt, func(*vault) int64 { return 2 }},
		{"a delivery deleted", func(*vault) []string { return []string{`DELETE FROM outbox WHERE position = 2`} },
			none, nil, ledger.FoundDelivery, func(*vault) int64 { return 2 }},
		{"a delivery added", func(*vault) []string {
			return []string{`INSERT INTO outbox (position, topic, root, shard) VALUES (2, 'copia.altri.v1', 'x', 1)`}
		}, none, nil, ledger.FoundDelivery, func(*vault) int64 { return 2 }},
		{"a dead letter forged", func(*vault) []string { return []string{`UPDATE outbox SET dead = 9 WHERE position = 1`} },
			none, nil, ledger.FoundDelivery, func(*vault) int64 { return 1 }},
		{"a dead letter revived", func(*vault) []string { return []string{`UPDATE outbox SET dead = NULL`} },
			none, nil, ledger.FoundDelivery, func(*vault) int64 { return 8 }},
		{"a document of an accepted entry deleted", func(*vault) []string {
			return []string{`DELETE FROM documents WHERE id = 2`}
		}, none, nil, ledger.FoundDocument, func(*vault) int64 { return 1 }},
		{"a document of a young rejection deleted", func(v *vault) []string {
			return []string{`DELETE FROM documents WHERE id = 26`}
		}, none, nil, ledger.FoundDocument, func(*vault) int64 { return 13 }},
		{"a document changed", func(v *vault) []string {
			return []string{fmt.Sprintf(`UPDATE documents SET bytes = %s WHERE id = 2`, v.engine.bytes(0, 1))}
		},
			none, nil, ledger.FoundDocument, func(*vault) int64 { return 1 }},
		{"a document slipped in at an entry", func(v *vault) []string {
			return []string{fmt.Sprintf(`INSERT INTO documents VALUES (10, %s)`, v.engine.bytes(0, 1))}
		},
			none, nil, ledger.FoundDocument, func(*vault) int64 { return 5 }},
		{"a document slipped in behind the end", func(v *vault) []string {
			return []string{fmt.Sprintf(`INSERT INTO documents VALUES (2000, %s)`, v.engine.bytes(0, 1))}
		},
			none, nil, ledger.FoundDocument, func(*vault) int64 { return 1000 }},
		{"an outcome attributed to nobody", func(*vault) []string { return []string{`DELETE FROM abouts WHERE position = 5`} },
			none, nil, ledger.FoundOutcome, func(*vault) int64 { return 5 }},
		{"an entry slipped in at the end", forge, none, nil, ledger.FoundHash, func(v *vault) int64 { return v.head.Position + 1 }},
		{"a counter added", func(*vault) []string { return []string{`INSERT INTO counters VALUES ('08', '058', 2026, 5)`} },
			none, nil, ledger.FoundCounter, func(*vault) int64 { return 0 }},
		{"content forgotten", func(*vault) []string { return []string{`DELETE FROM content WHERE position = 1`} },
			none, nil, ledger.FoundContent, func(*vault) int64 { return 1 }},
		{"a chain forgotten", func(*vault) []string { return []string{`DELETE FROM chains WHERE position = 8`} },
			none, nil, ledger.FoundChain, func(*vault) int64 { return 8 }},
		{"the head row deleted", func(*vault) []string { return []string{`DELETE FROM head`} },
			none, nil, ledger.FoundTable, func(*vault) int64 { return 0 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := pristine.copied(t)
			v.tamper(c.tamper(v)...)
			var published []ledger.Entry
			if c.published != nil {
				published = c.published(v)
			}
			f := v.findings(c.options(v), published...)
			if !named(f, c.what, c.position(v)) {
				t.Errorf("want %s at %d, got %v", c.what, c.position(v), f)
			}
		})
	}
}

// cutTail deletes every trace of the last entry and moves the head back onto
// the one before.
func cutTail(v *vault) []string {
	last := v.head.Position
	return []string{
		fmt.Sprintf(`DELETE FROM outbox WHERE position = %d`, last),
		fmt.Sprintf(`DELETE FROM receipts WHERE position = %d`, last),
		fmt.Sprintf(`DELETE FROM content WHERE position = %d`, last),
		fmt.Sprintf(`DELETE FROM chains WHERE position = %d`, last),
		fmt.Sprintf(`DELETE FROM documents WHERE id >= %d`, 2*last),
		fmt.Sprintf(`DELETE FROM entries WHERE position = %d`, last),
		fmt.Sprintf(`UPDATE head SET position = %[1]d, hash = (SELECT hash FROM entries WHERE position = %[1]d), recorded = (SELECT recorded FROM entries WHERE position = %[1]d)`, last-1),
		`UPDATE counters SET last = last - 1`,
	}
}

func swap(*vault) []string {
	return []string{
		`UPDATE entries SET position = -1 WHERE position = 1`,
		`UPDATE entries SET position = 1 WHERE position = 8`,
		`UPDATE entries SET position = 8 WHERE position = -1`,
	}
}

// forge slips in an accepted entry with all that belongs to it, except that
// nobody can compute the hash of what the hub would have written.
func forge(v *vault) []string {
	n := v.head.Position
	return []string{
		fmt.Sprintf(`CREATE TEMP TABLE forged AS SELECT * FROM entries WHERE position = %d`, n),
		fmt.Sprintf(`UPDATE forged SET position = %d, codice = '1300126000000099', recorded = recorded + 1, digest = %s, hash = %s`,
			n+1, v.engine.bytes(0, 32), v.engine.bytes(7, 32)),
		`INSERT INTO entries SELECT * FROM forged`,
		fmt.Sprintf(`INSERT INTO outbox (position, topic, root, shard) SELECT %d, topic, root, shard FROM outbox WHERE position = %d`, n+1, n),
		fmt.Sprintf(`UPDATE head SET position = %d, hash = (SELECT hash FROM forged), recorded = recorded + 1`, n+1),
	}
}

// TestPlanOfEveryTopic keeps the vault honest: its dead letter must be of a
// topic that the plan has.
func TestPlanOfEveryTopic(t *testing.T) {
	t.Parallel()
	if plan := routing.Plan("UNILAV"); len(plan) != 1 || plan[0].Topic != "co.unilav.v1" {
		t.Errorf("the plan is %v: extend the vault", plan)
	}
}

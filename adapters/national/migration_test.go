package national

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/pressly/goose/v3"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// TestFirstEdition: a file of the first edition is taken over with all it
// holds: what is settled, what waits, what was not yet published.
func TestFirstEdition(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "n.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	code := func(n int) string { return header(fact(n, "", 0), "ce_subject") }
	digest := func(n int) string { return header(fact(n, "", 0), "snodo_digest") }
	var want reconcile.Total
	want.Add(name(1), code(1), digest(1))
	sum, err := want.Sum.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		into string
		args []any
	}{
		{`outcomes VALUES (?, ?, ?, 'a', 'registrata', 1, 1700000000000000, '[]')`, []any{name(1), code(1), digest(1)}},
		{`outcomes VALUES (?, ?, ?, 'a', 'rifiutata', 0, 1700000000000000, '[{"code":"NAZ-02"}]')`, []any{name(2), code(2), digest(2)}},
		{`registrations VALUES (1, ?, ?, ?, '2026-11-22', 'piemonte', 'UNILAV', 'signed', 1, 'x')`, []any{name(1), code(1), digest(1)}},
		{`parked VALUES (?, ?, 1, ?, ?, 'a', '2026-11-22', 'piemonte', 'UNILAV', 'signed', 1, 'co.unilav.v1', 'y')`,
			[]any{name(4), name(3), code(4), digest(4)}},
		{`outbox (topic, key, event, type, codice, instant, value) VALUES ('esiti.v1', 'a', ?, 'it.snodo.esito.v1', ?, 1, 'old')`,
			[]any{name(2), code(2)}},
		{`totals VALUES ('2026-11-22', 'piemonte', 'UNILAV', 1, ?, 1, 0)`, []any{string(sum)}},
	} {
		if _, err := db.Exec(`INSERT INTO `+row.into, row.args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	o := colleague(t, "sqlite:"+path, newBoard(), "office")
	o.flush(t)
	if left := o.board.on(routing.TopicOutcomes); len(left) != 1 || string(left[0].Value) != "old" || string(left[0].Key) != "a" {
		t.Fatalf("published %+v", left)
	}
	o.board.written = nil
	o.put(t, []kafkago.Message{fact(1, "a", 0), fact(2, "a", 0), fact(3, "a", 1)}...)
	got := o.outcomes(t)
	if len(got) != 4 || got[0].CeID != name(1) || got[0].Registration != 1 || got[1].Esito != refused ||
		got[2].Registration != 2 || got[3].CeID != name(4) || got[3].Registration != 3 {
		t.Fatalf("outcomes %+v", got)
	}
	if err := o.publishTotals(t.Context()); err != nil {
		t.Fatal(err)
	}
	want.Add(name(3), code(3), digest(3))
	want.Add(name(4), code(4), digest(4))
	if s := o.statements(t); len(s) != 1 || s[0].Count != 3 || s[0].Sum != want.Sum {
		t.Errorf("totals %+v", s)
	}
}

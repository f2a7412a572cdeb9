package sqlstore

import (
	"database/sql"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/postgrestest"
)

// TestPlans: PostgreSQL plans a statement when a connection first runs it, which
// for a new ledger is while its tables are empty and nothing is known of them.
// Even then no statement may go through a whole table or index, for that plan
// stays while the ledger grows.
func TestPlans(t *testing.T) {
	s, err := Open(t.Context(), postgrestest.Database(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	looked := 0
	for _, text := range s.bound {
		if strings.HasPrefix(text, "INSERT") {
			continue // VALUES
		}
		plan := planOf(t, s.writer.DB, text)
		for i, line := range plan {
			scan := scanned.FindStringSubmatch(line)
			if scan == nil {
				continue
			}
			looked++
			if scan[1] == "entries_rejection" && strings.Contains(text, "ORDER BY position DESC") {
				continue // of two small indexes the wrong one, until the connection's lifetime ends
			}
			if i+1 == len(plan) || !strings.Contains(plan[i+1], "Index Cond:") {
				t.Errorf("%s\n%s", text, strings.Join(plan, "\n"))
			}
		}
	}
	if looked < 20 {
		t.Errorf("%d scans in all the plans: they are not read rightly", looked)
	}
}

// scanned finds the scans of tables or indexes; Tid Scans are by row.
var scanned = regexp.MustCompile(`(?:Seq Scan|Index Scan|Index Scan Backward|Index Only Scan|Bitmap Index Scan)(?: using (\S+))? on `)

// planOf is the plan that a connection keeps for a statement.
func planOf(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(t.Context(), "PREPARE planned AS "+text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer func() {
		if _, err := conn.ExecContext(t.Context(), "DEALLOCATE planned"); err != nil {
			t.Error(err)
		}
	}()
	explain := "EXPLAIN EXECUTE planned"
	for n := 1; strings.Contains(text, "$"+strconv.Itoa(n)); n++ {
		explain += map[bool]string{true: " (", false: ", "}[n == 1] + "NULL"
	}
	if strings.HasSuffix(explain, "NULL") {
		explain += ")"
	}
	rows, err := conn.QueryContext(t.Context(), explain)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}

package sqlstore

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPlansSQLite: no prepared statement goes through a table or an index row by
// row. Unlike a time, a plan is the same on every machine.
func TestPlansSQLite(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "snodo.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	searched := 0
	for _, text := range writeStatements(s.dialect) { // and what is read
		for _, step := range sqlitePlan(t, s, text) {
			switch {
			case strings.HasPrefix(step, "SEARCH "):
				searched++
			case strings.HasPrefix(step, "SCAN k VIRTUAL TABLE"), strings.HasSuffix(step, "-ROW VALUES CLAUSE"):
				// what the statement was given
			case strings.HasPrefix(step, "SCAN "):
				t.Errorf("%s\n%s", text, step)
			}
		}
	}
	if searched < 10 {
		t.Errorf("%d searches in all the plans: they are not read rightly", searched)
	}
}

// sqlitePlan gives the steps by which SQLite answers a statement.
func sqlitePlan(t *testing.T, s *Store, text string) []string {
	t.Helper()
	rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, make([]any, strings.Count(text, "?"))...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

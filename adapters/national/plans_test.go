package national

import (
	"strings"
	"testing"
)

// TestPlansSQLite: no statement that runs for every batch goes through a table or
// an index row by row.
func TestPlansSQLite(t *testing.T) {
	n, err := Open(t.Context(), Config{Database: freshSQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	searched := 0
	for _, text := range n.dialect.texts() {
		plan := []struct {
			ID, Parent, NotUsed int
			Detail              string
		}{}
		if err := n.db.SelectContext(t.Context(), &plan, "EXPLAIN QUERY PLAN "+text, make([]any, strings.Count(text, "?"))...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, step := range plan {
			switch {
			case strings.HasPrefix(step.Detail, "SEARCH "):
				searched++
			case strings.HasSuffix(step.Detail, "-ROW VALUES CLAUSE"):
			case strings.HasPrefix(step.Detail, "SCAN "):
				t.Errorf("%s\n%s", text, step.Detail)
			}
		}
	}
	if searched < 10 {
		t.Errorf("%d searches in all the plans: they are not read rightly", searched)
	}
}

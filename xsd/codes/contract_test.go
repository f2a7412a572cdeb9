package codes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// renderContracts gives the data file of what rules need to know of contract
// types. A form is certain where the source read it, or where the type's own
// name states it; elsewhere the source infers it.
func renderContracts(t *testing.T, rows []map[string]string) []byte {
	t.Helper()
	var out []string
	for _, row := range rows {
		code, name := row["code"], row["description_it"]
		evidence := "inferred"
		switch {
		case row["forma_evidence"] == "read":
			evidence = "read"
		case strings.Contains(name, "A TEMPO INDETERMINATO"), strings.Contains(name, "A TEMPO DETERMINATO"):
			evidence = "name"
			if permanent := strings.Contains(name, "INDETERMINATO"); permanent != (row["forma"] == "I") {
				t.Errorf("%s: the name and the form disagree", code)
			}
		}
		out = append(out, fmt.Sprintf("%s %s %s %s %s %s\n", code,
			first(row["valid_from"]), last(row["valid_to"]), row["forma"], evidence, marks(row)))
	}
	slices.Sort(out)
	return []byte(header("Contract types: first and last day, form (I permanent, D fixed-term, E either) and its evidence, "+
		"marks (a apprenticeship, s seasonal work admitted, t traineeship, l lavori socialmente utili; inferred: "+
		"h hours may be undefined, n no collective agreement may apply).", false) + strings.Join(out, ""))
}

func marks(row map[string]string) string {
	code := row["code"]
	// Collaborations (B), traineeships and the like (C), self-employed artists
	// (G.03), associates (L) and agents (M) are no subordinate employment.
	independent := strings.Contains("BCLM", code[:1]) || strings.HasPrefix(code, "G.03")
	var m string
	for _, mark := range []struct {
		letter string
		is     bool
	}{
		{"a", row["apprendistato"] == "SI"},
		{"s", row["stagionale_ammesso"] == "SI"},
		{"t", row["tirocinio"] == "SI"},
		{"l", strings.Contains(row["description_it"], "LSU")},
		// On-call (A.05) and home work (A.08) have no working time agreed.
		{"h", independent || strings.HasPrefix(code, "A.05") || strings.HasPrefix(code, "A.08")},
		{"n", independent},
	} {
		if mark.is {
			m += mark.letter
		}
	}
	if m == "" {
		return "-"
	}
	return m
}

func TestContract(t *testing.T) {
	t.Parallel()
	tables := load(t)
	if n := len(tables.contracts); n != 52 {
		t.Errorf("%d contract types", n)
	}
	for code, want := range map[string]string{
		"A.01.00": "Itrue ------", "A.02.00": "Dtrue -s----", "A.03.09": "Etrue as----", "A.03.08": "Ifalse as----",
		"A.05.02": "Etrue -s--h-", "C.01.00": "Dfalse --t-hn", "C.03.00": "Dfalse -s-lhn", "B.03.00": "Dfalse -s--hn",
	} {
		c, ok := tables.Contract(code)
		got := fmt.Sprintf("%c%t ", c.Form, c.Certain)
		for _, m := range []struct {
			is     bool
			letter string
		}{{c.Apprenticeship, "a"}, {c.Seasonal, "s"}, {c.Traineeship, "t"}, {c.LSU, "l"}, {c.NoHours, "h"}, {c.NoAgreement, "n"}} {
			if m.is {
				got += m.letter
			} else {
				got += "-"
			}
		}
		if !ok || got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	if _, ok := tables.Contract("Z.01.00"); ok {
		t.Error("found a type that is not in the table")
	}
}

func TestContractDays(t *testing.T) {
	t.Parallel()
	tables := load(t)
	for _, c := range []struct {
		code, day    string
		begun, ended bool
	}{
		{"A.01.00", "2026-03-09", true, false},
		{"A.01.00", "1988-03-09", true, false}, // before the classification
		{"A.05.02", "1988-03-09", false, false},
		{"A.05.02", "2013-01-09", false, false},
		{"A.05.02", "2013-01-10", true, false},
		{"A.05.01", "2013-01-10", true, false},
		{"A.05.01", "2013-01-11", true, true},
	} {
		if k, _ := tables.Contract(c.code); k.Begun(c.day) != c.begun || k.Ended(c.day) != c.ended {
			t.Errorf("%s on %s: begun %t, ended %t", c.code, c.day, k.Begun(c.day), k.Ended(c.day))
		}
	}
}

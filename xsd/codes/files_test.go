package codes

import (
	"strings"
	"testing"
)

// TestFilesOfAnyEditor: a table is read however an operator's editor ends its
// lines and in whatever order they are; a mark is never lost with them.
func TestFilesOfAnyEditor(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"as ours":       "# partial\nAA - - Altro\nBB 2020-01-01 2020-12-31 Vecchia\nBB 2021-02-01 - Nuova\n",
		"Windows":       "# partial\r\nAA - - Altro\r\nBB 2020-01-01 2020-12-31 Vecchia\r\nBB 2021-02-01 - Nuova\r\n",
		"empty lines":   "\n#partial \n\nAA - - Altro\n\nBB 2020-01-01 2020-12-31 Vecchia\nBB 2021-02-01 - Nuova\n\n",
		"not in order":  "BB 2021-02-01 - Nuova\nBB 2020-01-01 2020-12-31 Vecchia\nAA - - Altro\n# partial\n",
		"no last break": "# partial\nAA - - Altro\nBB 2020-01-01 2020-12-31 Vecchia\nBB 2021-02-01 - Nuova",
	} {
		files := Files{"cessazione": []byte(text)}
		if err := files.Check("cessazione"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		tables, err := files.Load()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c := tables.Cessazione
		if !c.Partial || c.Len() != 2 || c.Label("AA") != "Altro" || c.Label("BB") != "Nuova" {
			t.Errorf("%s: %+v", name, c)
		}
		for day, want := range map[string]Standing{
			"2019-12-31": Future, "2020-01-01": InForce, "2020-12-31": InForce, "2021-01-01": Future, "2021-02-01": InForce,
		} {
			if got := c.On("BB", day); got != want {
				t.Errorf("%s: BB on %s is %d, want %d", name, day, got, want)
			}
		}
	}
}

// TestFilesRefused: what is wrong with a table is told with its line or code.
func TestFilesRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ table, text, want string }{
		"no such table":           {"causali", "AA - -\n", "no such table; there are "},
		"no codes":                {"cessazione", "# partial\n", "no codes"},
		"fields":                  {"cessazione", "# x\nAA - -\nBB -\n", "line 3: want code"},
		"two blanks":              {"cessazione", "AA  - -\n", "line 1: want code"},
		"day":                     {"cessazione", "AA 01/01/2027 -\n", "a day of AA"},
		"impossible day":          {"cessazione", "AA 2027-02-30 -\n", "a day of AA"},
		"ends first":              {"cessazione", "AA 2027-01-01 2026-01-01\n", "ends before it begins"},
		"twice":                   {"cessazione", "AA - -\nBB - -\nAA - - Altro\n", "AA is there twice"},
		"twice on a day":          {"cessazione", "AA - 2026-12-31\nAA 2026-12-31 -\n", "AA in force on one day"},
		"twice for ever":          {"cessazione", "AA - -\nAA - 2026-12-31\n", "AA in force on one day"},
		"twice in a compact file": {"ccnl", "# compact\n- - 001 002\n- - 001\n", "001 is there twice"},
		"compact line":            {"ccnl", "# compact\n- -\n", "line 2: want first day"},
		"zeros lost":              {"cittadinanza", "0 - - Italia\n201 - - Albania\n", "0 is too short: codes have 3 characters"},
		"contract twice":          {"contract", "A.01.00 - 2026-12-31 I name -\nA.01.00 2027-01-01 - I name -\n", "line 2: A.01.00 is there twice"},
		"contract form":           {"contract", "A.01.00 - - X name -\n", "line 1: want form"},
		"comune of no section":    {"comuni", "L219 - - Torino\n", `line 1: want "= province region"`},
		"section of one field":    {"comuni", "= 001\nL219 - - Torino\n", `line 2: want "= province region"`},
		"no such province":        {"comuni", "= 999 13\nL219 - - Torino\n", "province 999 and region 13"},
		"no such region":          {"comuni", "= 001 99\nL219 - - Torino\n", "province 001 and region 99"},
		"comune twice":            {"comuni", "= 001 13\nL219 - - Torino\nL219 - - Torino\n", "L219 is there twice"},
		"province of comuni gone": {"province", "001 - - Torino\n", "of which province or regioni lacks one"},
	} {
		files := Files{c.table: []byte(c.text)}
		err := files.Check(c.table)
		if err == nil {
			_, err = files.Load()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for _, name := range Names() {
		if err := Files(nil).Check(name); err != nil {
			t.Errorf("the program's own %s: %v", name, err)
		}
	}
}

package compare

import (
	"fmt"
	"io"
	"strings"

	"github.com/snodo-co/snodo/xsd/codes"
)

// TableChange is what changed in one code table.
type TableChange struct {
	Table   string   `json:"table"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Changed []string `json:"changed,omitempty"` // code, validity before and after
}

// Tables tells what changed in code tables, in the order of their names.
func Tables(before, after codes.Files) ([]TableChange, error) {
	var all []TableChange
	for _, table := range codes.Names() {
		a, err := rowsOf(before, table)
		if err != nil {
			return nil, err
		}
		b, err := rowsOf(after, table)
		if err != nil {
			return nil, err
		}
		c := TableChange{Table: table}
		for _, code := range b.codes {
			switch old, there := a.validity[code]; {
			case !there:
				c.Added = append(c.Added, code+" ("+b.validity[code]+")")
			case old != b.validity[code]:
				c.Changed = append(c.Changed, code+" ("+old+" → "+b.validity[code]+")")
			}
		}
		for _, code := range a.codes {
			if _, there := b.validity[code]; !there {
				c.Removed = append(c.Removed, code)
			}
		}
		if len(c.Added)+len(c.Removed)+len(c.Changed) > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

// tableRows are the codes of a table in order, and when each is in force.
type tableRows struct {
	codes    []string
	validity map[string]string
}

func rowsOf(f codes.Files, table string) (tableRows, error) {
	t := tableRows{validity: make(map[string]string)}
	rows, err := f.Rows(table)
	if err != nil {
		return t, err
	}
	for _, r := range rows {
		if before, there := t.validity[r.Code]; there {
			t.validity[r.Code] = before + ", " + period(r)
			continue
		}
		t.codes = append(t.codes, r.Code)
		t.validity[r.Code] = period(r)
	}
	return t, nil
}

// period is the validity of a row in words.
func period(r codes.Row) string {
	switch {
	case r.From != "" && r.To != "":
		return "dal " + r.From + " al " + r.To
	case r.From != "":
		return "dal " + r.From
	case r.To != "":
		return "fino al " + r.To
	}
	return "senza limiti"
}

// shown is how many codes of a kind people are shown of one table.
const shown = 40

// PrintTables writes changes of tables for people.
func PrintTables(w io.Writer, changes []TableChange) error {
	p := &printer{w: w}
	for _, c := range changes {
		p.line("\nTabella %s", c.Table)
		for _, part := range []struct {
			sign, what string
			codes      []string
		}{{"+", "aggiunti", c.Added}, {"-", "tolti", c.Removed}, {"~", "validità cambiata", c.Changed}} {
			if len(part.codes) == 0 {
				continue
			}
			list, rest := part.codes, ""
			if len(list) > shown {
				list, rest = list[:shown], fmt.Sprintf(" e altri %d", len(list)-shown)
			}
			p.line("  %s %s (%d): %s%s", part.sign, part.what, len(part.codes), strings.Join(list, ", "), rest)
		}
	}
	return p.err
}

package compare

import (
	"io"
	"strings"

	"github.com/snodo-co/snodo/xsd/codes"
)

// TableChange is what changed in one code table.
type TableChange struct {
	Table string       `json:"table"`
	Codes []CodeChange `json:"codes"` // added, removed, then changed, each by code
}

// CodeChange is what changed of one code.
type CodeChange struct {
	Kind    Kind     `json:"kind"`
	Code    string   `json:"code"`
	Label   string   `json:"label,omitempty"`
	Details []Detail `json:"details"` // validity, description
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
		if c := codeChanges(a, b); len(c) > 0 {
			all = append(all, TableChange{table, c})
		}
	}
	return all, nil
}

func codeChanges(a, b tableRows) []CodeChange {
	var added, removed, changed []CodeChange
	for _, code := range b.codes {
		now := b.said[code]
		was, there := a.said[code]
		switch {
		case !there:
			added = append(added, CodeChange{Added, code, now.label, []Detail{{What: "validità", After: now.validity}}})
		case was != now:
			c := CodeChange{Kind: Changed, Code: code, Label: now.label}
			if was.validity != now.validity {
				c.Details = append(c.Details, Detail{"validità", was.validity, now.validity})
			}
			if was.label != now.label {
				c.Details = append(c.Details, Detail{"descrizione", was.label, now.label})
			}
			changed = append(changed, c)
		}
	}
	for _, code := range a.codes {
		if _, there := b.said[code]; !there {
			was := a.said[code]
			removed = append(removed, CodeChange{Removed, code, was.label, []Detail{{What: "validità", Before: was.validity}}})
		}
	}
	return append(append(added, removed...), changed...)
}

// tableRows are the codes of a table in order, with what it says of each.
type tableRows struct {
	codes []string
	said  map[string]saying
}

// saying is when a code is in force, and its latest description.
type saying struct{ validity, label string }

func rowsOf(f codes.Files, table string) (tableRows, error) {
	t := tableRows{said: make(map[string]saying)}
	rows, err := f.Rows(table)
	if err != nil {
		return t, err
	}
	for _, r := range rows {
		s, there := t.said[r.Code]
		switch {
		case !there:
			t.codes = append(t.codes, r.Code)
			s.validity = period(r.Row)
		case !strings.Contains(s.validity, period(r.Row)):
			s.validity += ", " + period(r.Row)
		}
		s.label = r.Label
		t.said[r.Code] = s
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

// shown is how many codes of one table people are shown.
const shown = 100

// PrintTables writes changes of tables for people.
func PrintTables(w io.Writer, changes []TableChange) error {
	p := &printer{w: w}
	for _, t := range changes {
		p.line("\nTabella %s", t.Table)
		for i, c := range t.Codes {
			if i == shown {
				p.line("  e altri %d", len(t.Codes)-shown)
				break
			}
			sign, _ := c.Kind.mark()
			line := c.Code
			if c.Label != "" {
				line += " " + c.Label
			}
			if c.Kind != Changed {
				p.line("  %s %s (%s)", sign, line, c.Details[0].Before+c.Details[0].After)
				continue
			}
			p.line("  %s %s", sign, line)
			for _, d := range c.Details {
				p.line("      %s", d.words(Changed))
			}
		}
	}
	return p.err
}

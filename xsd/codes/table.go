package codes

import (
	"fmt"
	"slices"
	"strings"
)

// Standing is how a code stands in its table on a day.
type Standing byte

// The standings. What is Unknown in a partial table may exist all the same.
const (
	Unknown Standing = iota
	Expired          // known, its last day has passed
	Future           // known, its first day is to come
	InForce
)

// Table is a list of codes. It is only read, and safe for concurrent use. The
// zero value is an empty table.
type Table struct {
	// Partial tells that the table is known to miss codes, or to be older
	// than the classification: an unlisted code is then worth a warning, not
	// a fault.
	Partial bool
	rows    []Row    // by code, then first day; they share the memory of the data file
	labels  []string // of the rows, nil for a table of codes alone
	codes   int
}

// On tells how the code stands on a day, YYYY-MM-DD.
func (t Table) On(code, day string) Standing {
	standing := Unknown
	for i := t.first(code); i < len(t.rows) && t.rows[i].Code == code; i++ {
		standing = max(standing, t.rows[i].standing(day))
	}
	return standing
}

// Has reports whether the table has the code in force on a day, YYYY-MM-DD.
func (t Table) Has(code, day string) bool { return t.On(code, day) == InForce }

// Known reports whether the table has the code, in force or not.
func (t Table) Known(code string) bool {
	i := t.first(code)
	return i < len(t.rows) && t.rows[i].Code == code
}

// Label is the name of the code's entry for people, in Italian; the latest if
// there were several. It is empty where the table has none.
func (t Table) Label(code string) string {
	label := ""
	for i := t.first(code); i < len(t.labels) && t.rows[i].Code == code; i++ {
		label = t.labels[i]
	}
	return label
}

// Len is the number of codes.
func (t Table) Len() int { return t.codes }

// first is the index of the code's first row, or of where it would be.
func (t Table) first(code string) int {
	low, high := 0, len(t.rows)
	for low < high {
		if mid := int(uint(low+high) >> 1); t.rows[mid].Code < code {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

func (r Row) standing(day string) Standing {
	switch {
	case r.On(day):
		return InForce
	case r.To != "" && r.To < day:
		return Expired
	}
	return Future
}

// add appends a row. Rows come sorted.
func (t *Table) add(r Row, label string) error {
	if n := len(t.rows); n == 0 || t.rows[n-1].Code != r.Code {
		t.codes++
	}
	if n := len(t.rows); n > 0 && (t.rows[n-1].Code > r.Code || t.rows[n-1] == r) {
		return fmt.Errorf("read code table: %q is out of order", r.Code)
	}
	t.rows = append(t.rows, r)
	t.labels = append(t.labels, label)
	return nil
}

// loadTable reads lines of code, first day, last day and, if there is one,
// label; or a compact file.
func (f Files) loadTable(name string) (Table, error) {
	text, err := f.read(name)
	if err != nil {
		return Table{}, err
	}
	if strings.Contains(text, "\n"+compactMark+"\n") {
		return f.loadCompact(name)
	}
	t, labelled := Table{}, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			t.Partial = t.Partial || line == partialMark
			continue
		}
		code, rest, _ := strings.Cut(line, " ")
		from, rest, _ := strings.Cut(rest, " ")
		to, label, _ := strings.Cut(rest, " ")
		if from == "" || to == "" {
			return Table{}, fmt.Errorf("read code table %s: a line of %d fields", name, len(strings.Fields(line)))
		}
		labelled = labelled || label != ""
		if err := t.add(Row{code, given(from), given(to)}, label); err != nil {
			return Table{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	if !labelled {
		t.labels = nil
	}
	return t, nil
}

// loadCompact reads lines of first day, last day and codes.
func (f Files) loadCompact(name string) (Table, error) {
	all, partial, err := f.lines(name)
	if err != nil {
		return Table{}, err
	}
	t := Table{Partial: partial}
	for _, l := range all {
		if len(l) < 3 {
			return Table{}, fmt.Errorf("read code table %s: a line of %d fields", name, len(l))
		}
		for _, code := range l[2:] {
			t.rows = append(t.rows, Row{code, l[0], l[1]})
		}
	}
	slices.SortFunc(t.rows, func(a, b Row) int { return strings.Compare(a.Code, b.Code) })
	for i := range t.rows {
		if i == 0 || t.rows[i].Code != t.rows[i-1].Code {
			t.codes++
		}
	}
	return t, nil
}

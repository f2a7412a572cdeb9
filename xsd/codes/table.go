package codes

import (
	"cmp"
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

// newTable makes a table of rows in any order. One row twice is an error.
func newTable(name string, rows []Entry) (Table, error) {
	byCode := func(a, b Entry) int { return a.compare(b.Row) }
	if !slices.IsSortedFunc(rows, byCode) { // the program's own are
		slices.SortStableFunc(rows, byCode)
	}
	t, labelled := Table{rows: make([]Row, len(rows))}, false
	for i, r := range rows {
		t.rows[i] = r.Row
		labelled = labelled || r.Label != ""
		if i > 0 && rows[i-1].Row == r.Row {
			return Table{}, fmt.Errorf("read code table %s: %s is there twice", name, r.Code)
		}
		if i == 0 || rows[i-1].Code != r.Code {
			t.codes++
		}
	}
	if labelled {
		t.labels = make([]string, len(rows))
		for i, r := range rows {
			t.labels[i] = r.Label
		}
	}
	return t, nil
}

// compare orders rows by code and day; what has always been in force, or will
// always be, is the earliest of its kind.
func (r Row) compare(s Row) int {
	return cmp.Or(strings.Compare(r.Code, s.Code), strings.Compare(r.From, s.From), strings.Compare(r.To, s.To))
}

// loadTable reads lines of code, first day, last day and, if there is one,
// label; or, of a compact file, of first day, last day and codes.
func (f Files) loadTable(name string) (Table, error) {
	d, err := f.open(name)
	if err != nil {
		return Table{}, err
	}
	var rows []Entry
	if d.marked(compactMark) {
		rows, err = d.compactRows()
	} else {
		rows, err = d.rows()
	}
	if err != nil {
		return Table{}, err
	}
	t, err := newTable(name, rows)
	t.Partial = d.marked(partialMark)
	return t, err
}

func (d dataFile) rows() (rows []Entry, err error) {
	for number, line := range d.lines() {
		r, label, err := d.cutRow(number, line)
		if err != nil {
			return nil, err
		}
		rows = append(rows, Entry{r, label})
	}
	return rows, nil
}

func (d dataFile) compactRows() (rows []Entry, err error) {
	for number, line := range d.lines() {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			return nil, d.errorf(number, "want first day, last day and codes")
		}
		for _, code := range fields[2:] {
			rows = append(rows, Entry{Row: Row{code, given(fields[0]), given(fields[1])}})
		}
	}
	return rows, nil
}

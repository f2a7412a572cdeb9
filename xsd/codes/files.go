package codes

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Files are data files, by the name of their table, that stand in the place of
// the embedded ones. They have the same form; nil is none.
type Files map[string][]byte

// read gives a data file.
func (f Files) read(name string) (string, error) {
	if b, ok := f[name]; ok {
		return string(b), nil
	}
	b, err := data.ReadFile("data/" + name + ".txt")
	if err != nil {
		return "", fmt.Errorf("read code table: %w", err)
	}
	return string(b), nil
}

// Names lists the tables there are.
func Names() []string {
	files, _ := data.ReadDir("data") // an embedded folder always reads
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(file.Name(), ".txt")
	}
	return names
}

// Digest is the SHA-256 of all the tables: it tells decisions taken with other
// tables apart.
func (f Files) Digest() ([sha256.Size]byte, error) {
	h := sha256.New()
	for _, name := range Names() { // sorted
		b, err := f.read(name)
		if err != nil {
			return [sha256.Size]byte{}, err
		}
		fmt.Fprintf(h, "%s.txt %d\n", name, len(b))
		io.WriteString(h, b)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// Check reports what is wrong with the data file of a table: a name that no
// table has, a line out of form, days that are none, no code at all, a code that
// two lines have in force on one day, and one that is shorter than any of the
// program's, as a spreadsheet leaves those it takes for numbers.
func (f Files) Check(name string) error {
	if !slices.Contains(Names(), name) {
		return fmt.Errorf("no such table; there are %s", strings.Join(Names(), ", "))
	}
	rows, err := f.Rows(name)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("read code table %s: no codes", name)
	}
	own, err := Files(nil).Rows(name)
	if err != nil {
		return err
	}
	shortest := len(own[0].Code)
	for _, r := range own {
		shortest = min(shortest, len(r.Code))
	}
	for i, r := range rows {
		for _, day := range []string{r.From, r.To} {
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				return fmt.Errorf("read code table %s: a day of %s is not YYYY-MM-DD", name, r.Code)
			}
		}
		switch {
		case r.Code == "" || r.From != "" && r.To != "" && r.To < r.From:
			return fmt.Errorf("read code table %s: %q is no code, or ends before it begins", name, r.Code)
		case len(r.Code) < shortest:
			return fmt.Errorf("read code table %s: %s is too short: codes have %d characters or more, zeros included", name, r.Code, shortest)
		case i > 0 && rows[i-1].Code == r.Code && (rows[i-1].To == "" || rows[i-1].To >= r.From):
			return fmt.Errorf("read code table %s: two lines have %s in force on one day", name, r.Code)
		}
	}
	return nil
}

// Entry is a row of a table with its name for people, "" if it has none; of a
// comune also its province and region.
type Entry struct {
	Row
	Label string
}

// Rows lists the rows of a table, by code and day.
func (f Files) Rows(name string) ([]Entry, error) {
	var rows []Entry
	if name == tableComuni {
		comuni, err := f.loadComuni()
		if err != nil {
			return nil, err
		}
		for _, c := range comuni {
			rows = append(rows, Entry{c.Row, strings.TrimSpace(c.Nome + " provincia " + c.Provincia + " regione " + c.Regione)})
		}
	} else {
		t, err := f.loadTable(name)
		if err != nil {
			return nil, err
		}
		for i, r := range t.rows {
			e := Entry{Row: r}
			if t.labels != nil {
				e.Label = t.labels[i]
			}
			rows = append(rows, e)
		}
	}
	return rows, nil // tables and comuni are sorted
}

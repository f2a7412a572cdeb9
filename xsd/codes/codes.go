// Package codes holds the national code tables, each row with the days on
// which it is in force.
//
// It owns the tables this node needs, in the compact files of its data folder,
// which a test generates from the classification's sources and compares. It
// must not know documents or rules; labels for people are not kept here.
package codes

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"strings"
)

//go:embed data/*.txt
var data embed.FS

// Row is one entry of a table. From and To are days, YYYY-MM-DD, both
// included; empty means without limit on that side.
type Row struct {
	Code, From, To string
}

// On reports whether the row is in force on a day, YYYY-MM-DD.
func (r Row) On(day string) bool {
	return (r.From == "" || r.From <= day) && (r.To == "" || day <= r.To)
}

// Table is a list of codes. It is only read, and safe for concurrent use.
type Table struct {
	// Partial tells that the table is known to miss codes, or to be older
	// than the classification: an unlisted code is then worth a warning, not
	// a fault.
	Partial bool
	rows    map[string][]Row
}

// Has reports whether the table has the code in force on a day, YYYY-MM-DD.
func (t Table) Has(code, day string) bool {
	for _, r := range t.rows[code] {
		if r.On(day) {
			return true
		}
	}
	return false
}

// Known reports whether the table has the code, in force or not.
func (t Table) Known(code string) bool { return len(t.rows[code]) > 0 }

// Len is the number of codes.
func (t Table) Len() int { return len(t.rows) }

// Comune is a municipality by its cadastral (Belfiore) code.
type Comune struct {
	Row
	Provincia string // ISTAT code of the province, three digits
	Regione   string // ministry code of the region, two digits
}

// Tables are the national tables.
type Tables struct {
	Province              Table // ISTAT codes, three digits
	Regioni               Table // ministry codes, two digits
	TipoComunicazione     Table
	Cessazione            Table // causes of termination
	Trasformazione        Table
	TipologiaContrattuale Table

	comuni    map[string]Comune
	contracts map[string]ContractType
}

// NoProvince is the province of a workplace that is in none: abroad, or a
// comune unknown or no longer in force.
const NoProvince = "000"

// tableComuni is the one table with lines of a form of their own.
const tableComuni = "comuni"

// Load reads the embedded tables. An error means that the build is broken.
func Load() (*Tables, error) { return Files(nil).Load() }

// Load reads the tables.
func (f Files) Load() (*Tables, error) {
	t := &Tables{}
	for name, table := range map[string]*Table{
		"province":               &t.Province,
		"regioni":                &t.Regioni,
		"tipo_comunicazione":     &t.TipoComunicazione,
		"cessazione":             &t.Cessazione,
		"trasformazione":         &t.Trasformazione,
		"tipologia_contrattuale": &t.TipologiaContrattuale,
	} {
		var err error
		if *table, err = f.loadTable(name); err != nil {
			return nil, err
		}
	}
	var err error
	if t.contracts, err = f.loadContracts(); err != nil {
		return nil, err
	}
	t.comuni, err = f.loadComuni()
	return t, err
}

// Digest is Files.Digest of the embedded tables.
func Digest() ([sha256.Size]byte, error) { return Files(nil).Digest() }

// Comune finds a municipality, in force or suppressed: a suppressed one is
// still a birthplace.
func (t *Tables) Comune(code string) (Comune, bool) {
	c, ok := t.comuni[code]
	return c, ok
}

// ProvinceOf is the ISTAT code of the province of a comune in force on a day
// (YYYY-MM-DD), NoProvince for a foreign state or a comune that is not.
func (t *Tables) ProvinceOf(comune, day string) string {
	if c, ok := t.comuni[comune]; ok && c.On(day) {
		return c.Provincia
	}
	return NoProvince
}

// RegionOf is the ministry code of the region of a comune in force on a day
// (YYYY-MM-DD), "" for a foreign state or a comune that is not.
func (t *Tables) RegionOf(comune, day string) string {
	if c, ok := t.comuni[comune]; ok && c.On(day) {
		return c.Regione
	}
	return ""
}

// lines reads a data file: lines of fields between blanks, - for an empty one.
// Lines that start with # are for people, except "# partial".
func (f Files) lines(name string) (rows [][]string, partial bool, err error) {
	b, err := f.read(name)
	if err != nil {
		return nil, false, err
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			partial = partial || line == "# partial"
			continue
		}
		fields := strings.Split(line, " ")
		for i, field := range fields {
			if field == "-" {
				fields[i] = ""
			}
		}
		rows = append(rows, fields)
	}
	return rows, partial, nil
}

// loadTable reads lines of code, from and to.
func (f Files) loadTable(name string) (Table, error) {
	all, partial, err := f.lines(name)
	if err != nil {
		return Table{}, err
	}
	t := Table{Partial: partial, rows: make(map[string][]Row, len(all))}
	for _, l := range all {
		if len(l) != 3 {
			return Table{}, fmt.Errorf("read code table %s: a line of %d fields", name, len(l))
		}
		t.rows[l[0]] = append(t.rows[l[0]], Row{l[0], l[1], l[2]})
	}
	return t, nil
}

// loadComuni reads lines of province, region, from and to, followed by the
// codes of the comuni that share them.
func (f Files) loadComuni() (map[string]Comune, error) {
	all, _, err := f.lines(tableComuni)
	if err != nil {
		return nil, err
	}
	comuni := make(map[string]Comune, 11000)
	for _, l := range all {
		if len(l) < 5 {
			return nil, fmt.Errorf("read code table comuni: a line of %d fields", len(l))
		}
		for _, code := range l[4:] {
			comuni[code] = Comune{Row: Row{code, l[2], l[3]}, Provincia: l[0], Regione: l[1]}
		}
	}
	return comuni, nil
}

package codes

import (
	"fmt"
	"slices"
	"strings"
)

// Comune is a municipality by its cadastral (Belfiore) code.
type Comune struct {
	Row
	Nome      string // the latest, empty if the sources tell none
	Provincia string // ISTAT code of the province, three digits
	Regione   string // ministry code of the region, two digits
}

// comuni are sorted by code.
type comuni []Comune

// NoProvince is the province of a workplace that is in none: abroad, or a
// comune unknown or no longer in force.
const NoProvince = "000"

// Comune finds a municipality, in force or suppressed: a suppressed one is
// still a birthplace.
func (t *Tables) Comune(code string) (Comune, bool) {
	i, ok := slices.BinarySearchFunc(t.comuni, code, func(c Comune, code string) int { return strings.Compare(c.Code, code) })
	if !ok {
		return Comune{}, false
	}
	return t.comuni[i], true
}

// Place tells how a comune or a foreign state stands on a day, YYYY-MM-DD.
// Italy (0000) stands among the states. No list of places is ever complete: new
// ones come every year, so an Unknown comune is not for certain a wrong one.
func (t *Tables) Place(code, day string) Standing {
	if c, ok := t.Comune(code); ok {
		return c.standing(day)
	}
	return t.StatiEsteri.On(code, day)
}

// ProvinceOf is the ISTAT code of the province of a comune in force on a day
// (YYYY-MM-DD), NoProvince for a foreign state or a comune that is not.
func (t *Tables) ProvinceOf(comune, day string) string {
	if c, ok := t.Comune(comune); ok && c.On(day) {
		return c.Provincia
	}
	return NoProvince
}

// RegionOf is the ministry code of the region of a comune in force on a day
// (YYYY-MM-DD), "" for a foreign state or a comune that is not.
func (t *Tables) RegionOf(comune, day string) string {
	if c, ok := t.Comune(comune); ok && c.On(day) {
		return c.Regione
	}
	return ""
}

// loadComuni reads sections: "= province region", then lines of code, first
// day, last day and name.
func (f Files) loadComuni() (comuni, error) {
	d, err := f.open(tableComuni)
	if err != nil {
		return nil, err
	}
	all := make(comuni, 0, strings.Count(d.text, "\n"))
	var province, region string
	for number, line := range d.lines() {
		if section, ok := strings.CutPrefix(line, "= "); ok {
			province, region, _ = strings.Cut(section, " ")
			continue
		}
		if province == "" || region == "" {
			return nil, d.errorf(number, `want "= province region" before the comuni of a province`)
		}
		r, name, err := d.cutRow(number, line)
		if err != nil {
			return nil, err
		}
		all = append(all, Comune{Row: r, Nome: name, Provincia: province, Regione: region})
	}
	slices.SortFunc(all, func(a, b Comune) int { return strings.Compare(a.Code, b.Code) })
	for i := range all {
		if i > 0 && all[i-1].Code == all[i].Code {
			return nil, fmt.Errorf("read code table comuni: %s is there twice", all[i].Code)
		}
	}
	return all, nil
}

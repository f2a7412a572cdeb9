package rules

import (
	"fmt"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func ageRules() []Rule {
	kinds, hiring := []string{co.UNILAV}, []co.Movimento{co.ASS}
	return []Rule{
		{Code: fault.ApprenticeAge, Kinds: kinds, Movements: hiring, Check: unilav(apprenticeAge)},
		{Code: fault.WorkingAge, Kinds: kinds, Movements: hiring, Check: unilav(workingAge)},
	}
}

const (
	// minAge is the age of admission to work (law 296/2006, article 1,
	// paragraph 622); apprenticeships of A.03.08 begin at fifteen
	// (legislative decree 81/2015, article 43).
	minAge = 16
	// maxAge is the age up to which work is protected (decree-law 201/2011,
	// article 24, paragraph 4). The national parameter is not published.
	maxAge = 70
)

// belowBirth is where a UNILAV worker has the birth date, below the root.
const belowBirth = "/Lavoratore/AnagraficaCompleta/nascita/data"

// age is the worker's, in years, on the first day.
func age(u *co.UniLav, r *relationship) (int, bool) {
	if u.Lavoratore.AnagraficaCompleta == nil {
		return 0, false
	}
	years, ok := u.Lavoratore.AnagraficaCompleta.Nascita.Data.Years(r.DataInizio)
	return years, ok && years >= 0
}

// apprenticeAge is ETA-01, a warning: the ages of apprentices, by type.
func apprenticeAge(c *Case, u *co.UniLav, r *relationship) fault.List {
	var from, before int
	var expected string
	switch r.TipologiaContrattuale {
	case apprenticeSchool:
		from, before, expected = 15, 26, "da 15 a 25 anni"
	case apprenticeTrade:
		from, before, expected = 17, 30, "da 17 a 29 anni"
	case apprenticeResearch:
		from, before, expected = 18, 30, "da 18 a 29 anni"
	default:
		return nil
	}
	if years, ok := age(u, r); !ok || from <= years && years < before {
		return nil
	}
	return doubt(fault.ApprenticeAge, c.Root()+belowBirth, expected)
}

// workingAge is ETA-02, a warning. The age of the apprenticeships is ETA-01. A
// birth after the start is another rule's fault.
func workingAge(c *Case, u *co.UniLav, r *relationship) fault.List {
	years, ok := age(u, r)
	least := minAge
	if r.TipologiaContrattuale == apprenticeSchool {
		least--
	}
	if !ok || least <= years && years <= maxAge {
		return nil
	}
	return doubt(fault.WorkingAge, c.Root()+belowBirth, fmt.Sprintf("da %d a %d anni", least, maxAge))
}

package rules

import (
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Where a person has the tax code and the birth date, below its block.
const (
	belowTaxCode = "/codice-fiscale"
	belowBirthOn = "/nascita/data"
)

// oldest is the greatest age at the start of a relationship (national rule ID-06).
const oldest = 100

func identityRules() []Rule {
	kinds := []string{co.UNILAV, co.UNISOMM}
	// The descriptions of the inferred formats, and the manual of LAO (5.1), ask
	// it of their workers too.
	described := append(slices.Clip(kinds), co.UNIMARE, co.UNIDOM, co.LAO)
	return []Rule{
		{Code: fault.OtherPerson, Kinds: described, Check: otherPerson},
		{Code: fault.BirthDate, Check: birthDate},
		{Code: fault.SamePerson, Kinds: kinds, Check: samePerson},
	}
}

// otherPerson is ID-05: the personal code comes from the person's data. A code
// whose check character is wrong is ID-01's. A code keeps the name that the
// place had when it was given; where one of two places is no more, as after a
// merger of comuni or a partition of states, it is a warning that they differ.
// An annulment of LAO repeats what was sent, right or wrong.
func otherPerson(c *Case) fault.List {
	if c.laoTipo() == co.Annullamento {
		return nil
	}
	var faults fault.List
	for i, a := range each[co.Anagrafica](c) {
		if !a.CodiceFiscale.Valid() {
			continue
		}
		parts := a.CodiceFiscale.Differs(a)
		if parts == 0 {
			continue
		}
		moved := parts == co.BirthplacePart && (c.gone(a.Nascita.Comune) || c.gone(a.CodiceFiscale.Birthplace()))
		faults = append(faults, graded(fault.OtherPerson, c.at(i, belowTaxCode), "un codice che corrisponda "+partNames(parts), !moved)...)
	}
	return faults
}

// gone reports whether a place is known and no longer in force.
func (c *Case) gone(place co.CodiceComune) bool {
	return c.Tables.Place(string(place), c.Day) == codes.Expired
}

// partNames names the parts of a code for people.
func partNames(parts co.Part) string {
	var names []string
	for _, p := range []struct {
		part co.Part
		name string
	}{
		{co.SurnamePart, "al cognome"}, {co.NamePart, "al nome"},
		{co.BirthPart, "alla data di nascita e al sesso"}, {co.BirthplacePart, "al luogo di nascita"},
	} {
		if parts&p.part != 0 {
			names = append(names, p.name)
		}
	}
	return strings.Join(names, ", ")
}

// birthDate is ID-06: a worker is born before the start, and not over a hundred
// years before. Workers are who has a tax code: representatives have none.
func birthDate(c *Case) fault.List {
	var faults fault.List
	var last *co.Contratto
	above := -1
	for i, p := range c.outline.Places() {
		if r, ok := p.Value.(*co.Contratto); ok {
			last, above = r, c.outline.Parent(i)
		}
		if w, ok := p.Value.(*co.LavoratoriComputabili); ok {
			faults = append(faults, bornBefore(c, w.Lavoratore.DataNascita, w.RapportoLavoro.DataInizio, i, "/lavoratore/datanascita")...)
		}
		a, ok := p.Value.(*co.Anagrafica)
		if !ok || a.CodiceFiscale == "" {
			continue
		}
		start := co.Data(c.Start)
		// In a document of several relationships a person goes with the one
		// beside which it stands.
		if up := c.outline.Parent(i); last != nil && up > 0 && c.outline.Parent(up) == above {
			start = last.DataInizio
		}
		faults = append(faults, bornBefore(c, a.Nascita.Data, start, i, belowBirthOn)...)
	}
	return faults
}

// bornBefore looks at a birth date, below a place, beside the start of a
// relationship.
func bornBefore(c *Case, born, start co.Data, place int, below string) fault.List {
	switch {
	case start.Day() == "" || born.Day() == "":
	case !born.Before(start):
		return one(fault.BirthDate, c.at(place, below), "una data precedente all'inizio del rapporto")
	case start.Beyond(born, oldest):
		return one(fault.BirthDate, c.at(place, below), "al più 100 anni prima dell'inizio del rapporto")
	}
	return nil
}

// samePerson is ID-07: the worker is not the employer, and the co-obliged
// worker is another one.
func samePerson(c *Case) fault.List {
	var faults fault.List
	seen := 0
	for i, a := range each[co.Anagrafica](c) {
		if a.CodiceFiscale == "" {
			continue
		}
		seen++
		switch {
		case a.CodiceFiscale.Same(c.Employer):
			faults = append(faults, one(fault.SamePerson, c.at(i, belowTaxCode), "un codice diverso da quello del datore di lavoro")...)
		case seen > 1 && a.CodiceFiscale.Same(c.Worker):
			faults = append(faults, one(fault.SamePerson, c.at(i, belowTaxCode), "un codice diverso da quello dell'altro lavoratore")...)
		}
	}
	return faults
}

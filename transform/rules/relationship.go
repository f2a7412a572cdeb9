package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// maxYears is the longest a relationship may last (national rule REL-02).
const maxYears = 50

// noMovement is that of VARDATORI, whose transferred workers are asked what a
// hired one is (VAR-03).
const noMovement co.Movimento = ""

// A rule without kinds goes over every Contratto of any kind: the relationship
// of UNILAV, and those of each worker in a transfer (VAR-03).
func relationshipRules() []Rule {
	kinds := []string{co.UNILAV}
	hiring, opening, extension := []co.Movimento{co.ASS}, []co.Movimento{co.ASS, co.ASSINIMIS, noMovement}, []co.Movimento{co.PRO}
	return []Rule{
		{Code: fault.ContractInForce, Check: both(relationships(contractInForce), agency(agencyType))},
		{Code: fault.Duration, Check: both(duration, agency(agencyDuration))},
		{Code: fault.EndDate, Movements: opening, Check: both(relationships(endDate), agency(agencyEnd))},
		{Code: fault.SeasonalType, Check: relationships(seasonalType)},
		{Code: fault.TrainingEnd, Check: both(relationships(trainingEnd), agency(agencyTraining))},
		{Code: fault.PermanentExtended, Kinds: kinds, Movements: extension, Check: unilav(permanentExtended)},
		{Code: fault.ExtensionEnd, Kinds: kinds, Movements: extension, Check: unilav(extensionEnd)},
		{Code: fault.TrainingConfused, Kinds: kinds, Movements: hiring, Check: unilav(trainingConfused)},
		{Code: fault.Termination, Kinds: []string{co.UNILAV}, Movements: []co.Movimento{co.CES}, Check: termination},
	}
}

// contractInForce is REL-01: a contract type in force on the day the
// relationship starts. Old types are admitted to terminations by a list that is
// not published: there it is a warning. A type newer than the relationship is
// refused to a hiring only: the types of 2013 and 2016 replaced others whose
// relationships went on. Which types a movement admits is not published either
// (DESIGN.md).
func contractInForce(c *Case, r *relationship) fault.List {
	start := r.DataInizio.Day()
	if !r.known || start == "" {
		return nil
	}
	path := "/@TipologiaContrattuale"
	switch {
	case r.kind.Ended(start):
		return graded(fault.ContractInForce, c.at(r.place, path), "una tipologia ancora ammessa all'inizio del rapporto", c.Movement != co.CES)
	case !r.kind.Begun(start):
		return graded(fault.ContractInForce, c.at(r.place, path), "una tipologia già ammessa all'inizio del rapporto", c.Movement == co.ASS)
	}
	return nil
}

// duration is REL-02.
func duration(c *Case) fault.List {
	var faults fault.List
	for i, p := range c.outline.Places() {
		switch r := p.Value.(type) {
		case *co.Contratto:
			faults = append(faults, lasting(c, r.DataInizio, r.DataFine, i, "/@dataFine")...)
		case *co.RapportoMarittimo:
			faults = append(faults, lasting(c, r.DataInizio, r.DataFine, i, "/@dataFine")...)
		case *co.RapportoDomestico:
			faults = append(faults, lasting(c, r.DataInizio, r.DataFine, i, "/@dataFine")...)
		case *co.RapportoComputabile:
			faults = append(faults, lasting(c, r.DataInizio, r.DataFine, i, "/datafine")...)
		}
	}
	return faults
}

// lasting looks at a last day, below a place: not before the first, and not
// more than fifty years after it. The new end of an extension is another
// rule's.
func lasting(c *Case, start, end co.Data, place int, below string) fault.List {
	switch {
	case end.Before(start):
		return one(fault.Duration, c.at(place, below), "la data di fine non può precedere quella di inizio")
	case end.Beyond(start, maxYears):
		return one(fault.Duration, c.at(place, below), "al più 50 anni dall'inizio")
	}
	return nil
}

// What REL-03 expects of the two forms of contract.
const (
	endOfFixedTerm   = "la data di fine di un rapporto a termine"
	noEndOfPermanent = "nessuna data di fine per un rapporto a tempo indeterminato"
)

// endDate is REL-03: an end for a fixed term and for seasonal work, none for a
// permanent contract but a seasonal apprenticeship. The form of some types is
// inferred: what rests on it is a warning.
func endDate(c *Case, r *relationship) fault.List {
	const below = "/@dataFine"
	seasonal := r.LavoroStagionale == yes
	switch {
	case r.DataFine == "" && seasonal:
		return one(fault.EndDate, c.at(r.place, below), "la data di fine del lavoro stagionale")
	case !r.known:
		return nil
	case r.DataFine == "" && r.kind.Form == codes.FixedTerm:
		return graded(fault.EndDate, c.at(r.place, below), endOfFixedTerm, r.kind.Certain)
	case r.DataFine != "" && r.kind.Form == codes.Permanent && !(r.kind.Apprenticeship && seasonal):
		return graded(fault.EndDate, c.at(r.place, below), noEndOfPermanent, r.kind.Certain)
	}
	return nil
}

// seasonalType is REL-04: seasonal work only with the types that admit it.
// A.01.00 is none of them. Of types no longer in force the classification and a
// validator that was read disagree: a warning.
func seasonalType(c *Case, r *relationship) fault.List {
	if r.LavoroStagionale != yes || !r.known || r.kind.Seasonal {
		return nil
	}
	return graded(fault.SeasonalType, c.at(r.place, "/@lavoroStagionale"), "NO per questa tipologia", r.kind.To == "")
}

// dueOfApprentice is what REL-15 expects where the end of training is missing.
const dueOfApprentice = "da indicare per un apprendista"

// trainingEnd is REL-15. The end of training belongs to apprenticeships: those
// in force today must tell it in hirings, terminations and transfers, those
// ended before 2013 may. Extensions and transformations do not tell it.
func trainingEnd(c *Case, r *relationship) fault.List {
	if !r.known {
		return nil
	}
	end, expected := r.DataFinePeriodoFormativo, ""
	silent := c.Movement == co.PRO || c.Movement == co.TRS
	switch {
	case end == "":
		if !silent && r.kind.Apprenticeship && r.kind.To == "" {
			expected = dueOfApprentice
		}
	case !r.kind.Apprenticeship:
		expected = "nessuna fine del periodo formativo fuori dall'apprendistato"
	case silent:
		expected = "nessuna fine del periodo formativo in proroghe e trasformazioni"
	case end.Day() <= r.DataInizio.Day():
		expected = "una data dopo l'inizio del rapporto"
	case r.LavoroStagionale == yes && end.Day() != r.DataFine.Day():
		expected = "la data di fine del lavoro stagionale"
	}
	if expected == "" {
		return nil
	}
	return one(fault.TrainingEnd, c.at(r.place, "/@dataFinePeriodoFormativo"), expected)
}

// permanentExtended is REL-16: what has no end is not extended; a seasonal
// apprenticeship has one. The form of some types is inferred: a warning.
func permanentExtended(c *Case, _ *co.UniLav, r *relationship) fault.List {
	if !r.known || r.kind.Form != codes.Permanent || r.kind.Apprenticeship && r.LavoroStagionale == yes {
		return nil
	}
	return graded(fault.PermanentExtended, c.at(r.place, "/@TipologiaContrattuale"), "una tipologia a termine", r.kind.Certain)
}

// extensionEnd is REL-17: the new end after the start, and within fifty years;
// one that is not after the current end extends nothing, but no rule says so: a
// warning. Which types can be extended, but for the permanent ones (REL-16), is
// not published (DESIGN.md).
func extensionEnd(c *Case, u *co.UniLav, r *relationship) fault.List {
	const below = "/Proroga/@dataFineProroga"
	end, expected := u.Proroga.DataFineProroga, ""
	switch day := end.Day(); {
	case day == "":
	case day <= r.DataInizio.Day():
		expected = "una data dopo l'inizio del rapporto"
	case end.Beyond(r.DataInizio, maxYears):
		expected = "al più 50 anni dall'inizio"
	case day <= r.DataFine.Day():
		return doubt(fault.ExtensionEnd, c.Root()+below, "una data dopo la fine attuale del rapporto")
	}
	if expected == "" {
		return nil
	}
	return one(fault.ExtensionEnd, c.Root()+below, expected)
}

// trainingConfused is REL-18: an apprenticeship that tells its end without the
// end of its training has most likely told one for the other. Its other half,
// an end of training without apprenticeship, is REL-15 already.
func trainingConfused(c *Case, _ *co.UniLav, r *relationship) fault.List {
	if !r.kind.Apprenticeship || r.LavoroStagionale == yes || r.DataFine == "" || r.DataFinePeriodoFormativo != "" {
		return nil
	}
	return one(fault.TrainingConfused, c.at(r.place, "/@dataFine"), "")
}

// termination is CES-01: not before the start. That the cause is in its table
// is for the rules of codes.
func termination(c *Case) fault.List {
	var faults fault.List
	for i, t := range each[co.Cessazione](c) {
		if t.DataCessazione.Before(t.Contratto.DataInizio) {
			faults = append(faults, one(fault.Termination, c.at(i, "/@dataCessazione"), "la cessazione non può precedere l'inizio del rapporto")...)
		}
	}
	return faults
}

package rules

import (
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The rules of relationships as agency work has them: its relationship is with
// the agency, and what a Contratto says of the work is the mission's.

// allJobSharing begins the contract types of job sharing, old and current.
const allJobSharing = "A.07."

// Where agency work has its relationship, below the root.
const belowAgencyContract = "/AgenziaSomministrazione/RapportoAgenziaSomm"

// agencyContract is what the table knows of the contract type.
func agencyContract(c *Case, doc *co.UniSomm) (codes.ContractType, bool) {
	return c.Tables.Contract(string(doc.AgenziaSomministrazione.RapportoAgenziaSomm.TipologiaContrattuale))
}

// agencyType is REL-01 as far as it speaks of agency work. Job sharing needs a
// second worker (REL-09), for whom UNISOMM has no place, and validators refuse
// it. That an agency employs its workers (legislative decree 81/2015, articles
// 33 and 34), so that no collaboration, traineeship or the like is agency work,
// is our reading of the law: a warning. That the type was in force is looked up
// with all codes.
func agencyType(c *Case, doc *co.UniSomm) fault.List {
	const below = belowAgencyContract + "/@TipologiaContrattuale"
	code := doc.AgenziaSomministrazione.RapportoAgenziaSomm.TipologiaContrattuale
	kind, known := agencyContract(c, doc)
	switch {
	case strings.HasPrefix(string(code), allJobSharing):
		return one(fault.ContractInForce, c.Root()+below, "una tipologia diversa dal lavoro ripartito")
	case known && kind.NoAgreement:
		return doubt(fault.ContractInForce, c.Root()+below, "una tipologia di lavoro subordinato")
	}
	return nil
}

// agencyDuration is REL-02.
func agencyDuration(c *Case, doc *co.UniSomm) fault.List {
	r := &doc.AgenziaSomministrazione.RapportoAgenziaSomm
	return lasting(c, r.DataInizioSomm, r.DataFineSomm, 0, belowAgencyContract+"/@dataFineSomm")
}

// agencyEnd is REL-03 of the description of the format alone: a warning.
func agencyEnd(c *Case, doc *co.UniSomm) fault.List {
	const below = belowAgencyContract + "/@dataFineSomm"
	kind, known := agencyContract(c, doc)
	ends := doc.AgenziaSomministrazione.RapportoAgenziaSomm.DataFineSomm != ""
	switch {
	case !known || !kind.Certain:
	case !ends && kind.Form == codes.FixedTerm:
		return doubt(fault.EndDate, c.Root()+below, endOfFixedTerm)
	case ends && kind.Form == codes.Permanent:
		return doubt(fault.EndDate, c.Root()+below, noEndOfPermanent)
	}
	return nil
}

// agencySecurity is REL-10 of the description of the format alone: a warning.
func agencySecurity(c *Case, doc *co.UniSomm) fault.List {
	r := &doc.AgenziaSomministrazione.RapportoAgenziaSomm
	if r.EntePrevidenziale != noBody || r.CodiceEntePrevidenziale == "" {
		return nil
	}
	return doubt(fault.SecurityNumber, c.Root()+belowAgencyContract+"/@codiceEntePrevidenziale", atNoBody)
}

// agencyTraining is REL-15: an apprentice of an agency always tells the end of
// training.
func agencyTraining(c *Case, doc *co.UniSomm) fault.List {
	kind, known := agencyContract(c, doc)
	if !known {
		return nil
	}
	r, expected := &doc.AgenziaSomministrazione.RapportoAgenziaSomm, ""
	switch end := r.DataFinePeriodoFormativo; {
	case end == "":
		if kind.Apprenticeship && kind.To == "" {
			expected = dueOfApprentice
		}
	case !kind.Apprenticeship:
		expected = "nessuna fine del periodo formativo fuori dall'apprendistato"
	case end.Day() <= r.DataInizioSomm.Day():
		expected = "una data dopo l'inizio del rapporto"
	}
	if expected == "" {
		return nil
	}
	return one(fault.TrainingEnd, c.Root()+belowAgencyContract+"/@dataFinePeriodoFormativo", expected)
}

// missionFarm is REL-05.
func missionFarm(c *Case, _ *co.UniSomm) fault.List {
	var faults fault.List
	for i, m := range each[co.Missione](c) {
		if m.LavoroInAgricoltura != no {
			continue
		}
		if m.GgLavorativePreviste != "" {
			faults = append(faults, one(fault.FarmFields, c.at(i, "/@ggLavorativePreviste"), outOfFarming)...)
		}
		if m.DescrizioneAttivitaAgricol != "" {
			faults = append(faults, one(fault.FarmFields, c.at(i, "/@descrizioneAttivitaAgricol"), outOfFarming)...)
		}
	}
	return faults
}

// missionHours is REL-08.
func missionHours(c *Case, doc *co.UniSomm) fault.List {
	kind, known := agencyContract(c, doc)
	var faults fault.List
	for i, m := range each[co.Missione](c) {
		faults = append(faults, hours(c, i, &m.TipoOrario, kind.NoHours || !known)...)
	}
	return faults
}

// missionCompulsory is REL-14.
func missionCompulsory(c *Case, _ *co.UniSomm) fault.List {
	var faults fault.List
	for i, m := range each[co.Missione](c) {
		faults = append(faults, placement(c, i, m.AssunzioneObbligatoria, m.CategoriaLavoratoreAssunzioneObbligatoria)...)
	}
	return faults
}

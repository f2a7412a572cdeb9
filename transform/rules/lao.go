package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// italian is the citizenship of Italy (table cittadinanza).
const italian co.Cittadinanza = "000"

// laoRules are the rules of content that the manual of occasional
// self-employed work states and the schema cannot say, and the one of CIGD.
// What a variation may change, and that a communication is varied or annulled
// once, needs history, and is not here.
func laoRules() []Rule {
	lao := []string{co.LAO}
	return []Rule{
		{Code: fault.LaoStartPast, Kinds: lao, Check: laoStart},
		{Code: fault.LaoAnnulledLate, Kinds: lao, Check: laoAnnulment},
		{Code: fault.LaoPreviousMissing, Kinds: lao, Check: laoPreviousMissing},
		{Code: fault.LaoPreviousNotAllowed, Kinds: lao, Check: laoPreviousAllowed},
		{Code: fault.LaoDomicile, Kinds: lao, Check: laoDomicile},
		{Code: fault.LaoDocument, Kinds: lao, Check: laoDocument},
		{Code: fault.LaoSamePerson, Kinds: lao, Check: laoSamePerson},
		{Code: fault.CigdPeriod, Kinds: []string{co.CIGD}, Check: cigdPeriod},
	}
}

// laoTipo is the type of a LAO communication.
func (c *Case) laoTipo() co.TipoLao { return co.TipoLao(c.Tipo) }

// laoStart: a new communication is sent on the day the work starts at the
// latest. A variation may leave a start that has passed as it was.
func laoStart(c *Case) fault.List {
	if c.laoTipo() != co.Preventiva || c.Start == "" || c.Start >= c.Day {
		return nil
	}
	return one(fault.LaoStartPast, c.Root()+"/RapportoDiLavoro/DataInizio", "il giorno di invio o uno successivo")
}

// laoAnnulment: an annulment is sent on the day the work starts at the latest.
func laoAnnulment(c *Case) fault.List {
	if c.laoTipo() != co.Annullamento || c.Start == "" || c.Day <= c.Start {
		return nil
	}
	return one(fault.LaoAnnulledLate, c.Root()+"/DatiInvio"+belowTipo, "")
}

func laoPreviousMissing(c *Case) fault.List {
	if c.laoTipo() == co.Preventiva || c.Previous != "" {
		return nil
	}
	return one(fault.LaoPreviousMissing, c.Root()+belowPrevious, "sedici cifre")
}

func laoPreviousAllowed(c *Case) fault.List {
	if c.laoTipo() != co.Preventiva || c.Previous == "" {
		return nil
	}
	return one(fault.LaoPreviousNotAllowed, c.Root()+belowPrevious, "")
}

// laoDomicile: the manual has an Italian live in a comune and anybody else
// abroad. The schema keeps the two apart.
func laoDomicile(c *Case) fault.List {
	var faults fault.List
	for i, w := range each[co.LavoratoreAutonomo](c) {
		citizen := w.Anagrafica.Cittadinanza == italian
		switch {
		case citizen && w.Domicilio.Estero != nil:
			faults = append(faults, one(fault.LaoDomicile, c.at(i, "/Domicilio/Estero"), "il comune di domicilio")...)
		case !citizen && w.Domicilio.Italia != nil:
			faults = append(faults, one(fault.LaoDomicile, c.at(i, "/Domicilio/Italia"), "lo stato e la città estera di domicilio")...)
		}
	}
	return faults
}

// laoDocument: an identity document, but for workers from outside the European
// Union, who have a permit. Which states are outside for this is stayOf's.
func laoDocument(c *Case) fault.List {
	var faults fault.List
	for i, w := range each[co.LavoratoreAutonomo](c) {
		switch s := c.stayOf(w.Anagrafica.Cittadinanza); {
		case s == stayOfUnion && w.PermessoDiSoggiorno != nil:
			faults = append(faults, one(fault.LaoDocument, c.at(i, "/PermessoDiSoggiorno"), "il documento di identità")...)
		case s == stayByPermit && w.DocumentoIdentita != nil:
			faults = append(faults, one(fault.LaoDocument, c.at(i, "/DocumentoIdentita"), "il permesso di soggiorno")...)
		case s == stayWithdrawn && w.DocumentoIdentita != nil:
			faults = append(faults, doubt(fault.LaoDocument, c.at(i, "/DocumentoIdentita"), permitOfBritish)...)
		}
	}
	return faults
}

// laoSamePerson: the two codes of one person may differ by omocodia.
func laoSamePerson(c *Case) fault.List {
	if c.Worker == "" || c.Worker.Normal() != c.Employer.Normal() {
		return nil
	}
	return one(fault.LaoSamePerson, c.Root()+"/LavoratoreAutonomo/Anagrafica/codice-fiscale", "")
}

// cigdPeriod: the last day of a request is not before the first.
func cigdPeriod(c *Case) fault.List {
	var faults fault.List
	for i, p := range each[co.Periodo](c) {
		if p.Al.Before(p.Dal) {
			faults = append(faults, one(fault.CigdPeriod, c.at(i, "/@al"), "un giorno non precedente al primo")...)
		}
	}
	return faults
}

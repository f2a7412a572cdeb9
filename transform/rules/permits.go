package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Kinds of residence permit (table status_titolo_soggiorno) that the rules name.
const (
	permitRenewal   co.TipoDocumento = "3" // being renewed
	permitPending   co.TipoDocumento = "4" // applied for
	permitPermanent co.TipoDocumento = "5" // permanent card
	permitOther     co.TipoDocumento = "6" // other measure
)

// Expiries that stand for none (national rule EXT-02).
const (
	expiryPending   = "1900-01-01" // of a permit applied for
	expiryPermanent = "2099-12-31" // of a permanent card
	expiryFirst     = "2000-01-01" // the earliest of any other
)

func permitRules() []Rule {
	kinds, unilav := []string{co.UNILAV, co.UNISOMM}, []string{co.UNILAV}
	return []Rule{
		{Code: fault.PermitOrNot, Kinds: kinds, Check: permitOrNot},
		{Code: fault.PermitExpiry, Kinds: kinds, Check: workerPermits(permitExpiry)},
		{Code: fault.PermitOffice, Kinds: kinds, Check: workerPermits(permitOffice)},
		{Code: fault.PermitNumber, Kinds: unilav, Check: workerPermits(permitNumber)},
		{Code: fault.ModelloQ, Kinds: unilav, Check: modelloQ},
		{Code: fault.RepresentativePermit, Kinds: unilav, Check: representativePermit},
	}
}

// british is the citizenship of the United Kingdom (table cittadinanza).
const british co.Cittadinanza = "219"

// stay is by what right citizens of a state stay in Italy.
type stay byte

const (
	stayUnknown   stay = iota // the table of citizenships, which lacks some states, does not have the code
	stayOfUnion               // Italy and the European Union: no permit
	stayFreely                // as citizens of the Union do (legislative decree 30/2007), though not of it
	stayWithdrawn             // the United Kingdom: who stayed before 2021 needs no permit, the others do
	stayByPermit              // all others
)

// stayOf is by what right citizens of a state stay on the day of submission.
// Who stays freely may tell of a permit or not: the flag of the national table,
// which counts those states out of the Union, asks for one; the law (Ministry of
// the Interior, circular 39 of 18 July 2007, point 1) does not. Of the British,
// those who stayed in Italy on 31 December 2020 need none (Withdrawal Agreement,
// article 18, paragraph 4); nothing in a document tells them from the others.
func (c *Case) stayOf(citizen co.Cittadinanza) stay {
	switch t := c.Tables; {
	case t.UnioneEuropea.Has(string(citizen), c.Day):
		return stayOfUnion
	case t.LiberaCircolazione.Has(string(citizen), c.Day):
		return stayFreely
	case citizen == british:
		return stayWithdrawn
	case t.Cittadinanza.Known(string(citizen)):
		return stayByPermit
	}
	return stayUnknown
}

// permitOrNot is EXT-01: permit data for workers from outside the Union, and
// for them alone. Which states are outside for this is stayOf's.
func permitOrNot(c *Case) fault.List {
	var faults fault.List
	for i, w := range each[co.Lavoratore](c) {
		if w.AnagraficaCompleta == nil {
			continue
		}
		switch s := c.stayOf(w.AnagraficaCompleta.Cittadinanza); {
		case s == stayByPermit && w.ExtraCE == nil:
			faults = append(faults, one(fault.PermitOrNot, c.at(i, "/extraCE"), "i dati del titolo di soggiorno")...)
		case s == stayWithdrawn && w.ExtraCE == nil:
			faults = append(faults, doubt(fault.PermitOrNot, c.at(i, "/extraCE"), permitOfBritish)...)
		case s == stayOfUnion && w.ExtraCE != nil:
			faults = append(faults, one(fault.PermitOrNot, c.at(i, "/extraCE"), "nessun titolo di soggiorno per un cittadino dell'Unione europea")...)
		}
	}
	return faults
}

// permitOfBritish is what a British citizen's permit is expected for.
const permitOfBritish = "i dati del titolo di soggiorno, se la persona non soggiornava in Italia già il 31 dicembre 2020 (accordo di recesso)"

// workerPermits makes a check of any document from one of each worker's permit,
// by its place.
func workerPermits(check func(c *Case, place int, p *co.ExtraCE) fault.List) func(*Case) fault.List {
	return func(c *Case) fault.List {
		var faults fault.List
		for i, p := range c.outline.Places() { // not each: its closure would cost memory
			permit, ok := p.Value.(*co.ExtraCE)
			if !ok {
				continue
			}
			if _, ok := c.outline.Places()[c.outline.Parent(i)].Value.(*co.Lavoratore); ok {
				faults = append(faults, check(c, i, permit)...)
			}
		}
		return faults
	}
}

// permitExpiry is EXT-02.
func permitExpiry(c *Case, place int, p *co.ExtraCE) fault.List {
	day, expected := p.DataScadenzaPS.Day(), ""
	switch {
	case day == "":
	case p.TipoDocumento == permitPending && day != expiryPending:
		expected = "il 1° gennaio 1900 per un permesso in attesa"
	case p.TipoDocumento == permitPermanent && day != expiryPermanent:
		expected = "il 31 dicembre 2099 per una carta permanente"
	case p.TipoDocumento != permitPending && p.TipoDocumento != permitPermanent && day < expiryFirst:
		expected = "una data dal 1° gennaio 2000"
	}
	if expected == "" {
		return nil
	}
	return one(fault.PermitExpiry, c.at(place, "/@dataScadenzaPS"), expected)
}

// permitOffice is EXT-03. Of other measures (6) one validator forbids the
// office and another demands it: one that is there is a warning.
func permitOffice(c *Case, place int, p *co.ExtraCE) fault.List {
	const below = "/@questura"
	given := p.Questura != ""
	switch p.TipoDocumento {
	case permitRenewal, permitPending:
		if given {
			return one(fault.PermitOffice, c.at(place, below), "nessuna questura per un titolo in rinnovo o in attesa")
		}
	case permitOther:
		if given {
			return doubt(fault.PermitOffice, c.at(place, below), "nessuna questura per un altro provvedimento")
		}
	default:
		if !given {
			return one(fault.PermitOffice, c.at(place, below), "la questura che ha rilasciato il titolo")
		}
	}
	return nil
}

// permitNumber is EXT-04.
func permitNumber(c *Case, place int, p *co.ExtraCE) fault.List {
	if p.NumeroDocumento != "" {
		return nil
	}
	return one(fault.PermitNumber, c.at(place, "/@numeroDocumento"), "")
}

// modelloQ is EXT-05: the employer's commitments only on hiring, and with the
// representative who makes them. That both are there, and can only be SI, is
// the schema's.
func modelloQ(c *Case) fault.List {
	u, ok := c.Doc.(*co.UniLav)
	if !ok {
		return nil
	}
	var faults fault.List
	for i := range each[co.ModelloQ](c) {
		if c.Movement != co.ASS {
			faults = append(faults, one(fault.ModelloQ, c.at(i, ""), "il modello Q soltanto con l'inizio del rapporto")...)
		} else if u.DatoreLavoro.DatoreAnagraficaCompleta == nil {
			faults = append(faults, one(fault.ModelloQ, c.Root()+"/DatoreLavoro/DatoreAnagraficaCompleta", "i dati del legale rappresentante")...)
		}
	}
	return faults
}

// representativePermit is EXT-06: of a representative from outside the Union it
// is said whether there is a stay in Italy and, if so, under what permit; of
// citizens of the Union nothing is said. Who stays freely may be either.
func representativePermit(c *Case) fault.List {
	u, ok := c.Doc.(*co.UniLav)
	if !ok || u.DatoreLavoro.DatoreAnagraficaCompleta == nil {
		return nil
	}
	d := &u.DatoreLavoro
	const stay, permit = "/DatoreLavoro/soggiornanteInItalia", "/DatoreLavoro/extraCE"
	var faults fault.List
	switch s := c.stayOf(d.DatoreAnagraficaCompleta.Cittadinanza); {
	case s == stayUnknown, s == stayFreely:
	case s == stayOfUnion:
		if d.SoggiornanteInItalia != "" {
			faults = one(fault.RepresentativePermit, c.Root()+stay, "nessuna risposta per un cittadino dell'Unione europea")
		}
		if d.ExtraCE != nil {
			faults = append(faults, one(fault.RepresentativePermit, c.Root()+permit, "nessun titolo di soggiorno per un cittadino dell'Unione europea")...)
		}
	case d.SoggiornanteInItalia == "":
		faults = one(fault.RepresentativePermit, c.Root()+stay, "se il legale rappresentante soggiorna in Italia")
	case d.SoggiornanteInItalia == "SI" && d.ExtraCE == nil && s == stayWithdrawn:
		faults = doubt(fault.RepresentativePermit, c.Root()+permit, permitOfBritish)
	case d.SoggiornanteInItalia == "SI" && d.ExtraCE == nil:
		faults = one(fault.RepresentativePermit, c.Root()+permit, "i dati del titolo di soggiorno")
	case d.SoggiornanteInItalia == "NO" && d.ExtraCE != nil:
		faults = one(fault.RepresentativePermit, c.Root()+permit, "nessun titolo di soggiorno per chi non soggiorna in Italia")
	}
	return faults
}

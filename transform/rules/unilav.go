package rules

import (
	"slices"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Paths of the fields that the rules speak of.
const (
	pathTipo     = "/UniLav/TipoComunicazione"
	pathCode     = "/UniLav/@codiceComunicazione"
	pathPrevious = "/UniLav/@codiceComunicazionePrec"
)

// maxYears is the longest a relationship may last (national rule REL-02).
const maxYears = 50

// knownTipo is ENV-01: the type is in its table.
func knownTipo(c *Case) fault.List {
	if c.Tables.TipoComunicazione.Has(c.Tipo(), c.Day) {
		return nil
	}
	return one(fault.UnknownTipo, pathTipo, "")
}

// tipoNeedsHiring is ENV-02: types 05, 07, 08 and 09 only with InizioRapporto.
func tipoNeedsHiring(c *Case) fault.List {
	if c.Movement() == co.ASS || !slices.Contains([]string{"05", "07", "08", "09"}, c.Tipo()) {
		return nil
	}
	return one(fault.TipoNeedsHiring, pathTipo, "")
}

// previousAllowed is ENV-03: a previous code only with types 03, 04, 07, 08
// and 09. The forms of zeros that mean none are no previous code.
func previousAllowed(c *Case) fault.List {
	if c.Previous() == "" || slices.Contains([]string{"03", "04", "07", "08", "09"}, c.Tipo()) {
		return nil
	}
	return one(fault.PreviousNotAllowed, pathPrevious, "")
}

// codeZero is ENV-04. An absent or empty code is the schema's fault.
func codeZero(c *Case) fault.List {
	if c.CodiceComunicazione == co.Zero {
		return nil
	}
	return one(fault.CodeNotZero, pathCode, "")
}

// previousForm asks sixteen digits of a previous code; its existence is for the
// ledger to say.
func previousForm(c *Case) fault.List {
	if p := c.Previous(); p == "" || p.Valid() {
		return nil
	}
	return one(fault.PreviousForm, pathPrevious, "")
}

// taxCode is a codice fiscale and where it stands.
type taxCode struct {
	path string
	code co.CodiceFiscale
}

// taxCodes lists every codice fiscale of a communication, in document order.
func taxCodes(c *co.Comunicazione) []taxCode {
	const person = "/AnagraficaCompleta/codice-fiscale"
	all := []taxCode{
		{"/UniLav/@delegato", c.Delegato},
		{"/UniLav/DatoreLavoro/@codiceFiscale", c.Employer()},
		{"/UniLav/Lavoratore" + person, c.Worker()},
	}
	if l := c.LavoratoreCoobbligato; l != nil && l.AnagraficaCompleta != nil {
		all = append(all, taxCode{"/UniLav/LavoratoreCoobbligato" + person, l.AnagraficaCompleta.CodiceFiscale})
	}
	if t := c.Trasformazione; t != nil {
		if t.DatoreLavoroPrec != nil {
			all = append(all, taxCode{"/UniLav/Trasformazione/DatoreLavoroPrec/@codiceFiscale", t.DatoreLavoroPrec.CodiceFiscale})
		}
		if t.DatoreDistaccatario != nil {
			all = append(all, taxCode{"/UniLav/Trasformazione/DatoreDistaccatario/@codiceFiscale", t.DatoreDistaccatario.CodiceFiscale})
		}
	}
	if c.Tirocinio != nil {
		all = append(all, taxCode{"/UniLav/Tirocinio/@cfSoggettoPromotore", c.Tirocinio.CFSoggettoPromotore})
	}
	return all
}

// personalCodes is ID-01: the check character of every personal code.
func personalCodes(c *Case) fault.List {
	var faults fault.List
	for _, t := range taxCodes(c.Comunicazione) {
		if t.code != "" && !t.code.Numeric() && !t.code.Valid() {
			faults = append(faults, one(fault.PersonalCode, t.path, "")...)
		}
	}
	return faults
}

// numericCodes is ID-04: the check digit of every numeric code.
func numericCodes(c *Case) fault.List {
	var faults fault.List
	for _, t := range taxCodes(c.Comunicazione) {
		if t.code.Numeric() && !t.code.Valid() {
			faults = append(faults, one(fault.NumericCode, t.path, "")...)
		}
	}
	return faults
}

// rapportoPath is the path of the relationship that the movement carries.
func rapportoPath(m co.Movimento) string {
	switch m {
	case co.PRO:
		return "/UniLav/Proroga/Contratto"
	case co.TRS:
		return "/UniLav/Trasformazione/Contratto"
	case co.CES:
		return "/UniLav/Cessazione/Contratto"
	}
	return "/UniLav/InizioRapporto"
}

// duration is REL-02: the last day not before the first, and not more than
// fifty years after it. The new end of an extension is another rule's.
func duration(c *Case) fault.List {
	r := c.Rapporto()
	if r == nil {
		return nil
	}
	path := rapportoPath(c.Movement()) + "/@dataFine"
	switch {
	case r.DataFine.Before(r.DataInizio):
		return one(fault.Duration, path, "la data di fine non può precedere quella di inizio")
	case r.DataFine.Beyond(r.DataInizio, maxYears):
		return one(fault.Duration, path, "al più 50 anni dall'inizio")
	}
	return nil
}

// termination is CES-01: not before the start, of a cause in its table. The
// table is known to be partial: a cause it lacks is a warning.
func termination(c *Case) fault.List {
	var faults fault.List
	if c.Cessazione.DataCessazione.Before(c.Rapporto().DataInizio) {
		faults = append(faults, fault.Fault{Code: fault.Termination, Path: "/UniLav/Cessazione/@dataCessazione",
			Expected: "la cessazione non può precedere l'inizio del rapporto"})
	}
	if !c.Tables.Cessazione.Has(c.Cessazione.CodiceCausa, c.Day) {
		faults = append(faults, fault.Fault{Code: fault.Termination, Path: "/UniLav/Cessazione/@codiceCausa",
			Expected: "una causa della tabella nazionale delle cessazioni", Warning: c.Tables.Cessazione.Partial})
	}
	return faults
}

package rules

import (
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Where national documents have their type and their codes, below the root; for
// UNIPI see codeNames.
const (
	belowTipo     = "/TipoComunicazione"
	belowCode     = "/@codiceComunicazione"
	belowPrevious = "/@codiceComunicazionePrec"
)

// The two values of a flag.
const (
	yes = "SI"
	no  = "NO"
)

func envelopeRules() []Rule {
	// The kinds whose types are those of the national table; UNIPI and LAO have
	// types of their own, CIGD has none.
	numbered := []string{co.UNILAV, co.UNISOMM, co.UNIURG, co.VARDATORI, co.UNIMARE, co.UNIDOM}
	return []Rule{
		{Code: fault.UnknownTipo, Kinds: numbered, Check: knownTipo},
		{Code: fault.TipoNeedsHiring, Kinds: []string{co.UNILAV}, Check: tipoNeedsHiring},
		{Code: fault.PreviousNotAllowed, Kinds: numbered, Check: previousAllowed},
		{Code: fault.CodeNotZero, Check: codeZero},
		{Code: fault.PreviousMissing, Kinds: numbered, Check: previousMissing},
		{Code: fault.FaxPrevious, Kinds: []string{co.UNILAV}, Movements: []co.Movimento{co.ASS}, Check: faxPrevious},
		{Code: fault.TourismPrevious, Kinds: []string{co.UNILAV}, Movements: []co.Movimento{co.ASS}, Check: tourismPrevious},
		{Code: fault.ForceMajeure, Kinds: []string{co.UNILAV, co.UNIMARE}, Check: forceMajeure},
		{Code: fault.Delegate, Check: delegate},
		{Code: fault.PreviousForm, Check: previousForm},
	}
}

// knownTipo is ENV-01: the type is in its table.
func knownTipo(c *Case) fault.List {
	if c.Tables.TipoComunicazione.Has(string(c.Tipo), c.Day) {
		return nil
	}
	return one(fault.UnknownTipo, c.Root()+belowTipo, "")
}

// tipoNeedsHiring is ENV-02: types 05, 07, 08 and 09 only with InizioRapporto.
func tipoNeedsHiring(c *Case) fault.List {
	if c.Movement == co.ASS || !slices.Contains([]co.TipoComunicazione{"05", "07", "08", "09"}, c.Tipo) {
		return nil
	}
	return one(fault.TipoNeedsHiring, c.Root()+belowTipo, "")
}

// previousAllowed is ENV-03: a previous code only with types 03, 04, 07, 08
// and 09. The forms of zeros that mean none are no previous code.
func previousAllowed(c *Case) fault.List {
	if c.Previous == "" || slices.Contains([]co.TipoComunicazione{"03", "04", "07", "08", "09"}, c.Tipo) {
		return nil
	}
	return one(fault.PreviousNotAllowed, c.Root()+belowPrevious, "")
}

// previousMissing is the half of ENV-05 that the document tells: types 03, 04
// and 07 name the communication they are about. Which one it is, the ledger knows.
// The zeros that mean none are a warning: Piemonte's front end writes them in a
// rectification whose code it does not have (domain page payload.md, section 3).
func previousMissing(c *Case) fault.List {
	if c.Previous != "" || !slices.Contains([]co.TipoComunicazione{"03", "04", "07"}, c.Tipo) {
		return nil
	}
	zeros := false
	for i, code := range each[co.CodiceComunicazione](c) {
		zeros = zeros || *code != "" && strings.HasSuffix(c.at(i, ""), belowPrevious)
	}
	return graded(fault.PreviousMissing, c.Root()+belowPrevious, "le sedici cifre del codice, non soli zeri", !zeros)
}

// codeNames are the attributes of the code and of the previous one, below the
// root: UNIPI names them in its own way.
func (c *Case) codeNames() (code, previous string) {
	if c.Doc.Kind() == co.UNIPI {
		return "/@codicecomunicazione", "/@codicecomunicazioneprecedente"
	}
	return belowCode, belowPrevious
}

// codeZero is ENV-04. An absent or empty code is the schema's fault.
func codeZero(c *Case) fault.List {
	if c.Code == co.Zero {
		return nil
	}
	code, _ := c.codeNames()
	return one(fault.CodeNotZero, c.Root()+code, "")
}

// previousForm asks sixteen digits of a previous code; its existence is for the
// ledger to say.
func previousForm(c *Case) fault.List {
	if c.Previous == "" || c.Previous.Valid() {
		return nil
	}
	_, previous := c.codeNames()
	return one(fault.PreviousForm, c.Root()+previous, "")
}

// faxPrevious is ENV-06: no previous code after an urgency by fax, which had
// none. The forms of zeros that mean none are no previous code.
func faxPrevious(c *Case) fault.List {
	if c.Tipo != "08" || c.Previous == "" {
		return nil
	}
	return one(fault.FaxPrevious, c.Root()+belowPrevious, "")
}

// tourismPrevious is ENV-07: the code of the urgency after one of tourism.
func tourismPrevious(c *Case) fault.List {
	if c.Tipo != "09" || c.Previous != "" {
		return nil
	}
	return one(fault.TourismPrevious, c.Root()+belowPrevious, "")
}

// forceMajeure is ENV-08: force majeure is described. That nothing is
// described without it is inferred, hence a warning.
func forceMajeure(c *Case) fault.List {
	var flag, description string
	switch u := c.Doc.(type) {
	case *co.UniLav:
		flag, description = u.AssunzioneForzaMaggiore, u.DescrizioneForzaMaggiore
	case *co.UniMare:
		flag, description = u.AssunzioneForzaMaggiore, u.DescrizioneForzaMaggiore
	}
	const below = "/@descrizioneForzaMaggiore"
	switch described := description != ""; {
	case flag == yes && !described:
		return one(fault.ForceMajeure, c.Root()+below, "la descrizione della forza maggiore")
	case flag == no && described:
		return doubt(fault.ForceMajeure, c.Root()+below, "nessuna descrizione senza forza maggiore")
	}
	return nil
}

// delegate is ENV-09: who sends gives an e-mail address, which the schema
// lets be empty; a delegate's code comes with the kind of delegate. That the
// two come together is inferred, hence a warning.
func delegate(c *Case) fault.List {
	doc, ok := c.Doc.(interface {
		Sender() (co.CodiceFiscale, co.TipoDelegato, string)
	})
	if !ok || c.Doc.Kind() == co.CIGD { // whose form is our own
		return nil
	}
	code, kind, mail := doc.Sender()
	var faults fault.List
	if mail == "" && c.Doc.Kind() != co.UNIURG { // of an urgency it is URG-01
		faults = append(faults, one(fault.Delegate, c.Root()+"/@e-mailDelegato", "l'e-mail di chi invia")...)
	}
	switch {
	case code != "" && kind == "":
		faults = append(faults, doubt(fault.Delegate, c.Root()+"/@tipoDelegato", "il tipo del delegato")...)
	case code == "" && kind != "":
		faults = append(faults, doubt(fault.Delegate, c.Root()+"/@delegato", "il codice fiscale del delegato")...)
	}
	return faults
}

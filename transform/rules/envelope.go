package rules

import (
	"slices"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Where every national document has its type and its codes, below the root.
const (
	belowTipo     = "/TipoComunicazione"
	belowCode     = "/@codiceComunicazione"
	belowPrevious = "/@codiceComunicazionePrec"
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

// codeZero is ENV-04. An absent or empty code is the schema's fault.
func codeZero(c *Case) fault.List {
	if c.Code == co.Zero {
		return nil
	}
	return one(fault.CodeNotZero, c.Root()+belowCode, "")
}

// previousForm asks sixteen digits of a previous code; its existence is for the
// ledger to say.
func previousForm(c *Case) fault.List {
	if c.Previous == "" || c.Previous.Valid() {
		return nil
	}
	return one(fault.PreviousForm, c.Root()+belowPrevious, "")
}

package rules

import (
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// affitto is the lease of a branch, the one transfer that ends (table
// trasferimento_azienda).
const affitto co.CodiceTrasferimento = "02"

func transferRules() []Rule {
	kinds := []string{co.VARDATORI}
	return []Rule{
		{Code: fault.FormerName, Kinds: kinds, Check: formerName},
		{Code: fault.LeaseEnd, Kinds: kinds, Check: leaseEnd},
		{Code: fault.TransferredIsEmployer, Kinds: kinds, Check: transferredIsEmployer},
		{Code: fault.SameEmployer, Kinds: kinds, Check: sameEmployer},
		{Code: fault.TransferTipo, Kinds: kinds, Check: transferTipo},
	}
}

// formerName is VAR-01: a change of name states a former name, another than the
// current one. How many blanks stand between words makes no other name; case does,
// for it may be what changed. That the date is there is the schema's to say.
func formerName(c *Case) fault.List {
	doc, ok := c.Doc.(*co.VarDatori)
	if !ok || doc.VariazioneRagioneSociale == nil {
		return nil
	}
	path := c.Root() + "/VariazioneRagioneSociale/@denominazionePrecedente"
	switch former := words(doc.VariazioneRagioneSociale.DenominazionePrecedente); former {
	case "":
		return one(fault.FormerName, path, "la denominazione non può essere vuota")
	case words(doc.DatoreAttuale.Denominazione):
		return one(fault.FormerName, path, "una denominazione diversa da quella attuale")
	}
	return nil
}

// words is a name with single blanks between its words.
func words(name string) string { return strings.Join(strings.Fields(name), " ") }

// leaseEnd is VAR-02: a lease ends, after its start; no other transfer does. That
// the code is in its table is a rule of all codes.
func leaseEnd(c *Case) fault.List {
	var faults fault.List
	for i, t := range each[co.TrasferimentoAzienda](c) {
		expected := ""
		switch lease := t.CodiceTrasferimento == affitto; {
		case lease && t.DataFineAffittoRamo == "":
			expected = "obbligatoria con il codice di trasferimento 02"
		case lease && !t.DataInizio.Before(t.DataFineAffittoRamo):
			expected = "una data successiva all'inizio del trasferimento"
		case !lease && t.DataFineAffittoRamo != "":
			expected = "ammessa soltanto con il codice di trasferimento 02"
		default:
			continue
		}
		faults = append(faults, one(fault.LeaseEnd, c.at(i, "/@dataFineAffittoRamo"), expected)...)
	}
	return faults
}

// transferredIsEmployer is the part of VAR-03 that the rules of every
// relationship lack: a worker is neither of the employers.
func transferredIsEmployer(c *Case) fault.List {
	doc, ok := c.Doc.(*co.VarDatori)
	if !ok || doc.TrasferimentoAzienda == nil {
		return nil
	}
	current, former := doc.DatoreAttuale.CodiceFiscale.Normal(), doc.TrasferimentoAzienda.DatorePrecedente.CodiceFiscale.Normal()
	var faults fault.List
	for i, w := range each[co.DatiLavoratore](c) {
		if code := w.CodiceFiscale.Normal(); code != "" && (code == current || code == former) {
			faults = append(faults, one(fault.TransferredIsEmployer, c.at(i, "/codice-fiscale"), "")...)
		}
	}
	return faults
}

// sameEmployer is ID-08 for a transfer: who takes over is another than who gives.
func sameEmployer(c *Case) fault.List {
	doc, ok := c.Doc.(*co.VarDatori)
	if !ok {
		return nil
	}
	for i, former := range each[co.DatoreCedente](c) {
		if former.CodiceFiscale.Normal() == doc.DatoreAttuale.CodiceFiscale.Normal() {
			return one(fault.SameEmployer, c.at(i, "/@codiceFiscale"), "")
		}
	}
	return nil
}

// transferTipo asks for a type that the table of types has for every kind: the
// others belong to UNILAV alone.
func transferTipo(c *Case) fault.List { return onlyCommonTipo(c, fault.TransferTipo) }

// onlyCommonTipo refuses the types of UNILAV alone: all but the ordinary one,
// rectification and annulment. A type that is in no table is ENV-01.
func onlyCommonTipo(c *Case, code fault.Code) fault.List {
	if slices.Contains([]co.TipoComunicazione{"01", "03", "04"}, c.Tipo) ||
		!c.Tables.TipoComunicazione.Has(string(c.Tipo), c.Day) {
		return nil
	}
	return one(code, c.Root()+belowTipo, "01, 03 oppure 04")
}

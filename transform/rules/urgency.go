package rules

import (
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func urgencyRules() []Rule {
	return []Rule{
		{Code: fault.UrgencyBlank, Kinds: []string{co.UNIURG}, Check: urgencyBlank},
		{Code: fault.UrgencyTipo, Kinds: []string{co.UNIURG}, Check: urgencyTipo},
	}
}

// urgencyBlank is URG-01. The schema asks for every one of these; blanks, and
// an empty e-mail, it lets pass.
func urgencyBlank(c *Case) fault.List {
	doc, ok := c.Doc.(*co.UniUrg)
	if !ok {
		return nil
	}
	var faults fault.List
	for _, field := range []struct{ below, label, value string }{
		{"/@e-mailDelegato", "e-mail di chi invia", doc.EMailDelegato},
		{"/@motivoUrgenza", "motivo dell'urgenza", doc.MotivoUrgenza},
		{"/@dataInizioRapporto", "data di inizio del rapporto", string(doc.DataInizioRapporto)},
		{"/DatoreLavoro/@codiceFiscale", "codice fiscale del datore di lavoro", string(doc.DatoreLavoro.CodiceFiscale)},
		{"/DatoreLavoro/@denominazione", "denominazione del datore di lavoro", doc.DatoreLavoro.Denominazione},
		{"/Lavoratore/codice-fiscale", "codice fiscale del lavoratore", string(doc.Lavoratore.CodiceFiscale)},
		{"/Lavoratore/cognome", "cognome del lavoratore", doc.Lavoratore.Cognome},
		{"/Lavoratore/nome", "nome del lavoratore", doc.Lavoratore.Nome},
	} {
		if strings.TrimSpace(field.value) == "" {
			faults = append(faults, one(fault.UrgencyBlank, c.Root()+field.below, field.label)...)
		}
	}
	return faults
}

// urgencyTipo: what follows an urgency has types of its own, the urgency has not.
func urgencyTipo(c *Case) fault.List { return onlyCommonTipo(c, fault.UrgencyTipo) }

package spicom

import "github.com/snodo-co/snodo/transform/co"

// uniurg writes UNIURG: of the whole relationship that the regional form has,
// the national one is a summary.
func (w *writer) uniurg() *co.UniUrg {
	employer := w.root.get("datoreDiLavoro")
	return &co.UniUrg{
		Intestazione:       w.heading(editionUniUrg),
		MotivoUrgenza:      w.root.get("datiInvio").str("motivoUrgenza"),
		DataInizioRapporto: co.Data(w.root.get("datiInizio").day("dataInizio", w.rome)),
		DatoreLavoro: co.DatoreUrgenza{
			CodiceFiscale: co.CodiceFiscale(employer.str("codFiscale")),
			Denominazione: employer.str("denominazione"),
		},
		Lavoratore:        brief(w.root.get("lavoratore")),
		TipoComunicazione: w.tipo(),
	}
}

// brief is a worker in a few words.
func brief(o *object) co.DatiLavoratore {
	return co.DatiLavoratore{
		Cognome:       o.str("cognome"),
		Nome:          o.str("nome"),
		CodiceFiscale: co.CodiceFiscale(o.str("codFiscale")),
	}
}

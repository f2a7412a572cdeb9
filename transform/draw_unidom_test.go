package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
)

func drawUniDom(t *rapid.T) *co.UniDom {
	return &co.UniDom{
		Intestazione: drawIntestazione(t, "CO190701R1"),
		DatoreDomestico: co.DatoreDomestico{
			CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: perhaps[string](t, `[a-z]{1,100}`),
			Cognome: free(t, 50), Nome: perhaps[string](t, `[a-z]{1,50}`),
		},
		Lavoratore: co.LavoratoreDomestico{AnagraficaCompleta: optional(t, drawAnagrafica)},
		InizioRapporto: co.RapportoDomestico{
			DataInizio: date(t), DataFine: maybeDate(t),
			TipologiaContrattuale: like[co.TipologiaContrattuale](t, `[A-Z]\.[0-9]{2}\.[0-9]{2}`), CCNLApplicato: perhaps[string](t, siNo),
		},
		Dichiarazioni: optional(t, func(t *rapid.T) co.Dichiarazioni {
			return co.Dichiarazioni{
				Coniuge: perhaps[string](t, siNo), Parente: perhaps[string](t, siNo),
				Invalido: perhaps[string](t, siNo), Convivente: perhaps[string](t, siNo),
			}
		}),
		TipoComunicazione: like[co.TipoComunicazione](t, `[0-9]{2}`),
	}
}

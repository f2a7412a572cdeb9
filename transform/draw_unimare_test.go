package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
)

func drawUniMare(t *rapid.T) *co.UniMare {
	c := &co.UniMare{
		Intestazione:             drawIntestazione(t, "CO190701R1"),
		AssunzioneForzaMaggiore:  like[string](t, siNo),
		DescrizioneForzaMaggiore: perhaps[string](t, `[a-z]{1,100}`),
		DatoreLavoro:             drawArmatore(t),
		Lavoratore: co.Marittimo{
			CategoriaIscrizione: perhaps[string](t, `[a-z]{1,9}`),
			NumeroMatricola:     perhaps[string](t, `[0-9]{1,9}`),
			LuogoMatricola:      perhaps[string](t, `[A-Z]{1,9}`),
			AnagraficaCompleta:  optional(t, drawAnagrafica),
		},
		TipoComunicazione: like[co.TipoComunicazione](t, `[0-9]{2}`),
	}
	switch rapid.IntRange(0, 3).Draw(t, "movement") {
	case 0:
		c.InizioRapporto = &co.RapportoMarittimo{
			DataInizio: date(t), DataFine: maybeDate(t),
			TipologiaContrattuale: like[co.TipologiaContrattuale](t, `[A-Z]\.[0-9]{2}\.[0-9]{2}`), ContrattoVerbale: perhaps[string](t, siNo),
			EntePrevidenziale: like[co.EntePrevidenziale](t, `[0-9]{2}`), SocioLavoratore: like[string](t, siNo),
			CCNL: perhaps[co.CCNL](t, `[0-9A-Z]{2,4}`), Agevolazioni: perhaps[string](t, `[a-z]{1,200}`),
		}
	case 1:
		c.Proroga = &co.ProrogaMarittima{DataFineProroga: maybeDate(t)}
	case 2:
		c.Trasformazione = &co.TrasformazioneMarittima{CodiceTrasformazione: perhaps[co.CodiceTrasformazione](t, `[A-Z]{2}`), DataTrasformazione: maybeDate(t)}
	case 3:
		c.Cessazione = &co.CessazioneMarittima{CodiceCausa: perhaps[co.CausaCessazione](t, `[A-Z]{2}`), DataCessazione: maybeDate(t)}
	}
	return c
}

func drawArmatore(t *rapid.T) co.Armatore {
	return co.Armatore{
		CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100),
		RapportoTerraComandata: perhaps[string](t, siNo),
		Nave: optional(t, func(t *rapid.T) co.Nave {
			return co.Nave{
				Tipo: perhaps[string](t, `[a-z]{1,20}`), Internazionale: perhaps[string](t, siNo), StazzaMin5Ton: perhaps[string](t, siNo),
				Denominazione: free(t, 100), NIMO: perhaps[string](t, `[0-9]{7}`), NumeroIscrizione: perhaps[string](t, `[A-Z0-9]{1,12}`),
				LuogoIscrizione: perhaps[co.CodiceComune](t, comune),
			}
		}),
		SedeTerra: optional(t, func(t *rapid.T) co.Sede {
			s := drawSede(t, rapid.Bool().Draw(t, "in Italy"))
			s.EMail, s.Telefono, s.Fax = "", "", ""
			return s
		}),
		Settore: like[co.Settore](t, sector),
		DatoreDistaccatario: optional(t, func(t *rapid.T) co.DistaccatarioMarittimo {
			return co.DistaccatarioMarittimo{CodiceFiscale: perhaps[co.CodiceFiscale](t, taxCodeForm)}
		}),
	}
}

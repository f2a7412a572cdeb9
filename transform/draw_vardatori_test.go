package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
)

var (
	vardatoriID = xsd.ID{Kind: co.VARDATORI, Edition: "CO190701R1"}
	uniurgID    = xsd.ID{Kind: co.UNIURG, Edition: "CO130131"}
)

func drawVarDatori(t *rapid.T) *co.VarDatori {
	c := &co.VarDatori{
		Intestazione: drawIntestazione(t, "CO190701R1"),
		DatoreAttuale: co.DatoreAttuale{
			CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100), Sede: drawSede(t, true),
			Settore: like[co.Settore](t, sector), PubblicaAmministrazione: like[string](t, siNo),
		},
		TipoComunicazione: like[co.TipoComunicazione](t, `[0-9]{2}`),
	}
	if rapid.Bool().Draw(t, "transfer") {
		c.TrasferimentoAzienda = drawTrasferimento(t)
	} else {
		c.VariazioneRagioneSociale = &co.VariazioneRagioneSociale{DenominazionePrecedente: free(t, 100), DataVariazione: date(t)}
	}
	return c
}

func drawTrasferimento(t *rapid.T) *co.TrasferimentoAzienda {
	return &co.TrasferimentoAzienda{
		CodiceTrasferimento: like[co.CodiceTrasferimento](t, `[0-9]{2}`), DataInizio: date(t), DataFineAffittoRamo: maybeDate(t),
		DatorePrecedente: co.DatoreCedente{
			CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100), Sede: drawSede(t, true),
			Settore: like[co.Settore](t, sector),
		},
		SedeLavoro: rapid.SliceOfN(rapid.Custom(drawSedeTrasferita), 1, 3).Draw(t, "workplaces"),
	}
}

func drawSedeTrasferita(t *rapid.T) co.SedeTrasferita {
	return co.SedeTrasferita{
		Sede: drawSede(t, rapid.Bool().Draw(t, "in Italy")),
		Lavoratori: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) co.RapportoTrasferito {
			contract := drawContratto(t)
			contract.Agevolazioni = nil
			contract.PatINAIL = perhaps[string](t, `[0-9]{8,10}`)
			if n := rapid.IntRange(0, 2).Draw(t, "incentives"); n > 0 {
				contract.AgevolazioniRipetute = make([]struct{}, n)
			}
			return co.RapportoTrasferito{Contratto: contract, DatiLavoratore: drawDatiLavoratore(t, true)}
		}), 1, 3).Draw(t, "workers"),
	}
}

func drawDatiLavoratore(t *rapid.T, domicile bool) co.DatiLavoratore {
	w := co.DatiLavoratore{Cognome: free(t, 50), Nome: free(t, 50), CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm)}
	if domicile {
		w.ComuneDomicilio = like[co.CodiceComune](t, comune)
	}
	return w
}

func drawUniUrg(t *rapid.T) *co.UniUrg {
	return &co.UniUrg{
		Intestazione:       drawIntestazione(t, "CO130131"),
		MotivoUrgenza:      free(t, 100),
		DataInizioRapporto: date(t),
		DatoreLavoro:       co.DatoreUrgenza{CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100)},
		Lavoratore:         drawDatiLavoratore(t, false),
		TipoComunicazione:  like[co.TipoComunicazione](t, `[0-9]{2}`),
	}
}

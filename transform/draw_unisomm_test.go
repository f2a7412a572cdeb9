package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
)

var unisommID = xsd.ID{Kind: co.UNISOMM, Edition: "CO190701R1"}

func drawUniSomm(t *rapid.T) *co.UniSomm {
	return &co.UniSomm{
		Intestazione:            drawIntestazione(t, "CO190701R1"),
		AgenziaSomministrazione: drawAgenzia(t),
		Lavoratore:              drawLavoratore(t),
		DittaUtilizzatrice:      optional(t, drawUtilizzatrice),
		DatiVariazione:          optional(t, drawVariazione),
		TipoComunicazione:       like[co.TipoComunicazione](t, `[0-9]{2}`),
	}
}

func drawAgenzia(t *rapid.T) co.AgenziaSomministrazione {
	return co.AgenziaSomministrazione{
		CodiceFiscale:        like[co.CodiceFiscaleInternazionale](t, taxCodeForm+`|[A-Z]{2}[0-9A-Z]{1,97}`),
		Denominazione:        free(t, 100),
		AgenziaEstera:        like[string](t, siNo),
		NumeroIscrizioneAlbo: free(t, 20),
		DatoreAnagraficaCompleta: optional(t, func(t *rapid.T) co.Anagrafica {
			p := drawAnagrafica(t)
			p.CodiceFiscale = ""
			return p
		}),
		SedeLavoro: drawSede(t, rapid.Bool().Draw(t, "in Italy")),
		SedeLegale: drawSede(t, rapid.Bool().Draw(t, "in Italy")),
		RapportoAgenziaSomm: co.RapportoAgenziaSomm{
			DataInizioSomm: date(t), DataFineSomm: maybeDate(t), DataFinePeriodoFormativo: maybeDate(t), DataFineProroga: maybeDate(t),
			EntePrevidenziale: like[co.EntePrevidenziale](t, `[0-9]{2}`), CodiceEntePrevidenziale: perhaps[string](t, `[0-9]{1,20}`),
			TipologiaContrattuale:  like[co.TipologiaContrattuale](t, `[A-Z]\.[0-9]{2}\.[0-9]{2}`),
			IndennitaDisponibilita: perhaps[string](t, `[0-9]{1,6}`), LavInMobilita: like[string](t, siNo),
			NumeroAgenziaSomm: like[string](t, `[0-9]{1,11}`), NumeroMatricola: like[string](t, `[0-9]{1,10}`),
		},
	}
}

func drawUtilizzatrice(t *rapid.T) co.DittaUtilizzatrice {
	return co.DittaUtilizzatrice{
		CodiceFiscale:           perhaps[co.CodiceFiscale](t, taxCodeForm),
		Denominazione:           free(t, 100),
		NumeroContrattoSomm:     like[string](t, `[0-9]{9}`),
		DataInizioContrattoSomm: date(t), DataFineContrattoSomm: maybeDate(t),
		SedeLavoro:                               drawSede(t, rapid.Bool().Draw(t, "in Italy")),
		SedeLegale:                               drawSede(t, rapid.Bool().Draw(t, "in Italy")),
		DittaUtilizzatriceEsteraOperanteInItalia: perhaps[string](t, siNo),
		Settore:                                  like[co.Settore](t, sector),
		PubblicaAmministrazione:                  like[string](t, siNo),
		InizioContratto:                          co.InizioContratto{Inizio: drawMissione(t)},
	}
}

func drawMissione(t *rapid.T) co.Missione {
	return co.Missione{
		DataInizioMissione: date(t), DataFineMissione: maybeDate(t),
		GgLavorativePreviste: perhaps[string](t, `[0-9]{1,4}`),
		DescrizioneAttivita:  free(t, 100), DescrizioneAttivitaAgricol: perhaps[string](t, `[a-z]{1,100}`),
		RischioAsbestosiSilicosi: like[string](t, siNo),
		VoceTariffa1:             perhaps[string](t, `[0-9]{1,4}`), VoceTariffa2: perhaps[string](t, `[0-9]{1,4}`), VoceTariffa3: perhaps[string](t, `[0-9]{1,4}`),
		LavoroInAgricoltura: like[string](t, siNo), AssunzioneObbligatoria: like[string](t, siNo),
		CategoriaLavoratoreAssunzioneObbligatoria: perhaps[co.CategoriaObbligatoria](t, `[A-Z]{2}`),
		PatINAIL:               like[string](t, `[0-9]{8,10}`),
		TipoOrario:             co.TipoOrario{Codice: like[co.CodiceOrario](t, `[A-Z]`), OreSettimanaliMedie: perhaps[string](t, `[0-9]{1,2}`)},
		QualificaProfessionale: like[co.QualificaProfessionale](t, `([0-9]\.){5}[0-9]{1,2}`),
		CCNL:                   like[co.CCNL](t, `[0-9A-Z]{2,4}`), LivelloInquadramento: perhaps[string](t, `[0-9A-Z]{1,6}`),
		RetribuzioneCompenso: perhaps[string](t, `[0-9]{1,9}`),
	}
}

func drawVariazione(t *rapid.T) co.DatiVariazione {
	v := co.DatiVariazione{CodiceVariazione: like[co.CodiceVariazione](t, `[0-9]\.[0-9]{2}`)}
	switch rapid.IntRange(0, 2).Draw(t, "variation") {
	case 0:
		v.DatiProroga = &co.DatiProroga{DataFineProroga: date(t)}
	case 1:
		v.DatiTrasformazione = &co.DatiTrasformazione{DataTrasformazione: date(t), CodiceTrasformazione: like[co.CodiceTrasformazione](t, `[A-Z]{2}`)}
	case 2:
		v.DatiCessazione = &co.DatiCessazione{DataCessazione: date(t), CodiceCausa: like[co.CausaCessazione](t, `[A-Z]{2}`)}
	}
	return v
}

package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
)

// The generator draws communications that hold against the schema; rules are
// not its business.

const taxCodeForm = `[A-Z]{6}[0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]|[0-9]{11}`

func like[S ~string](t *rapid.T, form string) S {
	return S(rapid.StringMatching(form).Draw(t, form))
}

// perhaps draws a value or leaves it out.
func perhaps[S ~string](t *rapid.T, form string) S {
	if rapid.Bool().Draw(t, "there") {
		return like[S](t, form)
	}
	return ""
}

func optional[T any](t *rapid.T, draw func(*rapid.T) T) *T {
	if !rapid.Bool().Draw(t, "there") {
		return nil
	}
	v := draw(t)
	return &v
}

// free draws text with everything XML must escape.
func free(t *rapid.T, most int) string {
	runes := rapid.RuneFrom([]rune("aZ0 &<>\"'\t\n\rèß€\U0001F680\ufffd]"))
	return rapid.StringOfN(runes, 1, most, -1).Draw(t, "text")
}

func date(t *rapid.T) co.Data {
	return like[co.Data](t, `(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(Z|\+02:00)?`)
}

func instant(t *rapid.T) string {
	return like[string](t, `20[0-9]{2}-0[1-9]-[12][0-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,3})?(Z|-01:30)?`)
}

func maybeDate(t *rapid.T) co.Data {
	if rapid.Bool().Draw(t, "there") {
		return date(t)
	}
	return ""
}

const (
	siNo   = `SI|NO`
	comune = `[A-Z][0-9]{3}|0000`
	sector = `[0-9]{2}\.[0-9]{2}\.[0-9]{2}`
	mail   = `[a-z]{1,8}@[a-z]{1,8}\.it`
)

func drawIntestazione(t *rapid.T, edition string) co.Intestazione {
	return co.Intestazione{
		Versione:                edition,
		CodiceComunicazione:     like[co.CodiceComunicazione](t, `[0-9]{1,16}`),
		CodiceComunicazionePrec: perhaps[co.CodiceComunicazione](t, `[0-9]{16}`),
		DataInvio:               instant(t),
		Delegato:                perhaps[co.CodiceFiscale](t, taxCodeForm),
		TipoDelegato:            perhaps[co.TipoDelegato](t, `[0-9]{3}`),
		EMailDelegato:           perhaps[string](t, mail),
		Protocollo:              like[string](t, `[0-9A-Z]{8}`),
	}
}

func drawUniLav(t *rapid.T) *co.UniLav {
	c := &co.UniLav{
		Intestazione:            drawIntestazione(t, "CO190701R1"),
		AssunzioneForzaMaggiore: like[string](t, siNo),
		DatoreLavoro:            drawDatore(t),
		Lavoratore:              drawLavoratore(t),
		LavoratoreCoobbligato:   optional(t, drawLavoratore),
		TipoComunicazione:       like[co.TipoComunicazione](t, `[0-9]{2}`),
		Tirocinio:               optional(t, drawTirocinio),
	}
	if c.AssunzioneForzaMaggiore == "SI" {
		c.DescrizioneForzaMaggiore = free(t, 100)
	}
	if rapid.Bool().Draw(t, "co-obliged without person") && c.LavoratoreCoobbligato != nil {
		c.LavoratoreCoobbligato.AnagraficaCompleta = nil
	}
	switch rapid.IntRange(0, 3).Draw(t, "movement") {
	case 0:
		contract := drawContratto(t)
		c.InizioRapporto = &contract
	case 1:
		c.Proroga = &co.Proroga{DataFineProroga: date(t), ProsecuzioneDiFatto: perhaps[string](t, siNo), Contratto: drawContratto(t)}
	case 2:
		c.Trasformazione = drawTrasformazione(t)
	case 3:
		c.Cessazione = &co.Cessazione{DataCessazione: date(t), CodiceCausa: like[co.CausaCessazione](t, `[A-Z]{2}`), Contratto: drawContratto(t)}
	}
	return c
}

func drawDatore(t *rapid.T) co.DatoreLavoro {
	return co.DatoreLavoro{
		CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm),
		Denominazione: free(t, 100),
		DatoreAnagraficaCompleta: optional(t, func(t *rapid.T) co.Anagrafica {
			p := drawAnagrafica(t)
			p.CodiceFiscale = ""
			return p
		}),
		SoggiornanteInItalia:    perhaps[string](t, siNo),
		ExtraCE:                 optional(t, drawExtraCE),
		SedeLegale:              drawSede(t, true),
		SedeLavoro:              drawSede(t, rapid.Bool().Draw(t, "in Italy")),
		Settore:                 like[co.Settore](t, sector),
		PubblicaAmministrazione: like[string](t, siNo),
	}
}

func drawAnagrafica(t *rapid.T) co.Anagrafica {
	return co.Anagrafica{
		Cognome: free(t, 50), Nome: free(t, 50), CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm),
		Cittadinanza: like[co.Cittadinanza](t, `[0-9]{3}`), Sesso: like[string](t, `M|F`),
		Nascita: co.Nascita{Comune: like[co.CodiceComune](t, comune), Data: date(t)},
	}
}

func drawExtraCE(t *rapid.T) co.ExtraCE {
	return co.ExtraCE{
		DataScadenzaPS: date(t), MotivoPermesso: like[co.MotivoPermesso](t, `[A-Z]{5}`), TipoDocumento: like[co.TipoDocumento](t, `[0-9]`),
		NumeroDocumento: perhaps[string](t, `[A-Z0-9]{1,15}`), Questura: perhaps[co.Questura](t, `[0-9]{3}`),
	}
}

func drawSede(t *rapid.T, cap bool) co.Sede {
	s := co.Sede{
		Comune: like[co.CodiceComune](t, comune), Indirizzo: free(t, 100),
		EMail: perhaps[string](t, mail), Telefono: perhaps[string](t, `[0-9+ ]{1,15}`), Fax: perhaps[string](t, `[0-9]{1,15}`),
	}
	if cap {
		s.Cap = like[string](t, `[0-9]{5}`)
	}
	return s
}

func drawLavoratore(t *rapid.T) co.Lavoratore {
	person, home := drawAnagrafica(t), drawSede(t, true)
	home.EMail, home.Telefono, home.Fax = "", "", ""
	return co.Lavoratore{
		AnagraficaCompleta: &person,
		ExtraCE:            optional(t, drawExtraCE),
		ModelloQ: optional(t, func(*rapid.T) co.ModelloQ {
			return co.ModelloQ{SussistenzaSistemazioneAlloggiativa: "SI", ImpegnoDatorePagamentoRimpatrio: "SI"}
		}),
		IndirizzoLavoratore: home,
		LivelloIstruzione:   like[co.LivelloIstruzione](t, `[0-9]{2}`),
	}
}

func drawContratto(t *rapid.T) co.Contratto {
	return co.Contratto{
		LavInMobilita: like[string](t, siNo), LavoroStagionale: like[string](t, siNo),
		LavoroInAgricoltura: like[string](t, siNo), AssunzioneObbligatoria: like[string](t, siNo),
		CategoriaLavoratoreAssunzioneObbligatoria: perhaps[co.CategoriaObbligatoria](t, `[A-Z]{2}`),
		DataInizio: date(t), DataFine: maybeDate(t), DataFinePeriodoFormativo: maybeDate(t),
		GgLavorativePreviste: perhaps[string](t, `[0-9]{1,4}`), TipoLavorazione: perhaps[string](t, `[a-z]{1,100}`),
		EntePrevidenziale: like[co.EntePrevidenziale](t, `[0-9]{2}`), CodiceEntePrevidenziale: perhaps[string](t, `[0-9]{1,20}`),
		TipologiaContrattuale: like[co.TipologiaContrattuale](t, `[A-Z]\.[0-9]{2}\.[0-9]{2}`), SocioLavoratore: like[string](t, siNo),
		CCNL: like[co.CCNL](t, `[0-9A-Z]{2,4}`), LivelloInquadramento: perhaps[string](t, `[0-9A-Z]{1,6}`),
		Legge68: optional(t, func(t *rapid.T) co.Legge68 {
			return co.Legge68{DataNullaOsta: maybeDate(t), NumeroAtto: perhaps[string](t, `[0-9/]{1,10}`)}
		}),
		TipoOrario:             co.TipoOrario{Codice: like[co.CodiceOrario](t, `[A-Z]`), OreSettimanaliMedie: perhaps[string](t, `[0-9]{1,2}`)},
		QualificaProfessionale: like[co.QualificaProfessionale](t, `([0-9]\.){5}[0-9]{1,2}`),
		RetribuzioneCompenso:   perhaps[string](t, `[0-9]{1,9}`),
		PatINAIL:               like[string](t, `[0-9]{8,10}`),
		Agevolazioni:           optional(t, func(*rapid.T) struct{} { return struct{}{} }),
	}
}

func drawTrasformazione(t *rapid.T) *co.Trasformazione {
	return &co.Trasformazione{
		CodiceTrasformazione: like[co.CodiceTrasformazione](t, `[A-Z]{2}`), DataTrasformazione: date(t),
		DistaccoParziale: perhaps[string](t, siNo), DistaccoAziendaEstera: perhaps[string](t, siNo),
		Contratto: drawContratto(t),
		SedePrecedente: optional(t, func(t *rapid.T) co.SedePrecedente {
			return co.SedePrecedente{Comune: like[co.CodiceComune](t, comune), Indirizzo: free(t, 100)}
		}),
		DatoreLavoroPrec: optional(t, func(t *rapid.T) co.DatorePrecedente {
			return co.DatorePrecedente{CodiceFiscale: perhaps[co.CodiceFiscale](t, taxCodeForm), Denominazione: perhaps[string](t, `[a-z]{1,100}`)}
		}),
		DatoreDistaccatario: optional(t, func(t *rapid.T) co.DatoreDistaccatario {
			return co.DatoreDistaccatario{
				CodiceFiscale: perhaps[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100),
				Settore: like[co.Settore](t, sector), Sede: drawSede(t, rapid.Bool().Draw(t, "in Italy")),
				PatINAIL: perhaps[string](t, `[0-9]{8,10}`),
			}
		}),
	}
}

func drawTirocinio(t *rapid.T) co.Tirocinio {
	return co.Tirocinio{
		TipologiaEntePromotore: like[co.EntePromotore](t, `[0-9]{2}`), CFSoggettoPromotore: like[co.CodiceFiscale](t, taxCodeForm),
		Denominazione: free(t, 100), CategoriaTirocinante: like[co.CategoriaTirocinante](t, `[0-9]{2}`), TipologieTirocinio: like[co.TipologiaTirocinio](t, `[ABC]`),
	}
}

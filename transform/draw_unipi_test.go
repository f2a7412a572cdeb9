package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
)

const (
	count   = `[0-9]{1,6}`
	hours   = `[0-9]{2}:[0-9]{2}`
	yesNo   = `S|N`
	percent = `1[0-9 ]{2}|[1-9 ][0-9 ]|[0-9 ]`
)

// several draws a list, nil if empty, as a decoder leaves it.
func several[T any](t *rapid.T, least int, draw func(*rapid.T) T) []T {
	n := rapid.IntRange(least, 3).Draw(t, "how many")
	var all []T
	for range n {
		all = append(all, draw(t))
	}
	return all
}

func drawProspetto(t *rapid.T) *co.Prospetto {
	return &co.Prospetto{
		Versione:                      "PIDISABILI001600",
		CodiceComunicazione:           like[co.CodiceComunicazione](t, `[0-9]{1,16}`),
		CodiceComunicazionePrecedente: perhaps[co.CodiceComunicazione](t, `[0-9]{16}`),
		DataInvio:                     instant(t),
		Delegato:                      perhaps[co.CodiceFiscale](t, taxCodeForm),
		TipoDelegato:                  perhaps[co.TipoDelegato](t, `[0-9]{3}`),
		EMailDelegato:                 perhaps[string](t, mail),
		Protocollo:                    like[string](t, `[0-9A-Z]{8}`),
		Quadro1:                       drawQuadro1(t),
		Quadro2:                       several(t, 0, drawQuadro2),
		Quadro3:                       optional(t, drawQuadro3),
		TipoComunicazione:             like[co.TipoComunicazione](t, `[0-9]{2}`),
	}
}

func drawQuadro1(t *rapid.T) co.Quadro1 {
	return co.Quadro1{
		DatiProspetto: drawDatiProspetto(t),
		DatiAziendali: co.DatiAziendali{
			Dichiarante: co.Dichiarante{
				TipologiaDichiarante: like[string](t, `[ABCD]`), CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm),
				Denominazione: free(t, 100), Settore: like[co.Settore](t, sector), CCNL: like[co.CCNL](t, `[0-9,A-Z]{3}|[A-Z]{2}`),
			},
			SedeLegale: co.SedeLegaleProspetto{
				ComuneSedeLegale: like[co.CodiceComune](t, comune), CapSedeLegale: like[string](t, `[0-9]{5}`),
				IndirizzoSedeLegale: free(t, 100), Contatti: drawContatti(t), PECEmail: perhaps[string](t, mail),
			},
			Referente: co.Referente{
				CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Cognome: free(t, 50), Nome: free(t, 50), Indirizzo: free(t, 100),
				Comune: like[co.CodiceComune](t, comune), Cap: like[string](t, `[0-9]{5}`), Contatti: drawContatti(t),
			},
		},
		Gradualita: optional(t, func(t *rapid.T) co.Gradualita {
			return co.Gradualita{
				DataAtto: date(t), EstremiAtto: free(t, 50), AssunzioniNonDisabiliPrimaDiTrasformazione: like[string](t, count),
				DataTrasformazione: date(t), Percentuale: like[string](t, percent),
			}
		}),
		SospensioneMobilita: optional(t, func(t *rapid.T) co.SospensioneMobilita {
			return co.SospensioneMobilita{SospensionePerMobilita: perhaps[string](t, yesNo), DataFineSospensione: maybeDate(t)}
		}),
		AssunzioniPubblicaSelezione: several(t, 0, func(t *rapid.T) co.AssunzioniPubblicaSelezione {
			return co.AssunzioniPubblicaSelezione{
				Regione: like[co.Regione](t, `[0-9]{2}`), SaldoDisabili: like[string](t, `-?[0-9]{1,6}`),
				SaldoExArt18: like[string](t, `-?[0-9]{1,6}`), Note: perhaps[string](t, `[a-z]{1,99}`),
			}
		}),
	}
}

func drawDatiProspetto(t *rapid.T) co.DatiProspetto {
	d := co.DatiProspetto{
		DataRiferimento: date(t), Capogruppo: like[string](t, yesNo),
		CFCapogruppo:     perhaps[co.CodiceFiscaleInternazionale](t, taxCodeForm+`|[A-Z]{2}[0-9A-Z]{1,97}`),
		CapogruppoEstera: perhaps[string](t, yesNo), NLavoratoriNazionali: like[string](t, count),
		CategoriaAzienda: perhaps[string](t, `[ABC]`), NessunaAssunzioneAggiuntiva: perhaps[string](t, yesNo),
	}
	if rapid.Bool().Draw(t, "further hirings") {
		d.DataPrimaAssunzione, d.DataSecondaAssunzione, d.NessunaAssunzioneAggiuntiva = date(t), maybeDate(t), "N"
	}
	return d
}

func drawContatti(t *rapid.T) co.Contatti {
	return co.Contatti{Telefono: perhaps[string](t, `[0-9+ ]{1,15}`), Fax: perhaps[string](t, `[0-9]{1,15}`), Email: perhaps[string](t, mail)}
}

func drawQuadro2(t *rapid.T) co.Quadro2 {
	return co.Quadro2{
		DatiProvinciali: co.DatiProvinciali{
			Provincia: like[co.Provincia](t, `[0-9]{3}`),
			SedeRiferimento: co.SedeRiferimento{
				Comune: like[co.CodiceComune](t, comune), Cap: like[string](t, `[0-9]{5}`), Indirizzo: free(t, 100), Contatti: drawContatti(t),
			},
			Referente:           co.ReferenteProvinciale{Cognome: free(t, 50), Nome: free(t, 50)},
			NPostiCentralinisti: perhaps[string](t, `[0-9]{1,2}`), NPostiMassofisioterapisti: perhaps[string](t, `[0-9]{1,2}`),
		},
		PersonaleDipendente: drawPersonale(t),
		PersonaleNonDipendente: co.PersonaleNonDipendente{
			LavoratoriDisabiliSomministrati: drawInForza(t), LavoratoriDisabiliConv12bis14: drawInForza(t),
		},
		LavoratoriComputabili: several(t, 0, drawComputabile),
		PostiLavoro:           several(t, 0, drawPosti),
		Compensazioni: several(t, 0, func(t *rapid.T) co.Compensazioni {
			return co.Compensazioni{
				Provincia: like[co.Provincia](t, `[0-9]{3}`), CategoriaComp: like[string](t, `[ER]`), Numero: like[string](t, count),
				CategoriaSogg: like[string](t, `[DC]`), CodiceFiscaleAziendaGruppo: perhaps[co.CodiceFiscale](t, taxCodeForm),
			}
		}),
		Sospensioni: optional(t, func(t *rapid.T) co.Sospensioni {
			return co.Sospensioni{
				Stato: like[string](t, `[EF]`), Causale: like[string](t, `[A-Z]`), DataFineSospensione: maybeDate(t), NumeroLavoratori: like[string](t, count),
			}
		}),
		Gradualita: optional(t, func(t *rapid.T) co.GradualitaProvinciale {
			return co.GradualitaProvinciale{NAssunzioni: like[string](t, count)}
		}),
		Esoneri: optional(t, func(t *rapid.T) co.Esoneri {
			return co.Esoneri{
				Stato: like[string](t, `[EF]`), DataAtto: maybeDate(t), EstremiAtto: perhaps[string](t, `[0-9/]{1,50}`),
				FinoAl: maybeDate(t), Percentuale: perhaps[string](t, percent), NumeroLavoratori: perhaps[string](t, count),
			}
		}),
		Esoneri60PerMille: optional(t, func(t *rapid.T) co.Esoneri60PerMille {
			return co.Esoneri60PerMille{
				DataAutocertificazione: date(t), NumeroLavoratori60PerMille: like[string](t, count),
				NumeroLavoratoriEsonero: like[string](t, count), Percentuale: perhaps[string](t, percent),
			}
		}),
		Convenzione: optional(t, func(t *rapid.T) co.Convenzione {
			return co.Convenzione{
				Stato: like[string](t, `[EF]`), DataAtto: maybeDate(t), EstremiAtto: perhaps[string](t, `[0-9/]{1,50}`), TipoConvenzione: like[string](t, `[A-Z]`),
				NumLavoratoriPrevisti: like[string](t, `[0-9]{2}`), DataStipula: maybeDate(t), DataConcessione: maybeDate(t),
			}
		}),
		Note: perhaps[string](t, `[a-z]{1,99}`),
	}
}

func drawPersonale(t *rapid.T) co.PersonaleDipendente {
	return co.PersonaleDipendente{
		NLavoratori: like[string](t, count),
		Disabili:    drawInForza(t), Centralinisti: drawInForza(t), Massofisioterapisti: drawInForza(t), Telelavoro: drawInForza(t),
		CategorieEscluse: several(t, 0, func(t *rapid.T) co.CategorieEscluse {
			return co.CategorieEscluse{Categoria: like[string](t, `[0-9]{4}`), Numero: like[string](t, count)}
		}),
		DettaglioPartTime: several(t, 0, func(t *rapid.T) co.DettaglioPartTime {
			return co.DettaglioPartTime{
				Numero: like[string](t, count), OrarioSettimanaleContrattuale: like[string](t, hours), OrarioSettimanalePartTime: like[string](t, hours),
			}
		}),
		DettaglioIntermittenti: several(t, 0, func(t *rapid.T) co.DettaglioIntermittenti {
			return co.DettaglioIntermittenti{
				Numero: like[string](t, count), OrarioSettimanaleContrattuale: like[string](t, hours), OrarioSettimanaleSvolto: like[string](t, hours),
			}
		}),
		CategorieProtette: like[string](t, count), DiCuiInForzaAl17012000: perhaps[string](t, count),
	}
}

func drawInForza(t *rapid.T) co.LavoratoriInForza {
	return co.LavoratoriInForza{
		NLavoratoriTempoPieno: like[string](t, count),
		PartTime: several(t, 0, func(t *rapid.T) co.PartTime {
			return co.PartTime{
				NLavoratoriPartTime:           like[string](t, count),
				OrarioSettimanaleContrattuale: like[string](t, hours), OrarioSettimanalePartTime: like[string](t, hours),
			}
		}),
	}
}

func drawComputabile(t *rapid.T) co.LavoratoriComputabili {
	return co.LavoratoriComputabili{
		Lavoratore: co.LavoratoreComputabile{
			CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Cognome: free(t, 50), Nome: free(t, 50), Sesso: like[string](t, `M|F`),
			DataNascita: date(t), ComuneNascita: like[co.CodiceComune](t, comune), PercentualeDisabilita: perhaps[string](t, percent),
		},
		RapportoLavoro: co.RapportoComputabile{
			DataInizio: date(t), TipologiaContr: perhaps[co.TipologiaContrattuale](t, `[A-Z]\.[0-9]{2}\.[0-9]{2}`), DataFine: maybeDate(t),
			Qualifica: like[co.QualificaProfessionale](t, `([0-9]\.){5}[0-9]{1,2}`), TipoAssunzione: like[string](t, `[A-Z]`),
			OrarioSettimanale: like[string](t, hours), OrarioSettimanalePartTime: like[string](t, hours),
			CategoriaSogg: like[string](t, `[DC]`), CategoriaAss: like[string](t, `NU|NO`),
		},
	}
}

func drawPosti(t *rapid.T) co.PostiLavoro {
	return co.PostiLavoro{
		QualificaProf: like[co.QualificaProfessionale](t, `([0-9]\.){5}[0-9]{1,2}`), Mansione: free(t, 200), NPosti: like[string](t, count),
		CategoriaSogg: like[string](t, `[DC]`), ComuneAss: like[co.CodiceComune](t, comune), CapacitaControindicazioni: free(t, 200),
		BarriereArchitettoniche: like[string](t, yesNo), TurniNotturni: like[string](t, yesNo), MezziPubblici: like[string](t, yesNo),
		CategoriaAss: perhaps[string](t, `NU|NO`),
	}
}

func drawQuadro3(t *rapid.T) co.Quadro3 {
	return co.Quadro3{
		RiepilogoNazionale: co.RiepilogoNazionale{
			NumLavBaseComputoArt3: like[string](t, count), NumLavBaseComputoArt18: like[string](t, count),
			QuotaRiservaDisabili: like[string](t, count), QuotaRiservaCatProtette: like[string](t, count), Esoneri: like[string](t, count),
			Disabili: like[string](t, count), CatProtette: like[string](t, count), QuotaEsuberiArt18: like[string](t, count),
			ScopertureDisabili: like[string](t, count), ScopertureCatProtette: like[string](t, count), SospensioniInCorso: like[string](t, yesNo),
		},
		ElencoRiepilogativoProvinciale: several(t, 1, func(t *rapid.T) co.RiepilogoProvinciale {
			return co.RiepilogoProvinciale{
				Provincia: like[co.Provincia](t, `[0-9]{3}`), NumLavBaseComputoArt3: like[string](t, count), NumLavBaseComputoArt18: like[string](t, count),
				CategoriaCompDisabili: perhaps[string](t, `[ER]`), NumeroCompDisabili: perhaps[string](t, count),
				CategoriaCompCatProtette: perhaps[string](t, `[ER]`), NumeroCompCatProtette: perhaps[string](t, count),
				Disabili: like[string](t, count), CatProtette: like[string](t, count), QuotaRiservaDisabili: like[string](t, count),
				QuotaRiservaCatProtette: like[string](t, count), Esonerati: like[string](t, count), ScopertureDisabili: like[string](t, count),
				ScopertureCatProtette: like[string](t, count), SospensioniInCorso: like[string](t, yesNo),
			}
		}),
		Note: perhaps[string](t, `[a-z]{1,99}`),
	}
}

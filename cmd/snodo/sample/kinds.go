package sample

import (
	"strconv"
	"time"

	"github.com/snodo-co/snodo/transform/co"
)

// EveryKind invents a communication of each kind but UNILAV, in the order of
// co.Kinds: the n-th of each.
func (s Maker) EveryKind(n int) []co.Comunicazione {
	return []co.Comunicazione{
		s.agencyWork(n), s.Urgency(n), s.Transfer(n), s.seafaring(n), s.domesticWork(n), s.prospetto(n),
		s.OccasionalWork(n), s.wageGuarantee(n),
	}
}

func (s Maker) date(n, months int) co.Data {
	return co.Data(s.start(n).AddDate(0, months, 0).Format(time.DateOnly))
}

// agencyWork is a UNISOMM: a hiring by an agency and the first mission.
func (s Maker) agencyWork(n int) *co.UniSomm {
	from, to := s.date(n, 0), s.date(n, 3)
	agency := co.CodiceFiscale(InventFirm(s.Serial + n + 500))
	return &co.UniSomm{
		Intestazione: s.heading(n, "CO190701R1"),
		AgenziaSomministrazione: co.AgenziaSomministrazione{
			CodiceFiscale: co.CodiceFiscaleInternazionale(agency), Denominazione: "Agenzia Esempio S.p.A.", AgenziaEstera: "NO",
			NumeroIscrizioneAlbo: "000000123401/03/2010", SedeLavoro: s.seat(n), SedeLegale: s.legalSeat(n),
			RapportoAgenziaSomm: co.RapportoAgenziaSomm{
				DataInizioSomm: from, DataFineSomm: to, EntePrevidenziale: "01", CodiceEntePrevidenziale: "1234567890",
				TipologiaContrattuale: "A.02.00", LavInMobilita: "NO", NumeroAgenziaSomm: strconv.Itoa(s.Serial + n), NumeroMatricola: "7",
			},
		},
		Lavoratore: s.Worker(n),
		DittaUtilizzatrice: &co.DittaUtilizzatrice{
			CodiceFiscale: s.employer(n), Denominazione: s.company(n), NumeroContrattoSomm: "100000001",
			DataInizioContrattoSomm: from, DataFineContrattoSomm: to, SedeLavoro: s.seat(n), SedeLegale: s.legalSeat(n),
			Settore: "46.18.13", PubblicaAmministrazione: "NO",
			InizioContratto: co.InizioContratto{Inizio: co.Missione{
				DataInizioMissione: from, DataFineMissione: to, DescrizioneAttivita: "Lavoro d'ufficio",
				RischioAsbestosiSilicosi: "NO", LavoroInAgricoltura: "NO", AssunzioneObbligatoria: "NO",
				PatINAIL: "12345678", TipoOrario: co.TipoOrario{Codice: "F"}, QualificaProfessionale: "4.1.2.1.0.1",
				CCNL: "003", LivelloInquadramento: "3", RetribuzioneCompenso: "21000",
			}},
		},
		TipoComunicazione: "01",
	}
}

// Transfer is a VARDATORI: a lease of part of a business to the employer, which
// moves a worker at each of two seats.
func (s Maker) Transfer(n int) *co.VarDatori {
	seat := func(n int) co.SedeTrasferita {
		who, contract := s.person(n), s.contract(n)
		return co.SedeTrasferita{Sede: s.seat(n), Lavoratori: []co.RapportoTrasferito{{
			Contratto: contract,
			DatiLavoratore: co.DatiLavoratore{Cognome: who.Cognome, Nome: who.Nome, CodiceFiscale: who.CodiceFiscale,
				ComuneDomicilio: co.CodiceComune(s.place(n).comune)},
		}}}
	}
	return &co.VarDatori{
		Intestazione: s.heading(n, "CO190701R1"),
		DatoreAttuale: co.DatoreAttuale{CodiceFiscale: s.employer(n), Denominazione: s.company(n), Sede: s.legalSeat(n),
			Settore: "46.18.13", PubblicaAmministrazione: "NO"},
		TipoComunicazione: "01",
		TrasferimentoAzienda: &co.TrasferimentoAzienda{
			CodiceTrasferimento: "02", DataInizio: s.date(n, 0), DataFineAffittoRamo: s.date(n, 36),
			DatorePrecedente: co.DatoreCedente{CodiceFiscale: s.employer(n + 600), Denominazione: s.company(n + 600),
				Sede: s.legalSeat(n), Settore: "46.18.13"},
			SedeLavoro: []co.SedeTrasferita{seat(n), seat(n + 1)},
		},
	}
}

// Urgency is a UNIURG: the summary that goes before a hiring.
func (s Maker) Urgency(n int) *co.UniUrg {
	who := s.person(n)
	return &co.UniUrg{
		Intestazione: s.heading(n, "CO130131"), MotivoUrgenza: "Sostituzione improvvisa", DataInizioRapporto: s.date(n, 0),
		DatoreLavoro:      co.DatoreUrgenza{CodiceFiscale: s.employer(n), Denominazione: s.company(n)},
		Lavoratore:        co.DatiLavoratore{Cognome: who.Cognome, Nome: who.Nome, CodiceFiscale: who.CodiceFiscale},
		TipoComunicazione: "01",
	}
}

// seafaring is a UNIMARE: an enrolment on a ship.
func (s Maker) seafaring(n int) *co.UniMare {
	who := s.person(n)
	return &co.UniMare{
		Intestazione: s.heading(n, "CO190701R1"), AssunzioneForzaMaggiore: "NO",
		DatoreLavoro: co.Armatore{
			CodiceFiscale: s.employer(n), Denominazione: s.company(n),
			Nave: &co.Nave{Tipo: "traghetto", Internazionale: "NO", StazzaMin5Ton: "SI", Denominazione: "Nave Esempio",
				NumeroIscrizione: strconv.Itoa(s.Serial + n), LuogoIscrizione: co.CodiceComune(s.place(n).comune)},
			Settore: "50.10.00",
		},
		Lavoratore: co.Marittimo{CategoriaIscrizione: "prima", NumeroMatricola: strconv.Itoa(s.Serial + n),
			LuogoMatricola: "Compartimento", AnagraficaCompleta: &who},
		InizioRapporto: &co.RapportoMarittimo{DataInizio: s.date(n, 0), DataFine: s.date(n, 5), TipologiaContrattuale: "A.02.00",
			ContrattoVerbale: "NO", EntePrevidenziale: "01", SocioLavoratore: "NO", CCNL: "003"},
		TipoComunicazione: "01",
	}
}

// domesticWork is a UNIDOM.
func (s Maker) domesticWork(n int) *co.UniDom {
	who, family := s.person(n), s.person(n+700)
	return &co.UniDom{
		Intestazione:    s.heading(n, "CO190701R1"),
		DatoreDomestico: co.DatoreDomestico{CodiceFiscale: family.CodiceFiscale, Cognome: family.Cognome, Nome: family.Nome},
		Lavoratore:      co.LavoratoreDomestico{AnagraficaCompleta: &who},
		InizioRapporto: co.RapportoDomestico{DataInizio: s.date(n, 0), DataFine: s.date(n, 12),
			TipologiaContrattuale: "A.04.02", CCNLApplicato: "SI"},
		Dichiarazioni:     &co.Dichiarazioni{Coniuge: "NO", Parente: "NO", Invalido: "NO", Convivente: "SI"},
		TipoComunicazione: "01",
	}
}

// prospetto is a UNIPI: sixty workers of one province, three of them disabled,
// on the last day of the year before.
func (s Maker) prospetto(n int) *co.Prospetto {
	at, none := s.place(n), co.LavoratoriInForza{NLavoratoriTempoPieno: "0"}
	who := s.person(n)
	return &co.Prospetto{
		Versione: "PIDISABILI001600", CodiceComunicazione: co.Zero, DataInvio: s.Sent(),
		EMailDelegato: "ufficio@example.org", Protocollo: s.heading(n, "").Protocollo,
		Quadro1: co.Quadro1{
			DatiProspetto: co.DatiProspetto{DataRiferimento: co.Data(strconv.Itoa(s.Day.Year()-1) + "-12-31"), Capogruppo: "N",
				NLavoratoriNazionali: "60", CategoriaAzienda: "A", NessunaAssunzioneAggiuntiva: "S"},
			DatiAziendali: co.DatiAziendali{
				Dichiarante: co.Dichiarante{TipologiaDichiarante: "A", CodiceFiscale: s.employer(n), Denominazione: s.company(n),
					Settore: "46.18.13", CCNL: "003"},
				SedeLegale: co.SedeLegaleProspetto{ComuneSedeLegale: co.CodiceComune(at.comune), CapSedeLegale: at.cap,
					IndirizzoSedeLegale: "Via Esempio 1", PECEmail: "legale@pec.example.org"},
				Referente: co.Referente{CodiceFiscale: who.CodiceFiscale, Cognome: who.Cognome, Nome: who.Nome,
					Indirizzo: "Via Esempio 1", Comune: co.CodiceComune(at.comune), Cap: at.cap},
			},
		},
		Quadro2: []co.Quadro2{{
			DatiProvinciali: co.DatiProvinciali{Provincia: co.Provincia(at.province),
				SedeRiferimento: co.SedeRiferimento{Comune: co.CodiceComune(at.comune), Cap: at.cap, Indirizzo: "Via Prova 2"},
				Referente:       co.ReferenteProvinciale{Cognome: who.Cognome, Nome: who.Nome}},
			PersonaleDipendente: co.PersonaleDipendente{NLavoratori: "60", Disabili: co.LavoratoriInForza{NLavoratoriTempoPieno: "3"},
				Centralinisti: none, Massofisioterapisti: none, Telelavoro: none, CategorieProtette: "0"},
			PersonaleNonDipendente: co.PersonaleNonDipendente{LavoratoriDisabiliSomministrati: none, LavoratoriDisabiliConv12bis14: none},
		}},
		TipoComunicazione: co.UnipiInvio,
	}
}

// OccasionalWork is a LAO: the announcement of a work.
func (s Maker) OccasionalWork(n int) *co.Lao {
	at := s.place(n)
	where := func(address string) co.Luogo {
		return co.Luogo{Comune: co.CodiceComune(at.comune), Indirizzo: address, Cap: at.cap}
	}
	seat := where("Via Esempio 1")
	return &co.Lao{
		Versione: "LAO2026R1", CodiceComunicazione: co.Zero, DataInvio: s.Sent(),
		Committente: co.Committente{CodiceFiscale: s.employer(n), Denominazione: s.company(n), SedeLegale: &seat},
		LavoratoreAutonomo: co.LavoratoreAutonomo{
			Anagrafica: s.person(n),
			DocumentoIdentita: &co.DocumentoIdentita{Tipo: "carta di identità", Numero: "CA00000AA",
				DataScadenza: s.date(n, 48)},
			Domicilio: co.Domicilio{Italia: &co.DomicilioItaliano{Comune: co.CodiceComune(at.comune), Indirizzo: "Via Casa 3", Cap: at.cap}},
		},
		RapportoDiLavoro: co.RapportoDiLavoro{DataInizio: s.date(n, 0), Termine: "15", Descrizione: "Traduzione di un manuale",
			CompensoStimato: "800.00", SediDiLavoro: co.SediDiLavoro{SedeDiLavoro: []co.Luogo{where("Via Prova 2")}}},
		DatiInvio: co.DatiInvio{CodiceFiscaleCompilatore: s.employer(n), EMailCompilatore: "ufficio@example.org",
			TipoComunicazione: co.Preventiva},
	}
}

// wageGuarantee is a CIGD.
func (s Maker) wageGuarantee(n int) *co.Cigd {
	at := s.place(n)
	return &co.Cigd{
		Intestazione: s.heading(n, "CIGD2026R1"),
		Richiedente: co.Richiedente{CodiceFiscale: s.employer(n), Denominazione: s.company(n),
			Sede: co.Luogo{Comune: co.CodiceComune(at.comune), Indirizzo: "Via Prova 2", Cap: at.cap}},
		Periodo: co.Periodo{Dal: s.date(n, 0), Al: s.date(n, 1)}, NumeroLavoratori: "12", OreRichieste: "1920",
		Causale: "Calo degli ordini",
	}
}

// What says in Italian what the sample of each kind is.
func What(kind string) string {
	switch kind {
	case co.UNISOMM:
		return "assunzione e missione"
	case co.UNIURG:
		return "assunzione urgente"
	case co.VARDATORI:
		return "affitto di ramo d'azienda"
	case co.UNIMARE:
		return "imbarco"
	case co.UNIDOM:
		return "lavoro domestico"
	case co.UNIPI:
		return "prospetto informativo"
	case co.LAO:
		return "lavoro autonomo occasionale"
	case co.CIGD:
		return "cassa in deroga"
	}
	return "assunzione"
}

// Faulty is the n-th agency work of a maker, which breaks rules on persons, dates
// and codes and keeps the schema.
func Faulty(s Maker, n int) *co.UniSomm {
	c := s.agencyWork(n)
	who := c.Lavoratore.AnagraficaCompleta
	who.Sesso = map[string]string{"M": "F", "F": "M"}[who.Sesso] // not the tax code's
	firm := c.DittaUtilizzatrice
	firm.CodiceFiscale = firm.CodiceFiscale[:10] + co.CodiceFiscale('0'+'9'-firm.CodiceFiscale[10]) // never its check digit
	mission := &firm.InizioContratto.Inizio
	mission.DataFineMissione = s.date(n, -1)                                        // before it starts
	mission.QualificaProfessionale = "9.9.9.9.9.9"                                  // in no table
	c.AgenziaSomministrazione.RapportoAgenziaSomm.TipologiaContrattuale = "A.06.01" // expired in 2013
	return c
}

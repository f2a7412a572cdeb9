package spicom

import (
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// unisomm writes UNISOMM. The agency's sector and its being no public body,
// which the regional bean has, have no place there.
func (w *writer) unisomm() *co.UniSomm {
	c := &co.UniSomm{
		Intestazione:            w.heading(edition),
		AgenziaSomministrazione: w.agency(),
		Lavoratore:              w.worker(w.root.get("lavoratore")),
		TipoComunicazione:       w.tipo(),
	}
	if mission := w.root.get("missione").get("datiInizioMissione"); mission != nil {
		c.DittaUtilizzatrice = w.userFirm(mission)
	}
	if o := w.root.get("datiVariazione"); o != nil {
		c.DatiVariazione = w.change(o)
	}
	return c
}

func (w *writer) agency() co.AgenziaSomministrazione {
	o, r := w.root.get("datoreDiLavoro"), w.root.get("datiInizio")
	a := co.AgenziaSomministrazione{
		CodiceFiscale:        co.CodiceFiscaleInternazionale(o.str("codFiscale")),
		Denominazione:        o.str("denominazione"),
		AgenziaEstera:        o.str("flgAgenziaEstera"),
		NumeroIscrizioneAlbo: o.str("numIscrizioneAlbo"),
		SedeLavoro:           seatAbroad(seat(o, "SedeLavoro")),
		SedeLegale:           seatAbroad(seat(o, "SedeLegale")),
		RapportoAgenziaSomm: co.RapportoAgenziaSomm{
			DataInizioSomm:           co.Data(r.day("dataInizio", w.rome)),
			DataFineSomm:             co.Data(r.day("dataFine", w.rome)),
			DataFinePeriodoFormativo: co.Data(r.day("dataFinePeriodoFormativo", w.rome)),
			EntePrevidenziale:        co.EntePrevidenziale(r.str("entePrevidenziale")),
			CodiceEntePrevidenziale:  r.str("codEntePrevidenziale"),
			TipologiaContrattuale:    co.TipologiaContrattuale(r.str("tipologiaContrattuale")),
			IndennitaDisponibilita:   r.str("indennitaDisponibilita"),
			LavInMobilita:            r.str("lavInMobilita"),
			NumeroAgenziaSomm:        r.str("numAgenziaSomministrazione"),
			NumeroMatricola:          r.str("numMatricolaLavoratore"),
		},
	}
	if representative := o.bean("legaleRappresentante"); representative != nil {
		a.DatoreAnagraficaCompleta = w.person(representative)
		w.dropResidence(representative)
	}
	w.dropDismissed(r, "datiInizio")
	w.dropGiven(fault.OldPartDropped, r, "datiInizio", "dataFineProroga", "dataCessazione")
	w.dropGiven(fault.OldPartDropped, w.root.get("missione"), "missione", "prorogaMissione", "trasformazioneMissione", "cessazioneMissione")
	return a
}

func (w *writer) userFirm(mission *object) *co.DittaUtilizzatrice {
	o := w.root.get("dittaUtilizzatrice")
	return &co.DittaUtilizzatrice{
		CodiceFiscale:                            co.CodiceFiscale(o.str("codFiscale")),
		Denominazione:                            o.str("denominazione"),
		NumeroContrattoSomm:                      padded(o.str("numContrattoSomministrazione"), 9),
		DataInizioContrattoSomm:                  co.Data(o.day("dataInizioSomministrazione", w.rome)),
		DataFineContrattoSomm:                    co.Data(o.day("dataFineSomministrazione", w.rome)),
		SedeLavoro:                               seatAbroad(seat(o, "SedeLavoro")),
		SedeLegale:                               seatAbroad(seat(o, "SedeLegale")),
		DittaUtilizzatriceEsteraOperanteInItalia: o.str("flgAziUtilEsteraInItalia"),
		Settore:                                  co.Settore(o.str("settore")),
		PubblicaAmministrazione:                  o.str("pubblicaAmministrazione"),
		InizioContratto:                          co.InizioContratto{Inizio: w.mission(mission)},
	}
}

func (w *writer) mission(o *object) co.Missione {
	const path = "missione/datiInizioMissione"
	m := co.Missione{
		DataInizioMissione:                        co.Data(o.day("dataInizioMissione", w.rome)),
		DataFineMissione:                          co.Data(o.day("dataFineMissione", w.rome)),
		GgLavorativePreviste:                      o.str("numGiornateLavorativePreviste"),
		DescrizioneAttivita:                       o.str("descrizioneAttivita"),
		DescrizioneAttivitaAgricol:                o.str("descrizioneAttivitaAgricoltura"),
		RischioAsbestosiSilicosi:                  o.str("flgRischioSilicosiAsbestosi"),
		VoceTariffa1:                              o.str("voceTariffa1"),
		VoceTariffa2:                              o.str("voceTariffa2"),
		VoceTariffa3:                              o.str("voceTariffa3"),
		LavoroInAgricoltura:                       o.str("flgLavoroAgricoltura"),
		AssunzioneObbligatoria:                    o.str("flgAssunzioneObbligatoria"),
		CategoriaLavoratoreAssunzioneObbligatoria: co.CategoriaObbligatoria(o.str("categoriaLavoratoreAssunzioneObbligatoria")),
		PatINAIL:                                  o.str("dsPatInail"),
		TipoOrario:                                w.hours(o, "numOreSettimanaliMedie", path),
		QualificaProfessionale:                    co.QualificaProfessionale(o.str("qualificaProfessionale")),
		CCNL:                                      co.CCNL(o.str("ccnlApplicato")),
		LivelloInquadramento:                      o.str("livelloInquadramento"),
		RetribuzioneCompenso:                      o.str("retribuzione"),
	}
	w.dropGiven(fault.IncentivesDropped, o, path, "codiceAgevolazione", "agevolazioni")
	return m
}

func (w *writer) change(o *object) *co.DatiVariazione {
	v := &co.DatiVariazione{CodiceVariazione: co.CodiceVariazione(o.str("codiceVariazione"))}
	if p := o.get("datiProroga"); p != nil {
		v.DatiProroga = &co.DatiProroga{DataFineProroga: co.Data(p.day("dataFineProroga", w.rome))}
	}
	if t := o.get("datiTrasformazione"); t != nil {
		v.DatiTrasformazione = &co.DatiTrasformazione{
			DataTrasformazione:   co.Data(t.day("dataTrasformazione", w.rome)),
			CodiceTrasformazione: co.CodiceTrasformazione(t.str("codiceTrasformazione")),
		}
	}
	if e := o.get("datiCessazione"); e != nil {
		v.DatiCessazione = &co.DatiCessazione{
			DataCessazione: co.Data(e.day("dataCessazione", w.rome)),
			CodiceCausa:    co.CausaCessazione(e.str("codiceCausa")),
		}
	}
	return v
}

// padded writes a number in the width of the national form, behind zeros; none
// stays none, and what is no number or is longer is for the schema to judge.
func padded(digits string, width int) string {
	if digits == "" || len(digits) >= width || strings.Trim(digits, "0123456789") != "" {
		return digits
	}
	return strings.Repeat("0", width-len(digits)) + digits
}

package spicom

import "github.com/snodo-co/snodo/transform/co"

// unisomm is the track US.
func (w *regionalWriter) unisomm(c *co.UniSomm) *object {
	root := newBean(classComunicazione)
	agency := &c.AgenziaSomministrazione
	o := newBean("AgenziaSomministrazioneDTO")
	text(o, "codFiscale", agency.CodiceFiscale)
	text(o, "denominazione", agency.Denominazione)
	o.seat("SedeLegale", agency.SedeLegale)
	o.seat("SedeLavoro", agency.SedeLavoro)
	o.put("legaleRappresentante", w.representative(agency.DatoreAnagraficaCompleta, "", nil))
	text(o, "numIscrizioneAlbo", agency.NumeroIscrizioneAlbo)
	text(o, "flgAgenziaEstera", agency.AgenziaEstera)
	root.put("datoreDiLavoro", o)
	root.put("lavoratore", w.worker(newBean(classLavoratore), &c.Lavoratore))
	root.put("datiInizio", w.agencyContract(&agency.RapportoAgenziaSomm))
	if v := c.DatiVariazione; v != nil {
		root.put("datiVariazione", w.change(v))
	}
	if firm := c.DittaUtilizzatrice; firm != nil {
		root.put("dittaUtilizzatrice", w.userFirm(firm))
		mission := newBean("MissioneDTO")
		mission.put("datiInizioMissione", w.mission(&firm.InizioContratto.Inizio))
		root.put("missione", mission)
	}
	root.put("datiInvio", w.sending(&c.Intestazione, c.TipoComunicazione))
	root.put("datiAggiuntivi", extras(trackUniSomm))
	return root
}

func (w *regionalWriter) agencyContract(r *co.RapportoAgenziaSomm) *object {
	o := newBean("InizioRapportoUniSommDTO")
	w.day(o, "dataInizio", &r.DataInizioSomm)
	w.day(o, "dataFine", &r.DataFineSomm)
	text(o, "tipologiaContrattuale", r.TipologiaContrattuale)
	text(o, "entePrevidenziale", r.EntePrevidenziale)
	text(o, "codEntePrevidenziale", r.CodiceEntePrevidenziale)
	text(o, "lavInMobilita", r.LavInMobilita)
	w.day(o, "dataFinePeriodoFormativo", &r.DataFinePeriodoFormativo)
	w.number(o, "numAgenziaSomministrazione", &r.NumeroAgenziaSomm)
	w.number(o, "numMatricolaLavoratore", &r.NumeroMatricola)
	w.number(o, "indennitaDisponibilita", &r.IndennitaDisponibilita)
	if r.DataFineProroga != "" {
		w.lose(&r.DataFineProroga)
	}
	return o
}

func (w *regionalWriter) userFirm(u *co.DittaUtilizzatrice) *object {
	o := newBean("DittaUtilizzatriceDTO")
	text(o, "codFiscale", u.CodiceFiscale)
	text(o, "denominazione", u.Denominazione)
	text(o, "settore", u.Settore)
	o.seat("SedeLegale", u.SedeLegale)
	o.seat("SedeLavoro", u.SedeLavoro)
	text(o, "pubblicaAmministrazione", u.PubblicaAmministrazione)
	w.number(o, "numContrattoSomministrazione", &u.NumeroContrattoSomm)
	text(o, "flgAziUtilEsteraInItalia", u.DittaUtilizzatriceEsteraOperanteInItalia)
	w.day(o, "dataInizioSomministrazione", &u.DataInizioContrattoSomm)
	w.day(o, "dataFineSomministrazione", &u.DataFineContrattoSomm)
	return o
}

func (w *regionalWriter) mission(m *co.Missione) *object {
	o := newBean("InizioMissioneDTO")
	w.day(o, "dataInizioMissione", &m.DataInizioMissione)
	w.day(o, "dataFineMissione", &m.DataFineMissione)
	text(o, "flgRischioSilicosiAsbestosi", m.RischioAsbestosiSilicosi)
	text(o, "voceTariffa1", m.VoceTariffa1)
	text(o, "voceTariffa2", m.VoceTariffa2)
	text(o, "voceTariffa3", m.VoceTariffa3)
	text(o, "descrizioneAttivita", m.DescrizioneAttivita)
	text(o, "descrizioneAttivitaAgricoltura", m.DescrizioneAttivitaAgricol)
	text(o, "tipoOrario", m.TipoOrario.Codice)
	w.number(o, "numOreSettimanaliMedie", &m.TipoOrario.OreSettimanaliMedie)
	text(o, "qualificaProfessionale", m.QualificaProfessionale)
	text(o, "ccnlApplicato", m.CCNL)
	text(o, "livelloInquadramento", m.LivelloInquadramento)
	w.number(o, "numGiornateLavorativePreviste", &m.GgLavorativePreviste)
	text(o, "dsPatInail", m.PatINAIL)
	text(o, "flgLavoroAgricoltura", m.LavoroInAgricoltura)
	text(o, "flgAssunzioneObbligatoria", m.AssunzioneObbligatoria)
	text(o, "categoriaLavoratoreAssunzioneObbligatoria", m.CategoriaLavoratoreAssunzioneObbligatoria)
	w.number(o, "retribuzione", &m.RetribuzioneCompenso)
	return o
}

func (w *regionalWriter) change(v *co.DatiVariazione) *object {
	o := newBean("DatiVariazioneDTO")
	text(o, "codiceVariazione", v.CodiceVariazione)
	if p := v.DatiProroga; p != nil {
		b := newBean("DatiProrogaDTO")
		w.day(b, "dataFineProroga", &p.DataFineProroga)
		o.put("datiProroga", b)
	}
	if t := v.DatiTrasformazione; t != nil {
		b := newBean("DatiTrasformazioneDTO")
		w.day(b, "dataTrasformazione", &t.DataTrasformazione)
		text(b, "codiceTrasformazione", t.CodiceTrasformazione)
		o.put("datiTrasformazione", b)
	}
	if e := v.DatiCessazione; e != nil {
		b := newBean("DatiCessazioneDTO")
		w.day(b, "dataCessazione", &e.DataCessazione)
		text(b, "codiceCausa", e.CodiceCausa)
		o.put("datiCessazione", b)
	}
	return o
}

// uniurg is the track UG: what the summary does not say stays null, for the
// front end to complete.
func (w *regionalWriter) uniurg(c *co.UniUrg) *object {
	root := newBean(classComunicazione)
	employer := newBean(classDatore)
	text(employer, "codFiscale", c.DatoreLavoro.CodiceFiscale)
	text(employer, "denominazione", c.DatoreLavoro.Denominazione)
	root.put("datoreDiLavoro", employer)
	root.put("lavoratore", briefBean(newBean(classLavoratore), &c.Lavoratore))
	start := newBean("InizioRapportoUnilavDTO")
	w.day(start, "dataInizio", &c.DataInizioRapporto)
	root.put("datiInizio", start)
	sending := w.sending(&c.Intestazione, c.TipoComunicazione)
	text(sending, "motivoUrgenza", c.MotivoUrgenza)
	root.put("datiInvio", sending)
	root.put("datiAggiuntivi", extras(trackUniUrg))
	return root
}

// vardatori is the track VD.
func (w *regionalWriter) vardatori(c *co.VarDatori) *object {
	root := newBean(classComunicazione)
	root.put("datiInvio", w.sending(&c.Intestazione, c.TipoComunicazione))
	current := newBean(classDatore)
	text(current, "codFiscale", c.DatoreAttuale.CodiceFiscale)
	text(current, "denominazione", c.DatoreAttuale.Denominazione)
	text(current, "settore", c.DatoreAttuale.Settore)
	current.seat("SedeLegale", c.DatoreAttuale.Sede)
	text(current, "pubblicaAmministrazione", c.DatoreAttuale.PubblicaAmministrazione)
	if v := c.VariazioneRagioneSociale; v != nil {
		o := newBean("VariazioneRagioneSocialeDTO")
		text(o, "denominazionePrecedente", v.DenominazionePrecedente)
		o.put("datoreLavoroAttuale", current)
		w.day(o, "dataVariazione", &v.DataVariazione)
		root.put("variazioneRagioneSociale", o)
	}
	if t := c.TrasferimentoAzienda; t != nil {
		o := newBean("TrasferimentoRamoAziendaleDTO")
		text(o, "codTrasferimentoDAzienda", t.CodiceTrasferimento)
		w.day(o, "dataInizio", &t.DataInizio)
		o.put("vctElencoSediDiLavoroInteressate", w.sites(t.SedeLavoro))
		o.put("datoreLavoroAttuale", current)
		former := newBean(classDatore)
		text(former, "codFiscale", t.DatorePrecedente.CodiceFiscale)
		text(former, "denominazione", t.DatorePrecedente.Denominazione)
		text(former, "settore", t.DatorePrecedente.Settore)
		former.seat("SedeLegale", t.DatorePrecedente.Sede)
		o.put("datoreLavoroPrecedente", former)
		w.day(o, "dataFineRamoAffitto", &t.DataFineAffittoRamo)
		root.put("trasferimentoRamoAziendale", o)
	}
	root.put("datiAggiuntivi", extras(trackVarDatori))
	return root
}

// sites are the workplaces of a transfer with their workers.
func (w *regionalWriter) sites(list []co.SedeTrasferita) *object {
	array := &object{declared: typeArray}
	for i := range list {
		site := newBean("DatoreDiLavoroInteressatoTrasferimentoRamoAziendaleDTO")
		site.seat("SedeLavoro", list[i].Sede)
		workers := &object{declared: typeArray}
		for j := range list[i].Lavoratori {
			r := &list[i].Lavoratori[j]
			worker := briefBean(newBean("LavoratoreInteressatoTrasferimentoRamoAziendaleDTO"), &r.DatiLavoratore)
			text(worker, "comuneDomicilio", r.DatiLavoratore.ComuneDomicilio)
			worker.put("datiInizio", w.contract(&r.Contratto))
			workers.items = append(workers.items, *worker)
		}
		site.put("vctElencoLavoratoriInteressati", workers)
		array.items = append(array.items, *site)
	}
	return array
}

// briefBean fills a worker's bean with what a summary says.
func briefBean(o *object, l *co.DatiLavoratore) *object {
	text(o, "codFiscale", l.CodiceFiscale)
	text(o, "cognome", l.Cognome)
	text(o, "nome", l.Nome)
	return o
}

package spicom

import "github.com/snodo-co/snodo/transform/co"

// unilav is the track UL.
func (w *regionalWriter) unilav(c *co.UniLav) *object {
	root := newBean(classComunicazione)
	root.put("datoreDiLavoro", w.employer(&c.DatoreLavoro))
	root.put("lavoratore", w.worker(newBean(classLavoratore), &c.Lavoratore))
	if second := c.LavoratoreCoobbligato; second != nil {
		root.put("lavoratoreCoobbligato", w.worker(newBean(classLavoratore), second))
	}
	if r := c.Rapporto(); r != nil {
		start := w.contract(r)
		if t := c.Tirocinio; t != nil {
			text(start, "CFSoggettoPromotoreTirocinio", t.CFSoggettoPromotore)
		}
		root.put("datiInizio", start)
	}
	switch {
	case c.Proroga != nil:
		o := newBean("ProrogaDTO")
		text(o, "prosecuzioneDiFatto", c.Proroga.ProsecuzioneDiFatto)
		w.day(o, "dataFineProroga", &c.Proroga.DataFineProroga)
		root.put("proroga", o)
	case c.Trasformazione != nil:
		root.put("trasformazione", w.transformation(c.Trasformazione))
	case c.Cessazione != nil:
		o := newBean("CessazioneDTO")
		text(o, "codCausa", c.Cessazione.CodiceCausa)
		w.day(o, "dataCessazione", &c.Cessazione.DataCessazione)
		root.put("cessazione", o)
	}
	sending := w.sending(&c.Intestazione, c.TipoComunicazione)
	text(sending, "flgAssunzionePerCausaForzaMaggiore", c.AssunzioneForzaMaggiore)
	text(sending, "descrizioneCausaForzaMaggiore", c.DescrizioneForzaMaggiore)
	root.put("datiInvio", sending)
	more := extras("UL")
	if t := c.Tirocinio; t != nil {
		o := newBean("DatiTirocinioDTO")
		text(o, "tipologiaPromotore", t.TipologiaEntePromotore)
		text(o, "altroSoggettoPromotore", t.Denominazione)
		text(o, "tipologiaTirocinio", t.TipologieTirocinio)
		text(o, "categoriaTirocinante", t.CategoriaTirocinante)
		text(o, "CFSoggettoPromotoreTirocinio", t.CFSoggettoPromotore)
		more.put("datiTirocinio", o)
	}
	root.put("datiAggiuntivi", more)
	return root
}

func (w *regionalWriter) employer(d *co.DatoreLavoro) *object {
	o := newBean(classDatore)
	text(o, "codFiscale", d.CodiceFiscale)
	text(o, "denominazione", d.Denominazione)
	text(o, "settore", d.Settore)
	o.seat("SedeLegale", d.SedeLegale)
	o.seat("SedeLavoro", d.SedeLavoro)
	text(o, "pubblicaAmministrazione", d.PubblicaAmministrazione)
	o.put("legaleRappresentante", w.representative(d.DatoreAnagraficaCompleta, d.SoggiornanteInItalia, d.ExtraCE))
	return o
}

// contract is datiInizio.
func (w *regionalWriter) contract(r *co.Contratto) *object {
	o := newBean("InizioRapportoUnilavDTO")
	w.day(o, "dataInizio", &r.DataInizio)
	w.day(o, "dataFine", &r.DataFine)
	text(o, "patInail", r.PatINAIL)
	text(o, "tipologiaContrattuale", r.TipologiaContrattuale)
	text(o, "tipoOrario", r.TipoOrario.Codice)
	w.number(o, "oreSettimanaliMedie", &r.TipoOrario.OreSettimanaliMedie)
	text(o, "qualificaProfessionaleIstat", r.QualificaProfessionale)
	text(o, "ccnlApplicato", r.CCNL)
	text(o, "livelloInquadramento", r.LivelloInquadramento)
	w.number(o, "giornateLavorativePrevisteAgricoltura", &r.GgLavorativePreviste)
	text(o, "entePrevidenziale", r.EntePrevidenziale)
	text(o, "codEntePrevidenziale", r.CodiceEntePrevidenziale)
	w.number(o, "retribuzione", &r.RetribuzioneCompenso)
	text(o, "lavInMobilita", r.LavInMobilita)
	w.day(o, "dataFinePeriodoFormativo", &r.DataFinePeriodoFormativo)
	text(o, "flgSocioLavoratore", r.SocioLavoratore)
	if l := r.Legge68; l != nil {
		w.day(o, "dataNullaostaLegge68OConvenzione", &l.DataNullaOsta)
		text(o, "numeroAttoLegge68", l.NumeroAtto)
	}
	text(o, "tipoLavorazione", r.TipoLavorazione)
	text(o, "flgLavoroAgricoltura", r.LavoroInAgricoltura)
	text(o, "lavoroStagionale", r.LavoroStagionale)
	text(o, "flgAssunzioneObbligatoria", r.AssunzioneObbligatoria)
	text(o, "categoriaLavoratoreAssunzioneObbligatoria", r.CategoriaLavoratoreAssunzioneObbligatoria)
	return o
}

func (w *regionalWriter) transformation(t *co.Trasformazione) *object {
	o := newBean("TrasformazioneDTO")
	w.day(o, "dataTrasformazione", &t.DataTrasformazione)
	text(o, "codTrasformazione", t.CodiceTrasformazione)
	text(o, "flgDistaccoParziale", t.DistaccoParziale)
	text(o, "flgDistaccoAziendaEstera", t.DistaccoAziendaEstera)
	if s := t.SedePrecedente; s != nil {
		text(o, "comuneSedeLavoroPrecedente", s.Comune)
		text(o, "indirizzoSedeLavoroPrecedente", s.Indirizzo)
	}
	if h := t.DatoreDistaccatario; h != nil {
		host := newBean(classDatore)
		text(host, "codFiscale", h.CodiceFiscale)
		text(host, "denominazione", h.Denominazione)
		text(host, "settore", h.Settore)
		host.seat("SedeLavoro", h.Sede)
		o.put("datoreLavoroDistacco", host)
		text(o, "patInail", h.PatINAIL)
	}
	if t.DatoreLavoroPrec != nil {
		w.lose(t.DatoreLavoroPrec)
	}
	return o
}

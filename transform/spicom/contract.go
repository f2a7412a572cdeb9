package spicom

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// contract is the employment relationship, which lies at o under path.
func (w *writer) contract(o *object, path string) co.Contratto {
	c := co.Contratto{
		LavInMobilita:                             o.str("lavInMobilita"),
		LavoroStagionale:                          o.str("lavoroStagionale"),
		LavoroInAgricoltura:                       o.str("flgLavoroAgricoltura"),
		AssunzioneObbligatoria:                    o.str("flgAssunzioneObbligatoria"),
		CategoriaLavoratoreAssunzioneObbligatoria: co.CategoriaObbligatoria(o.str("categoriaLavoratoreAssunzioneObbligatoria")),
		DataInizio:                                co.Data(o.day("dataInizio", w.rome)),
		DataFine:                                  co.Data(o.day("dataFine", w.rome)),
		DataFinePeriodoFormativo:                  co.Data(o.day("dataFinePeriodoFormativo", w.rome)),
		GgLavorativePreviste:                      o.str("giornateLavorativePrevisteAgricoltura"),
		TipoLavorazione:                           o.str("tipoLavorazione"),
		EntePrevidenziale:                         co.EntePrevidenziale(o.str("entePrevidenziale")),
		CodiceEntePrevidenziale:                   o.str("codEntePrevidenziale"),
		TipologiaContrattuale:                     co.TipologiaContrattuale(o.str("tipologiaContrattuale")),
		SocioLavoratore:                           o.str("flgSocioLavoratore"),
		CCNL:                                      co.CCNL(o.str("ccnlApplicato")),
		LivelloInquadramento:                      o.str("livelloInquadramento"),
		TipoOrario:                                w.hours(o, "oreSettimanaliMedie", path),
		QualificaProfessionale:                    co.QualificaProfessionale(o.str("qualificaProfessionaleIstat")),
		RetribuzioneCompenso:                      o.str("retribuzione"),
		PatINAIL:                                  o.str("patInail"),
	}
	clearance := co.Legge68{
		DataNullaOsta: co.Data(o.day("dataNullaostaLegge68OConvenzione", w.rome)),
		NumeroAtto:    o.str("numeroAttoLegge68"),
	}
	if clearance != (co.Legge68{}) {
		c.Legge68 = &clearance
	}
	w.dropDismissed(o, path)
	return c
}

// dropDismissed drops what was told of a relationship, at o under path, until
// the national form dismissed it.
func (w *writer) dropDismissed(o *object, path string) {
	w.dropGiven(fault.ClearanceDropped, o, path, "assunzioneLegge68")
	w.dropGiven(fault.IncentivesDropped, o, path, "codAgevolazioni", "agevolazioni")
}

// hours is the working time. Weekly hours have a place beside part time only
// (rule REL-08); the region's form has them beside full time too.
func (w *writer) hours(o *object, name, path string) co.TipoOrario {
	t := co.TipoOrario{Codice: co.CodiceOrario(o.str("tipoOrario")), OreSettimanaliMedie: o.str(name)}
	if (t.Codice == "F" || t.Codice == "N") && t.OreSettimanaliMedie != "" {
		w.drop(fault.HoursDropped, o.get(name), path+"/"+name)
		t.OreSettimanaliMedie = ""
	}
	return t
}

func (w *writer) extension(contract co.Contratto) *co.Proroga {
	o := w.root.get("proroga")
	return &co.Proroga{
		DataFineProroga:     co.Data(o.day("dataFineProroga", w.rome)),
		ProsecuzioneDiFatto: o.str("prosecuzioneDiFatto"),
		Contratto:           contract,
	}
}

func (w *writer) transformation(contract co.Contratto) *co.Trasformazione {
	o := w.root.get("trasformazione")
	t := &co.Trasformazione{
		CodiceTrasformazione:  co.CodiceTrasformazione(o.str("codTrasformazione")),
		DataTrasformazione:    co.Data(o.day("dataTrasformazione", w.rome)),
		DistaccoParziale:      o.str("flgDistaccoParziale"),
		DistaccoAziendaEstera: o.str("flgDistaccoAziendaEstera"),
		Contratto:             contract,
	}
	former := co.SedePrecedente{
		Comune:    co.CodiceComune(o.str("comuneSedeLavoroPrecedente")),
		Indirizzo: o.str("indirizzoSedeLavoroPrecedente"),
	}
	if former != (co.SedePrecedente{}) {
		t.SedePrecedente = &former
	}
	if host := o.bean("datoreLavoroDistacco"); host != nil {
		t.DatoreDistaccatario = &co.DatoreDistaccatario{
			CodiceFiscale: co.CodiceFiscale(host.str("codFiscale")),
			Denominazione: host.str("denominazione"),
			Settore:       co.Settore(host.str("settore")),
			Sede:          hostSeat(host),
			PatINAIL:      o.str("patInail"),
		}
	}
	return t
}

// hostSeat is the one seat that the national form has for the host of a
// secondment: where the work is done, else the legal seat.
func hostSeat(host *object) co.Sede {
	if s := seat(host, "SedeLavoro"); s.Comune != "" || s.Indirizzo != "" {
		return seatAbroad(s)
	}
	return seatAbroad(seat(host, "SedeLegale"))
}

func (w *writer) termination(contract co.Contratto) *co.Cessazione {
	for _, other := range []string{"proroga", "trasformazione"} {
		if o := w.root.bean(other); o != nil {
			w.drop(fault.MovementDropped, o, other)
		}
	}
	o := w.root.get("cessazione")
	return &co.Cessazione{
		DataCessazione: co.Data(o.day("dataCessazione", w.rome)),
		CodiceCausa:    co.CausaCessazione(o.str("codCausa")),
		Contratto:      contract,
	}
}

// traineeship is the block of a traineeship, nil without one. The promoter's
// codice fiscale has two places in the regional form, of which its own block
// comes first.
func (w *writer) traineeship() *co.Tirocinio {
	o := w.root.get("datiAggiuntivi").get("datiTirocinio")
	t := co.Tirocinio{
		TipologiaEntePromotore: co.EntePromotore(o.str("tipologiaPromotore")),
		CFSoggettoPromotore:    co.CodiceFiscale(o.str("CFSoggettoPromotoreTirocinio")),
		Denominazione:          o.str("altroSoggettoPromotore"),
		CategoriaTirocinante:   co.CategoriaTirocinante(o.str("categoriaTirocinante")),
		TipologieTirocinio:     co.TipologiaTirocinio(o.str("tipologiaTirocinio")),
	}
	if t.CFSoggettoPromotore == "" {
		t.CFSoggettoPromotore = co.CodiceFiscale(w.root.get("datiInizio").str("CFSoggettoPromotoreTirocinio"))
	}
	if t == (co.Tirocinio{}) {
		return nil
	}
	return &t
}

package spicom

import (
	"strconv"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// editionProspetto is the edition of UNIPI that is written. The region's library
// declares the one after it, whose schema is not published; what its beans can say
// has its place in this one, but for the act of a compensation.
const editionProspetto = "PIDISABILI001600"

// The sentences by which the region's check of the disabled workers' return names
// what is missing (ComunicazionePDValidator).
const (
	missingReturn = "mancano i dati del prospetto"
	missingFirst  = "manca il quadro 1"
	missingSecond = "mancano i quadri 2"
	missingThird  = "manca il quadro 3"
)

// prospettoSections holds the disabled workers' return, the communication of
// PRODIS, against the region's check. Its track may be left out.
func prospettoSections(root *object) *fault.Fault {
	extras, sheet := root.get("datiAggiuntivi"), root.get("prospetto")
	if extras == nil {
		return missing(missingExtras, "datiAggiuntivi")
	}
	if track := extras.get("tipoTracciatoXML"); track != nil && track.text != "" && track.text != trackProspetto {
		return &fault.Fault{Code: fault.TrackUnknown, Path: "/object/datiAggiuntivi/tipoTracciatoXML", Line: track.line}
	}
	switch {
	case sheet == nil:
		return missing(missingReturn, "prospetto")
	case sheet.get("quadro1") == nil:
		return missing(missingFirst, "prospetto/quadro1")
	case len(sheet.list("quadro2")) == 0:
		return missing(missingSecond, "prospetto/quadro2")
	case sheet.get("quadro3") == nil:
		return missing(missingThird, "prospetto/quadro3")
	}
	return nil
}

// list gives the items of an array or a list, none if it is null.
func (o *object) list(name string) []object {
	if v := o.get(name); v != nil {
		return v.items
	}
	return nil
}

// each makes a block of every bean of an array or a list; a null item is none.
func each[T any](o *object, name string, block func(*object) T) []T {
	var all []T
	for i := range o.list(name) {
		if item := &o.list(name)[i]; !item.null {
			all = append(all, block(item))
		}
	}
	return all
}

// maybe makes a block that the national form may be without, where the bean gives
// anything.
func maybe[T any](o *object, name string, block func(*object) T) *T {
	b := o.bean(name)
	if b == nil {
		return nil
	}
	made := block(b)
	return &made
}

// prospetto writes UNIPI. The return has the national header itself; what it leaves
// out there is in the data of sending, but for the type, which has other meanings
// there.
func (w *writer) prospetto() *co.Prospetto {
	o, sending := w.root.get("prospetto"), w.root.get("datiInvio")
	either := func(name, sent string) string {
		if s := o.str(name); s != "" {
			return s
		}
		return sending.str(sent)
	}
	c := &co.Prospetto{
		Versione:            editionProspetto,
		CodiceComunicazione: co.CodiceComunicazione(either("codicecomunicazione", "codiceComunicazione")),
		DataInvio:           o.instant("dataInvio", w.rome),
		Delegato:            co.CodiceFiscale(either("delegato", "codFiscaleSoggettoComunicante")),
		TipoDelegato:        co.TipoDelegato(either("tipoDelegato", "soggettoComunicante")),
		EMailDelegato:       either("emailDelegato", "emailDelegato"),
		Protocollo:          protocol(either("protocollo", "protocolloSistema")),
		Quadro1:             w.firstSheet(o.get("quadro1")),
		Quadro3:             maybe(o, "quadro3", summary),
		TipoComunicazione:   co.TipoComunicazione(o.str("tipocomunicazione")),
	}
	if c.CodiceComunicazione == "" {
		c.CodiceComunicazione = co.Zero
	}
	if c.DataInvio == "" {
		c.DataInvio = sending.instant("dataInvio", w.rome)
	}
	if v := o.get("versione"); v != nil && v.text != editionProspetto {
		w.drop(fault.EditionAdapted, v, "prospetto/versione")
	}
	w.receivers()
	c.CodiceComunicazionePrecedente = w.previousReturn(c.TipoComunicazione)
	for i := range o.list("quadro2") {
		if sheet := &o.list("quadro2")[i]; !sheet.null {
			c.Quadro2 = append(c.Quadro2, w.provinceSheet(sheet, "prospetto/quadro2/element["+strconv.Itoa(i)+"]"))
		}
	}
	return c
}

// previousReturn is the code of the return that this one corrects or annuls. The
// first sending of one has none (rule RET-06): a code there is kept as reference.
func (w *writer) previousReturn(tipo co.TipoComunicazione) co.CodiceComunicazione {
	const name, sent = "codicecomunicazioneprecedente", "codiceComunicazionePrecedente"
	given, path := w.root.get("prospetto").get(name), "prospetto/"+name
	if given == nil || given.text == "" {
		given, path = w.root.get("datiInvio").get(sent), "datiInvio/"+sent
	}
	if given == nil {
		w.keep(co.CodiceComunicazione(w.root.get("datiAggiuntivi").get("datiAggiuntiviComunicazione").str("riferimentoCodReg")))
		return ""
	}
	code := co.CodiceComunicazione(given.text)
	if tipo != co.UnipiInvio {
		return code
	}
	if code.Given() {
		w.drop(fault.PreviousDropped, given, path)
	}
	w.keep(code)
	return ""
}

func (w *writer) firstSheet(o *object) co.Quadro1 {
	figures, company := o.get("datiprospetto"), o.get("datiaziendali")
	declarant, seat, contact := company.get("dichiarante"), company.get("sedelegale"), company.get("referente")
	return co.Quadro1{
		DatiProspetto: co.DatiProspetto{
			DataRiferimento:             co.Data(figures.day("dataRiferimento", w.rome)),
			Capogruppo:                  figures.str("capogruppo"),
			CFCapogruppo:                co.CodiceFiscaleInternazionale(figures.str("cfcapogruppo")),
			CapogruppoEstera:            figures.str("flgCapogruppoEstero"),
			NLavoratoriNazionali:        figures.str("nlavoratoriNazionali"),
			CategoriaAzienda:            figures.str("categoriaAzienda"),
			DataPrimaAssunzione:         co.Data(figures.day("dataPrimaAssunzione", w.rome)),
			DataSecondaAssunzione:       co.Data(figures.day("dataSecondaAssunzione", w.rome)),
			NessunaAssunzioneAggiuntiva: figures.str("nessunaAssunzioneAggiuntiva"),
		},
		DatiAziendali: co.DatiAziendali{
			Dichiarante: co.Dichiarante{
				TipologiaDichiarante: declarant.str("tipologiadichiarante"),
				CodiceFiscale:        co.CodiceFiscale(declarant.str("codicefiscale")),
				Denominazione:        declarant.str("denominazione"),
				Settore:              co.Settore(declarant.str("settore")),
				CCNL:                 co.CCNL(declarant.str("ccnl")),
			},
			SedeLegale: co.SedeLegaleProspetto{
				ComuneSedeLegale:    co.CodiceComune(seat.str("comunesedelegale")),
				CapSedeLegale:       seat.str("capsedelegale"),
				IndirizzoSedeLegale: seat.str("indirizzosedelegale"),
				Contatti:            contacts(seat),
			},
			Referente: co.Referente{
				CodiceFiscale: co.CodiceFiscale(contact.str("codicefiscale")),
				Cognome:       contact.str("cognome"),
				Nome:          contact.str("nome"),
				Indirizzo:     contact.str("indirizzo"),
				Comune:        co.CodiceComune(contact.str("comune")),
				Cap:           contact.str("cap"),
				Contatti:      contacts(contact),
			},
		},
		Gradualita: maybe(o, "gradualita", func(g *object) co.Gradualita {
			return co.Gradualita{
				DataAtto:    co.Data(g.day("dataatto", w.rome)),
				EstremiAtto: g.str("estremiatto"),
				AssunzioniNonDisabiliPrimaDiTrasformazione: g.str("assunzioninondisabiliprimaditrasformazione"),
				DataTrasformazione:                         co.Data(g.day("datatrasformazione", w.rome)),
				Percentuale:                                g.str("percentuale"),
			}
		}),
		SospensioneMobilita: maybe(o, "sospensionemobilita", func(s *object) co.SospensioneMobilita {
			return co.SospensioneMobilita{
				SospensionePerMobilita: s.str("sospensionepermobilita"),
				DataFineSospensione:    co.Data(s.day("dataFineSospensione", w.rome)),
			}
		}),
		AssunzioniPubblicaSelezione: each(o, "assunzionipubblicaselezione", func(a *object) co.AssunzioniPubblicaSelezione {
			return co.AssunzioniPubblicaSelezione{
				Regione:       co.Regione(a.str("regione")),
				SaldoDisabili: a.str("saldodisabili"),
				SaldoExArt18:  a.str("saldoexart18"),
				Note:          a.str("note"),
			}
		}),
	}
}

func contacts(o *object) co.Contatti {
	return co.Contatti{Telefono: o.str("telefono"), Fax: o.str("fax"), Email: o.str("email")}
}

// summary is the third sheet.
func summary(o *object) co.Quadro3 {
	n := o.get("riepilogonazionale")
	return co.Quadro3{
		RiepilogoNazionale: co.RiepilogoNazionale{
			NumLavBaseComputoArt3:   n.str("numLavBaseComputoArt3"),
			NumLavBaseComputoArt18:  n.str("numLavBaseComputoArt18"),
			QuotaRiservaDisabili:    n.str("quotariservadisabili"),
			QuotaRiservaCatProtette: n.str("quotariservacatprotette"),
			Esoneri:                 n.str("esoneri"),
			Disabili:                n.str("disabili"),
			CatProtette:             n.str("catprotette"),
			QuotaEsuberiArt18:       n.str("quotaEsuberiArt18"),
			ScopertureDisabili:      n.str("scoperturedisabili"),
			ScopertureCatProtette:   n.str("scoperturecatprotette"),
			SospensioniInCorso:      n.str("sospensioniincorso"),
		},
		ElencoRiepilogativoProvinciale: each(o, "elencoriepilogativoprovinciale", func(p *object) co.RiepilogoProvinciale {
			return co.RiepilogoProvinciale{
				Provincia:                co.Provincia(p.str("provincia")),
				NumLavBaseComputoArt3:    p.str("numLavBaseComputoArt3"),
				NumLavBaseComputoArt18:   p.str("numLavBaseComputoArt18"),
				CategoriaCompDisabili:    p.str("categoriacompdisabili"),
				NumeroCompDisabili:       p.str("numerocompdisabili"),
				CategoriaCompCatProtette: p.str("categoriacompcatprotette"),
				NumeroCompCatProtette:    p.str("numerocompcatprotette"),
				Disabili:                 p.str("disabili"),
				CatProtette:              p.str("catprotette"),
				QuotaRiservaDisabili:     p.str("quotariservadisabili"),
				QuotaRiservaCatProtette:  p.str("quotariservacatprotette"),
				Esonerati:                p.str("esonerati"),
				ScopertureDisabili:       p.str("scoperturedisabili"),
				ScopertureCatProtette:    p.str("scoperturecatprotette"),
				SospensioniInCorso:       p.str("sospensioniincorso"),
			}
		}),
		Note: o.str("note"),
	}
}

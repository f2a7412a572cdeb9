package spicom

import (
	"strconv"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// provinceSheet is the second sheet of one province, which lies under path.
func (w *writer) provinceSheet(o *object, path string) co.Quadro2 {
	province := o.get("datiprovinciali")
	seat, contact := province.get("sederiferimento"), province.get("referente")
	others := o.get("personaleNonDipendente")
	q := co.Quadro2{
		DatiProvinciali: co.DatiProvinciali{
			Provincia: co.Provincia(province.str("provincia")),
			SedeRiferimento: co.SedeRiferimento{
				Comune:    co.CodiceComune(seat.str("comune")),
				Cap:       seat.str("cap"),
				Indirizzo: seat.str("indirizzo"),
				Contatti:  contacts(seat),
			},
			Referente:                 co.ReferenteProvinciale{Cognome: contact.str("cognome"), Nome: contact.str("nome")},
			NPostiCentralinisti:       province.str("nposticentralinisti"),
			NPostiMassofisioterapisti: province.str("npostimassofisioterapisti"),
		},
		PersonaleDipendente: staff(o.get("personaledipendente")),
		PersonaleNonDipendente: co.PersonaleNonDipendente{
			LavoratoriDisabiliSomministrati: inForce(others.get("lavoratoriDisabiliSomministrati")),
			LavoratoriDisabiliConv12bis14:   inForce(others.get("lavoratoriDisabiliConv12bis14")),
		},
		LavoratoriComputabili: each(o, "lavoratoricomputabili", w.countable),
		PostiLavoro:           each(o, "postilavoro", post),
		Compensazioni:         w.compensations(o, path),
		Gradualita: maybe(o, "gradualita", func(g *object) co.GradualitaProvinciale {
			return co.GradualitaProvinciale{NAssunzioni: g.str("nassunzioni")}
		}),
		Note: o.str("note"),
	}
	w.reliefs(o, &q)
	return q
}

// reliefs are what lifts or lessens the duty in a province.
func (w *writer) reliefs(o *object, q *co.Quadro2) {
	q.Sospensioni = maybe(o, "sospensioni", func(s *object) co.Sospensioni {
		return co.Sospensioni{
			Stato:               s.str("stato"),
			Causale:             s.str("causale"),
			DataFineSospensione: co.Data(s.day("dataFineSospensione", w.rome)),
			NumeroLavoratori:    s.str("numerolavoratori"),
		}
	})
	q.Esoneri = maybe(o, "esoneri", func(e *object) co.Esoneri {
		return co.Esoneri{
			Stato:            e.str("stato"),
			DataAtto:         co.Data(e.day("dataatto", w.rome)),
			EstremiAtto:      e.str("estremiatto"),
			FinoAl:           co.Data(e.day("finoal", w.rome)),
			Percentuale:      e.str("percentuale"),
			NumeroLavoratori: e.str("numerolavoratori"),
		}
	})
	q.Esoneri60PerMille = maybe(o, "esoneri60PerMille", func(e *object) co.Esoneri60PerMille {
		return co.Esoneri60PerMille{
			DataAutocertificazione:     co.Data(e.day("dataAutocertificazione", w.rome)),
			NumeroLavoratori60PerMille: e.str("numeroLavoratori60PerMille"),
			NumeroLavoratoriEsonero:    e.str("numeroLavoratoriEsonero"),
			Percentuale:                e.str("percentuale"),
		}
	})
	q.Convenzione = maybe(o, "convenzione", func(a *object) co.Convenzione {
		return co.Convenzione{
			Stato:                 a.str("stato"),
			DataAtto:              co.Data(a.day("dataatto", w.rome)),
			EstremiAtto:           a.str("estremiatto"),
			TipoConvenzione:       a.str("tipoconvenzione"),
			NumLavoratoriPrevisti: a.str("numLavoratoriPrevisti"),
			DataStipula:           co.Data(a.day("datastipula", w.rome)),
			DataConcessione:       co.Data(a.day("dataconcessione", w.rome)),
		}
	})
}

// staff are the employees of a province.
func staff(o *object) co.PersonaleDipendente {
	return co.PersonaleDipendente{
		NLavoratori:         o.str("nlavoratori"),
		Disabili:            inForce(o.get("disabili")),
		Centralinisti:       inForce(o.get("centralinisti")),
		Massofisioterapisti: inForce(o.get("massofisioterapisti")),
		Telelavoro:          inForce(o.get("telelavoro")),
		CategorieEscluse: each(o, "categorieescluse", func(e *object) co.CategorieEscluse {
			return co.CategorieEscluse{Categoria: e.str("categoria"), Numero: e.str("numero")}
		}),
		DettaglioPartTime: each(o, "dettaglioparttime", func(d *object) co.DettaglioPartTime {
			return co.DettaglioPartTime{
				Numero:                        d.str("numero"),
				OrarioSettimanaleContrattuale: d.str("orariosettimanalecontrattuale"),
				OrarioSettimanalePartTime:     d.str("orariosettimanaleparttime"),
			}
		}),
		DettaglioIntermittenti: each(o, "dettagliointermittenti", func(d *object) co.DettaglioIntermittenti {
			return co.DettaglioIntermittenti{
				Numero:                        d.str("numero"),
				OrarioSettimanaleContrattuale: d.str("orariosettimanalecontrattuale"),
				OrarioSettimanaleSvolto:       d.str("orariosettimanalesvolto"),
			}
		}),
		CategorieProtette:      o.str("categorieprotette"),
		DiCuiInForzaAl17012000: o.str("dicuiinforzaal17012000"),
	}
}

func inForce(o *object) co.LavoratoriInForza {
	return co.LavoratoriInForza{
		NLavoratoriTempoPieno: o.str("nlavoratoritempopieno"),
		PartTime: each(o, "parttime", func(p *object) co.PartTime {
			return co.PartTime{
				NLavoratoriPartTime:           p.str("nlavoratoriparttime"),
				OrarioSettimanaleContrattuale: p.str("orariosettimanalecontrattuale"),
				OrarioSettimanalePartTime:     p.str("orariosettimanaleparttime"),
			}
		}),
	}
}

// countable is a worker who counts, with the relationship.
func (w *writer) countable(o *object) co.LavoratoriComputabili {
	who, job := o.get("lavoratore"), o.get("rapportolavoro")
	return co.LavoratoriComputabili{
		Lavoratore: co.LavoratoreComputabile{
			CodiceFiscale:         co.CodiceFiscale(who.str("codicefiscale")),
			Cognome:               who.str("cognome"),
			Nome:                  who.str("nome"),
			Sesso:                 who.str("sesso"),
			DataNascita:           co.Data(who.day("datanascita", w.rome)),
			ComuneNascita:         co.CodiceComune(who.str("comunenascita")),
			PercentualeDisabilita: who.str("percentualeDisabilita"),
		},
		RapportoLavoro: co.RapportoComputabile{
			DataInizio:                co.Data(job.day("datainizio", w.rome)),
			TipologiaContr:            co.TipologiaContrattuale(job.str("tipologiacontr")),
			DataFine:                  co.Data(job.day("datafine", w.rome)),
			Qualifica:                 co.QualificaProfessionale(job.str("qualifica")),
			TipoAssunzione:            job.str("tipoassunzione"),
			OrarioSettimanale:         job.str("orariosettimanale"),
			OrarioSettimanalePartTime: job.str("orariosettimanaleparttime"),
			CategoriaSogg:             job.str("categoriasogg"),
			CategoriaAss:              job.str("categoriaass"),
		},
	}
}

// post is a post offered.
func post(o *object) co.PostiLavoro {
	return co.PostiLavoro{
		QualificaProf:             co.QualificaProfessionale(o.str("qualificaprof")),
		Mansione:                  o.str("mansione"),
		NPosti:                    o.str("nposti"),
		CategoriaSogg:             o.str("categoriasogg"),
		ComuneAss:                 co.CodiceComune(o.str("comuneass")),
		CapacitaControindicazioni: o.str("capacitacontroindicazioni"),
		BarriereArchitettoniche:   o.str("barrierearchitettoniche"),
		TurniNotturni:             o.str("turninotturni"),
		MezziPubblici:             o.str("mezzipubblici"),
		CategoriaAss:              o.str("categoriaass"),
	}
}

// compensations are those of a province. Their act has no place in the national
// form.
func (w *writer) compensations(o *object, path string) []co.Compensazioni {
	items := o.list("compensazioni")
	all := make([]co.Compensazioni, 0, len(items))
	for i := range items {
		c := &items[i]
		if c.null {
			continue
		}
		w.dropGiven(fault.NoNationalPlace, c, path+"/compensazioni/element["+strconv.Itoa(i)+"]", "stato", "dataatto", "estremiatto")
		all = append(all, co.Compensazioni{
			Provincia:                  co.Provincia(c.str("provincia")),
			CategoriaComp:              c.str("categoriacomp"),
			Numero:                     c.str("numero"),
			CategoriaSogg:              c.str("categoriasogg"),
			CodiceFiscaleAziendaGruppo: co.CodiceFiscale(c.str("codicefiscaleaziendagruppo")),
		})
	}
	return all
}

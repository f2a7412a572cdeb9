package spicom

import (
	"strconv"

	"github.com/snodo-co/snodo/transform/co"
)

// vardatori writes VARDATORI. An employer's address there is its legal seat.
func (w *writer) vardatori() *co.VarDatori {
	c := &co.VarDatori{
		Intestazione:      w.heading(edition),
		TipoComunicazione: w.tipo(),
	}
	if o := w.root.get("variazioneRagioneSociale"); o != nil {
		c.DatoreAttuale = currentEmployer(o.get("datoreLavoroAttuale"))
		c.VariazioneRagioneSociale = &co.VariazioneRagioneSociale{
			DenominazionePrecedente: o.str("denominazionePrecedente"),
			DataVariazione:          co.Data(o.day("dataVariazione", w.rome)),
		}
		return c
	}
	o := w.root.get("trasferimentoRamoAziendale")
	former := o.get("datoreLavoroPrecedente")
	c.DatoreAttuale = currentEmployer(o.get("datoreLavoroAttuale"))
	c.TrasferimentoAzienda = &co.TrasferimentoAzienda{
		CodiceTrasferimento: co.CodiceTrasferimento(o.str("codTrasferimentoDAzienda")),
		DataInizio:          co.Data(o.day("dataInizio", w.rome)),
		DataFineAffittoRamo: co.Data(o.day("dataFineRamoAffitto", w.rome)),
		DatorePrecedente: co.DatoreCedente{
			CodiceFiscale: co.CodiceFiscale(former.str("codFiscale")),
			Denominazione: former.str("denominazione"),
			Sede:          seat(former, "SedeLegale"),
			Settore:       co.Settore(former.str("settore")),
		},
		SedeLavoro: w.sites(o.get("vctElencoSediDiLavoroInteressate")),
	}
	return c
}

func currentEmployer(o *object) co.DatoreAttuale {
	return co.DatoreAttuale{
		CodiceFiscale:           co.CodiceFiscale(o.str("codFiscale")),
		Denominazione:           o.str("denominazione"),
		Sede:                    seat(o, "SedeLegale"),
		Settore:                 co.Settore(o.str("settore")),
		PubblicaAmministrazione: o.str("pubblicaAmministrazione"),
	}
}

// sites are the workplaces of a transfer with their workers.
func (w *writer) sites(array *object) []co.SedeTrasferita {
	sites := make([]co.SedeTrasferita, 0, len(array.items))
	for i := range array.items {
		o := &array.items[i]
		site := co.SedeTrasferita{Sede: seat(o, "SedeLavoro")}
		workers := o.get("vctElencoLavoratoriInteressati")
		for j := range workers.items {
			worker := &workers.items[j]
			path := "trasferimentoRamoAziendale/vctElencoSediDiLavoroInteressate/element[" + strconv.Itoa(i) +
				"]/vctElencoLavoratoriInteressati/element[" + strconv.Itoa(j) + "]/datiInizio"
			data := brief(worker)
			data.ComuneDomicilio = co.CodiceComune(worker.str("comuneDomicilio"))
			site.Lavoratori = append(site.Lavoratori, co.RapportoTrasferito{
				Contratto:      w.contract(worker.get("datiInizio"), path),
				DatiLavoratore: data,
			})
		}
		sites = append(sites, site)
	}
	return sites
}

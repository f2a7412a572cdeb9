package rules

import "github.com/snodo-co/snodo/transform/co"

func transferCases() []ruleCase {
	const at = "vardatori/CO190701R1/"
	const root = "/VarDatori"
	const former, lease = root + "/VariazioneRagioneSociale/@denominazionePrecedente", root + "/TrasferimentoAzienda/@dataFineAffittoRamo"
	const worker = root + "/TrasferimentoAzienda/SedeLavoro[2]/Lavoratori[3]/DatiLavoratore/codice-fiscale"
	third := func(c *co.VarDatori) *co.RapportoTrasferito {
		return &c.TrasferimentoAzienda.SedeLavoro[1].Lavoratori[2]
	}
	return []ruleCase{
		{"VAR-01 holds where case changed", at + "ragione-sociale", func(c *co.VarDatori) {
			c.VariazioneRagioneSociale.DenominazionePrecedente = "OFFICINE DEL CONERO & FIGLI S.R.L."
		}, nil},
		{"VAR-01 the same name", at + "ragione-sociale", func(c *co.VarDatori) {
			c.VariazioneRagioneSociale.DenominazionePrecedente = c.DatoreAttuale.Denominazione
		}, []string{"VAR-01 " + former}},
		{"VAR-01 the same name but for blanks", at + "ragione-sociale", func(c *co.VarDatori) {
			c.VariazioneRagioneSociale.DenominazionePrecedente = " Officine del  Conero & Figli\tS.r.l."
		}, []string{"VAR-01 " + former}},
		{"VAR-01 blank", at + "ragione-sociale", func(c *co.VarDatori) { c.VariazioneRagioneSociale.DenominazionePrecedente = "  " }, []string{"VAR-01 " + former}},

		{"VAR-02 holds for a lease of one day", at + "affitto-ramo", func(c *co.VarDatori) { c.TrasferimentoAzienda.DataFineAffittoRamo = "2026-03-10" }, nil},
		{"VAR-02 ends as it starts", at + "affitto-ramo", func(c *co.VarDatori) { c.TrasferimentoAzienda.DataFineAffittoRamo = "2026-03-09" }, []string{"VAR-02 " + lease}},
		{"VAR-02 a lease without end", at + "affitto-ramo", func(c *co.VarDatori) { c.TrasferimentoAzienda.DataFineAffittoRamo = "" }, []string{"VAR-02 " + lease}},
		{"VAR-02 holds for a sale without end", at + "cessione-ramo", func(*co.VarDatori) {}, nil},
		{"VAR-02 a sale with an end", at + "cessione-ramo", func(c *co.VarDatori) { c.TrasferimentoAzienda.DataFineAffittoRamo = "2029-03-08" }, []string{"VAR-02 " + lease}},
		{"VAR-02 usufruct with an end", at + "usufrutto", func(c *co.VarDatori) { c.TrasferimentoAzienda.DataFineAffittoRamo = "2029-03-08" }, []string{"VAR-02 " + lease}},

		{"VAR-03 holds for an employer who is another person", at + "sedi", func(c *co.VarDatori) { c.DatoreAttuale.CodiceFiscale = "FRRLNE88C52A271X" }, nil},
		{"VAR-03 the current employer", at + "sedi", func(c *co.VarDatori) { c.DatoreAttuale.CodiceFiscale = third(c).DatiLavoratore.CodiceFiscale },
			[]string{"VAR-03 " + worker}},
		{"VAR-03 the current employer by omocodia", at + "sedi", func(c *co.VarDatori) {
			c.DatoreAttuale.CodiceFiscale, third(c).DatiLavoratore.CodiceFiscale = "FRRLNE88C52A271X", "FRRLNE88C52A27MP"
		}, []string{"VAR-03 " + worker}},
		{"VAR-03 the former employer", at + "sedi", func(c *co.VarDatori) {
			c.TrasferimentoAzienda.DatorePrecedente.CodiceFiscale = third(c).DatiLavoratore.CodiceFiscale
		}, []string{"VAR-03 " + worker}},

		{"VAR-90", at + "fusione", func(c *co.VarDatori) {
			c.TrasferimentoAzienda.DatorePrecedente.CodiceFiscale = c.DatoreAttuale.CodiceFiscale
		}, []string{"VAR-90 /VarDatori/TrasferimentoAzienda/DatorePrecedente/@codiceFiscale"}},
		{"VAR-90 holds for another", at + "fusione", func(c *co.VarDatori) { c.TrasferimentoAzienda.DatorePrecedente.CodiceFiscale = "01472580362" }, nil},

		{"VAR-91 holds for 04", at + "rettifica", func(c *co.VarDatori) { c.TipoComunicazione = "04" }, nil},
		{"VAR-91 of an urgency", at + "rettifica", func(c *co.VarDatori) { c.TipoComunicazione = "07" }, []string{"VAR-91 /VarDatori/TipoComunicazione"}},
		{"VAR-91 of an inspection", at + "cessione-ramo", func(c *co.VarDatori) { c.TipoComunicazione = "06" }, []string{"VAR-91 /VarDatori/TipoComunicazione"}},
		{"VAR-91 leaves to ENV-01 what is unknown", at + "cessione-ramo", func(c *co.VarDatori) { c.TipoComunicazione = "10" }, []string{"ENV-01 /VarDatori/TipoComunicazione"}},

		// The rules of every relationship find those of transferred workers.
		{"REL-02 of a transferred worker", at + "sedi", func(c *co.VarDatori) {
			third(c).Contratto.TipologiaContrattuale, third(c).Contratto.DataFine = "A.02.00", "2014-02-02"
		},
			[]string{"REL-02 /VarDatori/TrasferimentoAzienda/SedeLavoro[2]/Lavoratori[3]/Contratto/@dataFine"}},
		{"ID-01 of a transferred worker", at + "sedi", func(c *co.VarDatori) { third(c).DatiLavoratore.CodiceFiscale = "VLLMRM68T49A271C" }, []string{"ID-01 " + worker}},
	}
}

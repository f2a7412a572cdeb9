package rules

import "github.com/snodo-co/snodo/transform/co"

// agencyWorkCases are those of rules that UNISOMM shares with UNILAV.
func agencyWorkCases() []ruleCase {
	const (
		at       = "unisomm/CO190701R1/"
		agency   = "/UniSomm/AgenziaSomministrazione"
		contract = agency + "/RapportoAgenziaSomm"
		firm     = "/UniSomm/DittaUtilizzatrice"
		mission  = firm + "/InizioContratto/Inizio"
		cause    = "/UniSomm/DatiVariazione/DatiCessazione/@codiceCausa"
		training = contract + "/@dataFinePeriodoFormativo"
	)
	related := func(edit func(r *co.RapportoAgenziaSomm)) func(*co.UniSomm) {
		return func(c *co.UniSomm) { edit(&c.AgenziaSomministrazione.RapportoAgenziaSomm) }
	}
	sent := func(edit func(m *co.Missione)) func(*co.UniSomm) {
		return func(c *co.UniSomm) { edit(c.Mission()) }
	}
	ended := func(kind co.TipologiaContrattuale, cause co.CausaCessazione) func(*co.UniSomm) {
		return func(c *co.UniSomm) {
			r := &c.AgenziaSomministrazione.RapportoAgenziaSomm
			if r.TipologiaContrattuale = kind; kind == "A.03.09" {
				r.DataFinePeriodoFormativo = "2031-03-08"
			}
			c.DatiVariazione.DatiCessazione.CodiceCausa = cause
		}
	}
	return []ruleCase{
		{"ENV-09 of an agency", at + "assunzione", func(c *co.UniSomm) { c.EMailDelegato = "" }, []string{"ENV-09 /UniSomm/@e-mailDelegato"}},
		{"AZ-01 of an agency", at + "assunzione", func(c *co.UniSomm) { c.AgenziaSomministrazione.SedeLegale.Cap = "" }, []string{"AZ-01 " + agency + "/SedeLegale/cap"}},
		{"AZ-01 of a user firm", at + "assunzione-e-missione", func(c *co.UniSomm) { c.DittaUtilizzatrice.PubblicaAmministrazione = "" },
			[]string{"AZ-01 " + firm + "/PubblicaAmministrazione"}},
		{"AZ-02 of a mission", at + "assunzione-e-missione", func(c *co.UniSomm) { c.DittaUtilizzatrice.SedeLavoro.Cap = "" }, []string{"AZ-02 " + firm + "/SedeLavoro/cap"}},
		{"AZ-02 of a mission abroad", at + "missione-all-estero", func(c *co.UniSomm) { c.DittaUtilizzatrice.SedeLavoro.Cap = "13001" }, []string{"AZ-02 " + firm + "/SedeLavoro/cap"}},
		{"AZ-03 of a user firm", at + "assunzione-e-missione", func(c *co.UniSomm) {
			s := &c.DittaUtilizzatrice.SedeLegale
			s.Telefono, s.Fax, s.EMail = "", "", ""
		}, []string{"AZ-03 " + firm + "/SedeLegale"}},

		{"REL-01 holds for an agency's worker on call", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale = "A.05.02" }), nil},
		{"REL-01 job sharing of an agency", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale = "A.07.02" }),
			[]string{"REL-01 " + contract + "/@TipologiaContrattuale"}},
		{"REL-01 a collaboration of an agency is a warning", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale = "B.03.00" }),
			[]string{"REL-01* " + contract + "/@TipologiaContrattuale"}},

		{"REL-02 of an agency", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale, r.DataFineSomm = "A.02.00", "2001-01-01" }),
			[]string{"REL-02 " + contract + "/@dataFineSomm"}},
		{"REL-05 holds for a mission in agriculture", at + "agricoltura", func(*co.UniSomm) {}, nil},
		{"REL-05 of a mission", at + "agricoltura", sent(func(m *co.Missione) {
			m.LavoroInAgricoltura, m.GgLavorativePreviste, m.DescrizioneAttivitaAgricol = "NO", "20", "vendemmia"
		}), []string{"REL-05 " + mission + "/@ggLavorativePreviste", "REL-05 " + mission + "/@descrizioneAttivitaAgricol"}},
		{"REL-08 of a mission", at + "assunzione-e-missione", sent(func(m *co.Missione) { m.TipoOrario = co.TipoOrario{Codice: "P"} }),
			[]string{"REL-08 " + mission + "/tipoOrario/@oreSettimanaliMedie"}},
		{"REL-08 undefined in a mission is a warning", at + "assunzione-e-missione", sent(func(m *co.Missione) { m.TipoOrario = co.TipoOrario{Codice: "N"} }),
			[]string{"REL-08* " + mission + "/tipoOrario/@codice"}},
		{"REL-14 of a mission", at + "assunzione-e-missione", sent(func(m *co.Missione) {
			m.AssunzioneObbligatoria, m.CategoriaLavoratoreAssunzioneObbligatoria = "SI", ""
		}), []string{"REL-14 " + mission + "/@categoriaLavoratoreAssunzioneObbligatoria"}},
		{"REL-03 an agency's fixed term without end is a warning", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale, r.DataFineSomm = "A.02.00", "" }),
			[]string{"REL-03* " + contract + "/@dataFineSomm"}},
		{"REL-03 so is a permanent one with an end", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale, r.DataFineSomm = "A.01.00", "2027-03-08" }),
			[]string{"REL-03* " + contract + "/@dataFineSomm"}},
		{"REL-03 holds for an agency's extension", at + "proroga-rapporto", related(func(r *co.RapportoAgenziaSomm) { r.TipologiaContrattuale, r.DataFineSomm = "A.02.00", "" }), nil},
		{"REL-10 of an agency is a warning", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.EntePrevidenziale, r.CodiceEntePrevidenziale = "29", "4201" }),
			[]string{"REL-10* " + contract + "/@codiceEntePrevidenziale"}},
		{"REL-10 holds for an agency without number", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.EntePrevidenziale, r.CodiceEntePrevidenziale = "29", "" }), nil},
		{"REL-15 holds for an apprentice of an agency", at + "apprendistato", func(*co.UniSomm) {}, nil},
		{"REL-15 of an agency, without", at + "apprendistato", related(func(r *co.RapportoAgenziaSomm) { r.DataFinePeriodoFormativo = "" }), []string{"REL-15 " + training}},
		{"REL-15 of an agency, the start", at + "apprendistato", related(func(r *co.RapportoAgenziaSomm) { r.DataFinePeriodoFormativo = r.DataInizioSomm }), []string{"REL-15 " + training}},
		{"REL-15 of an agency, not an apprentice", at + "assunzione", related(func(r *co.RapportoAgenziaSomm) { r.DataFinePeriodoFormativo = "2031-03-08" }), []string{"REL-15 " + training}},

		{"CES-02 of an agency", at + "cessazione", ended("A.02.00", "DS"), []string{"CES-02 " + cause}},
		{"CES-03 of an agency", at + "cessazione", ended("A.02.00", "AC"), []string{"CES-03 " + cause}},
		{"CES-03 holds for an apprentice of an agency", at + "cessazione", ended("A.03.09", "AC"), nil},
	}
}

// transferredCases are those of rules that VARDATORI shares with UNILAV.
func transferredCases() []ruleCase {
	const (
		at    = "vardatori/CO190701R1/"
		place = "/VarDatori/TrasferimentoAzienda/SedeLavoro[2]"
		third = place + "/Lavoratori[3]/Contratto"
	)
	worker := func(edit func(r *co.Contratto)) func(*co.VarDatori) {
		return func(c *co.VarDatori) { edit(&c.TrasferimentoAzienda.SedeLavoro[1].Lavoratori[2].Contratto) }
	}
	return []ruleCase{
		{"ENV-09 of a transfer", at + "sedi", func(c *co.VarDatori) { c.EMailDelegato = "" }, []string{"ENV-09 /VarDatori/@e-mailDelegato"}},
		{"AZ-01 of a transfer", at + "sedi", func(c *co.VarDatori) { c.DatoreAttuale.PubblicaAmministrazione = "" }, []string{"AZ-01 /VarDatori/DatoreAttuale/PubblicaAmministrazione"}},
		{"AZ-02 of a transferred workplace", at + "sedi", func(c *co.VarDatori) { c.TrasferimentoAzienda.SedeLavoro[1].Cap = "" }, []string{"AZ-02 " + place + "/cap"}},
		{"AZ-02 holds abroad, where the schema asks for one", at + "sede-estera", func(*co.VarDatori) {}, nil},
		{"AZ-03 of a transferred workplace", at + "sedi", func(c *co.VarDatori) {
			s := &c.TrasferimentoAzienda.SedeLavoro[1]
			s.Telefono, s.Fax, s.EMail = "", "", ""
		}, []string{"AZ-03 " + place}},
		{"AZ-03 of who gives a business away", at + "sedi", func(c *co.VarDatori) {
			s := &c.TrasferimentoAzienda.DatorePrecedente.Sede
			s.Telefono, s.Fax, s.EMail = "", "", ""
		}, []string{"AZ-03 /VarDatori/TrasferimentoAzienda/DatorePrecedente/Sede"}},

		{"REL-01 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) {
			r.TipologiaContrattuale, r.DataInizio, r.DataFine = "A.07.01", "2014-03-01", "2027-03-08"
		}),
			[]string{"REL-01 " + third + "/@TipologiaContrattuale"}},
		{"REL-01 a newer type of a transferred worker is a warning", at + "sedi", worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataInizio = "A.04.02", "2010-03-01" }),
			[]string{"REL-01* " + third + "/@TipologiaContrattuale"}},
		{"REL-03 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataFine = "A.02.00", "" }), []string{"REL-03 " + third + "/@dataFine"}},
		{"REL-03 holds for a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataFine = "A.02.00", "2027-03-08" }), nil},
		{"REL-10 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.EntePrevidenziale, r.CodiceEntePrevidenziale = "29", "4201" }),
			[]string{"REL-10 " + third + "/@codiceEntePrevidenziale"}},
		{"REL-11 of a transferred worker hired before it was due", at + "sedi", worker(func(r *co.Contratto) { r.DataInizio, r.RetribuzioneCompenso = "2015-03-01", "" }),
			[]string{"REL-11* " + third + "/RetribuzioneCompenso"}},
		{"REL-11 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.DataInizio, r.RetribuzioneCompenso = "2019-11-04", "0" }), []string{"REL-11 " + third + "/RetribuzioneCompenso"}},
		{"REL-12 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataFine = "A.03.04", "2027-03-08" }),
			[]string{"REL-12* " + third + "/@TipologiaContrattuale"}},
		{"REL-12 holds for a transfer to a public administration", at + "sedi", func(c *co.VarDatori) {
			worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataFine = "A.03.04", "2027-03-08" })(c)
			c.DatoreAttuale.PubblicaAmministrazione = "SI"
		}, nil},
		{"REL-04 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.LavoroStagionale = "A.01.00", "SI" }),
			[]string{"REL-03 " + third + "/@dataFine", "REL-04 " + third + "/@lavoroStagionale"}},
		{"REL-15 of a transferred worker", at + "sedi", worker(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataFinePeriodoFormativo = "A.03.09", "" }),
			[]string{"REL-15 " + third + "/@dataFinePeriodoFormativo"}},
	}
}

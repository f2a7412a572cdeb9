package rules

import "github.com/snodo-co/snodo/transform/co"

// changed gives a transformation another code, and edits it.
func changed(code co.CodiceTrasformazione, edit func(t *co.Trasformazione)) func(*co.UniLav) {
	return func(c *co.UniLav) {
		c.Trasformazione.CodiceTrasformazione = code
		if edit != nil {
			edit(c.Trasformazione)
		}
	}
}

func transformationCases() []ruleCase {
	const (
		change   = "/UniLav/Trasformazione"
		code     = change + "/@codiceTrasformazione"
		contract = change + "/Contratto"
		kind     = contract + "/@TipologiaContrattuale"
	)
	of := func(kind co.TipologiaContrattuale) func(*co.Trasformazione) {
		return func(t *co.Trasformazione) { t.Contratto.TipologiaContrattuale = kind }
	}
	seasonal := func(t *co.Trasformazione) {
		t.Contratto.TipologiaContrattuale, t.Contratto.LavoroStagionale = "A.03.09", "SI"
	}
	time := func(time co.CodiceOrario, hours string) func(*co.Trasformazione) {
		return func(t *co.Trasformazione) {
			t.Contratto.TipoOrario = co.TipoOrario{Codice: time, OreSettimanaliMedie: hours}
		}
	}
	public := func(edit func(*co.UniLav)) func(*co.UniLav) {
		return func(c *co.UniLav) {
			c.DatoreLavoro.PubblicaAmministrazione = "SI"
			edit(c)
		}
	}
	return []ruleCase{
		{"TRS-01 holds on the first day", "trasformazione", func(c *co.UniLav) { c.Trasformazione.DataTrasformazione = "2026-03-09" }, nil},
		{"TRS-01", "trasformazione", func(c *co.UniLav) { c.Trasformazione.DataTrasformazione = "2026-03-08" }, []string{"TRS-01 " + change + "/@dataTrasformazione"}},

		{"TRS-02 a type that the table lacks is a warning", "trasformazione", changed("DI", of("N.01.00")), []string{"TRS-02* " + kind, "COD-01* " + kind}},
		{"TRS-02 holds", "trasformazione", func(*co.UniLav) {}, nil},
		{"TRS-02 the contract before is a warning", "trasformazione", changed("DI", of("A.02.00")), []string{"TRS-02* " + kind}},
		{"TRS-02 DI of an apprentice", "trasformazione", changed("DI", of("A.03.09")), []string{"TRS-02 " + kind}},
		{"TRS-02 AI of an apprentice is a warning", "trasformazione", changed("AI", func(t *co.Trasformazione) {
			t.Contratto.TipologiaContrattuale, t.Contratto.DataInizio = "A.03.02", "2011-03-09"
		}), []string{"TRS-02* " + kind}},
		{"TRS-02 AI of a fixed term", "trasformazione", changed("AI", func(t *co.Trasformazione) {
			t.Contratto.TipologiaContrattuale, t.Contratto.DataInizio = "A.02.00", "2011-03-09"
		}), []string{"TRS-02 " + kind}},
		{"TRS-02 FI before is a warning", "pubblica-amministrazione", changed("FI", of("A.03.04")), []string{"TRS-02* " + kind}},
		{"TRS-02 FI", "pubblica-amministrazione", changed("FI", of("A.02.00")), []string{"TRS-02 " + kind}},
		{"TRS-02 II before is a warning", "trasformazione", changed("II", func(t *co.Trasformazione) {
			t.Contratto.TipologiaContrattuale, t.Contratto.DataInizio = "A.03.07", "2012-03-09"
		}), []string{"TRS-02* " + kind}},
		{"TRS-02 II", "trasformazione", changed("II", of("A.02.00")), []string{"TRS-02 " + kind}},
		{"TRS-02 holds for PP of any contract", "trasformazione", changed("PP", of("A.02.00")), nil},
		{"TRS-02 seasonal FF", "trasformazione", changed("FF", seasonal), []string{"TRS-02 " + contract + "/@lavoroStagionale"}},
		{"TRS-02 seasonal DI", "trasformazione", changed("DI", func(t *co.Trasformazione) { t.Contratto.LavoroStagionale = "SI" }),
			[]string{"REL-04 " + contract + "/@lavoroStagionale", "TRS-02 " + contract + "/@lavoroStagionale"}},
		{"TRS-02 holds for seasonal PP", "trasformazione", changed("PP", seasonal), nil},

		{"TRS-03 holds for PP", "trasformazione", changed("PP", nil), nil},
		{"TRS-03 PP", "trasformazione", changed("PP", time("P", "20")), []string{"TRS-03 " + contract + "/tipoOrario/@codice"}},
		{"TRS-03 holds for TP", "trasformazione", changed("TP", time("V", "20")), nil},
		{"TRS-03 TP", "trasformazione", changed("TP", nil), []string{"TRS-03 " + contract + "/tipoOrario/@codice"}},
		{"TRS-03 TP undefined", "trasformazione", changed("TP", func(t *co.Trasformazione) {
			t.Contratto.TipologiaContrattuale, t.Contratto.TipoOrario.Codice = "A.05.02", "N"
		}), []string{"TRS-03 " + contract + "/tipoOrario/@codice"}},

		{"TRS-04 holds", "pubblica-amministrazione", func(*co.UniLav) {}, nil},
		{"TRS-04 PV", "trasformazione", changed("PV", nil), []string{"TRS-04 " + code}},
		{"TRS-04 FI", "trasformazione", changed("FI", nil), []string{"TRS-04 " + code}},
		{"TRS-04 holds for FI", "trasformazione", public(changed("FI", nil)), nil},

		{"TRS-07 holds for a contract of another sort", "trasformazione", changed("ZZ", of("C.04.00")), nil},
		{"TRS-07 LSU", "trasformazione", changed("ZZ", of("C.03.00")), []string{"TRS-07 " + code}},
		{"TRS-07 holds for PP of LSU", "trasformazione", changed("PP", of("C.03.00")), nil},
		{"TRS-07 holds for TP of LSU", "trasformazione", changed("TP", func(t *co.Trasformazione) {
			t.Contratto.TipologiaContrattuale, t.Contratto.TipoOrario = "C.03.00", co.TipoOrario{Codice: "P", OreSettimanaliMedie: "20"}
		}), nil},

		{"TRS-08 holds", "trasformazione", changed("FF", of("A.03.09")), nil},
		{"TRS-08 fixed term", "trasformazione", changed("FF", of("A.02.00")), []string{"TRS-08 " + kind}},
		{"TRS-08 fixed term by inference is a warning", "trasformazione", changed("FF", of("A.03.04")), []string{"TRS-08* " + kind}},
		{"TRS-08 before the reform is a warning", "trasformazione", changed("FF", func(t *co.Trasformazione) {
			t.Contratto.TipologiaContrattuale, t.Contratto.DataInizio = "A.03.02", "2012-04-25"
		}), []string{"TRS-08* " + contract + "/@dataInizio"}},

		{"TRS-09 holds before the reform", "trasformazione", changed("AI", func(t *co.Trasformazione) { t.Contratto.DataInizio = "2012-04-25" }), nil},
		{"TRS-09 since the reform is a warning", "trasformazione", changed("AI", func(t *co.Trasformazione) { t.Contratto.DataInizio = "2012-04-26" }),
			[]string{"TRS-09* " + code}},

		{"TRS-10 holds", "trasformazione", changed("DP", of("A.03.09")), nil},
		{"TRS-10", "trasformazione", changed("DP", of("A.03.10")), []string{"TRS-10 " + kind}},
	}
}

func secondmentCases() []ruleCase {
	const (
		change = "/UniLav/Trasformazione"
		former = change + "/SedePrecedente"
		host   = change + "/DatoreDistaccatario"
		end    = change + "/Contratto/@dataFine"
	)
	at := func(edit func(h *co.DatoreDistaccatario)) func(*co.UniLav) {
		return func(c *co.UniLav) { edit(c.Trasformazione.DatoreDistaccatario) }
	}
	edited := func(edit func(t *co.Trasformazione)) func(*co.UniLav) {
		return func(c *co.UniLav) { edit(c.Trasformazione) }
	}
	return []ruleCase{
		{"TRS-05 holds", "trasferimento", func(*co.UniLav) {}, nil},
		{"TRS-05 no former seat", "trasferimento", edited(func(t *co.Trasformazione) { t.SedePrecedente = nil }), []string{"TRS-05 " + former}},
		{"TRS-05 empty former seat", "trasferimento", edited(func(t *co.Trasformazione) { *t.SedePrecedente = co.SedePrecedente{} }),
			[]string{"TRS-05 " + former + "/Comune", "TRS-05 " + former + "/Indirizzo"}},
		{"TRS-05 host", "trasferimento", edited(func(t *co.Trasformazione) { t.DatoreDistaccatario = new(co.DatoreDistaccatario) }), []string{"TRS-05 " + host}},
		{"TRS-05 holds for flags of no", "trasferimento", edited(func(t *co.Trasformazione) { t.DistaccoParziale, t.DistaccoAziendaEstera = "NO", "NO" }), nil},
		{"TRS-05 flags", "trasferimento", edited(func(t *co.Trasformazione) { t.DistaccoParziale, t.DistaccoAziendaEstera = "SI", "SI" }),
			[]string{"TRS-05 " + change + "/@distaccoParziale", "TRS-05 " + change + "/@distaccoAziendaEstera"}},

		{"TRS-06 holds", "distacco", edited(func(t *co.Trasformazione) { t.Contratto.DataFine = t.DataTrasformazione }), nil},
		{"TRS-06 ends before", "distacco", edited(func(t *co.Trasformazione) { t.Contratto.DataFine = "2026-06-30" }), []string{"TRS-06 " + end}},
		{"TRS-06 no end", "distacco", edited(func(t *co.Trasformazione) { t.Contratto.DataFine = "" }), []string{"TRS-06 " + end}},
		{"TRS-06 former seat", "distacco", edited(func(t *co.Trasformazione) {
			t.SedePrecedente = &co.SedePrecedente{Comune: "H501", Indirizzo: "Via dei Fabbri 3"}
		}), []string{"TRS-06 " + former}},
		{"TRS-06 no host", "distacco", edited(func(t *co.Trasformazione) { t.DatoreDistaccatario = nil }), []string{"TRS-06 " + host}},
		{"TRS-06 host elsewhere is a warning", "distacco", changed("PP", nil), []string{"TRS-06* " + host}},
		{"TRS-06 empty host", "distacco", at(func(h *co.DatoreDistaccatario) { *h = co.DatoreDistaccatario{} }), []string{
			"TRS-06 " + host + "/@denominazione", "TRS-06 " + host + "/Settore", "TRS-06 " + host + "/Sede/Indirizzo", "TRS-06 " + host + "/Sede",
			"TRS-06 " + host + "/@codiceFiscale", "TRS-06 " + host + "/PatINAIL", "TRS-06 " + host + "/Sede/cap", "TRS-06 " + host + "/Sede/Comune",
		}},
		{"TRS-06 seven digits", "distacco", at(func(h *co.DatoreDistaccatario) { h.PatINAIL = "1234567" }), []string{"TRS-06 " + host + "/PatINAIL"}},
		{"TRS-06 domestic in a foreign state", "distacco", at(func(h *co.DatoreDistaccatario) { h.Sede.Comune = "Z110" }), []string{"TRS-06 " + host + "/Sede/Comune"}},
		{"TRS-06 holds abroad", "distacco-estero", func(*co.UniLav) {}, nil},
		{"TRS-06 holds abroad without flag", "distacco-estero", edited(func(t *co.Trasformazione) { t.DistaccoAziendaEstera = "" }), nil},
		{"TRS-06 abroad in Italy", "distacco", edited(func(t *co.Trasformazione) { t.DistaccoAziendaEstera = "SI" }), []string{
			"TRS-06 " + host + "/@codiceFiscale", "TRS-06 " + host + "/PatINAIL", "TRS-06 " + host + "/Sede/cap", "TRS-06 " + host + "/Sede/Comune",
		}},
	}
}

package rules

import "github.com/snodo-co/snodo/transform/co"

func contractCases() []ruleCase {
	const (
		hiring = "/UniLav/InizioRapporto"
		hours  = hiring + "/tipoOrario/@oreSettimanaliMedie"
		second = "/UniLav/LavoratoreCoobbligato"
	)
	time := func(code co.CodiceOrario, hours string) func(*co.UniLav) {
		return contracted(func(r *co.Contratto) { r.TipoOrario = co.TipoOrario{Codice: code, OreSettimanaliMedie: hours} })
	}
	return []ruleCase{
		{"REL-05 holds in agriculture", "forza-maggiore-agricoltura", func(*co.UniLav) {}, nil},
		{"REL-05", "forza-maggiore-agricoltura", contracted(func(r *co.Contratto) { r.LavoroInAgricoltura = "NO" }),
			[]string{"REL-05 " + hiring + "/@ggLavorativePreviste", "REL-05 " + hiring + "/@tipoLavorazione"}},
		{"REL-05 termination", "cessazione", contracted(func(r *co.Contratto) { r.TipoLavorazione = "raccolta" }),
			[]string{"REL-05 /UniLav/Cessazione/Contratto/@tipoLavorazione"}},

		{"REL-06 holds for SI", "assunzione", contracted(func(r *co.Contratto) { r.SocioLavoratore = "SI" }), nil},
		{"REL-06", "assunzione", contracted(func(r *co.Contratto) { r.SocioLavoratore = "S" }), []string{"REL-06 " + hiring + "/@socioLavoratore"}},

		{"REL-07 holds for ten digits", "assunzione", contracted(func(r *co.Contratto) { r.PatINAIL = "0123456789" }), nil},
		{"REL-07 eleven digits", "assunzione", contracted(func(r *co.Contratto) { r.PatINAIL = "01234567890" }), []string{"REL-07 " + hiring + "/PatINAIL"}},
		{"REL-07 none", "assunzione", contracted(func(r *co.Contratto) { r.PatINAIL = "" }), []string{"REL-07 " + hiring + "/PatINAIL"}},
		{"REL-07 a letter", "assunzione", contracted(func(r *co.Contratto) { r.PatINAIL = "1234567O" }), []string{"REL-07 " + hiring + "/PatINAIL"}},

		{"REL-08 holds for full time", "assunzione", time("F", ""), nil},
		{"REL-08 full time", "assunzione", time("F", "40"), []string{"REL-08 " + hours}},
		{"REL-08 holds for part time", "assunzione", time("P", "20"), nil},
		{"REL-08 horizontal", "assunzione", time("P", ""), []string{"REL-08 " + hours}},
		{"REL-08 vertical", "assunzione", time("V", ""), []string{"REL-08 " + hours}},
		{"REL-08 mixed", "assunzione", time("M", ""), []string{"REL-08 " + hours}},
		{"REL-08 holds undefined on call", "intermittente", func(*co.UniLav) {}, nil},
		{"REL-08 undefined", "intermittente", time("N", "20"), []string{"REL-08 " + hours}},
		{"REL-08 undefined for others is a warning", "assunzione", time("N", ""), []string{"REL-08* " + hiring + "/tipoOrario/@codice"}},

		{"REL-09 holds", "lavoro-ripartito", func(*co.UniLav) {}, nil},
		{"REL-09 alone", "lavoro-ripartito", func(c *co.UniLav) { c.LavoratoreCoobbligato = nil }, []string{"REL-09 " + second}},
		{"REL-09 two", "lavoro-ripartito", typed("A.02.00", "2026-03-09"), []string{"REL-09 " + second}},

		{"REL-10 holds for another body", "forza-maggiore-agricoltura", func(*co.UniLav) {}, nil},
		{"REL-10 holds without number", "assunzione", contracted(func(r *co.Contratto) { r.EntePrevidenziale = "29" }), nil},
		{"REL-10", "forza-maggiore-agricoltura", contracted(func(r *co.Contratto) { r.EntePrevidenziale = "29" }), []string{"REL-10 " + hiring + "/@codiceEntePrevidenziale"}},

		{"REL-11 holds for one euro", "assunzione", contracted(func(r *co.Contratto) { r.RetribuzioneCompenso = "1" }), nil},
		{"REL-11 zero", "assunzione", contracted(func(r *co.Contratto) { r.RetribuzioneCompenso = "000" }), []string{"REL-11 " + hiring + "/RetribuzioneCompenso"}},
		{"REL-11 nothing", "assunzione", contracted(func(r *co.Contratto) { r.RetribuzioneCompenso, r.LivelloInquadramento = "", "" }),
			[]string{"REL-11 " + hiring + "/livelloInquadramento", "REL-11 " + hiring + "/RetribuzioneCompenso"}},
		{"REL-11 zero of a relationship from before it was due is a warning", "rettifica", contracted(func(r *co.Contratto) { r.DataInizio, r.RetribuzioneCompenso = "2019-11-03", "0" }),
			[]string{"REL-11* " + hiring + "/RetribuzioneCompenso"}},
		{"REL-11 zero where it may be exempt is a warning", "tirocinio-dopo", contracted(func(r *co.Contratto) { r.RetribuzioneCompenso = "0" }),
			[]string{"REL-11* " + hiring + "/RetribuzioneCompenso"}},

		{"REL-12 holds for a public administration", "assunzione", func(c *co.UniLav) {
			c.InizioRapporto.TipologiaContrattuale, c.DatoreLavoro.PubblicaAmministrazione = "A.03.04", "SI"
		}, nil},
		{"REL-12 private", "assunzione", typed("A.03.04", "2026-03-09"), []string{"REL-12* " + hiring + "/@TipologiaContrattuale"}},
		{"REL-12 holds for ND of a collaboration", "assunzione", contracted(func(r *co.Contratto) { r.TipologiaContrattuale, r.CCNL = "B.03.00", "ND" }), nil},
		{"REL-12 ND", "assunzione", contracted(func(r *co.Contratto) { r.CCNL = "ND" }), []string{"REL-12* " + hiring + "/ccnl"}},

		{"REL-13 holds outside hiring", "trasferimento", func(*co.UniLav) {}, nil},
		{"REL-13", "assunzione", contracted(func(r *co.Contratto) { r.Agevolazioni = new(struct{}) }), []string{"REL-13 " + hiring + "/Agevolazioni"}},

		{"REL-14 holds with a category", "forza-maggiore-agricoltura", func(*co.UniLav) {}, nil},
		{"REL-14 no category", "forza-maggiore-agricoltura", contracted(func(r *co.Contratto) { r.CategoriaLavoratoreAssunzioneObbligatoria = "" }),
			[]string{"REL-14 " + hiring + "/@categoriaLavoratoreAssunzioneObbligatoria"}},
		{"REL-14 category of none", "forza-maggiore-agricoltura", contracted(func(r *co.Contratto) { r.AssunzioneObbligatoria = "NO" }),
			[]string{"REL-14 " + hiring + "/@categoriaLavoratoreAssunzioneObbligatoria"}},
		{"REL-14 no flag", "assunzione", contracted(func(r *co.Contratto) { r.AssunzioneObbligatoria = "" }), []string{"REL-14 " + hiring + "/@assunzioneObbligatoria"}},
	}
}

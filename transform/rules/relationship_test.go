package rules

import "github.com/snodo-co/snodo/transform/co"

// contracted edits the relationship of any movement.
func contracted(edit func(r *co.Contratto)) func(*co.UniLav) {
	return func(c *co.UniLav) { edit(c.Rapporto()) }
}

// typed gives the relationship a contract type and a start.
func typed(kind co.TipologiaContrattuale, start co.Data) func(*co.UniLav) {
	return contracted(func(r *co.Contratto) { r.TipologiaContrattuale, r.DataInizio = kind, start })
}

// extends gives an extension its current and its new end.
func extends(end, newEnd co.Data) func(*co.UniLav) {
	return func(c *co.UniLav) { c.Proroga.Contratto.DataFine, c.Proroga.DataFineProroga = end, newEnd }
}

func relationshipCases() []ruleCase {
	const (
		hiring = "/UniLav/InizioRapporto"
		kind   = "/@TipologiaContrattuale"
		end    = "/@dataFine"
		season = "/@lavoroStagionale"
	)
	return []ruleCase{
		{"REL-01 holds on the last day of a type", "rettifica", typed("A.07.01", "2013-01-10"), nil},
		{"REL-01 the day after", "rettifica", typed("A.07.01", "2013-01-11"), []string{"REL-01 " + hiring + kind}},
		{"REL-01 not yet", "rettifica", typed("A.04.02", "2013-01-09"), []string{"REL-01 " + hiring + kind}},
		{"REL-01 holds before the table was", "trasformazione", typed("A.01.00", "1999-03-01"), nil},
		{"REL-01 a newer type outside hiring is a warning", "trasferimento", typed("A.04.02", "2001-03-01"),
			[]string{"REL-01* /UniLav/Trasformazione/Contratto" + kind}},
		{"REL-01 extension", "proroga", typed("A.07.01", "2026-03-09"), []string{"REL-01 /UniLav/Proroga/Contratto" + kind}},
		{"REL-01 holds for a termination of an old type", "cessazione", func(c *co.UniLav) {
			typed("A.07.01", "2012-03-09")(c)
			c.Cessazione.Contratto.DataFine = ""
		}, nil},
		{"REL-01 a type ended before the start is a warning for a termination", "cessazione", typed("A.07.01", "2026-03-09"),
			[]string{"REL-01* /UniLav/Cessazione/Contratto" + kind}},
		{"REL-01 a newer type is a warning for a termination", "cessazione", func(c *co.UniLav) {
			typed("A.05.02", "2012-03-09")(c)
			c.Cessazione.Contratto.DataFine = ""
		}, []string{"REL-01* /UniLav/Cessazione/Contratto" + kind}},

		{"REL-03 holds for either form with an end", "lavoro-ripartito", func(*co.UniLav) {}, nil},
		{"REL-03 holds for either form without", "lavoro-ripartito", contracted(func(r *co.Contratto) { r.DataFine = "" }), nil},
		{"REL-03 fixed term", "assunzione", contracted(func(r *co.Contratto) { r.DataFine = "" }), []string{"REL-03 " + hiring + end}},
		{"REL-03 fixed term by inference is a warning", "tirocinio-dopo", contracted(func(r *co.Contratto) { r.DataFine = "" }), []string{"REL-03* " + hiring + end}},
		{"REL-03 holds for permanent", "assunzione-parziale", func(*co.UniLav) {}, nil},
		{"REL-03 permanent", "assunzione-parziale", contracted(func(r *co.Contratto) { r.DataFine = "2026-09-30" }), []string{"REL-03 " + hiring + end}},
		{"REL-03 permanent by inference is a warning", "apprendistato", contracted(func(r *co.Contratto) {
			r.TipologiaContrattuale, r.DataFine = "A.03.10", "2029-03-08"
		}), []string{"REL-03* " + hiring + end}},
		{"REL-03 holds for a seasonal apprentice", "apprendistato-stagionale", contracted(func(r *co.Contratto) { r.TipologiaContrattuale = "A.03.10" }), nil},
		{"REL-03 seasonal", "intermittente", contracted(func(r *co.Contratto) { r.LavoroStagionale = "SI" }), []string{"REL-03 " + hiring + end}},

		{"REL-04 holds", "stagionale", func(*co.UniLav) {}, nil},
		{"REL-04 permanent", "trasferimento", contracted(func(r *co.Contratto) { r.LavoroStagionale = "SI" }),
			[]string{"REL-04 /UniLav/Trasformazione/Contratto" + season}},
		{"REL-04 traineeship", "tirocinio-dopo", contracted(func(r *co.Contratto) { r.LavoroStagionale = "SI" }), []string{"REL-04 " + hiring + season}},

		{"REL-04 a type no longer in force is a warning", "cessazione", func(c *co.UniLav) {
			typed("B.01.00", "2015-03-09")(c)
			c.Cessazione.Contratto.DataFine, c.Cessazione.Contratto.LavoroStagionale = "2026-03-09", "SI"
		}, []string{"REL-04* /UniLav/Cessazione/Contratto" + season}},

		{"REL-16 holds for either form", "proroga", contracted(func(r *co.Contratto) { r.TipologiaContrattuale = "A.05.02" }), nil},
		{"REL-16", "proroga", contracted(func(r *co.Contratto) { r.TipologiaContrattuale = "A.01.00" }), []string{"REL-16 /UniLav/Proroga/Contratto" + kind}},
		{"REL-16 by inference is a warning", "proroga", contracted(func(r *co.Contratto) { r.TipologiaContrattuale = "A.03.10" }),
			[]string{"REL-16* /UniLav/Proroga/Contratto" + kind}},
		{"REL-16 holds for a seasonal apprentice", "proroga", contracted(func(r *co.Contratto) { r.TipologiaContrattuale, r.LavoroStagionale = "A.03.10", "SI" }), nil},

		{"REL-17 holds for the day after the start", "proroga", extends("", "2026-03-10"), nil},
		{"REL-17 holds for the day after the end", "proroga", extends("2026-09-30", "2026-10-01"), nil},
		{"REL-17 the end is a warning", "proroga", extends("2026-09-30", "2026-09-30"), []string{"REL-17* /UniLav/Proroga/@dataFineProroga"}},
		{"REL-17 the start", "proroga", func(c *co.UniLav) { c.Proroga.DataFineProroga = "2026-03-09" }, []string{"REL-17 /UniLav/Proroga/@dataFineProroga"}},
		{"REL-17 holds for fifty years", "proroga", func(c *co.UniLav) { c.Proroga.DataFineProroga = "2076-03-09" }, nil},
		{"REL-17 fifty years and a day", "proroga", func(c *co.UniLav) { c.Proroga.DataFineProroga = "2076-03-10" }, []string{"REL-17 /UniLav/Proroga/@dataFineProroga"}},
	}
}

func trainingCases() []ruleCase {
	const (
		hiring   = "/UniLav/InizioRapporto"
		training = "/@dataFinePeriodoFormativo"
	)
	ends := func(day co.Data) func(*co.UniLav) {
		return contracted(func(r *co.Contratto) { r.DataFinePeriodoFormativo = day })
	}
	return []ruleCase{
		{"REL-15 holds for the day after the start", "apprendistato", ends("2026-03-10"), nil},
		{"REL-15 the start", "apprendistato", ends("2026-03-09"), []string{"REL-15 " + hiring + training}},
		{"REL-15 hiring without", "apprendistato", ends(""), []string{"REL-15 " + hiring + training}},
		{"REL-15 termination without", "cessazione-apprendista", ends(""), []string{"REL-15 /UniLav/Cessazione/Contratto" + training}},
		{"REL-15 holds for a type that ended, without", "cessazione-apprendista", contracted(func(r *co.Contratto) {
			r.TipologiaContrattuale, r.DataInizio, r.DataFinePeriodoFormativo = "A.03.02", "2011-03-09", ""
		}), nil},
		{"REL-15 not an apprentice", "assunzione", ends("2026-06-30"), []string{"REL-15 " + hiring + training}},
		{"REL-15 holds seasonal", "apprendistato-stagionale", func(*co.UniLav) {}, nil},
		{"REL-15 seasonal, another end", "apprendistato-stagionale", ends("2026-10-30"), []string{"REL-15 " + hiring + training}},
		{"REL-15 holds in a transformation without", "trasferimento", typed("A.03.09", "2026-03-09"), nil},
		{"REL-15 transformation", "trasferimento", contracted(func(r *co.Contratto) {
			r.TipologiaContrattuale, r.DataFinePeriodoFormativo = "A.03.09", "2029-03-08"
		}), []string{"REL-15 /UniLav/Trasformazione/Contratto" + training}},
		{"REL-15 extension", "proroga", contracted(func(r *co.Contratto) {
			r.TipologiaContrattuale, r.DataFinePeriodoFormativo = "A.03.09", "2029-03-08"
		}), []string{"REL-15 /UniLav/Proroga/Contratto" + training}},

		{"REL-18 holds with both ends", "apprendistato", contracted(func(r *co.Contratto) { r.DataFine = "2029-03-08" }), nil},
		{"REL-18", "apprendistato", contracted(func(r *co.Contratto) { r.DataFine, r.DataFinePeriodoFormativo = "2029-03-08", "" }),
			[]string{"REL-15 " + hiring + training, "REL-18 " + hiring + "/@dataFine"}},
	}
}

package rules

import (
	"testing"

	"github.com/snodo-co/snodo/transform/co"
)

func missionCases() []ruleCase {
	type doc = co.UniSomm
	const start, end = "/UniSomm/DittaUtilizzatrice/InizioContratto/Inizio/@dataInizioMissione", "/UniSomm/DittaUtilizzatrice/InizioContratto/Inizio/@dataFineMissione"
	const grade, pay = "/UniSomm/DittaUtilizzatrice/InizioContratto/Inizio/livelloInquadramento", "/UniSomm/DittaUtilizzatrice/InizioContratto/Inizio/RetribuzioneCompenso"
	const code, extension = "/UniSomm/DatiVariazione/@codiceVariazione", "/UniSomm/DatiVariazione/DatiProroga/@dataFineProroga"
	const changed, ended = "/UniSomm/DatiVariazione/DatiTrasformazione/@dataTrasformazione", "/UniSomm/DatiVariazione/DatiCessazione/@dataCessazione"
	mission := func(edit func(*co.Missione)) func(*doc) { return func(c *doc) { edit(c.Mission()) } }
	variation := func(v co.CodiceVariazione) func(*doc) { return func(c *doc) { c.DatiVariazione.CodiceVariazione = v } }
	return []ruleCase{
		{"SOM-01 holds on the last day", onSomm("assunzione-e-missione"), func(*doc) {}, nil},
		{"SOM-01 before the contract", onSomm("assunzione-e-missione"), func(c *doc) { c.DittaUtilizzatrice.DataInizioContrattoSomm = "2026-02-03" }, []string{"SOM-01 " + start}},
		{"SOM-01 before the relationship", onSomm("assunzione-e-missione"), func(c *doc) { c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm = "2026-02-03" }, []string{"SOM-01 " + start}},
		{"SOM-01 no end", onSomm("assunzione-e-missione"), mission(func(m *co.Missione) { m.DataFineMissione = "" }), []string{"SOM-01 " + end}},
		{"SOM-01 holds without either end", onSomm("apprendistato"), func(*doc) {}, nil},
		{"SOM-01 after the contract", onSomm("proroga-missione"), mission(func(m *co.Missione) { m.DataFineMissione = "2026-04-01" }), []string{"SOM-01 " + end}},
		{"SOM-01 after the relationship", onSomm("assunzione-e-missione"), func(c *doc) {
			c.DittaUtilizzatrice.DataFineContrattoSomm, c.Mission().DataFineMissione = "2026-04-30", "2026-04-01"
		}, []string{"SOM-01 " + end}},
		{"SOM-01 holds within an extended relationship", onSomm("proroga-rapporto-e-missione"), func(c *doc) {
			c.DittaUtilizzatrice.DataFineContrattoSomm, c.Mission().DataFineMissione = "2026-06-30", "2026-06-30"
		}, nil},
		{"SOM-01 after an extended relationship", onSomm("proroga-rapporto-e-missione"), func(c *doc) {
			c.DittaUtilizzatrice.DataFineContrattoSomm, c.Mission().DataFineMissione = "2026-07-31", "2026-07-01"
		}, []string{"SOM-01 " + end}},
		{"SOM-01 ends before it starts", onSomm("assunzione-e-missione"), mission(func(m *co.Missione) { m.DataFineMissione = "2026-02-01" }), []string{"SOM-01 " + end}},

		{"SOM-02 no grade, no pay", onSomm("assunzione-e-missione"), mission(func(m *co.Missione) { m.LivelloInquadramento, m.RetribuzioneCompenso = "", "" }), []string{"SOM-02 " + grade, "SOM-02 " + pay}},
		{"SOM-02 blanks and zeros", onSomm("fine-missione"), mission(func(m *co.Missione) { m.LivelloInquadramento, m.RetribuzioneCompenso = " ", "000" }), []string{"SOM-02 " + grade, "SOM-02 " + pay}},
		{"SOM-02 holds for one euro", onSomm("assunzione-e-missione"), mission(func(m *co.Missione) { m.RetribuzioneCompenso = "1" }), nil},
		{"SOM-02 risk without item is a warning", onSomm("assunzione-e-missione"), mission(func(m *co.Missione) { m.RischioAsbestosiSilicosi = "SI" }),
			[]string{"SOM-02* /UniSomm/DittaUtilizzatrice/InizioContratto/Inizio/@voceTariffa_1"}},
		{"SOM-02 holds for risk with an item", onSomm("agricoltura"), func(*doc) {}, nil},

		{"SOM-03 leaves an unknown code to COD-01", onSomm("proroga-rapporto"), variation("2.04"), []string{"COD-01 " + code}},
		{"SOM-03 an extension without its data", onSomm("cessazione"), variation("2.01"), []string{"SOM-03 " + code}},
		{"SOM-03 a transformation without its data", onSomm("proroga-rapporto"), variation("3.02"), []string{"SOM-03 " + code}},
		{"SOM-03 a termination without its data", onSomm("proroga-rapporto"), variation("4.02"), []string{"SOM-03 " + code}},
		{"SOM-03 3.01 without mission", onSomm("trasformazione"), variation("3.01"), []string{"SOM-03 " + code}},
		{"SOM-03 4.01 without mission", onSomm("cessazione"), variation("4.01"), []string{"SOM-03 " + code}},
		{"SOM-03 holds for 4.02 with a mission", onSomm("fine-missione"), variation("4.02"), nil},
		{"SOM-03 holds for 3.02 with a mission", onSomm("trasformazione-in-missione"), variation("3.02"), nil},

		{"SOM-04 on the first day", onSomm("proroga-rapporto"), func(c *doc) { c.DatiVariazione.DatiProroga.DataFineProroga = "2026-02-02" }, []string{"SOM-04 " + extension}},
		{"SOM-04 holds on the second day", onSomm("proroga-rapporto"), func(c *doc) { c.DatiVariazione.DatiProroga.DataFineProroga = "2026-02-03" }, nil},
		{"SOM-04 2.02 without mission", onSomm("proroga-rapporto"), variation("2.02"), []string{"SOM-04 " + code}},
		{"SOM-04 2.03 of a mission without end", onSomm("proroga-missione"), func(c *doc) {
			c.DittaUtilizzatrice.DataFineContrattoSomm, c.Mission().DataFineMissione = "", ""
		}, []string{"SOM-04 " + end}},
		{"SOM-04 2.03 beyond the relationship", onSomm("proroga-rapporto-e-missione"), variation("2.03"), []string{"SOM-04 " + extension}},
		{"SOM-04 holds for 2.03 within the relationship", onSomm("proroga-rapporto-e-missione"), func(c *doc) {
			c.DatiVariazione.CodiceVariazione, c.AgenziaSomministrazione.RapportoAgenziaSomm.DataFineSomm = "2.03", "2026-06-30"
		}, nil},

		{"SOM-05 transformed on the first day", onSomm("trasformazione"), func(c *doc) { c.DatiVariazione.DatiTrasformazione.DataTrasformazione = "2026-02-02" }, []string{"SOM-05 " + changed}},
		{"SOM-05 holds on the second day", onSomm("trasformazione"), func(c *doc) { c.DatiVariazione.DatiTrasformazione.DataTrasformazione = "2026-02-03" }, nil},
		{"SOM-05 ended before the start", onSomm("cessazione"), func(c *doc) { c.DatiVariazione.DatiCessazione.DataCessazione = "2026-02-01" }, []string{"SOM-05 " + ended}},
		{"SOM-05 holds for an end on the first day", onSomm("cessazione"), func(c *doc) { c.DatiVariazione.DatiCessazione.DataCessazione = "2026-02-02" }, nil},
		{"SOM-05 an end of the mission before its start is a warning", onSomm("fine-missione"), func(c *doc) {
			c.Mission().DataInizioMissione, c.DatiVariazione.DatiCessazione.DataCessazione = "2026-02-16", "2026-02-15"
		}, []string{"SOM-05* " + ended}},
		{"SOM-05 an end of the mission before the relationship", onSomm("fine-missione"), func(c *doc) {
			c.DatiVariazione.DatiCessazione.DataCessazione = "2026-02-01"
		}, []string{"SOM-05 " + ended}},
	}
}

// TestOldMissions: grade and pay of missions of before they were mandatory are
// worth a warning.
func TestOldMissions(t *testing.T) {
	t.Parallel()
	for day, refuses := range map[co.Data]bool{"2019-11-03": false, "2019-11-04": true} {
		c := decode(t, sample(t, onSomm("fine-missione"))).(*co.UniSomm)
		m := c.Mission()
		m.DataInizioMissione, m.LivelloInquadramento, m.RetribuzioneCompenso = day, "", ""
		subject := &Case{Doc: c}
		subject.outline.Lay(c)
		if faults := somm(missionTerms)(subject); len(faults) != 2 || faults.Refuses() != refuses {
			t.Errorf("%s: %v", day, tell(faults))
		}
	}
}

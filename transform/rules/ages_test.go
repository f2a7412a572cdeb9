package rules

import "github.com/snodo-co/snodo/transform/co"

func ageCases() []ruleCase {
	const birth = "/UniLav/Lavoratore/AnagraficaCompleta/nascita/data"
	// A rectification, for a hiring of the past has no term then.
	from := func(kind co.TipologiaContrattuale, start, training co.Data) func(*co.UniLav) {
		return func(c *co.UniLav) {
			c.TipoComunicazione, c.CodiceComunicazionePrec = "03", "1104226000000417"
			r := c.InizioRapporto
			r.TipologiaContrattuale, r.DataInizio, r.DataFinePeriodoFormativo = kind, start, training
		}
	}
	warned := func(codes ...string) []string {
		var all []string
		for _, code := range codes {
			all = append(all, code+"* "+birth)
		}
		return all
	}
	// The apprentice was born on 2001-03-12, the other worker on 1988-03-12.
	return []ruleCase{
		{"ETA-01 A.03.08 holds at 15", "apprendistato", from("A.03.08", "2016-03-12", "2019-03-11"), nil},
		{"ETA-01 A.03.08 at 14", "apprendistato", from("A.03.08", "2016-03-11", "2019-03-11"), warned("ETA-01", "ETA-02")},
		{"ETA-01 A.03.08 holds at 25", "apprendistato", from("A.03.08", "2027-03-11", "2030-03-11"), nil},
		{"ETA-01 A.03.08 at 26", "apprendistato", from("A.03.08", "2027-03-12", "2030-03-11"), warned("ETA-01")},
		{"ETA-01 A.03.09 holds at 17", "apprendistato", from("A.03.09", "2018-03-12", "2021-03-11"), nil},
		{"ETA-01 A.03.09 at 16", "apprendistato", from("A.03.09", "2018-03-11", "2021-03-11"), warned("ETA-01")},
		{"ETA-01 A.03.09 holds at 29", "apprendistato", from("A.03.09", "2031-03-11", "2034-03-11"), nil},
		{"ETA-01 A.03.09 at 30", "apprendistato", from("A.03.09", "2031-03-12", "2034-03-11"), warned("ETA-01")},
		{"ETA-01 A.03.10 holds at 18", "apprendistato", from("A.03.10", "2019-03-12", "2022-03-11"), nil},
		{"ETA-01 A.03.10 at 17", "apprendistato", from("A.03.10", "2019-03-11", "2022-03-11"), warned("ETA-01")},
		{"ETA-01 A.03.10 at 30", "apprendistato", from("A.03.10", "2031-03-12", "2034-03-11"), warned("ETA-01")},

		{"ETA-02 holds at 16", "assunzione-parziale", from("A.01.00", "2004-03-12", ""), nil},
		{"ETA-02 at 15", "assunzione-parziale", from("A.01.00", "2004-03-11", ""), warned("ETA-02")},
		{"ETA-02 holds at 70", "assunzione-parziale", from("A.01.00", "2059-03-11", ""), nil},
		{"ETA-02 at 71", "assunzione-parziale", from("A.01.00", "2059-03-12", ""), warned("ETA-02")},
	}
}

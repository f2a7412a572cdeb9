package rules

import (
	"fmt"

	"github.com/snodo-co/snodo/transform/co"
)

// bornOn gives a person another day of birth, in the tax code too.
func bornOn(a *co.Anagrafica, day co.Data) {
	var year, month, number int
	if _, err := fmt.Sscanf(string(day), "%4d-%2d-%2d", &year, &month, &number); err != nil {
		panic(err) // a case that is no date
	}
	if a.Sesso == "F" {
		number += 40
	}
	a.Nascita.Data = day
	stem := fmt.Sprintf("%s%02d%c%02d%s", a.CodiceFiscale[:6], year%100, "ABCDEHLMPRST"[month-1], number, a.CodiceFiscale[11:15])
	for check := 'A'; check <= 'Z'; check++ {
		if a.CodiceFiscale = co.CodiceFiscale(stem + string(check)); a.CodiceFiscale.Valid() {
			return
		}
	}
}

func ageCases() []ruleCase {
	const birth = "/UniLav/Lavoratore/AnagraficaCompleta/nascita/data"
	born := func(kind co.TipologiaContrattuale, day co.Data) func(*co.UniLav) {
		return func(c *co.UniLav) {
			c.InizioRapporto.TipologiaContrattuale = kind
			bornOn(c.Lavoratore.AnagraficaCompleta, day)
		}
	}
	warned := func(codes ...string) []string {
		var all []string
		for _, code := range codes {
			all = append(all, code+"* "+birth)
		}
		return all
	}
	// The relationship starts on 2026-03-09.
	return []ruleCase{
		{"ETA-01 A.03.08 holds at 15", "apprendistato", born("A.03.08", "2011-03-09"), nil},
		{"ETA-01 A.03.08 at 14", "apprendistato", born("A.03.08", "2011-03-10"), warned("ETA-01", "ETA-02")},
		{"ETA-01 A.03.08 holds at 25", "apprendistato", born("A.03.08", "2000-03-10"), nil},
		{"ETA-01 A.03.08 at 26", "apprendistato", born("A.03.08", "2000-03-09"), warned("ETA-01")},
		{"ETA-01 A.03.09 holds at 17", "apprendistato", born("A.03.09", "2009-03-09"), nil},
		{"ETA-01 A.03.09 at 16", "apprendistato", born("A.03.09", "2009-03-10"), warned("ETA-01")},
		{"ETA-01 A.03.09 holds at 29", "apprendistato", born("A.03.09", "1996-03-10"), nil},
		{"ETA-01 A.03.09 at 30", "apprendistato", born("A.03.09", "1996-03-09"), warned("ETA-01")},
		{"ETA-01 A.03.10 holds at 18", "apprendistato", born("A.03.10", "2008-03-09"), nil},
		{"ETA-01 A.03.10 at 17", "apprendistato", born("A.03.10", "2008-03-10"), warned("ETA-01")},
		{"ETA-01 A.03.10 at 30", "apprendistato", born("A.03.10", "1996-03-09"), warned("ETA-01")},

		{"ETA-02 holds at 16", "assunzione", born("A.02.00", "2010-03-09"), nil},
		{"ETA-02 at 15", "assunzione", born("A.02.00", "2010-03-10"), warned("ETA-02")},
		{"ETA-02 holds at 70", "assunzione", born("A.02.00", "1955-03-10"), nil},
		{"ETA-02 at 71", "assunzione", born("A.02.00", "1955-03-09"), warned("ETA-02")},
	}
}

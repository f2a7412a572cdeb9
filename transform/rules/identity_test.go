package rules

import "github.com/snodo-co/snodo/transform/co"

// Where UNILAV has the person's facts that the rules look at.
const (
	workerCode  = "/UniLav/Lavoratore/AnagraficaCompleta/codice-fiscale"
	workerBirth = "/UniLav/Lavoratore/AnagraficaCompleta/nascita/data"
	secondCode  = "/UniLav/LavoratoreCoobbligato/AnagraficaCompleta/codice-fiscale"
)

// worker makes an edit of UNILAV from one of the worker's data.
func worker(edit func(*co.Anagrafica)) func(*co.UniLav) {
	return func(c *co.UniLav) { edit(c.Lavoratore.AnagraficaCompleta) }
}

// identityCases are those of ID-05 to ID-07. How names become letters is tested
// with the tax code.
func identityCases() []ruleCase {
	return []ruleCase{
		{"ID-05 holds for omocodia", "assunzione", worker(func(a *co.Anagrafica) { a.CodiceFiscale = "FRRLNE88C52A27MP" }), nil},
		{"ID-05 holds for accents and case", "assunzione", worker(func(a *co.Anagrafica) { a.Cognome, a.Nome = "Fèrri", "Eléna" }), nil},
		{"ID-05 surname", "assunzione", worker(func(a *co.Anagrafica) { a.Cognome = "FERRARI" }), nil},
		{"ID-05 another surname", "assunzione", worker(func(a *co.Anagrafica) { a.Cognome = "VERRI" }), []string{"ID-05 " + workerCode}},
		{"ID-05 name", "assunzione", worker(func(a *co.Anagrafica) { a.Nome = "ELISA" }), []string{"ID-05 " + workerCode}},
		{"ID-05 sex", "assunzione", worker(func(a *co.Anagrafica) { a.Sesso = "M" }), []string{"ID-05 " + workerCode}},
		{"ID-05 birth", "assunzione", worker(func(a *co.Anagrafica) { a.Nascita.Data = "1988-12-03" }), []string{"ID-05 " + workerCode}},
		{"ID-05 birthplace", "assunzione", worker(func(a *co.Anagrafica) { a.Nascita.Comune = "L219" }), []string{"ID-05 " + workerCode}},
		{"ID-05 a birthplace that is no more is a warning", "assunzione", worker(func(a *co.Anagrafica) { a.Nascita.Comune = "A003" }),
			[]string{"ID-05* " + workerCode}},
		{"ID-05 so is a code of such a place", "assunzione", worker(func(a *co.Anagrafica) {
			a.CodiceFiscale, a.Nascita.Comune = "FRRLNE88C52Z118E", "Z158"
		}), []string{"ID-05* " + workerCode}},
		{"ID-05 but not a name that differs too", "assunzione", worker(func(a *co.Anagrafica) { a.Nascita.Comune, a.Nome = "A003", "ELISA" }),
			[]string{"ID-05 " + workerCode}},
		{"ID-05 holds for a numeric code, which some foreigners have for a while", "assunzione",
			worker(func(a *co.Anagrafica) { a.CodiceFiscale = "09638527417" }), nil},
		{"ID-05 a wrong check character is ID-01's alone", "assunzione", worker(func(a *co.Anagrafica) { a.CodiceFiscale, a.Nome = "FRRLNE88C52A271A", "ELISA" }),
			[]string{"ID-01 " + workerCode}},
		{"ID-05 second worker", "lavoro-ripartito", func(c *co.UniLav) { c.LavoratoreCoobbligato.AnagraficaCompleta.Nome = "LUCA" },
			[]string{"ID-05 " + secondCode}},
		{"ID-05 agency's worker", "unisomm/CO190701R1/assunzione", func(c *co.UniSomm) { c.Lavoratore.AnagraficaCompleta.Nome = "ELISA" },
			[]string{"ID-05 /UniSomm/Lavoratore/AnagraficaCompleta/codice-fiscale"}},

		{"ID-06 holds for the day after a birth", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Data, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "2026-03-08", "FRRLNE26C48A271U"
		}, []string{"ETA-02* " + workerBirth}},
		{"ID-06 born on the first day", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Data, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "2026-03-09", "FRRLNE26C49A271W"
		}, []string{"ETA-02* " + workerBirth, "ID-06 " + workerBirth}},
		{"ID-06 holds for a hundred years", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Data, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "1926-03-09", "FRRLNE26C49A271W"
		}, []string{"ETA-02* " + workerBirth}},
		{"ID-06 a hundred years and a day", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Data, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "1926-03-08", "FRRLNE26C48A271U"
		}, []string{"ETA-02* " + workerBirth, "ID-06 " + workerBirth}},
		{"ID-06 termination", "cessazione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Data, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "2026-03-09", "FRRLNE26C49A271W"
		}, []string{"ID-06 " + workerBirth}},

		{"ID-07 holds for a person who employs another", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.CodiceFiscale = "BRNMRC79T07L219Y" }, nil},
		{"ID-07 worker and employer", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.CodiceFiscale = "FRRLNE88C52A271X" }, []string{"ID-07 " + workerCode}},
		{"ID-07 through omocodia", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.CodiceFiscale = "FRRLNE88C52A27MP" }, []string{"ID-07 " + workerCode}},
		{"ID-07 holds for two workers", "lavoro-ripartito", func(*co.UniLav) {}, nil},
		{"ID-07 one worker twice", "lavoro-ripartito", func(c *co.UniLav) {
			*c.LavoratoreCoobbligato.AnagraficaCompleta = *c.Lavoratore.AnagraficaCompleta
		}, []string{"ID-07 " + secondCode}},
		{"ID-07 agency", "unisomm/CO190701R1/assunzione", func(c *co.UniSomm) { c.AgenziaSomministrazione.CodiceFiscale = "FRRLNE88C52A271X" },
			[]string{"ID-07 /UniSomm/Lavoratore/AnagraficaCompleta/codice-fiscale"}},
	}
}

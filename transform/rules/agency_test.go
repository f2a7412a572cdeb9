package rules

import (
	"github.com/snodo-co/snodo/transform/co"
)

// onSomm names a sample of UNISOMM.
func onSomm(name string) string { return "unisomm/CO190701R1/" + name }

// agencyCases break the rules of the agency and the user firm; missionCases,
// those of mission and variation.
func agencyCases() []ruleCase {
	type doc = co.UniSomm
	firm := func(edit func(*co.DittaUtilizzatrice)) func(*doc) {
		return func(c *doc) { edit(c.DittaUtilizzatrice) }
	}
	agency := func(edit func(*co.AgenziaSomministrazione)) func(*doc) {
		return func(c *doc) { edit(&c.AgenziaSomministrazione) }
	}
	change := func(variation co.CodiceVariazione, code co.CodiceTrasformazione) func(*doc) {
		return func(c *doc) {
			c.DatiVariazione.CodiceVariazione, c.DatiVariazione.DatiTrasformazione.CodiceTrasformazione = variation, code
		}
	}
	// The end of a relationship of before 2013, of a type of those days.
	old := func(kind co.TipologiaContrattuale, end co.Data) func(*doc) {
		return func(c *doc) {
			r, u := &c.AgenziaSomministrazione.RapportoAgenziaSomm, c.DittaUtilizzatrice
			r.TipologiaContrattuale, r.DataInizioSomm, r.DataFineSomm, r.IndennitaDisponibilita = kind, "2012-06-01", "2026-03-31", ""
			u.DataInizioContrattoSomm, u.DataFineContrattoSomm, c.Mission().DataInizioMissione = "2012-06-01", end, "2012-06-01"
			c.DatiVariazione.CodiceVariazione = "4.02"
		}
	}
	code := "/UniSomm/AgenziaSomministrazione/@codiceFiscale"
	firmCode, firmPlace, firmCap := "/UniSomm/DittaUtilizzatrice/@codiceFiscale", "/UniSomm/DittaUtilizzatrice/SedeLegale/Comune", "/UniSomm/DittaUtilizzatrice/SedeLegale/cap"
	changed := "/UniSomm/DatiVariazione/DatiTrasformazione/@codiceTrasformazione"
	return append([]ruleCase{
		{"ID-01 agency that is a person", onSomm("assunzione"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "SLVPTR65H12H501N" }), []string{"ID-01 " + code}},
		{"ID-01 holds for an agency that is a person", onSomm("assunzione"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "SLVPTR65H12H501M" }), nil},
		{"ID-04 agency", onSomm("assunzione"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "07351628403" }), []string{"ID-04 " + code}},
		{"ID-04 user firm", onSomm("fine-missione"), firm(func(u *co.DittaUtilizzatrice) { u.CodiceFiscale = "09638527418" }), []string{"ID-04 " + firmCode}},

		{"ID-08", onSomm("assunzione"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "FR40303265045" }), []string{"ID-08 " + code}},
		{"ID-08 holds for a foreign agency", onSomm("agenzia-estera"), func(*doc) {}, nil},
		{"ID-09 a state outside the Union", onSomm("agenzia-estera"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "GB40303265045" }), []string{"ID-09 " + code}},
		{"ID-09 Italy", onSomm("agenzia-estera"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "IT07351628404" }), []string{"ID-09 " + code}},
		{"ID-09 an Italian code", onSomm("agenzia-estera"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "07351628404" }), []string{"ID-09 " + code}},
		{"ID-09 letters that are two states'", onSomm("agenzia-estera"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "TB40303265045" }), []string{"ID-09 " + code}},
		{"ID-09 holds for Greece", onSomm("agenzia-estera"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "EL094019245" }), nil},
		{"ID-09 holds for a code like a person's", onSomm("agenzia-estera"), agency(func(a *co.AgenziaSomministrazione) { a.CodiceFiscale = "FRRLNE88C52A272A" }), nil},

		{"AZ-06 in Piemonte", onSomm("assunzione-e-missione"), func(c *doc) {
			c.AgenziaSomministrazione.NumeroIscrizioneAlbo, c.DittaUtilizzatrice.SedeLavoro.Comune = "000042/2005", "L219"
		}, []string{"AZ-06* /UniSomm/AgenziaSomministrazione/@numeroIscrizioneAlbo"}},
		{"AZ-06 a day that is none", onSomm("assunzione-e-missione"), func(c *doc) {
			c.AgenziaSomministrazione.NumeroIscrizioneAlbo, c.DittaUtilizzatrice.SedeLavoro.Comune = "000000421731/02/2005", "L219"
		}, []string{"AZ-06* /UniSomm/AgenziaSomministrazione/@numeroIscrizioneAlbo"}},
		{"AZ-06 letters of more than one byte", onSomm("assunzione-e-missione"), func(c *doc) {
			c.AgenziaSomministrazione.NumeroIscrizioneAlbo, c.DittaUtilizzatrice.SedeLavoro.Comune = "àèìòùàèìòùàèìòùàèìòù", "L219"
		}, []string{"AZ-06* /UniSomm/AgenziaSomministrazione/@numeroIscrizioneAlbo"}},
		{"AZ-06 holds in Piemonte", onSomm("assunzione-e-missione"), firm(func(u *co.DittaUtilizzatrice) { u.SedeLavoro.Comune = "L219" }), nil},
		{"AZ-06 holds elsewhere", onSomm("assunzione-e-missione"), agency(func(a *co.AgenziaSomministrazione) { a.NumeroIscrizioneAlbo = "000042/2005" }), nil},

		{"AZ-07 no code", onSomm("fine-missione"), firm(func(u *co.DittaUtilizzatrice) { u.CodiceFiscale = "" }), []string{"AZ-07 " + firmCode}},
		{"AZ-07 the agency itself", onSomm("fine-missione"), firm(func(u *co.DittaUtilizzatrice) { u.CodiceFiscale = "07351628404" }), []string{"AZ-07 " + firmCode}},
		{"AZ-07 seat abroad", onSomm("fine-missione"), firm(func(u *co.DittaUtilizzatrice) { u.SedeLegale.Comune, u.SedeLegale.Cap = "Z112", "" }), []string{"AZ-07 " + firmPlace}},
		{"AZ-07 no CAP", onSomm("fine-missione"), firm(func(u *co.DittaUtilizzatrice) { u.SedeLegale.Cap = "" }), []string{"AZ-07 " + firmCap}},
		{"AZ-07 holds for a firm that says it is not foreign", onSomm("proroga-rapporto-e-missione"), func(*doc) {}, nil},
		{"AZ-07 holds for a foreign firm", onSomm("utilizzatrice-estera"), func(*doc) {}, nil},
		{"AZ-07 foreign with a code", onSomm("utilizzatrice-estera"), firm(func(u *co.DittaUtilizzatrice) { u.CodiceFiscale = "09638527417" }), []string{"AZ-07 " + firmCode}},
		{"AZ-07 foreign, outside the Union, with a CAP", onSomm("utilizzatrice-estera"),
			firm(func(u *co.DittaUtilizzatrice) { u.SedeLegale.Comune, u.SedeLegale.Cap = "Z114", "10115" }), []string{"AZ-07 " + firmPlace, "AZ-07 " + firmCap}},
		{"AZ-07 foreign with a seat in Italy", onSomm("utilizzatrice-estera"), firm(func(u *co.DittaUtilizzatrice) { u.SedeLegale.Comune = "H501" }), []string{"AZ-07 " + firmPlace}},
		{"AZ-07 holds for Czechia", onSomm("utilizzatrice-estera"), firm(func(u *co.DittaUtilizzatrice) { u.SedeLegale.Comune = "Z156" }), nil},

		{"AZ-08", onSomm("fine-missione"), old("A.06.01", ""), []string{"AZ-08 /UniSomm/DittaUtilizzatrice/@dataFineContrattoSomm"}},
		{"AZ-08 on call", onSomm("fine-missione"), old("A.05.01", ""), []string{"AZ-08 /UniSomm/DittaUtilizzatrice/@dataFineContrattoSomm"}},
		{"AZ-08 holds with an end", onSomm("fine-missione"), old("A.06.01", "2026-03-31"), nil},
		{"AZ-08 holds for a type of today", onSomm("apprendistato"), func(*doc) {}, nil},

		{"TRS-11 FI", onSomm("trasformazione"), change("3.02", "FI"), []string{"TRS-11 " + changed}},
		{"TRS-11 PV", onSomm("trasformazione-in-missione"), change("3.01", "PV"), []string{"TRS-11 " + changed}},
		{"TRS-11 DL", onSomm("trasferimento-agenzia"), change("3.04", "DL"), []string{"TRS-11 " + changed}},
		{"TRS-11 TL in place", onSomm("trasformazione"), change("3.02", "TL"), []string{"TRS-11 " + changed}},
		{"TRS-11 holds for TL elsewhere", onSomm("trasferimento-agenzia"), change("3.04", "TL"), nil},
		{"TRS-11 AI of today is a warning", onSomm("trasformazione"), change("3.02", "AI"), []string{"TRS-11* " + changed}},
	}, missionCases()...)
}

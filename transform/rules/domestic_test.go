package rules

import "github.com/snodo-co/snodo/transform/co"

func domesticCases() []ruleCase {
	const person, body = "unidom/CO190701R1/persona", "unidom/CO190701R1/ente"
	name := []string{"AZ-09 /UniDom/DatoreDomestico/@denominazione"}
	return []ruleCase{
		{"AZ-09 holds for a person", person, func(*co.UniDom) {}, nil},
		{"AZ-09 holds for an organisation", body, func(*co.UniDom) {}, nil},
		{"AZ-09 neither", body, func(c *co.UniDom) { c.DatoreDomestico.Denominazione = "" }, name},
		{"AZ-09 both", person, func(c *co.UniDom) { c.DatoreDomestico.Denominazione = "Casa" }, name},
		{"AZ-09 organisation with a surname", body, func(c *co.UniDom) { c.DatoreDomestico.Cognome = "MONTI" }, name},
		{"AZ-09 no first name", person, func(c *co.UniDom) { c.DatoreDomestico.Nome = "" }, []string{"AZ-09 /UniDom/DatoreDomestico/@nome"}},
		{"AZ-09 no surname", person, func(c *co.UniDom) { c.DatoreDomestico.Cognome = "" }, []string{"AZ-09 /UniDom/DatoreDomestico/@cognome"}},

		{"DOM-90 holds for domestic work", body, func(c *co.UniDom) { c.InizioRapporto.TipologiaContrattuale = "A.04.02" }, nil},
		{"DOM-90 is a warning", body, func(c *co.UniDom) { c.InizioRapporto.TipologiaContrattuale = "A.01.00" },
			[]string{"DOM-90* /UniDom/InizioRapporto/@TipologiaContrattuale"}},

		{"REL-02 of UNIDOM", person, func(c *co.UniDom) { c.InizioRapporto.DataFine = "2076-03-10" }, []string{"REL-02 /UniDom/InizioRapporto/@dataFine"}},
		{"REL-02 of UNIDOM holds for fifty years", person, func(c *co.UniDom) { c.InizioRapporto.DataFine = "2076-03-09" }, nil},
		{"ID-05 of UNIDOM", person, func(c *co.UniDom) { c.Lavoratore.AnagraficaCompleta.Sesso = "M" },
			[]string{"ID-05 /UniDom/Lavoratore/AnagraficaCompleta/codice-fiscale"}},

		{"ENV-01 of UNIDOM", person, func(c *co.UniDom) { c.TipoComunicazione = "10" }, []string{"ENV-01 /UniDom/TipoComunicazione"}},
		{"ENV-03 of UNIDOM", "unidom/CO190701R1/rettifica", func(c *co.UniDom) { c.TipoComunicazione = "01" },
			[]string{"ENV-03 /UniDom/@codiceComunicazionePrec"}},
		{"ID-04 of UNIDOM", body, func(c *co.UniDom) { c.DatoreDomestico.CodiceFiscale = "07299110581" },
			[]string{"ID-04 /UniDom/DatoreDomestico/@codiceFiscale"}},
	}
}

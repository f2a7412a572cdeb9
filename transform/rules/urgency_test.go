package rules

import "github.com/snodo-co/snodo/transform/co"

func urgencyCases() []ruleCase {
	const plain, delegate = "uniurg/CO130131/ordinaria", "uniurg/CO130131/delegato"
	return []ruleCase{
		{"URG-01 e-mail", plain, func(c *co.UniUrg) { c.EMailDelegato = "" }, []string{"URG-01 /UniUrg/@e-mailDelegato"}},
		{"URG-01 holds for a short reason", plain, func(c *co.UniUrg) { c.MotivoUrgenza = "x" }, nil},
		{"URG-01 reason", plain, func(c *co.UniUrg) { c.MotivoUrgenza = " \t" }, []string{"URG-01 /UniUrg/@motivoUrgenza"}},
		{"URG-01 names", delegate, func(c *co.UniUrg) {
			c.Lavoratore.Cognome, c.Lavoratore.Nome, c.DatoreLavoro.Denominazione = " ", " ", " "
		},
			[]string{"URG-01 /UniUrg/DatoreLavoro/@denominazione", "URG-01 /UniUrg/Lavoratore/cognome", "URG-01 /UniUrg/Lavoratore/nome"}},

		{"URG-90 holds for 04", "uniurg/CO130131/annullamento", func(*co.UniUrg) {}, nil},
		{"URG-90 holds for 03", "uniurg/CO130131/annullamento", func(c *co.UniUrg) { c.TipoComunicazione = "03" }, nil},
		{"URG-90 of what follows", "uniurg/CO130131/annullamento", func(c *co.UniUrg) { c.TipoComunicazione = "07" }, []string{"URG-90 /UniUrg/TipoComunicazione"}},
		{"URG-90 tourism that follows", "uniurg/CO130131/turismo", func(c *co.UniUrg) { c.TipoComunicazione = "09" }, []string{"URG-90 /UniUrg/TipoComunicazione"}},
		{"ENV-03 of an urgency", "uniurg/CO130131/annullamento", func(c *co.UniUrg) { c.TipoComunicazione = "01" }, []string{"ENV-03 /UniUrg/@codiceComunicazionePrec"}},
		{"ID-01 of an urgent worker", plain, func(c *co.UniUrg) { c.Lavoratore.CodiceFiscale = "FRRLNE88C52A271W" }, []string{"ID-01 /UniUrg/Lavoratore/codice-fiscale"}},
	}
}

package rules

import "github.com/snodo-co/snodo/transform/co"

func envelopeCases() []ruleCase {
	const previous, description, delegate = "/UniLav/@codiceComunicazionePrec", "/UniLav/@descrizioneForzaMaggiore", "/UniLav/@delegato"
	return []ruleCase{
		{"ENV-06 holds without a code", "assunzione", func(c *co.UniLav) { c.TipoComunicazione = "08" }, nil},
		{"ENV-06 holds for zeros", "rettifica", func(c *co.UniLav) { c.TipoComunicazione, c.CodiceComunicazionePrec = "08", co.Zero }, nil},
		{"ENV-06 holds for a region and zeros", "rettifica", func(c *co.UniLav) {
			c.TipoComunicazione, c.CodiceComunicazionePrec = "08", "1300000000000000"
		}, nil},
		{"ENV-06", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "08" }, []string{"ENV-06 " + previous}},

		{"ENV-07 holds with a code", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "09" }, nil},
		{"ENV-07 without", "assunzione", func(c *co.UniLav) { c.TipoComunicazione = "09" }, []string{"ENV-07 " + previous}},
		{"ENV-07 zeros", "rettifica", func(c *co.UniLav) { c.TipoComunicazione, c.CodiceComunicazionePrec = "09", co.Zero }, []string{"ENV-07 " + previous}},

		{"ENV-08 holds", "forza-maggiore-agricoltura", func(*co.UniLav) {}, nil},
		{"ENV-08 not described", "forza-maggiore-agricoltura", func(c *co.UniLav) { c.DescrizioneForzaMaggiore = "" }, []string{"ENV-08 " + description}},
		{"ENV-08 described without", "forza-maggiore-agricoltura", func(c *co.UniLav) { c.AssunzioneForzaMaggiore = "NO" }, []string{"ENV-08* " + description}},

		{"ENV-09 holds with a delegate", "assunzione-parziale", func(*co.UniLav) {}, nil},
		{"ENV-09 holds without one", "assunzione", func(*co.UniLav) {}, nil},
		{"ENV-09 no mail", "assunzione", func(c *co.UniLav) { c.EMailDelegato = "" }, []string{"ENV-09 /UniLav/@e-mailDelegato"}},
		{"ENV-09 no kind", "assunzione-parziale", func(c *co.UniLav) { c.TipoDelegato = "" }, []string{"ENV-09* /UniLav/@tipoDelegato"}},
		{"ENV-09 of domestic work", "unidom/CO190701R1/persona", func(c *co.UniDom) { c.EMailDelegato = "" }, []string{"ENV-09 /UniDom/@e-mailDelegato"}},
		{"ENV-09 of seafarers", "unimare/CO190701R1/imbarco", func(c *co.UniMare) { c.EMailDelegato = "" }, []string{"ENV-09 /UniMare/@e-mailDelegato"}},
		{"ENV-09 of a prospetto", "unipi/PIDISABILI001600/minimo", func(c *co.Prospetto) { c.EMailDelegato = "" }, []string{"ENV-09 /prospetto/@e-mailDelegato"}},
		{"ENV-09 of an urgency, no kind", "uniurg/CO130131/delegato", func(c *co.UniUrg) { c.TipoDelegato = "" }, []string{"ENV-09* /UniUrg/@tipoDelegato"}},
		{"ENV-09 no code", "assunzione-parziale", func(c *co.UniLav) { c.Delegato = "" }, []string{"ENV-09* " + delegate}},
	}
}

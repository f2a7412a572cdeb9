package rules

import "github.com/snodo-co/snodo/transform/co"

func seafarerCases() []ruleCase {
	const aboard, ashore = "unimare/CO190701R1/imbarco", "unimare/CO190701R1/terra"
	return []ruleCase{
		{"MAR-90 holds aboard", aboard, func(c *co.UniMare) { c.DatoreLavoro.RapportoTerraComandata = "NO" }, nil},
		{"MAR-90 holds ashore", ashore, func(*co.UniMare) {}, nil},
		{"MAR-90 neither is a warning", aboard, func(c *co.UniMare) { c.DatoreLavoro.Nave = nil }, []string{"MAR-90* /UniMare/DatoreLavoro"}},
		{"MAR-90 both", ashore, func(c *co.UniMare) { c.DatoreLavoro.Nave = &co.Nave{} }, []string{"MAR-90* /UniMare/DatoreLavoro"}},
		{"MAR-90 duty ashore aboard", aboard, func(c *co.UniMare) { c.DatoreLavoro.RapportoTerraComandata = "SI" },
			[]string{"MAR-90* /UniMare/DatoreLavoro/Nave"}},
		{"MAR-90 no duty ashore", ashore, func(c *co.UniMare) { c.DatoreLavoro.RapportoTerraComandata = "NO" },
			[]string{"MAR-90* /UniMare/DatoreLavoro/SedeTerra"}},

		{"ENV-08 of UNIMARE", ashore, func(c *co.UniMare) { c.DescrizioneForzaMaggiore = "" }, []string{"ENV-08 /UniMare/@descrizioneForzaMaggiore"}},
		{"AZ-02 of a seat ashore in Italy", ashore, func(c *co.UniMare) { c.DatoreLavoro.SedeTerra.Cap = "" }, []string{"AZ-02 /UniMare/DatoreLavoro/SedeTerra/cap"}},
		{"AZ-02 of a seat ashore abroad", ashore, func(c *co.UniMare) { c.DatoreLavoro.SedeTerra.Comune = "Z112" },
			[]string{"AZ-02 /UniMare/DatoreLavoro/SedeTerra/cap"}},
		{"REL-02 of UNIMARE holds for one day", aboard, func(c *co.UniMare) { c.InizioRapporto.DataFine = "2026-03-09" }, nil},
		{"REL-02 of UNIMARE", aboard, func(c *co.UniMare) { c.InizioRapporto.DataFine = "2026-03-08" }, []string{"REL-02 /UniMare/InizioRapporto/@dataFine"}},
		{"ID-05 of UNIMARE", aboard, func(c *co.UniMare) { c.Lavoratore.AnagraficaCompleta.Cognome = "ROSSI" },
			[]string{"ID-05 /UniMare/Lavoratore/AnagraficaCompleta/codice-fiscale"}},
		{"a cause that is not listed", "unimare/CO190701R1/sbarco", func(c *co.UniMare) { c.Cessazione.CodiceCausa = "QQ" },
			[]string{"COD-01* /UniMare/Cessazione/@codiceCausa"}},

		{"ENV-04 of UNIMARE", aboard, func(c *co.UniMare) { c.CodiceComunicazione = "1" }, []string{"ENV-04 /UniMare/@codiceComunicazione"}},
		{"ENV-90 of UNIMARE", "unimare/CO190701R1/trasformazione", func(c *co.UniMare) { c.CodiceComunicazionePrec = "090102600000003X" },
			[]string{"ENV-90 /UniMare/@codiceComunicazionePrec"}},
		{"ID-01 of UNIMARE", aboard, func(c *co.UniMare) { c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "CSTNCL84E23D969D" },
			[]string{"ID-01 /UniMare/Lavoratore/AnagraficaCompleta/codice-fiscale"}},
		{"ID-04 of the host", ashore, func(c *co.UniMare) { c.DatoreLavoro.DatoreDistaccatario.CodiceFiscale = "07299110581" },
			[]string{"ID-04 /UniMare/DatoreLavoro/DatoreDistaccatario/@codiceFiscale"}},
	}
}

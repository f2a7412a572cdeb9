package rules

import "github.com/snodo-co/snodo/transform/co"

const (
	laoSamples  = "lao/LAO2026R1/"
	cigdSamples = "cigd/CIGD2026R1/"
)

func laoCases() []ruleCase {
	const preventiva, ue, extraUE = laoSamples + "preventiva", laoSamples + "preventiva-ue", laoSamples + "preventiva-extra-ue"
	const variazione, annullamento = laoSamples + "variazione", laoSamples + "annullamento"
	start := func(day co.Data) func(*co.Lao) { return func(c *co.Lao) { c.RapportoDiLavoro.DataInizio = day } }
	return []ruleCase{
		{"LAO-01 holds on the day of sending", preventiva, start(today), nil},
		{"LAO-01 the day before", preventiva, start("2026-03-01"), []string{"LAO-01 /Lao/RapportoDiLavoro/DataInizio"}},
		{"LAO-01 holds for a variation", variazione, start("2026-02-20"), nil},

		{"LAO-02 holds on the first day", annullamento, start(today), nil},
		{"LAO-02 the day after", annullamento, start("2026-03-01"), []string{"LAO-02 /Lao/DatiInvio/TipoComunicazione"}},

		{"LAO-03 variation", variazione, func(c *co.Lao) { c.CodiceComunicazionePrec = "" }, []string{"LAO-03 /Lao/@codiceComunicazionePrec"}},
		{"LAO-03 annulment of sixteen zeros", annullamento, func(c *co.Lao) { c.CodiceComunicazionePrec = co.Zero },
			[]string{"LAO-03 /Lao/@codiceComunicazionePrec"}},
		{"LAO-03 holds for a new one", preventiva, func(*co.Lao) {}, nil},

		{"LAO-04", preventiva, func(c *co.Lao) { c.CodiceComunicazionePrec = "1104226000000417" }, []string{"LAO-04 /Lao/@codiceComunicazionePrec"}},
		{"LAO-04 holds for sixteen zeros", preventiva, func(c *co.Lao) { c.CodiceComunicazionePrec = co.Zero }, nil},

		{"LAO-05 Italian abroad", preventiva, func(c *co.Lao) {
			c.LavoratoreAutonomo.Domicilio = co.Domicilio{Estero: &co.DomicilioEstero{Stato: "Z110", CittaEstera: "Lyon"}}
		}, []string{"LAO-05 /Lao/LavoratoreAutonomo/Domicilio/Estero"}},
		{"LAO-05 foreigner in a comune", ue, func(c *co.Lao) {
			c.LavoratoreAutonomo.Domicilio = co.Domicilio{Italia: &co.DomicilioItaliano{Comune: "A271"}}
		}, []string{"LAO-05 /Lao/LavoratoreAutonomo/Domicilio/Italia"}},
		{"LAO-05 holds for a foreigner abroad", extraUE, func(*co.Lao) {}, nil},

		{"LAO-06 Italian with a permit", preventiva, func(c *co.Lao) {
			c.LavoratoreAutonomo.DocumentoIdentita = nil
			c.LavoratoreAutonomo.PermessoDiSoggiorno = &co.ExtraCE{DataScadenzaPS: "2027-01-15", MotivoPermesso: "LAVOR", TipoDocumento: "1"}
		}, []string{"LAO-06 /Lao/LavoratoreAutonomo/PermessoDiSoggiorno"}},
		{"LAO-06 citizen of the Union with a permit", ue, func(c *co.Lao) {
			c.LavoratoreAutonomo.DocumentoIdentita = nil
			c.LavoratoreAutonomo.PermessoDiSoggiorno = &co.ExtraCE{DataScadenzaPS: "2027-01-15", MotivoPermesso: "LAVOR", TipoDocumento: "1"}
		}, []string{"LAO-06 /Lao/LavoratoreAutonomo/PermessoDiSoggiorno"}},
		{"LAO-06 holds for a citizen of the Union", ue, func(*co.Lao) {}, nil},
		{"LAO-06 from outside with an identity document", extraUE, func(c *co.Lao) {
			c.LavoratoreAutonomo.PermessoDiSoggiorno = nil
			c.LavoratoreAutonomo.DocumentoIdentita = &co.DocumentoIdentita{Tipo: "passaporto", Numero: "1"}
		}, []string{"LAO-06 /Lao/LavoratoreAutonomo/DocumentoIdentita"}},

		{"LAO-06 holds for a Swiss with an identity document", ue, func(c *co.Lao) { c.LavoratoreAutonomo.Anagrafica.Cittadinanza = "241" }, nil},
		{"LAO-06 holds for a Swiss with a permit", extraUE, func(c *co.Lao) { c.LavoratoreAutonomo.Anagrafica.Cittadinanza = "241" }, nil},
		{"LAO-06 a Briton with an identity document is a warning", ue, func(c *co.Lao) { c.LavoratoreAutonomo.Anagrafica.Cittadinanza = "219" },
			[]string{"LAO-06* /Lao/LavoratoreAutonomo/DocumentoIdentita"}},

		{"LAO-07", preventiva, func(c *co.Lao) { c.Committente.CodiceFiscale = "FRRLNE88C52A271X" },
			[]string{"LAO-07 /Lao/LavoratoreAutonomo/Anagrafica/codice-fiscale"}},
		{"LAO-07 by another code of the same person", preventiva, func(c *co.Lao) { c.Committente.CodiceFiscale = "FRRLNE88C52A27MP" },
			[]string{"LAO-07 /Lao/LavoratoreAutonomo/Anagrafica/codice-fiscale"}},
		{"LAO-07 holds for another person", preventiva, func(c *co.Lao) { c.Committente.CodiceFiscale = "BRNMRC79T07L219Y" }, nil},

		{"ID-05 LAO", preventiva, func(c *co.Lao) { c.LavoratoreAutonomo.Anagrafica.Nome = "ELISA" },
			[]string{"ID-05 /Lao/LavoratoreAutonomo/Anagrafica/codice-fiscale"}},
		{"ID-05 LAO variation", variazione, func(c *co.Lao) { c.LavoratoreAutonomo.Anagrafica.Nome = "ELISA" },
			[]string{"ID-05 /Lao/LavoratoreAutonomo/Anagrafica/codice-fiscale"}},
		{"ID-05 holds for an annulment of LAO, which repeats what was sent", annullamento, func(c *co.Lao) { c.LavoratoreAutonomo.Anagrafica.Nome = "ELISA" }, nil},

		{"ID-10 LAO workplace", preventiva, func(c *co.Lao) { c.RapportoDiLavoro.SediDiLavoro.SedeDiLavoro[1].Comune = suppressedComune },
			[]string{"ID-10 /Lao/RapportoDiLavoro/SediDiLavoro/SedeDiLavoro[2]/Comune"}},

		{"ENV-01 and ENV-03 hold for the types of LAO", variazione, func(*co.Lao) {}, nil},
		{"ENV-04 LAO", preventiva, func(c *co.Lao) { c.CodiceComunicazione = "1104226000000417" }, []string{"ENV-04 /Lao/@codiceComunicazione"}},
		{"ENV-90 LAO", variazione, func(c *co.Lao) { c.CodiceComunicazionePrec = "110422600000041X" }, []string{"ENV-90 /Lao/@codiceComunicazionePrec"}},
		{"ID-01 LAO", preventiva, func(c *co.Lao) { c.DatiInvio.CodiceFiscaleCompilatore = "SLVPTR65H12H501A" },
			[]string{"ID-01 /Lao/DatiInvio/CodiceFiscaleCompilatore"}},

		{"CIGD-01 holds for one day", cigdSamples + "richiesta", func(c *co.Cigd) { c.Periodo.Al = c.Periodo.Dal }, nil},
		{"CIGD-01", cigdSamples + "richiesta", func(c *co.Cigd) { c.Periodo.Al = "2026-03-08" }, []string{"CIGD-01 /Cigd/Periodo/@al"}},
		{"ENV-04 CIGD", cigdSamples + "richiesta", func(c *co.Cigd) { c.CodiceComunicazione = "1" }, []string{"ENV-04 /Cigd/@codiceComunicazione"}},
	}
}

// suppressedComune was in force until 2019.
const suppressedComune = "A199"

package rules

import (
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
)

func prospettoCases() []ruleCase {
	const sent, rectified, annulled = "unipi/PIDISABILI001600/minimo", "unipi/PIDISABILI001600/rettifica", "unipi/PIDISABILI001600/annullamento"
	tipo, previous := []string{"RET-06 /prospetto/tipocomunicazione"}, []string{"RET-06 /prospetto/@codicecomunicazioneprecedente"}
	hirings := []string{"UPI-91 /prospetto/quadro1/datiprospetto/nessunaassunzioneaggiuntiva"}
	tipoOf := func(to co.TipoComunicazione) func(*co.Prospetto) {
		return func(c *co.Prospetto) { c.TipoComunicazione = to }
	}
	previousOf := func(to co.CodiceComunicazione) func(*co.Prospetto) {
		return func(c *co.Prospetto) { c.CodiceComunicazionePrecedente = to }
	}
	return []ruleCase{
		{"RET-06 holds for a sending", sent, tipoOf("01"), nil},
		{"RET-06 holds for a rectification", rectified, tipoOf("02"), nil},
		{"RET-06 holds for an annulment", annulled, tipoOf("03"), nil},
		{"RET-06 04, a type of other kinds", annulled, tipoOf("04"), tipo},
		{"RET-06 00", sent, tipoOf("00"), tipo},
		{"RET-06 rectification of nothing", rectified, previousOf(""), previous},
		{"RET-06 annulment of zeros", annulled, previousOf(co.Zero), previous},
		{"RET-06 sending after another", rectified, tipoOf("01"), previous},
		{"RET-06 holds for a sending after zeros", sent, previousOf("1000000000000000"), nil},

		{"ENV-04 of UNIPI", sent, func(c *co.Prospetto) { c.CodiceComunicazione = "1001526000000051" },
			[]string{"ENV-04 /prospetto/@codicecomunicazione"}},
		{"ENV-90 of UNIPI", rectified, previousOf("10015260000000X1"), []string{"ENV-90 /prospetto/@codicecomunicazioneprecedente"}},

		{"UPI-90 is a warning", sent, func(c *co.Prospetto) { c.Quadro1.DatiProspetto.DataRiferimento = "2025-12-30" },
			[]string{"UPI-90* /prospetto/quadro1/datiprospetto/datariferimento"}},
		{"UPI-90 holds with a time zone", sent, func(c *co.Prospetto) { c.Quadro1.DatiProspetto.DataRiferimento = "2025-12-31+01:00" }, nil},

		{"UPI-91 holds for nothing said", sent, func(c *co.Prospetto) { c.Quadro1.DatiProspetto.NessunaAssunzioneAggiuntiva = "" }, nil},
		{"UPI-91 N without dates", sent, func(c *co.Prospetto) { c.Quadro1.DatiProspetto.NessunaAssunzioneAggiuntiva = "N" }, hirings},
		{"UPI-91 S with dates", rectified, func(c *co.Prospetto) { c.Quadro1.DatiProspetto.NessunaAssunzioneAggiuntiva = "S" }, hirings},

		{"UPI-92 holds for all of them", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].PersonaleDipendente.DiCuiInForzaAl17012000 = "002"
		}, nil},
		{"UPI-92 is a warning", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[1].PersonaleDipendente.DiCuiInForzaAl17012000 = "1"
		}, []string{"UPI-92* /prospetto/quadro2[2]/personaledipendente/dicuiinforzaal17012000"}},

		{"REL-02 of UNIPI", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].LavoratoriComputabili[1].RapportoLavoro.DataFine = "2025-03-02"
		}, []string{"REL-02 /prospetto/quadro2[1]/lavoratoricomputabili[2]/rapportolavoro/datafine"}},
		{"ID-06 of UNIPI", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].LavoratoriComputabili[0].RapportoLavoro.DataInizio = "1969-04-11"
		}, []string{"ID-06 /prospetto/quadro2[1]/lavoratoricomputabili[1]/lavoratore/datanascita"}},
		{"ID-06 of UNIPI holds the day after", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].LavoratoriComputabili[0].RapportoLavoro.DataInizio = "1969-04-12"
		}, nil},
		{"a suppressed comune is good for a birth", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].LavoratoriComputabili[0].Lavoratore.ComuneNascita = "A003"
		}, nil},
		{"elsewhere it is a warning", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].PostiLavoro[0].ComuneAss = "A003"
		}, []string{"ID-10* /prospetto/quadro2[1]/postilavoro[1]/comuneass"}},
		{"a province that is not listed", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[1].DatiProvinciali.Provincia = "999"
		}, []string{"COD-01* /prospetto/quadro2[2]/datiprovinciali/provincia"}},
		{"a region that is not listed", "unipi/PIDISABILI001600/ente-pubblico", func(c *co.Prospetto) {
			c.Quadro1.AssunzioniPubblicaSelezione[1].Regione = "99"
		}, []string{"COD-01 /prospetto/quadro1/assunzionipubblicaselezione[2]/regione"}},
		{"ID-04 of the company that leads", rectified, func(c *co.Prospetto) { c.Quadro1.DatiProspetto.CFCapogruppo = "09123401541" },
			[]string{"ID-04 /prospetto/quadro1/datiprospetto/cfcapogruppo"}},
		{"ID-04 holds for a foreign one", rectified, func(c *co.Prospetto) {
			c.Quadro1.DatiProspetto.CFCapogruppo, c.Quadro1.DatiProspetto.CapogruppoEstera = "09123401541", "S"
		}, nil},

		{"ID-01 of the second worker who counts", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro2[0].LavoratoriComputabili[1].Lavoratore.CodiceFiscale = "TSTRTI95L59D612K"
		}, []string{"ID-01 /prospetto/quadro2[1]/lavoratoricomputabili[2]/lavoratore/codicefiscale"}},
		{"ID-04 of the declarant and of a company of the group", "unipi/PIDISABILI001600/completo", func(c *co.Prospetto) {
			c.Quadro1.DatiAziendali.Dichiarante.CodiceFiscale = "09123401541"
			c.Quadro2[0].Compensazioni[0].CodiceFiscaleAziendaGruppo = "08456704802"
		}, []string{"ID-04 /prospetto/quadro1/datiaziendali/dichiarante/codicefiscale",
			"ID-04 /prospetto/quadro2[1]/compensazioni[1]/codicefiscaleaziendagruppo"}},
	}
}

// prospettoOfSize repeats the workers of a sample until the document has about
// so many bytes.
func prospettoOfSize(t testing.TB, size int) []byte {
	t.Helper()
	c := decode(t, sample(t, "unipi/PIDISABILI001600/completo")).(*co.Prospetto)
	workers := c.Quadro2[0].LavoratoriComputabili
	write := func(n int) []byte {
		c.Quadro2[0].LavoratoriComputabili = nil
		for i := range n {
			c.Quadro2[0].LavoratoriComputabili = append(c.Quadro2[0].LavoratoriComputabili, workers[i%len(workers)])
		}
		content, err := transform.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	base := len(write(0))
	each := (len(write(len(workers))) - base) / len(workers)
	return write(max(0, (size-base)/each))
}

package transform

import (
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
)

const (
	italianComune  = `[A-Y][0-9]{3}`
	foreignState   = `Z[0-9]{3}`
	aboveZero      = `[1-9][0-9]{0,6}`
	laoEdition     = "LAO2026R1"
	cigdEdition    = "CIGD2026R1"
	mostWorkplaces = 4
)

var (
	laoID  = xsd.ID{Kind: co.LAO, Edition: laoEdition}
	cigdID = xsd.ID{Kind: co.CIGD, Edition: cigdEdition}
)

func drawLuogo(t *rapid.T) co.Luogo {
	return co.Luogo{Comune: like[co.CodiceComune](t, italianComune), Indirizzo: free(t, 100), Cap: like[string](t, `[0-9]{5}`)}
}

func drawLao(t *rapid.T) *co.Lao {
	c := &co.Lao{
		Versione:                laoEdition,
		CodiceComunicazione:     like[co.CodiceComunicazione](t, `[0-9]{1,16}`),
		CodiceComunicazionePrec: perhaps[co.CodiceComunicazione](t, `[0-9]{16}`),
		DataInvio:               instant(t),
		Committente: co.Committente{
			CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100), SedeLegale: optional(t, drawLuogo),
		},
		LavoratoreAutonomo: co.LavoratoreAutonomo{Anagrafica: drawAnagrafica(t)},
		RapportoDiLavoro: co.RapportoDiLavoro{
			DataInizio: date(t), Termine: like[string](t, `7|15|30`), Descrizione: free(t, 1000),
			CompensoStimato: like[string](t, `(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?`),
			SediDiLavoro:    co.SediDiLavoro{SedeDiLavoro: rapid.SliceOfN(rapid.Custom(drawLuogo), 1, mostWorkplaces).Draw(t, "workplaces")},
		},
		DatiInvio: co.DatiInvio{
			CodiceFiscaleCompilatore: like[co.CodiceFiscale](t, taxCodeForm), EMailCompilatore: like[string](t, mail),
			TipoComunicazione: like[co.TipoLao](t, `[PVA]`),
		},
	}
	if rapid.Bool().Draw(t, "permit") {
		permit := drawExtraCE(t)
		c.LavoratoreAutonomo.PermessoDiSoggiorno = &permit
	} else {
		c.LavoratoreAutonomo.DocumentoIdentita = &co.DocumentoIdentita{Tipo: free(t, 20), Numero: like[string](t, `[A-Z0-9]{1,15}`), DataScadenza: maybeDate(t)}
	}
	if rapid.Bool().Draw(t, "abroad") {
		c.LavoratoreAutonomo.Domicilio.Estero = &co.DomicilioEstero{Stato: like[co.CodiceComune](t, foreignState), CittaEstera: free(t, 50)}
	} else {
		c.LavoratoreAutonomo.Domicilio.Italia = &co.DomicilioItaliano{
			Comune: like[co.CodiceComune](t, italianComune), Indirizzo: perhaps[string](t, `[a-z 0-9]{1,100}`), Cap: perhaps[string](t, `[0-9]{5}`),
		}
	}
	return c
}

func drawCigd(t *rapid.T) *co.Cigd {
	return &co.Cigd{
		Intestazione: co.Intestazione{
			Versione:                cigdEdition,
			CodiceComunicazione:     like[co.CodiceComunicazione](t, `[0-9]{1,16}`),
			CodiceComunicazionePrec: perhaps[co.CodiceComunicazione](t, `[0-9]{16}`),
			DataInvio:               instant(t),
			Delegato:                perhaps[co.CodiceFiscale](t, taxCodeForm),
			TipoDelegato:            perhaps[co.TipoDelegato](t, `[0-9]{3}`),
			EMailDelegato:           like[string](t, mail),
			Protocollo:              like[string](t, `[0-9A-Z]{8}`),
		},
		Richiedente: co.Richiedente{
			CodiceFiscale: like[co.CodiceFiscale](t, taxCodeForm), Denominazione: free(t, 100), Sede: drawLuogo(t),
		},
		Periodo:          co.Periodo{Dal: date(t), Al: date(t)},
		NumeroLavoratori: like[string](t, aboveZero),
		OreRichieste:     like[string](t, aboveZero),
		Causale:          free(t, 1000),
	}
}

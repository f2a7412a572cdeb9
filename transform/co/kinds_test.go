package co

import "testing"

func TestUniMareParticulars(t *testing.T) {
	t.Parallel()
	for want, c := range map[Movimento]UniMare{
		ASS: {InizioRapporto: &RapportoMarittimo{}},
		PRO: {Proroga: &ProrogaMarittima{}},
		TRS: {Trasformazione: &TrasformazioneMarittima{}},
		CES: {Cessazione: &CessazioneMarittima{}},
		"":  {},
	} {
		if p := c.Particulars(); p != (Particulars{Movement: want}) {
			t.Errorf("%s: %+v", want, p)
		}
	}
	c := UniMare{Intestazione: Intestazione{CodiceComunicazionePrec: "0901026000000032"}, InizioRapporto: &RapportoMarittimo{DataInizio: "2026-03-09Z"}}
	c.Lavoratore.AnagraficaCompleta = &Anagrafica{CodiceFiscale: "CSTNCL84E23D969C"}
	c.DatoreLavoro.Nave = &Nave{LuogoIscrizione: "D969"}
	want := Particulars{Previous: "0901026000000032", Movement: ASS, Worker: "CSTNCL84E23D969C", Start: "2026-03-09", Workplace: "D969"}
	if p := c.Particulars(); p != want {
		t.Errorf("aboard: %+v", p)
	}
	c.DatoreLavoro.SedeTerra = &Sede{Comune: "L424"}
	if p := c.Particulars(); p.Workplace != "L424" {
		t.Errorf("ashore: %+v", p)
	}
}

func TestUniDomParticulars(t *testing.T) {
	t.Parallel()
	c := UniDom{Intestazione: Intestazione{CodiceComunicazionePrec: Zero}, InizioRapporto: RapportoDomestico{DataInizio: "2026-03-09"}}
	c.DatoreDomestico.CodiceFiscale = "MNTDAA48A57H501F"
	if p, want := c.Particulars(), (Particulars{Movement: ASS, Employer: "MNTDAA48A57H501F", Start: "2026-03-09"}); p != want {
		t.Errorf("read %+v", p)
	}
	c.Lavoratore.AnagraficaCompleta = &Anagrafica{CodiceFiscale: "PPORNI81H48Z129A"}
	if p := c.Particulars(); p.Worker != "PPORNI81H48Z129A" {
		t.Errorf("worker %+v", p)
	}
}

func TestProspettoParticulars(t *testing.T) {
	t.Parallel()
	c := Prospetto{CodiceComunicazione: Zero, CodiceComunicazionePrecedente: "1001526000000051", TipoComunicazione: UnipiRettifica}
	c.Quadro1.DatiProspetto.DataRiferimento = "2025-12-31"
	c.Quadro1.DatiAziendali.Dichiarante.CodiceFiscale = "09123401540"
	c.Quadro1.DatiAziendali.SedeLegale.ComuneSedeLegale = "F205"
	c.Quadro2 = make([]Quadro2, 2)
	c.Quadro2[0].DatiProvinciali.SedeRiferimento.Comune = "D612"
	want := Particulars{Code: Zero, Previous: "1001526000000051", Tipo: "02", Employer: "09123401540", Workplace: "F205"}
	if p := c.Particulars(); p != want {
		t.Errorf("read %+v", p)
	}
	c.Quadro1.DatiAziendali.SedeLegale.ComuneSedeLegale = "Z112"
	if p := c.Particulars(); p.Workplace != "D612" {
		t.Errorf("legal seat abroad: %+v", p)
	}
	c.Quadro2 = nil
	if p := c.Particulars(); p.Workplace != "Z112" {
		t.Errorf("no province: %+v", p)
	}
}

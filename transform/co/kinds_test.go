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
	c := UniMare{CodiceComunicazionePrec: "0901026000000032", InizioRapporto: &RapportoMarittimo{DataInizio: "2026-03-09Z"}}
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
	c := UniDom{CodiceComunicazionePrec: Zero, InizioRapporto: RapportoDomestico{DataInizio: "2026-03-09"}}
	c.DatoreDomestico.CodiceFiscale = "MNTDAA48A57H501F"
	if p, want := c.Particulars(), (Particulars{Movement: ASS, Employer: "MNTDAA48A57H501F", Start: "2026-03-09"}); p != want {
		t.Errorf("read %+v", p)
	}
	c.Lavoratore.AnagraficaCompleta = &Anagrafica{CodiceFiscale: "PPORNI81H48Z129A"}
	if p := c.Particulars(); p.Worker != "PPORNI81H48Z129A" {
		t.Errorf("worker %+v", p)
	}
}

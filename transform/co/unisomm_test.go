package co

import "testing"

func TestCodiceFiscaleInternazionale(t *testing.T) {
	t.Parallel()
	for code, c := range map[CodiceFiscaleInternazionale]struct {
		italian bool
		state   string
	}{
		"07351628404": {true, ""}, "FRRLNE88C52A271X": {true, "FR"}, "FR40303265045": {false, "FR"}, "DE1": {false, "DE"},
		"": {}, "FR": {}, "F1234": {}, "fr40303265045": {}, "FR 403": {}, "FR40303265É": {}, "0735162840": {},
	} {
		if code.Italian() != c.italian || code.State() != c.state {
			t.Errorf("%q: Italian %v, state %q", code, code.Italian(), code.State())
		}
	}
}

func TestUniSommMovement(t *testing.T) {
	t.Parallel()
	firm := &DittaUtilizzatrice{}
	for want, c := range map[Movimento]UniSomm{ASS: {}, ASSINIMIS: {DittaUtilizzatrice: firm}} {
		if got := c.Movement(); got != want {
			t.Errorf("%s without variation", got)
		}
	}
	for code, want := range map[CodiceVariazione]struct {
		movement Movimento
		mission  bool
	}{
		"2.01": {PRO, false}, "2.02": {PROPROMIS, true}, "2.03": {PROMIS, true},
		"3.01": {TRSTRSMIS, true}, "3.02": {TRS, false}, "3.03": {TRAMIS, true}, "3.04": {TRA, false},
		"4.01": {FINEMIS, true}, "4.02": {CES, false}, "2.04": {}, "1.01": {}, "": {}, "4.01 ": {},
	} {
		// What the code says holds with and without a mission.
		for _, firm := range []*DittaUtilizzatrice{nil, firm} {
			c := UniSomm{DittaUtilizzatrice: firm, DatiVariazione: &DatiVariazione{CodiceVariazione: code}}
			if got := c.Movement(); got != want.movement || got.OfMission() != want.mission {
				t.Errorf("%q: movement %q, of a mission %v", code, got, got.OfMission())
			}
		}
	}
}

func TestUniSommParticulars(t *testing.T) {
	t.Parallel()
	c := UniSomm{Intestazione: Intestazione{CodiceComunicazione: Zero, CodiceComunicazionePrec: "1300000000000000"}, TipoComunicazione: "01"}
	c.AgenziaSomministrazione = AgenziaSomministrazione{CodiceFiscale: "FR40303265045", SedeLavoro: Sede{Comune: "A271"},
		RapportoAgenziaSomm: RapportoAgenziaSomm{DataInizioSomm: "2026-02-02+01:00"}}
	c.Lavoratore.AnagraficaCompleta = &Anagrafica{CodiceFiscale: "FRRLNE88C52A271X"}
	want := Particulars{Code: Zero, Tipo: "01", Movement: ASS, Employer: "FR40303265045",
		Worker: "FRRLNE88C52A271X", Start: "2026-02-02", Workplace: "A271"}
	if got := c.Particulars(); got != want || c.Mission() != nil {
		t.Errorf("without mission %+v", got)
	}
	want.Movement = ASSINIMIS
	for place, workplace := range map[CodiceComune]CodiceComune{"L219": "L219", "Z110": "A271"} {
		c.DittaUtilizzatrice = &DittaUtilizzatrice{SedeLavoro: Sede{Comune: place}}
		want.Workplace = workplace
		if got := c.Particulars(); got != want || c.Mission() == nil {
			t.Errorf("mission at %s: %+v", place, got)
		}
	}
	if got, want := new(UniSomm).Particulars(), (Particulars{Movement: ASS}); got != want {
		t.Errorf("an empty communication: %+v", got)
	}
}

func TestUniSommEffect(t *testing.T) {
	t.Parallel()
	relationship := RapportoAgenziaSomm{DataInizioSomm: "2026-01-01", DataFineSomm: "2026-01-31"}
	mission := &DittaUtilizzatrice{InizioContratto: InizioContratto{Inizio: Missione{
		DataInizioMissione: "2026-02-01", DataFineMissione: "2026-02-28"}}}
	for name, c := range map[string]struct {
		mission *DittaUtilizzatrice
		change  *DatiVariazione
		want    Data
	}{
		"start":                {nil, nil, "2026-01-01"},
		"start and mission":    {mission, nil, "2026-02-01"},
		"extension":            {nil, &DatiVariazione{DatiProroga: &DatiProroga{"2026-05-05"}}, "2026-01-31"},
		"extension of mission": {mission, &DatiVariazione{DatiProroga: &DatiProroga{"2026-05-05"}}, "2026-02-28"},
		"transformation":       {mission, &DatiVariazione{DatiTrasformazione: &DatiTrasformazione{DataTrasformazione: "2026-03-03"}}, "2026-03-03"},
		"end":                  {nil, &DatiVariazione{DatiCessazione: &DatiCessazione{DataCessazione: "2026-04-04"}}, "2026-04-04"},
		"nothing":              {nil, &DatiVariazione{}, ""},
	} {
		u := UniSomm{DittaUtilizzatrice: c.mission, DatiVariazione: c.change}
		u.AgenziaSomministrazione.RapportoAgenziaSomm = relationship
		if got := u.Effect(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

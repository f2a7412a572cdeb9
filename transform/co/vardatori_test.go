package co

import "testing"

// TestParticularsOfOtherKinds: a change of employer is of no worker and belongs
// to the seat of the current employer; an urgency has no workplace.
func TestParticularsOfOtherKinds(t *testing.T) {
	t.Parallel()
	employer := DatoreAttuale{CodiceFiscale: "02758360412", Sede: Sede{Comune: "A271"}}
	transfer := &VarDatori{
		Intestazione: Intestazione{
			CodiceComunicazione: Zero, CodiceComunicazionePrec: "1104226000000417",
		}, TipoComunicazione: "03", DatoreAttuale: employer,
		TrasferimentoAzienda: &TrasferimentoAzienda{DataInizio: " 2026-03-09Z",
			SedeLavoro: []SedeTrasferita{{Sede: Sede{Comune: "L219"}, Lavoratori: make([]RapportoTrasferito, 1)}}},
	}
	name := &VarDatori{
		Intestazione: Intestazione{CodiceComunicazionePrec: "1100000000000000"}, DatoreAttuale: employer,
		VariazioneRagioneSociale: &VariazioneRagioneSociale{DataVariazione: "2026-04-01"},
	}
	urgency := &UniUrg{
		Intestazione: Intestazione{CodiceComunicazione: Zero}, TipoComunicazione: "01", DataInizioRapporto: "2026-03-02",
		DatoreLavoro: DatoreUrgenza{CodiceFiscale: "02758360412"}, Lavoratore: DatiLavoratore{CodiceFiscale: "FRRLNE88C52A271X"},
	}
	for _, c := range []struct {
		doc  Comunicazione
		kind string
		want Particulars
	}{
		{transfer, VARDATORI, Particulars{Code: Zero, Previous: "1104226000000417", Tipo: "03", Employer: "02758360412", Start: "2026-03-09", Workplace: "A271"}},
		{name, VARDATORI, Particulars{Employer: "02758360412", Start: "2026-04-01", Workplace: "A271"}},
		{&VarDatori{}, VARDATORI, Particulars{}},
		{urgency, UNIURG, Particulars{Code: Zero, Tipo: "01", Employer: "02758360412", Worker: "FRRLNE88C52A271X", Start: "2026-03-02"}},
		{&UniUrg{}, UNIURG, Particulars{}},
	} {
		if got := c.doc.Particulars(); got != c.want || c.doc.Kind() != c.kind {
			t.Errorf("%s: %+v, want %+v", c.doc.Kind(), got, c.want)
		}
	}
}

package transform

import (
	"slices"
	"testing"

	"github.com/snodo-co/snodo/transform/co"
)

// TestTransferIsRead: what is an attribute here and an element elsewhere, what
// is repeated, and blocks inside repeated ones.
func TestTransferIsRead(t *testing.T) {
	t.Parallel()
	read, err := Decode(vardatoriID, sampleOf(t, "vardatori/CO190701R1/sedi"))
	if err != nil {
		t.Fatal(err)
	}
	c := read.(*co.VarDatori)
	places := c.TrasferimentoAzienda.SedeLavoro
	if len(places) != 2 || len(places[0].Lavoratori) != 2 || len(places[1].Lavoratori) != 3 || places[1].Comune != "E256" {
		t.Fatalf("read %+v", places)
	}
	third := places[1].Lavoratori[2]
	if r := third.Contratto; r.PatINAIL != "" || len(r.AgevolazioniRipetute) != 2 || r.Agevolazioni != nil || r.Legge68.NumeroAtto != "118/2014" {
		t.Errorf("relationship %+v", r)
	}
	if p := places[1].Lavoratori[0].Contratto.PatINAIL; p != "81726354" {
		t.Errorf("patINAIL %q", p)
	}
	if third.DatiLavoratore.Cognome != "VALLESI" || third.DatiLavoratore.ComuneDomicilio != "A271" {
		t.Errorf("worker %+v", third.DatiLavoratore)
	}
}

// TestTransferIsOutlined: rules see the relationships and the seats of a
// transfer as those of any kind.
func TestTransferIsOutlined(t *testing.T) {
	t.Parallel()
	c := &co.VarDatori{TrasferimentoAzienda: &co.TrasferimentoAzienda{SedeLavoro: []co.SedeTrasferita{
		{Lavoratori: make([]co.RapportoTrasferito, 1)}, {Lavoratori: make([]co.RapportoTrasferito, 2)},
	}}}
	var o Outline
	o.Lay(c)
	var contracts, seats []string
	for i, p := range o.Places() {
		switch p.Value.(type) {
		case *co.Contratto:
			contracts = append(contracts, o.Path(i))
		case *co.Sede:
			seats = append(seats, o.Path(i))
		}
	}
	const at = "/VarDatori/TrasferimentoAzienda"
	if want := []string{at + "/SedeLavoro[1]/Lavoratori[1]/Contratto", at + "/SedeLavoro[2]/Lavoratori[1]/Contratto",
		at + "/SedeLavoro[2]/Lavoratori[2]/Contratto"}; !slices.Equal(contracts, want) {
		t.Errorf("relationships %v", contracts)
	}
	if want := []string{"/VarDatori/DatoreAttuale/Sede", at + "/DatorePrecedente/Sede", at + "/SedeLavoro[1]", at + "/SedeLavoro[2]"}; !slices.Equal(seats, want) {
		t.Errorf("seats %v", seats)
	}
}

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestProspetto sends a prospetto informativo and its rectification, which no
// worker and no start chain: the previous code alone does. One of a type that
// other kinds have is rejected where its own format has the type.
func TestProspetto(t *testing.T) {
	t.Parallel()
	const edition = "PIDISABILI001600"
	text, err := os.ReadFile("../../xsd/schemas/unipi/" + edition + "/testdata/valid/completo.xml")
	if err != nil {
		t.Fatal(err)
	}
	read, err := transform.Decode(xsd.ID{Kind: co.UNIPI, Edition: edition}, text)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	h := startHub(t, data, nil)
	signer, prospetto := signerFor(t, data, 0), read.(*co.Prospetto)
	send := func() []byte { return h.sendAs(t, signer, "marche", prospetto) }

	sent := h.arrived(t, co.UNIPI, edition, send())
	if sent.Worker != "" || sent.Start != "" || sent.Employer != "09123401540" || sent.Codice[2:5] != "015" || sent.Faults != nil {
		t.Errorf("%s of %q for %q from %q, faults %s", sent.Codice, sent.Employer, sent.Worker, sent.Start, sent.Faults)
	}

	prospetto.TipoComunicazione, prospetto.CodiceComunicazionePrecedente = co.UnipiRettifica, co.CodiceComunicazione(sent.Codice)
	prospetto.Quadro2[0].Note = "sede principale, dati corretti"
	amended := h.arrived(t, co.UNIPI, edition, send())
	if amended.Root != sent.Root || amended.Prev != sent.Hash || amended.Faults != nil {
		t.Errorf("the rectification is of root %s, not %s, faults %s", amended.Root, sent.Root, amended.Faults)
	}

	prospetto.TipoComunicazione = "04"
	rejected := h.sealHolds(t, send())
	if rejected.Kind != receipt.Rejection || len(rejected.Faults) != 1 || rejected.Faults[0].Code != string(fault.ProspettoTipo) ||
		!strings.HasSuffix(rejected.Faults[0].Path, "/prospetto/tipocomunicazione") {
		t.Errorf("%+v", rejected)
	}
}

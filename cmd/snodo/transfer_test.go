package main

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// sendAs signs a communication and submits it by the operation of its kind. It
// gives the sealed receipt.
func (h *hubUnderTest) sendAs(t *testing.T, s *sender.Signer, region string, c co.Comunicazione) []byte {
	t.Helper()
	signed, err := s.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	a, err := endpointOf(http.DefaultClient, h.URL(), region).Submit(t.Context(), c.Kind(), signed)
	if err != nil || a.Receipt == nil {
		t.Fatalf("%s: no receipt: %+v, %v", c.Kind(), a, err)
	}
	return a.Receipt
}

// arrived checks a receipt of acceptance, that the entry is of the kind and
// edition, and that its topic has the very document. It gives the entry.
func (h *hubUnderTest) arrived(t *testing.T, kind, edition string, sealed []byte) ledger.Entry {
	t.Helper()
	r := h.sealHolds(t, sealed)
	if r.Kind != receipt.Acceptance {
		t.Fatalf("%s: %+v", kind, r)
	}
	e, document := h.stored(t, r.Codice)
	if e.Kind != kind || e.Edition != edition || e.Origin != ledger.Signed {
		t.Errorf("entry of %s %s, %s", e.Kind, e.Edition, e.Origin)
	}
	h.registered(t, e.Region, sealed)
	found := 0
	err := kafka.Scan(t.Context(), h.Brokers(), routing.TopicFor(kind), func(m kafka.Message) error {
		if m.ID() == e.ID() && bytes.Equal(m.Value, document) && string(m.Key) == e.Root {
			found++
		}
		return nil
	})
	if err != nil || found != 1 {
		t.Errorf("%s: %d messages in its topic, %v", kind, found, err)
	}
	return e
}

// TestTransferAndUrgency sends what the other operations of the binding are
// for: a transfer of business and its rectification, and an urgent hiring with
// the full one that follows it.
func TestTransferAndUrgency(t *testing.T) {
	t.Parallel()
	since, data := time.Now(), t.TempDir()
	h := startHub(t, data, nil)
	signer := signerFor(t, data, 0)
	samples := samplesOf(t, "marche", 40)
	hiring, transfer := samples.Hiring(0), samples.Transfer(0)
	e := h.arrived(t, co.VARDATORI, "CO190701R1", h.sendAs(t, signer, "marche", transfer))
	if e.Worker != "" || e.Employer != string(hiring.DatoreLavoro.CodiceFiscale) || e.Start != string(hiring.InizioRapporto.DataInizio) {
		t.Errorf("the transfer is of %q for %q from %q", e.Worker, e.Employer, e.Start)
	}

	transfer.TipoComunicazione, transfer.CodiceComunicazionePrec = "03", co.CodiceComunicazione(e.Codice)
	transfer.TrasferimentoAzienda.DataFineAffittoRamo = "2098-12-31"
	amended := h.arrived(t, co.VARDATORI, "CO190701R1", h.sendAs(t, signer, "marche", transfer))
	if amended.Root != e.Root || amended.Prev != e.Hash || amended.Faults != nil {
		t.Errorf("a rectified transfer is of root %s, not %s, faults %s", amended.Root, e.Root, amended.Faults)
	}

	urgent := h.arrived(t, co.UNIURG, "CO130131", h.sendAs(t, signer, "marche", samples.Urgency(0)))
	if urgent.Codice[2:5] != codes.NoProvince || urgent.Root != urgent.Codice {
		t.Errorf("the urgency got %s of root %s", urgent.Codice, urgent.Root)
	}
	hiring.TipoComunicazione, hiring.CodiceComunicazionePrec = "07", co.CodiceComunicazione(urgent.Codice)
	full := h.arrived(t, co.UNILAV, "CO190701R1", h.sendAs(t, signer, "marche", hiring))
	if full.Root != urgent.Root {
		t.Errorf("what follows the urgency is of root %s, not %s", full.Root, urgent.Root)
	}

	transfer.TrasferimentoAzienda.SedeLavoro[1].Lavoratori[0].DatiLavoratore.CodiceFiscale = transfer.DatoreAttuale.CodiceFiscale
	r := h.sealHolds(t, h.sendAs(t, signer, "marche", transfer))
	const path = "/VarDatori/TrasferimentoAzienda/SedeLavoro[2]/Lavoratori[1]/DatiLavoratore/codice-fiscale"
	if r.Kind != receipt.Rejection || len(r.Faults) == 0 || r.Faults[0].Code != string(fault.TransferredIsEmployer) || r.Faults[0].Path != path {
		t.Errorf("a worker who is the employer: %+v", r)
	}
	mustReconcile(t, data, since, 4)
}

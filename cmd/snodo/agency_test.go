package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// agencyWork reads a sample of UNISOMM that lies beside its schema.
func agencyWork(t *testing.T, name string) *co.UniSomm {
	t.Helper()
	content, err := os.ReadFile("../../xsd/schemas/unisomm/CO190701R1/testdata/valid/" + name + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := transform.Decode(xsd.ID{Kind: co.UNISOMM, Edition: "CO190701R1"}, content)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*co.UniSomm)
}

// submitAgency submits a UNISOMM by the national binding's own operation and
// gives the receipt.
func submitAgency(t *testing.T, web *http.Client, url string, document []byte) (accepted bool, sealed []byte) {
	t.Helper()
	body := fmt.Sprintf(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`+
		`<r:richiesta_RichiestaRispostaSincrona_UniSomm xmlns:r="http://servizi.lavoro.gov.it/comobbl/types"><r:UniSommXML><![CDATA[%s]]></r:UniSommXML>`+
		`</r:richiesta_RichiestaRispostaSincrona_UniSomm></s:Body></s:Envelope>`, document)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/soap/marche", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `""`)
	res, err := web.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	e, f := envelope.Open(answer)
	if f != nil || res.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte("risposta_RichiestaRispostaSincrona_UniSomm")) {
		t.Fatalf("status %d, %v\n%s", res.StatusCode, f, answer)
	}
	return bytes.Contains(answer, []byte(">OK<")), bytes.Clone(e.Receipt())
}

// TestAgencyWork: signed UNISOMM go through the whole hub. The hiring and its
// extension are accepted, reach the topic of their kind byte for byte and under
// one root, are registered and receipted; what breaks a rule of agency work is
// rejected, with a receipt that says so.
func TestAgencyWork(t *testing.T) {
	t.Parallel()
	data, began := t.TempDir(), time.Now()
	signer := signerFor(t, data, 0)
	hub, web := startHub(t, data, nil), webClient(t, 1)
	var keys []string
	for _, name := range []string{"assunzione-e-missione", "proroga-rapporto-e-missione"} {
		document, err := signer.Sign(agencyWork(t, name))
		if err != nil {
			t.Fatal(err)
		}
		accepted, sealed := submitAgency(t, web, hub.URL(), document)
		if !accepted {
			t.Fatalf("%s is rejected: %s", name, sealed)
		}
		first := parsed(t, sealed)
		// Marche, province of Ancona: the place of the mission.
		if !strings.HasPrefix(first.Codice, "11042") {
			t.Errorf("%s has code %s", name, first.Codice)
		}
		hub.registered(t, "marche", sealed)
		entry, stored := hub.stored(t, first.Codice)
		if entry.Kind != co.UNISOMM || entry.Employer != "07351628404" || entry.Start != "2026-02-02" || !bytes.Equal(stored, document) {
			t.Errorf("%s is entered as %s of %s, %s", name, entry.Kind, entry.Employer, entry.Start)
		}
		keys = append(keys, keyOf(t, hub, co.UNISOMM, first.Entry, document))
	}
	if keys[0] == "" || keys[0] != keys[1] {
		t.Errorf("the two of one relationship have roots %v", keys)
	}

	wrong := agencyWork(t, "proroga-rapporto")
	wrong.DatiVariazione.CodiceVariazione = "4.02" // without DatiCessazione
	document, err := signer.Sign(wrong)
	if err != nil {
		t.Fatal(err)
	}
	accepted, sealed := submitAgency(t, web, hub.URL(), document)
	if accepted || len(sealed) == 0 {
		t.Fatal("a variation of another code is accepted")
	}
	if r := hub.sealHolds(t, sealed); len(r.Faults) == 0 || r.Faults[0].Code != string(fault.VariationCode) {
		t.Errorf("faults %+v", r.Faults)
	}
	if got := entriesIn(t, data); got[ledger.Accepted] != 2 || got[ledger.Rejected] != 1 {
		t.Errorf("entries %v", got)
	}
	mustReconcile(t, data, began, 2)
}

// keyOf finds the one message of an entry in the topic of its kind, checks that
// it carries the document, and gives its key.
func keyOf(t *testing.T, hub *hubUnderTest, kind, entry string, document []byte) (key string) {
	t.Helper()
	found := 0
	err := kafka.Scan(t.Context(), hub.Brokers(), routing.TopicFor(kind), func(m kafka.Message) error {
		if m.ID() == entry {
			found++
			key = string(m.Key)
			if !bytes.Equal(m.Value, document) {
				t.Error("the message is not the document")
			}
		}
		return nil
	})
	if err != nil || found != 1 {
		t.Fatalf("%d messages of %s, %v", found, entry, err)
	}
	return key
}

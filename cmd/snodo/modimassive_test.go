package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestModIMassive: of a signed message that brings many communications the whole
// is kept, once, in an entry that names theirs; it goes in its time if none of
// them was accepted.
func TestModIMassive(t *testing.T) {
	t.Parallel()
	m := startModIOf(t, nil, "piemonte")
	m.samples = samplesOf(t, "piemonte", 0)
	archive := zipOf(t, inZip{"a.xml", m.document(t, 1)}, inZip{"b.xml", []byte("<no/>")}, inZip{"c.xml", m.document(t, 2)})
	sent := m.mass(t, archive)
	m.post(t, sent)
	kept := m.statements(t)
	if len(kept) != 1 || kept[0].Status != "" || kept[0].Region != "piemonte" {
		t.Fatalf("statements %+v", kept)
	}
	var note ledger.MessageNote
	if err := json.Unmarshal(kept[0].Payload, &note); err != nil {
		t.Fatal(err)
	}
	if note.Statement != ledger.MassMessage || note.Sender != m.sender(t) || note.ID != "urn:uuid:massivo" || !slices.Equal(note.Entries, []int64{1, 3}) {
		t.Errorf("note %+v", note)
	}
	if got, err := m.Store.Document(t.Context(), kept[0].Position, ledger.TheEvidence); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("the evidence is not the message: %v", err)
	}
	for _, p := range note.Entries {
		if got, err := m.Store.Document(t.Context(), p, ledger.TheDocument); err != nil || len(got) == 0 {
			t.Errorf("document at %d: %v", p, err)
		}
	}
	m.post(t, sent) // again: nothing more is kept
	if again := m.statements(t); len(again) != 1 {
		t.Errorf("%d statements", len(again))
	}
	if f := m.verifies(t); f != "" {
		t.Errorf("the ledger: %s", f)
	}
}

// mass is a signed message with an archive.
func (m *modiHub) mass(t *testing.T, archive []byte) []byte {
	t.Helper()
	plain, err := sender.SPICOMCall("inviaComunicazioniMassive", "archivio", base64.StdEncoding.EncodeToString(archive))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	sent, err := m.system.SealMessage([]byte(plain), xmlsig.Stamp{To: m.endpoint("piemonte"), ID: "urn:uuid:massivo", Created: at, Expires: at.Add(time.Minute), QNames: true})
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// post sends a message to Piemonte, and wants an answer.
func (m *modiHub) post(t *testing.T, message []byte) {
	t.Helper()
	resp, err := http.Post(m.endpoint("piemonte"), "text/xml; charset=utf-8", bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v\n%s", resp.StatusCode, err, answer)
	}
}

// statements are the entries of that type.
func (m *modiHub) statements(t *testing.T) (list []ledger.Entry) {
	t.Helper()
	err := m.Store.Entries(t.Context(), 1, 0, func(s ledger.Stored) error {
		if s.Entry.Type == ledger.Statement {
			list = append(list, s.Entry)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
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

// TestModIEncodedAnswer: the types of an RPC/encoded answer are names with prefixes,
// and what the prefixes mean is signed too: a client reads the signed Body alone.
func TestModIEncodedAnswer(t *testing.T) {
	t.Parallel()
	m := startModIOf(t, nil, "piemonte")
	m.samples = samplesOf(t, "piemonte", 0)
	v := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{"all": {m.anchor}}))
	for name, archive := range map[string][]byte{"outcomes": zipOf(t, inZip{"a.xml", m.document(t, 1)}), "a fault": []byte("no archive")} {
		answer := m.ask(t, m.massNamed(t, xmlsig.NewMessageID(), archive))
		got, f := v.Verify(answer, "all")
		if f != nil {
			t.Fatalf("%s: %s\n%s", name, f.Code, answer)
		}
		types := regexp.MustCompile(`xsi:type="([a-z]+):`).FindAllSubmatch(got.Body, -1)
		for _, prefix := range types {
			if !bytes.Contains(got.Body, append([]byte("xmlns:"), prefix[1]...)) {
				t.Errorf("%s: what %s means is not signed\n%s", name, prefix[1], got.Body)
				break
			}
		}
		if len(types) == 0 {
			t.Errorf("%s: an answer without types\n%s", name, got.Body)
		}
	}
}

// mass is a signed message with an archive, of one name.
func (m *modiHub) mass(t *testing.T, archive []byte) []byte {
	t.Helper()
	return m.massNamed(t, "urn:uuid:massivo", archive)
}

func (m *modiHub) massNamed(t *testing.T, id string, archive []byte) []byte {
	t.Helper()
	plain, err := sender.ArchiveCall(archive)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	sent, err := m.system.SealMessage([]byte(plain), xmlsig.Stamp{To: m.endpoint("piemonte"), ID: id, Created: at, Expires: at.Add(time.Minute), QNames: true})
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// post sends a message to Piemonte, and wants an answer that is no fault.
func (m *modiHub) post(t *testing.T, message []byte) {
	t.Helper()
	if answer := m.ask(t, message); bytes.Contains(answer, []byte(":Fault>")) {
		t.Fatalf("a fault\n%s", answer)
	}
}

// ask sends a message to Piemonte.
func (m *modiHub) ask(t *testing.T, message []byte) []byte {
	t.Helper()
	resp, err := http.Post(m.endpoint("piemonte"), "text/xml; charset=utf-8", bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return answer
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

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
)

// TestReceiptMessage: what is kept of a signed message is found by its MessageID
// and exported whole: the message, the instant, the receipts.
func TestReceiptMessage(t *testing.T) {
	t.Parallel()
	m := startModIOf(t, nil, "lazio", "piemonte")
	a, err := m.caller(named("urn:uuid:cercato")).Submit(t.Context(), co.UNILAV, m.document(t, 30))
	if err != nil || !a.Accepted {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := m.caller(named("urn:uuid:altro")).Submit(t.Context(), co.UNILAV, m.document(t, 31)); err != nil {
		t.Fatal(err)
	}
	sent := m.mass(t, zipOf(t, inZip{"a.xml", m.document(t, 32)}, inZip{"b.xml", m.document(t, 33)}))
	m.post(t, sent)
	said := parsed(t, a.Receipt)
	m.registered(t, "marche", a.Receipt) // whose messages need no signature

	day, out, ca := time.Now().Add(-24*time.Hour).Format(time.DateOnly), t.TempDir(), filepath.Join(m.data, "ca.pem")
	snodo := func(id string, args ...string) (int, string) {
		var written, errs bytes.Buffer
		code := run(t.Context(), append([]string{"receipt", "message", id, "--data", m.data, "--from", day, "--to", time.Now().Add(24 * time.Hour).Format(time.DateOnly)}, args...), &written, &errs)
		return code, written.String() + errs.String()
	}
	code, text := snodo("urn:uuid:cercato", "--region", "lazio", "--trust", ca, "--out", out, "--json")
	var found []keptMessage
	if err := json.Unmarshal([]byte(text), &found); err != nil || code != verb.ExitDone || len(found) != 1 {
		t.Fatalf("exit %d: %s", code, text)
	}
	k := found[0]
	if k.Codice != said.Codice || k.Region != "lazio" || k.Signer != m.sender(t) || k.Signature != "valida" || k.Receipts < 2 || k.Received.IsZero() || len(k.Files) != k.Receipts+2 {
		t.Errorf("found %+v", k)
	}
	message, err := os.ReadFile(k.Files[0])
	first, err2 := os.ReadFile(k.Files[1])
	facts, err3 := os.ReadFile(k.Files[len(k.Files)-1])
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(message), "urn:uuid:cercato") || !bytes.Equal(first, a.Receipt) || !strings.Contains(string(facts), k.Message) {
		t.Errorf("exported %v", k.Files)
	}
	if at, err := time.Parse(time.RFC3339Nano, said.Received); err != nil || !at.Equal(k.Received) {
		t.Errorf("the receipt says %v, the export %v, %v", said.Received, k.Received, err)
	}

	code, text = snodo("urn:uuid:massivo", "--json", "--trust", ca)
	if err := json.Unmarshal([]byte(text), &found); err != nil || code != verb.ExitDone || len(found) != 1 || len(found[0].Entries) != 2 || found[0].Receipts != 2 {
		t.Errorf("a mass message: exit %d: %s", code, text)
	}
	if code, text := snodo("urn:uuid:cercato"); code != verb.ExitDone || !strings.Contains(text, said.Codice) || strings.Contains(text, "firma") {
		t.Errorf("as text: exit %d: %s", code, text)
	}
	for _, c := range []struct {
		id   string
		args []string
	}{{"urn:uuid:mai", nil}, {"urn:uuid:cercato", []string{"--region", "marche"}}} {
		if code, text := snodo(c.id, c.args...); code != verb.ExitFinding || !strings.Contains(text, "nessun messaggio") {
			t.Errorf("%v: exit %d: %s", c, code, text)
		}
	}
	stranger, err := xmlsig.NewAuthority("Altra autorità", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(out, "altra.pem")
	if err := os.WriteFile(foreign, xmlsig.EncodeCertificates(stranger.Certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, text := snodo("urn:uuid:cercato", "--trust", foreign); code != verb.ExitFinding || !strings.Contains(text, "firma "+string(xmlsig.MessageUntrusted)) {
		t.Errorf("another authority: exit %d: %s", code, text)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"receipt", "message", "urn:x", "--from", "ieri"}, &errs, &errs); code != verb.ExitUsage {
		t.Errorf("no day: exit %d", code)
	}
	if !slices.Contains(k.Files, filepath.Join(out, "1-messaggio.xml")) {
		t.Errorf("files %v", k.Files)
	}
}

// TestMessageIDOf: where a MessageID is looked for.
func TestMessageIDOf(t *testing.T) {
	t.Parallel()
	const id = `<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing"> urn:a </a:MessageID>`
	for raw, want := range map[string]string{
		`<e><h>` + id + `</h><Body/></e>`:        "urn:a",
		`<e><Body>` + id + `</Body></e>`:         "",
		`<e><h><x>` + id + `</x></h><Body/></e>`: "",
		`<e><h><MessageID>b</MessageID></h></e>`: "",
		`<e><h>` + id + `<`:                      "urn:a",
		`no XML`:                                 "",
		``:                                       "",
	} {
		if got := messageIDOf([]byte(raw)); got != want {
			t.Errorf("%s: %q", raw, got)
		}
	}
}

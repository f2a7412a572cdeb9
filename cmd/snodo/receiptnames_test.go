package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
)

// kept asks the verb for what is kept of a message that came today.
func kept(t *testing.T, data, id string, args ...string) (int, []keptMessage, string) {
	t.Helper()
	day := time.Now().Add(-24 * time.Hour).Format(time.DateOnly)
	next := time.Now().Add(24 * time.Hour).Format(time.DateOnly)
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"receipt", "message", id, "--data", data, "--from", day, "--to", next}, args...), &out, &errs)
	var found []keptMessage
	if code == verb.ExitDone && out.Len() > 0 && out.Bytes()[0] == '[' {
		if err := json.Unmarshal(out.Bytes(), &found); err != nil {
			t.Fatalf("%v: %s", err, out.Bytes())
		}
	}
	return code, found, out.String() + errs.String()
}

// TestReceiptMessageOfEGov: the raw envelope of a port of domain is found by its
// Identificatore, and by the codice, and exported byte for byte with its receipts.
func TestReceiptMessageOfEGov(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, 3))
	p := egovPortOf(t, startHub(t, data, nil))
	h := p.header(1)
	a := p.send(h, signed[0])
	if !a.Accepted || !p.send(p.header(2), signed[1]).Accepted {
		t.Fatalf("answer %s", a.Raw)
	}
	sent := p.unilav.AppendRequest(nil, envelope.AppendEGov(nil, h), signed[0])
	codice := parsed(t, a.Receipt).Codice
	for id, name := range map[string]string{h.ID: h.ID, codice: ""} {
		code, found, text := kept(t, data, id, "--json", "--region", "marche", "--out", t.TempDir())
		if code != verb.ExitDone || len(found) != 1 || found[0].Codice != codice || found[0].Message != ledger.Sum(sent).String() ||
			found[0].ID != name || found[0].Person != nil || len(found[0].Files) < 3 {
			t.Fatalf("%s: exit %d: %s", id, code, text)
		}
		for i, want := range [][]byte{sent, a.Receipt} {
			if got, err := os.ReadFile(found[0].Files[i]); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s is not what came or went: %v", id, found[0].Files[i], err)
			}
		}
	}
	if code, _, text := kept(t, data, p.header(9).ID); code != verb.ExitFinding || !strings.Contains(text, "nessun messaggio") {
		t.Errorf("never sent: exit %d: %s", code, text)
	}
	if code, _, text := kept(t, data, ""); code != verb.ExitUsage {
		t.Errorf("no name: exit %d: %s", code, text)
	}
	// A document that came by the plain binding has no envelope to show, but facts.
	plain, err := endpointOf(p.web, p.hub.URL(), "marche").Submit(t.Context(), co.UNILAV, signed[2])
	if err != nil || !plain.Accepted {
		t.Fatalf("%+v, %v", plain, err)
	}
	codice = parsed(t, plain.Receipt).Codice
	if code, found, text := kept(t, data, codice, "--json", "--out", t.TempDir()); code != verb.ExitDone || len(found) != 1 ||
		found[0].Message != "" || found[0].ID != "" || len(found[0].Files) != found[0].Receipts+1 {
		t.Errorf("by the plain binding: exit %d: %s", code, text)
	}
}

// TestReceiptMessageOfPerson: whoever operates a hub sees which person brought a
// message, and how strongly they were known.
func TestReceiptMessageOfPerson(t *testing.T) {
	t.Parallel()
	h := startIdentity(t, nil)
	mario := sample.Invent(951).CodiceFiscale()
	assertion := h.sealed(t, h.asserts(mario))
	sealed, code := submits(t, h.showing(assertion), h.document(t, 1))
	if code != "" {
		t.Fatal(code)
	}
	codice := parsed(t, sealed).Codice
	exit, found, text := kept(t, h.cfg.Data, codice, "--json", "--out", t.TempDir())
	want := ledger.OperatorNote{Operator: mario, Means: hub.MeansSPID, Level: 2, Issuer: regionGateway}
	if exit != verb.ExitDone || len(found) != 1 || found[0].Person == nil || *found[0].Person != want {
		t.Fatalf("exit %d: %s", exit, text)
	}
	if message, err := os.ReadFile(found[0].Files[0]); err != nil || !bytes.Contains(message, assertion) {
		t.Errorf("the exported message lacks the assertion: %v", err)
	}
	if _, _, text := kept(t, h.cfg.Data, codice); !strings.Contains(text, "persona "+mario+", spid di livello 2, da "+regionGateway) {
		t.Errorf("as text: %s", text)
	}
}

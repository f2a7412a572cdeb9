package main

import (
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestOperatorByPIN: the person of Marche's PIN is recorded with the means, under
// an e-Gov header and without; SPID is not Marche's.
func TestOperatorByPIN(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t.TempDir())
	cfg.Regions = map[string]regionPolicy{"marche": {Identity: identityPolicy{Required: true}}}
	h := startNode(t, cfg, nil)
	endpoint, mario := h.url()+"/soap/marche", sample.Invent(951).CodiceFiscale()
	documents := signAll(t, signerFor(t, cfg.Data, 0), hirings(t, "marche", 0, 2))
	dir := t.TempDir()
	issue := func(means string) string {
		path := filepath.Join(dir, means+".xml")
		mustRun(t, "certificate", "assertion", "--data", cfg.Data, "--cf", mario, "--for", endpoint, "--means", means, "--out", path)
		return path
	}
	p := egovPortOf(t, h)
	if a := p.send(p.header(1), documents[0]); a.Fault == nil || a.Fault.Errors[0].Code != string(fault.AssertionMissing) || a.Header.Reference == "" {
		t.Errorf("nobody: %s", a.Raw)
	}
	over, err := sender.Present(issue(hub.MeansSPID), http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	p.web = &http.Client{Transport: over, Timeout: patience}
	if a := p.send(p.header(2), documents[0]); a.Fault == nil || a.Fault.Errors[0].Code != string(fault.IdentityMeans) {
		t.Errorf("by SPID: %s", a.Raw)
	}
	if over, err = sender.Present(issue(hub.MeansPIN), http.DefaultTransport); err != nil {
		t.Fatal(err)
	}
	p.web = &http.Client{Transport: over, Timeout: patience}
	if a := p.send(p.header(3), documents[0]); !a.Accepted || a.Header.Reference == "" {
		t.Fatalf("by PIN: %s", a.Raw)
	}
	file := filepath.Join(dir, "co.xml")
	if err := os.WriteFile(file, documents[1], 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "submit", "--url", endpoint, "--as-is", "--saml", issue(hub.MeansPIN), file)
	h.stop()
	for _, document := range documents {
		want := ledger.OperatorNote{Operator: mario, Means: hub.MeansPIN, Issuer: developmentIssuer}
		if e := entryOf(t, cfg.Data, ledger.Sum(document)); operatorIn(t, e) != want {
			t.Errorf("payload %s", e.Payload)
		}
	}
}

// TestCorpusStale: a corpus of assertions serves for as long as they will last.
func TestCorpusStale(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for age, want := range map[time.Duration]bool{0: false, 11 * time.Hour: false, 13 * time.Hour: true} {
		if got := (corpusHead{Dialect: dialectSAML, Made: now.Add(-age)}).stale(now); got != want {
			t.Errorf("after %s: stale %t", age, got)
		}
	}
	if (corpusHead{Dialect: dialectLazio}).stale(now) {
		t.Error("a corpus without assertions is stale")
	}
}

// TestConfirmedMessage: a signature that leaves the Body out confirms nobody.
func TestConfirmedMessage(t *testing.T) {
	t.Parallel()
	m := xmlsig.Message{Certificate: &x509.Certificate{Raw: []byte("c")}, Whole: true, Asserted: true, Vouches: true}
	if s := confirmedMessage(m); !s.Asserted || !s.Vouches || s.Certificate != ledger.Sum([]byte("c")) {
		t.Errorf("a whole message: %+v", s)
	}
	m.Whole = false
	if s := confirmedMessage(m); !s.Asserted || s.Vouches || !s.Certificate.IsZero() {
		t.Errorf("a message whose Body is not signed: %+v", s)
	}
}

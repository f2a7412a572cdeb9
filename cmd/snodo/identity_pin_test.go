package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/node"
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
	cfg.Regions = map[string]node.RegionPolicy{"marche": {Identity: node.IdentityPolicy{Required: true}}}
	h := startNode(t, cfg, nil)
	endpoint, mario := h.URL()+"/soap/marche", sample.Invent(951).CodiceFiscale()
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
		want := ledger.OperatorNote{Operator: mario, Means: hub.MeansPIN, Issuer: node.DevelopmentIssuer}
		if e := entryOf(t, cfg.Data, ledger.Sum(document)); operatorIn(t, e) != want {
			t.Errorf("payload %s", e.Payload)
		}
	}
}

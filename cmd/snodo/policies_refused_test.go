package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// TestRegionPoliciesRefused: everything wrong is told at once, each with key
// and line, and ends the start with wrong use.
func TestRegionPoliciesRefused(t *testing.T) {
	t.Parallel()
	path := configFile(t, `{
  "listn": "127.0.0.1:0",
  "trust": {"toscana": "x.pem"},
  "data": "d", "data": "e",
  "regions": {
    "umbria": {},
    "marche": [],
    "lazio": {},
    "piemonte": {
      "revocation": "hard",
      "revocaton": "soft",
      "clock_tolerance": "1h",
      "algorithms": ["rsa-sha1", "rsa-sha256",
        "rsa-sha256"],
      "organizations": [],
      "max_bytes": 12.5,
      "rate": "many",
      "message_organizations": ["01234567890", "VATIT-01234567890", "PA:IT-r_marche"]
    }
  }
}`)
	var out, errw bytes.Buffer
	if code := run(t.Context(), []string{"serve", "--config", path, "--data", t.TempDir()}, &out, &errw); code != verb.ExitUsage {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"line 2: listn: no such key",
		"--trust toscana: no such region",
		"line 4: data: given twice",
		"line 6: regions.umbria: no such region: want piemonte, marche, lazio",
		"line 7: regions.marche: want an object",
		"line 8: regions.lazio: empty",
		"line 10: regions.piemonte.revocation: hard needs crl or ocsp",
		"line 11: regions.piemonte.revocaton: no such key",
		`line 12: regions.piemonte.clock_tolerance: "1h": want a duration from 0s to 5m0s, as 5s`,
		`line 13: regions.piemonte.algorithms: "rsa-sha1": want one of [rsa-sha256 ecdsa-sha256 rsa-sha384 ecdsa-sha384 rsa-sha512 ecdsa-sha512]`,
		`line 14: regions.piemonte.algorithms: "rsa-sha256": given twice`,
		"line 15: regions.piemonte.organizations: want a list of 1 to 64 texts",
		"line 16: regions.piemonte.max_bytes: want a whole number from 65536 to 12582912",
		`line 17: regions.piemonte.rate: "many": want COUNT/PERIOD`,
		`line 18: regions.piemonte.message_organizations: "01234567890": want an organizationIdentifier as the certificate has it, as CF:IT-01234567890`,
	} {
		if !strings.Contains(errw.String(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	for _, lawful := range []string{`"VATIT-01234567890":`, `"PA:IT-r_marche":`} {
		if strings.Contains(errw.String(), lawful) {
			t.Errorf("refused: %s", lawful)
		}
	}
	if t.Failed() {
		t.Log(errw.String())
	}
}

// TestPublicURLRefused: before anything is opened, by the flag's name.
func TestPublicURLRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"nodo.example.it", "ftp://nodo.example.it", "https://nodo.example.it/?a", "https://", "https://u:p@nodo.example.it"} {
		var out, errw bytes.Buffer
		data := t.TempDir()
		code := run(t.Context(), []string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--public-url", address}, &out, &errw)
		if made, err := os.ReadDir(data); code != verb.ExitUsage || !strings.Contains(errw.String(), "--public-url") || err != nil || len(made) > 0 {
			t.Errorf("%s: exit code %d, %d files made, %v\n%s", address, code, len(made), err, &errw)
		}
	}
}

// TestModINeedsAnAddress: a listener on all interfaces has no address that wsa:To
// could name, and every message would be refused as another service's.
func TestModINeedsAnAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, public string
		wrong          bool
	}{
		{"0.0.0.0:0", "", true}, {"[::]:0", "", true}, {":0", "", true},
		{"0.0.0.0:0", "https://nodo.example.it", false}, {"127.0.0.1:0", "", false},
	} {
		cfg := node.Config{Listen: c.listen, PublicURL: c.public, ModI: map[string]string{"lazio": "sistemi.pem"}}
		err := cfg.Check()
		if wrong := err != nil && errors.Is(err, verb.ErrUsage) && strings.Contains(err.Error(), "--public-url"); wrong != c.wrong {
			t.Errorf("%s, %q: %v", c.listen, c.public, err)
		}
	}
}

// TestAlgorithmsWithoutDocuments: a region that allowed none of the algorithms that
// documents have would accept nothing.
func TestAlgorithmsWithoutDocuments(t *testing.T) {
	t.Parallel()
	path := configFile(t, `{"regions": {"lazio": {
		"algorithms": ["rsa-sha512", "ecdsa-sha512"]}}}`)
	var out, errw bytes.Buffer
	code := run(t.Context(), []string{"serve", "--config", path, "--data", t.TempDir()}, &out, &errw)
	const want = "line 2: regions.lazio.algorithms: want rsa-sha256 or ecdsa-sha256 among them: documents are signed by these alone"
	if code != verb.ExitUsage || !strings.Contains(errw.String(), want) {
		t.Errorf("exit code %d\n%s", code, &errw)
	}
}

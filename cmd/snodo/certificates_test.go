package main

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// shown runs `snodo certificates --json`.
func shown(t *testing.T, want int, args ...string) []node.Expiry {
	t.Helper()
	var out, errw bytes.Buffer
	if code := run(t.Context(), append([]string{"certificates", "--json"}, args...), &out, &errw); code != want {
		t.Fatalf("exit code %d, want %d\n%s%s", code, want, &out, &errw)
	}
	var said struct {
		List []node.Expiry `json:"elementi"`
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		t.Fatal(err)
	}
	for i, e := range said.List {
		if i > 0 && e.Ends != nil && said.List[i-1].Ends != nil && e.Ends.Before(*said.List[i-1].Ends) {
			t.Errorf("%s stands behind what ends later", e.Place)
		}
	}
	return said.List
}

// in finds what stands at a place.
func in(t *testing.T, list []node.Expiry, place string) node.Expiry {
	t.Helper()
	for _, e := range list {
		if strings.HasSuffix(e.Place, place) {
			return e
		}
	}
	t.Fatalf("%s is not shown", place)
	return node.Expiry{}
}

// TestCertificates: all that expires, the soonest first; 3 when something has
// expired or will within the margin; seals whose turn is over do not count.
func TestCertificates(t *testing.T) {
	t.Parallel()
	data, now := t.TempDir(), time.Now()
	if list := shown(t, verb.ExitDone, "--data", filepath.Join(data, "none")); len(list) != 0 {
		t.Errorf("an empty folder shows %+v", list)
	}
	keys, err := xmlsig.OpenKeys(data, now.AddDate(-2, -11, -15)) // 15 days are left to the seals
	if err != nil {
		t.Fatal(err)
	}
	list := shown(t, verb.ExitFinding, "--data", data)
	if len(list) != 3 || in(t, list, "/seal.pem").State != node.StateExpiring || in(t, list, "/ca.pem").State != node.StateValid {
		t.Errorf("%+v", list)
	}
	shown(t, verb.ExitDone, "--data", data, "--margin", "24h")
	turn := now.AddDate(0, 0, 5).UTC().Truncate(time.Second)
	mustRun(t, "certificate", "renew", "--keys", data, "--from", turn.Format(time.RFC3339))
	list = shown(t, verb.ExitDone, "--data", data) // the next take over in time
	next := in(t, list, "/seal-"+turn.Format("20060102T150405Z")+".pem")
	if len(list) != 5 || next.State != node.StateComing || next.From == nil || !next.From.Equal(turn) || next.Name == "" {
		t.Errorf("%+v", list)
	}
	after, err := node.Config{Data: data}.Expiries(now.AddDate(0, 0, 20), 30*24*time.Hour)
	if err != nil || in(t, after, "/seal.pem").State != node.StateReplaced || in(t, after, next.Place).State != node.StateValid {
		t.Errorf("after the turn: %+v, %v", after, err)
	}
	table := mustRun(t, "certificates", "--data", data)
	for _, want := range []string{"SCADENZA", "futuro dal " + turn.Format("2006-01-02 15:04Z"), node.KindConversion, "Snodo: autorità di sviluppo"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	// A region's anchor that is a signer's own certificate has no name here.
	person, err := keys.Authority.IssuePerson(sample.Invent(1).CodiceFiscale(), must(t, xmlsig.NewKey).Public(), now.AddDate(-3, 0, -1))
	if err != nil {
		t.Fatal(err)
	}
	pem := filepath.Join(t.TempDir(), "marche.pem")
	if err := os.WriteFile(pem, xmlsig.EncodeCertificates(keys.Authority.Certificate, person), 0o600); err != nil {
		t.Fatal(err)
	}
	list = shown(t, verb.ExitFinding, "--data", data, "--trust", "marche="+pem)
	if first := list[0]; first.State != node.StateExpired || first.Region != "marche" || first.Name != "" || first.Kind != node.KindAnchor {
		t.Errorf("first: %+v", first)
	}
}

func must[T any](t *testing.T, make func() (T, error)) T {
	t.Helper()
	v, err := make()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCertificatesOfConfiguration: one file does for serve and for this; lists
// count by whether one is in force.
func TestCertificatesOfConfiguration(t *testing.T) {
	t.Parallel()
	data, dir, now := t.TempDir(), t.TempDir(), time.Now()
	keys, err := xmlsig.OpenKeys(data, now)
	if err != nil {
		t.Fatal(err)
	}
	list := func(name string, to time.Time) string {
		der, err := x509.CreateRevocationList(rand.Reader,
			&x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.AddDate(0, 0, -2), NextUpdate: to}, keys.Authority.Certificate, keys.Authority.Key)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, der, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, stale := list("good.crl", now.Add(time.Hour)), list("stale.crl", now.Add(-time.Hour))
	config := func(crl string) string {
		return configFile(t, fmt.Sprintf(`{"listen": "127.0.0.1:0", "data": %q, "tls_cert": %q, "tls_key": "x", "client_ca": %q,
			"regions": {"lazio": {"revocation": "hard", "crl": [%q]}}}`, data, filepath.Join(data, "ca.pem"), filepath.Join(data, "ca.pem"), crl))
	}
	all := shown(t, verb.ExitDone, "--config", config(good))
	if e := in(t, all, good); e.State != node.StateValid || e.Region != "lazio" || e.Name == "" || len(all) != 6 {
		t.Errorf("good list: %+v of %d", e, len(all))
	}
	if e := in(t, shown(t, verb.ExitFinding, "--config", config(stale)), stale); e.State != node.StateExpired {
		t.Errorf("stale list: %+v", e)
	}
	never := shown(t, verb.ExitFinding, "--config", config("http://crl.example/ca.crl"))
	if e := never[0]; e.State != node.StateMissing || e.Ends != nil {
		t.Errorf("a list that never came: %+v", e)
	}
	var out, errw bytes.Buffer
	if code := run(t.Context(), []string{"certificates", "--data", data, "--trust", "lazio=" + good, "--tls-cert", "/nowhere/tls.pem"}, &out, &errw); code != verb.ExitFailed ||
		!strings.Contains(errw.String(), "good.crl") || !strings.Contains(errw.String(), "/nowhere/tls.pem") {
		t.Errorf("files that cannot be read: exit code %d, %s", code, &errw)
	}
	if code := run(t.Context(), []string{"certificates", "--data", data, "--margin", "-1h"}, &out, &errw); code != verb.ExitUsage {
		t.Errorf("a negative margin: exit code %d", code)
	}
}

// TestCertificatesOfCallers: who signs messages and who issues assertions ends too;
// a system that is an anchor itself has no name here, a provider has.
func TestCertificatesOfCallers(t *testing.T) {
	t.Parallel()
	data, dir, now := t.TempDir(), t.TempDir(), time.Now()
	keys, err := xmlsig.OpenKeys(data, now)
	if err != nil {
		t.Fatal(err)
	}
	system := must(t, func() (*x509.Certificate, error) {
		return keys.Authority.IssueSystem("12345678903", must(t, xmlsig.NewKey).Public(), now.AddDate(-3, 0, 1))
	})
	provider := must(t, func() (*x509.Certificate, error) {
		return keys.Authority.IssueSystem("01234567897", must(t, xmlsig.NewKey).Public(), now.AddDate(-3, 0, -1))
	})
	sistemi, idp := filepath.Join(dir, "sistemi.pem"), filepath.Join(dir, "idp.pem")
	for path, c := range map[string]*x509.Certificate{sistemi: system, idp: provider} {
		if err := os.WriteFile(path, xmlsig.EncodeCertificates(c), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := configFile(t, fmt.Sprintf(`{"data": %q, "modi": {"piemonte": %q},
		"regions": {"lazio": {"identity": {"issuers": [{"id": "https://idp.example.it", "trust": %q}]}}}}`, data, sistemi, idp))
	list := shown(t, verb.ExitFinding, "--config", config)
	if e := in(t, list, sistemi); e.Kind != node.KindSystem || e.Region != "piemonte" || e.State != node.StateExpiring || e.Name != "" {
		t.Errorf("who signs messages: %+v", e)
	}
	if e := in(t, list, idp); e.Kind != node.KindIssuer || e.Region != "lazio" || e.State != node.StateExpired || e.Name == "" || e != list[0] {
		t.Errorf("who issues assertions: %+v, first %+v", e, list[0])
	}
	if e := in(t, shown(t, verb.ExitFinding, "--data", data, "--modi", "marche="+sistemi), sistemi); e.Region != "marche" {
		t.Errorf("by the flag: %+v", e)
	}
}

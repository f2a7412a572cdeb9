package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	reports "github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/probe"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
)

// probeOutput is what a test reads of `probe --json`.
type probeOutput struct {
	Parts []reports.Part `json:"parti"`
	Score reports.Score  `json:"punteggio"`
	Whole bool           `json:"conforme"`
}

// probed runs the verb and reads its JSON.
func probed(t *testing.T, args ...string) (int, probeOutput) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"probe", "--json"}, args...), &out, &errs)
	var o probeOutput
	if err := json.Unmarshal(out.Bytes(), &o); err != nil {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out.String(), errs.String())
	}
	return code, o
}

// failures are the checks that failed, with what came.
func (o probeOutput) failures() (list []string) {
	for _, p := range o.Parts {
		for _, c := range p.Failures() {
			list = append(list, p.Name+" "+c.ID+": "+c.Got)
		}
	}
	return list
}

// untried are the identifiers of the checks that were not made.
func (o probeOutput) untried() (list []string) {
	for _, p := range o.Parts {
		for _, c := range p.Checks {
			if c.Verdict == reports.Untried {
				list = append(list, p.Name+" "+c.ID)
			}
		}
	}
	return list
}

// TestProbeModI: likewise of messages signed by ModI, with the certificates that an
// engineer has in files.
func TestProbeModI(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	signer, system, ca := filepath.Join(t.TempDir(), "firma"), filepath.Join(t.TempDir(), "sistema"), filepath.Join(m.data, "ca.pem")
	mustRun(t, "certificate", "issue", "--data", m.data, "--cf", sample.Invent(907).CodiceFiscale(), "--out", signer)
	mustRun(t, "certificate", "issue", "--data", m.data, "--cf", "12345678903", "--system", "--out", system)
	code, o := probed(t, "--url", m.endpoint("lazio"), "--dialect", "modi", "--writes", "acceptances",
		"--cert", signer+".pem", "--key", signer+".key", "--modi-cert", system+".pem", "--modi-key", system+".key", "--modi-trust", ca, "--seal", ca)
	if code != verb.ExitDone || o.Score.Percent != 100 || len(o.failures()) > 0 {
		t.Errorf("exit code %d, score %v, failed %q", code, o.Score, o.failures())
	}
	if got := o.untried(); !slices.Equal(got, []string{"modi tls-versione", "modi tls-certificato"}) {
		t.Errorf("not tried %q", got)
	}
}

// TestProbeTLS: what a connection shows is told, and a certificate that ends within
// the month is a failure.
func TestProbeTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority := newTLSAuthority(t, "server")
	cfg := testConfig(filepath.Join(dir, "data"))
	cfg.TLSCert, cfg.TLSKey = authority.files(dir, "server", &x509.Certificate{
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	ca, _ := authority.files(dir, "unused", &x509.Certificate{})
	if err := os.WriteFile(ca, xmlsig.EncodeCertificates(authority.cert), 0o600); err != nil {
		t.Fatal(err)
	}
	h := nodeOf(t, cfg)
	if code, _, errs := attempt(t, "probe", "--url", h.URL()+"/soap/piemonte"); code != verb.ExitFailed || !strings.Contains(errs, "with --ca") {
		t.Errorf("without the authority: exit code %d, %s", code, errs)
	}
	code, o := probed(t, "--url", h.URL()+"/soap/piemonte", "--dialect", "piemonte", "--ca", ca)
	if want := []string{"piemonte tls-certificato: scade il "}; code != verb.ExitFinding || len(o.failures()) != 1 || !strings.HasPrefix(o.failures()[0], want[0]) {
		t.Errorf("exit code %d, failed %q", code, o.failures())
	}
	for _, c := range o.Parts[0].Checks {
		if c.ID == "tls-versione" && (c.Verdict != reports.Held || c.Got != "TLS 1.3 negoziato, TLS 1.1 rifiutato") {
			t.Errorf("%s: %s", c.Verdict, c.Got)
		}
	}
}

// TestProbeWrongUse: where no hub answers there is no verdict, and wrong use
// names the flag.
func TestProbeWrongUse(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "there.xml")
	if err := os.WriteFile(there, []byte("POST / HTTP/1.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(filepath.Dir(there), "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	const hub = "http://127.0.0.1:1/soap/marche"
	for _, tc := range []struct {
		args string
		code int
		says string
	}{
		{"", verb.ExitUsage, "--url"},
		{"--url " + hub + " THERE", verb.ExitUsage, "--url"},
		{"--url localhost", verb.ExitUsage, "--url"},
		{"--url " + hub + "?wsdl", verb.ExitUsage, "--url"},
		{"--url " + hub + " --dialect latino", verb.ExitUsage, "--dialect"},
		{"--url " + hub + " --writes everything", verb.ExitUsage, "--writes"},
		{"--url " + hub + " --cert THERE", verb.ExitUsage, "--key"},
		{"--url " + hub + " --modi-cert THERE", verb.ExitUsage, "--modi-trust"},
		{"--url " + hub + " --client-cert THERE", verb.ExitUsage, "--client-key"},
		{"--url " + hub + " --client-cert THERE --client-key THERE", verb.ExitFailed, "--client-cert"},
		{"--url " + hub + " --data ABSENT", verb.ExitFailed, "--data"},
		{"--url " + hub + " --seal THERE", verb.ExitFailed, "--seal"},
		{"--url " + hub + " --ca THERE", verb.ExitFailed, "--ca"},
		{"--url " + hub, verb.ExitFailed, "fetch WSDL"},
		{"ABSENT", verb.ExitUsage, "absent"},
		{"--trust THERE THERE", verb.ExitFailed, "--trust"},
		{"--at domani THERE", verb.ExitUsage, "--at"},
		{"--region toscana THERE", verb.ExitUsage, "--region"},
		{"EMPTY", verb.ExitUsage, "no file in the folder"},
	} {
		args := strings.NewReplacer("THERE", there, "EMPTY", empty, "ABSENT", filepath.Join(filepath.Dir(there), "absent")).Replace(tc.args)
		code, _, errs := attempt(t, append([]string{"probe"}, strings.Fields(args)...)...)
		if code != tc.code || !strings.Contains(errs, tc.says) {
			t.Errorf("%s: exit code %d, %s", tc.args, code, errs)
		}
	}
}

// TestOperatingProbe: the commands that OPERATING.md shows fit the program, and its
// tables name the flags and levels there are.
func TestOperatingProbe(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(block(t, "sh probe hub")+"\n"+block(t, "sh probe files"), "\n") {
		args := strings.Fields(line)
		if len(args) < 4 || args[0] != "snodo" {
			t.Fatalf("%q is no command", line)
		}
		for i, a := range args { // what the engineer has
			if name := filepath.Base(a); strings.HasSuffix(a, "/") || strings.HasSuffix(name, ".http") {
				args[i] = filepath.Join("probe", "testdata", "probe.txtar")
			}
		}
		grammar, _ := parsedArgs(t, args[1:])
		if args[1] != "probe" || grammar.Probe.URL == "" == (len(grammar.Probe.Files) == 0) {
			t.Errorf("%s: not of the probe, or neither files nor an address", line)
		}
	}
	_, text, _ := strings.Cut(shipped(t, "OPERATING.md"), "\n## Before a region connects\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for _, level := range probe.Traces() {
		if !strings.Contains(text, "\n| `"+level+"`") {
			t.Errorf("OPERATING.md does not tell what %s leaves", level)
		}
	}
}

// TestEGovOwnKinds: a kind that the ministry's services do not take goes in an
// e-Gov message too; the probe found that our client named another action.
func TestEGovOwnKinds(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := egovPortOf(t, startHub(t, data, nil))
	document, err := signerFor(t, data, 0).Sign(samplesOf(t, "marche", 0).OccasionalWork(1))
	if err != nil {
		t.Fatal(err)
	}
	p.unilav, _ = envelope.BindingOfKind(co.LAO)
	if a := p.send(p.header(1), document); !a.Accepted {
		t.Errorf("answer %s", a.Raw)
	}
}

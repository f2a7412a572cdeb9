package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
)

// probeOutput is what a test reads of `probe --json`.
type probeOutput struct {
	Parts []probe.Part `json:"parti"`
	Score probe.Score  `json:"punteggio"`
	Whole bool         `json:"conforme"`
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
			if c.Verdict == probe.Untried {
				list = append(list, p.Name+" "+c.ID)
			}
		}
	}
	return list
}

// TestProbeDialects: a hub of ours has the full score in every dialect, and no case
// is left out but those that ask for TLS, or for the other policy.
func TestProbeDialects(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	kit, err := probeCmd{Data: data}.kit()
	if err != nil {
		t.Fatal(err)
	}
	tls := []string{"tls-versione", "tls-certificato"}
	for _, tc := range []struct {
		region, dialect string
		channel         bool
		untried         []string
	}{
		{"lazio", playNational, false, tls},
		{"marche", playEGov, false, tls},
		{"piemonte", playPiemonte, true, append(tls, "firma-assente", "tipo-unidom")},
	} {
		kit.channel = tc.channel
		p := newPlay(t, kit, h.URL())
		p.dialect, p.url, p.sampler.Region = tc.dialect, h.URL()+"/soap/"+tc.region, tc.region
		checks, err := p.play(probeCases())
		if err != nil {
			t.Fatal(err)
		}
		o := probeOutput{Parts: []probe.Part{{Name: tc.dialect, Checks: checks}}}
		if s := o.Parts[0].Score(); s.Percent != 100 || len(o.failures()) > 0 {
			t.Errorf("%s: score %v, failed %q", tc.dialect, s, o.failures())
		}
		if got := strings.ReplaceAll(strings.Join(o.untried(), " "), tc.dialect+" ", ""); got != strings.Join(tc.untried, " ") {
			t.Errorf("%s: not tried %q", tc.dialect, got)
		}
	}
	h.stop()
	mustRun(t, "verify", "--data", data)
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

// TestProbeLeavesNothing: without --writes a hub has no entry more than before, and
// each level leaves what it says and no more.
func TestProbeLeavesNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	kit, err := probeCmd{Data: data}.kit()
	if err != nil {
		t.Fatal(err)
	}
	for i, level := range probeTraces()[:leavesAcceptance] {
		for _, dialect := range []string{playNational, playEGov} {
			p := newPlay(t, kit, h.URL())
			p.dialect, p.most = dialect, probeTrace(i)
			checks, err := p.play(probeCases())
			if failed := (probe.Part{Checks: checks}).Failures(); err != nil || len(failed) > 0 {
				t.Errorf("%s, %s: %v, %+v", level, dialect, err, failed)
			}
		}
		found, _ := submissionsIn(t, data)
		count := map[string]int{}
		for _, list := range found {
			for _, s := range list {
				count[string(s.Entry.Status)]++
			}
		}
		allowed := map[string]bool{}
		for i, status := range []string{"refused", "rejected"} {
			allowed[status] = int(leavesRefusal)+i <= slices.Index(probeTraces(), level)
		}
		for status := range count {
			if !allowed[status] {
				t.Errorf("%s leaves %v", level, count)
			}
		}
		if level == probeTraces()[leavesRejection] && len(count) != 2 {
			t.Errorf("%s leaves %v: the test reads other names of statuses", level, count)
		}
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
	code, o := probed(t, "--url", h.URL()+"/soap/piemonte", "--dialect", "piemonte", "--ca", ca)
	if want := []string{"piemonte tls-certificato: scade il "}; code != verb.ExitFinding || len(o.failures()) != 1 || !strings.HasPrefix(o.failures()[0], want[0]) {
		t.Errorf("exit code %d, failed %q", code, o.failures())
	}
	for _, c := range o.Parts[0].Checks {
		if c.ID == "tls-versione" && (c.Verdict != probe.Held || c.Got != "TLS 1.3 negoziato, TLS 1.1 rifiutato") {
			t.Errorf("%s: %s", c.Verdict, c.Got)
		}
	}
}

// newPlay plays the national dialect at Marche's endpoint, whatever it leaves.
func newPlay(t *testing.T, kit *probeKit, hub string) *probePlay {
	t.Helper()
	u, err := url.Parse(hub + "/soap/marche")
	if err != nil {
		t.Fatal(err)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	p := probeCmd{Timeout: patience, Writes: "acceptances"}.play(t.Context(), kit, playNational, u, rome)
	if p.serial, err = newSerial(); err != nil {
		t.Fatal(err)
	}
	p.sampler = samplesOf(t, "marche", p.serial)
	return p
}

// chosen are cases of the tables, by identifiers.
func chosen(t *testing.T, ids string) (list []probeCase) {
	t.Helper()
	for _, c := range probeCases() {
		if slices.Contains(strings.Fields(ids), c.id) {
			list = append(list, c)
		}
	}
	if len(list) != len(strings.Fields(ids)) {
		t.Fatalf("no such cases: %s", ids)
	}
	return list
}

// TestProbeLimitedSender: a hub that asks a sender to wait is not judged for it.
func TestProbeLimitedSender(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := testConfig(data)
	cfg.Regions = map[string]node.RegionPolicy{"marche": {Rate: node.Rate{Count: 1, Period: 24 * time.Hour}}}
	h := nodeOf(t, cfg)
	kit, err := probeCmd{Data: data}.kit()
	if err != nil {
		t.Fatal(err)
	}
	checks, err := newPlay(t, kit, h.URL()).play(chosen(t, "regola accettata ripetuta"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range checks {
		got = append(got, string(c.Verdict))
	}
	if want := []string{string(probe.Held), string(probe.Untried), string(probe.Untried)}; !slices.Equal(got, want) || !strings.Contains(checks[1].Got, "limita gli invii") {
		t.Errorf("verdicts %q: %+v", got, checks)
	}
}

// TestProbeSilentHub: a hub that answers no more is given up, and what it was not
// asked counts against it.
func TestProbeSilentHub(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(dead.Close)
	checks, err := newPlay(t, &probeKit{now: time.Now}, dead.URL).play(chosen(t, "eco soap12 busta-dtd busta-vuota ricevuta-ignota"))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range checks {
		if failed := c.Verdict == probe.Failed && strings.HasPrefix(c.Got, "nessuna risposta"); i < mostSilences && !failed {
			t.Errorf("%s: %s, %s", c.ID, c.Verdict, c.Got)
		}
		if i >= mostSilences && (!c.Blocked || c.Verdict != probe.Untried) {
			t.Errorf("%s: %s, %s", c.ID, c.Verdict, c.Got)
		}
	}
	if s := (probe.Part{Checks: checks}).Score(); len(checks) != 5 || s.Points != 0 || s.Of != 13 {
		t.Errorf("%d checks, score %+v", len(checks), s)
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
		{"THERE", verb.ExitFailed, "HTTP request"},
	} {
		args := strings.NewReplacer("THERE", there, "ABSENT", filepath.Join(filepath.Dir(there), "absent")).Replace(tc.args)
		code, _, errs := attempt(t, append([]string{"probe"}, strings.Fields(args)...)...)
		if code != tc.code || !strings.Contains(errs, tc.says) {
			t.Errorf("%s: exit code %d, %s", tc.args, code, errs)
		}
	}
}

// TestProbeCases: every case says what it is, why, and what to fix; identifiers are
// unique, and a case that uses another's answer comes after it and leaves no less.
func TestProbeCases(t *testing.T) {
	t.Parallel()
	seen := map[string]probeTrace{}
	for _, c := range probeCases() {
		if _, twice := seen[c.id]; twice || c.id == "" || c.group == "" || c.sent == "" || c.source == "" || c.remedy == "" || c.points == 0 {
			t.Errorf("%s: twice, or lacks something: %+v", c.id, c)
		}
		if (c.run == nil) == (c.message == nil) || (c.run != nil) != (c.wanted != "") || c.run == nil && c.want.outcome == "" {
			t.Errorf("%s: neither a message with what is wanted nor a run, or both", c.id)
		}
		seen[c.id] = c.leaves
		if before, ok := seen[c.after]; c.after != "" && (!ok || before > c.leaves) {
			t.Errorf("%s: %s comes later, or leaves more", c.id, c.after)
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d cases", len(seen))
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
			if name := filepath.Base(a); strings.HasSuffix(name, "*.xml") || strings.HasSuffix(name, ".http") {
				args[i] = filepath.Join("testdata", "probe.txtar")
			}
		}
		grammar, _ := parsedArgs(t, args[1:])
		if args[1] != "probe" || grammar.Probe.URL == "" == (len(grammar.Probe.Files) == 0) {
			t.Errorf("%s: not of the probe, or neither files nor an address", line)
		}
	}
	_, text, _ := strings.Cut(shipped(t, "OPERATING.md"), "\n## Before a region connects\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for _, level := range probeTraces() {
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

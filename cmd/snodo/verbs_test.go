package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestExitCodes: wrong use is 2, what could not run is 1, and both say why on
// standard error, in words that name the flag.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "there.xml")
	if err := os.WriteFile(there, []byte("<a/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	absent := filepath.Join(t.TempDir(), "absent")
	const hub = "http://127.0.0.1:1/soap/marche"
	for _, tc := range []struct {
		args string // DIR, THERE and ABSENT stand for paths
		code int
		says string
	}{
		{"", verb.ExitUsage, "expected one of"},
		{"fly", verb.ExitUsage, "fly"},
		{"serve --fly", verb.ExitUsage, "--fly"},
		{"serve more", verb.ExitUsage, "more"},
		{"receipt", verb.ExitUsage, "expected one of"},
		{"report", verb.ExitUsage, "quadratura"},
		{"certificate", verb.ExitUsage, "issue"},

		{"serve --data DIR/d --policy toscana=signed", verb.ExitUsage, "--policy toscana"},
		{"serve --data DIR/d --policy piemonte=open", verb.ExitUsage, "--policy piemonte=open"},
		{"serve --data DIR/d --policy piemonte", verb.ExitUsage, "policy"},
		{"serve --data DIR/d --policy piemonte=channel --listen 0.0.0.0:0", verb.ExitUsage, "--client-ca"},
		{"serve --data DIR/d --policy piemonte=channel --listen :0", verb.ExitUsage, "--client-ca"},
		{"serve --data DIR/d --policy piemonte=channel --listen [::]:0", verb.ExitUsage, "--client-ca"},
		{"serve --data DIR/d --policy piemonte=channel --listen nodo.example:0", verb.ExitUsage, "--client-ca"},
		{"serve --data DIR/d --client-ca THERE", verb.ExitUsage, "--tls-cert"},
		{"serve --data DIR/d --tls-cert THERE", verb.ExitUsage, "--tls-key"},
		{"serve --data DIR/d --trust toscana=THERE", verb.ExitUsage, "--trust toscana"},
		{"serve --data DIR/d --first-code toscana=5", verb.ExitUsage, "--first-code toscana"},
		{"serve --data DIR/d --first-code marche=five", verb.ExitUsage, "first-code"},
		{"serve --data DIR/d --role scriba", verb.ExitUsage, "--role scriba"},
		{"serve --data DIR/d --role intake", verb.ExitUsage, "--kafka"},
		{"serve --data DIR/d --role intake,relay", verb.ExitUsage, "--kafka"},
		{"serve --data DIR/d --role national --role console", verb.ExitUsage, "--kafka"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role intake", verb.ExitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role relay,national", verb.ExitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role console", verb.ExitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role intake --database sqlite:DIR/x.db", verb.ExitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role national --after-restore", verb.ExitUsage, "--after-restore"},
		{"serve --data DIR/d --kafka 127.0.0.1", verb.ExitUsage, "--kafka"},
		{"serve --data DIR/d --database DIR/x.db", verb.ExitUsage, "--database"},
		{"serve --data DIR/d --database mysql://host/name", verb.ExitUsage, "--database"},
		{"serve --data DIR/d --national-database sqlite:", verb.ExitUsage, "--national-database"},
		{"serve --data DIR/d --log-level shout", verb.ExitUsage, "log-level"},
		{"serve --data DIR/d --listen 127.0.0.1:0 --trust marche=ABSENT", verb.ExitFailed, "--trust marche"},
		{"serve --data DIR/d --listen 127.0.0.1:0 --trust marche=THERE", verb.ExitFailed, "--trust marche"},
		{"serve --data DIR/d --listen 127.0.0.1:0 --tls-cert THERE --tls-key THERE", verb.ExitFailed, "--tls-cert"},
		{"serve --data DIR/d --listen 192.0.2.1:1", verb.ExitFailed, "listen"},

		{"certificate issue --data DIR/c --out DIR/p", verb.ExitUsage, "--cf"},
		{"certificate issue --data DIR/c --cf RSSMRA85C15L219J", verb.ExitUsage, "--out"},
		{"certificate issue --data DIR/c --cf RSSMRA85C15L219K --out DIR/p", verb.ExitUsage, "--cf"},
		{"certificate issue --data DIR/c --cf 12345678901 --out DIR/p", verb.ExitUsage, "--cf"},
		{"certificate issue --data DIR/c --cf RSSMRA85C15L219J --out ABSENT/p", verb.ExitFailed, "absent"},

		{"submit THERE", verb.ExitUsage, "--url"},
		{"submit --url " + hub, verb.ExitUsage, "files"},
		{"submit --url " + hub + " ABSENT", verb.ExitUsage, "absent"},
		{"submit --url " + hub + " THERE", verb.ExitUsage, "--cert"},
		{"submit --url " + hub + " --cert THERE --key THERE THERE", verb.ExitFailed, "--cert"},
		{"submit --url " + hub + " --as-is THERE", verb.ExitFailed, "call service"},
		{"submit --url " + hub + " --spicom THERE", verb.ExitFailed, "call service"},
		{"submit --url " + hub + " --as-is --ca THERE THERE", verb.ExitFailed, "--ca"},

		{"receipt get 1104226000000001 --data DIR", verb.ExitUsage, "--digest"},
		{"receipt get 1104226000000001 --digest x --data DIR", verb.ExitUsage, "--digest"},
		{"receipt get 1104226000000001 --digest DIGEST", verb.ExitUsage, "--data, --database or --url"},
		{"receipt get 1104226000000001 --digest DIGEST --url localhost", verb.ExitUsage, "--url"},
		{"receipt get 1104226000000001 --digest DIGEST --data DIR --url " + hub, verb.ExitUsage, "--url"},
		{"receipt get 1104226000000001 --digest DIGEST --data ABSENT", verb.ExitFailed, "database"},
		{"receipt get 1104226000000001 --digest DIGEST --url " + hub, verb.ExitFailed, "call service"},
		{"receipt verify", verb.ExitUsage, "file"},
		{"receipt verify ABSENT", verb.ExitFailed, "absent"},
		{"receipt verify THERE --trust ABSENT", verb.ExitFailed, "--trust"},
		{"receipt verify THERE --trust THERE", verb.ExitFailed, "--trust"},

		{"verify --data ABSENT", verb.ExitFailed, "seal"},
		{"verify --keys ABSENT", verb.ExitFailed, "seal"},
		{"verify --database DIR/x.db", verb.ExitUsage, "--database"},
		{"report quadratura --kafka 9092", verb.ExitUsage, "--kafka"},
		{"receipt get 1104226000000001 --digest DIGEST --data DIR --database sqlite:DIR/x.db", verb.ExitUsage, "--database"},
		{"certificate issue --keys THERE/k --cf RSSMRA85C15L219J --out DIR/p", verb.ExitFailed, "keys"},
		{"report quadratura --data ABSENT", verb.ExitFailed, "database"},
		{"report quadratura --data DIR --from 22/11/2026", verb.ExitUsage, "--from"},
		{"report quadratura --data DIR --from 2026-11-22 --to 2026-11-21", verb.ExitUsage, "--to"},
		{"report quadratura --data DIR --to 2026-02-30", verb.ExitUsage, "--to"},
		{"report quadratura --data DIR --region toscana", verb.ExitUsage, "--region toscana"},
		{"report quadratura --data DIR --format xml", verb.ExitUsage, "format"},
		{"report quadratura --data DIR --grace soon", verb.ExitUsage, "grace"},
		{"demo --break nothing", verb.ExitUsage, "break"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := strings.Fields(strings.NewReplacer("DIGEST", strings.Repeat("a1", 32), "DIR", dir, "THERE", there, "ABSENT", absent).Replace(tc.args))
			code, out, errs := attempt(t, args...)
			if code != tc.code || !strings.Contains(errs, tc.says) || !strings.HasPrefix(errs, "snodo: ") || out != "" {
				t.Errorf("exit code %d, want %d\nout: %s\nerr: %s", code, tc.code, out, errs)
			}
			if left, err := os.ReadDir(dir); err != nil || tc.code == verb.ExitUsage && len(left) > 0 {
				t.Errorf("wrong use left %v, %v", left, err)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "serve", "demo", "submit", "receipt get", "receipt verify", "verify", "report quadratura", "certificate issue"} {
		code, out, errs := attempt(t, append(strings.Fields(name), "--help")...)
		if code != verb.ExitDone || errs != "" || !strings.Contains(out, "Usage: snodo "+name) {
			t.Errorf("%s --help: exit code %d\n%s%s", name, code, out, errs)
		}
		if name != "" && name != "serve" && !strings.Contains(out, "--json") {
			t.Errorf("%s has no --json", name)
		}
	}
}

func TestCertificateIssue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	for _, cf := range []string{"RSSMRA85C15L219J", "01472580362"} {
		base := filepath.Join(dir, cf)
		code, out, errs := attempt(t, "certificate", "issue", "--data", data, "--cf", cf, "--out", base, "--json")
		var said struct{ Certificate, Key string }
		if err := json.Unmarshal([]byte(out), &said); err != nil || code != verb.ExitDone || said.Certificate != base+".pem" || said.Key != base+".key" {
			t.Fatalf("exit code %d, %v\n%s%s", code, err, out, errs)
		}
		text, err := os.ReadFile(base + ".pem")
		if err != nil {
			t.Fatal(err)
		}
		chain, err := xmlsig.ParseCertificates(text)
		if err != nil || len(chain) != 2 || chain[0].Subject.SerialNumber != "TINIT-"+cf || chain[0].KeyUsage != x509.KeyUsageContentCommitment ||
			chain[0].CheckSignatureFrom(chain[1]) != nil {
			t.Errorf("%s: chain %v, %v", cf, chain, err)
		}
		key, err := xmlsig.ReadKey(base + ".key")
		if pub, ok := key.Public().(*rsa.PublicKey); err != nil || !ok || pub.N.BitLen() != 2048 {
			t.Errorf("%s: key %T, %v", cf, key, err)
		}
		if info, err := os.Stat(base + ".key"); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: key file %v, %v", cf, info.Mode(), err)
		}
		// A key once issued is never overwritten.
		if code, _, _ := attempt(t, "certificate", "issue", "--data", data, "--cf", cf, "--out", base); code != verb.ExitFailed {
			t.Errorf("%s again: exit code %d, want %d", cf, code, verb.ExitFailed)
		}
		if again, err := os.ReadFile(base + ".pem"); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%s was overwritten", cf)
		}
	}
}

// desk is a hub with files to send to it.
type desk struct {
	*hubUnderTest
	dir, data string
	sign      []string // flags that sign as the desk's signer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{dir: t.TempDir()}
	d.data = filepath.Join(d.dir, "data")
	d.hubUnderTest = startHub(t, d.data, nil)
	base := filepath.Join(d.dir, "signer")
	mustRun(t, "certificate", "issue", "--data", d.data, "--cf", "RSSMRA85C15L219J", "--out", base)
	d.sign = []string{"--cert", base + ".pem", "--key", base + ".key"}
	samples := samplesOf(t, "marche", 0)
	bad := samples.Hiring(2)
	bad.CodiceComunicazione = "1300126000000001"
	for name, c := range map[string]*co.UniLav{
		"good": samples.Hiring(1), "rejected": bad, "other": samples.Hiring(3), "unsigned": samples.Hiring(4),
	} {
		document, err := transform.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		d.file(t, name+".xml", document)
	}
	return d
}

// file writes a file into the desk's folder and gives its path.
func (d *desk) file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

// submit runs the verb with --json and reads what it printed.
func (d *desk) submit(t *testing.T, region string, args ...string) (int, []sender.Submitted) {
	t.Helper()
	code, out, errs := attempt(t, append([]string{"submit", "--json", "--url", d.URL() + "/soap/" + region}, args...)...)
	var list []sender.Submitted
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("exit code %d: %v\n%s%s", code, err, out, errs)
	}
	return code, list
}

func TestSubmitVerb(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	kept := d.path("receipts")
	code, list := d.submit(t, "marche", slices.Concat(d.sign, []string{"--receipts", kept, d.path("good.xml"), d.path("rejected.xml"), d.path("other.xml")})...)
	if code != verb.ExitFinding || len(list) != 3 || list[0].Outcome != "accettata" || list[1].Outcome != "respinta" || list[2].Outcome != "accettata" {
		t.Fatalf("exit code %d, %+v", code, list)
	}
	if r := list[0].Receipt; list[0].File != d.path("good.xml") || r == nil || r.Codice != list[0].Codice || r.Kind != receipt.Acceptance {
		t.Errorf("accepted: %+v", list[0])
	}
	if list[1].Codice != "" || !strings.HasPrefix(list[1].Text, string(fault.CodeNotZero)) {
		t.Errorf("rejected: %+v", list[1])
	}
	for _, name := range []string{list[0].Codice, list[1].Receipt.Entry, list[2].Codice} {
		sealed, err := os.ReadFile(filepath.Join(kept, name+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		d.sealHolds(t, sealed)
	}

	code, out, errs := attempt(t, slices.Concat([]string{"submit", "--url", d.URL() + "/soap/marche"}, d.sign, []string{d.path("good.xml")})...)
	if want := "accettata  " + list[0].Codice + "  " + d.path("good.xml"); code != verb.ExitDone || !strings.HasPrefix(out, want) || errs != "" {
		t.Errorf("again: exit code %d\n%s%s", code, out, errs)
	}
	code, list = d.submit(t, "lazio", "--as-is", d.path("unsigned.xml"))
	if code != verb.ExitFinding || list[0].Outcome != "rifiutata" || !strings.Contains(list[0].Text, string(fault.Unsigned)) || list[0].Receipt != nil {
		t.Errorf("unsigned: exit code %d, %+v", code, list)
	}
	if code, list = d.submit(t, "piemonte", "--as-is", d.path("unsigned.xml")); code != verb.ExitDone || list[0].Receipt.Note == "" {
		t.Errorf("unsigned on a channel: exit code %d, %+v", code, list)
	}
	spicom := []string{"--spicom", d.file(t, "01.xml", []byte(payload(t, "01"))), d.file(t, "03.xml", []byte(payload(t, "03")))}
	if code, list = d.submit(t, "piemonte", spicom...); code != verb.ExitDone || len(list) != 2 || !strings.HasPrefix(list[1].Codice, "13") {
		t.Errorf("SPICOM: exit code %d, %+v", code, list)
	}
	code, list = d.submit(t, "piemonte", "--spicom", d.file(t, "90.xml", []byte(payload(t, "90"))),
		d.file(t, "latin.xml", []byte(`<?xml version="1.0" encoding="ISO-8859-1"?><object/>`)))
	if code != verb.ExitFinding || list[0].Outcome != "respinta" || list[1].Outcome != "rifiutata" {
		t.Errorf("SPICOM: exit code %d, %+v", code, list)
	}
	for name, content := range map[string]string{"no XML": "<a", "a DTD": "<!DOCTYPE a><a/>", "two signatures": "<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>"} {
		code, _, errs := attempt(t, slices.Concat([]string{"submit", "--url", d.URL() + "/soap/marche"}, d.sign, []string{d.file(t, "bad.xml", []byte(content))})...)
		if code != verb.ExitFailed || !strings.Contains(errs, "sign: SIG-") {
			t.Errorf("%s: exit code %d, %s", name, code, errs)
		}
	}
}

// TestReceiptGet: the same receipts from the data folder and from the hub, and
// nothing without the document's digest.
func TestReceiptGet(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, list := d.submit(t, "marche", slices.Concat(d.sign, []string{d.path("good.xml"), d.path("rejected.xml")})...)
	good, rejected := list[0].Receipt, list[1].Receipt
	url := d.URL() + "/soap/marche"
	eventually(t, "registration", func() bool {
		base, _, _ := strings.Cut(url, "/soap/") // the hub's own address will do
		return strings.Count(mustRun(t, "receipt", "get", good.Codice, "--digest", good.Digest, "--url", base), "<Ricevuta ") == 2
	})
	places := [][]string{{"--url", url}, {"--data", d.data}}
	var said [2]string
	for i, place := range places {
		get := func(args ...string) (int, string, string) {
			t.Helper()
			return attempt(t, append(append([]string{"receipt", "get"}, args...), place...)...)
		}
		_, said[i], _ = get(good.Codice, "--digest", good.Digest)
		code, out, _ := get(good.Codice, "--digest", strings.ToUpper(good.Document), "--json")
		var all []receipt.Receipt
		if err := json.Unmarshal([]byte(out), &all); err != nil || code != verb.ExitDone || len(all) != 2 || !reflect.DeepEqual(all[0], *good) || all[1].Kind != receipt.Registration {
			t.Errorf("%s: exit code %d, %v\n%s", place, code, err, out)
		}
		if code, out, _ := get(rejected.Entry, "--digest", rejected.Digest); code != verb.ExitDone || !strings.Contains(out, "<Tipo>rifiuto</Tipo>") {
			t.Errorf("%s: rejection: exit code %d\n%s", place, code, out)
		}
		for name, args := range map[string][]string{
			"wrong digest":          {good.Codice, "--digest", rejected.Digest},
			"unknown code":          {"1104226000099999", "--digest", good.Digest},
			"unknown entry":         {good.Digest, "--digest", good.Digest},
			"another's code":        {good.Codice, "--digest", good.Entry},
			"the rejection by code": {good.Codice, "--digest", rejected.Document},
		} {
			if code, out, errs := get(args...); code != verb.ExitFinding || out != "" || !strings.Contains(errs, "nessuna ricevuta") {
				t.Errorf("%s, %s: exit code %d\n%s%s", place, name, code, out, errs)
			}
		}
	}
	if said[0] != said[1] || strings.Count(said[0], "\n") != 2 {
		t.Errorf("from the hub:\n%sfrom the folder:\n%s", said[0], said[1])
	}
	d.stop()
	out := mustRun(t, "receipt", "get", good.Codice, "--digest", good.Digest, "--data", d.data, "--out", d.path("kept"))
	paths := strings.Fields(out)
	if len(paths) != 2 || filepath.Base(paths[1]) != good.Codice+"-2.xml" {
		t.Fatalf("kept %q", paths)
	}
	for i, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil || string(b) != strings.Split(said[0], "\n")[i] {
			t.Errorf("%s: %v\n%s", path, err, b)
		}
	}
}

// TestOneServePerFolder: a second process is turned away, the first unharmed.
func TestOneServePerFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := startProcess(t, self, roleProgram, "serve", "--listen", "127.0.0.1:0", "--data", data)
	if host, port, err := net.SplitHostPort(strings.TrimPrefix(p.url, "http://")); err != nil || host != "127.0.0.1" || port == "0" {
		t.Errorf("first line names %s", p.url)
	}
	code, out, errs := attempt(t, "serve", "--listen", "127.0.0.1:0", "--data", data)
	if code != verb.ExitFailed || out != "" || !strings.Contains(errs, "data folder") {
		t.Errorf("second serve: exit code %d\n%s%s", code, out, errs)
	}
	if got := status(t, webClient(t, 1), p.url+"/readyz"); got != http.StatusOK {
		t.Errorf("the first: %d", got)
	}
	p.terminate(t)
	p = startProcess(t, self, roleProgram, "serve", "--listen", "127.0.0.1:0", "--data", data)
	p.terminate(t)
}

// TestReceiptFromStandardInput runs the verb as a process.
func TestReceiptFromStandardInput(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, list := d.submit(t, "marche", append(d.sign, d.path("good.xml"))...)
	sealed := mustRun(t, "receipt", "get", list[0].Codice, "--digest", list[0].Receipt.Digest, "--data", d.data)
	sealed, _, _ = strings.Cut(sealed, "\n")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for input, want := range map[string]int{sealed: verb.ExitDone, sealed + "\n": verb.ExitDone, strings.Replace(sealed, "marche", "lazio", 1): verb.ExitFinding} {
		cmd := exec.CommandContext(t.Context(), self, "receipt", "verify", "-", "--trust", filepath.Join(d.data, "seal.pem"))
		cmd.Env = append(os.Environ(), roleVariable+"="+roleProgram)
		cmd.Stdin, cmd.WaitDelay = strings.NewReader(input), 10*time.Second
		out, err := cmd.Output()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("exit code %d, want %d: %v\n%s", got, want, err, out)
		}
	}
}

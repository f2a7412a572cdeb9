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
		{"", exitUsage, "expected one of"},
		{"fly", exitUsage, "fly"},
		{"serve --fly", exitUsage, "--fly"},
		{"serve more", exitUsage, "more"},
		{"receipt", exitUsage, "expected one of"},
		{"report", exitUsage, "quadratura"},
		{"certificate", exitUsage, "issue"},

		{"serve --data DIR/d --policy toscana=signed", exitUsage, "--policy toscana"},
		{"serve --data DIR/d --policy piemonte=open", exitUsage, "--policy piemonte=open"},
		{"serve --data DIR/d --policy piemonte", exitUsage, "policy"},
		{"serve --data DIR/d --policy piemonte=channel --listen 0.0.0.0:0", exitUsage, "--client-ca"},
		{"serve --data DIR/d --policy piemonte=channel --listen :0", exitUsage, "--client-ca"},
		{"serve --data DIR/d --policy piemonte=channel --listen [::]:0", exitUsage, "--client-ca"},
		{"serve --data DIR/d --policy piemonte=channel --listen nodo.example:0", exitUsage, "--client-ca"},
		{"serve --data DIR/d --client-ca THERE", exitUsage, "--tls-cert"},
		{"serve --data DIR/d --tls-cert THERE", exitUsage, "--tls-key"},
		{"serve --data DIR/d --trust toscana=THERE", exitUsage, "--trust toscana"},
		{"serve --data DIR/d --first-code toscana=5", exitUsage, "--first-code toscana"},
		{"serve --data DIR/d --first-code marche=five", exitUsage, "first-code"},
		{"serve --data DIR/d --role scriba", exitUsage, "--role scriba"},
		{"serve --data DIR/d --role intake", exitUsage, "--kafka"},
		{"serve --data DIR/d --role intake,relay", exitUsage, "--kafka"},
		{"serve --data DIR/d --role national --role console", exitUsage, "--kafka"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role intake", exitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role relay,national", exitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role console", exitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role intake --database sqlite:DIR/x.db", exitUsage, "SQLite"},
		{"serve --data DIR/d --kafka 127.0.0.1:1 --role national --after-restore", exitUsage, "--after-restore"},
		{"serve --data DIR/d --kafka 127.0.0.1", exitUsage, "--kafka"},
		{"serve --data DIR/d --database DIR/x.db", exitUsage, "--database"},
		{"serve --data DIR/d --database mysql://host/name", exitUsage, "--database"},
		{"serve --data DIR/d --national-database sqlite:", exitUsage, "--national-database"},
		{"serve --data DIR/d --log-level shout", exitUsage, "log-level"},
		{"serve --data DIR/d --listen 127.0.0.1:0 --trust marche=ABSENT", exitFailed, "--trust marche"},
		{"serve --data DIR/d --listen 127.0.0.1:0 --trust marche=THERE", exitFailed, "--trust marche"},
		{"serve --data DIR/d --listen 127.0.0.1:0 --tls-cert THERE --tls-key THERE", exitFailed, "--tls-cert"},
		{"serve --data DIR/d --listen 192.0.2.1:1", exitFailed, "listen"},

		{"certificate issue --data DIR/c --out DIR/p", exitUsage, "--cf"},
		{"certificate issue --data DIR/c --cf RSSMRA85C15L219J", exitUsage, "--out"},
		{"certificate issue --data DIR/c --cf RSSMRA85C15L219K --out DIR/p", exitUsage, "--cf"},
		{"certificate issue --data DIR/c --cf 12345678901 --out DIR/p", exitUsage, "--cf"},
		{"certificate issue --data DIR/c --cf RSSMRA85C15L219J --out ABSENT/p", exitFailed, "absent"},

		{"submit THERE", exitUsage, "--url"},
		{"submit --url " + hub, exitUsage, "files"},
		{"submit --url " + hub + " ABSENT", exitUsage, "absent"},
		{"submit --url " + hub + " THERE", exitUsage, "--cert"},
		{"submit --url " + hub + " --cert THERE --key THERE THERE", exitFailed, "--cert"},
		{"submit --url " + hub + " --as-is THERE", exitFailed, "call service"},
		{"submit --url " + hub + " --spicom THERE", exitFailed, "call service"},
		{"submit --url " + hub + " --as-is --ca THERE THERE", exitFailed, "--ca"},

		{"receipt get 1104226000000001 --data DIR", exitUsage, "--digest"},
		{"receipt get 1104226000000001 --digest x --data DIR", exitUsage, "--digest"},
		{"receipt get 1104226000000001 --digest DIGEST", exitUsage, "--data, --database or --url"},
		{"receipt get 1104226000000001 --digest DIGEST --url localhost", exitUsage, "--url"},
		{"receipt get 1104226000000001 --digest DIGEST --data DIR --url " + hub, exitUsage, "--url"},
		{"receipt get 1104226000000001 --digest DIGEST --data ABSENT", exitFailed, "database"},
		{"receipt get 1104226000000001 --digest DIGEST --url " + hub, exitFailed, "call service"},
		{"receipt verify", exitUsage, "file"},
		{"receipt verify ABSENT", exitFailed, "absent"},
		{"receipt verify THERE --trust ABSENT", exitFailed, "--trust"},
		{"receipt verify THERE --trust THERE", exitFailed, "--trust"},

		{"verify --data ABSENT", exitFailed, "seal"},
		{"verify --keys ABSENT", exitFailed, "seal"},
		{"verify --database DIR/x.db", exitUsage, "--database"},
		{"report quadratura --kafka 9092", exitUsage, "--kafka"},
		{"receipt get 1104226000000001 --digest DIGEST --data DIR --database sqlite:DIR/x.db", exitUsage, "--database"},
		{"certificate issue --keys THERE/k --cf RSSMRA85C15L219J --out DIR/p", exitFailed, "keys"},
		{"report quadratura --data ABSENT", exitFailed, "database"},
		{"report quadratura --data DIR --from 22/11/2026", exitUsage, "--from"},
		{"report quadratura --data DIR --from 2026-11-22 --to 2026-11-21", exitUsage, "--to"},
		{"report quadratura --data DIR --to 2026-02-30", exitUsage, "--to"},
		{"report quadratura --data DIR --region toscana", exitUsage, "--region toscana"},
		{"report quadratura --data DIR --format xml", exitUsage, "format"},
		{"report quadratura --data DIR --grace soon", exitUsage, "grace"},
		{"demo --break nothing", exitUsage, "break"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := strings.Fields(strings.NewReplacer("DIGEST", strings.Repeat("a1", 32), "DIR", dir, "THERE", there, "ABSENT", absent).Replace(tc.args))
			code, out, errs := attempt(t, args...)
			if code != tc.code || !strings.Contains(errs, tc.says) || !strings.HasPrefix(errs, "snodo: ") || out != "" {
				t.Errorf("exit code %d, want %d\nout: %s\nerr: %s", code, tc.code, out, errs)
			}
			if left, err := os.ReadDir(dir); err != nil || tc.code == exitUsage && len(left) > 0 {
				t.Errorf("wrong use left %v, %v", left, err)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"", "serve", "demo", "submit", "receipt get", "receipt verify", "verify", "report quadratura", "certificate issue"} {
		code, out, errs := attempt(t, append(strings.Fields(verb), "--help")...)
		if code != exitDone || errs != "" || !strings.Contains(out, "Usage: snodo "+verb) {
			t.Errorf("%s --help: exit code %d\n%s%s", verb, code, out, errs)
		}
		if verb != "" && verb != "serve" && !strings.Contains(out, "--json") {
			t.Errorf("%s has no --json", verb)
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
		if err := json.Unmarshal([]byte(out), &said); err != nil || code != exitDone || said.Certificate != base+".pem" || said.Key != base+".key" {
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
		if code, _, _ := attempt(t, "certificate", "issue", "--data", data, "--cf", cf, "--out", base); code != exitFailed {
			t.Errorf("%s again: exit code %d, want %d", cf, code, exitFailed)
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
func (d *desk) submit(t *testing.T, region string, args ...string) (int, []submitted) {
	t.Helper()
	code, out, errs := attempt(t, append([]string{"submit", "--json", "--url", d.url() + "/soap/" + region}, args...)...)
	var list []submitted
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
	if code != exitFinding || len(list) != 3 || list[0].Outcome != "accettata" || list[1].Outcome != "respinta" || list[2].Outcome != "accettata" {
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

	code, out, errs := attempt(t, slices.Concat([]string{"submit", "--url", d.url() + "/soap/marche"}, d.sign, []string{d.path("good.xml")})...)
	if want := "accettata  " + list[0].Codice + "  " + d.path("good.xml"); code != exitDone || !strings.HasPrefix(out, want) || errs != "" {
		t.Errorf("again: exit code %d\n%s%s", code, out, errs)
	}
	code, list = d.submit(t, "lazio", "--as-is", d.path("unsigned.xml"))
	if code != exitFinding || list[0].Outcome != "rifiutata" || !strings.Contains(list[0].Text, string(fault.Unsigned)) || list[0].Receipt != nil {
		t.Errorf("unsigned: exit code %d, %+v", code, list)
	}
	if code, list = d.submit(t, "piemonte", "--as-is", d.path("unsigned.xml")); code != exitDone || list[0].Receipt.Note == "" {
		t.Errorf("unsigned on a channel: exit code %d, %+v", code, list)
	}
	spicom := []string{"--spicom", d.file(t, "01.xml", []byte(payload(t, "01"))), d.file(t, "03.xml", []byte(payload(t, "03")))}
	if code, list = d.submit(t, "piemonte", spicom...); code != exitDone || len(list) != 2 || !strings.HasPrefix(list[1].Codice, "13") {
		t.Errorf("SPICOM: exit code %d, %+v", code, list)
	}
	code, list = d.submit(t, "piemonte", "--spicom", d.file(t, "90.xml", []byte(payload(t, "90"))),
		d.file(t, "disabled.xml", []byte(`<object type="it.csi.spicom.dto.ComunicazioneProspettoDisabiliDTO"></object>`)))
	if code != exitFinding || list[0].Outcome != "respinta" || list[1].Outcome != "rifiutata" {
		t.Errorf("SPICOM: exit code %d, %+v", code, list)
	}
	for name, content := range map[string]string{"no XML": "<a", "a DTD": "<!DOCTYPE a><a/>", "two signatures": "<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>"} {
		code, _, errs := attempt(t, slices.Concat([]string{"submit", "--url", d.url() + "/soap/marche"}, d.sign, []string{d.file(t, "bad.xml", []byte(content))})...)
		if code != exitFailed || !strings.Contains(errs, "sign: SIG-") {
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
	url := d.url() + "/soap/marche"
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
		if err := json.Unmarshal([]byte(out), &all); err != nil || code != exitDone || len(all) != 2 || !reflect.DeepEqual(all[0], *good) || all[1].Kind != receipt.Registration {
			t.Errorf("%s: exit code %d, %v\n%s", place, code, err, out)
		}
		if code, out, _ := get(rejected.Entry, "--digest", rejected.Digest); code != exitDone || !strings.Contains(out, "<Tipo>rifiuto</Tipo>") {
			t.Errorf("%s: rejection: exit code %d\n%s", place, code, out)
		}
		for name, args := range map[string][]string{
			"wrong digest":          {good.Codice, "--digest", rejected.Digest},
			"unknown code":          {"1104226000099999", "--digest", good.Digest},
			"unknown entry":         {good.Digest, "--digest", good.Digest},
			"another's code":        {good.Codice, "--digest", good.Entry},
			"the rejection by code": {good.Codice, "--digest", rejected.Document},
		} {
			if code, out, errs := get(args...); code != exitFinding || out != "" || !strings.Contains(errs, "nessuna ricevuta") {
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
	if code != exitFailed || out != "" || !strings.Contains(errs, "data folder") {
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
	for input, want := range map[string]int{sealed: exitDone, sealed + "\n": exitDone, strings.Replace(sealed, "marche", "lazio", 1): exitFinding} {
		cmd := exec.CommandContext(t.Context(), self, "receipt", "verify", "-", "--trust", filepath.Join(d.data, "seal.pem"))
		cmd.Env = append(os.Environ(), roleVariable+"="+roleProgram)
		cmd.Stdin, cmd.WaitDelay = strings.NewReader(input), 10*time.Second
		out, err := cmd.Output()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("exit code %d, want %d: %v\n%s", got, want, err, out)
		}
	}
}

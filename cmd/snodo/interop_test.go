package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
)

// interopVariable names the folder of the toolkits that .ci/interop installs.
const interopVariable = "SNODO_TEST_INTEROP"

// interopPrograms is where the programs that use them lie.
const interopPrograms = "testdata/interop"

// toolkits are what the test's other side is made of.
type toolkits struct{ python, jars string }

// interop finds the toolkits, or skips the test. A folder that is named must be
// whole.
func interop(t *testing.T) toolkits {
	t.Helper()
	dir := os.Getenv(interopVariable)
	if dir == "" {
		t.Skipf("%s names no toolkits: eval \"export $(.ci/interop install)\"", interopVariable)
	}
	k := toolkits{filepath.Join(dir, "python", "bin", "python"), filepath.Join(dir, "jars")}
	for _, path := range []string{k.python, k.jars} {
		if _, err := os.Stat(path); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"java", "javac", "xmlsec1"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// run has Python run a program and gives what it printed, by check.
func (k toolkits) run(t *testing.T, program string, args ...string) map[string]string {
	t.Helper()
	return checks(tool(t, k.python, append([]string{filepath.Join(interopPrograms, program)}, args...)...))
}

// checks reads lines of a name, a colon and what came of the check.
func checks(out []byte) map[string]string {
	got := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		name, answer, _ := strings.Cut(lines.Text(), ": ")
		got[name] = answer
	}
	return got
}

// mustPrint compares what a program printed with a table of patterns.
func mustPrint(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, pattern := range want {
		if !regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(got[name]) {
			t.Errorf("%s: %.300q, want %s", name, got[name], pattern)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: a check that the test knows nothing of", name)
		}
	}
}

// writeFiles fills a folder.
func writeFiles(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// issuedFiles are a key of each kind with its certificate under the authority of a
// data folder.
func issuedFiles(t *testing.T, data string, issue func(*xmlsig.Authority, crypto.PublicKey) (*x509.Certificate, error)) map[string][]byte {
	t.Helper()
	keys, err := xmlsig.OpenKeys(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"ca.pem": xmlsig.EncodeCertificates(keys.Authority.Certificate)}
	for kind, make := range map[string]func() (crypto.Signer, error){
		"RSA": func() (crypto.Signer, error) { return xmlsig.NewPersonKey() },
		"EC":  func() (crypto.Signer, error) { return xmlsig.NewKey() },
	} {
		key, err := make()
		if err != nil {
			t.Fatal(err)
		}
		c, err := issue(keys.Authority, key.Public())
		if err != nil {
			t.Fatal(err)
		}
		text, err := xmlsig.EncodeKey(key)
		if err != nil {
			t.Fatal(err)
		}
		files[kind+".pem"], files[kind+".key"] = xmlsig.EncodeCertificates(c), text
	}
	return files
}

// ofPerson certifies a key that signs documents.
func ofPerson(a *xmlsig.Authority, pub crypto.PublicKey) (*x509.Certificate, error) {
	return a.IssuePerson(sample.Invent(950).CodiceFiscale(), pub, time.Now())
}

// callsFolder is what the programs that call every region's service read.
func callsFolder(t *testing.T, h *hubUnderTest, data string, serial int) string {
	t.Helper()
	dir := t.TempDir()
	files := issuedFiles(t, data, ofPerson)
	files["hub"] = []byte(h.URL())
	for i, region := range routing.Regions() {
		s := samplesOf(t, region.Slug, serial+100*i)
		bad := s.Hiring(3)
		bad.CodiceComunicazione = co.CodiceComunicazione(region.Code + "00026000000001")
		files[region.Slug+"/RSA.xml"] = encodeDocument(t, s.Hiring(1))
		files[region.Slug+"/EC.xml"] = encodeDocument(t, s.Hiring(2))
		files[region.Slug+"/rejected.xml"] = encodeDocument(t, bad)
		for _, c := range samplesOf(t, region.Slug, serial+500+100*i).EveryKind(1) {
			b, _ := envelope.BindingOfKind(c.Kind())
			if _, barred := region.Barred(b.Kind, false); !barred {
				files[region.Slug+"/kinds/"+b.Operation+"."+b.Child] = encodeDocument(t, c)
			}
		}
	}
	p := egovPortOf(t, h)
	files["marche/egov.xml"] = envelope.AppendEGov(nil, p.header(serial))
	writeFiles(t, dir, files)
	return dir
}

// callsWanted is what those programs must print.
func callsWanted() map[string]string {
	want := map[string]string{"marche e-Gov": "OK (?i:accettazione true)"}
	for _, region := range routing.Regions() {
		for _, b := range envelope.Bindings() {
			if _, barred := region.Barred(b.Kind, false); !barred && b.Kind != co.UNILAV {
				want[region.Slug+" "+b.Operation] = "OK (?i:accettazione) " + b.Kind
			}
		}
		codice := region.Code + `\d{14}`
		for name, pattern := range map[string]string{
			"import":       "11 operations",
			"echo":         "perché <no> & sì",
			"accepted RSA": "OK (?i:accettazione) " + codice + " (?i:signed)",
			"accepted EC":  "OK (?i:accettazione) " + codice + " (?i:signed)",
			"again RSA":    "the same receipt",
			"again EC":     "the same receipt",
			"receipts RSA": "first (?i:accettazione true)",
			"receipts EC":  "first (?i:accettazione true)",
			"rejected":     "KO ENV-04 (?i:rifiuto) ENV-04 (?i:errore)",
			"refused":      "Client " + string(xmlsig.DigestMismatch) + " (?i:true true)",

			"refused by SOAP 1.2": "Sender " + string(xmlsig.DigestMismatch) + " (?i:true true)",
		} {
			want[region.Slug+" "+name] = pattern
		}
	}
	return want
}

// TestInteropZeep: zeep imports every region's WSDL as it is and calls it, with
// documents that signxml signed; signxml verifies the receipts in the answers.
func TestInteropZeep(t *testing.T) {
	t.Parallel()
	k := interop(t)
	data := t.TempDir()
	h := startHub(t, data, nil)
	mustPrint(t, k.run(t, "calls.py", callsFolder(t, h, data, 10_000)), callsWanted())
	// The address that SPICOM's clients know gives the WSDL of Piemonte too.
	if said := string(tool(t, k.python, "-m", "zeep", h.URL()+"/spiman/servlet/rpcrouter?wsdl")); !strings.Contains(said, "RichiestaRispostaSincrona_UniLav(UniLavXML: xsd:string)") {
		t.Errorf("of the router's address, zeep says\n%s", said)
	}
}

// imported has CXF check the WSDLs of regions and make a client of each; it gives
// the folder of the first one's classes.
func (k toolkits) imported(t *testing.T, h *hubUnderTest, regions ...string) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{filepath.Join(interopPrograms, "Import.java"), dir}
	want := map[string]string{"Passed Validation ": "Valid WSDL ?"}
	for _, r := range regions {
		args = append(args, r+"="+h.URL()+"/soap/"+r+"?wsdl")
		want[r] = "ok"
	}
	mustPrint(t, checks(k.java(t, k.jars+"/*", args...)), want)
	return filepath.Join(dir, regions[0])
}

// broken has CXF check a WSDL that is not as the Basic Profile asks. It knows
// few of the rules: those of adapters/soap's TestBasicProfile are more.
func (k toolkits) broken(t *testing.T, h *hubUnderTest) string {
	t.Helper()
	dir := t.TempDir()
	resp, err := http.Get(h.URL() + "/soap/marche?wsdl")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`name="errori" element="hub:Errori"`), []byte(`name="errori" type="xs:string"`), 1)
	writeFiles(t, dir, map[string][]byte{"broken.wsdl": text})
	return string(k.java(t, k.jars+"/*", filepath.Join(interopPrograms, "Import.java"), dir, "broken="+filepath.Join(dir, "broken.wsdl")))
}

// java runs a Java program. Short ones gain nothing from the second compiler.
func (k toolkits) java(t *testing.T, classes string, args ...string) []byte {
	t.Helper()
	return tool(t, "java", append([]string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-cp", classes}, args...)...)
}

// compile compiles the named programs beside generated classes and gives the
// class path to run them.
func (k toolkits) compile(t *testing.T, classes string, programs ...string) string {
	t.Helper()
	args := []string{"-nowarn", "-Xlint:none", "-proc:none", "-encoding", "UTF-8", "-cp", classes + ":" + k.jars + "/*", "-d", classes}
	for _, p := range programs {
		args = append(args, filepath.Join(interopPrograms, p))
	}
	tool(t, "javac", args...)
	return classes + ":" + k.jars + "/*"
}

// TestInteropCXF: Apache CXF finds every region's WSDL conformant to WS-I's Basic
// Profile, generates a client from it as it is, and the client calls it, with
// documents that the JDK signed.
func TestInteropCXF(t *testing.T) {
	t.Parallel()
	k := interop(t)
	data := t.TempDir()
	h := startHub(t, data, nil)
	classes := k.compile(t, k.imported(t, h, "lazio", "marche", "piemonte"), "Documents.java", "Calls.java")
	if got := k.broken(t, h); !strings.Contains(got, "R2205 violation") {
		t.Errorf("of a WSDL that breaks R2205, CXF says %q", got)
	}
	mustPrint(t, checks(k.java(t, classes, "Calls", callsFolder(t, h, data, 20_000))), callsWanted())
}

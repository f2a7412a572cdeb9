package xmlsig

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// xmlsec1Judge gives xmlsec1's verdict on documents: its own chain to our anchor, at
// the tests' noon. It skips the test where there is no xmlsec1.
func xmlsec1Judge(t *testing.T) func(doc []byte) bool {
	t.Helper()
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed here")
	}
	dir := t.TempDir()
	ca, file := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "doc.xml")
	if err := os.WriteFile(ca, EncodeCertificates(everyone().ca.Certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	at := noon().Format("2006-01-02 15:04:05")
	return func(doc []byte) bool {
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		err := exec.CommandContext(t.Context(), tool, "--verify", "--trusted-pem", ca, "--verification-time", at, "--enabled-key-data", "x509", file).Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return err == nil
	}
}

// xmlsec1Classes are libxml2's. The JDK, whose vectors have such names, escapes them.
func xmlsec1Classes() []explained {
	return []explained{
		{name: "refuses namespace names that are IRIs", is: has("urn:città")},
		{name: "leaves & in a namespace name as it is", is: has("b&amp;c")},
	}
}

// TestXmlsec1Verdicts: random documents signed as they are, and the same damaged.
// What we accept xmlsec1 accepts; what it alone accepts, the guard or the grammar
// refuses, never a sum.
func TestXmlsec1Verdicts(t *testing.T) {
	t.Parallel()
	judge, p := xmlsec1Judge(t), everyone()
	draw, count := rand.New(rand.NewPCG(20261127, 1)), map[string]int{}
	n := 12 // a process each
	if os.Getenv("SNODO_LONG") == "1" {
		n = 300
	}
	for seed, judged := uint64(7_000_000), 0; judged < n; seed++ {
		by := p.rsa
		if seed%2 == 0 {
			by = p.ecdsa
		}
		signed := signRaw(t, randomDocument(seed), by)
		if signed == nil {
			continue
		}
		judged++
		strange := classOf(xmlsec1Classes(), signed)
		cut := bytes.Index(signed, []byte("<ds:KeyInfo>")) // most of the bytes are the certificate's
		for what, doc := range map[string][]byte{"as it is": signed, "damaged": append(mutate(draw, signed[:cut]), signed[cut:]...)} {
			_, faults := p.verifier.Verify(doc, region)
			theirs := judge(doc)
			switch {
			case len(faults) == 0 && theirs:
				count[what+", both accept"]++
			case len(faults) > 0 && !theirs:
				count[what+", both refuse"]++
			case len(faults) > 0 && stricter(faults[0].Code):
				count[fmt.Sprintf("%s, we alone refuse, %s", what, faults[0].Code)]++
			case strange != "":
				count[what+", explained, "+strange]++
			default:
				t.Errorf("seed %d, %s: ours %q, xmlsec1 %t\n%.4000s", seed, what, codes(faults), theirs, doc)
			}
		}
	}
	t.Logf("%v", count)
	if count["as it is, both accept"] < n/4 || count["damaged, both refuse"] < n/3 {
		t.Errorf("too few documents tell anything: %v", count)
	}
}

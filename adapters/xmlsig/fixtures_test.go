package xmlsig

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const fixtures = "testdata/jdk"

// jdkFixtures are the documents signed by the JDK: file, key, prefix of the
// Signature, PrefixList.
func jdkFixtures() [][4]string {
	return [][4]string{
		{"rsa.xml", "RSA", "ds", "-"},
		{"rsa-unprefixed.xml", "RSA", "-", "-"},
		{"rsa-prefixlist.xml", "RSA", "ds", "p,q,#default"},
		{"ecdsa.xml", "EC", "dsig", "-"},
		{"ecdsa-prefixlist.xml", "EC", "-", "q"},
	}
}

// TestRegenerateFixtures signs the fixtures anew, with new keys that are then
// forgotten, when SNODO_JDK=1.
func TestRegenerateFixtures(t *testing.T) {
	if os.Getenv("SNODO_JDK") != "1" {
		t.Skip("set SNODO_JDK=1 to sign the fixtures anew with the java on the path")
	}
	ca := must(NewAuthority("CA dei documenti di prova", noon()))
	rsaKey, ecKey := must(NewPersonKey()), must(NewKey())
	b64 := base64.StdEncoding.EncodeToString
	keys := map[string]string{
		"RSA": b64(pemBytes(must(EncodeKey(rsaKey)))), "EC": b64(pemBytes(must(EncodeKey(ecKey)))),
	}
	certs := map[string]string{
		"RSA": b64(must(ca.IssuePerson(personCF, rsaKey.Public(), noon())).Raw) + "," + b64(ca.Certificate.Raw),
		"EC":  b64(must(ca.IssuePerson(personCF, ecKey.Public(), noon())).Raw),
	}
	var in bytes.Buffer
	for _, f := range jdkFixtures() {
		fmt.Fprintln(&in, f[1], keys[f[1]], certs[f[1]], f[2], f[3], b64([]byte(plain)))
	}
	java := exec.Command("java", fixtures+"/Sign.java")
	java.Stdin, java.Stderr = &in, os.Stderr
	lines := strings.Fields(string(must(java.Output())))
	for i, f := range jdkFixtures() {
		if err := os.WriteFile(filepath.Join(fixtures, f[0]), must(base64.StdEncoding.DecodeString(lines[i])), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(fixtures, "ca.pem"), EncodeCertificates(ca.Certificate), 0o644); err != nil {
		t.Fatal(err)
	}
}

func pemBytes(text []byte) []byte {
	block, _ := pem.Decode(text)
	return block.Bytes
}

func TestJDKSigned(t *testing.T) {
	t.Parallel()
	anchors := must(ParseCertificates(must(os.ReadFile(fixtures + "/ca.pem"))))
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: anchors}))
	for _, f := range jdkFixtures() {
		doc := must(os.ReadFile(filepath.Join(fixtures, f[0])))
		got, faults := v.Verify(doc, region)
		if len(faults) > 0 {
			t.Errorf("%s: faults %s", f[0], codes(faults))
			continue
		}
		if got.Signer != personCF || len(got.CheckValidity(noon())) > 0 {
			t.Errorf("%s: signer %q, validity %s", f[0], got.Signer, codes(got.CheckValidity(noon())))
		}
		list := strings.Split(f[3], ",")
		if f[3] == "-" {
			list = nil
		}
		if want := canonicalOf(t, []byte(plain), 1, list); !bytes.Equal(got.Content, want) {
			t.Errorf("%s: content\n%s\nwant\n%s", f[0], got.Content, want)
		}
	}
}

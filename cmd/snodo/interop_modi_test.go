package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// ofSystem certifies a key that signs messages.
func ofSystem(a *xmlsig.Authority, pub crypto.PublicKey) (*x509.Certificate, error) {
	return a.IssueSystem("12345678903", pub, time.Now())
}

// modiFolder is what the programs that sign messages read.
func modiFolder(t *testing.T, m *modiHub, first int) string {
	t.Helper()
	dir := t.TempDir()
	files := issuedFiles(t, m.data, ofSystem)
	files["hub"] = []byte(m.endpoint("lazio"))
	files["RSA.xml"], files["EC.xml"] = m.document(t, first), m.document(t, first+1)
	files["altered.xml"] = bytes.Replace(files["RSA.xml"], []byte("Via Casa"), []byte("Via Cosa"), 1)
	writeFiles(t, dir, files)
	return dir
}

// modiWanted is what those programs must print: answers are signed and repeat the
// digests of what was signed, to a fault too; to a message that is not authentic
// the answer is a fault that nobody signed.
func modiWanted() map[string]string {
	return map[string]string{
		"accepted RSA": "OK (?i:accettazione) confirmed",
		"accepted EC":  "OK (?i:accettazione) confirmed",
		"echo RSA":     "perché confirmed",
		"echo EC":      "perché confirmed",
		"refused":      "Client " + string(xmlsig.DigestMismatch) + " confirmed",
		"altered":      "Client " + string(xmlsig.PartChanged) + " unsigned",
	}
}

// TestInteropModICXF: messages that CXF makes and WSS4J signs are taken, and
// WSS4J finds our answers signed as ModI asks.
func TestInteropModICXF(t *testing.T) {
	t.Parallel()
	k := interop(t)
	m := startModI(t)
	classes := k.compile(t, k.imported(t, m.hubUnderTest, "lazio"), "Documents.java", "Modi.java")
	mustPrint(t, checks(k.java(t, classes, "Modi", modiFolder(t, m, 50))), modiWanted())
}

// TestInteropModISignxml: the same of messages that zeep makes and signxml signs.
func TestInteropModISignxml(t *testing.T) {
	t.Parallel()
	k := interop(t)
	mustPrint(t, k.run(t, "modi.py", modiFolder(t, startModI(t), 60)), modiWanted())
}

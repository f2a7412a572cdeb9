package xmlsig

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// receipt is of the shape of the hub's receipts.
const receipt = `<s:Ricevuta xmlns:s="urn:snodo:hub:v1" tipo="accettazione"><s:Codice>1300000000000001</s:Codice>` +
	`<s:Testo>Comunicazione &lt;accettata&gt; &amp; registrata è</s:Testo></s:Ricevuta>`

// envelope is a SOAP answer around receipts, with namespaces a receipt could
// catch if it did not stand on its own.
const envelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:altro" xmlns:s="urn:altro" xmlns:ds="urn:altro">` +
	`<soap:Header>%</soap:Header><soap:Body/></soap:Envelope>`

func TestSeal(t *testing.T) {
	t.Parallel()
	p := everyone()
	sealed := must(p.seal.Seal([]byte(receipt)))
	v, faults := p.verifier.VerifySeal(sealed, region)
	if len(faults) > 0 || string(v.Content) != receipt || v.Signer != "" || !v.Certificate.Equal(p.seal.Certificate()) {
		t.Fatalf("faults %s, content %s, signer %q", codes(faults), v.Content, v.Signer)
	}
	if _, faults := p.verifier.Verify(sealed, region); codes(faults) != "SIG-33 " {
		t.Errorf("a seal taken for a person's signature: %q", codes(faults))
	}
	t.Run("alone, cut out of an envelope", func(t *testing.T) {
		whole := strings.Replace(envelope, "%", string(sealed), 1)
		cut := whole[strings.Index(whole, "<s:Ricevuta"):]
		cut = cut[:strings.Index(cut, "</s:Ricevuta>")+len("</s:Ricevuta>")]
		if v, faults := p.verifier.VerifySeal([]byte(cut), region); len(faults) > 0 || string(v.Content) != receipt {
			t.Errorf("faults %s", codes(faults))
		}
	})
	t.Run("integrity and trust are told apart", func(t *testing.T) {
		nobody := NewVerifier(NewTrust(nil))
		v, faults := nobody.VerifySeal(sealed, "")
		if codes(faults) != "SIG-31 " || v.Certificate == nil || string(v.Content) != receipt {
			t.Errorf("unknown authority: %q, certificate %v", codes(faults), v.Certificate != nil)
		}
		v, faults = nobody.VerifySeal(bytes.Replace(sealed, []byte("accettata"), []byte("rifiutata"), 1), "")
		if codes(faults) != "SIG-29 " || v.Certificate != nil {
			t.Errorf("altered: %q, certificate %v", codes(faults), v.Certificate != nil)
		}
	})
	t.Run("trusted by the certificate itself", func(t *testing.T) {
		own := NewVerifier(NewTrust(map[string][]*x509.Certificate{"conversione": {p.seal.Certificate()}}))
		if v, faults := own.VerifySeal(sealed, "conversione"); len(faults) > 0 || len(v.CheckValidity(noon())) > 0 {
			t.Errorf("faults %s", codes(faults))
		}
	})
	t.Run("by many at once, always the same", func(t *testing.T) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 10 {
					if again := must(p.seal.Seal([]byte(receipt))); !bytes.Equal(again, sealed) {
						t.Error("another seal")
					}
				}
			})
		}
		group.Wait()
	})
}

func TestSealRefuses(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]fault.Code{
		"<a>":              MalformedXML,
		"<!DOCTYPE a><a/>": HasDTD,
		"<a b='1' b='2'/>": DuplicateAttribute,
		"<a b='1\n2'/>":    BlankInAttribute,
		"<a><?x?></a>":     HasInstruction,
		string(must(everyone().seal.Seal([]byte("<a/>")))): SecondSignature,
	} {
		var refused *DocumentError
		if _, err := everyone().seal.Seal([]byte(doc)); !errors.As(err, &refused) || refused.Fault.Code != want {
			t.Errorf("%.40s: %v, want %s", doc, err, want)
		}
	}
}

func TestNewSealerRefuses(t *testing.T) {
	t.Parallel()
	p := everyone()
	key := p.ecdsa.key.Signer
	for name, chain := range map[string][]*x509.Certificate{
		"no certificate": nil, "five": make([]*x509.Certificate, 5), "of another key": p.rsa.chain,
	} {
		if _, err := NewSealer(key, chain); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestXmlsec1 lets xmlsec1 judge our seals: receipts alone and cut out of an
// envelope, and converted documents, as contracts.md promises.
func TestXmlsec1(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed here")
	}
	p := everyone()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, EncodeCertificates(p.ca.Certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	judge := func(doc []byte) ([]byte, error) {
		file := filepath.Join(dir, "doc.xml")
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		at := noon().Format("2006-01-02 15:04:05")
		return exec.Command(tool, "--verify", "--trusted-pem", ca, "--verification-time", at, "--enabled-key-data", "x509", file).CombinedOutput()
	}
	for name, doc := range map[string][]byte{
		"receipt":   must(p.seal.Seal([]byte(receipt))),
		"converted": must(p.seal.Seal([]byte(plain))),
		"RSA":       must(p.rsa.Seal([]byte(plain))),
		"P-256":     must(p.ecdsa.Seal(communication(4 << 10))),
	} {
		if out, err := judge(doc); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if _, err := judge(bytes.Replace(doc, []byte("a"), []byte("b"), 1)); err == nil {
			t.Errorf("%s: accepted after a change", name)
		}
	}
}

package xmlsig

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/enum"
	"github.com/lestrrat-go/helium/xmldsig1"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// randomAssertion says random things of a person, in characters that are written
// in more than one way.
func randomAssertion(seed uint64) saml.Assertion {
	r := rand.New(rand.NewPCG(seed, 7))
	alphabet := []string{"a", "Ù", "<", ">", "&", `"`, "'", "]]>", "€", "\U0001F4DC", "9", " b"}
	word := func() string {
		s := "x"
		for range r.IntN(12) {
			s += alphabet[r.IntN(len(alphabet))]
		}
		return s
	}
	a := person()
	a.Subject = word()
	for range r.IntN(8) {
		attribute := saml.Attribute{Name: word()}
		for range r.IntN(4) {
			attribute.Values = append(attribute.Values, word())
		}
		a.Attributes = append(a.Attributes, attribute)
	}
	a.OneTime = r.IntN(2) == 0
	return a
}

// goxmldsigAssertion is goxmldsig's on one assertion, which trusts one certificate.
func goxmldsigAssertion(signed []byte, c *x509.Certificate) error {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(signed); err != nil {
		return err
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{c}})
	ctx.Clock = dsig.NewFakeClockAt(noon())
	ctx.IdAttribute = "ID"
	_, err := ctx.Validate(doc.Root())
	return err
}

// heliumAssertion is helium's, which is told what an identifier is.
func heliumAssertion(msg []byte, key any) error {
	parsed, err := helium.NewParser().Parse(context.Background(), msg)
	if err != nil {
		return err
	}
	err = helium.Walk(parsed, helium.NodeWalkerFunc(func(n helium.Node) error {
		if e, ok := n.(*helium.Element); ok && e.LocalName() == "Assertion" {
			for _, a := range e.Attributes() {
				if a.LocalName() == "ID" {
					a.SetAType(enum.AttrID)
				}
			}
		}
		return nil
	}))
	if err != nil {
		return err
	}
	_, err = xmldsig1.NewVerifier(xmldsig1.StaticKey(key)).Verify(context.Background(), parsed)
	return err
}

// TestAssertionOracles: what we sign, goxmldsig (RSA alone) and helium verify, and
// so do we.
func TestAssertionOracles(t *testing.T) {
	t.Parallel()
	p := allGateways()
	for seed := range uint64(verdicts(200)) {
		plain := saml.Append(nil, randomAssertion(seed))
		for name, by := range map[string]*Sealer{"RSA": p.rsa, "P-256": p.ecdsa} {
			signed := must(by.SealAssertion(plain))
			msg := asserted(string(signed))
			verifyAssertion(t, msg, "")
			if err := heliumAssertion([]byte(msg), by.key.Public()); err != nil {
				t.Fatalf("seed %d, %s: helium %v\n%s", seed, name, err, msg)
			}
			if by != p.rsa {
				continue // goxmldsig reads ECDSA values as DER
			}
			if err := goxmldsigAssertion(signed, by.chain[0]); err != nil {
				t.Fatalf("seed %d: goxmldsig %v\n%s", seed, err, signed)
			}
		}
	}
}

// TestAssertionsOfGoxmldsig: what goxmldsig signs by exclusive C14N, with the
// Signature moved behind Issuer as SAML has it, verifies.
func TestAssertionsOfGoxmldsig(t *testing.T) {
	t.Parallel()
	by := allGateways().rsa
	for seed := range uint64(verdicts(400)) {
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(saml.Append(nil, randomAssertion(seed))); err != nil {
			t.Fatal(err)
		}
		ctx := must(dsig.NewSigningContext(by.key.Signer, [][]byte{by.chain[0].Raw}))
		ctx.IdAttribute, ctx.Hash = "ID", crypto.SHA256
		ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
		signature := must(ctx.ConstructSignature(doc.Root(), true))
		doc.Root().InsertChildAt(1, signature)
		verifyAssertion(t, asserted(string(must(doc.WriteToBytes()))), "")
	}
}

// TestHeliumJudgesAssertions: where helium finds an assertion's sums wrong, so do
// we. The reverse is not asked: position and form are our rules alone.
func TestHeliumJudgesAssertions(t *testing.T) {
	t.Parallel()
	by := allGateways().rsa
	msg := asserted(genuineAssertion().whole)
	for i := strings.Index(msg, "<saml:"); i < strings.Index(msg, "</wsse:"); i += 7 {
		mutant := []byte(msg)
		mutant[i] ^= 2
		if _, refused := allGateways().verifier.Verify(mutant, false, issuerOf); refused != nil {
			continue
		}
		if err := heliumAssertion(mutant, by.key.Public()); err != nil {
			t.Fatalf("byte %d: helium %v\n%s", i, err, mutant)
		}
	}
}

// FuzzAssertion feeds a verifier that knows signed assertions: it must not panic,
// accept nothing that was not signed, and what it accepts must read the same again
// when it is signed again.
func FuzzAssertion(f *testing.F) {
	p, genuine := allGateways(), map[[sha256.Size]byte]bool{}
	seed := func(plain []byte, by *Sealer) {
		msg := asserted(string(must(by.SealAssertion(plain))))
		got, refused := p.verifier.Verify([]byte(msg), false, issuerOf)
		if refused != nil {
			f.Fatal(refused.Code)
		}
		genuine[sha256.Sum256(got.Content)] = true
		f.Add([]byte(msg))
	}
	for n := range uint64(8) {
		seed(saml.Append(nil, randomAssertion(n)), p.rsa)
		seed(saml.Append(nil, randomAssertion(n)), p.ecdsa)
	}
	g := genuineAssertion()
	for _, evil := range evils(g) {
		for _, put := range besides() {
			f.Add([]byte(put(evil, g.whole)))
		}
	}
	f.Add([]byte(strings.ReplaceAll(asserted(g.whole), spaceSOAP11, spaceSOAP12)))
	genuine[sha256.Sum256([]byte(g.bare))] = true
	f.Fuzz(func(t *testing.T, msg []byte) {
		for _, modi := range []bool{false, true} {
			got, refused := p.verifier.Verify(msg, modi, issuerOf)
			if refused != nil {
				if got.Content != nil || refused.Code == "" {
					t.Fatalf("fault %+v beside %q", refused, got.Content)
				}
				continue
			}
			if !genuine[sha256.Sum256(got.Content)] {
				t.Fatalf("accepted an assertion that nobody signed: %q", got.Content)
			}
			again, refused := p.verifier.Verify([]byte(asserted(string(must(p.ecdsa.SealAssertion(got.Content))))), false, issuerOf)
			if refused != nil || !bytes.Equal(again.Content, got.Content) {
				t.Fatalf("signed again: %v, %q, was %q", refused, again.Content, got.Content)
			}
		}
		if a, bad := saml.Read(msg); bad == nil {
			if written, bad := saml.Read(saml.Append(nil, a)); bad != nil || fmt.Sprint(cut(a)) != fmt.Sprint(cut(written)) {
				t.Fatalf("written and read: %v\n%+v\n%+v", bad, a, written)
			}
		}
	})
}

// cut leaves of instants what Append writes.
func cut(a saml.Assertion) saml.Assertion {
	for _, at := range []*time.Time{&a.Issued, &a.NotBefore, &a.NotOnOrAfter, &a.Authenticated, &a.SessionEnd} {
		*at = at.Truncate(time.Millisecond)
	}
	for i := range a.Confirmations {
		c := &a.Confirmations[i]
		c.NotBefore, c.NotOnOrAfter = c.NotBefore.Truncate(time.Millisecond), c.NotOnOrAfter.Truncate(time.Millisecond)
	}
	return a
}

// TestAssertionCodes: every fault of the shared grammar has a code of assertions,
// which the catalogue knows.
func TestAssertionCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []fault.Code{
		MalformedXML, HasDTD, NotUTF8, TooLarge, HasInstruction, CommentInside, UndeclaredPrefix, DuplicateAttribute,
		BlankInAttribute, RepeatedID, SecondSignature, MisplacedSignature, XAdES, HasObject, SignatureShape, Canonicalization,
		SignatureAlgorithm, References, Transforms, DigestAlgorithm, BadBase64, KeyInfoShape, TooManyCerts, BadCertificate,
		WeakKey, KeyMismatch, DERValue, DigestMismatch, SignatureMismatch, Untrusted, WrongUsage, NotYetValid, Expired,
	} {
		got := assertionCode(c)
		if _, ok := fault.Lookup(got); !ok || !strings.HasPrefix(string(got), "SAML-") && !strings.HasPrefix(string(got), "SOAP-") {
			t.Errorf("%s becomes %s", c, got)
		}
	}
}

// TestXmlsec1Assertions: xmlsec1 verifies what we sign, and we what it signs.
func TestXmlsec1Assertions(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed")
	}
	dir, id := t.TempDir(), []string{"--id-attr:ID", saml.NS + ":Assertion"}
	pem, keyFile, msg, signed := filepath.Join(dir, "c.pem"), filepath.Join(dir, "c.key"), filepath.Join(dir, "m.xml"), filepath.Join(dir, "s.xml")
	write := func(path string, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, by := range []*Sealer{allGateways().rsa, allGateways().ecdsa} {
		write(pem, EncodeCertificates(by.chain[0]))
		write(keyFile, must(EncodeKey(by.key.Signer)))
		write(msg, []byte(asserted(string(must(by.SealAssertion(saml.Append(nil, randomAssertion(1))))))))
		args := append([]string{"--verify", "--pubkey-cert-pem", pem}, id...)
		if out, err := exec.Command(program, append(args, msg)...).CombinedOutput(); err != nil {
			t.Errorf("xmlsec1 verifying: %v\n%s", err, out)
		}
		empty := strings.NewReplacer("{DIGEST}", "", "{VALUE}", "", "<ds:X509Certificate>{CERT}</ds:X509Certificate>", "").Replace(shapeOfAssertion)
		if by == allGateways().ecdsa {
			empty = strings.Replace(empty, algRSA, algECDSA, 1)
		}
		plain := strings.Replace(string(saml.Append(nil, randomAssertion(1))), "</saml:Issuer>", "</saml:Issuer>"+empty, 1)
		write(msg, []byte(asserted(plain)))
		args = append([]string{"--sign", "--privkey-pem", keyFile + "," + pem, "--output", signed}, id...)
		if out, err := exec.Command(program, append(args, msg)...).CombinedOutput(); err != nil {
			t.Fatalf("xmlsec1 signing: %v\n%s", err, out)
		}
		verifyAssertion(t, string(must(os.ReadFile(signed))), "")
	}
}

// TestOpenSAMLSigned: what OpenSAML signs and WSS4J puts into a message verifies, with
// a certificate as openssl makes it. Saml.java wrote it, with the jars of
// org.apache.wss4j:wss4j-ws-security-dom:2.4.3, which brings OpenSAML 3.4.6; the key
// is forgotten.
func TestOpenSAMLSigned(t *testing.T) {
	t.Parallel()
	const folder, who = "testdata/opensaml/", "RSSMRA85C15L219J"
	anchors := must(ParseCertificates(must(os.ReadFile(folder + "gateway.pem"))))
	v := NewAssertionVerifier(NewTrust(map[string][]*x509.Certificate{"saml " + gateway: anchors}))
	msg := must(os.ReadFile(folder + "bearer.xml"))
	got, f := v.Verify(msg, false, issuerOf)
	if f != nil {
		t.Fatal(f.Code, f.Expected)
	}
	a, f := saml.Read(got.Content)
	if f != nil || a.Issuer != gateway || len(a.Confirmations) != 1 || a.Confirmations[0].Method != saml.Bearer || a.Confirmations[0].Recipient == "" ||
		len(a.Audiences) != 1 || a.NotOnOrAfter.IsZero() || fmt.Sprint(a.Values("fiscalNumber")) != "[TINIT-"+who+"]" {
		t.Errorf("read %v: %+v", f, a)
	}
	if f := got.CheckValidity(a.Issued, 0); f != nil {
		t.Errorf("validity %s", f.Code)
	}
	changed := bytes.Replace(msg, []byte(who), []byte("SLVPTR65H12H501M"), 1)
	if _, f := v.Verify(changed, false, issuerOf); f == nil || f.Code != fault.AssertionForged {
		t.Errorf("changed: %v", f)
	}
}

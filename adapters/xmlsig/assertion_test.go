package xmlsig

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

const (
	gateway     = "https://idp.regione.test"
	idOfGenuine = "_a1"
)

// gateways are issuers of assertions.
type gateways struct {
	ca         *Authority
	rsa, ecdsa *Sealer
	verifier   *AssertionVerifier
}

var allGateways = sync.OnceValue(func() gateways {
	ca := must(NewAuthority("CA dei gateway di prova", noon()))
	rsaKey, ecKey := must(NewPersonKey()), must(NewKey())
	return gateways{
		ca:    ca,
		rsa:   sealWith(rsaKey, systemCertificate(ca, rsaKey, x509.KeyUsageDigitalSignature)),
		ecdsa: sealWith(ecKey, systemCertificate(ca, ecKey, x509.KeyUsageDigitalSignature)),
		verifier: NewAssertionVerifier(NewTrust(map[string][]*x509.Certificate{
			"saml " + gateway: {ca.Certificate}, "saml https://altri.test": {allSystems().ca.Certificate},
		})),
	}
})

// issuerOf names the anchors of who issued an assertion.
func issuerOf(content []byte) (string, *fault.Fault) {
	a, f := saml.Read(content)
	if f != nil {
		return "", f
	}
	return "saml " + a.Issuer, nil
}

// person is what the gateway says of someone.
func person() saml.Assertion {
	return saml.Assertion{
		ID: idOfGenuine, Issued: noon(), Issuer: gateway, Subject: "_t1",
		Confirmations: []saml.Confirmation{{Method: saml.Bearer, NotOnOrAfter: noon().Add(fiveMinutes), Recipient: endpoint}},
		NotBefore:     noon(), NotOnOrAfter: noon().Add(fiveMinutes), Audiences: [][]string{{endpoint}},
		Authenticated: noon(), Class: "https://www.spid.gov.it/SpidL2",
		Attributes: []saml.Attribute{{Name: "fiscalNumber", Values: []string{"TINIT-" + personCF}}},
	}
}

// asserted is a message that brings the given markup in its Security header.
func asserted(inSecurity string) string {
	return `<soap:Envelope xmlns:soap="` + spaceSOAP11 + `"><soap:Header><wsse:Security xmlns:wsse="` + spaceWSSE + `" xmlns:wsu="` + spaceWSU + `">` +
		inSecurity + `</wsse:Security></soap:Header><soap:Body><t:op xmlns:t="urn:t">valore</t:op></soap:Body></soap:Envelope>`
}

// verifyAssertion verifies and fails unless the fault is code; "" is none.
func verifyAssertion(t *testing.T, msg string, code fault.Code) Assertion {
	t.Helper()
	got, f := allGateways().verifier.Verify([]byte(msg), false, issuerOf)
	switch {
	case f == nil && code != "":
		t.Errorf("accepted, want %s\n%s", code, msg)
	case f != nil && f.Code != code:
		t.Errorf("fault %s %s line %d, want %q\n%s", f.Code, f.Expected, f.Line, code, msg)
	case f != nil && (got.Content != nil || got.Certificate != nil):
		t.Errorf("a refused assertion left something: %+v", got)
	}
	return got
}

func TestAssertion(t *testing.T) {
	t.Parallel()
	plain := saml.Append(nil, person())
	for name, by := range map[string]*Sealer{"RSA": allGateways().rsa, "P-256": allGateways().ecdsa} {
		signed := string(must(by.SealAssertion(plain)))
		for where, msg := range map[string]string{
			"alone":              asserted(signed),
			"beside a Timestamp": asserted(`<wsu:Timestamp wsu:Id="ts"/>` + signed + "\n"),
			"in SOAP 1.2":        strings.ReplaceAll(asserted(signed), spaceSOAP11, spaceSOAP12),
		} {
			got := verifyAssertion(t, msg, "")
			if string(got.Content) != string(plain) || got.Certificate != by.chain[0] && !got.Certificate.Equal(by.chain[0]) {
				t.Errorf("%s, %s: content\n%s\nwant\n%s", name, where, got.Content, plain)
			}
			from := strings.Index(msg, "<soap:Body>")
			if got.Body != sha256.Sum256([]byte(msg[from:strings.Index(msg, "</soap:Envelope>")])) {
				t.Errorf("%s, %s: Body is not the one received", name, where)
			}
			if f := got.CheckValidity(noon(), 0); f != nil {
				t.Errorf("%s: validity %s", name, f.Code)
			}
			before := got.Certificate.NotBefore.Add(-time.Second)
			if f := got.CheckValidity(before, 0); f == nil || f.Code != fault.AssertionCertificate {
				t.Errorf("%s: before its beginning: %v", name, f)
			}
			if f := got.CheckValidity(before, time.Minute); f != nil {
				t.Errorf("%s: before its beginning, within the tolerance: %s", name, f.Code)
			}
			if f := got.CheckValidity(noon().AddDate(leafYears, 1, 0), 0); f == nil || f.Code != fault.AssertionCertificate {
				t.Errorf("%s: after its end: %v", name, f)
			}
		}
	}
}

// TestAssertionPrefixList: what OpenSAML signs, with the prefix of its types in
// the PrefixList of an element that stands before the Signature.
func TestAssertionPrefixList(t *testing.T) {
	t.Parallel()
	plain := strings.Replace(string(saml.Append(nil, person())), `<saml:Assertion `, `<saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" `, 1)
	plain = strings.Replace(plain, `<saml:AttributeValue>`, `<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">`, 1)
	list := `<ec:InclusiveNamespaces xmlns:ec="` + algExclusive + `" PrefixList="xs"/>`
	signature := strings.Replace(shapeOfAssertion, `exc-c14n#"/></ds:Transforms>`, `exc-c14n#">`+list+`</ds:Transform></ds:Transforms>`, 1)
	signed := forgeAssertion(t, plain, signature, allGateways().rsa, []string{"xs"})
	got := verifyAssertion(t, asserted(signed), "")
	if !bytes.Contains(got.Content, []byte(`xmlns:xs=`)) {
		t.Errorf("content without the listed prefix: %s", got.Content)
	}
	if a, f := saml.Read(got.Content); f != nil || len(a.Values("fiscalNumber")) != 1 {
		t.Errorf("read: %v %+v", f, a)
	}
}

// TestAssertionOfPinnedCertificate: a gateway whose very certificate is an anchor
// signs with it whatever tool made it: openssl leaves key usage out and says CA. One
// whose key usage is for something else does not, nor one that is not listed itself.
func TestAssertionOfPinnedCertificate(t *testing.T) {
	t.Parallel()
	ca, plain := allGateways().ca, saml.Append(nil, person())
	for name, c := range map[string]struct {
		usage  x509.KeyUsage
		isCA   bool
		listed bool
		code   fault.Code
	}{
		"no key usage":                      {listed: true},
		"no key usage, an authority":        {listed: true, isCA: true},
		"digitalSignature, an authority":    {listed: true, isCA: true, usage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign},
		"for certificates alone":            {listed: true, isCA: true, usage: x509.KeyUsageCertSign, code: fault.AssertionUntrusted},
		"for documents alone":               {listed: true, usage: x509.KeyUsageContentCommitment, code: fault.AssertionUntrusted},
		"no key usage, of an authority":     {code: fault.AssertionUntrusted},
		"an authority under the listed one": {isCA: true, usage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, code: fault.AssertionUntrusted},
	} {
		key := must(NewPersonKey())
		template := &x509.Certificate{
			SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "gateway"}, BasicConstraintsValid: true, IsCA: c.isCA,
			NotBefore: noon(), NotAfter: noon().AddDate(1, 0, 0), KeyUsage: c.usage,
		}
		parent, by, anchor := template, crypto.Signer(key), ca.Certificate
		if !c.listed {
			parent, by = ca.Certificate, ca.Key
		}
		made := must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by))))
		if c.listed {
			anchor = made
		}
		v := NewAssertionVerifier(NewTrust(map[string][]*x509.Certificate{"saml " + gateway: {anchor}}))
		msg := []byte(asserted(string(must(sealWith(key, made).SealAssertion(plain)))))
		for range 2 { // the second time the path may be remembered
			got, f := v.Verify(msg, false, issuerOf)
			switch {
			case f == nil && c.code != "" || f != nil && f.Code != c.code:
				t.Errorf("%s: %+v, want %q", name, f, c.code)
			case f == nil && (!got.Certificate.Equal(made) || got.CheckValidity(noon(), 0) != nil || got.CheckValidity(noon().AddDate(2, 0, 0), 0) == nil):
				t.Errorf("%s: certificate or validity", name)
			}
		}
	}
}

// TestAssertionKeyHints: Keycloak names the key in two more ways, which no setting of
// its leaves out. The certificate alone is believed, whatever they say.
func TestAssertionKeyHints(t *testing.T) {
	t.Parallel()
	const (
		x509 = `<ds:X509Data><ds:X509Certificate>{CERT}</ds:X509Certificate></ds:X509Data>`
		name = "\n<ds:KeyName>FJ86GcF3</ds:KeyName>"
		key  = "\n<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AAAA\n</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>\n"
	)
	for in, code := range map[string]fault.Code{
		name + x509 + key:                               "",
		key + x509 + name:                               "",
		name + key:                                      fault.AssertionSignature,
		x509 + key + x509:                               fault.AssertionSignature,
		x509 + `<ds:MgmtData/>`:                         fault.AssertionSignature,
		x509 + `<KeyName>k</KeyName>`:                   fault.AssertionSignature,
		x509 + `<ds:KeyName><?x?></ds:KeyName>`:         fault.EnvelopeInst,
		x509 + `<ds:KeyName><!-- --></ds:KeyName>`:      fault.AssertionGuard,
		x509 + `<ds:KeyName Id="` + idOfGenuine + `"/>`: fault.AssertionGuard,
	} {
		bent := strings.Replace(shapeOfAssertion, x509, in, 1)
		verifyAssertion(t, asserted(forgeAssertion(t, genuineAssertion().bare, bent, allGateways().rsa, nil)), code)
	}
}

// TestAssertionUnderModI: an assertion beside the message's own signature, which
// may cover it, in a Security header that both verifiers read.
func TestAssertionUnderModI(t *testing.T) {
	t.Parallel()
	by, s := allSystems().rsa, stamp()
	s.Assertion = must(allGateways().ecdsa.SealAssertion(saml.Append(nil, person())))
	sealed := must(by.SealMessage([]byte(request(spaceSOAP11)), s))
	m := verifyMessage(t, string(sealed), office, "")
	if !m.Asserted || !m.Vouches || len(m.Signed) != 7 {
		t.Errorf("asserted %t, vouched for %t, %d references", m.Asserted, m.Vouches, len(m.Signed))
	}
	if _, f := allGateways().verifier.Verify(sealed, true, issuerOf); f != nil {
		t.Errorf("the assertion: %s %s", f.Code, f.Expected)
	}
	// Without ModI nobody has judged the signature of the message.
	if _, f := allGateways().verifier.Verify(sealed, false, issuerOf); f == nil || f.Code != fault.AssertionShape {
		t.Errorf("a signature that nobody judged: %v", f)
	}
	// Added behind the signature, it is there and not vouched for.
	plain := must(by.SealMessage([]byte(request(spaceSOAP11)), stamp()))
	added := strings.Replace(string(plain), "</wsse:Security>", string(s.Assertion)+"</wsse:Security>", 1)
	if m := verifyMessage(t, added, office, ""); !m.Asserted || m.Vouches {
		t.Errorf("added: asserted %t, vouched for %t", m.Asserted, m.Vouches)
	}
	// Changed within the message's signature, it is neither's.
	changed := strings.Replace(string(sealed), personCF, "SLVPTR65H12H501M", 1)
	verifyMessage(t, changed, office, PartChanged)
	if _, f := allGateways().verifier.Verify([]byte(changed), true, issuerOf); f == nil || f.Code != fault.AssertionForged {
		t.Errorf("changed: %v", f)
	}
}

// BenchmarkAssertion is the verification of an assertion in a message with a
// document of 4 KB, beside the bare RSA.
func BenchmarkAssertion(b *testing.B) {
	msg := []byte(strings.Replace(asserted(genuineAssertion().whole), "valore", strings.Repeat("&lt;a&gt;testo&lt;/a&gt;", 170), 1))
	b.ReportAllocs()
	b.SetBytes(int64(len(msg)))
	for b.Loop() {
		if _, f := allGateways().verifier.Verify(msg, false, issuerOf); f != nil {
			b.Fatal(f.Code)
		}
	}
}

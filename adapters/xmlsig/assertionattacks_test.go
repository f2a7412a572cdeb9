package xmlsig

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// shapeOfAssertion is a Signature of the grammar for the genuine assertion.
var shapeOfAssertion = strings.Replace(shape, `URI=""`, `URI="#`+idOfGenuine+`"`, 1)

// forgeAssertion signs an assertion in earnest with a Signature of any shape,
// put behind Issuer or, if it is there, at {SIG}.
func forgeAssertion(t *testing.T, plain, signature string, by *Sealer, prefixes []string) string {
	t.Helper()
	if !strings.Contains(plain, "{SIG}") {
		plain = strings.Replace(plain, "</saml:Issuer>", "</saml:Issuer>{SIG}", 1)
	}
	b64 := base64.StdEncoding.EncodeToString
	said := func(element string) string {
		_, rest, _ := strings.Cut(signature, "<ds:"+element+` Algorithm="`)
		algorithm, _, _ := strings.Cut(rest, `"`)
		return algorithm
	}
	method := said("SignatureMethod")
	digest := sumBy(said("DigestMethod"), canonicalOf(t, []byte(strings.Replace(plain, "{SIG}", "", 1)), 1, prefixes))
	signature = strings.ReplaceAll(strings.ReplaceAll(signature, "{DIGEST}", b64(digest)), "{CERT}", b64(by.chain[0].Raw))
	signed := strings.Replace(plain, "{SIG}", signature, 1)
	info := []byte("no SignedInfo")
	if n := indexOf(t, signed, "SignedInfo"); n > 0 {
		info = canonicalOf(t, []byte(signed), n, nil)
	}
	return strings.ReplaceAll(signed, "{VALUE}", b64(must(by.key.Sign(nil, sumBy(method, info), functionOf(method)))))
}

// genuine is a signed assertion, its parts and the attacker's version of it.
type genuine struct{ whole, bare, signature, evil string }

func genuineAssertion() genuine {
	g := genuine{bare: string(saml.Append(nil, person()))}
	g.whole = string(must(allGateways().rsa.SealAssertion([]byte(g.bare))))
	from, to := strings.Index(g.whole, "<ds:Signature "), strings.Index(g.whole, "</ds:Signature>")+len("</ds:Signature>")
	g.signature = g.whole[from:to]
	g.evil = strings.Replace(g.bare, personCF, "SLVPTR65H12H501M", 1)
	return g
}

// carriers are places inside the attacker's assertion where the genuine one, or
// its Signature, may hide.
func carriers() map[string]func(evil, signature, hidden string) string {
	behindIssuer := func(evil, markup string) string {
		return strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+markup, 1)
	}
	ahead := func(mark string) func(evil, signature, hidden string) string {
		return func(evil, signature, hidden string) string {
			evil = behindIssuer(evil, signature)
			at := strings.LastIndex(evil, mark)
			return evil[:at] + hidden + evil[at:]
		}
	}
	return map[string]func(evil, signature, hidden string) string{
		"last": ahead("</saml:Assertion>"),
		"first": func(e, s, h string) string {
			return strings.Replace(behindIssuer(e, s), "<saml:Issuer>", h+"<saml:Issuer>", 1)
		},
		"behind Issuer":    func(e, s, h string) string { return behindIssuer(e, h+s) },
		"behind Signature": func(e, s, h string) string { return behindIssuer(e, s+h) },
		"in Subject":       ahead("</saml:Subject>"),
		"in confirmation":  ahead("</saml:SubjectConfirmationData>"),
		"in Conditions":    ahead("</saml:Conditions>"),
		"in an attribute":  ahead("</saml:AttributeValue>"),
		"in AuthnContext":  ahead("</saml:AuthnContext>"),
		"in Advice": func(e, s, h string) string {
			return strings.Replace(behindIssuer(e, s), "<saml:AuthnStatement", "<saml:Advice>"+h+"</saml:Advice><saml:AuthnStatement", 1)
		},
		"in Extensions": func(e, s, h string) string {
			return behindIssuer(e, s+`<x:Extensions xmlns:x="urn:x">`+h+"</x:Extensions>")
		},
		"in Object": func(e, s, h string) string {
			return behindIssuer(e, strings.Replace(s, "</ds:Signature>", "<ds:Object>"+h+"</ds:Object></ds:Signature>", 1))
		},
		"in Signature": func(e, s, h string) string {
			return behindIssuer(e, strings.Replace(s, "</ds:Signature>", h+"</ds:Signature>", 1))
		},
		"in KeyInfo": func(e, s, h string) string {
			return behindIssuer(e, strings.Replace(s, "</ds:KeyInfo>", h+"</ds:KeyInfo>", 1))
		},
		"in SignedInfo": func(e, s, h string) string {
			return behindIssuer(e, strings.Replace(s, "</ds:SignedInfo>", h+"</ds:SignedInfo>", 1))
		},
		"Signature at the end": func(e, s, h string) string {
			return strings.Replace(e, "</saml:Assertion>", h+s+"</saml:Assertion>", 1)
		},
	}
}

// besides are places outside the attacker's assertion where the genuine one may
// stand.
func besides() map[string]func(evil, genuine string) string {
	in := func(mark string) func(string, string) string {
		return func(evil, genuine string) string { return strings.Replace(asserted(evil), mark, genuine+mark, 1) }
	}
	return map[string]func(evil, genuine string) string{
		"before":       func(e, g string) string { return asserted(g + e) },
		"behind":       func(e, g string) string { return asserted(e + g) },
		"in a wrapper": func(e, g string) string { return asserted(e + `<w:W xmlns:w="urn:w">` + g + `</w:W>`) },
		"in a Response": func(e, g string) string {
			return asserted(e + `<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol">` + g + `</p:Response>`)
		},
		"in Header":        in("</soap:Header>"),
		"first in Header":  in("<wsse:Security"),
		"behind Header":    in("<soap:Body>"),
		"in the operation": in("</t:op>"),
		"in the Body":      in("</soap:Body>"),
		"behind the Body":  in("</soap:Envelope>"),
		"in another Security": func(e, g string) string {
			return strings.Replace(asserted(e), "</soap:Header>", `<wsse:Security xmlns:wsse="`+spaceWSSE+`">`+g+"</wsse:Security></soap:Header>", 1)
		},
		"in a false Security": func(e, g string) string {
			return strings.Replace(asserted(e), "</soap:Header>", `<Security>`+g+"</Security></soap:Header>", 1)
		},
		"evil in Header":   func(e, g string) string { return strings.Replace(asserted(g), "</soap:Header>", e+"</soap:Header>", 1) },
		"evil in the Body": func(e, g string) string { return strings.Replace(asserted(g), "</soap:Body>", e+"</soap:Body>", 1) },
	}
}

// evils are the attacker's assertion under each identifier.
func evils(g genuine) map[string]string {
	with := func(id string) string { return strings.Replace(g.evil, ` ID="`+idOfGenuine+`"`, id, 1) }
	return map[string]string{
		"same ID": g.evil, "another ID": with(` ID="_evil"`), "no ID": with(""), "Id": with(` Id="` + idOfGenuine + `" ID="_evil"`),
		"ID by number": with(` ID="&#95;a1"`), "foreign ID": with(` x:ID="` + idOfGenuine + `" xmlns:x="urn:x" ID="_e"`),
		"of another namespace": strings.NewReplacer(spaceSAML, "urn:oasis:names:tc:SAML:1.0:assertion").Replace(g.evil),
	}
}

// TestAssertionWrapping: XSW 1 to 8 in all their permutations. The attacker's
// assertion, under every identifier, with or without the genuine Signature,
// carries the genuine one inside or has it beside, whole or bare. What is accepted
// is what was signed.
func TestAssertionWrapping(t *testing.T) {
	t.Parallel()
	g := genuineAssertion()
	n, taken := 0, 0
	try := func(name, msg string) {
		n++
		got, f := allGateways().verifier.Verify([]byte(msg), false, issuerOf)
		if f != nil {
			return
		}
		if taken++; string(got.Content) != g.bare {
			t.Errorf("%s: accepted %s", name, got.Content)
		}
	}
	for id, evil := range evils(g) {
		for hidden, markup := range map[string]string{"whole": g.whole, "bare": g.bare, "nothing": ""} {
			for moved, signature := range map[string]string{"with the Signature": g.signature, "without": ""} {
				for where, put := range carriers() {
					try(fmt.Sprintf("%s, %s hidden %s, %s", id, hidden, where, moved), asserted(put(evil, signature, markup)))
				}
				signed := strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+signature, 1)
				for where, put := range besides() {
					try(fmt.Sprintf("%s, %s %s, %s", id, hidden, where, moved), put(signed, markup))
				}
			}
		}
	}
	if n < 1200 || taken == 0 || taken > n/4 {
		t.Errorf("%d permutations, %d accepted", n, taken)
	}
}

// TestAssertionAttacks: the rows of the table of attacks, by their ids.
func TestAssertionAttacks(t *testing.T) {
	t.Parallel()
	g, p := genuineAssertion(), allGateways()
	alter := func(old, with string) string {
		msg := asserted(g.whole)
		if !strings.Contains(msg, old) {
			t.Fatalf("the message has no %s", old)
		}
		return strings.Replace(msg, old, with, 1)
	}
	bent := func(old, with string) string {
		if !strings.Contains(shapeOfAssertion, old) {
			t.Fatalf("the shape has no %s", old)
		}
		return asserted(forgeAssertion(t, g.bare, strings.Replace(shapeOfAssertion, old, with, 1), p.rsa, nil))
	}
	says := func(change func(*saml.Assertion)) string {
		a := person()
		change(&a)
		return asserted(string(must(p.rsa.SealAssertion(saml.Append(nil, a)))))
	}
	text := func(old, with string) string { // changed, then signed in earnest
		return asserted(forgeAssertion(t, strings.Replace(g.bare, old, with, 1), shapeOfAssertion, p.rsa, nil))
	}
	const enveloped, exclusive = `<ds:Transform Algorithm="` + algEnveloped + `"/>`, `<ds:Transform Algorithm="` + algExclusive + `"/>`
	transform := func(alg string) string { return `<ds:Transform Algorithm="` + alg + `"/>` }
	for _, a := range []struct {
		name string
		code fault.Code
		msg  string
	}{
		{"none", fault.AssertionMissing, asserted("")},
		{"no Security", fault.AssertionMissing, `<soap:Envelope xmlns:soap="` + spaceSOAP11 + `"><soap:Body><a/></soap:Body></soap:Envelope>`},
		{"unsigned", fault.AssertionUnsigned, asserted(g.bare)},
		{"unsigned beside a signed one", fault.AssertionTwice, asserted(g.bare + g.whole)},
		{"signed beside an unsigned one", fault.AssertionTwice, asserted(g.whole + strings.Replace(g.evil, idOfGenuine, "_e", 1))},
		{"two signed ones", fault.AssertionTwice, asserted(g.whole + string(must(p.ecdsa.SealAssertion([]byte(strings.Replace(g.evil, idOfGenuine, "_e", 1))))))},
		{"signature on a Response", fault.AssertionMissing, asserted(`<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r">` + g.signature + g.bare + `</p:Response>`)},
		{"signature of a Response cut out", fault.AssertionSignature, asserted(strings.Replace(g.whole, "#"+idOfGenuine, "#_r", 1))},
		{"encrypted", fault.AssertionEncrypted, asserted(`<saml:EncryptedAssertion xmlns:saml="` + saml.NS + `"/>`)},
		{"encrypted attribute", fault.AssertionEncrypted, text("<saml:Attribute ", "<saml:EncryptedAttribute/><saml:Attribute ")},
		{"encrypted name", fault.AssertionEncrypted, text("<saml:NameID>_t1</saml:NameID>", "<saml:EncryptedID/>")},
		{"user name", fault.UserNameRefused, asserted(g.whole + `<wsse:UsernameToken/>`)},
		{"SAML 1.1", fault.AssertionMissing, asserted(strings.ReplaceAll(g.whole, "SAML:2.0", "SAML:1.0"))},
		{"version", fault.AssertionShape, text(`Version="2.0"`, `Version="1.1"`)},
		{"W-DUP ID in the Body", fault.AssertionGuard, alter("<t:op ", `<t:op id="`+idOfGenuine+`" `)},
		{"W-DUP ID inside", fault.AssertionGuard, text("<saml:NameID>", `<saml:NameID Id="`+idOfGenuine+`">`)},
		{"W-DUP wsu:Id", fault.AssertionGuard, alter(`<wsse:Security `, `<wsse:Security wsu:Id="`+idOfGenuine+`" `)},
		{"W-FOREIGN Signature", fault.AssertionUnsigned, alter(`<ds:Signature xmlns:ds="`+spaceDSig+`">`, `<ds:Signature xmlns:ds="urn:ds">`)},
		{"W-FOREIGN Reference", fault.AssertionSignature, bent(`<ds:Reference`, `<ds:Reference xmlns:ds="urn:ds"`)},
		{"W-FOREIGN two SignedInfo", fault.AssertionSignature, bent(`<ds:SignatureValue>`, `<ds:SignedInfo/><ds:SignatureValue>`)},
		{"W-FOREIGN two references", fault.AssertionSignature, bent(`</ds:SignedInfo>`, `<ds:Reference/></ds:SignedInfo>`)},
		{"W-FOREIGN Object", fault.AssertionSignature, bent(`</ds:Signature>`, `<ds:Object/></ds:Signature>`)},
		{"W-FOREIGN fiscalNumber of another namespace", fault.AssertionShape, text("<saml:Attribute ", `<x:Attribute xmlns:x="urn:x" Name="fiscalNumber"/><saml:Attribute `)},
		{"two signatures", fault.AssertionSignature, alter("</ds:Signature>", "</ds:Signature>"+g.signature)},
		{"signature at the end", fault.AssertionSignature, asserted(forgeAssertion(t, strings.Replace(g.bare, "</saml:Assertion>", "{SIG}</saml:Assertion>", 1), shapeOfAssertion, p.rsa, nil))},
		{"signature before Issuer", fault.AssertionSignature, asserted(forgeAssertion(t, strings.Replace(g.bare, "<saml:Issuer>", "{SIG}<saml:Issuer>", 1), shapeOfAssertion, p.rsa, nil))},
		{"signature inside Issuer", fault.AssertionSignature, asserted(forgeAssertion(t, strings.Replace(g.bare, "</saml:Issuer>", "{SIG}</saml:Issuer>", 1), shapeOfAssertion, p.rsa, nil))},
		{"C-COMMENT in the codice fiscale", fault.AssertionGuard, alter(personCF, personCF[:10]+"<!-- -->"+personCF[10:])},
		{"C-COMMENT in the codice fiscale, signed", fault.AssertionGuard, text(personCF, personCF+"<!-- -->X")},
		{"C-COMMENT in NameID", fault.AssertionGuard, alter("_t1</", "_t1<!-- -->.altri</")},
		{"C-COMMENT in Issuer", fault.AssertionGuard, alter(gateway+"</", gateway+"<!-- -->.altri</")},
		{"C-COMMENT in Audience", fault.AssertionGuard, alter("<saml:Audience>", "<saml:Audience><!-- -->")},
		{"C-COMMENT in DigestValue", fault.AssertionGuard, alter("</ds:DigestValue>", "<!-- --></ds:DigestValue>")},
		{"C-COMMENT in SignatureValue", fault.AssertionGuard, alter("</ds:SignatureValue>", "<!-- --></ds:SignatureValue>")},
		{"C-COMMENT instruction in the codice fiscale", fault.EnvelopeInst, alter(personCF, personCF+"<?x?>X")},
		{"P-DIFF CDATA in the Signature", fault.AssertionSignature, alter("<ds:DigestValue>", "<ds:DigestValue><![CDATA[]]>")},
		{"P-DIFF attribute twice", fault.MalformedEnvelope, alter(` ID="`, ` ID="_x" ID="`)},
		{"P-DIFF undeclared prefix", fault.MalformedEnvelope, alter("<saml:NameID>", "<u:NameID/><saml:NameID>")},
		{"P-DIFF blank in an attribute", fault.AssertionGuard, alter(`Recipient="`, "Recipient=\"\n")},
		{"T-XFORM none", fault.AssertionSignature, bent(enveloped+exclusive, "")},
		{"T-XFORM XSLT", fault.AssertionSignature, bent(enveloped, transform("http://www.w3.org/TR/1999/REC-xslt-19991116"))},
		{"T-XFORM XPath", fault.AssertionSignature, bent(enveloped, transform("http://www.w3.org/TR/1999/REC-xpath-19991116"))},
		{"T-XFORM three", fault.AssertionSignature, bent(exclusive, exclusive+exclusive)},
		{"T-XFORM in disorder", fault.AssertionSignature, bent(enveloped+exclusive, exclusive+enveloped)},
		{"T-XFORM inclusive", fault.AssertionSignature, bent(exclusive, transform("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"))},
		{"T-XFORM with comments", fault.AssertionSignature, bent(exclusive, transform(algExclusive+"WithComments"))},
		{"T-EXTREF whole document", fault.AssertionSignature, bent(`URI="#`+idOfGenuine+`"`, `URI=""`)},
		{"T-EXTREF another element", fault.AssertionSignature, bent(`URI="#`+idOfGenuine+`"`, `URI="#_other"`)},
		{"T-EXTREF http", fault.AssertionSignature, bent(`URI="#`, `URI="http://altri.test/#`)},
		{"T-EXTREF XPointer", fault.AssertionSignature, bent(`URI="#`+idOfGenuine+`"`, `URI="#xpointer(id('`+idOfGenuine+`'))"`)},
		{"T-EXTREF id by number", fault.AssertionSignature, bent(`URI="#_`, `URI="#&#95;`)},
		{"T-EXTREF RetrievalMethod", fault.AssertionSignature, bent(`<ds:X509Data>`, `<ds:RetrievalMethod URI="#k"/><ds:X509Data>`)},
		{"A-SHA1 method", fault.AssertionAlgorithm, bent("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1")},
		{"A-SHA1 digest", fault.AssertionAlgorithm, bent("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1")},
		{"A-HMAC", fault.AssertionAlgorithm, bent("#rsa-sha256", "#hmac-sha256")},
		{"A-PSS", fault.AssertionAlgorithm, bent("2001/04/xmldsig-more#rsa-sha256", "2007/05/xmldsig-more#sha256-rsa-MGF1")},
		{"A-1.5 P-256 said, RSA key", fault.AssertionAlgorithm, bent("#rsa-sha256", "#ecdsa-sha256")},
		{"A-1.5 RSA said, P-256 key", fault.AssertionAlgorithm, asserted(forgeAssertion(t, g.bare, shapeOfAssertion, p.ecdsa, nil))},
		{"digest", fault.AssertionForged, alter(personCF, "SLVPTR65H12H501M")},
		{"value", fault.AssertionForged, alter("<ds:SignedInfo>", `<ds:SignedInfo Id="x">`)},
		{"K-CERT no certificate", fault.AssertionSignature, bent(`<ds:X509Data><ds:X509Certificate>{CERT}</ds:X509Certificate></ds:X509Data>`, `<ds:KeyValue/>`)},
		{"K-CERT unreadable", fault.AssertionUntrusted, bent("{CERT}", "AAAA")},
		{"K-CERT another issuer's name", fault.AssertionUntrusted, says(func(a *saml.Assertion) { a.Issuer = "https://altri.test" })},
		{"K-CERT unknown issuer", fault.AssertionUntrusted, says(func(a *saml.Assertion) { a.Issuer = gateway + "/" })},
		{"X-XXE DTD", fault.EnvelopeDTD, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + asserted(g.whole)},
		{"X-XXE entity", fault.EnvelopeDTD, alter(personCF, "&e;")},
		{"X-ENC overlong", fault.EnvelopeCharset, alter("valore", "\xc0\xaf")},
		{"X-BOMB depth", fault.EnvelopeLimits, alter("valore", strings.Repeat("<a>", 80)+strings.Repeat("</a>", 80))},
		{"H-SMUG two Security", fault.SecurityTwice, alter("</soap:Header>", `<wsse:Security xmlns:wsse="`+spaceWSSE+`"/></soap:Header>`)},
		{"H-SMUG Security of another", fault.AssertionShape, alter(`<wsse:Security `, `<wsse:Security soap:actor="urn:altri" `)},
		{"H-SMUG something besides", fault.AssertionShape, asserted(g.whole + `<wsse:SecurityTokenReference/>`)},
		{"H-SMUG two Bodies", fault.NotAnEnvelope, alter("</soap:Envelope>", "<soap:Body/></soap:Envelope>")},
		{"no ID", fault.AssertionShape, asserted(strings.Replace(g.whole, ` ID="`+idOfGenuine+`"`, "", 1))},
		{"condition", fault.AssertionCondition, text("</saml:Conditions>", `<x:Condition xmlns:x="urn:x"/></saml:Conditions>`)},
		{"two AuthnStatement", fault.AssertionShape, text("<saml:AttributeStatement>", `<saml:AuthnStatement AuthnInstant="2026-11-22T12:00:00Z"><saml:AuthnContext><saml:AuthnContextClassRef>x</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>`)},
	} {
		t.Run(a.name, func(t *testing.T) { verifyAssertion(t, a.msg, a.code) })
	}
}

// TestAssertionCertificates: K-CERT and A-PSS/1.5 for assertions.
func TestAssertionCertificates(t *testing.T) {
	t.Parallel()
	p, plain := allGateways(), saml.Append(nil, person())
	key, stranger := must(NewKey()), must(NewAuthority("CA dei gateway di prova", noon()))
	for name, c := range map[string]struct {
		by   *Sealer
		code fault.Code
	}{
		"of an authority of the same name":     {sealWith(key, systemCertificate(stranger, key, x509.KeyUsageDigitalSignature)), fault.AssertionUntrusted},
		"a stranger's, sent with his own CA":   {sealWith(key, systemCertificate(stranger, key, x509.KeyUsageDigitalSignature), stranger.Certificate), fault.AssertionUntrusted},
		"of a person, nonRepudiation alone":    {sealWith(key, must(p.ca.IssuePerson(personCF, key.Public(), noon()))), fault.AssertionUntrusted},
		"the authority's own":                  {sealWith(p.ca.Key, p.ca.Certificate), fault.AssertionUntrusted},
		"of an authority trusted for messages": {allSystems().rsa, fault.AssertionUntrusted},
		"the gateway's":                        {p.ecdsa, ""},
	} {
		t.Run(name, func(t *testing.T) { verifyAssertion(t, asserted(string(must(c.by.SealAssertion(plain)))), c.code) })
	}
	short := must(rsa.GenerateKey(rand.Reader, 1024))
	weak := &Sealer{key: p.rsa.key, chain: []*x509.Certificate{systemCertificate(p.ca, short, x509.KeyUsageDigitalSignature)}}
	verifyAssertion(t, asserted(forgeAssertion(t, string(plain), shapeOfAssertion, weak, nil)), fault.AssertionAlgorithm)
}

// TestAssertionMutations: any one byte changed leaves the assertion refused, or
// with the same signed content.
func TestAssertionMutations(t *testing.T) {
	t.Parallel()
	g := genuineAssertion()
	msg := []byte(asserted(string(must(allGateways().ecdsa.SealAssertion([]byte(g.bare))))))
	for i := range msg {
		for _, mutant := range [][]byte{
			append(append([]byte{}, msg[:i]...), msg[i+1:]...),
			append(append(append([]byte{}, msg[:i]...), msg[i]^1), msg[i+1:]...),
		} {
			if got, f := allGateways().verifier.Verify(mutant, false, issuerOf); f == nil && string(got.Content) != g.bare {
				t.Fatalf("byte %d: accepted another content\n%s", i, mutant)
			}
		}
	}
}

package xmlsig

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// functionOf is the function of SHA-2 that an identifier ends with; SHA-256 for any other.
func functionOf(algorithm string) crypto.Hash {
	switch {
	case strings.HasSuffix(algorithm, "sha384"):
		return crypto.SHA384
	case strings.HasSuffix(algorithm, "sha512"):
		return crypto.SHA512
	}
	return crypto.SHA256
}

// sumBy is a digest by the function of an identifier.
func sumBy(algorithm string, b []byte) []byte {
	h := functionOf(algorithm).New()
	h.Write(b)
	return h.Sum(nil)
}

// family are the identifiers of digests and of methods for either key, by AgID's annex
// Digest and Signature.
var family = struct{ digests, rsa, ecdsa []string }{
	[]string{"http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512"},
	[]string{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"},
	[]string{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"},
}

// TestMessageFamily: a message may be signed by any of SHA-2, its digests by any; what
// it is known by stays SHA-256, and its answer repeats its digests as they are.
func TestMessageFamily(t *testing.T) {
	t.Parallel()
	p := allSystems()
	for _, digest := range family.digests {
		for i, method := range slices.Concat(family.rsa, family.ecdsa) {
			f := newForgery()
			if f.digestMethod, f.method = digest, method; i >= len(family.rsa) {
				f.by = p.ecdsa
			}
			msg := f.message(t)
			got := verifyMessage(t, msg, office, "")
			if got.Digest != sha256.Sum256(got.Body) {
				t.Errorf("%s %s: known by another digest", digest, method)
			}
			verifyMessage(t, strings.Replace(msg, "valore", "valori", 1), office, PartChanged)
			answer := string(must(p.rsa.SealMessage([]byte(`<e:Envelope xmlns:e="`+spaceSOAP11+`"><e:Body/></e:Envelope>`), Stamp{
				To: "http://www.w3.org/2005/08/addressing/anonymous", ID: "urn:uuid:1", RelatesTo: got.ID,
				Created: noon().Add(1e9), Expires: noon().Add(fiveMinutes), Answers: got.Signed, Service: "urn:t",
			})))
			if n := strings.Count(answer, `<ds:DigestMethod Algorithm="`+digest+`"></ds:DigestMethod>`); digest != algSHA256 && n != len(f.refs) {
				t.Errorf("%s: an answer with %d of %d digests", digest, n, len(f.refs))
			}
			if a := verifyMessage(t, answer, office, ""); !a.Answers(got.ID, got.Signed) {
				t.Errorf("%s %s: no answer", digest, method)
			}
			changed := slices.Clone(got.Signed)
			changed[0].Digest.value[changed[0].Digest.function.Size()-1]++
			if verifyMessage(t, answer, office, "").Answers(got.ID, changed) {
				t.Errorf("%s %s: answers another message", digest, method)
			}
		}
	}
}

// TestMessageFamilyConfused: a function that is said and another that was used, in
// either place.
func TestMessageFamilyConfused(t *testing.T) {
	t.Parallel()
	said := func(attribute, to string) func(string) string {
		return func(msg string) string { return strings.ReplaceAll(msg, attribute, to) }
	}
	for name, c := range map[string]struct {
		bend func(*forgery)
		then func(string) string
		code fault.Code
	}{
		"digest of SHA-256 said SHA-512": {nil, said("xmlenc#sha256", "xmlenc#sha512"), MessageBase64},
		"digest of SHA-512 said SHA-384": {func(f *forgery) { f.digestMethod = algDigest512 }, said("xmlenc#sha512", "xmldsig-more#sha384"), MessageBase64},
		"digest cut to SHA-384":          {func(f *forgery) { f.digestMethod = algDigest512; f.reference = resized(algDigest384, sha512.Size384) }, nil, PartChanged},
		"digest filled up with zeros":    {func(f *forgery) { f.reference = resized(algDigest512, sha512.Size) }, nil, PartChanged},
		"value of SHA-256 said SHA-512":  {nil, said("#rsa-sha256", "#rsa-sha512"), MessageForged},
		"value of SHA-512 said SHA-256":  {func(f *forgery) { f.method = algRSA512 }, said("#rsa-sha512", "#rsa-sha256"), MessageForged},
		"ECDSA said, RSA key":            {func(f *forgery) { f.method = algECDSA384 }, nil, MessageMismatch},
		"RSA said, P-256 key":            {func(f *forgery) { f.method, f.by = algRSA384, allSystems().ecdsa }, nil, MessageMismatch},
		"SHA-224":                        {func(f *forgery) { f.digestMethod = "http://www.w3.org/2001/04/xmldsig-more#sha224" }, nil, MessageDigest},
		"RSA with SHA-224":               {func(f *forgery) { f.method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224" }, nil, MessageMethod},
	} {
		f := newForgery()
		if c.bend != nil {
			c.bend(&f)
		}
		msg := f.message(t)
		if c.then != nil {
			bent := c.then(msg)
			if bent == msg {
				t.Fatalf("%s: nothing bent", name)
			}
			msg = bent
		}
		if _, got := allSystems().verifier.Verify([]byte(msg), office); got == nil || got.Code != c.code {
			t.Errorf("%s: %v, want %s", name, got, c.code)
		}
	}
}

// resized writes references whose digests are cut, or filled up with zeros, to a size.
func resized(method string, size int) func(id, digest string) string {
	return func(id, digest string) string {
		value := append(must(base64.StdEncoding.DecodeString(digest)), make([]byte, size)...)[:size]
		return `<ds:Reference URI="#` + id + `"><ds:Transforms><ds:Transform Algorithm="` + algExclusive + `"/></ds:Transforms><ds:DigestMethod Algorithm="` +
			method + `"/><ds:DigestValue>` + base64.StdEncoding.EncodeToString(value) + `</ds:DigestValue></ds:Reference>`
	}
}

// TestMessageFamilyPolicy: a policy that names algorithms allows those alone.
func TestMessageFamilyPolicy(t *testing.T) {
	t.Parallel()
	p := allSystems()
	v := p.verifier.Requiring(map[string]MessageRequirements{office: {Requirements: Requirements{Algorithms: []Algorithm{RSASHA256, RSASHA512}}}})
	for method, allowed := range map[string]bool{algRSA: true, algRSA512: true, algRSA384: false, algECDSA: false, algECDSA512: false} {
		f := newForgery()
		if f.method = method; strings.Contains(method, "ecdsa") {
			f.by = p.ecdsa
		}
		_, got := v.Verify([]byte(f.message(t)), office)
		if allowed != (got == nil) || got != nil && got.Code != MessageMethod {
			t.Errorf("%s: %v", method, got)
		}
	}
}

// TestAssertionFamily: an assertion too may be signed by any of SHA-2.
func TestAssertionFamily(t *testing.T) {
	t.Parallel()
	g, p := genuineAssertion(), allGateways()
	for _, digest := range family.digests {
		for i, method := range slices.Concat(family.rsa, family.ecdsa) {
			by := p.rsa
			if i >= len(family.rsa) {
				by = p.ecdsa
			}
			bent := strings.NewReplacer(family.digests[0], digest, family.rsa[0], method).Replace(shapeOfAssertion)
			msg := asserted(forgeAssertion(t, g.bare, bent, by, nil))
			verifyAssertion(t, msg, "")
			verifyAssertion(t, strings.Replace(msg, "SpidL2", "SpidL3", 1), fault.AssertionForged)
		}
	}
}

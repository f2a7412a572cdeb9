package xmlsig

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"runtime"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// swelling are contents of a few hundred kilobytes whose canonical form is many times
// as long. Without a bound the first of them, of 4 MiB and with a namespace name of
// 2, would become a terabyte.
func swelling() map[string]string {
	const size = 256 << 10
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	declared := func(inside string) string {
		return `<x xmlns:a="` + strings.Repeat("a", 256) + `" xmlns:b="` + strings.Repeat("b", 256) + `">` + inside + `</x>`
	}
	return map[string]string{
		"a declaration for each element":   declared(fill("<a:x/>")),
		"two declarations for each":        declared(fill("<a:x b:y=''/>")),
		"a declaration for each attribute": declared(fill("<x a:y=''/>")),
	}
}

// TestSwellingContent is T-C14N-DOS and X-BOMB of the canonical form: it is bounded by
// what was sent, and so is the memory that reading takes.
func TestSwellingContent(t *testing.T) {
	t.Parallel()
	for name, inside := range swelling() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantCode(t, "<r>"+inside+"</r>", TooLarge)
			var p pass
			if f := p.run([]byte("<r>" + inside + "</r>")); f == nil || cap(p.content.out) > 2*longestForm(len(inside), MaxDocument) {
				t.Errorf("document: %v, %d bytes of %d", f, cap(p.content.out), len(inside))
			}
			f := newForgery()
			f.body = `<soap:Body wsu:Id="body">{FILL}</soap:Body>`
			body := strings.Replace(f.message(t), "{FILL}", inside, 1)
			verifyMessage(t, body, office, fault.EnvelopeLimits)
			for _, part := range []string{endpoint + "</wsa:To>", asked + "</wsa:MessageID>", "</wsu:Timestamp>", "</wsse:BinarySecurityToken>"} {
				verifyMessage(t, strings.Replace(body, part, inside+part, 1), office, fault.EnvelopeLimits)
			}
			assertion := strings.Replace(genuineAssertion().whole, "</saml:Subject>", inside+"</saml:Subject>", 1)
			verifyAssertion(t, asserted(assertion), fault.EnvelopeLimits)
		})
	}
}

// TestSwellingValues: one value that grows is refused before it is written.
func TestSwellingValues(t *testing.T) {
	t.Parallel()
	const most = 1 << 10
	for name, inside := range map[string]string{
		"text":               "<r>" + strings.Repeat(">", most/3) + "</r>",
		"text of references": "<r>" + strings.Repeat("&#62;>", most/6) + "</r>",
		"plain text":         "<r>" + strings.Repeat("x", most) + "</r>",
		"CDATA":              "<r><![CDATA[" + strings.Repeat("&", most/3) + "]]></r>",
		"attribute":          "<r a='" + strings.Repeat(`"`, most/3) + "'/>",
		"tag":                "<r a='" + strings.Repeat("x", most) + "'/>",
	} {
		var p pass
		p.content.reset(nil)
		p.content.most = most
		p.tok.Reset([]byte(inside), xmltoken.Limits{})
		var refused error
		for refused == nil {
			kind, err := p.next()
			if err != nil {
				t.Fatal(name, err)
			}
			refused = p.take(kind)
		}
		if f := faultOf(refused); f.Code != TooLarge || len(p.content.out) > most {
			t.Errorf("%s: %s after %d bytes", name, f.Code, len(p.content.out))
		}
	}
}

// TestHonestGrowth: what senders write, a type on every element and its prefix
// declared far above, is taken.
func TestHonestGrowth(t *testing.T) {
	t.Parallel()
	const row = `<voce xsi:type="xsd:string">x</voce><vuoto xsi:nil="true"/>`
	doc := `<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">` +
		`<cf>RSSMRA80A01H501U</cf>` + strings.Repeat(row, (1<<20)/len(row)) + `{SIG}</r>`
	got := wantCode(t, forge(t, doc, shape, everyone().rsa), "")
	if len(got.Content) < 2<<20 {
		t.Errorf("%d bytes: the document does not grow", len(got.Content))
	}
}

// TestLongNamespaces: names of namespaces are compared and written again and again;
// nobody needs long ones.
func TestLongNamespaces(t *testing.T) {
	t.Parallel()
	for n, code := range map[int]fault.Code{256: NoSignature, 257: TooLarge} {
		wantCode(t, `<r xmlns:a="`+strings.Repeat("u", n)+`"/>`, code)
	}
	msg := newForgery().message(t)
	verifyMessage(t, strings.Replace(msg, "urn:unused", strings.Repeat("u", 257), 1), office, fault.EnvelopeLimits)
	verifyAssertion(t, strings.Replace(asserted(genuineAssertion().whole), "urn:t", strings.Repeat("u", 257), 1), fault.EnvelopeLimits)
}

// TestGreedyLists: lists are not taken apart before they are known to be short. Each
// of these took a hundred times its size.
func TestGreedyLists(t *testing.T) {
	if testing.Short() {
		t.Skip("counts allocations")
	}
	const size = 128 << 10
	list := `<x:InclusiveNamespaces xmlns:x="` + algExclusive + `" PrefixList="` + strings.Repeat("a ", size/2) + `"/>`
	document := forge(t, letter, bend(t, `exc-c14n#"/></ds:Transforms>`, `exc-c14n#">`+list+`</ds:Transform></ds:Transforms>`), everyone().rsa)
	f := newForgery()
	message := strings.Replace(f.message(t), `<ds:Transform Algorithm="`+algExclusive+`">`, `<ds:Transform Algorithm="`+algExclusive+`">`+list, 1)
	if !strings.Contains(message, list) {
		message = strings.Replace(f.message(t), `<ds:Transform Algorithm="`+algExclusive+`"/>`, `<ds:Transform Algorithm="`+algExclusive+`">`+list+`</ds:Transform>`, 1)
	}
	assertion := asserted(strings.Replace(genuineAssertion().whole, `<ds:Transform Algorithm="`+algExclusive+`"></ds:Transform>`,
		`<ds:Transform Algorithm="`+algExclusive+`">`+list+`</ds:Transform>`, 1))
	path := func() string {
		var m messagePass
		m.sig.certs = append([]byte{0x30, 0x83, size >> 16, size >> 8 & 0xff, size & 0xff}, bytes.Repeat([]byte{5, 0}, size/2)...)
		return string(m.splitPath())
	}
	for name, c := range map[string]struct {
		read func() string
		want fault.Code
	}{
		"PrefixList of a document": {func() string {
			_, f := everyone().verifier.Verify([]byte(document), region)
			return strings.TrimSpace(codes(f))
		}, Transforms},
		"PrefixList of a message": {func() string {
			_, f := allSystems().verifier.Verify([]byte(message), office)
			return string(f.Code)
		}, MessageC14N},
		"PrefixList of an assertion": {func() string {
			_, f := allGateways().verifier.Verify([]byte(assertion), false, issuerOf)
			return string(f.Code)
		}, fault.AssertionSignature},
		"PKIPath": {path, TokenUnreadable},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := c.read()
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; got != string(c.want) || took > 12*size {
			t.Errorf("%s: %s, %d bytes allocated for %d", name, got, took, size)
		}
	}
}

// TestGiantKeys is K-CERT: a link's key is used before anything is known of it, at a
// cost that grows with the square of its length: most of a second for 100,000 bits.
func TestGiantKeys(t *testing.T) {
	t.Parallel()
	key := must(NewKey())
	link := func(bits uint) []byte {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Anello"}, NotBefore: noon(), NotAfter: noon().AddDate(1, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		}
		return must(x509.CreateCertificate(rand.Reader, template, template, &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 65537}, key))
	}
	for bits, code := range map[uint]fault.Code{maxRSA: "", maxRSA + 8: BadCertificate, 100_000: BadCertificate} {
		two := `{CERT}</ds:X509Certificate><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(link(bits)) + `</ds:X509Certificate>`
		wantCode(t, forge(t, letter, bend(t, `{CERT}</ds:X509Certificate>`, two), everyone().rsa), code)
	}
	f := newForgery()
	path := must(asn1.Marshal([]asn1.RawValue{{FullBytes: link(maxRSA + 8)}, {FullBytes: f.by.chain[0].Raw}}))
	f.token = `<wsse:BinarySecurityToken wsu:Id="bst" ValueType="` + valuePKIPath + `">` + base64.StdEncoding.EncodeToString(path) + `</wsse:BinarySecurityToken>`
	f.keyInfo = strings.Replace(f.keyInfo, valueX509, valuePKIPath, 1)
	verifyMessage(t, f.message(t), office, TokenUnreadable)
	own := strings.Replace(shapeOfAssertion, "{CERT}", "{CERT}</ds:X509Certificate><ds:X509Certificate>"+base64.StdEncoding.EncodeToString(link(maxRSA+8)), 1)
	verifyAssertion(t, asserted(forgeAssertion(t, genuineAssertion().bare, own, allGateways().rsa, nil)), fault.AssertionUntrusted)
}

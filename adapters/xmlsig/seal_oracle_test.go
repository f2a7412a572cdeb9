package xmlsig

import (
	"bytes"
	"crypto/x509"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// goxmldsigSignature is the Signature that goxmldsig makes for a canonical
// document, given the document's canonical form: it orders attributes of two
// namespaces wrongly.
func goxmldsigSignature(t *testing.T, s *Sealer, method string, content []byte) []byte {
	t.Helper()
	ctx := must(dsig.NewSigningContext(s.key, derOf(s.chain)))
	root := etree.NewElement("root") // stands for the document
	ctx.Canonicalizer = canonicalised{
		Canonicalizer: dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""),
		root:          root,
		content:       content,
	}
	if err := ctx.SetSignatureMethod(method); err != nil {
		t.Fatal(err)
	}
	out := etree.NewDocument()
	out.WriteSettings = etree.WriteSettings{CanonicalEndTags: true, CanonicalText: true, CanonicalAttrVal: true}
	out.SetRoot(must(ctx.ConstructSignature(root, true)))
	return must(out.WriteToBytes())
}

// canonicalised is exclusive canonicalisation that knows the form of the
// document already.
type canonicalised struct {
	dsig.Canonicalizer
	root    *etree.Element
	content []byte
}

// Canonicalize implements dsig.Canonicalizer.
func (c canonicalised) Canonicalize(e *etree.Element) ([]byte, error) {
	if e == c.root {
		return c.content, nil
	}
	return c.Canonicalizer.Canonicalize(e)
}

func derOf(chain []*x509.Certificate) (der [][]byte) {
	for _, c := range chain {
		der = append(der, c.Raw)
	}
	return der
}

// TestSealAgreesWithGoxmldsig: our Signature is goxmldsig's, byte for byte, for
// both kinds of key, one certificate and several.
func TestSealAgreesWithGoxmldsig(t *testing.T) {
	t.Parallel()
	p := everyone()
	for name, c := range map[string]struct {
		by     *Sealer
		method string
	}{
		"receipt seal": {p.seal, algECDSA}, "P-256": {p.ecdsa, algECDSA}, "RSA": {p.rsa, algRSA},
	} {
		for seed := range uint64(50) {
			var doc pass
			if f := doc.run(randomDocument(seed)); f != nil {
				continue
			}
			content := doc.content.out
			want := goxmldsigSignature(t, c.by, c.method, content)
			if got := must(c.by.appendSignature(nil, content)); !bytes.Equal(got, want) {
				t.Fatalf("%s, document %d:\n%s\nwant\n%s", name, seed, got, want)
			}
		}
	}
}

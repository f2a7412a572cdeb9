package xmlsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// FuzzVerify feeds a verifier that knows signed documents: it must not panic,
// must accept nothing whose content was not signed, and what it returns must be
// a fixed point: canonical, and the same when sealed and verified again.
func FuzzVerify(f *testing.F) {
	p := everyone()
	anchors := must(ParseCertificates(must(os.ReadFile(fixtures + "/ca.pem"))))
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: append(anchors, p.ca.Certificate)}))
	genuine := map[[sha256.Size]byte]bool{}
	for _, c := range jdkFixtures() {
		doc := must(os.ReadFile(filepath.Join(fixtures, c[0])))
		got, _ := v.Verify(doc, region)
		genuine[got.Digest] = true
		f.Add(doc)
	}
	for seed := range uint64(8) {
		f.Add(randomDocument(seed))
	}
	f.Add([]byte("</"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, faults := v.Verify(doc, region)
		if len(faults) == 0 && !genuine[got.Digest] {
			t.Fatalf("accepted a content that nobody signed: %q", got.Content)
		}
		if len(faults) > 1 || len(faults) == 1 && got.Content != nil {
			t.Fatalf("faults %s beside a content", codes(faults))
		}
		var q pass
		if q.run(doc) != nil {
			return
		}
		content, listed := bytes.Clone(q.content.out), len(q.sig.refSet) > 0
		if q.place == before { // an unsigned document: seal it
			sealed := must(p.seal.Seal(doc))
			again, faults := v.VerifySeal(sealed, region)
			if len(faults) > 0 || !bytes.Equal(again.Content, content) {
				t.Fatalf("sealed: faults %s, content %q, was %q", codes(faults), again.Content, content)
			}
		}
		if f := q.run(content); f != nil || !bytes.Equal(q.content.out, content) && !listed {
			t.Fatalf("content %q is not canonical", content)
		}
		var r xmltoken.Reader
		r.Reset(content, xmltoken.Limits{})
		if kind, err := r.Next(); kind != xmltoken.Start || err != nil {
			t.Fatalf("content %q does not begin with its root", content)
		}
	})
}

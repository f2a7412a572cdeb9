package xmlsig

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"time"
)

// plain is an unsigned document with most of what canonicalisation touches.
const plain = `<?xml version="1.0" encoding="UTF-8"?>
<!-- prima -->
<p:UniLav xmlns:q="urn:q" xmlns:p="urn:p" xmlns="urn:d" b='2' a="1">
  <Datore cf='01234567890' q:x="&lt;&#9;"/><!-- fra -->
  <p:Lavoratore><![CDATA[A & B]]> &gt; è</p:Lavoratore>
</p:UniLav>
<!-- dopo -->
`

const plainContent = `<p:UniLav xmlns:p="urn:p" a="1" b="2">
  <Datore xmlns="urn:d" xmlns:q="urn:q" cf="01234567890" q:x="&lt;&#x9;"></Datore>
  <p:Lavoratore>A &amp; B &gt; è</p:Lavoratore>
</p:UniLav>`

func TestSealThenVerify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sealer *Sealer
		signer string
	}{
		"RSA-2048": {everyone().rsa, personCF},
		"P-256":    {everyone().ecdsa, "01234567890"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sealed := must(c.sealer.Seal([]byte(plain)))
			if again := must(c.sealer.Seal([]byte(plain))); !bytes.Equal(sealed, again) {
				t.Error("two seals of one document differ")
			}
			v, faults := everyone().verifier.Verify(sealed, region)
			if len(faults) > 0 {
				t.Fatalf("faults %s\n%s", codes(faults), sealed)
			}
			if string(v.Content) != plainContent {
				t.Errorf("content\n%s\nwant\n%s", v.Content, plainContent)
			}
			if v.Digest != sha256.Sum256(v.Content) || v.Signer != c.signer || v.Certificate != nil && v.Certificate.IsCA {
				t.Errorf("digest %x, signer %q, certificate %v", v.Digest, v.Signer, v.Certificate.Subject)
			}
			if l := v.CheckValidity(noon()); len(l) > 0 {
				t.Errorf("valid certificates have faults %s", codes(l))
			}
			if l := v.CheckValidity(noon().Add(-time.Hour)); codes(l) != "SIG-34 " {
				t.Errorf("before they begin: %q", codes(l))
			}
			if l := v.CheckValidity(noon().AddDate(4, 0, 0)); codes(l) != "SIG-35 " {
				t.Errorf("after they end: %q", codes(l))
			}
		})
	}
}

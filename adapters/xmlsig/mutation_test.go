package xmlsig

import (
	"bytes"
	"crypto/x509"
	"os"
	"slices"
	"testing"
)

// TestOneByteMutations changes, inserts and deletes each byte of signed
// documents. Whatever still verifies must have the same content and signer.
func TestOneByteMutations(t *testing.T) {
	t.Parallel()
	jdk := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: must(ParseCertificates(must(os.ReadFile(fixtures + "/ca.pem"))))}))
	for name, c := range map[string]struct {
		v   *Verifier
		doc []byte
	}{
		"own, RSA":             {everyone().verifier, must(everyone().rsa.Seal([]byte(receipt)))},
		"own, raw around it":   {everyone().verifier, []byte(forge(t, "<!-- a -->\r\n"+letter+"\n", shape, everyone().rsa))},
		"JDK, RSA, PrefixList": {jdk, must(os.ReadFile(fixtures + "/rsa-prefixlist.xml"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			original, faults := c.v.Verify(c.doc, region)
			if len(faults) > 0 {
				t.Fatal(codes(faults))
			}
			tried, harmless := 0, 0
			judge := func(mutant []byte) {
				tried++
				got, faults := c.v.Verify(mutant, region)
				if len(faults) > 0 {
					return
				}
				harmless++
				if !bytes.Equal(got.Content, original.Content) || got.Signer != original.Signer {
					t.Errorf("accepted with another content or signer:\n%s", mutant)
				}
			}
			for i := range c.doc {
				for _, b := range []byte{c.doc[i] ^ 1, c.doc[i] ^ 0x20, c.doc[i] ^ 0x80, 0, ' ', '\n', '\r', '<', '>', '&', '"', 'A', '='} {
					if b != c.doc[i] {
						mutant := bytes.Clone(c.doc)
						mutant[i] = b
						judge(mutant)
					}
				}
				judge(slices.Delete(bytes.Clone(c.doc), i, i+1))
				for _, b := range []byte{' ', '<', 'A', c.doc[i]} {
					judge(slices.Insert(bytes.Clone(c.doc), i, b))
				}
			}
			t.Logf("%d mutants, %d accepted with the content unchanged", tried, harmless)
			if tried < 17*len(c.doc) || harmless > tried/10 {
				t.Errorf("%d mutants, %d accepted", tried, harmless)
			}
		})
	}
}

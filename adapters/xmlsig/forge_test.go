package xmlsig

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// shape is a Signature of the grammar, to be bent by the attacks. {DIGEST},
// {VALUE} and {CERT} are filled in by forge.
const shape = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>` +
	`<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>` +
	`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>` +
	`<ds:Reference URI=""><ds:Transforms>` +
	`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>` +
	`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>` +
	`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>` +
	`<ds:DigestValue>{DIGEST}</ds:DigestValue></ds:Reference></ds:SignedInfo>` +
	`<ds:SignatureValue>{VALUE}</ds:SignatureValue>` +
	`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{CERT}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`

// letter is a document that a Signature is put into at {SIG}.
const letter = `<r xmlns="urn:r"><cf>RSSMRA80A01H501U</cf><n>1</n>{SIG}</r>`

// bend replaces old by new in shape, which must hold old.
func bend(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(shape, old) {
		t.Fatalf("the shape has no %q", old)
	}
	return strings.Replace(shape, old, new, 1)
}

// forge puts a Signature into doc and signs it in earnest with the signer's
// key: digest of what surrounds it, value over its SignedInfo as it stands. So
// what stops the result is the rule under attack and not a wrong sum.
func forge(t *testing.T, doc, signature string, by *Sealer) string {
	t.Helper()
	return forgeWith(t, doc, signature, by, func(info []byte) []byte {
		hashed := sha256.Sum256(info)
		return must(by.key.Sign(nil, hashed[:], crypto.SHA256))
	})
}

func forgeWith(t *testing.T, doc, signature string, by *Sealer, sign func(info []byte) []byte) string {
	t.Helper()
	b64 := base64.StdEncoding.EncodeToString
	digest := sha256.Sum256(canonicalOf(t, []byte(strings.Replace(doc, "{SIG}", "", 1)), 1, nil))
	signature = strings.ReplaceAll(signature, "{DIGEST}", b64(digest[:]))
	signature = strings.ReplaceAll(signature, "{CERT}", b64(by.chain[0].Raw))
	doc = strings.Replace(doc, "{SIG}", signature, 1)
	info := []byte("no SignedInfo")
	if n := indexOf(t, doc, "SignedInfo"); n > 0 {
		info = canonicalOf(t, []byte(doc), n, nil)
	}
	return strings.ReplaceAll(doc, "{VALUE}", b64(sign(info)))
}

// indexOf returns the number in document order of the first element with this
// local name, 0 if there is none.
func indexOf(t *testing.T, doc, local string) int {
	var r xmltoken.Reader
	r.Reset([]byte(doc), xmltoken.Limits{})
	for n := 0; ; {
		kind, err := r.Next()
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		if kind == xmltoken.EOF {
			return 0
		}
		if kind == xmltoken.Start {
			if n++; string(r.Local()) == local {
				return n
			}
		}
	}
}

// TestForge shows that the forger's work verifies when nothing is bent, and
// that harmless liberties of the grammar are taken.
func TestForge(t *testing.T) {
	t.Parallel()
	const content = `<r xmlns="urn:r"><cf>RSSMRA80A01H501U</cf><n>1</n></r>`
	const list = `><x:InclusiveNamespaces xmlns:x="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList=""/></ds:Transform>`
	for name, s := range map[string]string{
		"as it is":           shape,
		"ids":                bend(t, `<ds:KeyInfo>`, `<ds:KeyInfo Id="k">`),
		"blanks":             strings.ReplaceAll(strings.ReplaceAll(shape, "><", ">\n  <"), "{CERT}", "\n{CERT}\r\n&#13;\t "),
		"default prefix":     strings.ReplaceAll(strings.ReplaceAll(shape, "ds:", ""), "xmlns:ds", "xmlns"),
		"single quotes":      strings.ReplaceAll(shape, `"`, `'`),
		"empty PrefixList":   bend(t, `exc-c14n#"/></ds:Transforms>`, `exc-c14n#"`+list+`</ds:Transforms>`),
		"the chain, 4 certs": bend(t, `</ds:X509Data>`, strings.Repeat(`<ds:X509Certificate>{CERT}</ds:X509Certificate>`, 3)+`</ds:X509Data>`),
	} {
		doc := forge(t, letter, s, everyone().rsa)
		if v := wantCode(t, doc, ""); string(v.Content) != content {
			t.Errorf("%s: content %s", name, v.Content)
		}
	}
	comments := strings.Replace(letter, "<n>", "<!-- fra due elementi --><n>", 1)
	if v := wantCode(t, "<!-- prima -->\n"+forge(t, comments, shape, everyone().rsa)+"\n<!-- dopo -->", ""); !bytes.Equal(v.Content, []byte(content)) {
		t.Errorf("comments between elements: content %s", v.Content)
	}
}

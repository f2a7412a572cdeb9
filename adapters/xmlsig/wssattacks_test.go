package xmlsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// places are where a wrapping attack may put an element: each gives the message
// with markup put there.
func places() map[string]func(msg, markup string) string {
	behind := func(mark string) func(string, string) string {
		return func(msg, markup string) string {
			at := strings.Index(msg, mark)
			at += strings.IndexByte(msg[at:], '>') + 1
			return msg[:at] + markup + msg[at:]
		}
	}
	ahead := func(mark string) func(string, string) string {
		return func(msg, markup string) string {
			at := strings.LastIndex(msg, mark)
			return msg[:at] + markup + msg[at:]
		}
	}
	wrapped := func(put func(string, string) string, name string) func(string, string) string {
		return func(msg, markup string) string {
			return put(msg, `<w:`+name+` xmlns:w="urn:w">`+markup+`</w:`+name+`>`)
		}
	}
	return map[string]func(string, string) string{
		"first in Envelope":        behind("<soap:Envelope"),
		"last in Envelope":         ahead("</soap:Envelope>"),
		"first in Header":          behind("<soap:Header"),
		"last in Header":           ahead("</soap:Header>"),
		"first in Security":        behind("<wsse:Security "),
		"last in Security":         ahead("</wsse:Security>"),
		"before Signature":         ahead("<ds:Signature>"),
		"first in Signature":       behind("<ds:Signature>"),
		"last in Signature":        ahead("</ds:Signature>"),
		"in SignedInfo":            ahead("</ds:SignedInfo>"),
		"in a Reference":           ahead("</ds:Reference>"),
		"in KeyInfo":               ahead("</ds:KeyInfo>"),
		"in the token's reference": ahead("</wsse:SecurityTokenReference>"),
		"between Header and Body":  ahead("<soap:Body"),
		"in the Body":              ahead("</soap:Body>"),
		"in the Body's operation":  ahead("</t:op>"),
		"in the Timestamp":         ahead("</wsu:Timestamp>"),
		"in To":                    ahead("</wsa:To>"),
		"in a wrapper of Header":   wrapped(ahead("</soap:Header>"), "Wrapper"),
		"in a wrapper of Security": wrapped(ahead("</wsse:Security>"), "Wrapper"),
		"in a false Security":      wrapped(ahead("</soap:Header>"), "Security"),
		"in a false Header":        wrapped(ahead("<soap:Body"), "Header"),
		"in an Object":             func(m, x string) string { return ahead("</ds:Signature>")(m, "<ds:Object>"+x+"</ds:Object>") },
		"in a second Security":     func(m, x string) string { return ahead("</soap:Header>")(m, "<wsse:Security>"+x+"</wsse:Security>") },
		"in a second Header":       func(m, x string) string { return ahead("<soap:Body")(m, "<soap:Header>"+x+"</soap:Header>") },
		"in an Envelope in the Body": func(m, x string) string {
			return ahead("</t:op>")(m, "<soap:Envelope><soap:Header><wsse:Security>"+x+"</wsse:Security></soap:Header></soap:Envelope>")
		},
	}
}

// signedPart is a part of the genuine message and the attacker's version of it.
type signedPart struct{ id, genuine, evil string }

func signedParts(f forgery) []signedPart {
	return []signedPart{
		{"body", f.body, strings.Replace(f.body, "valore", "altro", 1)},
		{"ts", f.timestamp, strings.ReplaceAll(f.timestamp, "2026-11-22", "2027-11-22")},
		{"to", f.to, strings.Replace(f.to, endpoint, "https://altri.test/", 1)},
		{"mid", f.id, strings.Replace(f.id, asked, "urn:uuid:altro", 1)},
		{"bst", strings.Replace(f.token, "{CERT}", base64.StdEncoding.EncodeToString(f.by.chain[0].Raw), 1), strings.Replace(f.token, "{CERT}", "AAAA", 1)},
		{"act", actionOfAnswer, strings.Replace(actionOfAnswer, "urn:a", "urn:b", 1)},
		{"rel", relatesOfAnswer, strings.Replace(relatesOfAnswer, "urn:a", "urn:b", 1)},
		{"dig", digestsOfAnswer, strings.Replace(digestsOfAnswer, "#a", "#b", 1)},
	}
}

// identifiers are what the attacker may do with the id of a copy.
func identifiers() map[string]func(markup, id string) string {
	become := func(attr string) func(string, string) string {
		return func(markup, id string) string { return strings.Replace(markup, ` wsu:Id="`+id+`"`, attr, 1) }
	}
	return map[string]func(string, string) string{
		"same id":      func(markup, _ string) string { return markup },
		"no id":        become(""),
		"another id":   become(` wsu:Id="altro"`),
		"plain Id":     func(m, id string) string { return become(` Id="`+id+`"`)(m, id) },
		"xml:id":       func(m, id string) string { return become(` xml:id="`+id+`"`)(m, id) },
		"foreign Id":   func(m, id string) string { return become(` x:Id="`+id+`" xmlns:x="urn:x"`)(m, id) },
		"id by number": func(m, id string) string { return become(fmt.Sprintf(` wsu:Id="&#%d;%s"`, id[0], id[1:]))(m, id) },
	}
}

// TestMessageWrapping: XSW in all its permutations. Every signed part is moved
// to every place while another stands in for it, and every part is doubled in
// every place, with whatever id. What is accepted says what was signed.
func TestMessageWrapping(t *testing.T) {
	t.Parallel()
	wrapped(t, newForgery(), allSystems().verifier, 2500)
}

// What an answer has signed besides.
const (
	actionOfAnswer  = `<wsa:Action wsu:Id="act">urn:a</wsa:Action>`
	relatesOfAnswer = `<wsa:RelatesTo wsu:Id="rel">urn:a</wsa:RelatesTo>`
	digestsOfAnswer = `<m:X-RequestDigest xmlns:m="urn:m" wsu:Id="dig"><ds:Reference URI="#a"><ds:DigestValue>` +
		`AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</ds:DigestValue></ds:Reference></m:X-RequestDigest>`
)

// TestAnswerWrapping: the same of an answer in SOAP 1.2, whose client believes what it
// says of the request, and of a token that is signed.
func TestAnswerWrapping(t *testing.T) {
	t.Parallel()
	f := newForgery()
	f.version = spaceSOAP12
	f.extra = actionOfAnswer + relatesOfAnswer + digestsOfAnswer
	f.refs = append(f.refs, "bst", "act", "rel", "dig")
	got, refused := allSystems().verifier.Verify([]byte(f.message(t)), office)
	if refused != nil || !got.Answers("urn:a", []Reference{{ID: "a", Digest: Digest{function: crypto.SHA256}}}) {
		t.Fatalf("%v, %+v", refused, got)
	}
	wrapped(t, f, allSystems().verifier, 5500)
}

// wrapped tries every permutation on a message's signed parts, least of them at
// least.
func wrapped(t *testing.T, f forgery, v *MessageVerifier, least int) {
	t.Helper()
	genuine := f.message(t)
	want, refused := v.Verify([]byte(genuine), office)
	if refused != nil {
		t.Fatal(refused.Code)
	}
	n, taken := 0, 0
	for where, put := range places() {
		for _, part := range signedParts(f) {
			if !slices.Contains(f.refs, part.id) {
				continue
			}
			for how, rename := range identifiers() {
				if !strings.Contains(genuine, part.genuine) {
					t.Fatalf("the message has no %s", part.id)
				}
				with := func(another string) string { return strings.Replace(genuine, part.genuine, another, 1) }
				for _, c := range []struct {
					name, msg string
					never     bool
				}{
					{"the genuine one moved", put(with(rename(part.evil, part.id)), part.genuine), true},
					{"the genuine one moved under another name", put(with(part.evil), rename(part.genuine, part.id)), true},
					{"the evil one added", put(genuine, rename(part.evil, part.id)), false},
					{"the genuine one doubled", put(genuine, rename(part.genuine, part.id)), false},
				} {
					n++
					got, fault := v.Verify([]byte(c.msg), office)
					if fault != nil {
						continue
					}
					taken++
					if c.never || want.Whole && string(got.Body) != string(want.Body) || got.To != want.To || got.ID != want.ID || got.Action != want.Action ||
						got.RelatesTo != want.RelatesTo || string(got.digests) != string(want.digests) || !got.Expires.Equal(want.Expires) {
						t.Errorf("%s, %s, %s %s: accepted\n%s", part.id, c.name, where, how, c.msg)
					}
				}
			}
		}
	}
	if n < least || taken == 0 || taken > n/4 {
		t.Errorf("%d permutations, %d accepted", n, taken)
	}
}

// TestMessageSignatureMoved: the Signature in every other place, alone or twice.
func TestMessageSignatureMoved(t *testing.T) {
	t.Parallel()
	f := newForgery()
	genuine := f.message(t)
	want := verifyMessage(t, genuine, office, "")
	at, end := strings.Index(genuine, "<ds:Signature>"), strings.Index(genuine, "</ds:Signature>")+len("</ds:Signature>")
	signature := genuine[at:end]
	inSecurity := map[string]bool{"first in Security": true, "last in Security": true}
	for where, put := range places() {
		if strings.Contains(where, "Signature") || strings.Contains(where, "SignedInfo") || strings.Contains(where, "KeyInfo") ||
			strings.Contains(where, "Reference") || strings.Contains(where, "reference") || where == "in an Object" {
			continue
		}
		got, refused := allSystems().verifier.Verify([]byte(put(genuine[:at]+genuine[end:], signature)), office)
		if (refused == nil) != inSecurity[where] || refused == nil && string(got.Body) != string(want.Body) {
			t.Errorf("moved %s: %v", where, refused)
		}
		got, refused = allSystems().verifier.Verify([]byte(put(genuine, signature)), office)
		if inSecurity[where] && (refused == nil || refused.Code != MessageShape) || refused == nil && string(got.Body) != string(want.Body) {
			t.Errorf("doubled %s: %v", where, refused)
		}
	}
}

// bending is one attack: on what is then signed in earnest, or on the signed
// message.
type bending struct {
	forge func(*forgery)
	alter func(string) string
}

// TestMessageAttacks: the rows of the table of attacks, by their ids.
func TestMessageAttacks(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) bending {
		return bending{alter: func(msg string) string {
			if !strings.Contains(msg, old) {
				t.Fatalf("the message has no %s", old)
			}
			return strings.Replace(msg, old, new, 1)
		}}
	}
	bend := func(f func(*forgery)) bending { return bending{forge: f} }
	reference := func(uri, transforms string) bending {
		return bend(func(f *forgery) {
			f.reference = func(id, digest string) string {
				return `<ds:Reference URI="` + strings.ReplaceAll(uri, "{ID}", id) + `"><ds:Transforms>` + transforms + `</ds:Transforms><ds:DigestMethod Algorithm="` +
					algSHA256 + `"/><ds:DigestValue>` + digest + `</ds:DigestValue></ds:Reference>`
			}
		})
	}
	exclusive := `<ds:Transform Algorithm="` + algExclusive + `"/>`
	transform := func(alg string) string { return `<ds:Transform Algorithm="` + alg + `"/>` }
	unsigned := func(id string) bending {
		return bend(func(f *forgery) {
			var left []string
			for _, r := range f.refs {
				if r != id {
					left = append(left, r)
				}
			}
			f.refs = left
		})
	}
	keyInfo := func(inner string) bending { return bend(func(f *forgery) { f.keyInfo = inner }) }
	for _, a := range []struct {
		name string
		code fault.Code
		by   bending
	}{
		{"W-DUP one id twice", MessageIdents, replace(`<t:op xmlns:t="urn:t">`, `<t:op xmlns:t="urn:t" ID="x"><i iD=" x "/>`)},
		{"W-DUP id of a part on another", MessageIdents, replace(`<t:op `, `<t:op Id="to" `)},
		{"W-DUP a part by its plain Id", MessageRefs, bend(func(f *forgery) { f.body = strings.Replace(f.body, "wsu:Id", "Id", 1) })},
		{"W-DUP a part by an id spelt by number", MessageRefs, bend(func(f *forgery) { f.to, f.refs[1] = strings.Replace(f.to, `"to"`, `"t&#111;"`, 1), "t&#111;" })},
		{"W-FOREIGN Signature of another namespace", SecurityShape, replace(`<ds:Signature>`, `<ds:Signature xmlns:ds="urn:ds">`)},
		{"W-FOREIGN Reference of another namespace", MessageRefs, replace(`<ds:Reference`, `<ds:Reference xmlns:ds="urn:ds"`)},
		{"W-FOREIGN two SignedInfo", MessageShape, replace(`<ds:SignatureValue>`, `<ds:SignedInfo/><ds:SignatureValue>`)},
		{"W-FOREIGN two SignatureValue", TokenShape, replace(`<ds:KeyInfo>`, `<ds:SignatureValue/><ds:KeyInfo>`)},
		{"W-FOREIGN Object", MessageShape, replace(`</ds:Signature>`, `<ds:Object/></ds:Signature>`)},
		{"C-COMMENT in DigestValue", MessageComment, replace(`</ds:DigestValue>`, `<!-- --></ds:DigestValue>`)},
		{"C-COMMENT in SignatureValue", MessageComment, replace(`</ds:SignatureValue>`, `<!-- --></ds:SignatureValue>`)},
		{"C-COMMENT in To", MessageComment, replace(`.test`, `.test<!-- -->`)},
		{"C-COMMENT in MessageID", MessageComment, replace(asked, asked[:20]+`<!---->`+asked[20:])},
		{"C-COMMENT in Created", MessageComment, replace(`12:00:00Z`, `12:00<!-- -->:00Z`)},
		{"C-COMMENT in the Body", MessageComment, replace(`valore`, `val<!-- -->ore`)},
		{"C-COMMENT instruction", fault.EnvelopeInst, replace(`valore`, `val<?x y?>ore`)},
		{"P-DIFF CDATA in the Signature", MessageShape, replace(`<ds:DigestValue>`, `<ds:DigestValue><![CDATA[]]>`)},
		{"P-DIFF attribute twice", fault.MalformedEnvelope, replace(`wsu:Id="body"`, `wsu:Id="body" wsu:Id="x"`)},
		{"P-DIFF attribute twice by namespace", fault.MalformedEnvelope, replace(`wsu:Id="body"`, `wsu:Id="body" xmlns:v="`+spaceWSU+`" v:Id="x"`)},
		{"P-DIFF undeclared prefix", fault.MalformedEnvelope, replace(`<t:op `, `<u:op/><t:op `)},
		{"P-DIFF no canonical form", MessageRefs, replace(`<soap:Body wsu:Id="body">`, `<soap:Body>`)},
		{"T-XFORM none", MessageC14N, reference("#{ID}", "")},
		{"T-XFORM XSLT", MessageC14N, reference("#{ID}", transform("http://www.w3.org/TR/1999/REC-xslt-19991116"))},
		{"T-XFORM XPath", MessageC14N, reference("#{ID}", transform("http://www.w3.org/TR/1999/REC-xpath-19991116"))},
		{"T-XFORM filter", MessageC14N, reference("#{ID}", transform("http://www.w3.org/2002/06/xmldsig-filter2"))},
		{"T-XFORM base64", MessageC14N, reference("#{ID}", transform("http://www.w3.org/2000/09/xmldsig#base64"))},
		{"T-XFORM enveloped", MessageC14N, reference("#{ID}", transform(algEnveloped)+exclusive)},
		{"T-XFORM STR-Transform", MessageC14N, reference("#{ID}", transform("http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform"))},
		{"T-XFORM twice", MessageC14N, reference("#{ID}", exclusive+exclusive)},
		{"T-XFORM inclusive", MessageC14N, reference("#{ID}", transform("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"))},
		{"T-XFORM with comments", MessageC14N, reference("#{ID}", transform(algExclusive+"WithComments"))},
		{"T-XFORM SignedInfo inclusive", MessageC14N, bend(func(f *forgery) { f.c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" })},
		{"T-XFORM 17 prefixes", MessageC14N, bend(func(f *forgery) { f.infoPrefixes = strings.Repeat("soap ", 17) })},
		{"T-EXTREF whole document", MessageRefs, reference("", exclusive)},
		{"T-EXTREF http", MessageRefs, reference("http://altri.test/#{ID}", exclusive)},
		{"T-EXTREF file", MessageRefs, reference("file:///etc/passwd#{ID}", exclusive)},
		{"T-EXTREF cid", MessageRefs, reference("cid:{ID}", exclusive)},
		{"T-EXTREF XPointer", MessageRefs, reference("#xpointer(id('{ID}'))", exclusive)},
		{"T-EXTREF id by character reference", MessageRefs, reference("#&#116;s", exclusive)},
		{"T-EXTREF Type", MessageRefs, bend(func(f *forgery) {
			f.reference = func(string, string) string {
				return `<ds:Reference Type="http://www.w3.org/2000/09/xmldsig#Object" URI="#ts"/>`
			}
		})},
		{"T-C14N-DOS nine references", MessageRefs, bend(func(f *forgery) {
			f.extra = actionOfAnswer + relatesOfAnswer + digestsOfAnswer + `<wsa:From wsu:Id="from">urn:a</wsa:From>`
			f.refs = append(f.refs, "bst", "act", "rel", "dig", "from")
		})},
		{"T-C14N-DOS a part twice", MessageRefs, bend(func(f *forgery) { f.refs = append(f.refs, "body") })},
		{"T-C14N-DOS depth", fault.EnvelopeLimits, replace(`valore`, strings.Repeat("<a>", 80)+strings.Repeat("</a>", 80))},
		{"A-SHA1 method", MessageMethod, bend(func(f *forgery) { f.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1" })},
		{"A-SHA1 digest", MessageDigest, bend(func(f *forgery) { f.digestMethod = "http://www.w3.org/2000/09/xmldsig#sha1" })},
		{"A-SHA1 MD5", MessageDigest, bend(func(f *forgery) { f.digestMethod = "http://www.w3.org/2001/04/xmldsig-more#md5" })},
		{"A-HMAC", MessageMethod, bend(func(f *forgery) { f.method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256" })},
		{"A-PSS", MessageMethod, bend(func(f *forgery) { f.method = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" })},
		{"A-DSA", MessageMethod, bend(func(f *forgery) { f.method = "http://www.w3.org/2009/xmldsig11#dsa-sha256" })},
		{"A-1.5 RSA said, P-256 key", MessageMismatch, bend(func(f *forgery) { f.by = allSystems().ecdsa })},
		{"A-1.5 P-256 said, RSA key", MessageMismatch, bend(func(f *forgery) { f.method = algECDSA })},
		{"base64 of a digest", MessageBase64, replace(`</ds:DigestValue>`, `=</ds:DigestValue>`)},
		{"base64 of the value", MessageBase64, replace(`</ds:SignatureValue>`, `!</ds:SignatureValue>`)},
		{"a digest too short", MessageBase64, bend(func(f *forgery) {
			f.reference = func(id, _ string) string {
				return `<ds:Reference URI="#` + id + `"><ds:Transforms>` + exclusive + `</ds:Transforms><ds:DigestMethod Algorithm="` + algSHA256 + `"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>`
			}
		})},
		{"K-STR two tokens", SecurityShape, bend(func(f *forgery) { f.token += strings.Replace(f.token, `"bst"`, `"bst2"`, 1) })},
		{"K-STR reference to another part", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference URI="#ts"/></wsse:SecurityTokenReference>`)},
		{"K-STR reference to nothing", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference URI="#x"/></wsse:SecurityTokenReference>`)},
		{"K-STR external", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference URI="http://altri.test/c.pem"/></wsse:SecurityTokenReference>`)},
		{"K-STR no reference", TokenShape, keyInfo(`<wsse:SecurityTokenReference/>`)},
		{"K-STR two references", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference URI="#bst"/><wsse:Reference URI="#bst"/></wsse:SecurityTokenReference>`)},
		{"K-STR two ways at once", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference URI="#bst"/></wsse:SecurityTokenReference><ds:X509Data/>`)},
		{"K-STR URI of another namespace", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference wsu:URI="#bst"/></wsse:SecurityTokenReference>`)},
		{"K-STR another ValueType", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:Reference URI="#bst" ValueType="` + valuePKIPath + `"/></wsse:SecurityTokenReference>`)},
		{"K-STR embedded beside a token", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType="` + valueX509 + `">{CERT}</wsse:KeyIdentifier></wsse:SecurityTokenReference>`)},
		{"K-STR subject key identifier", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType="` + strings.Replace(valueX509, "X509v3", "X509SubjectKeyIdentifier", 1) + `">AAAA</wsse:KeyIdentifier></wsse:SecurityTokenReference>`)},
		{"K-STR thumbprint", TokenShape, keyInfo(`<wsse:SecurityTokenReference><wsse:KeyIdentifier ValueType="http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1">AAAA</wsse:KeyIdentifier></wsse:SecurityTokenReference>`)},
		{"K-STR X509Data bare", TokenShape, keyInfo(`<ds:X509Data><ds:X509Certificate>{CERT}</ds:X509Certificate></ds:X509Data>`)},
		{"K-STR KeyValue", TokenShape, keyInfo(`<ds:KeyValue/>`)},
		{"K-STR RetrievalMethod", TokenShape, keyInfo(`<ds:RetrievalMethod URI="#bst"/>`)},
		{"K-STR signed token replaced", PartChanged, bending{
			forge: func(f *forgery) { f.refs = append(f.refs, "bst") },
			alter: func(msg string) string {
				b64, p := base64.StdEncoding.EncodeToString, allSystems()
				return strings.Replace(msg, b64(p.rsa.chain[0].Raw), b64(p.ecdsa.chain[0].Raw), 1)
			},
		}},
		{"K-STR token empty", TokenUnreadable, bend(func(f *forgery) { f.token = strings.Replace(f.token, "{CERT}", "", 1) })},
		{"K-STR token no certificate", TokenUnreadable, bend(func(f *forgery) { f.token = strings.Replace(f.token, "{CERT}", "AAAA", 1) })},
		{"K-STR token of another kind", TokenShape, bend(func(f *forgery) { f.token = strings.Replace(f.token, "#X509v3", "#X509v1", 1) })},
		{"K-STR PKIPath of five", TokenUnreadable, bend(func(f *forgery) {
			p := allSystems()
			der, _, err := (&Sealer{chain: []*x509.Certificate{p.rsa.chain[0], p.ca.Certificate, p.ca.Certificate, p.ca.Certificate, p.ca.Certificate}}).tokenBytes()
			f.token = strings.ReplaceAll(strings.Replace(f.token, "{CERT}", base64.StdEncoding.EncodeToString(must(der, err)), 1), valueX509, valuePKIPath)
			f.keyInfo = strings.ReplaceAll(f.keyInfo, valueX509, valuePKIPath)
		})},
		{"not signed: Body", NotSigned, unsigned("body")},
		{"not signed: Timestamp", NotSigned, unsigned("ts")},
		{"not signed: To", NotSigned, unsigned("to")},
		{"not signed: MessageID", NotSigned, unsigned("mid")},
		{"missing: Timestamp", MessageRefs, bend(func(f *forgery) { f.timestamp = "" })},
		{"missing: MessageID", NotSigned, bend(func(f *forgery) { f.id, f.refs = "", []string{"ts", "to", "body"} })},
		{"digest: Body", PartChanged, replace(`valore`, `valora`)},
		{"digest: To", PartChanged, replace(endpoint, endpoint+"/")},
		{"value", MessageForged, replace(`<ds:SignedInfo>`, `<ds:SignedInfo Id="x">`)},
		{"R-REPLAY no Expires", TimestampShape, bend(func(f *forgery) {
			f.timestamp = strings.Replace(f.timestamp, `<wsu:Expires>2026-11-22T12:05:00Z</wsu:Expires>`, "", 1)
		})},
		{"R-REPLAY Created twice", TimestampShape, bend(func(f *forgery) {
			f.timestamp = strings.Replace(f.timestamp, `<wsu:Expires>`, `<wsu:Created>2026-11-22T12:00:00Z</wsu:Created><wsu:Expires>`, 1)
		})},
		{"R-REPLAY no zone", TimestampShape, bend(func(f *forgery) { f.timestamp = strings.Replace(f.timestamp, `12:00:00Z`, `12:00:00`, 1) })},
		{"R-REPLAY lax instant", TimestampShape, bend(func(f *forgery) { f.timestamp = strings.Replace(f.timestamp, `12:00:00Z`, `12:00:00,5Z`, 1) })},
		{"R-REPLAY MessageID no IRI", MessageIDShape, bend(func(f *forgery) { f.id = strings.Replace(f.id, asked, "uno due", 1) })},
		{"R-REPLAY MessageID too long", MessageIDShape, bend(func(f *forgery) { f.id = strings.Replace(f.id, asked, "urn:"+strings.Repeat("x", 252), 1) })},
		{"R-REPLAY MessageID empty", AddressShape, bend(func(f *forgery) { f.id = strings.Replace(f.id, asked, " ", 1) })},
		{"R-REPLAY MessageID with a child", AddressShape, bend(func(f *forgery) { f.id = strings.Replace(f.id, asked, "<a>urn:x</a>", 1) })},
		{"X-XXE DTD", fault.EnvelopeDTD, bending{alter: func(msg string) string {
			return `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + msg
		}}},
		{"X-XXE entity", fault.EnvelopeDTD, replace(`valore`, `&e;`)},
		{"X-ENC overlong", fault.EnvelopeCharset, replace(`valore`, "\xc0\xaf")},
		{"X-ENC CR in an attribute", MessageBlank, replace(`<t:op `, "<t:op a='\r' ")},
		{"H-SMUG two Bodies", fault.NotAnEnvelope, bend(func(f *forgery) { f.after = strings.Replace(f.body, `wsu:Id="body"`, "", 1) })},
		{"H-SMUG something behind the Body", fault.NotAnEnvelope, bend(func(f *forgery) { f.after = "<x/>" })},
		{"H-SMUG two Security", fault.SecurityTwice, bend(func(f *forgery) { f.extra = `<wsse:Security/>` })},
		{"H-SMUG two Security by actor", fault.SecurityTwice, bend(func(f *forgery) { f.extra = `<wsse:Security soap:actor="urn:altri"/>` })},
		{"H-SMUG Security of another", NoSecurity, replace(`<wsse:Security `, `<wsse:Security soap:actor="urn:altri" `)},
		{"H-SMUG To twice", HeaderTwice, bend(func(f *forgery) { f.extra = strings.Replace(f.to, `wsu:Id="to"`, "", 1) })},
		{"H-SMUG mustUnderstand", fault.MustUnderstand, bend(func(f *forgery) { f.extra = `<x xmlns="urn:x" soap:mustUnderstand="true"/>` })},
		{"H-SMUG user name", fault.UserNameRefused, bend(func(f *forgery) { f.inSecurity = `<wsse:UsernameToken/>` })},
		{"H-SMUG encrypted assertion", fault.AssertionEncrypted, bend(func(f *forgery) { f.inSecurity = `<saml:EncryptedAssertion xmlns:saml="` + spaceSAML + `"/>` })},
		{"H-SMUG two assertions", fault.AssertionTwice, bend(func(f *forgery) {
			f.inSecurity = `<saml:Assertion xmlns:saml="` + spaceSAML + `"/><saml:Assertion xmlns:saml="` + spaceSAML + `"/>`
		})},
		{"H-SMUG encrypted", SecurityShape, bend(func(f *forgery) { f.inSecurity = `<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>` })},
		{"H-SMUG text in Security", fault.NotAnEnvelope, bend(func(f *forgery) { f.inSecurity = `testo` })},
		{"H-SMUG another SOAP", fault.EnvelopeVersion, bend(func(f *forgery) { f.version = "urn:soap" })},
	} {
		t.Run(a.name, func(t *testing.T) {
			f := newForgery()
			if a.by.forge != nil {
				a.by.forge(&f)
			}
			msg := f.message(t)
			if a.by.alter != nil {
				msg = a.by.alter(msg)
			}
			verifyMessage(t, msg, office, a.code)
		})
	}
}

// TestMessageCertificates: K-CERT for messages.
func TestMessageCertificates(t *testing.T) {
	t.Parallel()
	p := allSystems()
	stranger := must(NewAuthority("CA dei sistemi di prova", noon()))
	key := must(NewKey())
	for name, c := range map[string]struct {
		by   *Sealer
		name string
		code fault.Code
	}{
		"of an authority of the same name":       {sealWith(key, systemCertificate(stranger, key, x509.KeyUsageDigitalSignature)), office, MessageUntrusted},
		"for a region that trusts nobody":        {p.rsa, "modi/lazio", MessageUntrusted},
		"of a person, nonRepudiation alone":      {sealWith(key, must(p.ca.IssuePerson(personCF, key.Public(), noon()))), office, MessageUsage},
		"for enciphering alone":                  {sealWith(key, systemCertificate(p.ca, key, x509.KeyUsageKeyEncipherment)), office, MessageUsage},
		"the authority's own":                    {sealWith(p.ca.Key, p.ca.Certificate), office, MessageUsage},
		"the stranger's, sent with his own CA":   {sealWith(key, systemCertificate(stranger, key, x509.KeyUsageDigitalSignature), stranger.Certificate), office, MessageUntrusted},
		"the hub's own kind of seal, from there": {sealWith(key, must(p.ca.IssueSeal("Sigillo", key.Public(), noon()))), office, ""},
	} {
		t.Run(name, func(t *testing.T) {
			verifyMessage(t, string(must(c.by.SealMessage([]byte(request(spaceSOAP11)), stamp()))), c.name, c.code)
		})
	}
	// Keys that are too weak, or of no algorithm of ours.
	short := must(rsa.GenerateKey(rand.Reader, 1024))
	curve := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	for _, c := range []struct {
		key    crypto.Signer
		by     *Sealer // whoever signs: the key is judged before the value
		method string
	}{{short, p.rsa, algRSA}, {curve, p.ecdsa, algECDSA}} {
		f := newForgery()
		f.by, f.method = &Sealer{key: c.by.key, chain: []*x509.Certificate{systemCertificate(p.ca, c.key, x509.KeyUsageDigitalSignature)}}, c.method
		verifyMessage(t, f.message(t), office, MessageWeakKey)
	}
	// The stranger's token in the place of the signer's.
	f := newForgery()
	b64 := base64.StdEncoding.EncodeToString
	other := systemCertificate(p.ca, p.ecdsa.key, x509.KeyUsageDigitalSignature)
	f.token = strings.Replace(f.token, "{CERT}", b64(other.Raw), 1)
	verifyMessage(t, f.message(t), office, MessageMismatch)
}

// TestSenderOf: who a certificate's holder is to the window of MessageIDs.
func TestSenderOf(t *testing.T) {
	t.Parallel()
	p := allSystems()
	if got := HolderOf(p.rsa.chain[0]); got != organization {
		t.Errorf("organisation %q", got)
	}
	if got := HolderOf(everyone().rsa.chain[0]); got != personCF {
		t.Errorf("person %q", got)
	}
	if got := HolderOf(everyone().seal.chain[0]); len(got) != 64 {
		t.Errorf("nobody in particular %q", got)
	}
}

// TestMessageMutations: any one byte changed leaves the message refused, or
// with the same signed content.
func TestMessageMutations(t *testing.T) {
	t.Parallel()
	p := allSystems()
	sealed := must(p.ecdsa.SealMessage([]byte(request(spaceSOAP11)), stamp()))
	want := verifyMessage(t, string(sealed), office, "")
	for i := range sealed {
		for _, mutant := range [][]byte{
			append(append([]byte{}, sealed[:i]...), sealed[i+1:]...),
			append(append(append([]byte{}, sealed[:i]...), sealed[i]^1), sealed[i+1:]...),
		} {
			got, f := p.verifier.Verify(mutant, office)
			if f == nil && (string(got.Body) != string(want.Body) || got.ID != want.ID || got.To != want.To || !got.Created.Equal(want.Created)) {
				t.Fatalf("byte %d: accepted another content\n%s", i, mutant)
			}
		}
	}
}

// TestInstant: an instant has a zone, and may stand among blanks.
func TestInstant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2026-11-22T12:00:00Z": true, " 2026-11-22T12:00:00.123456789Z\n": true, "2026-11-22T12:00:00-05:00": true,
		"2026-11-22T12:00:00": false, "2026-11-22T12:00:00Z 0": false, "": false,
	} {
		if at, ok := instant([]byte(text)); ok != want || ok && at.Location() != time.UTC {
			t.Errorf("%q: %v %v", text, at, ok)
		}
	}
}

package xmlsig

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

const (
	office   = "modi/piemonte" // the name that message signers are filed under
	endpoint = "https://snodo.test/soap/piemonte"
	asked    = "urn:uuid:5f1d4a6e-8f6a-4d6e-9a9c-1f0f7b1d2c3e"
)

// request is a plain message with a document in it.
func request(version string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<soapenv:Envelope xmlns:soapenv="` + version + `"><soapenv:Body><typ:chiedi xmlns:typ="urn:t"><typ:doc>&lt;a b="c"/&gt;</typ:doc></typ:chiedi></soapenv:Body></soapenv:Envelope>`
}

func stamp() Stamp {
	return Stamp{To: endpoint, ID: asked, Action: "urn:t:chiedi", Created: noon(), Expires: noon().Add(fiveMinutes)}
}

const fiveMinutes = 300e9

// systems are signers of messages: their certificates have digitalSignature,
// and name an organisation.
type systems struct {
	ca              *Authority
	rsa, ecdsa, two *Sealer
	verifier        *MessageVerifier
}

var allSystems = sync.OnceValue(func() systems {
	ca := must(NewAuthority("CA dei sistemi di prova", noon()))
	rsaKey, ecKey := must(NewPersonKey()), must(NewKey())
	s := systems{
		ca:    ca,
		rsa:   sealWith(rsaKey, systemCertificate(ca, rsaKey, x509.KeyUsageDigitalSignature)),
		ecdsa: sealWith(ecKey, systemCertificate(ca, ecKey, x509.KeyUsageDigitalSignature)),
	}
	s.two = sealWith(rsaKey, s.rsa.chain[0], ca.Certificate)
	s.verifier = NewMessageVerifier(NewTrust(map[string][]*x509.Certificate{
		office: {ca.Certificate}, "pinned": {s.rsa.chain[0], s.ecdsa.chain[0]},
	}))
	return s
})

const organization = "CF:IT-01234567890"

func systemCertificate(ca *Authority, key crypto.Signer, usage x509.KeyUsage) *x509.Certificate {
	return must(ca.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Sistema di prova", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 97}, Value: organization},
		}},
		NotBefore: noon().Add(-backdate), NotAfter: noon().AddDate(leafYears, 0, 0), KeyUsage: usage,
	}, key.Public()))
}

// verifyMessage verifies and fails unless the fault is code; "" is none.
func verifyMessage(t *testing.T, msg, name string, code fault.Code) Message {
	t.Helper()
	got, f := allSystems().verifier.Verify([]byte(msg), name)
	switch {
	case f == nil && code != "":
		t.Errorf("accepted, want %s\n%s", code, msg)
	case f != nil && f.Code != code:
		t.Errorf("fault %s %s, want %q", f.Code, f.Expected, code)
	case f != nil && (got.Body != nil || got.Certificate != nil || got.Sender != ""):
		t.Errorf("a refused message left something: %+v", got)
	}
	return got
}

func TestSignedMessage(t *testing.T) {
	t.Parallel()
	p := allSystems()
	for name, by := range map[string]*Sealer{"RSA, X509v3": p.rsa, "P-256, X509v3": p.ecdsa, "RSA, PKIPath": p.two} {
		for _, version := range []string{spaceSOAP11, spaceSOAP12} {
			sealed := must(by.SealMessage([]byte(request(version)), stamp()))
			got := verifyMessage(t, string(sealed), office, "")
			want := `<soapenv:Body xmlns:soapenv="` + version + `" xmlns:wsu="` + spaceWSU + `" wsu:Id="Corpo">` +
				`<typ:chiedi xmlns:typ="urn:t"><typ:doc>&lt;a b="c"/&gt;</typ:doc></typ:chiedi></soapenv:Body>`
			if string(got.Body) != want || got.Digest != sha256.Sum256(got.Body) {
				t.Errorf("%s: Body\n%s\nwant\n%s", name, got.Body, want)
			}
			if got.Version != version || got.To != endpoint || got.ID != asked || got.Action != "urn:t:chiedi" || got.Sender != organization ||
				!got.Created.Equal(noon()) || !got.Expires.Equal(noon().Add(fiveMinutes)) || len(got.Signed) != 6 {
				t.Errorf("%s: %+v", name, got)
			}
			if typed := strings.Contains(string(sealed), `wsse11:TokenType="`+valuePKIPath+`"`); typed != (by == p.two) { // WSS4J asks for it
				t.Errorf("%s: the token's type is said: %t", name, typed)
			}
			if f := got.CheckValidity(noon()); f != nil {
				t.Errorf("%s: validity %s", name, f.Code)
			}
			if f := got.CheckValidity(noon().AddDate(leafYears, 1, 0)); f == nil || f.Code != MessageLateCert {
				t.Errorf("%s: after its end: %v", name, f)
			}
			if f := got.CheckValidity(noon().AddDate(-1, 0, 0)); f == nil || f.Code != MessageEarlyCert {
				t.Errorf("%s: before its beginning: %v", name, f)
			}
		}
	}
}

// TestMessageAnswer: an answer repeats the request's references, and they are
// signed.
func TestMessageAnswer(t *testing.T) {
	t.Parallel()
	p := allSystems()
	asking := verifyMessage(t, string(must(p.rsa.SealMessage([]byte(request(spaceSOAP11)), stamp()))), office, "")
	answer := `<e:Envelope xmlns:e="` + spaceSOAP11 + `"><e:Header><h:Ricevuta xmlns:h="urn:h"/></e:Header><e:Body><r xmlns="urn:t"/></e:Body></e:Envelope>`
	s := Stamp{
		To: "http://www.w3.org/2005/08/addressing/anonymous", ID: "urn:uuid:1", RelatesTo: asking.ID,
		Created: noon().Add(1e9), Expires: noon().Add(fiveMinutes), Answers: asking.Signed, Service: "urn:t",
	}
	sealed := string(must(p.ecdsa.SealMessage([]byte(answer), s)))
	got := verifyMessage(t, sealed, office, "")
	if got.RelatesTo != asking.ID || len(got.Signed) != 7 {
		t.Errorf("answer %+v", got)
	}
	for _, r := range asking.Signed {
		if one := string(appendReference(nil, r)); strings.Count(sealed, one) != 1 {
			t.Errorf("the answer has not the request's %s", one)
		}
	}
	if !strings.Contains(sealed, `<h:Ricevuta xmlns:h="urn:h"/>`) {
		t.Error("a header block of the answer is gone")
	}
	other := slices.Clone(asking.Signed)
	other[1].Digest.value[0]++
	renamed := slices.Clone(asking.Signed)
	renamed[1].ID += "x"
	for name, c := range map[string]struct {
		id   string
		refs []Reference
		want bool
	}{
		"its own":           {asking.ID, asking.Signed, true},
		"another id":        {"urn:uuid:2", asking.Signed, false},
		"no id":             {"", asking.Signed, false},
		"another digest":    {asking.ID, other, false},
		"another reference": {asking.ID, renamed, false},
		"fewer references":  {asking.ID, asking.Signed[1:], false},
		"more references":   {asking.ID, append(slices.Clone(asking.Signed), other[1]), false},
		"no reference":      {asking.ID, nil, false},
	} {
		if got.Answers(c.id, c.refs) != c.want {
			t.Errorf("an answer to %s: %t", name, !c.want)
		}
	}
	if asking.Answers(asking.ID, asking.Signed) {
		t.Error("a request answers itself")
	}
	digest := asking.Signed[0].Digest
	tampered := strings.Replace(sealed, base64.StdEncoding.EncodeToString(digest.bytes()), base64.StdEncoding.EncodeToString(make([]byte, 32)), 1)
	verifyMessage(t, tampered, office, PartChanged)
}

// TestSealMessageFrames: the forms of a plain message, and those that are none.
func TestSealMessageFrames(t *testing.T) {
	t.Parallel()
	p := allSystems()
	for name, plain := range map[string]string{
		"default namespace":     `<Envelope xmlns="` + spaceSOAP11 + `"><Body><r xmlns="urn:t"/></Body></Envelope>`,
		"empty Header":          `<e:Envelope xmlns:e="` + spaceSOAP12 + `"><e:Header/><e:Body><r xmlns="urn:t"/></e:Body></e:Envelope>`,
		"Header, attributes":    `<e:Envelope xmlns:e="` + spaceSOAP11 + `"><e:Header a="b"><x/></e:Header> <e:Body c="d"><r/></e:Body></e:Envelope>`,
		"empty Body":            `<e:Envelope xmlns:e="` + spaceSOAP11 + `"><e:Body/></e:Envelope>`,
		"comments and blanks":   `<!-- a --><e:Envelope xmlns:e="` + spaceSOAP11 + `"> <!-- b --> <e:Body ><r/></e:Body></e:Envelope>`,
		"to be escaped in C14N": `<e:Envelope xmlns:e="` + spaceSOAP11 + `"><e:Body><r a='"&lt;'>&#13;&gt;<![CDATA[<]]></r></e:Body></e:Envelope>`,
	} {
		sealed, err := p.rsa.SealMessage([]byte(plain), stamp())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		verifyMessage(t, string(sealed), office, "")
	}
	for name, plain := range map[string]string{
		"no XML": "<", "no envelope": "<a/>", "another SOAP": `<e:Envelope xmlns:e="urn:e"><e:Body/></e:Envelope>`,
		"already sealed": string(must(p.rsa.SealMessage([]byte(request(spaceSOAP11)), stamp()))),
		"repeated ids":   `<e:Envelope xmlns:e="` + spaceSOAP11 + `"><e:Body><a id="1"/><a id="1"/></e:Body></e:Envelope>`,
	} {
		if sealed, err := p.rsa.SealMessage([]byte(plain), stamp()); err == nil {
			t.Errorf("%s: sealed as %s", name, sealed)
		}
	}
}

// forgery is a message to be bent: each part a string, signed in earnest after
// bending by forgeMessage, so that what stops it is the rule under attack.
type forgery struct {
	version                                  string
	timestamp, token, to, id, body, keyInfo  string
	extra, inSecurity, before, after, method string
	refs                                     []string // parts to refer to, in order
	transform, digestMethod, c14n            string
	reference                                func(id, digest string) string // nil: as it should be
	prefixes                                 map[string]string              // by part
	infoPrefixes                             string
	by                                       *Sealer
}

func newForgery() forgery {
	p := allSystems()
	return forgery{
		version:   spaceSOAP11,
		timestamp: `<wsu:Timestamp wsu:Id="ts"><wsu:Created>2026-11-22T12:00:00Z</wsu:Created><wsu:Expires>2026-11-22T12:05:00Z</wsu:Expires></wsu:Timestamp>`,
		token:     `<wsse:BinarySecurityToken wsu:Id="bst" EncodingType="` + encodingBase64 + `" ValueType="` + valueX509 + `">{CERT}</wsse:BinarySecurityToken>`,
		to:        `<wsa:To wsu:Id="to">` + endpoint + `</wsa:To>`,
		id:        `<wsa:MessageID wsu:Id="mid">` + asked + `</wsa:MessageID>`,
		body:      `<soap:Body wsu:Id="body"><t:op xmlns:t="urn:t">valore</t:op></soap:Body>`,
		keyInfo:   `<wsse:SecurityTokenReference><wsse:Reference URI="#bst" ValueType="` + valueX509 + `"/></wsse:SecurityTokenReference>`,
		method:    algRSA, transform: algExclusive, digestMethod: algSHA256, c14n: algExclusive,
		refs: []string{"ts", "to", "mid", "body"},
		by:   p.rsa,
	}
}

// message writes the forgery and signs it: digests of the parts as they stand,
// value over SignedInfo as it stands.
func (f forgery) message(t *testing.T) string {
	t.Helper()
	b64 := base64.StdEncoding.EncodeToString
	out := `<soap:Envelope xmlns:soap="` + f.version + `" xmlns:wsse="` + spaceWSSE + `" xmlns:wsu="` + spaceWSU + `" xmlns:wsa="` + spaceWSA +
		`" xmlns:ds="` + spaceDSig + `" xmlns:unused="urn:unused"><soap:Header>` + f.before +
		`<wsse:Security soap:mustUnderstand="1">` + f.timestamp + f.token + `{SIGNATURE}` + f.inSecurity + `</wsse:Security>` +
		f.to + f.id + f.extra + `</soap:Header>` + f.body + f.after + `</soap:Envelope>`
	out = strings.ReplaceAll(out, "{CERT}", b64(f.by.chain[0].Raw))
	refs := ""
	for _, id := range f.refs {
		digest := make([]byte, 32)
		if n := numberOfID(t, out, id); n > 0 {
			list := strings.Fields(f.prefixes[id])
			digest = sumBy(f.digestMethod, canonicalOf(t, []byte(strings.Replace(out, "{SIGNATURE}", "", 1)), n, list))
		}
		if f.reference != nil {
			refs += f.reference(id, b64(digest))
			continue
		}
		refs += `<ds:Reference URI="#` + id + `"><ds:Transforms><ds:Transform Algorithm="` + f.transform + `">` + inclusive(f.prefixes[id]) +
			`</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="` + f.digestMethod + `"/><ds:DigestValue>` + b64(digest) + `</ds:DigestValue></ds:Reference>`
	}
	signature := `<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="` + f.c14n + `">` + inclusive(f.infoPrefixes) + `</ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="` + f.method + `"/>` + refs + `</ds:SignedInfo><ds:SignatureValue>{VALUE}</ds:SignatureValue><ds:KeyInfo>` +
		strings.ReplaceAll(f.keyInfo, "{CERT}", b64(f.by.chain[0].Raw)) + `</ds:KeyInfo></ds:Signature>`
	out = strings.Replace(out, "{SIGNATURE}", signature, 1)
	// The message's own: an assertion before it has one of its own.
	if own := strings.Index(out, "<ds:Signature><ds:SignedInfo>"); own >= 0 {
		n := startsIn(out[:own]) + 2
		hashed := sumBy(f.method, canonicalOf(t, []byte(out), n, strings.Fields(f.infoPrefixes)))
		out = strings.Replace(out, "{VALUE}", b64(must(f.by.key.Sign(nil, hashed, functionOf(f.method)))), 1)
	}
	return out
}

func inclusive(list string) string {
	if list == "" {
		return ""
	}
	return `<ec:InclusiveNamespaces xmlns:ec="` + algExclusive + `" PrefixList="` + list + `"/>`
}

// numberOfID is the number in document order of the first element with a wsu:Id, or
// with an ID as assertions have.
func numberOfID(t *testing.T, doc, id string) int {
	t.Helper()
	at := strings.Index(doc, `wsu:Id="`+id+`"`)
	if at < 0 {
		at = strings.Index(doc, ` ID="`+id+`"`)
	}
	if at < 0 {
		return 0
	}
	return startsIn(doc[:at])
}

// startsIn counts start tags.
func startsIn(doc string) int {
	n := 0
	for i := range len(doc) - 1 {
		if doc[i] == '<' && doc[i+1] != '/' && doc[i+1] != '!' && doc[i+1] != '?' {
			n++
		}
	}
	return n
}

// TestForgery: the forger's work verifies when nothing is bent, in all the forms
// that the grammar allows.
func TestForgery(t *testing.T) {
	t.Parallel()
	p := allSystems()
	for name, bend := range map[string]func(*forgery){
		"as it is":     func(*forgery) {},
		"SOAP 1.2":     func(f *forgery) { f.version = spaceSOAP12 },
		"P-256":        func(f *forgery) { f.by, f.method = p.ecdsa, algECDSA },
		"token signed": func(f *forgery) { f.refs = append(f.refs, "bst") },
		"PrefixLists, as WSS4J writes them": func(f *forgery) {
			f.prefixes = map[string]string{"ts": "wsse soap", "to": "soap unused", "mid": "soap", "body": "unused"}
			f.infoPrefixes = "soap"
		},
		"another header signed": func(f *forgery) {
			f.extra, f.refs = `<wsa:Action wsu:Id="act">urn:a</wsa:Action><wsa:ReplyTo wsu:Id="rt"><wsa:Address>urn:b</wsa:Address></wsa:ReplyTo>`, append(f.refs, "act", "rt")
		},
		"an Action that says nothing": func(f *forgery) { f.extra, f.refs = `<wsa:Action wsu:Id="act"/>`, append(f.refs, "act") },
		"a header nobody reads":       func(f *forgery) { f.extra = `<x:y xmlns:x="urn:x"><z>testo</z></x:y>` },
		"certificate embedded": func(f *forgery) {
			f.token = ""
			f.keyInfo = `<wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType="` + encodingBase64 + `" ValueType="` + valueX509 + `">{CERT}</wsse:KeyIdentifier></wsse:SecurityTokenReference>`
		},
		"Timestamp after the Signature": func(f *forgery) { f.inSecurity, f.timestamp = f.timestamp, "" },
		"addressing before Security":    func(f *forgery) { f.before, f.to = f.to, "" },
		"for whoever is next": func(f *forgery) {
			f.extra = `<x xmlns="urn:x" soap:mustUnderstand="0"/>`
		},
		"zone and fraction": func(f *forgery) {
			f.timestamp = strings.Replace(f.timestamp, "12:00:00Z", "13:00:00.000+01:00", 1)
		},
		"blanks around values": func(f *forgery) {
			f.to = strings.Replace(strings.Replace(f.to, ">h", ">\n h", 1), "</", " \n</", 1)
		},
		"no ValueType on the reference": func(f *forgery) { f.keyInfo = strings.Replace(f.keyInfo, ` ValueType="`+valueX509+`"`, "", 1) },
	} {
		f := newForgery()
		bend(&f)
		got := verifyMessage(t, f.message(t), office, "")
		if t.Failed() {
			t.Fatal(name)
		}
		if got.ID != asked || got.To != endpoint || !got.Created.Equal(noon()) || !bytes.Contains(got.Body, []byte("valore")) {
			t.Errorf("%s: %+v", name, got)
		}
		if n := len(f.refs); len(got.Signed) != n || got.Signed[n-1].ID != f.refs[n-1] || got.Signed[0].Prefixes != f.prefixes["ts"] || got.Signed[1].Prefixes != f.prefixes["to"] {
			t.Errorf("%s: signed %+v", name, got.Signed)
		}
	}
	f := newForgery()
	f.token = ""
	leaf := p.rsa.chain[0]
	f.keyInfo = fmt.Sprintf(`<wsse:SecurityTokenReference><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>%s</ds:X509IssuerName>`+
		`<ds:X509SerialNumber>%s</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></wsse:SecurityTokenReference>`,
		strings.ReplaceAll(leaf.Issuer.String(), ",", ", "), leaf.SerialNumber)
	verifyMessage(t, f.message(t), "pinned", "")
	verifyMessage(t, f.message(t), office, TokenUnknown) // whose anchors do not hold the leaf
	verifyMessage(t, f.message(t), "nobody", TokenUnknown)
}

package xmlsig

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// asking is the verifier of all systems, that asks of the office what is given.
func asking(r MessageRequirements) *MessageVerifier {
	return allSystems().verifier.Requiring(map[string]MessageRequirements{office: r})
}

// TestMessageRequirements: which parts of a message must be signed, by which
// algorithms and by whom, is the name's to say.
func TestMessageRequirements(t *testing.T) {
	t.Parallel()
	p := allSystems()
	all, identity := MessageRequirements{}, MessageRequirements{AnyID: true, AnyBody: true}
	signing := func(refs ...string) func(*forgery) { return func(f *forgery) { f.refs = refs } }
	for name, c := range map[string]struct {
		required MessageRequirements
		bend     func(*forgery)
		want     fault.Code
	}{
		"all parts, all asked":               {all, signing("ts", "to", "mid", "body"), ""},
		"ID_AUTH_SOAP_01, all asked":         {all, signing("ts", "to"), NotSigned},
		"ID_AUTH_SOAP_01":                    {identity, signing("ts", "to"), ""},
		"ID_AUTH_SOAP_01, no MessageID":      {identity, func(f *forgery) { f.id, f.refs = "", []string{"ts", "to"} }, ""},
		"ID_AUTH_SOAP_01, all parts signed":  {identity, signing("ts", "to", "mid", "body"), ""},
		"an unsigned MessageID is not read":  {identity, func(f *forgery) { f.id, f.refs = `<wsa:MessageID>uno</wsa:MessageID>`, []string{"ts", "to"} }, ""},
		"a signed one must have its form":    {identity, func(f *forgery) { f.id = strings.Replace(f.id, asked, "uno", 1) }, MessageIDShape},
		"no To":                              {identity, signing("ts"), NotSigned},
		"no Timestamp":                       {identity, signing("to"), NotSigned},
		"INTEGRITY_SOAP_01 without an id":    {MessageRequirements{AnyID: true}, signing("ts", "to", "body"), ""},
		"INTEGRITY_SOAP_01 without its Body": {MessageRequirements{AnyID: true}, signing("ts", "to", "mid"), NotSigned},
		"ID_AUTH_SOAP_02 alone":              {MessageRequirements{AnyBody: true}, signing("ts", "to", "mid"), ""},
		"ID_AUTH_SOAP_02 without its id":     {MessageRequirements{AnyBody: true}, signing("ts", "to", "body"), NotSigned},
		"an algorithm that is not allowed":   {required(Requirements{Algorithms: []Algorithm{ECDSASHA256}}), signing("ts", "to", "mid", "body"), MessageMethod},
		"an algorithm that is": {required(Requirements{Algorithms: []Algorithm{ECDSASHA256}}), func(f *forgery) {
			f.by, f.method = p.ecdsa, algECDSA
		}, ""},
		"pinned":        {required(Requirements{Organizations: []string{"CF:IT-00000000000", organization}}), func(*forgery) {}, ""},
		"K-CERT others": {required(Requirements{Organizations: []string{"CF:IT-00000000000"}}), func(*forgery) {}, ForeignSystem},
	} {
		f := newForgery()
		c.bend(&f)
		msg := f.message(t)
		got, refused := asking(c.required).Verify([]byte(msg), office)
		if refused == nil && c.want != "" || refused != nil && refused.Code != c.want {
			t.Errorf("%s: %v, want %q", name, refused, c.want)
		}
		if refused != nil {
			continue
		}
		body, named := slices.Contains(f.refs, "body"), slices.Contains(f.refs, "mid")
		if got.Whole != body || (got.ID == asked) != named || !named && got.ID != "" || got.To != endpoint ||
			got.Digest != sha256.Sum256(got.Body) || !strings.Contains(string(got.Body), "valore") {
			t.Errorf("%s: %+v", name, got)
		}
		if _, refused := asking(MessageRequirements{}).Verify([]byte(msg), "pinned"); (refused == nil) != (body && named) {
			t.Errorf("%s, of a name that asks nothing: %v", name, refused)
		}
	}
}

func required(r Requirements) MessageRequirements { return MessageRequirements{Requirements: r} }

// TestIdentityWrapping: XSW under ID_AUTH_SOAP_01, whose Timestamp and To are
// all that is signed.
func TestIdentityWrapping(t *testing.T) {
	t.Parallel()
	f := newForgery()
	f.refs = []string{"ts", "to"}
	wrapped(t, f, asking(MessageRequirements{AnyID: true, AnyBody: true}), 1250)
}

// TestMessageEGov: an e-Gov header beside a message's signature is refused,
// mandatory or not, signed or not, and is never passed over.
func TestMessageEGov(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"mandatory": `<e:Intestazione xmlns:e="` + spaceEGov + `" soap:mustUnderstand="1"/>`,
		"not":       `<e:Intestazione xmlns:e="` + spaceEGov + `"><e:IntestazioneMessaggio/></e:Intestazione>`,
		"signed":    `<e:Intestazione xmlns:e="` + spaceEGov + `" wsu:Id="egov"/>`,
	} {
		f := newForgery()
		f.extra = header
		if name == "signed" {
			f.refs = append(f.refs, "egov")
		}
		verifyMessage(t, f.message(t), office, fault.MessageEGov)
		f.before, f.extra = header, ""
		verifyMessage(t, f.message(t), office, fault.MessageEGov)
	}
}

// TestSealQNames: prefixes that only values use are part of what is signed.
func TestSealQNames(t *testing.T) {
	t.Parallel()
	plain := `<e:Envelope xmlns:e="` + spaceSOAP11 + `" xmlns:xsi="urn:xsi" xmlns:xsd="urn:xsd"><e:Body><r xmlns="urn:t" xsi:type="xsd:string">a</r><r xmlns="urn:t" xmlns:b="urn:b" xsi:type="b:c"/></e:Body></e:Envelope>`
	for _, qnames := range []bool{false, true} {
		s := stamp()
		s.QNames = qnames
		sealed := string(must(allSystems().rsa.SealMessage([]byte(plain), s)))
		got := verifyMessage(t, sealed, office, "")
		for _, declaration := range []string{`xmlns:xsd="urn:xsd"`, `xmlns:b="urn:b"`} {
			if strings.Contains(string(got.Body), declaration) != qnames {
				t.Errorf("%t, %s: %s", qnames, declaration, got.Body)
			}
		}
		if qnames {
			for _, prefix := range []string{"xsd", "b"} {
				altered := strings.Replace(sealed, `xmlns:`+prefix+`="urn:`, `xmlns:`+prefix+`="urn:altro:`, 1)
				verifyMessage(t, altered, office, PartChanged)
			}
		}
	}
}

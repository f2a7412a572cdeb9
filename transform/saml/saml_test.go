package saml_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

func noon() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

// whole is an assertion with everything that is read.
func whole() saml.Assertion {
	return saml.Assertion{
		ID: "_1", Issued: noon(), Issuer: "https://idp.test/?a=1&b=2", Subject: "_pseudonimo",
		Confirmations: []saml.Confirmation{
			{Method: saml.Bearer, NotBefore: noon(), NotOnOrAfter: noon().Add(time.Minute), Recipient: "https://nodo.test/soap/lazio"},
			{Method: saml.HolderOfKey, Certificates: [][]byte{{1, 2, 3}, {4}}},
		},
		NotBefore: noon(), NotOnOrAfter: noon().Add(time.Minute), Audiences: [][]string{{"a", "b"}, {"c"}}, OneTime: true,
		Authenticated: noon().Add(-time.Minute), SessionEnd: noon().Add(time.Hour), Class: "https://www.spid.gov.it/SpidL2",
		Authorities: []string{"https://idp1.test", "https://idp2.test"},
		Attributes: []saml.Attribute{
			{Name: "fiscalNumber", Values: []string{"TINIT-RSSMRA85C15L219J"}}, {Name: "name", Values: []string{"Mario <&> \"Rossi\"", ""}}, {Name: "vuoto"},
		},
	}
}

func TestReadWhatIsWritten(t *testing.T) {
	t.Parallel()
	got, f := saml.Read(saml.Append(nil, whole()))
	if f != nil {
		t.Fatalf("%s %s", f.Code, f.Expected)
	}
	if !reflect.DeepEqual(got, whole()) {
		t.Errorf("read\n%+v\nwant\n%+v", got, whole())
	}
	if v := got.Values("name"); len(v) != 1 || v[0] != "Mario <&> \"Rossi\"" {
		t.Errorf("values %q", v)
	}
}

// TestReadLiberties: what identity providers write beside, and what is passed over.
func TestReadLiberties(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"format of names":    {"<saml:Issuer>", `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">`},
		"blanks":             {"<saml:Subject>", "\n  <saml:Subject>\n  "},
		"advice":             {"<saml:AuthnStatement ", `<saml:Advice><saml:Assertion><x/>testo</saml:Assertion></saml:Advice><saml:AuthnStatement `},
		"proxy restriction":  {"<saml:OneTimeUse>", `<saml:ProxyRestriction Count="0"></saml:ProxyRestriction><saml:OneTimeUse>`},
		"where from":         {"<saml:AuthnContext>", `<saml:SubjectLocality Address="10.0.0.1"></saml:SubjectLocality><saml:AuthnContext>`},
		"context declared":   {"<saml:AuthenticatingAuthority>", `<saml:AuthnContextDeclRef>x</saml:AuthnContextDeclRef><saml:AuthenticatingAuthority>`},
		"confirmer by name":  {"<saml:SubjectConfirmationData ", `<saml:NameID>x</saml:NameID><saml:SubjectConfirmationData `},
		"type of a value":    {"<saml:AttributeValue>", `<saml:AttributeValue xmlns:xsi="urn:i" xsi:type="xs:string">`},
		"fractions":          {"12:00:00.000Z", "12:00:00.000000Z"},
		"no fractions":       {"12:00:00.000Z", "12:00:00Z"},
		"blank in base64":    {"AQID", "AQ\nID"},
		"data of the answer": {"<saml:SubjectConfirmationData ", `<saml:SubjectConfirmationData InResponseTo="_q" Address="10.0.0.1" `},
	} {
		written := string(saml.Append(nil, whole()))
		if !strings.Contains(written, change[0]) {
			t.Fatalf("%s: nothing to change", name)
		}
		got, f := saml.Read([]byte(strings.Replace(written, change[0], change[1], 1)))
		if f != nil || !reflect.DeepEqual(got, whole()) {
			t.Errorf("%s: %v\n%+v", name, f, got)
		}
	}
	nested := strings.Replace(string(saml.Append(nil, whole())), "TINIT-RSSMRA85C15L219J", "<saml:NameID>TINIT-RSSMRA85C15L219J</saml:NameID>", 1)
	if got, f := saml.Read([]byte(nested)); f != nil || len(got.Values("fiscalNumber")) != 0 {
		t.Errorf("a value that holds elements: %v %q", f, got.Values("fiscalNumber"))
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2049)
	for name, c := range map[string]struct {
		old, with string
		code      fault.Code
		where     string
	}{
		"another element":            {"<saml:Assertion ", `<saml:Response `, fault.AssertionShape, "saml:Assertion"},
		"no version":                 {` Version="2.0"`, "", fault.AssertionShape, "saml:Assertion"},
		"no ID":                      {` ID="_1"`, "", fault.AssertionShape, "saml:Assertion"},
		"no issue instant":           {" IssueInstant=", " When=", fault.AssertionShape, "saml:Assertion"},
		"no issuer":                  {"<saml:Issuer>https://idp.test/?a=1&amp;b=2</saml:Issuer>", "", fault.AssertionShape, "saml:Issuer"},
		"issuer with a child":        {"<saml:Issuer>", "<saml:Issuer><a></a>", fault.AssertionShape, "saml:Issuer"},
		"two issuers":                {"<saml:Issuer>", "<saml:Issuer>x</saml:Issuer><saml:Issuer>", fault.AssertionShape, "saml:Assertion"},
		"issuer last":                {"</saml:Assertion>", "<saml:Issuer>x</saml:Issuer></saml:Assertion>", fault.AssertionShape, "saml:Assertion"},
		"another statement":          {"<saml:AttributeStatement>", "<saml:AuthzDecisionStatement></saml:AuthzDecisionStatement><saml:AttributeStatement>", fault.AssertionShape, "saml:Assertion"},
		"foreign child":              {"<saml:Conditions ", `<x xmlns="urn:x"></x><saml:Conditions `, fault.AssertionShape, "saml:Assertion"},
		"text between":               {"<saml:Conditions ", "testo<saml:Conditions ", fault.AssertionShape, "saml:Assertion"},
		"two names":                  {"</saml:NameID>", "</saml:NameID><saml:NameID>x</saml:NameID>", fault.AssertionShape, "saml:NameID"},
		"name behind confirmations":  {"</saml:Subject>", "<saml:NameID>x</saml:NameID></saml:Subject>", fault.AssertionShape, "saml:NameID"},
		"encrypted name":             {"<saml:NameID>", "<saml:EncryptedID></saml:EncryptedID><saml:NameID>", fault.AssertionEncrypted, "saml:EncryptedID"},
		"encrypted confirmer":        {"<saml:SubjectConfirmationData ", "<saml:EncryptedID></saml:EncryptedID><saml:SubjectConfirmationData ", fault.AssertionEncrypted, "saml:EncryptedID"},
		"encrypted attribute":        {"<saml:Attribute ", "<saml:EncryptedAttribute></saml:EncryptedAttribute><saml:Attribute ", fault.AssertionEncrypted, "saml:EncryptedAttribute"},
		"confirmation data twice":    {"</saml:SubjectConfirmationData>", "</saml:SubjectConfirmationData><saml:SubjectConfirmationData></saml:SubjectConfirmationData>", fault.AssertionShape, "saml:SubjectConfirmationData"},
		"foreign confirmation data":  {`<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`, `<ds:KeyInfo xmlns:ds="urn:x">`, fault.AssertionShape, "saml:SubjectConfirmationData"},
		"certificate not in base64":  {"AQID", "?", fault.AssertionShape, "saml:SubjectConfirmationData"},
		"unknown condition":          {"<saml:OneTimeUse>", `<saml:Condition></saml:Condition><saml:OneTimeUse>`, fault.AssertionCondition, "saml:Conditions"},
		"restriction without anyone": {"<saml:Audience>c</saml:Audience>", "", fault.AssertionShape, "saml:Audience"},
		"two authentications":        {"<saml:AttributeStatement>", "<saml:AuthnStatement></saml:AuthnStatement><saml:AttributeStatement>", fault.AssertionShape, "saml:AuthnStatement"},
		"no authentication instant":  {" AuthnInstant=", " When=", fault.AssertionShape, "saml:AuthnStatement"},
		"two contexts":               {"<saml:AuthnContext>", "<saml:AuthnContext><saml:AuthnContextClassRef>x</saml:AuthnContextClassRef></saml:AuthnContext><saml:AuthnContext>", fault.AssertionShape, "saml:AuthnContext"},
		"two classes":                {"<saml:AuthnContextClassRef>", "<saml:AuthnContextClassRef>x</saml:AuthnContextClassRef><saml:AuthnContextClassRef>", fault.AssertionShape, "saml:AuthnContextClassRef"},
		"no class":                   {"https://www.spid.gov.it/SpidL2", "", fault.AssertionShape, "saml:AuthnStatement"},
		"instant without zone":       {"12:00:00.000Z", "12:00:00.000", fault.AssertionShape, "saml:Assertion/IssueInstant"},
		"instant of another zone":    {"12:00:00.000Z", "12:00:00+01:00", fault.AssertionShape, "saml:Assertion/IssueInstant"},
		"of another zone, fractions": {"12:00:00.000Z", "12:00:00.000+01:00", fault.AssertionShape, "saml:Assertion/IssueInstant"},
		"authenticated twice":        {"<saml:AttributeStatement>", `<saml:AuthnStatement AuthnInstant="2026-11-26T12:00:00Z"></saml:AuthnStatement><saml:AttributeStatement>`, fault.AssertionShape, "saml:AuthnStatement"},
		"lax instant":                {"12:00:00.000Z", "12:00:00,000Z", fault.AssertionShape, "saml:Assertion/IssueInstant"},
		"a long text":                {"_pseudonimo", long, fault.AssertionShape, "saml:NameID"},
		"a long value":               {"TINIT-", long, fault.AssertionShape, "saml:AttributeValue"},
		"a long attribute":           {`Recipient="`, `Recipient="` + long, fault.AssertionShape, "saml:SubjectConfirmationData/Recipient"},
		"many attributes":            {"<saml:AttributeStatement>", "<saml:AttributeStatement>" + strings.Repeat("<saml:Attribute></saml:Attribute>", 65), fault.AssertionShape, "saml:AttributeStatement"},
		"many audiences":             {"<saml:Audience>c</saml:Audience>", strings.Repeat("<saml:Audience>c</saml:Audience>", 65), fault.AssertionShape, "saml:Audience"},
		"cut off":                    {"</saml:Assertion>", "", fault.AssertionShape, "saml:Assertion"},
		"followed by another":        {"</saml:Assertion>", "</saml:Assertion><a></a>", fault.AssertionShape, "saml:Assertion"},
	} {
		written := string(saml.Append(nil, whole()))
		if !strings.Contains(written, c.old) {
			t.Fatalf("%s: nothing to change", name)
		}
		changed := strings.Replace(written, c.old, c.with, 1)
		if name == "another element" {
			changed = strings.Replace(changed, "</saml:Assertion>", "</saml:Response>", 1)
		}
		got, f := saml.Read([]byte(changed))
		if f == nil || f.Code != c.code || f.Expected != c.where || got.ID != "" {
			t.Errorf("%s: %+v, want %s %s", name, f, c.code, c.where)
		}
	}
	without := whole()
	without.Confirmations = nil
	if _, f := saml.Read(saml.Append(nil, without)); f == nil || f.Expected != "saml:SubjectConfirmation" {
		t.Errorf("no confirmation: %+v", f)
	}
}

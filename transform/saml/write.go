package saml

import (
	"encoding/base64"
	"time"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// InstantForm writes instants as identity providers do, in UTC.
const InstantForm = "2006-01-02T15:04:05.000Z"

// Append appends an assertion, unsigned, as its schema orders it. Read gives the
// same of it, but for instants cut to milliseconds.
func Append(dst []byte, a Assertion) []byte {
	w := writer{dst}
	w.raw(`<saml:Assertion xmlns:saml="` + NS + `"`)
	w.attr("ID", a.ID)
	w.instant("IssueInstant", a.Issued)
	w.attr("Version", "2.0")
	w.raw(">")
	w.element("Issuer", a.Issuer)
	w.subject(a)
	w.raw("<saml:Conditions")
	w.instant("NotBefore", a.NotBefore)
	w.instant("NotOnOrAfter", a.NotOnOrAfter)
	w.raw(">")
	for _, list := range a.Audiences {
		w.raw("<saml:AudienceRestriction>")
		for _, audience := range list {
			w.element("Audience", audience)
		}
		w.raw("</saml:AudienceRestriction>")
	}
	if a.OneTime {
		w.raw("<saml:OneTimeUse></saml:OneTimeUse>")
	}
	w.raw("</saml:Conditions><saml:AuthnStatement")
	w.instant("AuthnInstant", a.Authenticated)
	w.instant("SessionNotOnOrAfter", a.SessionEnd)
	w.raw("><saml:AuthnContext>")
	w.element("AuthnContextClassRef", a.Class)
	for _, authority := range a.Authorities {
		w.element("AuthenticatingAuthority", authority)
	}
	w.raw("</saml:AuthnContext></saml:AuthnStatement>")
	w.attributes(a.Attributes)
	w.raw("</saml:Assertion>")
	return w.out
}

type writer struct{ out []byte }

func (w *writer) raw(text string) { w.out = append(w.out, text...) }

func (w *writer) attr(name, value string) {
	if value == "" {
		return
	}
	w.raw(" " + name + `="`)
	w.out = xmltoken.AppendEscapedAttr(w.out, value)
	w.raw(`"`)
}

func (w *writer) instant(name string, at time.Time) {
	if !at.IsZero() {
		w.attr(name, at.UTC().Format(InstantForm))
	}
}

func (w *writer) element(local, text string) {
	w.raw("<saml:" + local + ">")
	w.out = xmltoken.AppendEscapedText(w.out, text)
	w.raw("</saml:" + local + ">")
}

func (w *writer) subject(a Assertion) {
	w.raw("<saml:Subject>")
	if a.Subject != "" {
		w.element("NameID", a.Subject)
	}
	for _, c := range a.Confirmations {
		w.raw("<saml:SubjectConfirmation")
		w.attr("Method", c.Method)
		w.raw("><saml:SubjectConfirmationData")
		w.instant("NotBefore", c.NotBefore)
		w.instant("NotOnOrAfter", c.NotOnOrAfter)
		w.attr("Recipient", c.Recipient)
		w.raw(">")
		if len(c.Certificates) > 0 {
			w.raw(`<ds:KeyInfo xmlns:ds="` + spaceDSig + `"><ds:X509Data>`)
			for _, der := range c.Certificates {
				w.raw("<ds:X509Certificate>")
				w.out = base64.StdEncoding.AppendEncode(w.out, der)
				w.raw("</ds:X509Certificate>")
			}
			w.raw("</ds:X509Data></ds:KeyInfo>")
		}
		w.raw("</saml:SubjectConfirmationData></saml:SubjectConfirmation>")
	}
	w.raw("</saml:Subject>")
}

func (w *writer) attributes(list []Attribute) {
	if len(list) == 0 {
		return
	}
	w.raw("<saml:AttributeStatement>")
	for _, a := range list {
		w.raw("<saml:Attribute")
		w.attr("Name", a.Name)
		w.attr("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:basic")
		w.raw(">")
		for _, v := range a.Values {
			w.element("AttributeValue", v)
		}
		w.raw("</saml:Attribute>")
	}
	w.raw("</saml:AttributeStatement>")
}

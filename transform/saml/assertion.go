// Package saml is the SAML 2.0 assertion as structure: its bytes to what it says,
// and back.
//
// It owns the order and the content of the elements of an assertion that says who
// authenticated a person, how, when, for whom and for how long (OASIS
// saml-core-2.0-os). It reads the canonical bytes that a signature covers and
// nothing else; what it does not understand and must not pass over is a fault.
//
// It must not verify signatures, know issuers, or judge what an assertion says.
package saml

import "time"

// NS is the namespace of SAML 2.0 assertions (saml-core-2.0-os, section 1.1).
const NS = "urn:oasis:names:tc:SAML:2.0:assertion"

// The methods of confirmation (saml-profiles-2.0-os, section 3).
const (
	Bearer        = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	HolderOfKey   = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
	SenderVouches = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
)

// Assertion is what an assertion about one authentication says. Absent texts are
// empty, absent instants zero.
type Assertion struct {
	ID            string
	Issued        time.Time
	Issuer        string
	Subject       string // NameID
	Confirmations []Confirmation
	NotBefore     time.Time  // of Conditions, like the next three
	NotOnOrAfter  time.Time  // the first instant at which it no longer holds
	Audiences     [][]string // one list for each AudienceRestriction: all of them bind
	OneTime       bool       // OneTimeUse
	Authenticated time.Time  // AuthnInstant
	SessionEnd    time.Time  // SessionNotOnOrAfter
	Class         string     // AuthnContextClassRef
	Authorities   []string   // AuthenticatingAuthority: who authenticated, if not the issuer
	Attributes    []Attribute
}

// Confirmation is a SubjectConfirmation: who may bring the assertion.
type Confirmation struct {
	Method       string
	NotBefore    time.Time
	NotOnOrAfter time.Time
	Recipient    string
	Certificates [][]byte // DER, of the KeyInfo of holder-of-key
}

// Attribute is what the issuer says of the person under one name.
type Attribute struct {
	Name   string
	Values []string // of character data; "" for a value that is none
}

// Values gives every value under a name that is not empty, of all attributes that
// have it.
func (a Assertion) Values(name string) []string {
	var list []string
	for _, attribute := range a.Attributes {
		if attribute.Name != name {
			continue
		}
		for _, v := range attribute.Values {
			if v != "" {
				list = append(list, v)
			}
		}
	}
	return list
}

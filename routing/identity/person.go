package identity

import (
	"slices"
	"strings"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// ClassPIN is the AuthnContextClassRef of an authentication by a PIN that a region
// gave: no standard has one, so it is ours to publish.
const ClassPIN = "urn:snodo:hub:v1:ac:pin"

// ClassSPID begins the AuthnContextClassRef of SPID (AgID, regole tecniche, livelli
// di sicurezza), which CIE id has taken over (manuale tecnico CIE id); the level, 1
// to 3, follows.
const ClassSPID = "https://www.spid.gov.it/SpidL"

// classPasswords begins OASIS's classes of a sign-in by user name and password
// (saml-authn-context-2.0-os, sections 3.4.2 and 3.4.3).
const classPasswords = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"

// CodeAttribute names the codice fiscale among SPID's and CIE's attributes.
const CodeAttribute = "fiscalNumber"

// minLevel is the lowest level that is taken (the Ministry's guide to the
// transitional system: SPID of level 2).
const minLevel = 2

// Person gives the person whom an assertion names and how it was known, by one of
// the means given. For SPID the identity must be personal: a purpose other than P
// (AgID, avviso SPID 18/2019: LP, PG, PF and PX are professional or of a body), or
// any attribute of a body, is IdentityProfessional.
func Person(a saml.Assertion, means []string) (hub.Operator, *fault.Fault) {
	used, level, f := meansOf(a, means)
	if f != nil {
		return hub.Operator{}, f
	}
	if professional(a) {
		return hub.Operator{}, &fault.Fault{Code: fault.IdentityProfessional}
	}
	codes := a.Values(CodeAttribute)
	if len(codes) != 1 {
		return hub.Operator{}, &fault.Fault{Code: fault.IdentityPerson}
	}
	code := strings.TrimPrefix(codes[0], "TINIT-") // ETSI EN 319 412-1, section 5.1.3
	if cf := co.CodiceFiscale(code); !cf.Personal() || !cf.Valid() {
		return hub.Operator{}, &fault.Fault{Code: fault.IdentityPerson}
	}
	return hub.Operator{CodiceFiscale: code, Means: used, Level: level, Issuer: a.Issuer}, nil
}

// meansOf is the means of the authentication, one of those given, and its level.
func meansOf(a saml.Assertion, means []string) (string, int, *fault.Fault) {
	if strings.HasPrefix(a.Class, classPasswords) {
		return "", 0, &fault.Fault{Code: fault.UserNameRefused}
	}
	used, level := "", 0
	switch digit, digital := strings.CutPrefix(a.Class, ClassSPID); {
	case a.Class == ClassPIN:
		used = hub.MeansPIN
	case digital && len(digit) == 1 && digit >= "1" && digit <= "3":
		level, used = int(digit[0]-'0'), hub.MeansSPID
		only := slices.Contains(means, hub.MeansCIE) && !slices.Contains(means, hub.MeansSPID)
		if only || slices.ContainsFunc(append(a.Authorities[:len(a.Authorities):len(a.Authorities)], a.Issuer), isCIE) {
			used = hub.MeansCIE
		}
	}
	if !slices.Contains(means, used) {
		return "", 0, &fault.Fault{Code: fault.IdentityMeans}
	}
	if level > 0 && level < minLevel {
		return "", 0, &fault.Fault{Code: fault.IdentityLevel}
	}
	return used, level, nil
}

// ProviderCIE is the Ministry of the Interior's provider of CIE id, as it names
// itself (manuale tecnico CIE id, metadata).
const ProviderCIE = "https://" + hostCIE + "/idp/profile/SAML2/POST/SSO"

const hostCIE = "idserver.servizicie.interno.gov.it"

// isCIE reports that an entity is the Ministry of the Interior's provider of CIE
// id, whose production and test names differ by what stands before this host.
func isCIE(entity string) bool {
	rest, secure := strings.CutPrefix(entity, "https://")
	if end := strings.IndexAny(rest, "/:?#"); end >= 0 {
		rest = rest[:end]
	}
	return secure && (rest == hostCIE || strings.HasSuffix(rest, "."+hostCIE))
}

// professional reports a purpose that is not P, or an attribute that only bodies
// and professional identities have (AgID, tabella degli attributi SPID).
func professional(a saml.Assertion) bool {
	for _, attribute := range a.Attributes {
		name := attribute.Name
		switch {
		case strings.EqualFold(name, "purpose"):
			if slices.ContainsFunc(a.Values(name), func(v string) bool { return v != "P" }) {
				return true
			}
		case name == "companyFiscalNumber" || name == "companyName" || name == "registeredOffice" || name == "ivaCode":
			if len(a.Values(name)) > 0 {
				return true
			}
		}
	}
	return false
}

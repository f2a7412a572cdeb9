package identity

import (
	"slices"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Admits judges what of an assertion does not change with time: that it is for
// this place, and that whoever brings it may.
func (p Place) Admits(a saml.Assertion, how Presentation) *fault.Fault {
	if len(a.Audiences) == 0 {
		return &fault.Fault{Code: fault.AssertionAudience}
	}
	for _, list := range a.Audiences {
		if !meet(list, p.Audience) {
			return &fault.Fault{Code: fault.AssertionAudience}
		}
	}
	return p.confirmed(a, how, false)
}

// Current judges the instants of an assertion that Admits lets in: when it was
// issued, its conditions, its confirmation, its session, and how long ago the
// person authenticated.
func (p Place) Current(a saml.Assertion, how Presentation) *fault.Fault {
	early, late := how.At.Add(-p.Tolerance), how.At.Add(p.Tolerance)
	switch {
	case a.Issued.After(late), a.NotBefore.After(late), a.Authenticated.After(late):
		return &fault.Fault{Code: fault.AssertionAhead}
	case !a.NotOnOrAfter.After(early):
		return &fault.Fault{Code: fault.AssertionExpired} // without an end there is none
	case !a.SessionEnd.IsZero() && !a.SessionEnd.After(early):
		return &fault.Fault{Code: fault.AssertionExpired}
	case early.Sub(a.Authenticated) > p.Age:
		return &fault.Fault{Code: fault.AssertionOld}
	}
	return p.confirmed(a, how, true)
}

// confirmed reports that one confirmation holds, at the instant too if timed. If
// none does, the fault is that of the first whose method is known.
func (p Place) confirmed(a saml.Assertion, how Presentation, timed bool) *fault.Fault {
	worst := fault.AssertionConfirmation
	for _, c := range a.Confirmations {
		code := p.confirms(c, how, timed)
		if code == "" {
			return nil
		}
		if worst == fault.AssertionConfirmation {
			worst = code
		}
	}
	return &fault.Fault{Code: worst}
}

// confirms judges one confirmation (saml-profiles, section 3; WS-Security SAML
// Token Profile 1.1.1, section 3.5).
func (p Place) confirms(c saml.Confirmation, how Presentation, timed bool) fault.Code {
	switch c.Method {
	case saml.Bearer: // must say where and until when (saml-profiles, section 4.1.4.2)
		if c.Recipient == "" || c.NotOnOrAfter.IsZero() {
			return fault.AssertionRecipient
		}
	case saml.HolderOfKey:
		if !slices.ContainsFunc(c.Certificates, how.holds) {
			return fault.AssertionHolder
		}
	case saml.SenderVouches:
		if !how.Vouched {
			return fault.AssertionVoucher
		}
	default:
		return fault.AssertionConfirmation
	}
	if c.Recipient != "" && !slices.Contains(p.Recipients, c.Recipient) {
		return fault.AssertionRecipient
	}
	if !timed {
		return ""
	}
	if c.NotBefore.After(how.At.Add(p.Tolerance)) {
		return fault.AssertionAhead
	}
	if !c.NotOnOrAfter.IsZero() && !c.NotOnOrAfter.After(how.At.Add(-p.Tolerance)) {
		return fault.AssertionRecipient
	}
	return ""
}

// holds reports that the message, or without a signature the connection, was made
// with the key of a certificate.
func (how Presentation) holds(der []byte) bool {
	proved := how.Message
	if proved.IsZero() {
		proved = how.Channel
	}
	return !proved.IsZero() && ledger.Sum(der) == proved
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

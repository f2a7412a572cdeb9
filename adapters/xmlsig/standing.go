package xmlsig

import (
	"crypto/x509"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Status is what is known of a certificate's revocation at an instant.
type Status uint8

// The statuses. The zero value promises nothing.
const (
	StatusUnknown Status = iota // nobody says, or what they say is stale
	StatusGood
	StatusRevoked // withdrawn at that instant or before, or suspended
)

// Revocation knows which certificates were withdrawn. Safe for concurrent use.
type Revocation interface {
	// Status tells what is known of a certificate at an instant, from memory
	// alone: it neither reads nor waits, for it stands on the path of every
	// submission. Issuer is the next certificate of a chain that holds.
	Status(cert, issuer *x509.Certificate, at time.Time) Status
}

// MaxTolerance is the most that a policy may allow for clocks that disagree.
// Signers' clocks are within seconds of ours; more would be a longer life for
// certificates.
const MaxTolerance = 5 * time.Minute

// Conditions are what a policy asks of the certificates of a chain that holds.
// The zero value asks for validity alone.
type Conditions struct {
	Tolerance  time.Duration // by which a certificate may begin later or have ended; at most MaxTolerance
	Revocation Revocation    // nil: not asked
	// Hard refuses what Revocation does not know; otherwise only what it knows
	// to be withdrawn is refused.
	Hard bool
}

// CheckStanding judges every certificate of the chain at an instant:
// NotYetValid or Expired of any, RevokedCert or (Hard) UnknownStanding of any
// but the anchor, which configuration trusts by itself; or no fault. Where
// several chains lead to anchors, one that stands throughout is enough. It
// does no I/O.
func (v Verified) CheckStanding(at time.Time, c Conditions) fault.List {
	return CheckChains(v.chains, at, c)
}

// Chains are the chains that Verify found, each from the signer to an anchor;
// shared, not to be changed.
func (v Verified) Chains() [][]*x509.Certificate { return v.chains }

// CheckChains is CheckStanding for chains found elsewhere, such as those of
// TLS. No chain at all is Untrusted.
func CheckChains(chains [][]*x509.Certificate, at time.Time, c Conditions) fault.List {
	var worst fault.Code
	for _, chain := range chains {
		code := c.judge(chain, at)
		if code == "" {
			return nil
		}
		// A revocation that is known says more than what another chain lacks.
		if worst == "" || code == RevokedCert {
			worst = code
		}
	}
	if worst == "" {
		worst = Untrusted // the zero Verified, or one VerifySeal found untrusted
	}
	return fault.List{{Code: worst}}
}

func (c Conditions) judge(chain []*x509.Certificate, at time.Time) fault.Code {
	for _, cert := range chain {
		switch {
		case at.Add(c.Tolerance).Before(cert.NotBefore):
			return NotYetValid
		case at.Add(-c.Tolerance).After(cert.NotAfter):
			return Expired
		}
	}
	if c.Revocation == nil {
		return ""
	}
	unknown := false
	for i, cert := range chain[:len(chain)-1] {
		switch c.Revocation.Status(cert, chain[i+1], at) {
		case StatusRevoked:
			return RevokedCert
		case StatusUnknown:
			unknown = true
		}
	}
	if unknown && c.Hard {
		return UnknownStanding
	}
	return ""
}

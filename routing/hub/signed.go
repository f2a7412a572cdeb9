package hub

import (
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The moments of a signed message. AgID's patterns leave them to the parties;
// these are the ones we publish, and GovWay's own.
const (
	// ClockTolerance is how far ahead of ours a sender's clock may be, unless a
	// region's policy says otherwise.
	ClockTolerance = 5 * time.Second
	// MessageAge is how long after Created a message is taken, and the longest
	// that it may say it lasts.
	MessageAge = 5 * time.Minute
)

// SignedMessage is what a message signed by WS-Security says of itself, all of
// it covered by the signature.
type SignedMessage struct {
	SOAP    string      // namespace of its Envelope
	Body    []byte      // canonical form of its Body: the only bytes that go on
	Digest  ledger.Hash // SHA-256 of Body
	ID      string      // wsa:MessageID
	To      string      // wsa:To
	Action  string      // wsa:Action if it is signed, else ""
	Created time.Time
	Expires time.Time
	Sender  string // who signed, as the certificate names it
	// Certificate is the SHA-256 of the signer's; zero if the signature does not cover
	// the Body.
	Certificate ledger.Hash
	Asserted    bool // there is an assertion in the Security header, not judged yet
	Vouches     bool // the signature covers it, and the Body
	Proof       any  // the verifier's own memory of the message
}

// Key is the name under which the message is remembered.
func (m SignedMessage) Key(region string) ledger.MessageKey {
	return ledger.MessageKey{Region: region, Sender: m.Sender, ID: m.ID}
}

// Fresh judges the message's instants at the one of its arrival, for a sender's
// clock that may be ahead of ours by a tolerance. It is not asked
// of a message that came before with the same content: that is answered again
// however late it comes.
func (m SignedMessage) Fresh(at time.Time, tolerance time.Duration) *fault.Fault {
	switch {
	case !m.Expires.After(m.Created), m.Expires.Sub(m.Created) > MessageAge:
		return &fault.Fault{Code: fault.MessageLifetime}
	case m.Created.After(at.Add(tolerance)):
		return &fault.Fault{Code: fault.MessageAhead}
	case !m.Expires.After(at), at.Sub(m.Created) > MessageAge:
		return &fault.Fault{Code: fault.MessageStale}
	}
	return nil
}

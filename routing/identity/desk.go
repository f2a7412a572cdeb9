package identity

import (
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Proof is an assertion whose signature is its issuer's.
type Proof struct {
	Assertion saml.Assertion
	Means     []string    // that the issuer is trusted for
	Body      ledger.Hash // SHA-256 of the message's Body as it was received
	// Standing judges the issuer's certificates at an instant, for clocks that may
	// differ by a tolerance.
	Standing func(at time.Time, tolerance time.Duration) *fault.Fault
}

// Verifier judges signatures of assertions. Safe for concurrent use.
type Verifier interface {
	// Verify judges the assertion in the Security header of a whole message against
	// the issuers of a region. AssertionMissing: there is none. modi tells that the
	// message's own signature was verified.
	Verify(message []byte, region string, modi bool) (Proof, *fault.Fault)
}

// Desk receives those who show an assertion at one region's endpoint. Safe for
// concurrent use.
type Desk struct {
	Verifier Verifier
	Place    Place
	Means    []string // that the region takes
}

// Receive judges the assertion of a request: signature and issuer, audience and
// confirmation, the person, the instants. An assertion that serves once comes
// with a Token. What the instants lack is in the Token too, which has no key if
// the assertion may serve again: Settle says when it is told.
func (d Desk) Receive(req hub.Request) (hub.Operator, *hub.Token, *fault.Fault) {
	proof, f := d.Verifier.Verify(req.Envelope, req.Region.Slug, req.Message != nil)
	if f != nil {
		return hub.Operator{}, nil, f
	}
	a, how, body := proof.Assertion, Presentation{At: req.Received, Channel: req.Channel}, proof.Body
	if req.Message == nil && req.System == "" {
		how.Channel = ledger.Hash{} // of another region's authority, withdrawn or ended: it authenticated nobody
	}
	if m := req.Message; m != nil {
		how.Message, how.Vouched, body = m.Certificate, m.Vouches, m.Digest
	}
	if f := d.Place.Admits(a, how); f != nil {
		return hub.Operator{}, nil, f
	}
	means := slices.DeleteFunc(slices.Clone(proof.Means), func(s string) bool { return !slices.Contains(d.Means, s) })
	operator, f := Person(a, means)
	if f != nil {
		return hub.Operator{}, nil, f
	}
	late := proof.Standing(how.At, d.Place.Tolerance)
	if late == nil {
		late = d.Place.Current(a, how)
	}
	if !a.OneTime && late == nil {
		return operator, nil, nil
	}
	if !a.OneTime {
		return operator, &hub.Token{Late: late}, nil
	}
	return operator, &hub.Token{
		Key:    ledger.MessageKey{Sender: keyPrefix + a.Issuer, ID: a.ID},
		Digest: brought(req.Region.Slug, body), Late: late, Taken: fault.Fault{Code: fault.AssertionReused},
	}, nil
}

// keyPrefix keeps issuers apart from senders of messages.
const keyPrefix = "saml "

// brought is the message that an assertion with OneTimeUse lets in: a Body at a
// region's endpoint. The assertion serves once in the whole hub (saml-core, section
// 2.5.1.5), so its key names no region, and the same Body at another endpoint is
// another message.
func brought(region string, body ledger.Hash) ledger.Hash {
	return ledger.Sum(append([]byte(region+"\n"), body[:]...))
}

// Receiver judges the assertion of a request: a Desk.
type Receiver interface {
	Receive(hub.Request) (hub.Operator, *hub.Token, *fault.Fault)
}

// Enter has the assertion of a message judged, if there is one, and puts the
// person into the request. The envelope was opened as one whose Security header is
// understood; without an assertion it is not, and one that must be is a fault. A
// card that the channel showed is stronger than an assertion about its holder.
func Enter(desk Receiver, req *hub.Request, env *envelope.Envelope, understood ...envelope.Name) (*hub.Token, *fault.Fault) {
	secured := env.Has(envelope.SecurityHeader())
	if !secured && (req.Message == nil || !req.Message.Asserted) {
		return nil, nil
	}
	operator, token, f := desk.Receive(*req)
	switch {
	case f == nil:
		if operator.CodiceFiscale != req.Operator.CodiceFiscale {
			req.Operator = operator
		}
		return token, nil
	case f.Code != fault.AssertionMissing:
		return nil, f
	case secured:
		_, f = envelope.Open(req.Body, understood...)
		return nil, f
	}
	return nil, nil
}

// Settle puts what Enter gave into the call that it brought: a Token for the edge
// to redeem, or for a submission what the instants lack, which the hub tells of a
// document that it has not accepted yet. Any other call gets it as a fault.
func Settle(token *hub.Token, call *hub.Call) *fault.Fault {
	switch {
	case token == nil:
	case token.Key.ID != "":
		call.Token = token
	case call.Operation == hub.OpSubmit:
		call.Submission.Late = token.Late
	default:
		return token.Late
	}
	return nil
}

// Package lazio is the dialect of Lazio's transitional system: the national binding
// under WS-Security, with a SAML assertion of SPID or CIE that says which person
// works the sender's system.
//
// It owns what the region asks of that person: an assertion, if its policy says so;
// SPID of level 2 at least or CIE, personal; never a user name and a password. What
// the header wraps is the national dialect's, which comes as an interface, as does
// the judgement of signatures.
//
// It must not read HTTP or an assertion's XML itself, decide whether an assertion
// came before (the edge does, from the ledger), or import another adapter.
package lazio

import (
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// National is the dialect of what the header wraps.
type National interface {
	// OpenEnvelope reads a request whose envelope is open.
	OpenEnvelope(hub.Request, *envelope.Envelope) (hub.Call, *hub.Problem)
	Reply(hub.Call, hub.Reply) hub.Response
	Fault(hub.Call, hub.Problem) hub.Response
}

// Means are the means of authentication that the region takes.
func Means() []string { return []string{hub.MeansSPID, hub.MeansCIE} }

// Dialect speaks the national dialect of persons who are known. Safe for
// concurrent use.
type Dialect struct {
	National
	desk     identity.Receiver
	required bool
}

// New makes a dialect. required has every operation but Echo need an assertion.
func New(national National, desk identity.Receiver, required bool) *Dialect {
	return &Dialect{National: national, desk: desk, required: required}
}

// Open reads a request: no user name and no password anywhere, then the assertion
// if there is one, then the national binding.
func (d *Dialect) Open(req hub.Request) (hub.Call, *hub.Problem) {
	if req.Password || envelope.Credentials(req.Envelope) {
		return refuse(&fault.Fault{Code: fault.UserNameRefused})
	}
	env, f := envelope.Open(req.Body, envelope.SecurityHeader())
	if f != nil {
		return refuse(f)
	}
	token, f := identity.Enter(d.desk, &req, env)
	if f != nil {
		return refuse(f)
	}
	known := req.Operator != hub.Operator{}
	call, problem := d.OpenEnvelope(req, env)
	if problem != nil || call.Operation == hub.OpEcho {
		return call, problem
	}
	if d.required && !known {
		return refuse(&fault.Fault{Code: fault.AssertionMissing})
	}
	if f := identity.Settle(token, &call); f != nil {
		return refuse(f)
	}
	// The assertion is evidence of who worked the system: the envelope is kept.
	call.Submission.Witness = known
	return call, nil
}

func refuse(f *fault.Fault) (hub.Call, *hub.Problem) {
	return hub.Call{}, &hub.Problem{Sender: true, Fault: *f}
}

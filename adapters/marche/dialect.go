// Package marche is the dialect of Marche: the national binding inside SPCoop's
// e-Gov envelope, as the region's port of domain sends it.
//
// It owns what the header must say here (parties, profile, service, action,
// instants), how answers and exceptions look to a port of domain, and the names
// of the messages it answers with. What the header wraps, and every message
// without one, is the national dialect's, which comes as an interface.
//
// It must not read HTTP, read the header's XML itself (transform/envelope does),
// decide whether a message came before (the hub does, from the ledger), or
// import another adapter.
package marche

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/routing/ledger"
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

// Parties names the two sides of an exchange, as IdentificativoParte of type SPC.
type Parties struct {
	// Senders are those whose messages are taken, each with the names of the
	// client certificates that may bring them (hub.Request.Names), or Anybody.
	Senders map[string][]string
	Hub     []string // what this hub is called; one is the sender of each answer
}

// Anybody stands for every caller, with a certificate or without.
const Anybody = "*"

// brings reports whether a caller with these names may bring a sender's messages.
func (p Parties) brings(sender string, names []string) bool {
	return slices.ContainsFunc(p.Senders[sender], func(allowed string) bool {
		return allowed == Anybody || slices.Contains(names, allowed)
	})
}

// KnownParties are the names in the exchanges of the national service: a region
// by its name, the national node as NAZIONALE, whose place this hub takes. Until a
// policy says more, nothing ties a name to a certificate.
func KnownParties() Parties {
	return Parties{Senders: map[string][]string{"MARCHE": {Anybody}}, Hub: []string{"NAZIONALE", "SNODO"}}
}

// Config is what a Dialect is made of.
type Config struct {
	National National
	Parties  Parties
	Rome     *time.Location // of instants without zone
	Now      func() time.Time
	// Desk judges the assertion of the region's PIN; nil reads none.
	Desk identity.Receiver
	// Required has every operation but Echo need a person who is known, by card or
	// by PIN.
	Required bool
}

// Dialect speaks e-Gov, and the national dialect beside it. Safe for concurrent
// use.
type Dialect struct {
	cfg  Config
	last atomic.Int64 // slot of the last fresh identifier
}

// New makes a dialect of a Config with all its fields; Desk and Required may be
// left out.
func New(cfg Config) *Dialect { return &Dialect{cfg: cfg} }

// exchange is the State of a call that came with an e-Gov header.
type exchange struct {
	header envelope.EGov
	inner  any // State of the national dialect
}

// portAction is the SOAPAction of OpenSPCoop and GovWay, Italy's usual ports of
// domain, for a message whose application gave none. It names no operation.
const portAction = "OpenSPCoop"

// Open reads a request. A message that is wrong in its header is answered with
// exceptions; what is wrong in its Body is the national dialect's to tell.
func (d *Dialect) Open(req hub.Request) (hub.Call, *hub.Problem) {
	env, f := envelope.Open(req.Body, d.understood()...)
	if f != nil {
		return hub.Call{}, &hub.Problem{Sender: true, Fault: *f}
	}
	if !env.HasEGov() {
		return d.openNational(req, env)
	}
	header, faults := envelope.ReadEGov(env, d.cfg.Rome)
	if faults = d.judge(header, env.Operation, req, faults); len(faults) > 0 {
		return hub.Call{State: exchange{header: header}}, &hub.Problem{Sender: true, Fault: faults[0], Faults: faults[1:]}
	}
	if req.Action == portAction {
		req.Action = ""
	}
	call, problem := d.openNational(req, env)
	call.State = exchange{header: header, inner: call.State}
	if call.Operation == hub.OpSubmit {
		call.Submission.Message = &hub.Message{
			Name: nameOf(header), Expires: header.Expires,
			Taken: fault.Fault{Code: fault.EGovIdentifier, Path: "Messaggio/Identificatore"},
			Late:  fault.Fault{Code: fault.EGovExpired, Path: "Messaggio/Scadenza"},
		}
	}
	return call, problem
}

// understood are the header blocks that the dialect knows.
func (d *Dialect) understood() []envelope.Name {
	if d.cfg.Desk == nil {
		return []envelope.Name{envelope.EGovHeader()}
	}
	return []envelope.Name{envelope.EGovHeader(), envelope.SecurityHeader()}
}

// openNational has the person judged, where one is shown or must be, and the Body
// read.
func (d *Dialect) openNational(req hub.Request, env *envelope.Envelope) (hub.Call, *hub.Problem) {
	var token *hub.Token
	if d.cfg.Desk != nil {
		var f *fault.Fault
		if token, f = identity.Enter(d.cfg.Desk, &req, env, envelope.EGovHeader()); f != nil {
			return hub.Call{}, &hub.Problem{Sender: true, Fault: *f}
		}
	}
	call, problem := d.cfg.National.OpenEnvelope(req, env)
	if problem != nil || call.Operation == hub.OpEcho {
		return call, problem
	}
	if d.cfg.Required && req.Operator == (hub.Operator{}) {
		return hub.Call{}, &hub.Problem{Sender: true, Fault: fault.Fault{Code: fault.AssertionMissing}}
	}
	if f := identity.Settle(token, &call); f != nil {
		return hub.Call{}, &hub.Problem{Sender: true, Fault: *f}
	}
	call.Submission.Witness = req.Operator.Issuer != ""
	return call, nil
}

// nameOf is what the ledger knows a message by.
func nameOf(h envelope.EGov) ledger.Hash { return ledger.Sum([]byte(h.ID)) }

// Reply writes the answer to a call, under a header of its own if it had one.
func (d *Dialect) Reply(call hub.Call, reply hub.Reply) hub.Response {
	s, ok := call.State.(exchange)
	if !ok {
		return d.cfg.National.Reply(call, reply)
	}
	call.State = s.inner
	resp := d.cfg.National.Reply(call, reply)
	header := d.answer(s.header)
	if call.Operation == hub.OpSubmit {
		d.settle(&header, s.header, reply.Answer.Entry)
	}
	resp.Body = envelope.InsertBlock(resp.Body, envelope.AppendEGov(nil, header))
	return resp
}

// Fault writes a fault. Three kinds, to a message that came with a header:
// exceptions for what is wrong with the header; an exception of processing for
// our own trouble; and for the rest, which is the Body's, the national fault with
// its detail as the answer of the application, without exceptions.
func (d *Dialect) Fault(call hub.Call, p hub.Problem) hub.Response {
	s, ok := call.State.(exchange)
	if !ok {
		return d.cfg.National.Fault(call, p)
	}
	call.State = s.inner
	resp := d.cfg.National.Fault(call, p)
	header := d.answer(s.header)
	faults := append(fault.List{p.Fault}, p.Faults...)
	switch {
	case !p.Sender:
		header.Exceptions = []envelope.Exception{
			envelope.ExceptionOf(fault.Fault{Code: fault.EGovProcessing, Path: "Messaggio"}),
		}
		resp.Body = envelope.AppendEGovFault(nil, header, false, faults)
	case envelope.IsEGov(p.Fault.Code):
		for _, f := range faults {
			header.Exceptions = append(header.Exceptions, envelope.ExceptionOf(f))
		}
		resp.Body = envelope.AppendEGovFault(nil, header, true, faults)
	default:
		resp.Body = envelope.InsertBlock(resp.Body, envelope.AppendEGov(nil, header))
	}
	return resp
}

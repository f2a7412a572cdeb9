package soap

import (
	"net/http"
	"slices"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// contentType of every answer in SOAP 1.1. The client of SPICOM reads an answer
// without charset as ISO-8859-1, and never SOAP 1.2.
const contentType = "text/xml; charset=utf-8"

// National is the dialect of the national binding and of the hub's own
// operations, over SOAP 1.1. Every region's endpoint speaks it. The zero value
// is ready.
type National struct {
	Kinds []string // that are taken; nil means all that the model has
}

// served tells whether a kind of the binding is taken. A kind that is not gets
// a fault, no receipt: lacking its schema is no verdict on a communication.
func (d National) served(kind string) bool {
	if d.Kinds != nil {
		return slices.Contains(d.Kinds, kind)
	}
	return slices.Contains(co.Kinds(), kind)
}

// Open reads a request.
func (d National) Open(req hub.Request) (hub.Call, *hub.Problem) {
	env, f := envelope.Open(req.Body)
	if f != nil {
		return hub.Call{}, refuse(f)
	}
	return d.OpenEnvelope(req, env)
}

// OpenEnvelope reads a request whose envelope is open: a dialect that wraps the
// national binding has read the header for itself.
func (d National) OpenEnvelope(req hub.Request, env *envelope.Envelope) (hub.Call, *hub.Problem) {
	if !actionAllowed(req.Action, env.Operation) {
		return hub.Call{}, refuse(&fault.Fault{Code: fault.ActionMismatch})
	}
	if b, ok := envelope.BindingOf(env.Operation); ok {
		if !d.served(b.Kind) {
			return hub.Call{}, refuse(&fault.Fault{Code: fault.KindNotServed})
		}
		return openSubmit(req, env, b)
	}
	switch env.Operation {
	case envelope.Name{Space: envelope.HubNS, Local: envelope.ReceiptsLocal}:
		return openReceipts(env)
	case envelope.Name{Space: envelope.HubNS, Local: envelope.EchoLocal}:
		text, f := envelope.ReadEcho(env)
		if f != nil {
			return hub.Call{}, refuse(f)
		}
		return hub.Call{Operation: hub.OpEcho, Text: text}, nil
	}
	return hub.Call{}, refuse(&fault.Fault{Code: fault.UnknownOperation})
}

func openSubmit(req hub.Request, env *envelope.Envelope, b envelope.Binding) (hub.Call, *hub.Problem) {
	document, f := b.Document(env)
	if f != nil {
		return hub.Call{}, refuse(f)
	}
	return hub.Call{
		Operation: hub.OpSubmit,
		Submission: hub.Submission{
			Region:   req.Region,
			Received: req.Received,
			Address:  req.Address,
			System:   req.System,
			Operator: req.Operator,
			Kind:     b.Kind,
			Document: document,
		},
		State: b,
	}, nil
}

func openReceipts(env *envelope.Envelope) (hub.Call, *hub.Problem) {
	q, f := envelope.ReadQuery(env)
	if f != nil {
		return hub.Call{}, refuse(f)
	}
	return hub.Call{Operation: hub.OpReceipts, Query: hub.ReceiptQuery(q)}, nil
}

// Reply writes the answer to a call that Open returned.
func (National) Reply(call hub.Call, reply hub.Reply) hub.Response {
	var body []byte
	switch call.Operation {
	case hub.OpSubmit:
		a := reply.Answer
		b := call.State.(envelope.Binding)
		body = b.AppendAnswer(make([]byte, 0, len(a.Receipt)+1024), a.Accepted, a.Faults, a.Receipt)
	case hub.OpReceipts:
		body = envelope.AppendReceipts(nil, reply.Receipts)
	default:
		body = envelope.AppendEcho(nil, reply.Text)
	}
	return hub.Response{Status: http.StatusOK, ContentType: contentType, Body: body}
}

// Fault writes a SOAP 1.1 fault.
func (National) Fault(_ hub.Call, p hub.Problem) hub.Response {
	list := append(fault.List{p.Fault}, p.Faults...)
	code := envelope.FaultCodeOf(p.Fault.Code, p.Sender)
	return hub.Response{
		Status:      faultStatus(p),
		ContentType: contentType,
		Body:        envelope.AppendFault(nil, code, list),
	}
}

// refuse makes a problem of the sender's.
func refuse(f *fault.Fault) *hub.Problem { return &hub.Problem{Sender: true, Fault: *f} }

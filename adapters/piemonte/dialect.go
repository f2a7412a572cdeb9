// Package piemonte is the dialect of Piemonte: SPICOM, the wire between the
// region's front ends (GeCo, PRODIS) and its hub.
//
// It owns which SPICOM operations exist, what each needs, the archives of mass
// submission with their bounds, how answers and exceptions look to the region's
// own Java client, and the log of properties that nobody here knows. Every other message is handed to the national
// dialect, which comes as an interface.
//
// It must not read HTTP, convert documents itself (transform/spicom does),
// know which policy the region has, or import another adapter.
package piemonte

import (
	"context"
	"log/slog"
	"strings"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/transform/spicom"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// National is the dialect of everything that is no SPICOM call.
type National interface {
	Open(hub.Request) (hub.Call, *hub.Problem)
	Reply(hub.Call, hub.Reply) hub.Response
	Fault(hub.Call, hub.Problem) hub.Response
}

// Dialect speaks SPICOM, and the national dialect beside it. Its fields are set
// once, before use; it is then safe for concurrent use.
type Dialect struct {
	National  National
	Converter spicom.Converter
	Standards func() spicom.Standards // those in force now, for convertiInFormatoUnico2
	Log       *slog.Logger
}

// invocation is the State of a SPICOM call: the service that answers.
type invocation struct{ service string }

// Open reads a request. A message that cannot be read as an envelope is the
// national dialect's: nothing in it says that it is a SPICOM call.
func (d Dialect) Open(req hub.Request) (hub.Call, *hub.Problem) {
	env, f := envelope.Open(req.Body)
	if f != nil || !envelope.IsInvoke(env.Operation) {
		return d.National.Open(req)
	}
	in, f := envelope.ReadInvoke(env)
	if f != nil {
		return hub.Call{}, refuse(*f)
	}
	if !actionFits(req.Action, env.Operation, in) {
		return hub.Call{}, refuse(fault.Fault{Code: fault.ActionMismatch})
	}
	op, f := find(in)
	if f != nil {
		return hub.Call{}, refuse(*f)
	}
	call := hub.Call{Operation: op, State: invocation{in.Service}}
	switch op {
	case hub.OpConvert:
		t, problem := d.translate(invocation{in.Service}, in.Args[0].Texts)
		call.State, call.Holds = t, t.size
		return call, problem
	case hub.OpSubmitAll:
		return d.openMass(req, invocation{in.Service}, in.Args[0])
	case hub.OpSubmit:
	default:
		return call, nil
	}
	s, problem := d.submission(req, in.Args[0].Text)
	call.Submission = s
	return call, problem
}

// actionFits reports whether a SOAPAction says nothing, as every front end's does,
// or names the call by its service, its generic method or its method: another one
// would have a router before us and us do two different things.
func actionFits(action string, generic envelope.Name, in envelope.Invoke) bool {
	last := action[strings.LastIndexAny(action, "/#")+1:]
	return action == "" || action == in.Service || last == generic.Local || last == in.Method
}

// submission makes a submission of the string that inviaComunicazioneProspettoXML
// carries, or of a file of a mass submission: a national document of any kind,
// signed or not, or a regional communication, whose faults the hub judges and puts
// on a receipt.
func (d Dialect) submission(req hub.Request, text []byte) (hub.Submission, *hub.Problem) {
	s := hub.Submission{
		Region:   req.Region,
		Received: req.Received,
		Address:  req.Address,
		System:   req.System,
	}
	text = spicom.Trim(text)
	switch {
	case len(text) == 0:
		return s, refuse(fault.Fault{Code: fault.DocumentMissing})
	case len(text) > spicom.MaxDocument:
		return s, refuse(fault.Fault{Code: fault.RegionalTooLarge})
	case envelope.WrongCharset(text):
		return s, refuse(fault.Fault{Code: fault.DocumentCharset, Line: 1})
	}
	if kind := xsd.Kind(text); kind != "" {
		s.Kind, s.Document = kind, text
		return s, nil
	}
	r, err := d.Converter.Convert(text)
	if err != nil {
		// The reader admits no character that the writer refuses: a defect.
		d.Log.LogAttrs(context.Background(), slog.LevelError, "spicom conversion", slog.String("error", err.Error()))
		return s, &hub.Problem{Fault: fault.Fault{Code: fault.InternalTrouble}}
	}
	if len(r.Unknown) > 0 {
		d.Log.LogAttrs(context.Background(), slog.LevelWarn, "spicom properties passed over", slog.Any("names", r.Unknown))
	}
	s.Kind = r.Kind
	s.Regional = &hub.Regional{
		National:      r.National,
		Kind:          r.Kind,
		External:      r.External,
		RequestDigest: r.Digest,
		Previous:      r.Previous,
		Faults:        r.Faults,
	}
	return s, nil
}

// Reply writes the answer to a call. A rejected communication is an exception
// for the client, with the receipt of rejection in the header.
func (d Dialect) Reply(call hub.Call, reply hub.Reply) hub.Response {
	switch s := call.State.(type) {
	case translation:
		return answer(s.service, envelope.BeansProperty("value", classTranslation, s.results...), nil)
	case *mass:
		return s.reply(reply.Items)
	}
	in, ok := call.State.(invocation)
	if !ok {
		return d.National.Reply(call, reply)
	}
	if call.Operation != hub.OpSubmit {
		return answer(in.service, envelope.BooleanProperty("value", reply.Healthy), nil)
	}
	a := reply.Answer
	if !a.Accepted {
		return exception(problemOf(a.Faults), a.Receipt)
	}
	return answer(in.service, envelope.BeanProperty("value", classOutcome,
		envelope.StringProperty("identificativoRegionale", a.Entry.Codice),
		envelope.LongProperty("identificativoSpicom", a.Entry.Position),
	), a.Receipt)
}

// Fault writes a fault. Before a request was opened nobody can tell which
// client sent it, so the fault is then one that both can read: the national
// form's list stands behind the exception.
func (d Dialect) Fault(call hub.Call, p hub.Problem) hub.Response {
	switch call.State.(type) {
	case invocation, translation, *mass:
	default:
		if call.Operation != "" {
			return d.National.Fault(call, p)
		}
	}
	return exception(p, nil)
}

func refuse(f fault.Fault) *hub.Problem { return &hub.Problem{Sender: true, Fault: f} }

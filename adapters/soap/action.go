package soap

import (
	"net/http"
	"strings"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// actionOf reads SOAPAction without its quotes, or the action of SOAP 1.2's
// Content-Type. Two of them would let two readers route one request to two
// operations. A pair of single quotes is how some generated clients write none.
func actionOf(h http.Header, content contentOf) (string, *hub.Problem) {
	values := h.Values("SOAPAction")
	action := bare(h.Get("SOAPAction"))
	if len(values) > 1 || action != "" && content.action != "" && action != content.action {
		return "", refuse(&fault.Fault{Code: fault.ActionMismatch})
	}
	if action == "" && content.soap12 {
		action = content.action
	}
	return action, nil
}

// bare is an action without blanks and quotes around it: GovWay copies what it finds
// in SOAPAction, at times with a quote, into wsa:Action.
func bare(action string) string { return strings.Trim(strings.TrimSpace(action), `"'`) }

// agreed is the action that SOAPAction, or the action of SOAP 1.2's Content-Type, and
// the signed wsa:Action name, "" if neither does. Where both do they are the same
// (WS-Addressing 1.0, SOAP Binding, section 4.2); whether the Body's operation is
// meant is the dialect's to judge.
func agreed(http, signed string) (string, *fault.Fault) {
	signed = bare(signed)
	if http != "" && signed != "" && http != signed {
		return "", &fault.Fault{Code: fault.ActionMismatch}
	}
	if http == "" {
		return signed, nil
	}
	return http, nil
}

// actionAllowed judges a SOAPAction or wsa:Action. Empty says nothing. Otherwise its
// last part must name the operation: the Body's element, the operation of the WSDL,
// as such or as the input message that the WSDL gives no action (WS-Addressing 1.0,
// Metadata, section 4.4.4), or, for submissions, the service under which regional
// nodes know them, which a port of domain writes whatever the kind. Anything else is
// a request that two readers would route to two operations.
func actionAllowed(action string, operation envelope.Name) bool {
	if action == "" {
		return true
	}
	last := action[strings.LastIndexAny(action, "/:#")+1:]
	if last == operation.Local || last == operation.Local+"Request" {
		return true
	}
	b, submits := envelope.BindingOf(operation)
	return submits && (last == b.Operation || last == b.Operation+"Request" || last == envelope.Service)
}

// SignedAs is what a signed answer says that it is.
type SignedAs struct {
	Space  string // of the request's operation: that of the block that repeats its digests
	Action string // wsa:Action, which whoever writes addressing headers must write
}

// The actions of answers: what WS-Addressing 1.0 (Metadata, sections 4.4.4 and 4.4.5)
// makes of our WSDL's names, which say none of their own; of a fault that is no
// operation's, the one for faults of SOAP (SOAP Binding, section 6).
const (
	portTypeAction = envelope.HubNS + ":wsdl:Nodo:"
	faultAction    = "http://www.w3.org/2005/08/addressing/soap/fault"
)

// signedAs names the answer to an operation.
func signedAs(operation envelope.Name, failed bool) SignedAs {
	as := SignedAs{Space: operation.Space}
	if as.Space == "" {
		as.Space = envelope.HubNS
	}
	name := ""
	if b, ok := envelope.BindingOf(operation); ok {
		name = b.Operation
	} else if operation.Space == envelope.HubNS && (operation.Local == envelope.ReceiptsLocal || operation.Local == envelope.EchoLocal) {
		name = operation.Local
	}
	switch {
	case name == "" && failed:
		as.Action = faultAction
	case name == "": // of SPICOM, which has no WSDL
		as.Action = as.Space + ":" + operation.Local + "Response"
	case failed:
		as.Action = portTypeAction + name + ":Fault:Errori"
	default:
		as.Action = portTypeAction + name + "Response"
	}
	return as
}

// operationIn is the name of the element in a canonical Body, empty if there is none.
func operationIn(body []byte) envelope.Name {
	var r xmltoken.Reader
	r.Reset(body, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return envelope.Name{}
		}
		if kind == xmltoken.Start && r.Depth() == 2 {
			return envelope.Name{Space: string(r.Space()), Local: string(r.Local())}
		}
	}
}

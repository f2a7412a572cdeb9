package piemonte

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// contentType of every answer: the client takes text/xml alone, and reads it
// as ISO-8859-1 unless told otherwise (wire page, section 1.2).
const contentType = "text/xml; charset=utf-8"

// The Java classes that the client can load (wire page, sections 3 and 4).
const (
	classOutcome   = "it.csi.spicom.interf.EsitoInvioComunicazione"
	classRefusal   = "it.csi.spicom.interf.InvioComunicazioneException" // a communication refused
	classUser      = "it.csi.csi.wrapper.UserException"                 // a call that is wrong in itself
	classTemporary = "it.csi.csi.wrapper.SystemException"               // our trouble
)

// The values of motivoErrore that are used (wire page, section 4).
const (
	reasonSerialisation = 2
	reasonValidation    = 8
)

// mostFaults is how many faults a message names; the receipt has them all.
const mostFaults = 10

func answer(service string, value envelope.Property, receipt []byte) hub.Response {
	return hub.Response{
		Status:      http.StatusOK,
		ContentType: contentType,
		Body:        envelope.AppendReturn(make([]byte, 0, len(receipt)+1024), service, value, receipt),
	}
}

// exception writes a problem as an exception of the client. The client shows
// its users the property message alone, so code and text stand there.
func exception(p hub.Problem, receipt []byte) hub.Response {
	faults := append(fault.List{p.Fault}, p.Faults...)
	class := classOf(p)
	text := message(faults)
	properties := []envelope.Property{
		envelope.StringProperty("message", text),
		envelope.StringProperty("nestedExcClassName", "snodo"),
		envelope.StringProperty("nestedExcMsg", codes(faults)),
		envelope.StringProperty("stackTraceMessage", "<<no stack trace available>>"),
	}
	if class == classRefusal {
		reason := reasonValidation
		if e, ok := fault.Lookup(p.Fault.Code); ok && e.Stage == fault.StageConversione && p.Fault.Code < fault.SectionMissing {
			reason = reasonSerialisation
		}
		properties = append(properties, envelope.IntProperty("motivoErrore", reason))
	}
	status := http.StatusInternalServerError // SOAP 1.1, section 6.2
	if p.RetryAfter > 0 {
		status = http.StatusServiceUnavailable
	}
	return hub.Response{
		Status:      status,
		ContentType: contentType,
		Body: envelope.AppendBeanFault(nil, envelope.BeanFault{
			Code:       envelope.FaultCodeOf(p.Fault.Code, p.Sender),
			String:     text,
			Class:      class,
			Properties: properties,
			Faults:     faults,
			Receipt:    receipt,
		}),
	}
}

// problemOf makes a problem of the faults that rejected a communication;
// warnings stay on the receipt. A rejection without a reason is a defect.
func problemOf(faults fault.List) hub.Problem {
	reasons := slices.DeleteFunc(slices.Clone(faults), func(f fault.Fault) bool { return f.Warning })
	if len(reasons) == 0 {
		return hub.Problem{Fault: fault.Fault{Code: fault.InternalTrouble}}
	}
	return hub.Problem{Sender: true, Fault: reasons[0], Faults: reasons[1:]}
}

// classOf chooses the exception: the sender's communication refused, the
// sender's call wrong, or our trouble.
func classOf(p hub.Problem) string {
	if !p.Sender {
		return classTemporary
	}
	if e, ok := fault.Lookup(p.Fault.Code); ok && e.Stage == fault.StageBusta {
		return classUser
	}
	return classRefusal
}

// message names the faults in one line that opens with the first code; the
// remedy of a code stands where it comes first.
func message(faults fault.List) string {
	var b strings.Builder
	for i, f := range faults {
		if i == mostFaults {
			fmt.Fprintf(&b, " (e altri %d)", len(faults)-i)
			break
		}
		if i > 0 {
			b.WriteString(" - ")
		}
		b.WriteString(envelope.Summary(f))
		first := !slices.ContainsFunc(faults[:i], func(before fault.Fault) bool { return before.Code == f.Code })
		if remedy := envelope.Remedy(f); remedy != "" && first {
			b.WriteString(" " + remedy)
		}
		if f.Path != "" {
			fmt.Fprintf(&b, " [%s]", f.Path)
		}
	}
	return b.String()
}

// codes lists the codes of the faults, for programs.
func codes(faults fault.List) string {
	all := make([]string, 0, mostFaults)
	for _, f := range faults[:min(len(faults), mostFaults)] {
		all = append(all, string(f.Code))
	}
	return strings.Join(all, " ")
}

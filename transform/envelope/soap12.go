package envelope

import (
	"bytes"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// SOAP12 is the namespace of SOAP 1.2 messages. Everything else here knows SOAP
// 1.1 alone: a 1.2 message is read as the 1.1 message that differs from it in
// that name, and answers are turned back.
const SOAP12 = "http://www.w3.org/2003/05/soap-envelope"

// FromSOAP12 gives a SOAP 1.2 message as one of SOAP 1.1: the name in the start
// tag of Envelope is the only byte sequence that changes, so that parts which
// declare another one on themselves are no parts of the result. A message that
// is not of SOAP 1.2 gets EnvelopeVersion.
func FromSOAP12(src []byte) ([]byte, *fault.Fault) {
	var r xmltoken.Reader
	r.Reset(src, xmltoken.Limits{})
	kind, f := next(&r, fault.NotAnEnvelope)
	if f != nil {
		return nil, f
	}
	if kind != xmltoken.Start || !is(&r, SOAP12, "Envelope") {
		return nil, at(&r, fault.EnvelopeVersion)
	}
	out, ok := retag(src, r.Offset(), r.End(), SOAP12, SOAP11)
	if !ok {
		return nil, at(&r, fault.EnvelopeVersion) // a name spelt with references
	}
	return out, nil
}

// ToSOAP12 gives an answer of this package as one of SOAP 1.2. It is no
// function for faults, which AppendFault12 writes.
func ToSOAP12(answer []byte) []byte {
	from := bytes.Index(answer, []byte("<soapenv:Envelope"))
	if from < 0 {
		return answer
	}
	end := from + bytes.IndexByte(answer[from:], '>')
	out, _ := retag(answer, from, end, SOAP11, SOAP12)
	return out
}

// retag changes the namespace name was into becomes between two offsets; ok is
// false if it is not there.
func retag(src []byte, from, end int, was, becomes string) (out []byte, ok bool) {
	tag := src[from:end]
	for _, quote := range []string{`"`, `'`} {
		tag = bytes.ReplaceAll(tag, []byte(quote+was+quote), []byte(quote+becomes+quote))
	}
	if bytes.Equal(tag, src[from:end]) {
		return src, false
	}
	return bytes.Join([][]byte{src[:from], tag, src[end:]}, nil), true
}

// Wrap gives the SOAP 1.1 message whose Body is the given element, of either
// SOAP and in canonical form: what a signature over the Body alone lets through.
func Wrap(body []byte) []byte {
	out := body
	if end := bytes.IndexByte(body, '>'); end > 0 {
		out, _ = retag(body, 0, end, SOAP12, SOAP11)
	}
	w := make([]byte, 0, len(out)+128)
	w = append(w, `<soapenv:Envelope xmlns:soapenv="`+SOAP11+`">`...)
	w = append(w, out...)
	return append(w, `</soapenv:Envelope>`...)
}

// AppendFault12 is AppendFault for SOAP 1.2 (part 1, section 5.4): the same
// faults in the same detail, its names for the same codes.
func AppendFault12(dst []byte, code FaultCode, faults fault.List) []byte {
	value := string(code)
	switch code {
	case Client:
		value = "Sender"
	case Server:
		value = "Receiver"
	}
	from := len(dst)
	w := open(dst, nil)
	w.Start("soapenv:Fault")
	w.Start("soapenv:Code")
	w.Element("soapenv:Value", "soapenv:"+value)
	w.End("soapenv:Code")
	w.Start("soapenv:Reason")
	w.Element("soapenv:Text", Summary(faults[0]), "xml:lang", "it")
	w.End("soapenv:Reason")
	w.Start("soapenv:Detail")
	writeErrors(w, faults)
	w.End("soapenv:Detail")
	w.End("soapenv:Fault")
	all := w.close()
	return append(all[:from], ToSOAP12(all[from:])...)
}

// WrapAnswer is Wrap for the answer of a hub: beside its Body stays the receipt,
// which has a seal of its own. Other header blocks are dropped.
func WrapAnswer(src, body []byte) []byte {
	plain := Wrap(body)
	receipt := receiptIn(src)
	if receipt == nil {
		return plain
	}
	at := bytes.IndexByte(plain, '>') + 1
	return bytes.Join([][]byte{plain[:at], []byte("<soapenv:Header>"), receipt, []byte("</soapenv:Header>"), plain[at:]}, nil)
}

// receiptIn finds the receipt among the header blocks of a message, byte for
// byte; nil if there is none.
func receiptIn(src []byte) []byte {
	var r xmltoken.Reader
	for r.Reset(src, xmltoken.Limits{}); ; {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return nil
		}
		if kind != xmltoken.Start || r.Depth() != 3 || !is(&r, HubNS, "Ricevuta") {
			continue
		}
		from := r.Offset()
		if r.Skip() != nil {
			return nil
		}
		return src[from:r.End()]
	}
}

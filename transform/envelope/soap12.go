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
// is not of SOAP 1.2, down to its Header and Body, gets EnvelopeVersion.
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
	// Parts that were of SOAP 1.1 would become parts of the result. What is wrong
	// with the XML is Open's to tell.
	for {
		kind, err := r.Next()
		switch {
		case err != nil || kind == xmltoken.EOF:
			return out, nil
		case kind != xmltoken.Start || r.Depth() != 2:
		case string(r.Space()) == SOAP11:
			return nil, at(&r, fault.EnvelopeVersion)
		case is(&r, SOAP12, "Body"):
			return out, nil
		}
	}
}

// ToSOAP12 gives an answer in SOAP 1.1 as one of SOAP 1.2: by the name in the
// start tag of Envelope, and a fault in that version's shape (part 1, section
// 5.4) with the same code, text and detail.
func ToSOAP12(answer []byte) []byte {
	if e, f := Open(answer); f == nil && e.Operation == (Name{SOAP11, "Fault"}) {
		answer = e.faultIn12()
	}
	var r xmltoken.Reader
	r.Reset(answer, xmltoken.Limits{})
	if kind, f := next(&r, fault.NotAnEnvelope); f != nil || kind != xmltoken.Start {
		return answer
	}
	out, _ := retag(answer, r.Offset(), r.End(), SOAP11, SOAP12)
	return out
}

// faultIn12 gives the message with the children of its Fault as SOAP 1.2 names
// them, under the prefix of Fault itself. Attributes of Fault and of its detail
// stay: what is inside may use what they declare.
func (e *Envelope) faultIn12() []byte {
	r := e.Body()
	prefix := string(r.Prefix())
	if prefix != "" {
		prefix += ":"
	}
	tag := e.Source[r.Offset():r.End()]
	var code, text string
	var detail []byte
	f := each(r, func(name string) *fault.Fault {
		switch name {
		case "faultcode":
			return unprefixed(r, &code)
		case "faultstring":
			return into(r, &text)
		case "detail":
			from := r.Offset() + len("<detail")
			f := skip(r)
			if f == nil {
				detail = bytes.TrimSuffix(e.Source[from:r.End()], []byte("</detail>"))
			}
			return f
		}
		return skip(r)
	})
	if f != nil || len(detail) > 0 && detail[len(detail)-1] == '/' {
		return e.Source
	}
	w := NewWriter(append([]byte(nil), e.Source[:e.Offset]...))
	w.Raw(tag)
	w.Start(prefix + "Code")
	w.Element(prefix+"Value", prefix+string(code12(FaultCode(code))))
	w.End(prefix + "Code")
	w.Start(prefix + "Reason")
	w.Element(prefix+"Text", text, "xml:lang", "it")
	w.End(prefix + "Reason")
	if detail != nil {
		w.Raw([]byte("<" + prefix + "Detail"))
		w.Raw(detail)
		w.End(prefix + "Detail")
	}
	w.End(prefix + "Fault")
	w.Raw(e.Source[e.End:])
	return w.Bytes()
}

// code12 is the name that SOAP 1.2 has for a fault code.
func code12(c FaultCode) FaultCode {
	switch c {
	case Client:
		return "Sender"
	case Server:
		return "Receiver"
	}
	return c
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

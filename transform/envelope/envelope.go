package envelope

import (
	"bytes"
	"errors"
	"slices"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The namespaces of messages.
const (
	SOAP11     = "http://schemas.xmlsoap.org/soap/envelope/"
	NationalNS = "http://servizi.lavoro.gov.it/comobbl/types"
	HubNS      = "urn:snodo:hub:v1"
	SecurityNS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
)

// maxBlocks is how many header blocks a message may have: all of WS-Addressing,
// WS-Security, e-Gov and a gateway's own are not twenty. Each is kept by name.
const maxBlocks = 64

// Name is an expanded XML name.
type Name struct{ Space, Local string }

// Envelope is a SOAP 1.1 message whose form was checked from end to end:
// well-formed, one Body with one element, nothing mandatory left unknown. It
// keeps the source. Not safe for concurrent use.
type Envelope struct {
	Operation Name    // the one element of Body
	Source    []byte  // the whole message
	Offset    int     // the element's markup is Source[Offset:End]
	End       int     // see Offset
	Blocks    []Block // the elements of Header

	r          xmltoken.Reader
	understood []Name
}

// Block is one element of a message: its name and its markup, a slice of the
// source, which may use namespaces declared outside it.
type Block struct {
	Name   Name
	Markup []byte
}

// Open reads a SOAP 1.1 message: UTF-8 without BOM. It is stricter than SOAP
// 1.1 where the Basic Profile is: nothing follows Body, which holds exactly one
// element. A header block with mustUnderstand is refused whatever its actor,
// since this hub is the last receiver, unless the caller understands blocks of
// its name; other blocks are passed over, but two of WS-Security are refused: one
// reader could check the first and another trust the second. The Fault names the
// line of the message.
func Open(src []byte, understood ...Name) (*Envelope, *fault.Fault) {
	e := &Envelope{Source: src, understood: understood}
	e.r.Reset(src, xmltoken.Limits{})
	if f := e.read(); f != nil {
		return nil, f
	}
	return e, nil
}

// Body returns the envelope's reader with its cursor on the Start of Body's
// one element, all namespaces in scope. Each call begins again: there is one
// cursor to an Envelope.
func (e *Envelope) Body() *xmltoken.Reader {
	e.r.Reset(e.Source, xmltoken.Limits{})
	for {
		// Open has read this source without error, so this cannot fail.
		kind, err := e.r.Next()
		if err != nil || kind == xmltoken.EOF || kind == xmltoken.Start && e.r.Offset() == e.Offset {
			return &e.r
		}
	}
}

func (e *Envelope) read() *fault.Fault {
	r := &e.r
	if _, f := next(r, fault.NotAnEnvelope); f != nil {
		return f
	}
	if string(r.Local()) != "Envelope" {
		return at(r, fault.NotAnEnvelope)
	}
	if string(r.Space()) != SOAP11 {
		return at(r, fault.EnvelopeVersion)
	}
	kind, f := next(r, fault.NotAnEnvelope)
	if f != nil {
		return f
	}
	if kind == xmltoken.Start && is(r, SOAP11, "Header") {
		if f = e.header(); f != nil {
			return f
		}
		if kind, f = next(r, fault.NotAnEnvelope); f != nil {
			return f
		}
	}
	if kind != xmltoken.Start || !is(r, SOAP11, "Body") {
		return at(r, fault.NotAnEnvelope)
	}
	if f = e.body(); f != nil {
		return f
	}
	if kind, f = next(r, fault.NotAnEnvelope); f != nil {
		return f
	}
	if kind != xmltoken.End {
		return at(r, fault.NotAnEnvelope)
	}
	_, f = next(r, fault.NotAnEnvelope) // the end, or what must not follow it
	return f
}

// header reads the blocks of the Header whose Start is current.
func (e *Envelope) header() *fault.Fault {
	r := &e.r
	for {
		kind, f := next(r, fault.NotAnEnvelope)
		if f != nil || kind == xmltoken.End {
			return f
		}
		if len(e.Blocks) == maxBlocks {
			return at(r, fault.EnvelopeLimits)
		}
		if mandatory(r) && !e.understands(r) {
			return at(r, fault.MustUnderstand)
		}
		b, f := e.block()
		if f != nil {
			return f
		}
		if b.Name == SecurityHeader() && e.Has(b.Name) {
			return at(r, fault.SecurityTwice)
		}
		e.Blocks = append(e.Blocks, b)
	}
}

// mandatory reports mustUnderstand on the block whose Start is current, in either
// SOAP: a block of a SOAP 1.2 message may declare that name on itself, and stays as
// it is when the message is turned.
func mandatory(r *xmltoken.Reader) bool {
	for _, a := range r.Attrs() {
		soap := string(a.Space) == SOAP11 || string(a.Space) == SOAP12
		if soap && string(a.Local) == "mustUnderstand" && string(a.Value) != "0" && string(a.Value) != "false" {
			return true
		}
	}
	return false
}

// understands tells whether the caller knows the block whose Start is current.
func (e *Envelope) understands(r *xmltoken.Reader) bool {
	return slices.ContainsFunc(e.understood, func(n Name) bool { return is(r, n.Space, n.Local) })
}

// Has tells whether Header holds a block of this name.
func (e *Envelope) Has(name Name) bool {
	return slices.ContainsFunc(e.Blocks, func(b Block) bool { return b.Name == name })
}

// body reads the Body whose Start is current and remembers its one element.
func (e *Envelope) body() *fault.Fault {
	r := &e.r
	kind, f := next(r, fault.BodyNotSingle)
	if f != nil {
		return f
	}
	if kind == xmltoken.End {
		return at(r, fault.BodyNotSingle)
	}
	e.Offset = r.Offset()
	operation, f := e.block()
	if f != nil {
		return f
	}
	e.Operation, e.End = operation.Name, r.End()
	if kind, f = next(r, fault.BodyNotSingle); f != nil {
		return f
	}
	if kind != xmltoken.End {
		return at(r, fault.BodyNotSingle)
	}
	return nil
}

// next moves to the next Start, End or EOF, over comments and blanks. Other
// text gets the fault stray.
func next(r *xmltoken.Reader, stray fault.Code) (xmltoken.Kind, *fault.Fault) {
	for {
		kind, err := r.Next()
		if err != nil {
			return kind, syntax(err)
		}
		switch kind {
		case xmltoken.Start, xmltoken.End, xmltoken.EOF:
			return kind, nil
		case xmltoken.Inst:
			return kind, at(r, fault.EnvelopeInst)
		case xmltoken.CData:
			return kind, at(r, stray)
		case xmltoken.Text:
			if len(trim(r.Raw())) > 0 {
				return kind, at(r, stray)
			}
		}
	}
}

// block reads the element whose Start is current.
func (e *Envelope) block() (Block, *fault.Fault) {
	r := &e.r
	b := Block{Name: Name{string(r.Space()), string(r.Local())}}
	from := r.Offset()
	if f := skip(r); f != nil {
		return Block{}, f
	}
	b.Markup = e.Source[from:r.End()]
	return b, nil
}

// skip passes over the element whose Start is current, to its End. Processing
// instructions are refused in every part of a message (SOAP 1.1, section 3).
func skip(r *xmltoken.Reader) *fault.Fault {
	depth := r.Depth()
	for {
		kind, err := r.Next()
		switch {
		case err != nil:
			return syntax(err)
		case kind == xmltoken.Inst:
			return at(r, fault.EnvelopeInst)
		case kind == xmltoken.End && r.Depth() == depth:
			return nil
		}
	}
}

// text reads the simple content of the element whose Start is current, to its
// End; an element inside it gets the fault nested. The slice is the reader's.
func text(r *xmltoken.Reader, nested fault.Code) ([]byte, *fault.Fault) {
	value, err := r.Text()
	if err == nil {
		return value, nil
	}
	f := syntax(err)
	var s *xmltoken.SyntaxError
	if errors.As(err, &s) && s.Reason == xmltoken.Structure {
		f.Code = nested
	}
	return nil, f
}

// last demands that the parent's End comes next.
func last(r *xmltoken.Reader) *fault.Fault {
	kind, f := next(r, fault.RequestShape)
	if f == nil && kind != xmltoken.End {
		return at(r, fault.RequestShape)
	}
	return f
}

// is reports the expanded name of the current Start or End.
func is(r *xmltoken.Reader, space, local string) bool {
	return string(r.Space()) == space && string(r.Local()) == local
}

// at makes a fault of the line of the current token.
func at(r *xmltoken.Reader, c fault.Code) *fault.Fault {
	return &fault.Fault{Code: c, Line: r.Line()}
}

// syntax makes a fault of a reader's error.
func syntax(err error) *fault.Fault {
	f := &fault.Fault{Code: fault.MalformedEnvelope}
	var s *xmltoken.SyntaxError
	if !errors.As(err, &s) {
		return f
	}
	f.Line = s.Line
	switch s.Reason {
	case xmltoken.DTD:
		f.Code = fault.EnvelopeDTD
	case xmltoken.Limit:
		f.Code = fault.EnvelopeLimits
	case xmltoken.Encoding:
		f.Code = fault.EnvelopeCharset
	}
	return f
}

// trim drops outer XML blanks, and no other kind of space.
func trim(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

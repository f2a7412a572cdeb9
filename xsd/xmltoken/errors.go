package xmltoken

import (
	"bytes"
	"fmt"
)

// Reason says which rule a document broke, coarsely enough to choose a fault.
type Reason uint8

// The reasons of a SyntaxError.
const (
	Malformed Reason = iota + 1 // not well-formed XML 1.0
	DTD                         // a document type declaration, or a reference to an entity only it could define
	Limit                       // deeper, wider or longer than Limits allows
	Encoding                    // not UTF-8, a byte order mark, or an XML declaration naming another encoding
	Namespace                   // undeclared prefix, or a forbidden use of xml, xmlns or an empty URI
	Duplicate                   // two attributes of one element with one expanded name
	Structure                   // well-formed, but Text met a child element
)

// SyntaxError is the only type of error of a Reader. It quotes nothing of the
// document.
type SyntaxError struct {
	Offset int // byte offset in the source
	Line   int // 1-based
	Reason Reason
	Msg    string // English, constant
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("read XML: line %d: %s", e.Line, e.Msg)
}

// fail records the error for ever: a Reader that failed never yields another token.
func (r *Reader) fail(at int, reason Reason, msg string) error {
	at = min(at, len(r.src))
	r.err = &SyntaxError{
		Offset: at,
		Line:   1 + bytes.Count(r.src[:at], []byte("\n")),
		Reason: reason,
		Msg:    msg,
	}
	return r.err
}

package xmlsig

import (
	"crypto/rand"
	"fmt"
)

// NewMessageID makes the name of a message (wsa:MessageID), which nobody gave
// another before: a random UUID (RFC 9562, version 4) as an IRI.
func NewMessageID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

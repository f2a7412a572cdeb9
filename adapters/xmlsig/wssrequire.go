package xmlsig

// MessageRequirements are what a name asks of its messages beyond the grammar
// and a chain to its anchors. The zero value asks for all parts (ID_AUTH_SOAP_02
// and INTEGRITY_SOAP_01) and for nothing else.
type MessageRequirements struct {
	Requirements
	// AnyID admits a message whose MessageID is missing or not signed: pattern
	// ID_AUTH_SOAP_01 has Timestamp and To signed, no more.
	AnyID bool
	// AnyBody admits a Body that is not signed: without INTEGRITY_SOAP_01. The
	// Message says whether it is.
	AnyBody bool
}

// Requiring returns a MessageVerifier with the same trust that asks of the names
// given what is given, and of all others what the receiver asks of names unknown
// to it.
func (v *MessageVerifier) Requiring(named map[string]MessageRequirements) *MessageVerifier {
	other := NewMessageVerifier(v.trust)
	other.required = named
	return other
}

// parts are those that must be signed (AgID, ID_AUTH_SOAP_01, ID_AUTH_SOAP_02,
// INTEGRITY_SOAP_01).
func (r MessageRequirements) parts() []part {
	must := make([]part, 0, 4)
	must = append(must, partTimestamp, partTo)
	if !r.AnyID {
		must = append(must, partMessageID)
	}
	if !r.AnyBody {
		must = append(must, partBody)
	}
	return must
}

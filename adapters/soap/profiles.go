package soap

import (
	"slices"
)

// Profile is one of AgID's patterns of security and interaction (Linee guida
// sull'interoperabilità tecnica, Pattern di sicurezza and Profili di
// interoperabilità) that an endpoint may require.
type Profile string

// The profiles. INTEGRITY_SOAP_02 is none: the guide lines have it for REST only.
const (
	AuthChannel01   Profile = "ID_AUTH_CHANNEL_01"         // TLS, the server's certificate alone
	AuthChannel02   Profile = "ID_AUTH_CHANNEL_02"         // TLS with client certificates
	AuthSOAP01      Profile = "ID_AUTH_SOAP_01"            // Timestamp and wsa:To signed
	AuthSOAP02      Profile = "ID_AUTH_SOAP_02"            // and wsa:MessageID, which comes once
	IntegritySOAP01 Profile = "INTEGRITY_SOAP_01"          // and Body
	NonRepudiation  Profile = "PROFILE_NON_REPUDIATION_01" // and answers signed, with the request's digests
)

// KnownProfiles lists them, in the order in which documents name them.
func KnownProfiles() []Profile {
	return []Profile{AuthChannel01, AuthChannel02, AuthSOAP01, AuthSOAP02, IntegritySOAP01, NonRepudiation}
}

// MessageProfiles are required of signed messages where nothing else is said.
func MessageProfiles() []Profile { return []Profile{AuthSOAP02, IntegritySOAP01, NonRepudiation} }

// CheckProfiles tells what makes no sense in a list of profiles, each in words
// for who wrote it; nothing if it does make sense.
func CheckProfiles(list []Profile) (wrong []string) {
	has := func(p Profile) bool { return slices.Contains(list, p) }
	needs := func(p Profile, all ...Profile) {
		for _, other := range all {
			if has(p) && !has(other) {
				wrong = append(wrong, string(p)+" needs "+string(other))
			}
		}
	}
	if has(AuthChannel01) && has(AuthChannel02) {
		wrong = append(wrong, "ID_AUTH_CHANNEL_02 holds ID_AUTH_CHANNEL_01: name one of them")
	}
	if has(AuthSOAP01) && has(AuthSOAP02) {
		wrong = append(wrong, "ID_AUTH_SOAP_02 holds ID_AUTH_SOAP_01: name one of them")
	}
	if has(IntegritySOAP01) && !has(AuthSOAP01) && !has(AuthSOAP02) {
		wrong = append(wrong, "INTEGRITY_SOAP_01 needs ID_AUTH_SOAP_01 or ID_AUTH_SOAP_02")
	}
	needs(NonRepudiation, AuthSOAP02, IntegritySOAP01)
	return wrong
}

// Signed reports whether a list asks for signed messages.
func Signed(list []Profile) bool {
	return slices.Contains(list, AuthSOAP01) || slices.Contains(list, AuthSOAP02)
}

// demands says what a list of profiles asks of callers, a sentence each, for the
// documentation of a WSDL.
func demands(list []Profile, address string) (said []string) {
	for _, p := range list {
		switch p {
		case AuthChannel01:
			said = append(said, "La connessione è TLS 1.2 o successivo.")
		case AuthChannel02:
			said = append(said, "La connessione è TLS 1.2 o successivo, con un certificato del client che la regione riconosce.")
		case AuthSOAP01:
			said = append(said, "Ogni richiesta è firmata con WS-Security: Timestamp (Created ed Expires) e wsa:To, che vale "+address+".")
		case AuthSOAP02:
			said = append(said, "Ogni richiesta è firmata con WS-Security: Timestamp (Created ed Expires), wsa:MessageID unico e wsa:To, che vale "+address+".")
		case IntegritySOAP01:
			said = append(said, "La firma copre anche il Body.")
		case NonRepudiation:
			said = append(said, "Le risposte sono firmate e ripetono le impronte della richiesta (X-RequestDigest).")
		}
	}
	return said
}

// Package revocation knows which certificates were withdrawn: from lists (CRL,
// RFC 5280 section 5) that it keeps fresh in the background, and from answers
// of responders (OCSP, RFC 6960) that it asks for and remembers.
//
// It owns the contact with whoever publishes them, its bounds, and what makes a
// list or an answer good. It must not decide what becomes of a document: it
// answers package xmlsig from memory, and the policy decides.
package revocation

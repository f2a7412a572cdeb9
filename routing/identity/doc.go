// Package identity decides whether an assertion holds here and now, and which
// person it names.
//
// It owns what is asked of a verified SAML assertion: audience, confirmation of
// the subject, instants, the means of authentication with its level, and the
// codice fiscale of the person. Signature and issuer were judged before; which
// means a region takes, and whether it must have an assertion at all, is the
// region's dialect's.
//
// It must not read XML, know certificates but by their hash, or remember anything.
package identity

import (
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// The longest that a person may have authenticated before a message.
const (
	// DefaultAge is a working day: the assertion's own end is usually nearer.
	DefaultAge = 8 * time.Hour
	// MaxAge is the most that a configuration may say.
	MaxAge = 24 * time.Hour
)

// Place is what an assertion must be made for.
type Place struct {
	Audience   []string // the names of this hub with identity providers
	Recipients []string // the addresses of the endpoint
	Age        time.Duration
	Tolerance  time.Duration // for clocks that disagree
}

// Presentation is how an assertion came.
type Presentation struct {
	At      time.Time   // of the message's last byte
	Message ledger.Hash // SHA-256 of the certificate that signed the message; zero if none did
	Channel ledger.Hash // SHA-256 of the certificate that made the connection; zero if none did
	Vouched bool        // the signature of the message covers the assertion
}

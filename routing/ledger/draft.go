package ledger

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing"
)

// Normalize makes a draft ready for its group: instants to UTC microseconds,
// documents to their keys. It reports ErrInvalid if the draft lacks what its
// type needs. A draft that passed is not changed any more.
func (d *Draft) Normalize() error {
	e := &d.Entry
	e.Received, e.Instant = micro(e.Received), micro(e.Instant)
	e.Recorded, e.Position, e.Hash = time.Time{}, 0, Hash{}
	e.Faults, e.Payload = nilIfEmpty(e.Faults), nilIfEmpty(e.Payload)
	if d.Province == "" {
		d.Province = "000"
	}
	if d.Document != nil {
		e.Document = sha256.Sum256(d.Document)
	}
	if d.Evidence != nil {
		e.Evidence = sha256.Sum256(d.Evidence)
	}
	if what := d.lacks(); what != "" {
		return fmt.Errorf("%w: %s of type %s: %s", ErrInvalid, e.Status, e.Type, what)
	}
	return nil
}

// lacks says what is missing or in excess; empty if nothing is.
func (d *Draft) lacks() string {
	e := &d.Entry
	if e.Received.IsZero() {
		return "no instant of receipt"
	}
	if e.Codice != "" && e.Type == Submission {
		return "a code of its own"
	}
	if len(d.Deliveries) > 0 && e.Status != Accepted {
		return "deliveries of something not accepted"
	}
	switch e.Type {
	case Submission:
		return d.submissionLacks()
	case Outcome:
		if e.Status != Registered && e.Status != RejectedByStore {
			return "unknown status"
		}
		if e.Subject.IsZero() || e.Instant.IsZero() {
			return "no subject or no instant"
		}
		return ""
	case DeadLetter:
		if e.Subject.IsZero() || e.Codice == "" || len(e.Payload) == 0 {
			return "no subject, no codice or no payload"
		}
		return ""
	case Statement, Anomaly, Erasure, Act:
		if len(e.Payload) == 0 {
			return "no payload"
		}
		return ""
	}
	return "unknown type"
}

func (d *Draft) submissionLacks() string {
	e := &d.Entry
	switch e.Status {
	case Refused:
		if e.Digest.IsZero() {
			return "no digest"
		}
		return ""
	case Rejected:
		if e.Digest.IsZero() || e.Sender == "" || len(e.Faults) == 0 {
			return "no digest, sender or faults"
		}
		return ""
	case Accepted:
	default:
		return "unknown status"
	}
	if _, ok := routing.RegionBySlug(e.Region); !ok {
		return "unknown region"
	}
	if e.Digest.IsZero() || e.Sender == "" || e.Kind == "" || d.Document == nil {
		return "no digest, sender, kind or document"
	}
	if len(d.Deliveries) == 0 {
		return "no deliveries"
	}
	if len(d.Province) != 3 || !digits(d.Province) {
		return "malformed province"
	}
	if strings.TrimSpace(e.Previous) != e.Previous {
		return "blanks around the previous code"
	}
	return ""
}

// HasReceipt reports whether entries like e carry a sealed receipt: accepted
// and rejected submissions, and outcomes.
func (e *Entry) HasReceipt() bool {
	switch e.Type {
	case Submission:
		return e.Status == Accepted || e.Status == Rejected
	case Outcome:
		return true
	}
	return false
}

// nilIfEmpty: absent and empty bytes hash differently, and not every database
// tells them apart.
func nilIfEmpty(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// micro keeps microseconds, the resolution of the ledger, in UTC.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// Package ledger is the append-only journal of the hub and its outbox, as
// contracts and arithmetic.
//
// It owns what an entry is, how entries are chained by hash, how a group of
// drafts becomes entries (duplicates, chains, codes), and how a whole ledger
// is audited. It must not do I/O: stores implement its interfaces, callers
// hand it instants. Nothing here knows XML, SQL or Kafka.
package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Hash is a SHA-256. The zero Hash means absent.
type Hash [sha256.Size]byte

// IsZero reports whether h is absent.
func (h Hash) IsZero() bool { return h == Hash{} }

// String is lower-case hexadecimal, empty when absent.
func (h Hash) String() string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:])
}

// ParseHash reads 64 hexadecimal digits; the empty string is the absent Hash.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if s == "" {
		return h, nil
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return Hash{}, fmt.Errorf("parse hash: want %d hexadecimal digits", 2*len(h))
	}
	return Hash(b), nil
}

// Type says what an entry records.
type Type string

// The types of entry. None is ever updated.
const (
	Submission Type = "submission" // accepted, rejected or refused
	Outcome    Type = "outcome"    // what the national store did with a submission
	Statement  Type = "statement"  // control totals and lists received from the store
	Anomaly    Type = "anomaly"    // something that must not happen, for the operator
	DeadLetter Type = "deadletter" // a message that cannot be delivered, with cause
	Erasure    Type = "erasure"    // documents erased by rule: range and count
	Act        Type = "act"        // an operator's act: counters lifted after a restore
)

// Status is the result an entry records.
type Status string

// Accepted, Rejected and Refused are of submissions, Registered and
// RejectedByStore of outcomes; other types have none, but for a statement with a
// MessageNote, which may be Rejected.
const (
	Accepted        Status = "accepted"
	Rejected        Status = "rejected"   // authentic, but faulty: a sealed receipt of rejection
	Refused         Status = "refused"    // no valid signature: a SOAP fault and no receipt
	Registered      Status = "registrata" // wire words of esiti.v1
	RejectedByStore Status = "rifiutata"
)

// Origin says what vouches for a submission.
type Origin string

// Signed documents carry their sender's signature; channel documents came
// unsigned over an authenticated channel and carry the hub's conversion seal.
const (
	Signed  Origin = "signed"
	Channel Origin = "channel"
)

// Entry is one line of the ledger. Zero values mean absent. Instants have
// microsecond resolution and are UTC.
type Entry struct {
	Position int64 // 1, 2, 3, ... without gaps
	Type     Type
	Status   Status
	Received time.Time // instant of the submission's last byte; legal terms count from it
	Recorded time.Time // taken under the lock, strictly increasing

	Region        string // slug of the receiving region
	Origin        Origin
	Sender        string // who submitted; opaque, compared for equality
	Kind          string // UNILAV, ...
	Edition       string // CO190701R1, ...
	Digest        Hash   // SHA-256 of the verified content; of the received bytes when refused
	RequestDigest Hash   // what the sender calls it: see DESIGN.md, 2026-11-26
	Document      Hash   // key of the stored document
	Evidence      Hash   // key of the stored envelope or regional document

	Codice   string // codice comunicazione, accepted submissions and their outcomes
	Previous string // previous code as the sender gave it, or kept as reference
	Root     string // root of the chain: Kafka key and unit of order
	Prev     Hash   // entry hash of the predecessor in the chain, if ours
	Employer string // codice fiscale, as the chain knows it
	Worker   string // codice fiscale, as the chain knows it
	Start    string // start of the employment, YYYY-MM-DD

	Faults []byte // JSON of fault.List
	Basis  string // what the decision read: editions, tables, rules
	Seal   Hash   // SHA-256 of the certificate that seals this entry's receipt

	Subject      Hash      // the entry this one speaks of
	Registration int64     // gapless number given by the national store
	Instant      time.Time // when the national store decided
	Receipt      Hash      // SHA-256 of the receipt of acceptance, on outcomes
	Payload      []byte    // JSON of statements, anomalies, dead letters, erasures; of submissions, an OperatorNote

	Hash Hash // see Chain
}

// genesis opens every entry's hash, so that a hash of ours can never be
// mistaken for one of another protocol or edition.
const genesis = "snodo/entry/v1"

// Field is one hashed fact of an entry: the name of its column and its bytes,
// nil when absent.
type Field struct {
	Name  string
	Bytes []byte
}

// Fields lists the facts of an entry in the order in which they are hashed.
// The order is part of the format: append only, under a new genesis.
func (e *Entry) Fields() []Field {
	return []Field{
		{"position", number(e.Position)},
		{"type", text(string(e.Type))},
		{"status", text(string(e.Status))},
		{"received", instant(e.Received)},
		{"recorded", instant(e.Recorded)},
		{"region", text(e.Region)},
		{"origin", text(string(e.Origin))},
		{"sender", text(e.Sender)},
		{"kind", text(e.Kind)},
		{"edition", text(e.Edition)},
		{"digest", hash(e.Digest)},
		{"request_digest", hash(e.RequestDigest)},
		{"document", hash(e.Document)},
		{"evidence", hash(e.Evidence)},
		{"codice", text(e.Codice)},
		{"previous", text(e.Previous)},
		{"root", text(e.Root)},
		{"prev", hash(e.Prev)},
		{"employer", text(e.Employer)},
		{"worker", text(e.Worker)},
		{"start_day", text(e.Start)},
		{"faults", e.Faults},
		{"basis", text(e.Basis)},
		{"seal", hash(e.Seal)},
		{"subject", hash(e.Subject)},
		{"registration", number(e.Registration)},
		{"instant", instant(e.Instant)},
		{"receipt", hash(e.Receipt)},
		{"payload", e.Payload},
	}
}

// Chain computes the hash of an entry that follows the entry with hash prev
// (the zero Hash before the first): SHA-256 over the genesis string, each
// field behind its 8-byte big-endian length (eight ff bytes when absent), and
// prev.
func (e *Entry) Chain(prev Hash) Hash {
	b := make([]byte, 0, 1024)
	b = append(b, genesis...)
	for _, f := range e.Fields() {
		if f.Bytes == nil {
			b = binary.BigEndian.AppendUint64(b, ^uint64(0))
			continue
		}
		b = binary.BigEndian.AppendUint64(b, uint64(len(f.Bytes)))
		b = append(b, f.Bytes...)
	}
	b = append(b, prev[:]...)
	return sha256.Sum256(b)
}

// ID is the CloudEvents id of the entry's message: the hash in hexadecimal.
func (e *Entry) ID() string { return hex.EncodeToString(e.Hash[:]) }

// Day is the civil day in Rome on which the entry was recorded: reports,
// codes and legal days use it (contracts.md, Entries).
func (e *Entry) Day(rome *time.Location) string {
	return e.Recorded.In(rome).Format(time.DateOnly)
}

// NoPrevious reports whether a previous code counts as not given: absent,
// sixteen zeros, or a region code and fourteen zeros (contracts.md, Chains).
func NoPrevious(codice string) bool {
	return codice == "" || len(codice) == 16 && strings.Trim(codice[2:], "0") == "" && digits(codice)
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func text(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func hash(h Hash) []byte {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

func number(n int64) []byte {
	if n == 0 {
		return nil
	}
	return binary.BigEndian.AppendUint64(nil, uint64(n))
}

func instant(t time.Time) []byte {
	if t.IsZero() {
		return nil
	}
	return binary.BigEndian.AppendUint64(nil, uint64(t.UnixMicro()))
}

// Sum is the key under which bytes are stored: their SHA-256.
func Sum(b []byte) Hash { return sha256.Sum256(b) }

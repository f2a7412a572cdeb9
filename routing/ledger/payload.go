package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
)

// The payloads of the entries that the ledger itself understands. They are
// JSON, hashed as bytes; fields are only ever added.

// DeadLetterNote is the payload of a DeadLetter: which delivery of the entry
// it speaks of is given up, and why. Cause holds no personal data.
type DeadLetterNote struct {
	Topic string `json:"topic"`
	Cause string `json:"cause"`
}

// ErasureNote is the payload of an Erasure: documents that only rejected or
// refused entries of these positions name are gone by rule.
type ErasureNote struct {
	From  int64 `json:"from"`
	To    int64 `json:"to"`
	Count int64 `json:"count"` // documents erased
}

// Reasons of anomalies, stable words.
const (
	// OutcomeUnknown: an outcome for a code we did not give.
	OutcomeUnknown = "esito-senza-comunicazione"
	// OutcomeMismatch: an outcome whose ce_id or digest are not those of its code.
	OutcomeMismatch = "esito-discordante"
	// OutcomeDifferent: a second outcome that differs from the recorded one.
	OutcomeDifferent = "esito-diverso"
)

// AnomalyNote is the payload of an Anomaly about an outcome: the reason and
// the outcome as it was reported.
type AnomalyNote struct {
	Reason       string          `json:"reason"`
	Codice       string          `json:"codice,omitempty"`
	Digest       string          `json:"digest,omitempty"`
	Outcome      Status          `json:"esito,omitempty"`
	Registration int64           `json:"registrazione,omitempty"`
	Instant      string          `json:"instant,omitempty"`
	Faults       json.RawMessage `json:"faults,omitempty"`
}

// LiftNote is the payload of an Act that lifts counters after a restore: the
// numbers up to Last were given by the ledger that was lost.
type LiftNote struct {
	Act      string        `json:"act"` // LiftAct
	Counters []LiftCounter `json:"counters"`
}

// LiftAct is the Act of a LiftNote.
const LiftAct = "contatori"

// LiftCounter is one lifted counter.
type LiftCounter struct {
	Region   string `json:"region"`
	Province string `json:"province"`
	Year     int    `json:"year"`
	Last     int64  `json:"last"`
}

// OperatorNote is the payload of a Submission whose channel, or an assertion,
// showed the person at the sender's system, and by what means.
type OperatorNote struct {
	Operator string `json:"operator"` // codice fiscale
	Means    string `json:"means"`
	Level    int    `json:"level,omitempty"`  // of the means, where it has levels
	Issuer   string `json:"issuer,omitempty"` // of the assertion
}

// MassMessage is the Statement of a MessageNote.
const MassMessage = "messaggio-massivo"

// MessageNote is the payload of a Statement about a signed message that brought
// many communications: the entry keeps the message as its evidence. It is
// Rejected if none of them is accepted, and its evidence is then erased with
// theirs.
type MessageNote struct {
	Statement string  `json:"statement"` // MassMessage
	Sender    string  `json:"sender"`    // who signed, as the certificate names it
	ID        string  `json:"message_id,omitempty"`
	Body      string  `json:"body"`    // SHA-256 of the canonical Body
	Entries   []int64 `json:"entries"` // positions, in the order of the message
}

// ReadMessageNote reads the payload of a Statement about a message.
func ReadMessageNote(payload []byte) (MessageNote, error) {
	var note MessageNote
	if err := json.Unmarshal(payload, &note); err != nil {
		return note, fmt.Errorf("read payload: %w", err)
	}
	if note.Statement != MassMessage {
		return note, errors.New("read payload: of no message")
	}
	return note, nil
}

// Payload encodes a note.
func Payload(note any) ([]byte, error) {
	b, err := json.Marshal(note)
	if err != nil {
		return nil, fmt.Errorf("encode payload: %w", err)
	}
	return b, nil
}

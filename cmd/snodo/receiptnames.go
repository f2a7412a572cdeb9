package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// evidenceOf reads the message that an entry keeps; nil if it keeps none, or no
// longer.
func evidenceOf(ctx context.Context, store *sqlstore.Store, e *ledger.Entry) ([]byte, error) {
	if e.Evidence.IsZero() {
		return nil, nil
	}
	raw, err := store.Document(ctx, e.Position, ledger.TheEvidence)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil // erased
	}
	return raw, err
}

// nameOf is how the message of an entry is called: by its wsa:MessageID, or by the
// Identificatore of its e-Gov header, of which the entry keeps the SHA-256 alone and
// which is therefore known only to who asks for it. "" if by neither.
func nameOf(raw []byte, e *ledger.Entry, asked string) string {
	if e.Type == ledger.Submission && e.RequestDigest == ledger.Sum([]byte(asked)) {
		return asked
	}
	return messageIDOf(raw)
}

// personOf is the person whom a submission records; nil if it records none.
func personOf(e *ledger.Entry) (*ledger.OperatorNote, error) {
	if e.Type != ledger.Submission || len(e.Payload) == 0 {
		return nil, nil
	}
	var note ledger.OperatorNote
	if err := json.Unmarshal(e.Payload, &note); err != nil {
		return nil, fmt.Errorf("read payload of entry %d: %w", e.Position, err)
	}
	return &note, nil
}

// personInWords says who it was, by which means, how strong, and who says so.
func personInWords(p ledger.OperatorNote) string {
	words := p.Operator + ", " + p.Means
	if p.Level > 0 {
		words += fmt.Sprintf(" di livello %d", p.Level)
	}
	if p.Issuer != "" {
		words += ", da " + p.Issuer
	}
	return words
}

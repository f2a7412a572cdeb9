package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// MassMessage is a signed message that brought many communications, and what
// became of them.
type MassMessage struct {
	Region   routing.Region
	Received time.Time
	Signed   SignedMessage
	Evidence []byte // the whole message as received
	Items    []Item
}

// Keep records the evidence of a mass message (PROFILE_NON_REPUDIATION_01: the
// signed message is kept): once, in an entry of its own that names those of its
// communications, for an envelope of megabytes cannot stand beside each. The same
// message that comes again with the same outcomes leaves no second entry.
// Nothing is kept of a message that left no entries.
func (h *Hub) Keep(ctx context.Context, m MassMessage) error {
	note := ledger.MessageNote{
		Statement: ledger.MassMessage, Sender: m.Signed.Sender, ID: m.Signed.ID, Body: m.Signed.Digest.String(),
	}
	status := ledger.Rejected
	for _, item := range m.Items {
		if item.Problem != nil || item.Answer.Entry.Position == 0 {
			continue
		}
		note.Entries = append(note.Entries, item.Answer.Entry.Position)
		if item.Answer.Accepted {
			status = "" // kept for good
		}
	}
	if len(note.Entries) == 0 {
		return nil
	}
	payload, err := ledger.Payload(note)
	if err != nil {
		return err
	}
	_, err = h.Journal.Append(ctx, ledger.Draft{
		Entry: ledger.Entry{
			Type: ledger.Statement, Status: status, Received: m.Received.UTC().Truncate(time.Microsecond), Region: m.Region.Slug,
			Digest: m.Signed.Digest, Payload: payload,
		},
		Evidence: m.Evidence,
	})
	if err != nil {
		return fmt.Errorf("keep message: %w", err)
	}
	return nil
}

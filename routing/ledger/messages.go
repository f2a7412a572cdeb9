package ledger

import (
	"context"
	"time"
)

// MessageTTL is how long a MessageID is remembered: longer than any sender goes
// on sending a message again (domain rules of ModI: 30 days at least).
const MessageTTL = 30 * 24 * time.Hour

// MessageKey names a signed message: MessageIDs are their sender's own, and one
// sender cannot use up another's.
type MessageKey struct {
	Region string // slug of the receiving region
	Sender string // as the message's certificate names it
	ID     string // wsa:MessageID
}

// Messages remembers what each signed message held, beside the entries, which
// know nothing of messages. Safe for concurrent use.
type Messages interface {
	// Recall gives the digest that came first under a key; the second result
	// tells whether any did.
	Recall(ctx context.Context, k MessageKey) (Hash, bool, error)
	// Remember keeps a digest under a key, unless there is one, and returns the
	// one that is kept once it is durable. Of two at the same instant, in any
	// process, both get the digest of one. ErrUnavailable as in Append.
	Remember(ctx context.Context, k MessageKey, digest Hash, at time.Time) (Hash, error)
	// Forget drops what was remembered before an instant, and counts it.
	Forget(ctx context.Context, before time.Time) (int64, error)
}

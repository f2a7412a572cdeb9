package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/snodo-co/snodo/routing"
)

// Errors a store returns beside those of the world under it, which arrive
// wrapped. Every one of them means that nothing was promised.
var (
	// ErrStale: what the decision read has changed; judge the draft again.
	ErrStale = errors.New("ledger: the decision's reading is stale")
	// ErrUnavailable: the store cannot take entries now; try later.
	ErrUnavailable = errors.New("ledger: store unavailable")
	// ErrNotFound: no such entry, document or receipt.
	ErrNotFound = errors.New("ledger: not found")
	// ErrInvalid: the draft lacks what its type needs; a bug of the caller.
	ErrInvalid = errors.New("ledger: invalid draft")
)

// Draft is an entry on its way into the ledger: every fact known before the
// group commit, which adds position, recorded, codice, root, prev, seal and hash.
type Draft struct {
	Entry    Entry
	Document []byte // stored with the entry, which names the SHA-256 of its bytes; nil stores nothing
	Evidence []byte // likewise
	Province string // ISTAT code of the workplace's province for the code, 000 if none
	// Deliveries become outbox rows if the draft is appended as accepted.
	Deliveries []routing.Delivery
	// Reading is what the decision read of the chain; nil if it read nothing.
	Reading *Reading
}

// Reading is the part of the ledger a decision read. The group commit reads it
// again under the lock; a difference makes the draft stale.
type Reading struct {
	Query ChainQuery
	Head  Hash // entry hash of the chain's head; zero if there is no chain
	Known bool // the previous code is ours, with the same employer and worker
}

// ChainQuery names the employment relationship a communication speaks of.
type ChainQuery struct {
	Previous string // previous code; see NoPrevious
	Employer string
	Worker   string
	Start    string // YYYY-MM-DD
}

// Stored is an entry with the receipt that was sealed for it. Receipt is nil
// for entries that have none.
type Stored struct {
	Entry   Entry
	Receipt []byte
}

// Result is what became of a draft.
type Result struct {
	Stored
	// Repeated: the ledger already had it; Stored is the earlier entry and
	// nothing was appended.
	Repeated bool
	// Foreign: the content was already accepted from another sender; nothing
	// was appended and Stored is empty.
	Foreign bool
}

// Journal is what the path of a submission needs of a store. Safe for
// concurrent use.
type Journal interface {
	// Append commits a draft together with concurrent ones and returns when
	// the commit is durable. Errors: ErrStale, ErrUnavailable, ErrInvalid, the
	// context's; each means that nothing was promised. A context that ends
	// once the draft's group is being committed does not cut the wait short.
	Append(ctx context.Context, d Draft) (Result, error)
	// Accepted finds the accepted submission with this sender and request
	// digest, or with this content digest from whatever sender, unless a
	// national rejection freed it for this sender. The second result tells
	// whether there is one; compare its Sender to know whose it is.
	Accepted(ctx context.Context, digest Hash, sender string, request Hash) (Stored, bool, error)
	// Read gives the current reading of a chain.
	Read(ctx context.Context, q ChainQuery) (Reading, error)
}

// Issuer builds and seals the receipts of freshly assigned entries, in order;
// a nil receipt for an entry that has none. Called inside the group commit,
// under the head's lock: it must be quick and do no I/O.
type Issuer interface {
	Issue(ctx context.Context, entries []Entry) ([][]byte, error)
	// Seal is the digest of the certificate that seals now: entries name it.
	Seal() Hash
	// Common are texts that receipts have, in their order: a store may keep
	// each of them once. A receipt need not have them.
	Common() [][]byte
}

// Archive reads what was recorded. Safe for concurrent use.
type Archive interface {
	// Entries calls yield for positions from..to (0 = the last) in order, and
	// stops at its error.
	Entries(ctx context.Context, from, to int64, yield func(Stored) error) error
	// ByCodice gives the accepted submission of a code and the outcomes that
	// speak of it, oldest first; ErrNotFound if there is none.
	ByCodice(ctx context.Context, codice string) ([]Stored, error)
	// ByID gives the rejected submission with this hash; ErrNotFound if there is
	// none. An accepted one is asked by its code.
	ByID(ctx context.Context, id Hash) ([]Stored, error)
	// Document gives bytes that an entry keeps; ErrNotFound if it never had
	// them, or they were erased.
	Document(ctx context.Context, position int64, p Part) ([]byte, error)
}

// Part is one of the two documents that an entry may keep.
type Part int

// The parts. Their numbers are stored.
const (
	TheDocument Part = iota // the signed national document
	TheEvidence             // the envelope it came in
)

// Message is one outbox row with what its topic's message needs.
type Message struct {
	Position int64
	Topic    string
	Shard    int
	Entry    Entry
	Document []byte // the message's value
}

// Shards is the number of relay shards, constant for the life of a ledger
// (contracts.md, Chains and order).
const Shards = 64

// Outbox is what a relay needs of a store. Safe for concurrent use.
type Outbox interface {
	// Lease takes or renews, for holder and until the store's clock plus ttl,
	// its share of the shards, and returns all that holder holds now, ascending.
	// The share is an equal part, rounded up, among the holders that asked and
	// whose own ttl is not over. What is above it is shed: not holder's any more
	// at once, and nobody's until its time is over. Holder is not empty; one that
	// asks again under its name, in another process too, keeps what it has.
	Lease(ctx context.Context, holder string, ttl time.Duration) ([]int, error)
	// Pending gives the oldest undelivered messages of those of the shards that
	// are holder's, shard by shard in the order given and by position, leaving out those behind a
	// dead letter of their root: up to limit messages, and no more after size
	// bytes of documents. A message whose document is not there has none.
	Pending(ctx context.Context, holder string, shards []int, limit, size int) ([]Message, error)
	// Done marks messages as acknowledged by the broker.
	Done(ctx context.Context, topic string, positions []int64) error
	// Release gives all of holder's shards back.
	Release(ctx context.Context, holder string) error
}

// Progress is how far one submission has come: what reconciliation sets side
// by side.
type Progress struct {
	Entry      Entry // the submission
	Receipted  bool  // its receipt of acceptance or rejection is stored
	Deliveries []DeliveryState
	Outcome    *Entry // nil: none yet
	Registered bool   // the receipt of its outcome is stored
	Anomalies  int    // entries of type Anomaly that speak of it
}

// DeliveryState is one outbox row as reconciliation sees it.
type DeliveryState struct {
	Topic string
	Done  time.Time // acknowledged by the broker; zero if not
	Dead  int64     // position of the dead letter that gave it up, 0 if none
}

// ProgressFilter selects submissions. Zero values select all.
type ProgressFilter struct {
	From, To int64 // positions, inclusive; To 0 is the last
	Region   string
	Kind     string
}

// RejectedTTL is how long documents of rejected entries are kept (contracts.md,
// Entries).
const RejectedTTL = 30 * 24 * time.Hour

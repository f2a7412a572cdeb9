package kafka

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// GroupHub is the consumer group of the hub on esiti.v1; on quadratura.v1 it is
// GroupTotals, because kafka-go rebalances a whole group at once.
const (
	GroupHub    = "snodo-hub"
	GroupTotals = "snodo-hub-quadratura"
)

// Outcome is what the national store did with one communication.
type Outcome struct {
	ID           ledger.Hash // ce_id
	Root         string      // the message's key
	Codice       string
	Digest       ledger.Hash
	Status       ledger.Status // Registered or RejectedByStore
	Registration int64         // zero when rejected
	Instant      time.Time     // when the store decided, UTC
	Faults       fault.List    // empty when registered
}

type outcomeJSON struct {
	CeID         string     `json:"ce_id"`
	Codice       string     `json:"codice"`
	Digest       string     `json:"digest"`
	Registration int64      `json:"registrazione"`
	Esito        string     `json:"esito"`
	Instant      stamp      `json:"instant"`
	Faults       fault.List `json:"faults"`
}

// OutcomeSink takes outcomes into the ledger. Called concurrently, but in order
// for one root; an error means: hand it to me again. Both must be idempotent.
type OutcomeSink interface {
	// Outcome returns once the outcome is durable, or known already, or
	// recorded as an anomaly because it does not match.
	Outcome(ctx context.Context, o Outcome) error
	// Anomaly records a message that is no outcome at all.
	Anomaly(ctx context.Context, a Anomaly) error
}

// Outcomes consumes esiti.v1 into sink until ctx ends; it then returns nil.
// Offsets follow the sink's success.
func Outcomes(ctx context.Context, r *Reader, sink OutcomeSink, log *slog.Logger) error {
	return consume(ctx, r, log, func(ctx context.Context, m Message) error {
		o, err := DecodeOutcome(m)
		if err != nil {
			return sink.Anomaly(ctx, anomaly(m, "messaggio di esito non conforme al contratto"))
		}
		return sink.Outcome(ctx, o)
	})
}

var errOutcome = errors.New("decode outcome: not of the contract")

// DecodeOutcome reads a message of esiti.v1 and checks every field's form.
func DecodeOutcome(m Message) (Outcome, error) {
	var j outcomeJSON
	if err := strict(m.Value, &j); err != nil {
		return Outcome{}, errOutcome
	}
	id, err := parseID(j.CeID)
	if err != nil || m.Type() != TypeOutcome || len(m.Key) == 0 {
		return Outcome{}, errOutcome
	}
	digest, err := parseID(j.Digest)
	if err != nil || !codice(j.Codice) || time.Time(j.Instant).IsZero() {
		return Outcome{}, errOutcome
	}
	o := Outcome{
		ID: id, Root: string(m.Key), Codice: j.Codice, Digest: digest,
		Status: ledger.Status(j.Esito), Registration: j.Registration,
		Instant: time.Time(j.Instant).Truncate(time.Microsecond), Faults: j.Faults,
	}
	switch {
	case o.Status == ledger.Registered && o.Registration > 0 && len(o.Faults) == 0:
	case o.Status == ledger.RejectedByStore && o.Registration == 0 && known(o.Faults):
	default:
		return Outcome{}, errOutcome
	}
	return o, nil
}

// known reports whether there are faults and the catalogue has each of them.
func known(faults fault.List) bool {
	for _, f := range faults {
		if _, ok := fault.Lookup(f.Code); !ok {
			return false
		}
	}
	return len(faults) > 0
}

package node

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing/ledger"
)

// Sinks takes what the topics say into the ledger. Every method returns once
// the ledger has it; taking the same twice appends nothing. Both fields must be set.
type Sinks struct {
	Journal ledger.Journal
	Now     func() time.Time
}

// Outcome records what the national store did with a submission.
func (s Sinks) Outcome(ctx context.Context, o kafka.Outcome) error {
	faults, err := o.Faults.Encode()
	if err != nil {
		return err
	}
	return s.append(ctx, ledger.Entry{
		Type: ledger.Outcome, Status: o.Status, Subject: o.ID, Codice: o.Codice, Digest: o.Digest,
		Registration: o.Registration, Instant: o.Instant, Faults: faults,
	})
}

// messageNote is the payload of an anomaly about a message, and of a statement.
type messageNote struct {
	Reason    string          `json:"reason,omitempty"` // Italian
	Topic     string          `json:"topic"`
	Partition int             `json:"partition"`
	Offset    int64           `json:"offset"`
	CeID      string          `json:"ce_id,omitempty"`
	Type      string          `json:"ce_type,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"` // of a statement, as received
}

// Anomaly records a message that must not be where it is.
func (s Sinks) Anomaly(ctx context.Context, a kafka.Anomaly) error {
	payload, err := ledger.Payload(messageNote{
		Reason: a.Cause, Topic: a.Topic, Partition: a.Partition, Offset: a.Offset, CeID: a.CeID,
	})
	if err != nil {
		return err
	}
	// Its place in the topic is what it speaks of: a redelivery is the same.
	return s.append(ctx, ledger.Entry{Type: ledger.Anomaly, Subject: ledger.Sum(payload), Payload: payload})
}

// Statement records a control total or a page of a list as received.
func (s Sinks) Statement(ctx context.Context, st kafka.Statement) error {
	m := st.Message
	payload, err := ledger.Payload(messageNote{
		Topic: m.Topic, Partition: m.Partition, Offset: m.Offset, Type: m.Type(), Value: m.Value,
	})
	if err != nil {
		return err
	}
	e := ledger.Entry{Type: ledger.Statement, Digest: ledger.Sum(payload), Payload: payload}
	switch {
	case st.Total != nil:
		e.Region, e.Kind = st.Total.Region, st.Total.Kind
	case st.Page != nil:
		e.Region, e.Kind = st.Page.Region, st.Page.Kind
	}
	return s.append(ctx, e)
}

// Bury gives up one delivery of an accepted entry.
func (s Sinks) Bury(ctx context.Context, m ledger.Message, cause string) error {
	payload, err := ledger.Payload(ledger.DeadLetterNote{Topic: m.Topic, Cause: cause})
	if err != nil {
		return err
	}
	return s.append(ctx, ledger.Entry{Type: ledger.DeadLetter, Subject: m.Entry.Hash, Codice: m.Entry.Codice, Payload: payload})
}

func (s Sinks) append(ctx context.Context, e ledger.Entry) error {
	e.Received = s.Now()
	if _, err := s.Journal.Append(ctx, ledger.Draft{Entry: e}); err != nil {
		return fmt.Errorf("record %s: %w", e.Type, err)
	}
	return nil
}

package kafka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// Publisher writes the hub's own few messages: sealed heads, dead letters,
// requests. Safe for concurrent use; one call in flight at a time.
type Publisher struct {
	mu      sync.Mutex
	writer  Writer
	writers func() Writer
}

// NewPublisher gives a publisher over fresh writers as NewWriter makes them.
func NewPublisher(writers func() Writer) *Publisher {
	return &Publisher{writer: writers(), writers: writers}
}

// Publish returns once the broker acknowledged m. An error leaves the outcome
// unknown: publish again.
func (p *Publisher) Publish(ctx context.Context, m kafkago.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := p.writer.WriteMessages(call, m)
	if call.Err() != nil {
		_ = p.writer.Close()
		p.writer = p.writers()
	}
	if err != nil {
		return fmt.Errorf("publish on %s: %w", m.Topic, err)
	}
	return nil
}

// Close ends the publisher.
func (p *Publisher) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writer.Close()
}

// headKey keeps all heads in one partition, in order.
const headKey = "testata"

// PublishHead publishes a sealed head on quadratura.v1: its JSON form, the hash
// as ce_id.
func (p *Publisher) PublishHead(ctx context.Context, h ledger.SealedHead) error {
	value, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	return p.Publish(ctx, kafkago.Message{
		Topic: routing.TopicTotals, Key: []byte(headKey), Value: value,
		Headers: event(h.Hash.String(), SourceHub, TypeHead, "", h.Instant, contentJSON),
	})
}

// DecodeHead reads a message of type TypeHead. Its seal is not checked.
func DecodeHead(m Message) (ledger.SealedHead, error) {
	var h ledger.SealedHead
	if err := strict(m.Value, &h); err != nil {
		return ledger.SealedHead{}, fmt.Errorf("decode head: %w", err)
	}
	if h.Position < 1 || h.Hash.IsZero() || h.Instant.IsZero() {
		return ledger.SealedHead{}, errors.New("decode head: position, hash or instant missing")
	}
	return h, nil
}

// DeadLetter is the value of a message on scarti.v1.
type DeadLetter struct {
	CeID    string // ce_id of the message, if it has one
	Codice  string
	Topic   string // where the message was due, or was found
	Cause   string // Italian; quotes nothing of the document
	Instant time.Time
}

type deadJSON struct {
	CeID    string `json:"ce_id"`
	Codice  string `json:"codice"`
	Topic   string `json:"topic"`
	Cause   string `json:"cause"`
	Instant stamp  `json:"instant"`
}

func (d DeadLetter) message(key, source string) kafkago.Message {
	value, err := json.Marshal(deadJSON{d.CeID, d.Codice, d.Topic, d.Cause, stamp(d.Instant)})
	if err != nil {
		value = nil // strings and a time that marshals: cannot happen
	}
	return kafkago.Message{
		Topic: routing.TopicDeadLetters, Key: []byte(key), Value: value,
		Headers: event(d.CeID, source, TypeDead, d.Codice, d.Instant, contentJSON),
	}
}

// DecodeDeadLetter reads a message of scarti.v1.
func DecodeDeadLetter(m Message) (DeadLetter, error) {
	var j deadJSON
	if err := strict(m.Value, &j); err != nil {
		return DeadLetter{}, fmt.Errorf("decode dead letter: %w", err)
	}
	return DeadLetter{j.CeID, j.Codice, j.Topic, j.Cause, time.Time(j.Instant)}, nil
}

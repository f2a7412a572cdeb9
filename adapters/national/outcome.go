package national

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
)

// outcome is what became of a message: the row of its registration or of its
// refusal and, as JSON, the value on esiti.v1.
type outcome struct {
	identity
	Digest       hash
	Root         string
	Registration int64 // 0 when refused
	Instant      int64 // microseconds since 1970, UTC
	Faults       string
}

// row is one message of the outbox.
type row struct {
	ID      int64
	After   int64 // the registration after which it leaves
	Topic   string
	Key     []byte
	Event   string
	Type    string
	Codice  string
	Instant int64
	Value   []byte
}

// value is the outcome's JSON, a function of the outcome alone. Its parts need
// no escaping: digits, and faults that are JSON already. Written by hand, as
// there is one for every message; encoding/json is its oracle in the tests.
func (o *outcome) value() []byte {
	esito, faults := registered, "[]"
	if o.Registration == 0 {
		esito, faults = refused, o.Faults
	}
	b := make([]byte, 0, 280+len(faults))
	b = append(b, `{"ce_id":"`...)
	b = hex.AppendEncode(b, o.ID[:])
	b = append(b, `","codice":"`...)
	b = append(b, o.Codice...)
	b = append(b, `","digest":"`...)
	b = hex.AppendEncode(b, o.Digest[:])
	b = append(b, `","registrazione":`...)
	b = strconv.AppendInt(b, o.Registration, 10)
	b = append(b, `,"esito":"`...)
	b = append(b, esito...)
	b = append(b, `","instant":"`...)
	b = appendStamp(b, o.Instant)
	b = append(b, `","faults":`...)
	b = append(b, faults...)
	return append(b, '}')
}

// message is the outcome's outbox row, so that publishing it again gives the
// same bytes.
func (o *outcome) message() row {
	return row{
		Topic: routing.TopicOutcomes, Key: []byte(o.Root), Event: o.ID.String(), Type: typeOutcome,
		Codice: o.Codice, Instant: o.Instant, Value: o.value(),
	}
}

// deadLetter is the outbox row of a message that cannot be settled as it is.
// event names the message itself.
func deadLetter(event string, key []byte, ceID, codice, topic, cause string, now time.Time) (row, error) {
	value, err := json.Marshal(struct {
		CeID    string `json:"ce_id"`
		Codice  string `json:"codice"`
		Topic   string `json:"topic"`
		Cause   string `json:"cause"`
		Instant string `json:"instant"`
	}{ceID, codice, topic, cause, stamp(now.UnixMicro())})
	if err != nil {
		return row{}, fmt.Errorf("encode dead letter: %w", err)
	}
	return row{
		Topic: routing.TopicDeadLetters, Key: key, Event: event, Type: typeDead,
		Codice: codice, Instant: now.UnixMicro(), Value: value,
	}, nil
}

func stamp(micros int64) string { return string(appendStamp(nil, micros)) }

func appendStamp(b []byte, micros int64) []byte {
	return time.UnixMicro(micros).UTC().AppendFormat(b, timeFormat)
}

// message gives the Kafka message of an outbox row.
func (r *row) message() kafkago.Message {
	key := r.Key
	if key == nil {
		key = []byte{} // a message without key would go to any partition
	}
	m := kafkago.Message{
		Topic: r.Topic, Key: key, Value: r.Value,
		Headers: make([]kafkago.Header, 6, 7),
	}
	copy(m.Headers, []kafkago.Header{
		{Key: "ce_specversion", Value: []byte("1.0")},
		{Key: "ce_id", Value: []byte(r.Event)},
		{Key: "ce_source", Value: []byte(source)},
		{Key: "ce_type", Value: []byte(r.Type)},
		{Key: "ce_time", Value: appendStamp(nil, r.Instant)},
		{Key: "content-type", Value: []byte("application/json")},
	})
	if r.Codice != "" {
		m.Headers = append(m.Headers, kafkago.Header{Key: "ce_subject", Value: []byte(r.Codice)})
	}
	return m
}

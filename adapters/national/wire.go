package national

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The topic contract as the store knows it (adapters/kafka/asyncapi.yaml).
const (
	typeOutcome = "it.snodo.esito.v1"
	typeDead    = "it.snodo.scarto.v1"
	typeTotal   = "it.snodo.totale.v1"
	typeRequest = "it.snodo.richiesta.v1"
	typeList    = "it.snodo.elenco.v1"

	source     = "urn:snodo:nazionale:v1"
	timeFormat = "2006-01-02T15:04:05.000000Z" // RFC 3339, UTC

	registered = "registrata"
	refused    = "rifiutata"
)

// communication is one message of a co.*.v1 topic.
type communication struct {
	ID       string `db:"ce_id"`
	Prev     string `db:"prev"`
	Since    int64  `db:"since"` // parked since, microseconds
	Codice   string `db:"codice"`
	Digest   string `db:"digest"`
	Root     string `db:"root"`
	Day      string `db:"day"`
	Region   string `db:"region"`
	Kind     string `db:"kind"`
	Origin   string `db:"origin"`
	Received int64  `db:"received"` // ce_time, microseconds
	Topic    string `db:"topic"`
	Content  []byte `db:"content"`

	faults fault.List // what is wrong with it already
}

// at is ce_time.
func (c *communication) at() time.Time { return time.UnixMicro(c.Received).UTC() }

// headers of a message, the last of a repeated name.
func headers(m kafkago.Message) map[string]string {
	h := make(map[string]string, len(m.Headers))
	for _, x := range m.Headers {
		h[x.Key] = string(x.Value)
	}
	return h
}

// open reads a message's headers. Without ce_id, code, digest and key there is
// nobody to answer: the cause of a dead letter, Italian, comes back. Whatever
// else is missing is a fault of the communication.
func open(m kafkago.Message, rome *time.Location) (c communication, cause string) {
	h := headers(m)
	c = communication{
		ID: h["ce_id"], Codice: h["ce_subject"], Digest: h["snodo_digest"], Root: string(m.Key),
		Region: h["snodo_region"], Origin: h["snodo_origin"], Prev: h["snodo_prev"], Topic: m.Topic,
	}
	switch {
	case !isHash(c.ID):
		return c, "ce_id assente o non valido"
	case !isCode(c.Codice):
		return c, "ce_subject assente o non valido"
	case !isHash(c.Digest):
		return c, "snodo_digest assente o non valido"
	case c.Root == "":
		return c, "chiave del messaggio assente"
	}
	at, err := time.Parse(time.RFC3339Nano, h["ce_time"])
	kind, ok := kindOf(m.Topic)
	region, known := routing.RegionBySlug(c.Region)
	switch {
	case err != nil, !ok, !known,
		h["ce_specversion"] != "1.0", h["ce_type"] != "it.snodo."+m.Topic,
		c.Origin != "signed" && c.Origin != "channel",
		c.Prev != "" && !isHash(c.Prev), c.Prev == c.ID, len(m.Value) == 0:
		c.faults = fault.List{{Code: fault.NationalMessage}}
	case !strings.HasPrefix(c.Codice, region.Code):
		c.faults = fault.List{{Code: fault.NationalRegion}}
	}
	c.Kind, c.Received, c.Day = kind, at.UnixMicro(), at.In(rome).Format(time.DateOnly)
	return c, ""
}

// kindOf reads the kind in co.<kind>.v1.
func kindOf(topic string) (string, bool) {
	name := strings.TrimSuffix(strings.TrimPrefix(topic, "co."), ".v1")
	kind := strings.ToUpper(name)
	return kind, name != "" && routing.TopicFor(kind) == topic
}

func isHash(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64 && s == strings.ToLower(s)
}

func isCode(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789") == ""
}

// outcome is a row of the table and, as JSON, the value on esiti.v1.
type outcome struct {
	ID           string `db:"ce_id"`
	Codice       string `db:"codice"`
	Digest       string `db:"digest"`
	Root         string `db:"root"`
	Esito        string `db:"esito"`
	Registration int64  `db:"registrazione"`
	Instant      int64  `db:"instant"`
	Faults       string `db:"faults"` // JSON
}

// row is one message of the outbox.
type row struct {
	ID      int64  `db:"id"`
	Topic   string `db:"topic"`
	Key     string `db:"key"`
	Event   string `db:"event"`
	Type    string `db:"type"`
	Codice  string `db:"codice"`
	Instant int64  `db:"instant"`
	Value   []byte `db:"value"`
}

// message is the outcome's outbox row: a function of the outcome alone, so that
// publishing it again gives the same bytes.
func (o *outcome) message() (row, error) {
	value, err := json.Marshal(struct {
		CeID         string          `json:"ce_id"`
		Codice       string          `json:"codice"`
		Digest       string          `json:"digest"`
		Registration int64           `json:"registrazione"`
		Esito        string          `json:"esito"`
		Instant      string          `json:"instant"`
		Faults       json.RawMessage `json:"faults"`
	}{o.ID, o.Codice, o.Digest, o.Registration, o.Esito, stamp(o.Instant), json.RawMessage(o.Faults)})
	if err != nil {
		return row{}, fmt.Errorf("encode outcome: %w", err)
	}
	return row{
		Topic: routing.TopicOutcomes, Key: o.Root, Event: o.ID, Type: typeOutcome,
		Codice: o.Codice, Instant: o.Instant, Value: value,
	}, nil
}

// deadLetter is the outbox row of a message that cannot be settled as it is.
// event names the message itself.
func deadLetter(event, key, ceID, codice, topic, cause string, now time.Time) (row, error) {
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

func stamp(micros int64) string { return time.UnixMicro(micros).UTC().Format(timeFormat) }

// message gives the Kafka message of an outbox row.
func (r *row) message() kafkago.Message {
	m := kafkago.Message{
		Topic: r.Topic, Key: []byte(r.Key), Value: r.Value,
		Headers: []kafkago.Header{
			{Key: "ce_specversion", Value: []byte("1.0")},
			{Key: "ce_id", Value: []byte(r.Event)},
			{Key: "ce_source", Value: []byte(source)},
			{Key: "ce_type", Value: []byte(r.Type)},
			{Key: "ce_time", Value: []byte(stamp(r.Instant))},
			{Key: "content-type", Value: []byte("application/json")},
		},
	}
	if r.Codice != "" {
		m.Headers = append(m.Headers, kafkago.Header{Key: "ce_subject", Value: []byte(r.Codice)})
	}
	return m
}

// totalRow is a row of totals.
type totalRow struct {
	Day          string `db:"day"`
	Region       string `db:"region"`
	Kind         string `db:"kind"`
	Count        int64  `db:"count"`
	Sum          string `db:"sum"`
	Registration int64  `db:"registrazione"`
	Published    int64  `db:"published"`
}

// emptySum is the sum of nothing.
const emptySum = "0000000000000000000000000000000000000000000000000000000000000000"

// grow counts registrations in.
func (t *totalRow) grow(rs []registration) error {
	total := reconcile.Total{Count: t.Count}
	if err := total.Sum.UnmarshalText([]byte(t.Sum)); err != nil {
		return fmt.Errorf("read total: %w", err)
	}
	for _, r := range rs {
		total.Add(r.ID, r.Codice, r.Digest)
		t.Registration = max(t.Registration, r.Number)
	}
	sum, err := total.Sum.MarshalText()
	if err != nil {
		return fmt.Errorf("write total: %w", err)
	}
	t.Count, t.Sum = total.Count, string(sum)
	return nil
}

// message is the total as published on quadratura.v1.
func (t *totalRow) message(offsets map[int]int64, now time.Time) (kafkago.Message, error) {
	value, err := json.Marshal(struct {
		Day          string        `json:"day"`
		Region       string        `json:"region"`
		Kind         string        `json:"kind"`
		Count        int64         `json:"count"`
		Sum          string        `json:"sum"`
		Registration int64         `json:"registrazione"`
		Instant      string        `json:"instant"`
		Offsets      map[int]int64 `json:"offsets"`
	}{t.Day, t.Region, t.Kind, t.Count, t.Sum, t.Registration, stamp(now.UnixMicro()), offsets})
	if err != nil {
		return kafkago.Message{}, fmt.Errorf("encode total: %w", err)
	}
	key := t.Day + "/" + t.Region + "/" + t.Kind
	r := row{
		Topic: routing.TopicTotals, Key: key, Event: fmt.Sprintf("%s/%d", key, t.Registration),
		Type: typeTotal, Instant: now.UnixMicro(), Value: value,
	}
	return r.message(), nil
}

// request asks for a list; page is one page of the answer.
type request struct {
	Request string `json:"request"`
	Day     string `json:"day"`
	Region  string `json:"region"`
	Kind    string `json:"kind"`
}

type page struct {
	request
	Number int    `json:"page"`
	Last   bool   `json:"last"`
	Items  []item `json:"items"`
}

type item struct {
	CeID         string `json:"ce_id" db:"ce_id"`
	Registration int64  `json:"registrazione" db:"registrazione"`
}

func (p *page) message(now time.Time) (kafkago.Message, error) {
	value, err := json.Marshal(p)
	if err != nil {
		return kafkago.Message{}, fmt.Errorf("encode page: %w", err)
	}
	r := row{
		Topic: routing.TopicTotals, Key: p.Request, Event: fmt.Sprintf("%s/%d", p.Request, p.Number),
		Type: typeList, Instant: now.UnixMicro(), Value: value,
	}
	return r.message(), nil
}

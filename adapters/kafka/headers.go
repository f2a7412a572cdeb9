package kafka

import (
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Headers of every message: CloudEvents 1.0, Kafka protocol binding, binary
// content mode (its section 3.2), and our own under snodo_. An absent fact has
// no header.
const (
	HeaderSpec        = "ce_specversion"
	HeaderID          = "ce_id"
	HeaderSource      = "ce_source"
	HeaderType        = "ce_type"
	HeaderSubject     = "ce_subject"
	HeaderTime        = "ce_time"
	HeaderContentType = "content-type"
	HeaderDigest      = "snodo_digest"
	HeaderRegion      = "snodo_region"
	HeaderOrigin      = "snodo_origin"
	HeaderPrev        = "snodo_prev"
)

// Values of ce_type. A communication's is TypeOf its topic.
const (
	TypeOutcome = "it.snodo.esito.v1"
	TypeDead    = "it.snodo.scarto.v1"
	TypeHead    = "it.snodo.testata.v1"   // sealed head of the ledger
	TypeTotal   = "it.snodo.totale.v1"    // control total of the national store
	TypeRequest = "it.snodo.richiesta.v1" // request of a list
	TypeList    = "it.snodo.elenco.v1"    // page of a list
)

// TypeOf is the ce_type of the communications on a topic.
func TypeOf(topic string) string { return "it.snodo." + topic }

// Sources.
const (
	SourceHub      = "urn:snodo:hub:v1"
	SourceNational = "urn:snodo:nazionale:v1"
)

// Content types.
const (
	contentXML  = "application/xml; charset=UTF-8"
	contentJSON = "application/json"
)

// timeFormat is RFC 3339 in UTC with the ledger's microseconds.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// Message is a message read from a topic.
type Message struct {
	Topic     string
	Partition int
	Offset    int64
	Key       []byte
	Value     []byte
	Headers   map[string]string // the last of a repeated name
}

// ID is the ce_id, empty if there is none.
func (m Message) ID() string { return m.Headers[HeaderID] }

// Type is the ce_type, empty if there is none.
func (m Message) Type() string { return m.Headers[HeaderType] }

func newMessage(m kafkago.Message) Message {
	out := Message{
		Topic: m.Topic, Partition: m.Partition, Offset: m.Offset,
		Key: m.Key, Value: m.Value, Headers: make(map[string]string, len(m.Headers)),
	}
	for _, h := range m.Headers {
		out.Headers[h.Key] = string(h.Value)
	}
	return out
}

// communication is the message of one outbox row.
func communication(m ledger.Message) kafkago.Message {
	e := &m.Entry
	h := newHeaders(e.ID(), SourceHub, TypeOf(m.Topic), e.Codice, e.Recorded, contentXML)
	h.add(HeaderDigest, e.Digest.String())
	h.add(HeaderRegion, e.Region)
	h.add(HeaderOrigin, string(e.Origin))
	h.add(HeaderPrev, e.Prev.String())
	return kafkago.Message{Topic: m.Topic, Key: []byte(e.Root), Value: m.Document, Headers: h.list}
}

// event gives the CloudEvents headers.
func event(id, source, kind, subject string, at time.Time, content string) []kafkago.Header {
	return newHeaders(id, source, kind, subject, at, content).list
}

// headers collects headers; their values share one buffer, because the relay
// makes eleven for each message.
type headers struct {
	list   []kafkago.Header
	values []byte
}

func newHeaders(id, source, kind, subject string, at time.Time, content string) *headers {
	h := &headers{list: make([]kafkago.Header, 0, 11), values: make([]byte, 0, 384)}
	h.add(HeaderSpec, "1.0")
	h.add(HeaderID, id)
	h.add(HeaderSource, source)
	h.add(HeaderType, kind)
	h.add(HeaderSubject, subject)
	h.add(HeaderTime, at.UTC().Format(timeFormat))
	h.add(HeaderContentType, content)
	return h
}

// add appends a header, unless its value is empty.
func (h *headers) add(name, value string) {
	if value == "" {
		return
	}
	from := len(h.values)
	h.values = append(h.values, value...)
	h.list = append(h.list, kafkago.Header{Key: name, Value: h.values[from:len(h.values):len(h.values)]})
}

// size is what kafka-go's writer counts for a message, or more: it refuses a
// call with a message above its BatchBytes, and cuts a call into batches by it.
func size(m kafkago.Message) int {
	n := 64 + len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		n += 16 + len(h.Key) + len(h.Value)
	}
	return n
}

// defect says in Italian why a message of the given size can never be delivered,
// empty if it can.
func defect(m ledger.Message, size int) string {
	switch {
	case m.Entry.Hash.IsZero() || m.Entry.Root == "" || m.Entry.Codice == "":
		return "voce incompleta: mancano impronta, codice o radice della catena"
	case len(m.Document) == 0:
		return "documento assente"
	}
	if size > MaxBatch {
		return fmt.Sprintf("messaggio troppo grande: %d byte, al più %d", size, MaxBatch)
	}
	return ""
}

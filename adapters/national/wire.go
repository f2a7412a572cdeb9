package national

import (
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
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

// hash is a SHA-256; on topics 64 lower-case hexadecimal digits. The zero
// value stands for none.
type hash [32]byte

func (h hash) String() string { return hex.EncodeToString(h[:]) }

// Scan implements sql.Scanner.
func (h *hash) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(h) {
		return errRows
	}
	copy(h[:], b)
	return nil
}

// parseHash reads the digits.
func parseHash(s []byte) (h hash, ok bool) {
	if len(s) != hex.EncodedLen(len(h)) {
		return h, false
	}
	for _, c := range s {
		if c >= 'A' && c <= 'F' {
			return h, false
		}
	}
	_, err := hex.Decode(h[:], s)
	return h, err == nil && h != hash{}
}

// identity is what a message is known by. Codes grow, hashes are spread all
// over: the store looks for a ce_id only under its code.
type identity struct {
	ID     hash
	Codice string
}

// communication is one message of a co.*.v1 topic.
type communication struct {
	identity
	Prev     hash  // predecessor; zero if none
	Since    int64 // parked since, microseconds
	Digest   hash
	Root     string
	Day      string // YYYY-MM-DD, Europe/Rome, of ce_time
	Region   string
	Kind     string
	Origin   string
	Received int64 // ce_time, microseconds
	Topic    string
	Content  []byte // nil while the database holds it parked
	Stored   bool   // parked in the database

	faults fault.List // what is wrong with it already
}

// at is ce_time.
func (c *communication) at() time.Time { return time.UnixMicro(c.Received).UTC() }

// header is the last of a name, empty if there is none.
func header(m kafkago.Message, name string) string {
	for i := len(m.Headers) - 1; i >= 0; i-- {
		if m.Headers[i].Key == name {
			return string(m.Headers[i].Value)
		}
	}
	return ""
}

// opened are the headers of a message, the last of each name.
type opened struct {
	id, prev, digest, codice, region, origin, at, version, kind []byte
}

func headersOf(m kafkago.Message) (o opened) {
	for _, h := range m.Headers {
		switch h.Key {
		case "ce_id":
			o.id = h.Value
		case "snodo_prev":
			o.prev = h.Value
		case "snodo_digest":
			o.digest = h.Value
		case "ce_subject":
			o.codice = h.Value
		case "snodo_region":
			o.region = h.Value
		case "snodo_origin":
			o.origin = h.Value
		case "ce_time":
			o.at = h.Value
		case "ce_specversion":
			o.version = h.Value
		case "ce_type":
			o.kind = h.Value
		}
	}
	return o
}

// maxKey is the longest key of a message, bytes: a code is 16.
const maxKey = 256

// open reads a message's headers. Without ce_id, code, digest and key there is
// nobody to answer: the cause of a dead letter, Italian, comes back. Whatever
// else is missing is a fault of the communication.
func open(m kafkago.Message, rome *time.Location) (c communication, cause string) {
	h := headersOf(m)
	var isID, isDigest bool
	c.ID, isID = parseHash(h.id)
	c.Digest, isDigest = parseHash(h.digest)
	c.Codice, c.Root, c.Topic = string(h.codice), string(m.Key), m.Topic
	switch {
	case !isID:
		return c, "ce_id assente o non valido"
	case !isCode(c.Codice):
		return c, "ce_subject assente o non valido"
	case !isDigest:
		return c, "snodo_digest assente o non valido"
	case c.Root == "":
		return c, "chiave del messaggio assente"
	case len(c.Root) > maxKey, !utf8.ValidString(c.Root), strings.Contains(c.Root, "\x00"):
		return c, "chiave del messaggio non valida"
	}
	at, err := time.Parse(time.RFC3339Nano, string(h.at))
	kind, ok := kindOf(m.Topic)
	region, known := routing.RegionBySlug(string(h.region))
	isPrev := true
	if len(h.prev) > 0 {
		c.Prev, isPrev = parseHash(h.prev)
	}
	c.Origin = string(h.origin)
	switch {
	case err != nil, !ok, !known,
		string(h.version) != "1.0", !isType(string(h.kind), m.Topic),
		c.Origin != "signed" && c.Origin != "channel",
		!isPrev, c.Prev == c.ID, len(m.Value) == 0:
		c.faults = fault.List{{Code: fault.NationalMessage}}
	case !strings.HasPrefix(c.Codice, region.Code):
		c.faults = fault.List{{Code: fault.NationalRegion}}
	}
	c.Region, c.Kind, c.Received, c.Day = region.Slug, kind, at.UnixMicro(), at.In(rome).Format(time.DateOnly)
	return c, ""
}

// isType: the type of a communication is its topic's.
func isType(s, topic string) bool {
	rest, ok := strings.CutPrefix(s, "it.snodo.")
	return ok && rest == topic
}

// kindOf reads the kind in co.<kind>.v1.
func kindOf(topic string) (string, bool) {
	name := strings.TrimSuffix(strings.TrimPrefix(topic, "co."), ".v1")
	kind := strings.ToUpper(name)
	return kind, name != "" && routing.TopicFor(kind) == topic
}

func isCode(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789") == ""
}

package kafka

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
)

// contract is asyncapi.yaml as paths of names to scalars, as in
// components.messages.esito.headers.required. It reads the part of YAML that
// the file uses: maps by indentation, scalars, flow lists, folded blocks.
func contract(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.ReadFile("asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	var path []string
	folded := ""
	for _, line := range strings.Split(strings.TrimSpace(string(file)), "\n") {
		text := strings.TrimLeft(line, " ")
		depth := (len(line) - len(text)) / 2
		if folded != "" && depth > len(path)-1 {
			out[folded] += text + " "
			continue
		}
		folded = ""
		name, value, ok := strings.Cut(text, ":")
		if !ok || depth > len(path) || strings.Contains(line, "\t") {
			t.Fatalf("line not understood: %q", line)
		}
		path = append(path[:depth], name)
		key := strings.Join(path, "|")
		out[key] = strings.Trim(strings.TrimSpace(value), "'")
		if out[key] == ">-" {
			folded, out[key] = key, ""
		}
	}
	return out
}

func list(flow string) []string {
	return strings.Split(strings.Trim(flow, "[]"), ", ")
}

// names lists the names right under a path.
func names(c map[string]string, path string) []string {
	found := make(map[string]bool)
	for key := range c {
		if rest, ok := strings.CutPrefix(key, path+"|"); ok {
			name, _, _ := strings.Cut(rest, "|")
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestContractNamesTheTopics(t *testing.T) {
	t.Parallel()
	c := contract(t)
	var kinds, want []string
	for _, b := range envelope.Bindings() { // every kind that can be submitted
		kinds = append(kinds, b.Kind)
	}
	for _, topic := range Topics(kinds...) {
		want = append(want, topic.Name)
	}
	slices.Sort(want)
	if got := names(c, "channels"); !slices.Equal(got, want) {
		t.Errorf("channels %v, topics %v", got, want)
	}
	for _, name := range want {
		if c["channels|"+name+"|address"] != name {
			t.Errorf("%s has the address %s", name, c["channels|"+name+"|address"])
		}
		for _, m := range names(c, "channels|"+name+"|messages") {
			if len(names(c, "components|messages|"+m)) == 0 {
				t.Errorf("%s refers to the unknown message %s", name, m)
			}
		}
	}
}

// TestContractIsWhatIsProduced sends every message of the hub through the real
// code, and holds its topic, headers and fields against the contract.
func TestContractIsWhatIsProduced(t *testing.T) {
	t.Parallel()
	c := contract(t)
	w := &fakeWriter{}
	p := NewPublisher(func() Writer { return w })
	row := Row(1, "root", 10)
	if err := p.PublishHead(t.Context(), ledger.SealedHead{Position: 1, Hash: row.Entry.Hash, Instant: time.Now(), Seal: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	chained := Row(2, "root", 10)
	chained.Entry.Prev = row.Entry.Hash
	request, err := requestMessage("id", "2026-11-22", "lazio", "UNILAV", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	type made struct {
		message string
		topic   string
		made    kafkago.Message
	}
	cases := []made{
		{"comunicazione", "co.unilav.v1", communication(row)},
		{"comunicazione", "co.unilav.v1", communication(chained)},
		{"testata", routing.TopicTotals, w.calls[0][0]},
		{"richiesta", routing.TopicTotals, request},
		{"scarto", routing.TopicDeadLetters, DeadLetter{CeID: row.Entry.ID(), Codice: row.Entry.Codice, Instant: time.Now()}.message("root", SourceHub)},
		{"scarto", routing.TopicDeadLetters, DeadLetter{CeID: row.Entry.ID(), Instant: time.Now()}.message("root", SourceHub)},
	}
	for _, b := range envelope.Bindings() {
		of := Row(3, "root", 10)
		of.Entry.Kind, of.Topic = b.Kind, routing.TopicFor(b.Kind)
		cases = append(cases, made{"comunicazione", "co." + strings.ToLower(b.Kind) + ".v1", communication(of)})
	}
	for _, k := range cases {
		base := "components|messages|" + k.message
		if k.made.Topic != k.topic || !slices.Contains(names(c, "channels|"+k.topic+"|messages"), k.message) {
			t.Errorf("%s: on %s", k.message, k.made.Topic)
		}
		checkHeaders(t, c, base, k.made)
		if k.message == "comunicazione" {
			continue
		}
		var fields map[string]any
		if err := json.Unmarshal(k.made.Value, &fields); err != nil {
			t.Fatalf("%s: %v", k.message, err)
		}
		got, want := slices.Sorted(maps.Keys(fields)), names(c, base+"|payload|properties")
		if !slices.Equal(got, want) {
			t.Errorf("%s: fields %v, contract %v", k.message, got, want)
		}
	}
}

func checkHeaders(t *testing.T, c map[string]string, base string, made kafkago.Message) {
	t.Helper()
	m := newMessage(made)
	for _, name := range list(c[base+"|headers|required"]) {
		if m.Headers[name] == "" {
			t.Errorf("%s: header %s missing", base, name)
		}
	}
	allowed := names(c, base+"|headers|properties")
	for name, value := range m.Headers {
		at := base + "|headers|properties|" + name
		if !slices.Contains(allowed, name) || value == "" {
			t.Errorf("%s: header %s is not in the contract, or empty", base, name)
		}
		if want := c[at+"|const"]; want != "" && value != want {
			t.Errorf("%s: header %s is %q, contract %q", base, name, value, want)
		}
		if want := c[at+"|enum"]; want != "" && !slices.Contains(list(want), value) {
			t.Errorf("%s: header %s is %q, contract %s", base, name, value, want)
		}
	}
	if len(made.Headers) != len(m.Headers) {
		t.Errorf("%s: a header twice", base)
	}
	if c[base+"|contentType"] != m.Headers[HeaderContentType] {
		t.Errorf("%s: content type %q", base, m.Headers[HeaderContentType])
	}
}

// TestCommunicationHeaders fixes every byte of a communication's headers.
func TestCommunicationHeaders(t *testing.T) {
	t.Parallel()
	row := Row(7, "1300126000000001", 3)
	row.Entry.Prev = Row(6, "x", 1).Entry.Hash
	row.Entry.Recorded = time.Date(2026, 11, 22, 11, 0, 0, 1000, time.FixedZone("CET", 3600))
	got := newMessage(communication(row))
	want := map[string]string{
		"ce_specversion": "1.0", "ce_id": row.Entry.Hash.String(), "ce_source": "urn:snodo:hub:v1",
		"ce_type": "it.snodo.co.unilav.v1", "ce_subject": row.Entry.Codice, "ce_time": "2026-11-22T10:00:00.000001Z",
		"content-type": "application/xml; charset=UTF-8", "snodo_digest": row.Entry.Digest.String(),
		"snodo_region": "piemonte", "snodo_origin": "signed", "snodo_prev": row.Entry.Prev.String(),
	}
	if !maps.Equal(got.Headers, want) || string(got.Key) != "1300126000000001" || len(got.Value) != 3 {
		t.Errorf("got %v", got.Headers)
	}
}

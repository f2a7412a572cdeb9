package national

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// statement is a total as published.
type statement struct {
	Day, Region, Kind string
	Count             int64
	Sum               reconcile.Sum
	Registrazione     int64
	Instant           string
	Offsets           map[int]int64
}

func (o *office) statements(t *testing.T) []statement {
	t.Helper()
	var out []statement
	for _, m := range o.board.on(routing.TopicTotals) {
		if header(m, "ce_type") != typeTotal {
			continue
		}
		var s statement
		if err := json.Unmarshal(m.Value, &s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// TestTotals: what is published is what an independent count over the messages
// gives; refused and repeated ones do not count; the day is Rome's.
func TestTotals(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		want := reconcile.Total{Day: "2026-11-22", Region: "piemonte", Kind: "UNILAV"}
		add := func(m kafkago.Message) kafkago.Message {
			want.Add(header(m, "ce_id"), header(m, "ce_subject"), header(m, "snodo_digest"))
			return m
		}
		o.put(t, add(fact(1, "a", 0)), fact(2, "a", 0, document("rotto")), fact(1, "a", 0))
		o.put(t, add(fact(3, "bb", 0)), fact(4, "bb", 0, with("ce_time", "2026-11-22T23:00:00Z")))
		for range 2 { // the second time nothing has changed
			if err := o.publishTotals(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := o.statements(t)
		if len(got) != 2 {
			t.Fatalf("published %+v", got)
		}
		for _, s := range got {
			switch s.Day {
			case "2026-11-22":
				total := reconcile.Total{Day: s.Day, Region: s.Region, Kind: s.Kind, Count: s.Count, Sum: s.Sum}
				if !total.Equal(want) || s.Registrazione != 2 || s.Offsets[1] != 2 || s.Offsets[2] != 5 {
					t.Errorf("got %+v, want %+v", s, want)
				}
			case "2026-11-23":
				if s.Count != 1 || s.Registrazione != 3 {
					t.Errorf("got %+v", s)
				}
			}
		}
		o.put(t, add(fact(5, "a", 0)))
		if err := o.publishTotals(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := o.statements(t); len(got) != 3 || got[2].Count != 3 || got[2].Sum != want.Sum {
			t.Errorf("after one more %+v", got)
		}
	})
}

func TestList(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		var msgs []kafkago.Message
		for i := range 2*pageItems + 1 {
			msgs = append(msgs, fact(i+1, fmt.Sprint("r", i%7), 0))
		}
		for len(msgs) > 0 {
			n := min(len(msgs), batchLimit)
			if err := o.apply(t.Context(), msgs[:n]); err != nil {
				t.Fatal(err)
			}
			msgs = msgs[n:]
		}
		ask := func(key, value string) kafkago.Message {
			return kafkago.Message{
				Topic: routing.TopicTotals, Key: []byte(key), Value: []byte(value),
				Headers: []kafkago.Header{{Key: "ce_type", Value: []byte(typeRequest)}},
			}
		}
		err := o.answer(t.Context(), []kafkago.Message{
			ask("q1", `{"request":"q1","day":"2026-11-22","region":"piemonte","kind":"UNILAV"}`),
			ask("q2", `{"request":"q2","day":"2026-11-22","region":"lazio","kind":"UNILAV"}`),
			ask("q3", `{"request":"altro","day":"2026-11-22","region":"lazio","kind":"UNILAV"}`),
			ask("q4", `{"request":"q4","delete":"everything"}`),
			ask("q5", `no`),
			{Topic: routing.TopicTotals, Key: []byte("q6"), Value: []byte(`{"request":"q6"}`)},
		})
		if err != nil {
			t.Fatal(err)
		}
		pages := make(map[string][]page)
		for _, m := range o.board.on(routing.TopicTotals) {
			var p page
			if err := json.Unmarshal(m.Value, &p); err != nil || header(m, "ce_type") != typeList || string(m.Key) != p.Request {
				t.Fatalf("page %s, %v", m.Value, err)
			}
			pages[p.Request] = append(pages[p.Request], p)
		}
		if len(pages) != 2 || len(pages["q1"]) != 3 || len(pages["q2"]) != 1 || !pages["q2"][0].Last || len(pages["q2"][0].Items) != 0 {
			t.Fatalf("pages %d, q1 %d, q2 %+v", len(pages), len(pages["q1"]), pages["q2"])
		}
		next := int64(1)
		for i, p := range pages["q1"] {
			if p.Number != i+1 || p.Last != (i == 2) || p.Kind != "UNILAV" {
				t.Errorf("page %d is %d, last %v", i+1, p.Number, p.Last)
			}
			for _, it := range p.Items {
				if it.Registration != next || it.CeID != name(int(next)) {
					t.Fatalf("item %+v, want registrazione %d", it, next)
				}
				next++
			}
		}
		if next != 2*pageItems+2 {
			t.Errorf("%d items", next-1)
		}
	})
}

// TestEverythingOnce: whatever the order, the batches and the repetitions, each
// communication has one outcome, numbers have no gaps, nobody is registered
// before its predecessor, and nobody waits whose predecessor is settled.
func TestEverythingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "n")
		prev := make([]int, n+1)
		for i := 2; i <= n; i++ {
			prev[i] = rapid.IntRange(0, i-1).Draw(rt, "prev")
		}
		order := rapid.SliceOfN(rapid.IntRange(1, n), n, 4*n).Draw(rt, "order")
		for i := 1; i <= n; i++ {
			order = append(order, i) // everyone comes at least once
		}
		// The database, without the disk: a desk that lives on.
		d := newDesk(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), head{})
		for _, number := range order {
			c, cause := open(fact(number, "a", prev[number]), time.UTC)
			if cause != "" {
				rt.Fatal(cause)
			}
			if err := d.take(c); err != nil {
				rt.Fatal(err)
			}
		}
		at := make(map[hash]int64)
		for i, r := range d.registrations {
			if r.Number != int64(i+1) || at[r.ID] != 0 {
				rt.Fatalf("registration %d is %+v", i, r)
			}
			at[r.ID] = r.Number
		}
		for i := 1; i <= n; i++ {
			if at[id(i)] == 0 || prev[i] != 0 && at[id(prev[i])] > at[id(i)] {
				rt.Fatalf("%d at %d, predecessor %d at %d", i, at[id(i)], prev[i], at[id(prev[i])])
			}
		}
		if len(d.parked) != 0 {
			rt.Fatalf("still parked: %v", d.parked)
		}
	})
}

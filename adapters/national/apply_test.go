package national

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestFiveDeliveries: applied once however often delivered, across batches,
// within one, and after a restart; each delivery publishes the same bytes.
func TestFiveDeliveries(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		o.put(t, fact(1, "a", 0))
		o.pass(time.Minute)
		o.put(t, fact(1, "a", 0), fact(1, "a", 0))
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		reopen(t, o)
		o.put(t, fact(1, "a", 0), fact(2, "a", 0), fact(1, "a", 0))
		published := o.board.on(routing.TopicOutcomes)
		if len(published) != 6 {
			t.Fatalf("%d outcomes published", len(published))
		}
		first := published[0]
		for _, m := range published {
			if header(m, "ce_id") == name(1) && (!bytes.Equal(m.Value, first.Value) || string(m.Key) != "a") {
				t.Fatalf("outcome published again as %s, first %s", m.Value, first.Value)
			}
		}
		var rows []struct {
			Registrazione int64
			Day, Kind     string
			Content       []byte
		}
		if err := o.db.Select(&rows, `SELECT r.registrazione, day, kind, content FROM registrations r
		JOIN totals t ON t.id = r.total ORDER BY r.registrazione`); err != nil {
			t.Fatal(err)
		}
		if len(rows) != 2 || rows[0].Registrazione != 1 || rows[1].Registrazione != 2 || rows[0].Day != "2026-11-22" ||
			string(rows[0].Content) != `<UniLav n="1"/>` || rows[0].Kind != "UNILAV" {
			t.Fatalf("registered %+v", rows)
		}
		if o.notary.seen != 2 {
			t.Errorf("%d verifications, want one for each new message", o.notary.seen)
		}
	})
}

// TestOutcomeBytes fixes the form of esiti.v1 that adapters/kafka reads.
func TestOutcomeBytes(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		o.put(t, fact(1, "root", 0))
		m := o.board.on(routing.TopicOutcomes)[0]
		want := `{"ce_id":"` + name(1) + `","codice":"1300126000000001","digest":"` + header(fact(1, "", 0), "snodo_digest") +
			`","registrazione":1,"esito":"registrata","instant":"2026-11-22T10:00:00.123456Z","faults":[]}`
		if string(m.Value) != want {
			t.Errorf("got  %s\nwant %s", m.Value, want)
		}
		for key, value := range map[string]string{
			"ce_specversion": "1.0", "ce_id": name(1), "ce_source": "urn:snodo:nazionale:v1", "ce_type": "it.snodo.esito.v1",
			"ce_subject": "1300126000000001", "ce_time": "2026-11-22T10:00:00.123456Z", "content-type": "application/json",
		} {
			if got := header(m, key); got != value {
				t.Errorf("%s is %q, want %q", key, got, value)
			}
		}
	})
}

// TestParking: order in a chain is kept whatever the order of arrival; what
// names no predecessor applies at once; a refused predecessor releases too.
func TestParking(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		cases := []struct {
			name    string
			batches [][]kafkago.Message
			want    []int // numbers, in the order of their outcomes
		}{
			{"in order", [][]kafkago.Message{{fact(1, "a", 0), fact(2, "a", 1), fact(3, "a", 2)}}, []int{1, 2, 3}},
			{"backwards in one batch", [][]kafkago.Message{{fact(3, "a", 2), fact(2, "a", 1), fact(1, "a", 0)}}, []int{1, 2, 3}},
			{"backwards in three", [][]kafkago.Message{{fact(3, "a", 2)}, {fact(2, "a", 1)}, {fact(1, "a", 0)}}, []int{1, 2, 3}},
			{"two wait for one", [][]kafkago.Message{{fact(2, "a", 1), fact(3, "a", 1)}, {fact(1, "a", 0)}}, []int{1, 2, 3}},
			{"parked twice", [][]kafkago.Message{{fact(2, "a", 1)}, {fact(2, "a", 1), fact(2, "a", 1)}, {fact(1, "a", 0)}}, []int{1, 2}},
			{"no predecessor named", [][]kafkago.Message{{fact(2, "a", 1), fact(3, "a", 0)}, {fact(1, "a", 0)}}, []int{3, 1, 2}},
			{"another root goes on", [][]kafkago.Message{{fact(2, "a", 1), fact(4, "bb", 0)}, {fact(1, "a", 0)}}, []int{4, 1, 2}},
			{"predecessor refused", [][]kafkago.Message{{fact(2, "a", 1)}, {fact(1, "a", 0, document("rotto"))}}, []int{1, 2}},
			{"predecessor known", [][]kafkago.Message{{fact(1, "a", 0)}, {fact(2, "a", 1)}}, []int{1, 2}},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, db)
				for _, b := range c.batches {
					o.put(t, b...)
				}
				var got []string
				last := int64(0)
				for _, s := range o.outcomes(t) {
					got = append(got, s.CeID)
					if s.Esito == registered {
						if s.Registration != last+1 {
							t.Errorf("registrazione %d after %d", s.Registration, last)
						}
						last = s.Registration
					}
				}
				var want []string
				for _, n := range c.want {
					want = append(want, name(n))
				}
				if !slices.Equal(got, want) {
					t.Errorf("outcomes %v, want %v", got, want)
				}
				if n := o.count(t, "parked"); n != 0 {
					t.Errorf("%d still parked", n)
				}
			})
		}
	})
}

// TestExpiry: after 24 hours the outcome is a refusal with a dead letter, and
// whoever waited for it goes on.
func TestExpiry(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		o.put(t, fact(2, "a", 1), fact(3, "a", 2))
		o.pass(24*time.Hour - time.Second)
		o.put(t, fact(5, "b", 4))
		if err := o.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.flush(t)
		if got := o.outcomes(t); len(got) != 0 {
			t.Fatalf("too early: %+v", got)
		}
		o.pass(time.Second)
		if err := o.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.flush(t)
		got := o.outcomes(t)
		if len(got) != 2 || got[0].CeID != name(2) || got[0].Esito != refused || got[0].Faults[0].Code != fault.NationalPredecessor ||
			got[1].CeID != name(3) || got[1].Esito != registered || got[1].Registration != 1 {
			t.Fatalf("outcomes %+v", got)
		}
		letters := o.board.on(routing.TopicDeadLetters)
		if len(letters) != 1 || string(letters[0].Key) != "a" || !strings.Contains(string(letters[0].Value), name(2)) {
			t.Fatalf("letters %v", letters)
		}
		// The late predecessor is registered all the same; the refusal stands.
		o.put(t, fact(1, "a", 0), fact(2, "a", 1))
		got = o.outcomes(t)
		if len(got) != 4 || got[2].Registration != 2 || got[3].Esito != refused {
			t.Fatalf("outcomes %+v", got)
		}
	})
}

// TestExpiryOfACircle: two that wait for each other end too.
func TestExpiryOfACircle(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		o.put(t, fact(1, "a", 2), fact(2, "a", 1))
		o.pass(25 * time.Hour)
		if err := o.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.flush(t)
		if got := o.outcomes(t); len(got) != 2 || got[0].Esito != refused || got[1].Esito != registered {
			t.Fatalf("outcomes %+v", got)
		}
	})
}

func TestRefusals(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		cases := []struct {
			name    string
			message kafkago.Message
			want    fault.Code
		}{
			{"another content than the header's digest", fact(2, "a", 0, document("<altro/>")), fault.NationalDigest},
			{"broken signature", fact(2, "a", 0, document("rotto")), brokenSignature},
			{"code of another content", fact(2, "a", 0, with("ce_subject", "1300126000000001")), fault.NationalCodeTaken},
			{"registered under another entry", fact(1, "a", 0, with("ce_id", name(2))), fault.NationalRepeated},
			{"code of another region", fact(2, "a", 0, with("snodo_region", "lazio")), fault.NationalRegion},
			{"unknown region", fact(2, "a", 0, with("snodo_region", "atlantide")), fault.NationalMessage},
			{"unknown origin", fact(2, "a", 0, with("snodo_origin", "trust me")), fault.NationalMessage},
			{"no time", fact(2, "a", 0, with("ce_time", "ieri")), fault.NationalMessage},
			{"another type", fact(2, "a", 0, with("ce_type", "it.snodo.co.lao.v1")), fault.NationalMessage},
			{"another version of CloudEvents", fact(2, "a", 0, with("ce_specversion", "0.3")), fault.NationalMessage},
			{"own predecessor", fact(2, "a", 2), fault.NationalMessage},
			{"predecessor out of form", fact(2, "a", 0, with("snodo_prev", "xyz")), fault.NationalMessage},
			{"empty", fact(2, "a", 0, document("")), fault.NationalMessage},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, db)
				o.put(t, fact(1, "a", 0), c.message, fact(3, "a", 0))
				got := o.outcomes(t)
				if len(got) != 3 || got[1].Esito != refused || got[1].Registration != 0 || got[1].Faults[0].Code != c.want {
					t.Fatalf("outcomes %+v", got)
				}
				if got[2].Registration != 2 {
					t.Errorf("the next registrazione is %d: numbers have a gap", got[2].Registration)
				}
			})
		}
	})
}

// TestNobodyToAnswer: without the facts of an outcome only a dead letter is left.
func TestNobodyToAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		cases := map[string]kafkago.Message{
			"no headers":      {Topic: "co.unilav.v1", Partition: 1, Offset: 9, Key: []byte("k"), Value: []byte("x")},
			"id out of form":  fact(9, "k", 0, with("ce_id", strings.ToUpper(name(9)))),
			"code not digits": fact(9, "k", 0, with("ce_subject", "13001260A0000009")),
			"no digest":       fact(9, "k", 0, with("snodo_digest", "")),
			"no key":          fact(9, "", 0),
		}
		for what, m := range cases {
			t.Run(what, func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, db)
				o.put(t, m, fact(1, "a", 0))
				if got := o.outcomes(t); len(got) != 1 || got[0].Registration != 1 {
					t.Fatalf("outcomes %+v", got)
				}
				letters := o.board.on(routing.TopicDeadLetters)
				if len(letters) != 1 {
					t.Fatalf("%d letters", len(letters))
				}
				var l struct{ Topic, Cause string }
				if err := json.Unmarshal(letters[0].Value, &l); err != nil || l.Topic != "co.unilav.v1" || l.Cause == "" {
					t.Fatalf("letter %s, %v", letters[0].Value, err)
				}
			})
		}
	})
}

// TestOurTrouble: when verification itself fails, nothing of the batch is
// applied and it is tried again; offsets are committed only after it is.
func TestOurTrouble(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		trouble := fact(2, "b", 0, document("guasto"))
		o.feed.refuse = true
		o.feed.batches <- []kafkago.Message{fact(1, "a", 0), trouble}
		o.run(t)
		o.board.wait(t, "two outcomes", func() bool { return len(o.board.on(routing.TopicOutcomes)) == 2 })
		if n := <-o.feed.commits; n != 2 {
			t.Fatalf("committed %d", n)
		}
		// The commit of offsets failed: everything comes again, and changes nothing.
		o.feed.batches <- []kafkago.Message{fact(1, "a", 0), trouble}
		o.board.wait(t, "four outcomes", func() bool { return len(o.board.on(routing.TopicOutcomes)) == 4 })
		if n := o.count(t, "registrations") + o.count(t, "refusals"); n != 2 {
			t.Fatalf("%d outcomes", n)
		}
	})
}

// TestCrashBetween: a batch whose transaction does not commit leaves nothing.
func TestCrashBetween(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		full := `CREATE TRIGGER full_disk BEFORE INSERT ON positions BEGIN SELECT RAISE(ABORT, 'disk full'); END`
		drop := `DROP TRIGGER full_disk`
		if db.name == "postgres" {
			full = `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END';
			CREATE TRIGGER full_disk BEFORE INSERT ON positions FOR EACH ROW EXECUTE FUNCTION full_disk()`
			drop = `DROP TRIGGER full_disk ON positions`
		}
		if _, err := o.db.Exec(full); err != nil {
			t.Fatal(err)
		}
		if err := o.apply(t.Context(), []kafkago.Message{fact(1, "a", 0), fact(2, "a", 9)}); err == nil {
			t.Fatal("applied on a full disk")
		}
		for _, table := range []string{"registrations", "refusals", "parked", "outbox", "totals"} {
			if n := o.count(t, table); n != 0 {
				t.Errorf("%s has %d rows", table, n)
			}
		}
		if _, err := o.db.Exec(drop); err != nil {
			t.Fatal(err)
		}
		o.put(t, fact(1, "a", 0))
		if got := o.outcomes(t); len(got) != 1 || got[0].Registration != 1 {
			t.Fatalf("outcomes %+v", got)
		}
	})
}

// TestPublisherKeepsOrder: what the broker refused comes again before anything
// later of its key, and what it took does not.
func TestPublisherKeepsOrder(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		o.board.answer = func(call int, msgs []kafkago.Message) error {
			if call > 1 {
				return nil
			}
			out := make(kafkago.WriteErrors, len(msgs))
			for i, m := range msgs {
				if string(m.Key) == "a" {
					out[i] = errors.New("not leader")
				}
			}
			return out
		}
		if err := o.apply(t.Context(), []kafkago.Message{fact(1, "a", 0), fact(2, "b", 0), fact(3, "a", 0)}); err != nil {
			t.Fatal(err)
		}
		if err := o.drain(t.Context()); err == nil {
			t.Fatal("a partial failure went unnoticed")
		}
		if err := o.apply(t.Context(), []kafkago.Message{fact(4, "a", 0), fact(5, "b", 0)}); err != nil {
			t.Fatal(err)
		}
		if err := o.drain(t.Context()); err == nil {
			t.Fatal("a partial failure went unnoticed")
		}
		o.flush(t)
		var a, b []string
		for _, s := range o.outcomes(t) {
			if s.Codice == "1300126000000002" || s.Codice == "1300126000000005" {
				b = append(b, s.Codice)
			} else {
				a = append(a, s.Codice)
			}
		}
		if !slices.IsSorted(a) || len(a) != 3 || !slices.IsSorted(b) || len(b) != 2 {
			t.Fatalf("key a %v, key b %v", a, b)
		}
	})
}

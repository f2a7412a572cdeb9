package contract

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/routing/ledger"
)

// model is a naive ledger: a list, searched from the end. It is written from
// contracts.md, not from the code it judges.
type model struct {
	entries []modelEntry
	numbers map[string]int // by region, province and year
}

type modelEntry struct {
	ledger.Entry
	freed bool   // by a national rejection
	start string // of the chain, after this entry
}

// testModel runs random operations against the store and the model.
func testModel(t *testing.T, b *bench) {
	opened := 0
	rapid.Check(t, func(rt *rapid.T) {
		// Each run has contents and people of its own, so that one store
		// serves them all; the model starts from what the store has.
		opened++
		m := &model{numbers: make(map[string]int)}
		if err := b.store.Entries(b.ctx, 1, 0, func(s ledger.Stored) error { m.remember(s.Entry); return nil }); err != nil {
			rt.Fatal(err)
		}
		for n := rapid.IntRange(1, 25).Draw(rt, "operations"); n > 0; n-- {
			m.step(rt, b, fmt.Sprint("run ", opened))
		}
	})
}

// step draws one operation, runs it and compares the answer.
func (m *model) step(rt *rapid.T, b *bench, run string) {
	switch rapid.SampledFrom([]string{"accept", "accept", "accept", "reject", "outcome", "clock"}).Draw(rt, "operation") {
	case "accept":
		d := m.draw(rt, run)
		want := m.accept(d)
		m.compare(rt, b, d, want)
	case "reject":
		d := m.draw(rt, run)
		d.Entry.Status, d.Deliveries = ledger.Rejected, nil
		d.Entry.Faults = []byte(rapid.SampledFrom([]string{`[{"code":"ENV-03"}]`, `[{"code":"ENV-04"}]`}).Draw(rt, "faults"))
		m.compare(rt, b, d, m.reject(d, b.clock.Now()))
	case "outcome":
		var accepted []ledger.Entry
		for _, e := range m.entries {
			if e.Type == ledger.Submission && e.Status == ledger.Accepted {
				accepted = append(accepted, e.Entry)
			}
		}
		if len(accepted) == 0 {
			return
		}
		e := accepted[len(accepted)-1-rapid.IntRange(0, min(len(accepted)-1, 5)).Draw(rt, "which")]
		status := rapid.SampledFrom([]ledger.Status{ledger.Registered, ledger.RejectedByStore}).Draw(rt, "status")
		d := OutcomeOf(e, status, 1)
		m.compare(rt, b, d, m.outcome(d))
	case "clock":
		b.clock.Add(time.Duration(rapid.IntRange(-3, 20).Draw(rt, "hours")) * time.Hour)
	}
}

// draw gives a submission out of a small world, so that things meet.
func (m *model) draw(rt *rapid.T, run string) ledger.Draft {
	word := func(what string, n int) string { return fmt.Sprint(what, " ", rapid.IntRange(1, n).Draw(rt, what)) }
	d := Submission(run + word("content", 6))
	d.Entry.Sender = word("sender", 2)
	d.Entry.Region = rapid.SampledFrom([]string{"piemonte", "lazio"}).Draw(rt, "region")
	d.Entry.Employer, d.Entry.Worker = run+word("employer", 2), word("worker", 2)
	d.Entry.Start = rapid.SampledFrom([]string{"2026-01-01", "2026-02-01", ""}).Draw(rt, "start")
	d.Entry.Previous = rapid.SampledFrom([]string{"", "0000000000000000", "1199926000000777", "known", "known"}).Draw(rt, "previous")
	if d.Entry.Previous == "known" {
		d.Entry.Previous = ""
		if i := rapid.IntRange(1, 8).Draw(rt, "back"); i <= len(m.entries) {
			d.Entry.Previous = m.entries[len(m.entries)-i].Codice
		}
	}
	if rapid.Bool().Draw(rt, "channel") {
		d = channel(d, run+word("request", 4))
	}
	return d
}

// expectation of one append.
type expectation struct {
	again   int64 // position of the entry given again
	foreign bool
	typ     ledger.Type
	root    string // "" is its own code
	prev    ledger.Hash
}

func (m *model) compare(rt *rapid.T, b *bench, d ledger.Draft, want expectation) {
	r, err := b.store.Append(b.ctx, d)
	if err != nil {
		rt.Fatalf("append: %v", err)
	}
	e := r.Entry
	switch {
	case want.foreign:
		if !r.Foreign {
			rt.Fatalf("want foreign, got position %d", e.Position)
		}
		return
	case want.again != 0:
		if !r.Repeated || e.Position != want.again {
			rt.Fatalf("want entry %d again, got repeated %v, entry %d", want.again, r.Repeated, e.Position)
		}
		return
	case r.Repeated || r.Foreign:
		rt.Fatalf("want a new entry, got repeated %v of %d, foreign %v", r.Repeated, e.Position, r.Foreign)
	}
	if e.Type != want.typ || e.Position != int64(len(m.entries)+1) {
		rt.Fatalf("entry %d of type %s, want %d of type %s", e.Position, e.Type, len(m.entries)+1, want.typ)
	}
	if e.Type == ledger.Submission && e.Status == ledger.Accepted {
		if want.root == "" {
			want.root = e.Codice
		}
		if e.Root != want.root || e.Prev != want.prev {
			rt.Fatalf("position %d: root or predecessor are not the model's", e.Position)
		}
		series := fmt.Sprint(e.Region, d.Province, e.Codice[5:7])
		m.numbers[series]++
		if number := fmt.Sprintf("%09d", m.numbers[series]); e.Codice[7:] != number {
			rt.Fatalf("codice %s, want number %s", e.Codice, number)
		}
	}
	m.remember(e)
}

// remember takes an entry into the list.
func (m *model) remember(e ledger.Entry) {
	me := modelEntry{Entry: e, start: e.Start}
	if e.Type == ledger.Submission && e.Status == ledger.Accepted {
		series := fmt.Sprint(e.Region, e.Codice[2:5], e.Codice[5:7])
		if n, err := strconv.Atoi(e.Codice[7:]); err == nil {
			m.numbers[series] = n
		}
		if last := m.chainOf(e.Root, e.Employer, e.Worker); e.Start == "" && last != nil {
			me.start = last.start
		}
	}
	if e.Type == ledger.Outcome && e.Status == ledger.RejectedByStore {
		for i := range m.entries {
			if m.entries[i].Hash == e.Subject {
				m.entries[i].freed = true
			}
		}
	}
	m.entries = append(m.entries, me)
}

// last finds the last entry that satisfies want.
func (m *model) last(want func(e *modelEntry) bool) *modelEntry {
	for i := len(m.entries) - 1; i >= 0; i-- {
		if want(&m.entries[i]) {
			return &m.entries[i]
		}
	}
	return nil
}

func accepted(e *modelEntry) bool {
	return e.Type == ledger.Submission && e.Status == ledger.Accepted
}

func (m *model) chainOf(root, employer, worker string) *modelEntry {
	return m.last(func(e *modelEntry) bool {
		return accepted(e) && e.Root == root && e.Employer == employer && e.Worker == worker
	})
}

// duplicate is the rule of Who and once.
func (m *model) duplicate(d ledger.Draft) (expectation, bool) {
	request := m.last(func(e *modelEntry) bool {
		return accepted(e) && !e.freed && !d.Entry.RequestDigest.IsZero() &&
			e.RequestDigest == d.Entry.RequestDigest && e.Sender == d.Entry.Sender
	})
	if request != nil {
		return expectation{again: request.Position}, true
	}
	content := m.last(func(e *modelEntry) bool { return accepted(e) && e.Digest == d.Entry.Digest })
	switch {
	case content == nil:
		return expectation{}, false
	case content.Sender != d.Entry.Sender:
		return expectation{foreign: true}, d.Entry.Status == ledger.Accepted
	}
	return expectation{again: content.Position}, !content.freed
}

func (m *model) accept(d ledger.Draft) expectation {
	if x, ok := m.duplicate(d); ok {
		return x
	}
	e, want := d.Entry, expectation{typ: ledger.Submission}
	given := e.Previous != "" && e.Previous != "0000000000000000"
	previous := m.last(func(p *modelEntry) bool { return given && accepted(p) && p.Codice == e.Previous })
	if previous != nil && previous.Employer == e.Employer && previous.Worker == e.Worker {
		want.root, want.prev = previous.Root, m.chainOf(previous.Root, e.Employer, e.Worker).Hash
		return want
	}
	// The last communication of the same people whose chain now starts that day.
	same := m.last(func(p *modelEntry) bool {
		return e.Start != "" && accepted(p) && p.Employer == e.Employer && p.Worker == e.Worker && p.start == e.Start &&
			m.chainOf(p.Root, p.Employer, p.Worker).Position == p.Position
	})
	if same != nil {
		want.root, want.prev = same.Root, same.Hash
		return want
	}
	if given && previous == nil {
		want.root = e.Previous
		if c := m.chainOf(want.root, e.Employer, e.Worker); c != nil {
			want.prev = c.Hash
		}
	}
	return want
}

func (m *model) reject(d ledger.Draft, now time.Time) expectation {
	if x, ok := m.duplicate(d); ok {
		return x
	}
	last := m.last(func(e *modelEntry) bool {
		return e.Status == ledger.Rejected && e.Sender == d.Entry.Sender && e.Digest == d.Entry.Digest
	})
	if head := m.entries; len(head) > 0 && !now.After(head[len(head)-1].Recorded) {
		now = head[len(head)-1].Recorded.Add(time.Microsecond)
	}
	if last != nil && bytes.Equal(last.Faults, d.Entry.Faults) && last.Basis == d.Entry.Basis && now.Sub(last.Recorded) < 24*time.Hour {
		return expectation{again: last.Position}
	}
	return expectation{typ: ledger.Submission}
}

func (m *model) outcome(d ledger.Draft) expectation {
	o := m.last(func(e *modelEntry) bool { return e.Type == ledger.Outcome && e.Subject == d.Entry.Subject })
	if o == nil {
		return expectation{typ: ledger.Outcome}
	}
	if o.Status == d.Entry.Status {
		return expectation{again: o.Position}
	}
	known := m.last(func(e *modelEntry) bool {
		return e.Type == ledger.Anomaly && e.Subject == d.Entry.Subject && bytes.Contains(e.Payload, []byte(`"`+d.Entry.Status+`"`))
	})
	if known != nil {
		return expectation{again: known.Position}
	}
	return expectation{typ: ledger.Anomaly}
}

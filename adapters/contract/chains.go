package contract

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/routing/ledger"
)

// chainTests: roots, predecessors and readings (contracts.md, Chains and order).
func chainTests() []test {
	return []test{
		{"the rule of roots, step by step", testRoots},
		{"a rectified start moves the chain", testRectifiedStart},
		{"people of an unknown previous code stay apart", testSharedUnknownRoot},
		{"one communication of a root per group, in order", testOneRootPerGroup},
		{"stale readings", testStale},
		{"a guessed code does not break the group", testGuessedCode},
	}
}

// of drafts a communication about given people.
func of(content, employer, worker, start, previous string) ledger.Draft {
	d := Submission(content)
	d.Entry.Employer, d.Entry.Worker, d.Entry.Start, d.Entry.Previous = employer, worker, start, previous
	return d
}

func testRoots(t *testing.T, b *bench) {
	const unknown = "1199926000000777"
	type step struct {
		name                    string
		employer, worker, start string
		previous                func(codes map[string]ledger.Entry) string
		root, prev              string // names of steps, or a code
	}
	none := func(map[string]ledger.Entry) string { return "" }
	code := func(c string) func(map[string]ledger.Entry) string {
		return func(map[string]ledger.Entry) string { return c }
	}
	codeOf := func(step string) func(map[string]ledger.Entry) string {
		return func(m map[string]ledger.Entry) string { return m[step].Codice }
	}
	steps := []step{
		{"hire", "E", "W", "2026-01-01", none, "hire", ""},
		{"extend by code", "E", "W", "2026-01-01", codeOf("hire"), "hire", "hire"},
		{"end by people and start", "E", "W", "2026-01-01", none, "hire", "extend by code"},
		{"by an older code: behind the head", "E", "W", "2026-01-01", codeOf("hire"), "hire", "end by people and start"},
		{"other start: a chain of its own", "E", "W", "2026-06-01", none, "other start: a chain of its own", ""},
		{"sixteen zeros are no code", "E", "W2", "2026-01-01", code("0000000000000000"), "sixteen zeros are no code", ""},
		{"RR and zeros are no code", "E", "W3", "2026-01-01", code("1300000000000000"), "RR and zeros are no code", ""},
		{"unknown code", "E", "W4", "2026-01-01", code(unknown), unknown, ""},
		{"unknown code again", "E", "W4", "2026-07-01", code(unknown), unknown, "unknown code"},
		{"unknown code, but the chain is known by start", "E", "W", "2026-06-01", code("1199926000000888"), "other start: a chain of its own", "other start: a chain of its own"},
		{"a code of ours about another worker gives nothing", "E", "W5", "2026-01-01", codeOf("hire"), "a code of ours about another worker gives nothing", ""},
		{"a code of ours about another employer gives nothing", "E2", "W", "2026-01-01", codeOf("hire"), "a code of ours about another employer gives nothing", ""},
		{"of no worker", "E", "", "2026-01-01", none, "of no worker", ""},
		{"of no worker, the same day: a chain of its own", "E", "", "2026-01-01", none, "of no worker, the same day: a chain of its own", ""},
		{"of no worker by code", "E", "", "2026-02-01", codeOf("of no worker"), "of no worker", "of no worker"},
		{"of no worker by a code about one gives nothing", "E", "", "2026-01-01", codeOf("hire"), "of no worker by a code about one gives nothing", ""},
		{"a code of the unknown chain", "E", "W4", "2026-09-01", codeOf("unknown code"), unknown, "unknown code again"},
	}
	done := make(map[string]ledger.Entry)
	for _, s := range steps {
		e := b.fresh(of(s.name, s.employer, s.worker, s.start, s.previous(done))).Entry
		done[s.name] = e
		root := s.root
		if r, ok := done[s.root]; ok {
			root = r.Codice
		}
		if e.Root != root {
			t.Errorf("%s: root %s, want %s", s.name, e.Root, root)
		}
		if e.Prev != done[s.prev].Hash {
			t.Errorf("%s: predecessor is not %q", s.name, s.prev)
		}
	}
}

func testRectifiedStart(t *testing.T, b *bench) {
	hire := b.fresh(of("hire", "E", "W", "2026-01-01", "")).Entry
	rectified := b.fresh(of("rectified", "E", "W", "2026-01-15", hire.Codice)).Entry
	if e := b.fresh(of("by new start", "E", "W", "2026-01-15", "")).Entry; e.Root != hire.Codice || e.Prev != rectified.Hash {
		t.Errorf("by the current start: root %s, want %s", e.Root, hire.Codice)
	}
	if e := b.fresh(of("by old start", "E", "W", "2026-01-01", "")).Entry; e.Root != e.Codice {
		t.Errorf("by the old start: root %s, want its own", e.Root)
	}
	noStart := b.fresh(of("no start", "E", "W", "", hire.Codice)).Entry
	if e := b.fresh(of("start is kept", "E", "W", "2026-01-15", "")).Entry; e.Prev != noStart.Hash {
		t.Error("a communication without a start took the chain's start away")
	}
}

func testSharedUnknownRoot(t *testing.T, b *bench) {
	const unknown = "1199926000000777"
	mine := b.fresh(of("mine", "E", "W", "2026-01-01", unknown)).Entry
	theirs := b.fresh(of("theirs", "E9", "W9", "2026-01-01", unknown)).Entry
	if theirs.Root != unknown || !theirs.Prev.IsZero() {
		t.Errorf("strangers with one unknown code: root %s, predecessor %v", theirs.Root, theirs.Prev)
	}
	if e := b.fresh(of("mine again", "E", "W", "2026-01-01", "")).Entry; e.Root != unknown || e.Prev != mine.Hash {
		t.Error("a stranger's communication took the chain")
	}
}

func testOneRootPerGroup(t *testing.T, b *bench) {
	held, release := b.sealer.Hold()
	results := make([]ledger.Result, 21)
	var wg sync.WaitGroup
	run := func(i int, d ledger.Draft) {
		wg.Go(func() {
			var err error
			if results[i], err = b.store.Append(b.ctx, d); err != nil {
				t.Error(err)
			}
		})
	}
	run(20, Submission("opens the gate"))
	<-held
	for i := range 20 {
		run(i, of(fmt.Sprint("twin ", i), "E", "W", "2026-01-01", ""))
	}
	release()
	wg.Wait()
	byPosition := make(map[int64]ledger.Entry)
	for _, r := range results[:20] {
		byPosition[r.Entry.Position] = r.Entry
	}
	var last ledger.Entry
	for p := int64(2); p <= 21; p++ {
		e := byPosition[p]
		if last.Position != 0 && (e.Root != last.Root || e.Prev != last.Hash) {
			t.Fatalf("position %d does not follow position %d", p, last.Position)
		}
		last = e
	}
}

func testStale(t *testing.T, b *bench) {
	query := ledger.ChainQuery{Employer: "E", Worker: "W", Start: "2026-01-01"}
	read := func(q ledger.ChainQuery) *ledger.Reading {
		t.Helper()
		r, err := b.store.Read(b.ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		return &r
	}
	nothing := read(query)
	if !nothing.Head.IsZero() || nothing.Known {
		t.Errorf("reading of nothing: %+v", nothing)
	}
	hire := of("hire", "E", "W", "2026-01-01", "")
	hire.Reading = nothing
	first := b.fresh(hire).Entry
	second := of("second", "E", "W", "2026-01-01", first.Codice)
	second.Reading = nothing
	if _, err := b.store.Append(b.ctx, second); !errors.Is(err, ledger.ErrStale) {
		t.Fatalf("stale head: error %v", err)
	}
	query.Previous = first.Codice
	second.Reading = read(query)
	if !second.Reading.Known || second.Reading.Head != first.Hash {
		t.Errorf("reading by code: %+v", second.Reading)
	}
	b.fresh(second)
	third := of("third", "E", "W", "2026-01-01", first.Codice)
	third.Reading = &ledger.Reading{Query: query, Head: first.Hash, Known: true}
	if _, err := b.store.Append(b.ctx, third); !errors.Is(err, ledger.ErrStale) {
		t.Fatalf("head that moved: error %v", err)
	}
	// A copy is answered whatever its reading.
	r := b.add(second)
	if !r.Repeated {
		t.Error("a copy with an old reading was not given its entry")
	}
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

func testGuessedCode(t *testing.T, b *bench) {
	held, release := b.sealer.Hold()
	var wg sync.WaitGroup
	run := func(d ledger.Draft) {
		wg.Go(func() {
			if _, err := b.store.Append(b.ctx, d); err != nil {
				t.Error(err)
			}
		})
	}
	run(Submission("opens the gate")) // takes ...001
	<-held
	run(of("guess", "E", "W", "2026-01-01", "1300126000000003"))
	run(of("victim", "E", "W", "2026-02-02", ""))
	run(of("bystander", "E1", "W1", "2026-02-02", ""))
	release()
	wg.Wait()
	if n := b.length(); n != 4 {
		t.Errorf("%d entries, want 4", n)
	}
}

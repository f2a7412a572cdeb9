package contract

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/routing/ledger"
)

// onceTests: accepted content is unique, and the same submission gets the
// same answer (contracts.md, Who and once).
func onceTests() []test {
	return []test{
		{"a new submission becomes an entry with everything assigned", testAssigned},
		{"the same content from the same sender gets the stored receipt", testSameAgain},
		{"the same content from another sender is foreign", testForeign},
		{"the same content in another region is the same content", testOverRegions},
		{"fifty copies at once, twenty rounds", testFiftyCopies},
		{"copies of two senders at once", testTwoSenders},
		{"a retry of a channel request is the same submission", testChannelRetry},
		{"chiaveEsterna alone is never the key", testRequestOfAnotherSender},
		{"a signed document in a message with a name", testNamedMessage},
		{"a national rejection frees content for its sender only", testFreed},
		{"freed content of a channel", testFreedRequest},
		{"a late rejection of accepted content gets the acceptance", testRejectionOfAccepted},
		{"refused documents are never repeated", testRefused},
		{"all survives a restart", testRestart},
	}
}

func testAssigned(t *testing.T, b *bench) {
	d := Submission("one")
	s := b.fresh(d)
	e := s.Entry
	if e.Position != 1 || e.Codice != "1300126000000001" || e.Root != e.Codice || !e.Prev.IsZero() {
		t.Errorf("position %d, codice %s, root %s", e.Position, e.Codice, e.Root)
	}
	if !e.Recorded.Equal(b.clock.Now()) || !e.Received.Equal(d.Entry.Received) {
		t.Errorf("recorded %v, received %v", e.Recorded, e.Received)
	}
	if e.Seal != b.sealer.Seal() || e.Hash != e.Chain(ledger.Hash{}) {
		t.Error("seal or hash are not the entry's")
	}
	if e.Document != sha256.Sum256(d.Document) || e.Evidence != sha256.Sum256(d.Evidence) {
		t.Error("documents are not keyed by their SHA-256")
	}
	if string(s.Receipt) != string(receipt(e)) {
		t.Error("the receipt is not the issuer's")
	}
}

func testSameAgain(t *testing.T, b *bench) {
	first := b.fresh(Submission("one"))
	b.clock.Add(1e9)
	b.same(b.add(Submission("one")), first)
	stored, ok, err := b.store.Accepted(b.ctx, first.Entry.Digest, first.Entry.Sender, ledger.Hash{})
	if err != nil || !ok || string(stored.Receipt) != string(first.Receipt) {
		t.Errorf("lookup: found %v, error %v", ok, err)
	}
	if n := b.length(); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

func testForeign(t *testing.T, b *bench) {
	b.fresh(Submission("one"))
	d := Submission("one")
	d.Entry.Sender = "BBBBBB00B00B000B"
	r := b.add(d)
	if !r.Foreign || r.Repeated || r.Entry.Position != 0 || r.Receipt != nil {
		t.Errorf("want foreign and nothing else, got %+v", r)
	}
	stored, ok, err := b.store.Accepted(b.ctx, d.Entry.Digest, d.Entry.Sender, ledger.Hash{})
	if err != nil || !ok || stored.Entry.Sender == d.Entry.Sender {
		t.Errorf("lookup: found %v, error %v", ok, err)
	}
	// The rejection that says so is appended, with the same digest.
	rejected := Rejection("one", `[{"code":"DUP-01"}]`)
	rejected.Entry.Sender = d.Entry.Sender
	b.fresh(rejected)
}

func testOverRegions(t *testing.T, b *bench) {
	first := b.fresh(Submission("one"))
	d := Submission("one")
	d.Entry.Region = "lazio"
	b.same(b.add(d), first)
}

func testFiftyCopies(t *testing.T, b *bench) {
	for round := range 20 {
		results := make([]ledger.Result, 50)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				r, err := b.store.Append(b.ctx, Submission(fmt.Sprint("round ", round)))
				if err != nil {
					t.Errorf("round %d: %v", round, err)
				}
				results[i] = r
			})
		}
		wg.Wait()
		fresh := 0
		for _, r := range results {
			if !r.Repeated {
				fresh++
			}
			if string(r.Receipt) != string(results[0].Receipt) || len(r.Receipt) == 0 {
				t.Fatalf("round %d: receipts differ", round)
			}
		}
		if fresh != 1 {
			t.Errorf("round %d: %d new entries, want 1", round, fresh)
		}
	}
	if n := b.length(); n != 20 {
		t.Errorf("%d entries, want 20", n)
	}
}

func testTwoSenders(t *testing.T, b *bench) {
	for round := range 10 {
		results := make([]ledger.Result, 20)
		var wg sync.WaitGroup
		for i := range results {
			d := Submission(fmt.Sprint("round ", round))
			d.Entry.Sender = fmt.Sprint("sender ", i%2)
			wg.Go(func() {
				var err error
				if results[i], err = b.store.Append(b.ctx, d); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var foreign [2]int
		for i, r := range results {
			if r.Foreign {
				foreign[i%2]++
			}
		}
		if foreign != [2]int{0, 10} && foreign != [2]int{10, 0} {
			t.Errorf("round %d: foreign answers by sender %v, want all of one", round, foreign)
		}
	}
}

// channel makes a draft a channel submission of a request.
func channel(d ledger.Draft, request string) ledger.Draft {
	d.Entry.Origin = ledger.Channel
	d.Entry.RequestDigest = sha256.Sum256([]byte(request))
	return d
}

func testChannelRetry(t *testing.T, b *bench) {
	first := b.fresh(channel(Submission("as converted"), "request"))
	b.same(b.add(channel(Submission("as converted"), "request")), first)
	b.same(b.add(channel(Submission("as a newer converter does"), "request")), first)
	objection := channel(Rejection("a newer converter objects", `[{"code":"CNV-01"}]`), "request")
	b.same(b.add(objection), first)
	stored, ok, err := b.store.Accepted(b.ctx, sha256.Sum256([]byte("?")), first.Entry.Sender, first.Entry.RequestDigest)
	if err != nil || !ok || stored.Entry.Position != 1 {
		t.Errorf("lookup by request: found %v, error %v", ok, err)
	}
}

// testNamedMessage: the name of a message (an SPCoop identifier) is a request of
// its signer, with the document's own content beside it and the envelope kept.
func testNamedMessage(t *testing.T, b *bench) {
	named := func(content string) ledger.Draft {
		d := Submission(content)
		d.Entry.RequestDigest = sha256.Sum256([]byte("MARCHE_P_0000001_2026-11-26_09:30"))
		d.Evidence = []byte("<Envelope>" + content + "</Envelope>")
		return d
	}
	first := b.fresh(named("one"))
	b.same(b.add(named("one")), first)
	b.same(b.add(named("two")), first) // whoever asked sees by the digest that it is not its own
	b.same(b.add(Submission("one")), first)
	stored, ok, err := b.store.Accepted(b.ctx, sha256.Sum256([]byte("two")), first.Entry.Sender, first.Entry.RequestDigest)
	if err != nil || !ok || stored.Entry.Digest != first.Entry.Digest {
		t.Errorf("lookup by name: found %v, error %v", ok, err)
	}
	evidence, err := b.store.Document(b.ctx, first.Entry.Position, ledger.TheEvidence)
	if err != nil || string(evidence) != "<Envelope>one</Envelope>" {
		t.Errorf("evidence %q, error %v", evidence, err)
	}
}

func testRequestOfAnotherSender(t *testing.T, b *bench) {
	b.fresh(channel(Submission("one"), "request"))
	d := channel(Submission("two"), "request")
	d.Entry.Sender = "BBBBBB00B00B000B"
	b.fresh(d)
}

func testFreed(t *testing.T, b *bench) {
	first := b.fresh(Submission("one"))
	b.fresh(OutcomeOf(first.Entry, ledger.RejectedByStore, 0))
	if _, ok, err := b.store.Accepted(b.ctx, first.Entry.Digest, first.Entry.Sender, ledger.Hash{}); ok || err != nil {
		t.Errorf("lookup by its sender: found %v, error %v, want nothing", ok, err)
	}
	other := Submission("one")
	other.Entry.Sender = "BBBBBB00B00B000B"
	if r := b.add(other); !r.Foreign {
		t.Error("another sender got freed content")
	}
	again := b.fresh(Submission("one"))
	if again.Entry.Codice == first.Entry.Codice || again.Entry.Root != first.Entry.Root || again.Entry.Prev != first.Entry.Hash {
		t.Errorf("judged again: codice %s, root %s", again.Entry.Codice, again.Entry.Root)
	}
	b.same(b.add(Submission("one")), again)
	b.fresh(OutcomeOf(again.Entry, ledger.Registered, 1))
	b.same(b.add(Submission("one")), again)
}

func testFreedRequest(t *testing.T, b *bench) {
	first := b.fresh(channel(Submission("one"), "request"))
	b.fresh(OutcomeOf(first.Entry, ledger.RejectedByStore, 0))
	second := b.fresh(channel(Submission("one, converted anew"), "request"))
	b.same(b.add(channel(Submission("one"), "request")), second)
	b.fresh(OutcomeOf(second.Entry, ledger.RejectedByStore, 0))
	b.fresh(channel(Submission("one"), "request"))
}

func testRejectionOfAccepted(t *testing.T, b *bench) {
	first := b.fresh(Submission("one"))
	b.same(b.add(Rejection("one", `[{"code":"ENV-04"}]`)), first)
}

func testRefused(t *testing.T, b *bench) {
	for range 3 {
		s := b.fresh(Refusal("bad signature"))
		if s.Receipt != nil || !s.Entry.Seal.IsZero() || s.Entry.Codice != "" {
			t.Error("a refused document got a receipt or a code")
		}
	}
}

func testRestart(t *testing.T, b *bench) {
	first := b.fresh(Submission("one"))
	b.restart()
	b.same(b.add(Submission("one")), first)
	if second := b.fresh(Submission("two")); second.Entry.Position != 2 || second.Entry.Codice != "1300126000000002" {
		t.Errorf("after restart: position %d, codice %s", second.Entry.Position, second.Entry.Codice)
	}
}

package contract

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// messageTests: what a store remembers of signed messages.
func messageTests() []test {
	return []test{
		{"one name, one content", testMessages},
		{"two at the same instant", testMessagesTogether},
		{"durable, and forgotten in time", testMessagesForgotten},
	}
}

func message(id string) ledger.MessageKey {
	return ledger.MessageKey{Region: "piemonte", Sender: "CF:IT-01234567890", ID: id}
}

func (b *bench) remember(k ledger.MessageKey, content string) ledger.Hash {
	b.t.Helper()
	kept, err := b.store.Remember(b.ctx, k, ledger.Sum([]byte(content)), b.clock.Now())
	if err != nil {
		b.t.Fatal(err)
	}
	return kept
}

func (b *bench) recalls(k ledger.MessageKey, want string) {
	b.t.Helper()
	got, found, err := b.store.Recall(b.ctx, k)
	if err != nil || found != (want != "") || found && got != ledger.Sum([]byte(want)) {
		b.t.Errorf("recall: %s, found %t, error %v, want %q", got, found, err, want)
	}
}

func testMessages(t *testing.T, b *bench) {
	long := message("urn:" + strings.Repeat("é", 300))
	for _, k := range []ledger.MessageKey{message("urn:a"), long} {
		b.recalls(k, "")
		if kept := b.remember(k, "first"); kept != ledger.Sum([]byte("first")) {
			t.Error("another digest was kept than the first")
		}
		if kept := b.remember(k, "second"); kept != ledger.Sum([]byte("first")) {
			t.Error("the first digest was not kept")
		}
		b.recalls(k, "first")
	}
	for _, other := range []ledger.MessageKey{
		{Region: "marche", Sender: message("").Sender, ID: "urn:a"},
		{Region: "piemonte", Sender: "CF:IT-00000000000", ID: "urn:a"},
		{Region: "piemonte", Sender: message("").Sender + "urn", ID: ":a"},
		message("urn:A"),
	} {
		b.recalls(other, "")
	}
}

func testMessagesTogether(t *testing.T, b *bench) {
	const n = 8
	kept := make([]ledger.Hash, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var err error
			kept[i], err = b.store.Remember(b.ctx, message("urn:a"), ledger.Sum(fmt.Append(nil, i)), b.clock.Now())
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range kept {
		if k != kept[0] || k.IsZero() {
			t.Fatalf("kept %v", kept)
		}
	}
}

func testMessagesForgotten(t *testing.T, b *bench) {
	b.remember(message("urn:old"), "old")
	b.clock.Add(ledger.MessageTTL)
	b.remember(message("urn:new"), "new")
	b.restart()
	b.recalls(message("urn:old"), "old")
	b.recalls(message("urn:new"), "new")
	n, err := b.store.Forget(b.ctx, b.clock.Now().Add(time.Second-ledger.MessageTTL))
	if err != nil || n != 1 {
		t.Errorf("forgot %d, error %v", n, err)
	}
	b.recalls(message("urn:old"), "")
	b.recalls(message("urn:new"), "new")
}

package contract

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// outboxTests: leases, order, dead letters.
func outboxTests() []test {
	return []test{
		{"two holders share the shards and never one of them", testLeases},
		{"each live holder gets its share", testShares},
		{"an expired lease is taken over", testExpiry},
		{"messages in position order until done", testPending},
		{"a dead letter blocks only its root, behind it", testDeadLetter},
		{"nothing but accepted entries is delivered", testOnlyAccepted},
	}
}

const national = "co.unilav.v1"

func (b *bench) lease(holder string, ttl time.Duration) []int {
	b.t.Helper()
	shards, err := b.store.Lease(b.ctx, holder, ttl)
	if err != nil {
		b.t.Fatal(err)
	}
	return shards
}

// pending lists positions due, over all shards of a holder.
func (b *bench) pending(holder string, shard int) []int64 {
	b.t.Helper()
	messages, err := b.store.Pending(b.ctx, holder, shard, 1000)
	if err != nil {
		b.t.Fatal(err)
	}
	var list []int64
	for _, m := range messages {
		if m.Shard != shard || m.Shard != ledger.Shard(m.Entry.Root) || m.Entry.Position != m.Position {
			b.t.Errorf("position %d in shard %d is not its entry", m.Position, m.Shard)
		}
		if len(m.Document) == 0 {
			b.t.Errorf("position %d without its document", m.Position)
		}
		list = append(list, m.Position)
	}
	return list
}

func testLeases(t *testing.T, b *bench) {
	if got := b.lease("a", time.Hour); len(got) != ledger.Shards || got[0] != 0 || got[63] != 63 {
		t.Fatalf("first holder got %v", got)
	}
	if got := b.lease("b", time.Hour); len(got) != 0 {
		t.Errorf("second holder got %v of held shards", got)
	}
	if got := b.lease("a", time.Hour); len(got) != ledger.Shards/2 || got[31] != 31 {
		t.Errorf("the first holder kept %v, want its share", got)
	}
	if got := b.lease("b", time.Hour); len(got) != 0 {
		t.Errorf("second holder got %v, whose time is not over", got)
	}
	for shard, holder := range map[int]string{0: "b", 63: "a"} {
		if _, err := b.store.Pending(b.ctx, holder, shard, 10); !errors.Is(err, ledger.ErrNotHeld) {
			t.Errorf("messages of shard %d for %s: error %v", shard, holder, err)
		}
	}
	if err := b.store.Release(b.ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Pending(b.ctx, "a", 0, 10); !errors.Is(err, ledger.ErrNotHeld) {
		t.Errorf("messages after release: error %v", err)
	}
	if got := b.lease("b", time.Hour); len(got) != ledger.Shards/2 || got[0] != 0 {
		t.Errorf("after release the second holder got %v, want what was given back", got)
	}
	if _, err := b.store.Lease(b.ctx, "", time.Hour); err == nil {
		t.Error("a nameless holder got shards")
	}
}

// testShares has holders come and go, each asking again all the time.
func testShares(t *testing.T, b *bench) {
	const ttl = time.Second
	for _, holders := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}, {"b", "c"}, {"d"}} {
		share := (ledger.Shards + len(holders) - 1) / len(holders)
		deadline := time.Now().Add(30 * time.Second)
		for settled := false; !settled; {
			settled = true
			total := 0
			for _, h := range holders {
				n := len(b.lease(h, ttl))
				total += n
				settled = settled && n <= share
			}
			settled = settled && total == ledger.Shards
			if time.Now().After(deadline) {
				t.Fatalf("%v never had an equal share each of all shards", holders)
			}
		}
	}
}

func testExpiry(t *testing.T, b *bench) {
	b.lease("a", 30*time.Millisecond)
	deadline := time.Now().Add(10 * time.Second)
	for len(b.lease("b", time.Hour)) != ledger.Shards {
		if time.Now().After(deadline) {
			t.Fatal("the lease never expired")
		}
	}
	if got := b.lease("a", time.Hour); len(got) != 0 {
		t.Errorf("the first holder got %d shards back", len(got))
	}
	if _, err := b.store.Pending(b.ctx, "a", 0, 10); !errors.Is(err, ledger.ErrNotHeld) {
		t.Errorf("messages after expiry: error %v", err)
	}
}

func testPending(t *testing.T, b *bench) {
	b.lease("a", time.Hour)
	due := make(map[int][]int64)
	for i := range 100 {
		e := b.fresh(Submission(fmt.Sprint(i))).Entry
		due[ledger.Shard(e.Root)] = append(due[ledger.Shard(e.Root)], e.Position)
	}
	for shard, want := range due {
		if got := b.pending("a", shard); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("shard %d: %v, want %v", shard, got, want)
		}
		if len(want) > 1 {
			first, err := b.store.Pending(b.ctx, "a", shard, 1)
			if err != nil || len(first) != 1 || first[0].Position != want[0] {
				t.Errorf("shard %d: limit 1 gave %v, error %v", shard, first, err)
			}
		}
		for range 2 { // twice is harmless
			if err := b.store.Done(b.ctx, national, want[:1]); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.pending("a", shard); fmt.Sprint(got) != fmt.Sprint(want[1:]) {
			t.Errorf("shard %d after done: %v, want %v", shard, got, want[1:])
		}
	}
}

func testDeadLetter(t *testing.T, b *bench) {
	b.lease("a", time.Hour)
	chain := func(content string) ledger.Entry {
		return b.fresh(of(content, "E", "W", "2026-01-01", "")).Entry
	}
	first, second, third := chain("first"), chain("second"), chain("third")
	shard := ledger.Shard(first.Root)
	var bystander ledger.Entry
	for i := 0; bystander.Position == 0; i++ { // another root of the same shard
		if e := b.fresh(Submission(fmt.Sprint("bystander ", i))).Entry; ledger.Shard(e.Root) == shard {
			bystander = e
		}
	}
	if err := b.store.Done(b.ctx, national, []int64{first.Position}); err != nil {
		t.Fatal(err)
	}
	letter := b.fresh(DeadLetterOf(second, "message too large"))
	if letter.Entry.Root != second.Root || letter.Entry.Codice != second.Codice || letter.Receipt != nil {
		t.Errorf("dead letter %+v", letter.Entry)
	}
	if got := b.pending("a", shard); len(got) != 1 || got[0] != bystander.Position {
		t.Errorf("due %v, want only %d: %d is dead and %d behind it", got, bystander.Position, second.Position, third.Position)
	}
	b.same(b.add(DeadLetterOf(second, "again")), letter)
	fourth := chain("fourth")
	if got := b.pending("a", shard); len(got) != 1 {
		t.Errorf("due %v: %d overtook its chain's dead letter", got, fourth.Position)
	}
}

func testOnlyAccepted(t *testing.T, b *bench) {
	b.lease("a", time.Hour)
	e := b.fresh(Submission("one")).Entry
	b.fresh(Rejection("two", `[{"code":"ENV-04"}]`))
	b.fresh(Refusal("three"))
	b.fresh(OutcomeOf(e, ledger.Registered, 1))
	var all []int64
	for shard := range ledger.Shards {
		all = append(all, b.pending("a", shard)...)
	}
	if len(all) != 1 || all[0] != e.Position {
		t.Errorf("due %v, want %d alone", all, e.Position)
	}
}

package contract

import (
	"fmt"
	"slices"
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
		{"many shards at once, within limits of number and bytes", testPendingLimits},
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
	messages, err := b.store.Pending(b.ctx, holder, []int{shard}, 1000, 1<<30)
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

// dueIn makes messages until a shard has one.
func (b *bench) dueIn(shard int) {
	b.t.Helper()
	for i := 0; ; i++ {
		if ledger.Shard(b.fresh(Submission(fmt.Sprint("shard ", shard, " ", i))).Entry.Root) == shard {
			return
		}
	}
}

// notHeld checks that a holder gets nothing of a shard that has messages.
func (b *bench) notHeld(when, holder string, shard int) {
	b.t.Helper()
	if got := b.pending(holder, shard); len(got) > 0 {
		b.t.Errorf("%s: %s got %v of shard %d, which is not its own", when, holder, got, shard)
	}
}

func testLeases(t *testing.T, b *bench) {
	b.dueIn(0)
	b.dueIn(63)
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
	b.notHeld("held by another", "b", 0)
	b.notHeld("shed", "a", 63)
	if got := b.pending("a", 0); len(got) == 0 {
		t.Error("the first holder got nothing of its own shard")
	}
	if err := b.store.Release(b.ctx, "a"); err != nil {
		t.Fatal(err)
	}
	b.notHeld("after release", "a", 0)
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
	b.dueIn(0)
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
	b.notHeld("after expiry", "a", 0)
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
			first, err := b.store.Pending(b.ctx, "a", []int{shard}, 1, 1<<30)
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

func testPendingLimits(t *testing.T, b *bench) {
	b.lease("a", time.Hour)
	all := make([]int, ledger.Shards)
	for i := range all {
		all[i] = (i + 7) % ledger.Shards // an order of the caller's
	}
	const n = 200
	size := 0
	for i := range n {
		d := Submission(fmt.Sprint(i))
		size += len(d.Document)
		b.fresh(d)
	}
	for name, c := range map[string]struct{ limit, size, least, most int }{
		"everything":         {n + 1, 1 << 30, n, n},
		"limited by number":  {64, 1 << 30, 50, 64},
		"limited by bytes":   {n + 1, size / 2, n/2 - 10, n / 2},
		"one whatever it is": {n + 1, 1, 1, 1},
	} {
		got, err := b.store.Pending(b.ctx, "a", all, c.limit, c.size)
		if err != nil || len(got) < c.least || len(got) > c.most {
			t.Errorf("%s: %d messages, want %d to %d, error %v", name, len(got), c.least, c.most, err)
		}
		for i := 1; i < len(got); i++ {
			was, is := slices.Index(all, got[i-1].Shard), slices.Index(all, got[i].Shard)
			if was > is || was == is && got[i-1].Position >= got[i].Position {
				t.Fatalf("%s: position %d of shard %d before %d of %d", name, got[i-1].Position, got[i-1].Shard, got[i].Position, got[i].Shard)
			}
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

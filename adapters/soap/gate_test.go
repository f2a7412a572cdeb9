package soap

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// entered starts a call on a gate and reports on the channel whether it was let in.
func entered(g *gate, cost int64, passes *[]*pass) <-chan bool {
	done := make(chan bool, 1)
	go func() {
		p, ok := g.enter(context.Background(), cost)
		if ok {
			*passes = append(*passes, &p)
		}
		done <- ok
	}()
	synctest.Wait()
	return done
}

// TestGateOrder: calls go on as far as bytes allow, in the order in which they
// came, and a large one is not overtaken by small ones for ever.
func TestGateOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100, time.Now)
		var passes []*pass
		if !<-entered(g, 60, &passes) {
			t.Fatal("the first had room")
		}
		large := entered(g, 500, &passes) // all there is
		small := entered(g, 10, &passes)
		if len(passes) != 1 || len(g.queue) != 2 {
			t.Fatalf("%d in work, %d waiting", len(passes), len(g.queue))
		}
		passes[0].leave()
		passes[0].leave() // again does nothing
		if !<-large || len(passes) != 2 || g.free != 0 {
			t.Fatalf("the large one did not go on: %d free", g.free)
		}
		passes[1].leave()
		if !<-small {
			t.Fatal("the small one did not go on")
		}
		passes[2].leave()
		if g.free != 100 || g.running != 0 || len(g.queue) != 0 {
			t.Errorf("%d free, %d in work, %d waiting", g.free, g.running, len(g.queue))
		}
	})
}

// TestGatePatience: whoever's turn does not come in time is turned away, as is who
// gives up or finds too many waiting, and those behind go on.
func TestGatePatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100, time.Now)
		var passes []*pass
		<-entered(g, 60, &passes)
		began := time.Now()
		if <-entered(g, 60, &passes) || time.Since(began) != gatePatience {
			t.Errorf("let in, or away after %v", time.Since(began))
		}
		late := entered(g, 60, &passes)
		<-time.After(gatePatience / 2)
		behind := entered(g, 40, &passes)
		if <-late || !<-behind {
			t.Error("what was behind did not go on when the one before it gave up")
		}
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(gatePatience/2, cancel)
		if _, ok := g.enter(ctx, 60); ok {
			t.Error("let in although it had gone")
		}
		for range mostWaiting {
			entered(g, 60, &passes)
		}
		if !g.crowded() {
			t.Error("not crowded")
		}
		began = time.Now()
		if <-entered(g, 1, &passes) || time.Since(began) != 0 {
			t.Error("one too many was let in, or had to wait for its refusal")
		}
		<-time.After(gatePatience)
		synctest.Wait()
		for _, p := range passes {
			p.leave()
		}
		if g.free != 100 || g.running != 0 || len(g.queue) != 0 || g.crowded() {
			t.Errorf("%d free, %d in work, %d waiting", g.free, g.running, len(g.queue))
		}
	})
}

// TestGateAdapts: calls that take long are let in fewer at a time, but never fewer
// than leastCalls, and more again when they are quick; large ones do not count.
func TestGateAdapts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(MaxWork, time.Now)
		rounds := func(cost int64, took time.Duration) {
			for range 40 {
				p, ok := g.enter(t.Context(), cost)
				if !ok {
					t.Fatal("turned away")
				}
				<-time.After(took)
				p.leave()
			}
		}
		rounds(2*ordinaryCost, 4*callTarget)
		if g.most != mostCalls {
			t.Errorf("large ones counted: %d", g.most)
		}
		rounds(1, 2*callTarget)
		if g.most != leastCalls {
			t.Errorf("slow calls: %d at once, want %d", g.most, leastCalls)
		}
		rounds(1, callTarget/2)
		if g.most != mostCalls {
			t.Errorf("quick calls: %d at once, want %d", g.most, mostCalls)
		}
	})
}

// TestRoomForSmallBodies: large bodies hold no more than they may, and every other
// connection still has room for a first buffer.
func TestRoomForSmallBodies(t *testing.T) {
	t.Parallel()
	b := NewBudget(MaxInFlight)
	large := share{budget: b}
	for large.grow(1 << 20) {
	}
	if large.held >= MaxInFlight || large.held < MaxBody {
		t.Errorf("large bodies hold %d", large.held)
	}
	small := share{budget: b}
	for n := range MaxConnections {
		if !small.first(firstRead) {
			t.Fatalf("no room for first buffer %d", n)
		}
	}
	if !small.first(MaxInFlight - largeRoom - smallRoom) {
		t.Error("no room for what calls hold beside")
	}
	small.release()
	large.release()
	// An archive of the largest size with a document of 4 MiB (adapters/piemonte).
	if alone := (share{budget: b}); !alone.first(firstRead) || !alone.grow(MaxBody) || !alone.first(MaxBody+24<<20) {
		t.Error("no room for a full archive alone")
	} else {
		alone.release()
	}
	if !large.first(MaxInFlight) {
		t.Error("not all given back")
	}
}

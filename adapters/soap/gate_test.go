package soap

import (
	"context"
	"sync"
	"sync/atomic"
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
		g := newGate(100)
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
		g := newGate(100)
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

// TestGateCalls: no more than mostCalls are in work however little they take, and
// 200 callers at once all have their turn within gatePatience where one call takes a
// second.
func TestGateCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(ordinaryWork)
		var callers sync.WaitGroup
		var away atomic.Int32
		for range 200 {
			callers.Go(func() {
				p, ok := g.enter(t.Context(), callCost)
				if !ok {
					away.Add(1)
					return
				}
				<-time.After(time.Second)
				p.leave()
			})
		}
		synctest.Wait()
		if g.running != mostCalls || len(g.queue) != 200-mostCalls {
			t.Errorf("%d in work, %d waiting", g.running, len(g.queue))
		}
		callers.Wait()
		if away.Load() > 0 || g.running != 0 || g.free != ordinaryWork {
			t.Errorf("%d turned away; %d in work, %d free", away.Load(), g.running, g.free)
		}
	})
}

// TestGateAgain: who has had a turn is not turned away, however many wait and however
// long, and is behind them; a context that ends ends the wait.
func TestGateAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100)
		first, _ := g.enter(t.Context(), 100)
		for range mostWaiting {
			go func() {
				if p, ok := g.enter(t.Context(), 1); ok {
					<-time.After(time.Hour)
					p.leave()
				}
			}()
		}
		synctest.Wait()
		var later atomic.Bool
		go func() {
			p, ok := g.again(t.Context(), 100)
			later.Store(ok)
			p.leave()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, ok := g.again(ctx, 1); ok {
			t.Error("had a turn while there was no room")
		}
		first.leave()
		synctest.Wait()
		if g.running != 100 || later.Load() {
			t.Errorf("%d in work; had its turn before those who waited: %v", g.running, later.Load())
		}
		<-time.After(2 * time.Hour)
		synctest.Wait()
		if !later.Load() || g.running != 0 || len(g.queue) != 0 {
			t.Errorf("had its turn at last: %v; %d in work, %d waiting", later.Load(), g.running, len(g.queue))
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

package soap

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// entered starts a call on a gate and gives its pass on the channel, nil if it is
// turned away.
func entered(g *gate, cost int64) <-chan *pass {
	done := make(chan *pass, 1)
	go func() {
		if p, ok := g.enter(context.Background(), cost); ok {
			done <- &p
		} else {
			done <- nil
		}
	}()
	synctest.Wait()
	return done
}

// state is what a gate has.
type state struct {
	running, waiting int
	free             int64
}

func (g *gate) look() state {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return state{g.running, len(g.queue), g.free}
}

// TestGateOrder: calls go on as far as bytes allow, in the order in which they
// came, and a large one is not overtaken by small ones for ever.
func TestGateOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100)
		first := <-entered(g, 60)
		large := entered(g, 500) // all there is
		small := entered(g, 10)
		if got := g.look(); got != (state{1, 2, 40}) {
			t.Fatalf("%+v", got)
		}
		first.leave()
		first.leave() // again does nothing
		if got := g.look(); got != (state{1, 1, 0}) {
			t.Fatalf("the large one did not go on: %+v", got)
		}
		(<-large).leave()
		(<-small).leave()
		if got := g.look(); got != (state{0, 0, 100}) {
			t.Errorf("%+v", got)
		}
	})
}

// TestGatePatience: whoever's turn does not come in time is turned away, as is who
// gives up or finds too many waiting, and those behind go on.
func TestGatePatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100)
		first := <-entered(g, 60)
		began := time.Now()
		if <-entered(g, 60) != nil || time.Since(began) != gatePatience {
			t.Errorf("let in, or away after %v", time.Since(began))
		}
		late := entered(g, 60)
		<-time.After(gatePatience / 2)
		behind := entered(g, 40)
		if <-late != nil {
			t.Error("the late one was let in")
		}
		second := <-behind
		if second == nil {
			t.Fatal("what was behind did not go on when the one before it gave up")
		}
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(gatePatience/2, cancel)
		if _, ok := g.enter(ctx, 60); ok {
			t.Error("let in although it had gone")
		}
		for range mostWaiting {
			entered(g, 60)
		}
		if !g.crowded() {
			t.Error("not crowded")
		}
		began = time.Now()
		if <-entered(g, 1) != nil || time.Since(began) != 0 {
			t.Error("one too many was let in, or had to wait for its refusal")
		}
		<-time.After(2 * gatePatience)
		first.leave()
		second.leave()
		if got := g.look(); got != (state{0, 0, 100}) || g.crowded() {
			t.Errorf("%+v", got)
		}
	})
}

// TestGateCalls: no more than mostCalls are in work however little they take, and
// as many callers at once as may be all have their turn where one call takes a second.
func TestGateCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(ordinaryWork)
		var callers sync.WaitGroup
		var away atomic.Int32
		for range mostCalls + mostWaiting {
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
		if got := g.look(); got.running != mostCalls || got.waiting != mostWaiting {
			t.Errorf("%+v", got)
		}
		callers.Wait()
		if got := g.look(); away.Load() > 0 || got != (state{0, 0, ordinaryWork}) {
			t.Errorf("%d turned away; %+v", away.Load(), got)
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
		const before = mostWaiting
		for range before {
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
		if got := g.look(); got.running != before || later.Load() {
			t.Errorf("had its turn before those who waited: %v; %+v", later.Load(), got)
		}
		<-time.After(2 * time.Hour)
		if got := g.look(); !later.Load() || got != (state{0, 0, 100}) {
			t.Errorf("had its turn at last: %v; %+v", later.Load(), got)
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

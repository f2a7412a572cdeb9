package soap

import (
	"context"
	"slices"
	"sync"
	"time"
)

// What a Gate lets through. The figures were measured (DESIGN.md, 2026-11-26).
const (
	// MaxWork bounds the bytes that calls in work take together: one of the largest
	// documents, or several hundred usual ones.
	MaxWork = 32 << 20
	// mostCalls and leastCalls are between how many calls may be in work at once.
	// A group commit takes 64 entries: two groups' worth keep a disk busy that is
	// quick, more only wait inside, where each holds much more than at the gate.
	mostCalls  = 128
	leastCalls = 64
	// mostWaiting is how many may wait for their turn: at a few hundred a second,
	// the least that a hub does, their turn comes within gatePatience.
	mostWaiting = 192
	// callCost is what a call takes beside its body, costFactor how many times its
	// body it takes at its peak: the body, the document, its canonical form in the
	// verifier and in the caller's hands, what is decoded of it and the ledger's
	// copy. signedFactor is for messages that are signed themselves, whose Body is
	// made canonical first.
	callCost     = 32 << 10
	costFactor   = 8
	signedFactor = 12
	// callTarget is how long a call may be in work on average before fewer are let
	// in: with the wait for its turn an answer comes well within a second.
	callTarget = 250 * time.Millisecond
	// gatePatience is the longest wait for a turn.
	gatePatience = 500 * time.Millisecond
	// gateWindow is how long the average is taken over, ordinaryCost up to which
	// calls count in it: what is large takes its time on an idle machine too.
	gateWindow   = 250 * time.Millisecond
	ordinaryCost = 1 << 20
)

// gate lets calls into work, in the order in which they came, as far as their
// number and what they take allow, and turns away those that could not be answered
// soon. Safe for concurrent use.
type gate struct {
	now func() time.Time
	mu  sync.Mutex

	room    int64 // bytes, all of them
	free    int64 // of room
	running int
	most    int       // calls at once, as the average allows
	queue   []*waiter // first come first
	count   int       // calls that ended in this window
	spent   time.Duration
	from    time.Time // when the window began
}

// waiter is a call that waits for its turn.
type waiter struct {
	cost int64
	turn chan struct{} // closed when it has come
}

func newGate(room int64, now func() time.Time) *gate {
	return &gate{now: now, room: room, free: room, most: mostCalls, from: now()}
}

// crowded tells whether a call that comes now would be turned away.
func (g *gate) crowded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue) >= mostWaiting
}

// enter waits for a call's turn; false if it must be turned away. What costs more
// than there is has all of it.
func (g *gate) enter(ctx context.Context, cost int64) (pass, bool) {
	p := pass{gate: g, cost: min(cost, g.room)}
	w := g.ask(p.cost)
	if w == nil {
		return pass{}, false
	}
	if w.turn != nil {
		timer := time.NewTimer(gatePatience)
		defer timer.Stop()
		select {
		case <-w.turn:
		case <-timer.C:
			if g.withdraw(w) {
				return pass{}, false
			}
		case <-ctx.Done():
			if g.withdraw(w) {
				return pass{}, false
			}
		}
	}
	p.began = g.now()
	return p, true
}

// ask gives a waiter without turn if a call may go on at once, nil if too many
// wait already.
func (g *gate) ask(cost int64) *waiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case len(g.queue) == 0 && g.fits(cost):
		g.take(cost)
		return &waiter{}
	case len(g.queue) >= mostWaiting:
		return nil
	}
	w := &waiter{cost: cost, turn: make(chan struct{})}
	g.queue = append(g.queue, w)
	return w
}

func (g *gate) fits(cost int64) bool { return g.running < g.most && g.free >= cost }

func (g *gate) take(cost int64) {
	g.running++
	g.free -= cost
}

// withdraw takes a waiter out of the queue; false if its turn has come.
func (g *gate) withdraw(w *waiter) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, w)
	if i < 0 {
		return false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	g.admit() // those behind may fit
	return true
}

// admit gives their turn to those who fit.
func (g *gate) admit() {
	n := 0
	for n < len(g.queue) && g.fits(g.queue[n].cost) {
		g.take(g.queue[n].cost)
		close(g.queue[n].turn)
		n++
	}
	g.queue = slices.Delete(g.queue, 0, n)
}

// pass is a call's right to be in work. The zero value is none.
type pass struct {
	gate  *gate
	cost  int64
	began time.Time
}

// leave ends the work; again it does nothing.
func (p *pass) leave() {
	g := p.gate
	if g == nil {
		return
	}
	p.gate = nil
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.free += p.cost
	if p.cost <= ordinaryCost {
		g.count++
		g.spent += now.Sub(p.began)
	}
	if now.Sub(g.from) >= gateWindow {
		g.judge(now)
	}
	g.admit()
}

// judge ends a window: fewer calls at once if they took too long on average, more
// if they did not.
func (g *gate) judge(now time.Time) {
	if g.count > 0 {
		if g.spent/time.Duration(g.count) > callTarget {
			g.most = max(leastCalls, g.most*7/8)
		} else {
			g.most = min(mostCalls, g.most+leastCalls/8)
		}
	}
	g.count, g.spent, g.from = 0, 0, now
}

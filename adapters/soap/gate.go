package soap

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// What the gates let through. The figures were measured (DESIGN.md, 2026-11-26).
const (
	// ordinaryCost is up to which cost a call is an ordinary one, a document of some
	// 120 KiB. Ordinary calls and large ones have gates of their own: few who send
	// much, whose calls take their time on an idle machine too, never keep out many
	// who send little.
	ordinaryCost = 1 << 20
	// largeWork bounds the bytes that large calls in work take together: one of the
	// largest documents. ordinaryWork is for the others, mostCalls of 8 KiB.
	largeWork    = 32 << 20
	ordinaryWork = 24 << 20
	// mostCalls is how many calls may be in work at once. A group commit takes 64
	// entries: with four groups' worth it is always full. With two a communication
	// costs a twentieth more processor time; with more there are only more that wait
	// inside, where each holds much more than at the gate.
	mostCalls = 256
	// mostWaiting is how many may wait for their turn. With those in work they are
	// answered within a second where a hub does 320 a second, an eighth of what it
	// does on two cores.
	mostWaiting = 64
	// gatePatience is the longest wait for a turn: where a hub does less, or its disk
	// stalls, an answer after two seconds is still better than a refusal.
	gatePatience = 2 * time.Second
	// callCost is what a call takes beside its body, costFactor how many times its
	// body it takes at its peak: the body, the document, its canonical form in the
	// verifier and in the caller's hands, what is decoded of it and the ledger's
	// copy. signedFactor is for messages that are signed themselves, whose Body is
	// made canonical first.
	callCost     = 32 << 10
	costFactor   = 8
	signedFactor = 12
)

// gate lets calls into work, in the order in which they came, as far as their
// number and what they take allow, and turns away those that could not be answered
// soon. Safe for concurrent use.
type gate struct {
	room     int64 // bytes, all of them
	patience time.Duration

	mu      sync.Mutex
	free    int64 // of room
	running int
	queue   []*waiter // first come first
}

// waiter is a call that waits for its turn.
type waiter struct {
	cost int64
	turn chan struct{} // closed when it has come
}

func newGate(room int64) *gate { return &gate{room: room, patience: gatePatience, free: room} }

// crowded tells whether a call that comes now would be turned away.
func (g *gate) crowded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue) >= mostWaiting
}

// enter waits for a call's turn; false if it must be turned away. What costs more
// than there is has all of it.
func (g *gate) enter(ctx context.Context, cost int64) (pass, bool) {
	return g.turn(ctx, cost, mostWaiting, g.patience)
}

// again waits for another turn of a call that has had one: it is behind all who
// wait, but never one too many, and waits until the context ends.
func (g *gate) again(ctx context.Context, cost int64) (pass, bool) {
	return g.turn(ctx, cost, math.MaxInt, math.MaxInt64)
}

// turn waits for a turn, with fewer than most before it.
func (g *gate) turn(ctx context.Context, cost int64, most int, patience time.Duration) (pass, bool) {
	cost = min(cost, g.room)
	w, ok := g.ask(cost, most)
	if !ok {
		return pass{}, false
	}
	if w != nil {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		select {
		case <-w.turn:
		case <-ctx.Done():
			if g.withdraw(w) {
				return pass{}, false
			}
		}
	}
	return pass{gate: g, cost: cost}, true
}

// ask gives no waiter if a call may go on at once, and false if too many wait.
func (g *gate) ask(cost int64, most int) (*waiter, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case len(g.queue) == 0 && g.fits(cost):
		g.take(cost)
		return nil, true
	case len(g.queue) >= most:
		return nil, false
	}
	w := &waiter{cost: cost, turn: make(chan struct{})}
	g.queue = append(g.queue, w)
	return w, true
}

func (g *gate) fits(cost int64) bool { return g.running < mostCalls && g.free >= cost }

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
	gate *gate
	cost int64
}

// leave ends the work; again it does nothing.
func (p *pass) leave() {
	g := p.gate
	if g == nil {
		return
	}
	p.gate = nil
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.free += p.cost
	g.admit()
}

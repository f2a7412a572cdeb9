package soap

import (
	"context"
	"time"
)

// MostWaiting is how many calls may wait for their turn.
const MostWaiting = mostWaiting

// MostGuests is how many connections of this machine may be guests.
const MostGuests = maxGuests + nearGuests

// Occupy takes all the room for ordinary calls, and has every call turned away that
// does not get its turn within patience, until leave is called.
func (b *Budget) Occupy(patience time.Duration) (leave func()) {
	for _, g := range b.gates {
		g.patience = patience
	}
	p, _ := b.gates[0].enter(context.Background(), ordinaryWork)
	return p.leave
}

// Wait waits for a turn and leaves.
func (b *Budget) Wait() {
	p, _ := b.gates[0].enter(context.Background(), callCost)
	p.leave()
}

// Crowded tells whether as many ordinary calls wait as may.
func (b *Budget) Crowded() bool { return b.gates[0].crowded() }

// SetGrace sets how long an idle connection keeps its place.
func (c *Connections) SetGrace(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.grace = d
}

// Count is how many connections there are.
func (c *Connections) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open + c.guests
}

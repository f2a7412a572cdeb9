package soap

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

const (
	// maxLeft is how much of a body that was not read net/http passes over by
	// itself to keep the connection (net/http, maxPostHandlerReadBytes).
	maxLeft = 256 << 10
	// drainPatience bounds how long we pass over a larger one: who still writes
	// when the connection ends rarely reads the answer.
	drainPatience = 5 * time.Second
	// maxPassed bounds what we pass over.
	maxPassed = 4 * MaxBody
	// tellEvery is the time between two logs of requests turned away.
	tellEvery = 10 * time.Second
)

// cost is what a call with a body of n bytes takes while it is in work.
func (x *exchange) cost(n int) int64 {
	factor := int64(costFactor)
	if x.place.ModI != nil {
		factor = signedFactor
	}
	return callCost + factor*int64(n)
}

// crowded tells whether the caller would be turned away however short the time
// that its body takes.
func (x *exchange) crowded() bool {
	return ofGuest(x.r) || x.h.cfg.Budget.gate(x.cost(int(min(max(x.r.ContentLength, 0), MaxBody)))).crowded()
}

// turnAway answers a request whose body was not read to its end, or that cannot
// have its turn now. The caller gets the answer even if it sends all before it
// reads; one that asked before sending (Expect) sends nothing.
func (x *exchange) turnAway(p *hub.Problem) {
	x.away = p.Fault.Code == fault.Overloaded
	unread := x.raw == nil && (x.r.ContentLength < 0 || x.r.ContentLength > maxLeft)
	if !x.away || unread || ofGuest(x.r) {
		// Otherwise net/http waits for the rest of the body before it answers.
		x.w.Header().Set("Connection", "close")
	}
	if x.away && unread && x.r.Header.Get("Expect") == "" {
		x.drain()
	}
	x.fault(p)
	if p.Fault.Code == fault.BodyTooLarge && unread && x.r.Header.Get("Expect") == "" {
		_ = http.NewResponseController(x.w).Flush() // who reads already has it at once
		x.drain()
	}
}

// drain passes over the rest of the body.
func (x *exchange) drain() {
	control := http.NewResponseController(x.w)
	if control.SetReadDeadline(time.Now().Add(drainPatience)) != nil {
		return
	}
	// However it ends, the answer is the same and the connection is closed.
	_, _ = io.Copy(io.Discard, io.LimitReader(x.r.Body, maxPassed))
}

// tell counts a request that was turned away and logs how many were, now and then.
func (b *Budget) tell(log *slog.Logger, away bool, now time.Time) {
	if away {
		b.away.Add(1)
	}
	if b.away.Load() == 0 {
		return
	}
	last := b.told.Load()
	if now.UnixNano()-last < int64(tellEvery) || !b.told.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	if n := b.away.Swap(0); n > 0 {
		log.Warn("requests turned away", "count", n)
	}
}

package soap

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Sizes in bytes (contracts, Bytes: at most 64 MiB in flight).
const (
	MaxBody     = 12 << 20 // of one HTTP body as it arrives
	MaxInFlight = 64 << 20 // of all bodies in the process, and what calls hold beside
	firstRead   = 16 << 10 // first buffer of a body
	growth      = 4        // how many times a buffer that is full the next one is
	// smallRoom is for first buffers, one for each connection, largeRoom for what is
	// beyond them, so that few who send much never keep out many who send little. The
	// rest of MaxInFlight is for what calls hold beside their bodies.
	smallRoom = MaxConnections * firstRead
	largeRoom = 24 << 20
)

// What a body larger than firstRead must keep up with, so that nobody holds much
// by sending little: each buffer must be full in time. The slowest lines of offices
// send at 256 kbit/s.
const (
	bodyGrace = 5 * time.Second
	bodyRate  = 32 << 10 // bytes a second
)

// Budget bounds what the requests of a process hold at once: bytes of bodies, and
// calls in work with what they take. All handlers of a process share one. It counts
// buffers as they grow, not the lengths that callers announce, so that slow
// callers hold only what they have sent. Safe for concurrent use.
type Budget struct {
	bodies *semaphore.Weighted
	large  *semaphore.Weighted // what is not of first buffers, within bodies
	gates  [2]*gate            // of ordinary calls and of large ones
	away   atomic.Int64        // turned away, not logged yet
	told   atomic.Int64        // Unix nanoseconds of the last log
}

// NewBudget allows limit bytes of bodies; servers use MaxInFlight.
func NewBudget(limit int64) *Budget {
	large := limit
	if limit >= smallRoom+largeRoom {
		large = largeRoom
	}
	return &Budget{
		bodies: semaphore.NewWeighted(limit), large: semaphore.NewWeighted(large),
		gates: [2]*gate{newGate(ordinaryWork), newGate(largeWork)},
	}
}

// gate is that of calls with this cost.
func (b *Budget) gate(cost int64) *gate {
	if cost <= ordinaryCost {
		return b.gates[0]
	}
	return b.gates[1]
}

// share is what one request holds of a Budget.
type share struct {
	budget *Budget
	held   int64
	large  int64 // of held
}

// first takes n bytes for a first buffer, or for what a call holds beside its body,
// without waiting.
func (s *share) first(n int) bool {
	if !s.budget.bodies.TryAcquire(int64(n)) {
		return false
	}
	s.held += int64(n)
	return true
}

// grow takes n bytes beyond the first buffer, without waiting.
func (s *share) grow(n int) bool {
	if !s.budget.large.TryAcquire(int64(n)) {
		return false
	}
	if !s.first(n) {
		s.budget.large.Release(int64(n))
		return false
	}
	s.large += int64(n)
	return true
}

// release gives all back.
func (s *share) release() {
	s.budget.bodies.Release(s.held)
	s.budget.large.Release(s.large)
	s.held, s.large = 0, 0
}

// read reads a whole body of at most so many bytes into bytes held by the share.
func (s *share) read(w http.ResponseWriter, r *http.Request, most int) ([]byte, *hub.Problem) {
	if r.ContentLength > int64(most) {
		return nil, tooLarge(most)
	}
	// One byte more than is allowed, or announced, lets the last Read see the
	// end, or the excess.
	limit := most + 1
	if r.ContentLength >= 0 {
		limit = int(r.ContentLength) + 1
	}
	size := min(firstRead, limit)
	if !s.first(size) {
		return nil, overload()
	}
	pace := pacer{w: w, r: r, began: time.Now()}
	defer pace.end()
	buf := make([]byte, 0, size)
	for {
		n, err := r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > most:
			return nil, tooLarge(most)
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, refuse(&fault.Fault{Code: fault.BodyIncomplete})
		}
		if len(buf) == cap(buf) {
			size := min(growth*cap(buf), limit)
			if !s.grow(size - cap(buf)) {
				return nil, overload()
			}
			pace.expect(size - cap(buf))
			buf = append(make([]byte, 0, size), buf...)
		}
	}
}

// pacer sets the deadlines of one body's buffers, within the server's own.
type pacer struct {
	w     http.ResponseWriter
	r     *http.Request
	began time.Time
	set   bool
}

// last is the server's own deadline, zero if it has none.
func (p *pacer) last() time.Time {
	server, ok := p.r.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok || server.ReadTimeout <= 0 {
		return time.Time{}
	}
	return p.began.Add(server.ReadTimeout)
}

// expect gives the next n bytes their time.
func (p *pacer) expect(n int) {
	until := time.Now().Add(bodyGrace + time.Duration(n)*time.Second/bodyRate)
	if last := p.last(); !last.IsZero() && last.Before(until) {
		until = last
	}
	// What cannot set deadlines is no connection, and never slow.
	p.set = http.NewResponseController(p.w).SetReadDeadline(until) == nil || p.set
}

// end gives the connection the server's own deadline again: what it reads in the
// background while a call is in work would otherwise end the call.
func (p *pacer) end() {
	if p.set {
		_ = http.NewResponseController(p.w).SetReadDeadline(p.last())
	}
}

func tooLarge(most int) *hub.Problem {
	return refuse(&fault.Fault{Code: fault.BodyTooLarge, Expected: fmt.Sprintf("al più %d KiB", most>>10)})
}

func overload() *hub.Problem {
	return &hub.Problem{Fault: fault.Fault{Code: fault.Overloaded}, RetryAfter: retryOverload}
}

package soap

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"golang.org/x/sync/semaphore"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Sizes in bytes (contracts, Bytes).
const (
	MaxBody     = 12 << 20 // of one HTTP body as it arrives
	MaxInFlight = 64 << 20 // of all bodies in the process
	firstRead   = 16 << 10 // first buffer of a body
)

// Budget bounds the bytes of bodies that a process holds at once. All handlers
// of a process share one. It counts buffers as they grow, not the lengths that
// callers announce, so that slow callers hold only what they have sent. Safe
// for concurrent use.
type Budget struct{ sem *semaphore.Weighted }

// NewBudget allows limit bytes; servers use MaxInFlight.
func NewBudget(limit int64) *Budget { return &Budget{sem: semaphore.NewWeighted(limit)} }

// share is what one request holds of a Budget.
type share struct {
	budget *Budget
	held   int64
}

// grow takes n more bytes, without waiting.
func (s *share) grow(n int) bool {
	if !s.budget.sem.TryAcquire(int64(n)) {
		return false
	}
	s.held += int64(n)
	return true
}

// release gives all back.
func (s *share) release() {
	s.budget.sem.Release(s.held)
	s.held = 0
}

// read reads a whole body of at most so many bytes into bytes held by the share.
func (s *share) read(r *http.Request, most int) ([]byte, *hub.Problem) {
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
	if !s.grow(size) {
		return nil, overload()
	}
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
			size := min(2*cap(buf), limit)
			if !s.grow(size - cap(buf)) {
				return nil, overload()
			}
			buf = append(make([]byte, 0, size), buf...)
		}
	}
}

func tooLarge(most int) *hub.Problem {
	return refuse(&fault.Fault{Code: fault.BodyTooLarge, Expected: fmt.Sprintf("al più %d KiB", most>>10)})
}

func overload() *hub.Problem {
	return &hub.Problem{Fault: fault.Fault{Code: fault.Overloaded}, RetryAfter: retryOverload}
}

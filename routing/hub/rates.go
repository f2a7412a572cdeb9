package hub

import (
	"fmt"
	"sync"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// maxSenders bounds the memory of Rates: at about 150 bytes each, 5 MB. Only
// senders who proved who they are get in, so strangers cannot fill it.
const maxSenders = 32_768

// Rate is how many submissions one sender may make in a period. The zero value
// is no limit.
type Rate struct {
	Count  int
	Period time.Duration
}

// Quota is what a sender may still send. The zero value is no limit.
type Quota struct {
	Limit     int           // submissions in a full quota; 0 is no limit
	Remaining int           // submissions that may follow at once
	Reset     time.Duration // until the quota is full again
	After     time.Duration // above zero: refused, and one more is allowed after this
}

// Rates counts the submissions of senders, each region by its own rate. A
// sender has a bucket of Count submissions that fills again evenly over the
// period, which needs one instant of memory (the generic cell rate algorithm,
// ITU-T I.371, as a virtual scheduling). Counts are of the process. Safe for
// concurrent use.
type Rates struct {
	rates map[string]Rate

	mu    sync.Mutex
	full  map[sender]time.Time // instant at which the bucket will be full
	swept time.Time            // when makeRoom last looked at all of them
}

type sender struct{ region, name string }

// NewRates counts by the rates of the regions given; others have no limit.
func NewRates(rates map[string]Rate) *Rates {
	return &Rates{rates: rates, full: make(map[sender]time.Time)}
}

// Take takes one submission of a sender at an instant out of its quota, and
// tells what is left. What is refused is not counted. A nil Rates limits
// nobody.
func (r *Rates) Take(region, name string, at time.Time) Quota {
	if r == nil {
		return Quota{}
	}
	rate := r.rates[region]
	if rate.Count <= 0 || rate.Period <= 0 {
		return Quota{}
	}
	each := max(rate.Period/time.Duration(rate.Count), 1)
	whole := each * time.Duration(rate.Count)
	key := sender{region, name}
	r.mu.Lock()
	defer r.mu.Unlock()
	full := r.full[key]
	if full.Before(at) {
		full = at
	}
	q := Quota{Limit: rate.Count}
	next := full.Add(each)
	if over := next.Sub(at) - whole; over > 0 {
		q.Reset, q.After = full.Sub(at), over
		return q
	}
	r.makeRoom(key, at)
	r.full[key] = next
	q.Reset = next.Sub(at)
	q.Remaining = int((whole - q.Reset) / each)
	return q
}

// makeRoom forgets senders whose buckets are full, which loses nothing, looking
// at all of them once a second at most. If
// nobody's is, it forgets the one of a few that is nearest to it: that one may
// send a little more than its rate.
func (r *Rates) makeRoom(key sender, at time.Time) {
	if _, known := r.full[key]; known || len(r.full) < maxSenders {
		return
	}
	if at.Sub(r.swept) >= time.Second {
		r.swept = at
		for s, full := range r.full {
			if !full.After(at) {
				delete(r.full, s)
			}
		}
	}
	const few = 16
	for len(r.full) >= maxSenders {
		var nearest sender
		var soonest time.Time
		seen := 0
		for s, full := range r.full { // in an order of chance
			if seen == 0 || full.Before(soonest) {
				nearest, soonest = s, full
			}
			if seen++; seen == few {
				break
			}
		}
		delete(r.full, nearest)
	}
}

// take is the quota of the sender of a draft: its signer, or the system that
// the channel proved.
func (h *Hub) take(s Submission, v Verified) (Quota, error) {
	name := v.Signer
	if name == "" {
		name = "/" + s.System // no codice fiscale has a stroke
	}
	q := h.Rates.Take(s.Region.Slug, name, s.Received)
	if q.After > 0 {
		return q, &TryLater{Fault: fault.Fault{Code: fault.TooManyRequests}, After: q.After, Quota: q}
	}
	return q, nil
}

// TryLater is the error of a submission that cannot be taken now although
// nothing is wrong with the hub's store: nothing was promised, no entry made,
// and the same may be sent again. Its fault is told to the sender.
type TryLater struct {
	Fault fault.Fault
	After time.Duration // how long the sender should wait
	Quota Quota         // of the sender, if that is why
}

// Error implements error.
func (e *TryLater) Error() string {
	return fmt.Sprintf("%s: try again after %s", e.Fault.Code, e.After.Round(time.Millisecond))
}

package hub

import (
	"sync"
	"time"
)

// RefusalsPerHour is how many refused submissions of one address leave an
// entry in an hour; the rest are only counted (contracts.md, Entries).
const RefusalsPerHour = 60

// maxAddresses bounds the limiter's memory. Beyond it the hour's counts begin
// again, which errs towards recording.
const maxAddresses = 10_000

// Limiter counts refusals by address and hour. The zero value is ready; safe
// for concurrent use.
type Limiter struct {
	mu      sync.Mutex
	hour    time.Time
	counts  map[string]int
	dropped int64 // of the hour
	ended   int64 // of hours that ended, not drained yet
	last    time.Time
}

// Allow reports whether one more refusal of address at instant leaves an entry.
func (l *Limiter) Allow(address string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	if l.counts == nil || len(l.counts) >= maxAddresses {
		l.counts = make(map[string]int)
	}
	l.counts[address]++
	if l.counts[address] > RefusalsPerHour {
		l.dropped++
		return false
	}
	return true
}

// Drain gives, once, how many refusals of hours that ended left no entry, and
// the beginning of the last such hour.
func (l *Limiter) Drain(now time.Time) (hour time.Time, dropped int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(now)
	hour, dropped, l.ended = l.last, l.ended, 0
	return hour, dropped
}

// turn ends the hour if at lies in another.
func (l *Limiter) turn(at time.Time) {
	hour := at.Truncate(time.Hour)
	if hour.Equal(l.hour) {
		return
	}
	if l.dropped > 0 {
		l.ended, l.last = l.ended+l.dropped, l.hour
	}
	l.hour, l.counts, l.dropped = hour, nil, 0
}

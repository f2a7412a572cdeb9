package hub

import (
	"sync"
	"time"
)

// RefusalsPerHour is how many refused submissions of one address leave an
// entry in an hour; the rest are only counted (contracts.md, Entries).
const RefusalsPerHour = 60

// maxAddresses bounds the limiter's memory. Beyond it the whole hour's counts
// are forgotten, which errs towards recording.
const maxAddresses = 10_000

// Limiter counts refusals by address and hour. Safe for concurrent use.
type Limiter struct {
	mu      sync.Mutex
	hour    time.Time
	counts  map[string]int
	dropped int64
}

// Allow reports whether one more refusal of address at instant leaves an entry.
func (l *Limiter) Allow(address string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hour := at.Truncate(time.Hour); !hour.Equal(l.hour) || len(l.counts) >= maxAddresses {
		l.hour, l.counts = hour, make(map[string]int)
	}
	l.counts[address]++
	if l.counts[address] > RefusalsPerHour {
		l.dropped++
		return false
	}
	return true
}

// Dropped is how many refusals left no entry since the start.
func (l *Limiter) Dropped() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

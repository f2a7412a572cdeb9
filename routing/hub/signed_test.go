package hub

import (
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestFresh: the moments of a message, at their bounds.
func TestFresh(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		created, lasts time.Duration
		code           fault.Code
	}{
		"just made":                    {0, MessageAge, ""},
		"a little ahead":               {ClockTolerance, MessageAge, ""},
		"in the future":                {ClockTolerance + time.Millisecond, MessageAge, fault.MessageAhead},
		"in its last moment":           {-MessageAge + time.Millisecond, MessageAge, ""},
		"expired now":                  {-MessageAge, MessageAge, fault.MessageStale},
		"expired by its own word":      {-time.Minute, 30 * time.Second, fault.MessageStale},
		"Expires is Created":           {0, 0, fault.MessageLifetime},
		"Expires before Created":       {0, -time.Second, fault.MessageLifetime},
		"lasts too long":               {0, MessageAge + time.Millisecond, fault.MessageLifetime},
		"old, and would last for ever": {-MessageAge - time.Second, 1000 * time.Hour, fault.MessageLifetime},
	} {
		m := SignedMessage{Created: at.Add(c.created), Expires: at.Add(c.created + c.lasts)}
		f := m.Fresh(at, ClockTolerance)
		if f == nil && c.code != "" || f != nil && f.Code != c.code {
			t.Errorf("%s: %v, want %q", name, f, c.code)
		}
	}
}

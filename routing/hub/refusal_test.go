package hub_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
)

// TestRefusalsAreBounded: sixty entries an hour for an address; every refused
// submission is answered all the same.
func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	w := &world{}
	unsound("SIG-30")(w)
	h := hubIn(t, w)
	send := func(address string, at time.Time) {
		t.Helper()
		s := signed("x")
		s.Address, s.Received = address, at
		a, err := h.Submit(context.Background(), s)
		if err != nil || !a.Refused || codesOf(a.Faults) != "SIG-30" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	for range hub.RefusalsPerHour + 25 {
		send("192.0.2.7", received)
	}
	send("192.0.2.8", received)
	if _, early := h.Refusals.Drain(received); len(w.drafts) != 61 || early != 0 {
		t.Errorf("%d entries, %d counted before the hour ended", len(w.drafts), early)
	}
	hour, dropped := h.Refusals.Drain(received.Add(time.Hour))
	if dropped != 25 || !hour.Equal(received.Truncate(time.Hour)) {
		t.Errorf("%d only counted, in the hour of %s", dropped, hour)
	}
	if _, again := h.Refusals.Drain(received.Add(time.Hour)); again != 0 {
		t.Errorf("%d counted twice", again)
	}
	send("192.0.2.7", received.Add(time.Hour))
	if len(w.drafts) != 62 {
		t.Errorf("%d entries after another address and another hour, want 62", len(w.drafts))
	}
}

// TestLimiterForgets: its memory is bounded, and it errs towards recording.
func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	l := new(hub.Limiter)
	for range hub.RefusalsPerHour {
		l.Allow("first", received)
	}
	for n := range 20_000 {
		if !l.Allow(fmt.Sprint(n), received) {
			t.Fatalf("address %d was not recorded", n)
		}
	}
	if !l.Allow("first", received) {
		t.Error("a limiter that forgot still refuses")
	}
}

func TestLimiterIsShared(t *testing.T) {
	t.Parallel()
	l := new(hub.Limiter)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				l.Allow("192.0.2.7", received)
			}
		})
	}
	wg.Wait()
	if _, dropped := l.Drain(received.Add(time.Hour)); dropped != 100 {
		t.Errorf("%d of 160 dropped, want 100", dropped)
	}
}

package hub_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestRates: a full bucket at once, then evenly; each sender and region apart.
func TestRates(t *testing.T) {
	t.Parallel()
	r := hub.NewRates(map[string]hub.Rate{"marche": {Count: 60, Period: time.Minute}, "lazio": {}})
	for n := range 60 {
		q := r.Take("marche", signer, received)
		if q.After != 0 || q.Limit != 60 || q.Remaining != 59-n || q.Reset != time.Duration(n+1)*time.Second {
			t.Fatalf("submission %d: %+v", n+1, q)
		}
	}
	for range 3 { // what is refused costs nothing
		if q := r.Take("marche", signer, received); q.After != time.Second || q.Remaining != 0 || q.Reset != time.Minute {
			t.Fatalf("one too many: %+v", q)
		}
	}
	if q := r.Take("marche", signer, received.Add(time.Second-1)); q.After != 1 {
		t.Errorf("a nanosecond early: %+v", q)
	}
	if q := r.Take("marche", signer, received.Add(time.Second)); q.After != 0 || q.Remaining != 0 {
		t.Errorf("after the wait: %+v", q)
	}
	if q := r.Take("marche", stranger, received); q.After != 0 || q.Remaining != 59 {
		t.Errorf("another sender: %+v", q)
	}
	for _, region := range []string{"lazio", "piemonte"} {
		if q := r.Take(region, signer, received); q != (hub.Quota{}) {
			t.Errorf("%s has no limit: %+v", region, q)
		}
	}
	if q := r.Take("marche", signer, received.Add(2*time.Hour)); q.Remaining != 59 {
		t.Errorf("a clock's hour later: %+v", q)
	}
	if q := (*hub.Rates)(nil).Take("marche", signer, received); q != (hub.Quota{}) {
		t.Errorf("no rates: %+v", q)
	}
}

// TestRatesForget: the memory of senders is bounded, and who has just spent its
// quota is not forgotten for one who has not.
func TestRatesForget(t *testing.T) {
	t.Parallel()
	r := hub.NewRates(map[string]hub.Rate{"marche": {Count: 2, Period: time.Hour}})
	for range 2 {
		r.Take("marche", signer, received)
	}
	for n := range 100_000 {
		if q := r.Take("marche", fmt.Sprint(n), received); q.After != 0 {
			t.Fatalf("sender %d: %+v", n, q)
		}
	}
	if n := r.Senders(); n != hub.MaxSenders {
		t.Errorf("%d senders remembered", n)
	}
	if q := r.Take("marche", signer, received); q.After == 0 {
		t.Error("the one that had spent its quota was forgotten first")
	}
	r.Take("marche", "later", received.Add(2*time.Hour))
	if n := r.Senders(); n != 1 {
		t.Errorf("%d senders remembered after two hours", n)
	}
}

func TestRatesAreShared(t *testing.T) {
	t.Parallel()
	r := hub.NewRates(map[string]hub.Rate{"marche": {Count: 100, Period: time.Hour}})
	var wg sync.WaitGroup
	allowed := make(chan struct{}, 160)
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if r.Take("marche", signer, received).After == 0 {
					allowed <- struct{}{}
				}
			}
		})
	}
	wg.Wait()
	if len(allowed) != 100 {
		t.Errorf("%d of 160 allowed, want 100", len(allowed))
	}
}

// TestRateOfSubmissions: a sender's excess stops behind the signature and
// before the ledger, by signer or by the system of the channel; refused
// signatures are nobody's.
func TestRateOfSubmissions(t *testing.T) {
	t.Parallel()
	w := &world{signer: signer}
	h := hubIn(t, w)
	h.Rates = hub.NewRates(map[string]hub.Rate{"piemonte": {Count: 1, Period: time.Minute}, "marche": {Count: 1, Period: time.Minute}})
	s := signed("x")
	first, err := h.Submit(context.Background(), s)
	if err != nil || first.Quota.Limit != 1 || first.Quota.Remaining != 0 {
		t.Fatalf("first: %+v, %v", first.Quota, err)
	}
	w.asked = nil
	_, err = h.Submit(context.Background(), s)
	var later *hub.TryLater
	if !errors.As(err, &later) || later.Fault.Code != fault.TooManyRequests || later.After != time.Minute || later.Quota.Limit != 1 {
		t.Fatalf("second: %v", err)
	}
	if w.path() != "verify" {
		t.Errorf("the path went on: %s", w.path())
	}
	unsound("SIG-01")(w)
	s = unsigned("x")
	for n, system := range []string{"gestionale", "gestionale", "altro"} {
		s.System = system
		_, err := h.Submit(context.Background(), s)
		if errors.As(err, &later) != (n == 1) || n != 1 && err != nil {
			t.Errorf("system %s, submission %d: %v", system, n+1, err)
		}
	}
	unsound("SIG-30")(w)
	s = signed("x")
	for range 3 {
		if a, err := h.Submit(context.Background(), s); err != nil || !a.Refused || a.Quota.Limit != 0 {
			t.Fatalf("a broken signature: %+v, %v", a, err)
		}
	}
}

// BenchmarkTake is what the path of a submission pays for a rate.
func BenchmarkTake(b *testing.B) {
	r := hub.NewRates(map[string]hub.Rate{"marche": {Count: 1000, Period: time.Second}})
	at := received
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Millisecond)
		if r.Take("marche", signer, at).After != 0 {
			b.Fatal("refused")
		}
	}
}

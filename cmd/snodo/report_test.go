package main

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/reconcile"
)

// TestListsTogether: as many lists as may be are asked for at once, no more, and
// one that does not come holds up no other.
func TestListsTogether(t *testing.T) {
	t.Parallel()
	var keys []reconcile.Key
	for i := range 2 * askAtOnce {
		keys = append(keys, reconcile.Key{Day: "2026-11-26", Region: "marche", Kind: fmt.Sprint(i)})
	}
	var asking atomic.Int64
	var crowded atomic.Bool
	full := make(chan struct{}) // closed when the first so many wait together
	fill := sync.OnceFunc(func() { close(full) })
	lists := together(keys, func(k reconcile.Key) ([]reconcile.Registration, error) {
		n := asking.Add(1)
		defer asking.Add(-1)
		if n > askAtOnce {
			crowded.Store(true)
		}
		if n == askAtOnce {
			fill()
		}
		select {
		case <-full:
		case <-time.After(patience):
			return nil, errors.New("asked one by one")
		}
		switch k.Kind {
		case "1":
			return []reconcile.Registration{{}}, errors.New("away")
		case "2":
			return nil, nil
		}
		return []reconcile.Registration{{}}, nil
	})
	if len(lists) != len(keys)-2 || crowded.Load() {
		t.Errorf("%d lists of %d; too many at once: %v", len(lists), len(keys), crowded.Load())
	}
}

package bench

import (
	"testing"
	"time"
)

// TestCorpusStale: a corpus of assertions serves for as long as they will last.
func TestCorpusStale(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for age, want := range map[time.Duration]bool{0: false, 11 * time.Hour: false, 13 * time.Hour: true} {
		if got := (corpusHead{Dialect: dialectSAML, Made: now.Add(-age)}).stale(now); got != want {
			t.Errorf("after %s: stale %t", age, got)
		}
	}
	if (corpusHead{Dialect: dialectLazio}).stale(now) {
		t.Error("a corpus without assertions is stale")
	}
}

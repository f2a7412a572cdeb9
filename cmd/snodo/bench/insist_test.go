package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestLoadInsists: under overload what is turned away with Retry-After is sent again
// as it was until accepted, and counts as turned away alone; without Retry-After it
// is refused.
func TestLoadInsists(t *testing.T) {
	t.Parallel()
	corpus := testCorpus(t, dialectSPICOM, 300)
	var mu sync.Mutex
	var last string // what was turned away
	met, asked := 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if met++; last != "" && string(body) != last {
			t.Error("another submission in place of what was turned away")
		}
		if last = ""; met%2 == 1 {
			last = string(body)
			w.Header().Set("Retry-After", "2")
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		if asked++; asked == 2 {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Length", "0")
	}))
	defer server.Close()
	start := time.Now()
	l := &load{
		addr: strings.TrimPrefix(server.URL, "http://"), path: "/", corpus: corpus, rate: 1000, overload: true,
		connections: 1, start: start, warm: start, end: start.Add(500 * time.Millisecond), timeout: patience,
		accepts: func(status int, _ []byte) bool { return status == http.StatusOK },
	}
	latencies, err := l.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	away, accepted, refused := l.away.Load(), l.accepted.Load(), l.refused.Load()
	if int64(len(latencies)) != accepted || away < accepted+refused || away > accepted+refused+1 || away+accepted+refused != int64(met) ||
		refused != min(1, int64(asked)/2) || l.broken.Load() != 0 {
		t.Errorf("%d met: %d turned away, %d accepted with %d latencies, %d refused", met, away, accepted, len(latencies), refused)
	}
}

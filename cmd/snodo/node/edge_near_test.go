package node

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestNearby: the page of state of a process that takes submissions is not for
// its senders.
func TestNearby(t *testing.T) {
	t.Parallel()
	page := nearby(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	for name, c := range map[string]struct {
		from, header string
		want         int
	}{
		"this machine":         {"127.0.0.1:4000", "", http.StatusOK},
		"this machine, IPv6":   {"[::1]:4000", "", http.StatusOK},
		"mapped":               {"[::ffff:127.0.0.1]:4000", "", http.StatusOK},
		"another machine":      {"192.0.2.7:4000", "", http.StatusForbidden},
		"through a proxy":      {"127.0.0.1:4000", "X-Forwarded-For", http.StatusForbidden},
		"through a good proxy": {"127.0.0.1:4000", "Forwarded", http.StatusForbidden},
		"nobody":               {"", "", http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodGet, "/stato", nil)
		r.RemoteAddr = c.from
		if c.header != "" {
			r.Header.Set(c.header, "for=192.0.2.7")
		}
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
	}
}

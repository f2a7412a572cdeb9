package soap_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
)

// TestOrigin: limits count a network of IPv6 as one caller, and every other address
// for itself. Who has a network has an address for each refusal, and would fill the
// ledger with them.
func TestOrigin(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.7:5000":                 "192.0.2.7",
		"[::ffff:192.0.2.7]:5000":        "::ffff:192.0.2.7",
		"[2001:db8:0:1::7]:5000":         "2001:db8:0:1::/64",
		"[2001:db8:0:1:f:f:f:f]:5000":    "2001:db8:0:1::/64",
		"[2001:db8:0:2::7]:5000":         "2001:db8:0:2::/64",
		"[fe80::1%eth0]:5000":            "fe80::/64",
		"of no address at all, nor port": "",
	} {
		b := new(backend)
		h, err := soap.New(config(b, slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest(http.MethodPost, "/soap/marche", strings.NewReader(submitMessage("<a/>")))
		req.Header.Set("Content-Type", "text/xml; charset=utf-8")
		req.RemoteAddr = remote
		h.ServeHTTP(httptest.NewRecorder(), req)
		if s := b.submission(t); s.Address != want {
			t.Errorf("%s counts as %q, want %q", remote, s.Address, want)
		}
	}
}

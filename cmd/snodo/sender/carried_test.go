package sender

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSentAgain: what net/http sends again, when a server closed an idle connection,
// is the message with its header, as it was sent first.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	const plain = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/></s:Body></s:Envelope>`
	authority, err := xmlsig.NewAuthority("CA", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := NewGateway(authority, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("seen")
	for name, over := range map[string]func(http.RoundTripper) http.RoundTripper{
		"SAML": func(next http.RoundTripper) http.RoundTripper {
			return Presenter{Next: next, Assertion: []byte(`<Assertion/>`)}
		},
		"ModI": func(next http.RoundTripper) http.RoundTripper {
			return NewModICaller(next, gateway, []*x509.Certificate{authority.Certificate})
		},
	} {
		seen := roundTrip(func(r *http.Request) (*http.Response, error) {
			first, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			body, err := r.GetBody()
			if err != nil {
				t.Fatal(err)
			}
			again, err := io.ReadAll(body)
			if err != nil || !bytes.Equal(first, again) || int64(len(first)) != r.ContentLength || !bytes.Contains(first, []byte("Security")) {
				t.Errorf("%s: sent %d bytes of %d, and again %d, %v", name, len(first), r.ContentLength, len(again), err)
			}
			return nil, enough
		})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://nodo.example/soap/lazio", strings.NewReader(plain))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := over(seen).RoundTrip(req); !errors.Is(err, enough) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package soap_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestQuotaHeaders: what is left of a quota, 429 beyond it with the wait in
// whole seconds, never too short; without a limit no such header.
func TestQuotaHeaders(t *testing.T) {
	t.Parallel()
	over := hub.Quota{Limit: 60, Reset: 59*time.Second + 1, After: 1500 * time.Millisecond}
	for name, c := range map[string]struct {
		quota  hub.Quota
		err    error
		status int
		code   fault.Code
		heads  string // limit, remaining, reset, Retry-After
	}{
		"none":    {status: 200, heads: "///"},
		"within":  {quota: hub.Quota{Limit: 60, Remaining: 12, Reset: 48 * time.Second}, status: 200, heads: "60/12/48/"},
		"beyond":  {err: &hub.TryLater{Fault: fault.Fault{Code: fault.TooManyRequests}, After: over.After, Quota: over}, status: 429, code: fault.TooManyRequests, heads: "60/0/60/2"},
		"unknown": {err: fmt.Errorf("check: %w", &hub.TryLater{Fault: fault.Fault{Code: "SIG-37"}, After: time.Minute}), status: 503, code: "SIG-37", heads: "///60"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, nil)
			e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
				return hub.Answer{Accepted: true, Receipt: []byte(sealed), Quota: c.quota}, c.err
			}
			a := e.post(t, "/soap/marche", submitMessage("<x/>"))
			if c.code != "" {
				a.wants(t, c.status, "Server", c.code)
			} else if a.status != c.status {
				t.Errorf("status %d", a.status)
			}
			got := ""
			for _, h := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"} {
				got += a.header.Get(h) + "/"
			}
			if strings.TrimSuffix(got, "/") != c.heads {
				t.Errorf("headers %s, want %s", got, c.heads)
			}
			if logged := e.log.String(); strings.Contains(logged, `"level":"ERROR"`) != (name == "unknown") {
				t.Errorf("log: %s", logged)
			}
		})
	}
}

// TestRegionsOwnBody: a region's limit holds for it alone and never lifts the
// edge's own.
func TestRegionsOwnBody(t *testing.T) {
	t.Parallel()
	const most = 64 << 10
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			switch cfg.Endpoints[i].Region.Slug {
			case "marche":
				cfg.Endpoints[i].MaxBody = most
			case "lazio":
				cfg.Endpoints[i].MaxBody = 2 * soap.MaxBody
			}
		}
	})
	exact := echoMessage + strings.Repeat(" ", most-len(echoMessage))
	if a := e.post(t, "/soap/marche", exact); a.status != 200 {
		t.Errorf("exactly the limit: %d", a.status)
	}
	a := e.post(t, "/soap/marche", exact+" ")
	a.wants(t, http.StatusRequestEntityTooLarge, "Client", fault.BodyTooLarge)
	if !strings.Contains(string(a.body), "64 KiB") {
		t.Errorf("the limit is not told: %s", a.body)
	}
	if a := e.post(t, "/soap/piemonte", exact+" "); a.status != 200 {
		t.Errorf("another region: %d", a.status)
	}
	conn := e.dial(t)
	send(t, conn, head("/soap/lazio", "HTTP/1.1", soap.MaxBody+1))
	receive(t, conn).wants(t, http.StatusRequestEntityTooLarge, "Client", fault.BodyTooLarge)
}

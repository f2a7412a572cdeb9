package soap_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestKeepMessageOfMany: a signed message that brings many communications is kept
// whole, with what became of each, before it is answered; if it cannot be, nobody
// is told of anything.
func TestKeepMessageOfMany(t *testing.T) {
	t.Parallel()
	_, s, m := guarded(t)
	var kept []hub.MassMessage
	var trouble error
	g := &soap.ModI{Messages: s, Memory: m, Audience: []string{thisEndpoint}, Keep: func(_ context.Context, m hub.MassMessage) error {
		kept = append(kept, m)
		return trouble
	}}
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			if ep := &cfg.Endpoints[i]; ep.Region.Slug == "marche" {
				ep.Profiles, ep.ModI, ep.Dialect = soap.MessageProfiles(), g, batches{count: 2}
			}
		}
	})
	if a := e.post(t, "/soap/marche", echoMessage); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if len(kept) != 1 || string(kept[0].Evidence) != echoMessage || len(kept[0].Items) != 2 || kept[0].Signed.ID != "urn:a" || kept[0].Region.Slug != "marche" || kept[0].Received.IsZero() {
		t.Errorf("kept %+v", kept)
	}
	trouble = errors.New("full")
	a := e.post(t, "/soap/marche", echoMessage)
	if f := a.fault(t); a.status != http.StatusServiceUnavailable || f.Errors[0].Code != string(fault.ServiceUnavailable) || strings.Contains(a.body, "full") {
		t.Errorf("not kept: %d %s", a.status, a.body)
	}
}

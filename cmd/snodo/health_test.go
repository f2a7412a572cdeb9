package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// TestHealth: the verb says what the probes of a real hub say.
func TestHealth(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	if out := mustRun(t, "health", "--url", h.URL()); out != "vivo\n" {
		t.Errorf("alive: %q", out)
	}
	if out := mustRun(t, "health", "--ready", "--url", h.URL()+"/"); out != "pronto\n" {
		t.Errorf("ready: %q", out)
	}
	if out := mustRun(t, "health", "--json", "--url", h.URL()); !strings.Contains(out, `"stato": "vivo"`) {
		t.Errorf("JSON: %s", out)
	}
	address := h.URL()
	h.stop()
	if code, out, errs := attempt(t, "health", "--url", address); code != verb.ExitFailed || out != "" || !strings.Contains(errs, "not healthy") {
		t.Errorf("a stopped hub: exit code %d\n%s%s", code, out, errs)
	}
}

func TestHealthOfOthers(t *testing.T) {
	t.Parallel()
	var asked atomic.Value // the path
	silent := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path)
		switch r.URL.Path {
		case "/readyz":
			http.Error(w, "non pronto", http.StatusServiceUnavailable)
		case "/elsewhere/healthz":
			http.Redirect(w, r, "/healthz", http.StatusFound)
		case "/silent/healthz":
			<-silent
		}
	}))
	defer server.Close()
	defer close(silent)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, xmlsig.EncodeCertificates(server.Certificate()), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		path string
	}{
		"alive over TLS":     {[]string{"--url", server.URL, "--ca", ca}, verb.ExitDone, "/healthz"},
		"not ready":          {[]string{"--url", server.URL, "--ca", ca, "--ready"}, verb.ExitFailed, "/readyz"},
		"sends us elsewhere": {[]string{"--url", server.URL + "/elsewhere", "--ca", ca}, verb.ExitFailed, "/elsewhere/healthz"},
		"silent":             {[]string{"--url", server.URL + "/silent", "--ca", ca, "--timeout", "3s"}, verb.ExitFailed, "/silent/healthz"},
		"unknown authority":  {[]string{"--url", server.URL}, verb.ExitFailed, ""},
		"no CA file":         {[]string{"--url", server.URL, "--ca", ca + "x"}, verb.ExitFailed, ""},
		"no URL":             {[]string{"--url", "127.0.0.1"}, verb.ExitUsage, ""},
	} {
		asked.Store("")
		if code, _, errs := attempt(t, append([]string{"health"}, c.args...)...); code != c.code || asked.Load() != c.path {
			t.Errorf("%s: exit code %d, want %d; asked %q\n%s", name, code, c.code, asked.Load(), errs)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if out := mustRun(t, "version"); !strings.HasPrefix(out, "snodo ") || !strings.Contains(out, " go1.") {
		t.Errorf("%q", out)
	}
	if out := mustRun(t, "version", "--json"); !strings.Contains(out, `"platform"`) {
		t.Errorf("%q", out)
	}
}

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// TestSubmitStaysThere: a document goes to the address that was given and to no other
// that a redirection names, for it holds personal data.
func TestSubmitStaysThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, signer, file := filepath.Join(dir, "data"), filepath.Join(dir, "firma"), filepath.Join(dir, "d.xml")
	mustRun(t, "certificate", "issue", "--data", data, "--cf", sample.Invent(908).CodiceFiscale(), "--out", signer)
	if err := os.WriteFile(file, encodeDocument(t, samplesOf(t, "lazio", 0).Hiring(1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	hub := httptest.NewServer(http.RedirectHandler(other.URL+"/soap/lazio", http.StatusTemporaryRedirect))
	defer hub.Close()
	code, _, errs := attempt(t, "submit", "--url", hub.URL+"/soap/lazio", "--cert", signer+".pem", "--key", signer+".key", file)
	if code != verb.ExitFailed || !strings.Contains(errs, "status 307") || reached.Load() != 0 {
		t.Errorf("exit code %d, %s; the other place was called %d times", code, errs, reached.Load())
	}
}

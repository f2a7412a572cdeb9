package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestRefusalLeadsToTheCatalogue: whoever reads what `submit` and `receipt
// verify` print of a refusal finds the codes explained, at the hub and offline.
func TestRefusalLeadsToTheCatalogue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	url, kept := d.URL()+"/soap/marche", d.path("kept")
	code, out, errs := attempt(t, slices.Concat([]string{"submit", "--url", url, "--receipts", kept}, d.sign, []string{d.path("rejected.xml")})...)
	e, _ := fault.Lookup(fault.CodeNotZero)
	for _, want := range []string{"respinta  -  " + d.path("rejected.xml") + "\n", "  ENV-04  " + e.Text, "riga ", e.Remedy, e.Source, "snodo explain ENV-04, oppure "} {
		if code != verb.ExitFinding || errs != "" || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no %q in\n%s%s", code, want, out, errs)
		}
	}
	page, anchor, ok := strings.Cut(strings.TrimSpace(out[strings.LastIndex(out, "http://"):]), "#")
	res, err := webClient(t, 1).Get(page)
	if err != nil || !ok {
		t.Fatal(err, out)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil || res.StatusCode != http.StatusOK || !strings.Contains(text.String(), `<article id="`+anchor+`">`) {
		t.Errorf("status %d, no anchor %q, %v", res.StatusCode, anchor, err)
	}
	files, err := filepath.Glob(filepath.Join(kept, "*.xml"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	out = mustRun(t, "receipt", "verify", files[0], "--trust", filepath.Join(d.data, "seal.pem"))
	for _, want := range []string{"sigillo valido\n", "rifiuto ", "  ENV-04  " + e.Text, e.Remedy, "  per saperne di più: snodo explain ENV-04\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}

	code, out, _ = attempt(t, "submit", "--url", url, "--as-is", d.path("unsigned.xml")) // a SOAP fault
	e, _ = fault.Lookup(fault.Unsigned)
	for _, want := range []string{"rifiutata  -  ", "  SIG-01  " + e.Text, e.Remedy, "snodo explain SIG-01, oppure " + d.URL() + "/errori#SIG-01\n"} {
		if code != verb.ExitFinding || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, out)
		}
	}
	if _, list := d.submit(t, "marche", "--as-is", d.path("unsigned.xml")); len(list[0].Faults) != 1 || list[0].Faults[0].Code != string(fault.Unsigned) {
		t.Errorf("as JSON %+v", list[0])
	}
}

// TestSubmitWaits: submit sends again what a hub had no room for, when it asks to.
func TestSubmitWaits(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	target, err := url.Parse(h.URL())
	if err != nil {
		t.Fatal(err)
	}
	var calls, after atomic.Int64 // seconds
	after.Store(1)
	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) > 1 {
			httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.Header().Set("Retry-After", strconv.FormatInt(after.Load(), 10))
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(envelope.AppendFault(nil, envelope.Server, fault.List{{Code: fault.Overloaded}}))
	}))
	t.Cleanup(full.Close)
	document := filepath.Join(t.TempDir(), "signed.xml")
	signed, err := signerFor(t, data, 0).Sign(samplesOf(t, "marche", 0).Hiring(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(document, signed, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := mustRun(t, "submit", "--url", full.URL+"/soap/marche", "--as-is", document); !strings.Contains(out, "accettata") || calls.Load() != 2 {
		t.Errorf("%d calls\n%s", calls.Load(), out)
	}
	calls.Store(0)
	after.Store(3600)
	if code, out, _ := attempt(t, "submit", "--url", full.URL+"/soap/marche", "--as-is", document); code != verb.ExitFinding || calls.Load() != 1 {
		t.Errorf("with less time than the hub asks for: exit code %d, %d calls\n%s", code, calls.Load(), out)
	}
}

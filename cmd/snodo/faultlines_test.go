package main

import (
	"bytes"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
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

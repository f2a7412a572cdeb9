package sender

import (
	"bytes"
	"testing"

	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestPrintFaults: place, remedy and source; what is the same for a code is
// told once; a code that this build does not know is printed all the same.
func TestPrintFaults(t *testing.T) {
	t.Parallel()
	e, ok := fault.Lookup(fault.CodeNotZero)
	if !ok {
		t.Fatal("no ENV-04")
	}
	head := "  ENV-04  Primo.\n          campo          /UniLav/@codice, riga 3\n"
	about := "          che cosa fare  " + e.Remedy + "\n          fonte          " + e.Source + "\n"
	first := receipt.Line{Code: "ENV-04", Severity: receipt.Refusal, Path: "/UniLav/@codice", Line: 3, Text: "Primo."}
	for name, tc := range map[string]struct {
		faults []receipt.Line
		page   string
		want   string
	}{
		"none": {nil, "http://h/errori", ""},
		"one":  {[]receipt.Line{first}, "", head + about + "  per saperne di più: snodo explain ENV-04\n"},
		"twice": {[]receipt.Line{first, {Code: "ENV-04", Severity: receipt.Refusal, Line: 4, Text: "Secondo."}}, "http://h/errori",
			head + about + "  ENV-04  Secondo.\n          campo          riga 4\n" +
				"  per saperne di più: snodo explain ENV-04, oppure http://h/errori#ENV-04\n"},
		"of a newer hub, a warning": {[]receipt.Line{{Code: "NEW-77", Severity: receipt.Warning, Text: "Nuovo."}}, "",
			"  NEW-77  (avviso, non impedisce l'accettazione) Nuovo.\n  per saperne di più: snodo explain NEW-77\n"},
	} {
		var out bytes.Buffer
		PrintFaults(&out, tc.faults, tc.page)
		if out.String() != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", name, &out, tc.want)
		}
	}
}

func TestCataloguePage(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://h:8443/soap/marche":    "https://h:8443/errori",
		"https://h/prefix/soap/lazio":   "https://h/prefix/errori",
		"http://h/spicom/servlet/x":     "",
		"http://h/x/servlet/rpcrouter":  "",
		"http://127.0.0.1:1/soap/lazio": "http://127.0.0.1:1/errori",
	} {
		if got := CataloguePage(endpoint); got != want {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
}

package sender

import (
	"fmt"
	"io"
	"strings"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/xsd/fault"
)

// PrintFaults tells people what is wrong with a document: each fault with its
// place; what to do and whose rule it is once a code; and where to read more.
// Page is the address of the hub's catalogue, "" if it is not known.
func PrintFaults(out io.Writer, faults []receipt.Line, page string) {
	told := make(map[string]bool)
	for _, f := range faults {
		fmt.Fprintf(out, "  %-7s %s\n", f.Code, faultSentence(f))
		if place := faultPlace(f); place != "" {
			fmt.Fprintf(out, "          campo          %s\n", place)
		}
		if told[f.Code] {
			continue
		}
		told[f.Code] = true
		if e, ok := fault.Lookup(fault.Code(f.Code)); ok {
			fmt.Fprintf(out, "          che cosa fare  %s\n          fonte          %s\n", e.Remedy, e.Source)
		}
	}
	if len(faults) == 0 {
		return
	}
	fmt.Fprintf(out, "  per saperne di più: snodo explain %s", faults[0].Code)
	if page != "" {
		fmt.Fprintf(out, ", oppure %s#%s", page, faults[0].Code)
	}
	fmt.Fprintln(out)
}

// faultSentence says of a warning that it is one.
func faultSentence(f receipt.Line) string {
	if f.Severity == receipt.Warning {
		return "(avviso, non impedisce l'accettazione) " + f.Text
	}
	return f.Text
}

func faultPlace(f receipt.Line) string { return probe.Finding{Path: f.Path, Line: f.Line}.Place() }

// FaultLines are the errors of a SOAP fault in the form that receipts have.
func FaultLines(f *client.Fault) []receipt.Line {
	var lines []receipt.Line
	for _, e := range f.Errors {
		lines = append(lines, receipt.Line{Code: e.Code, Severity: receipt.Refusal, Path: e.Path, Line: e.Line, Text: e.Text})
	}
	return lines
}

// CataloguePage is the address of the catalogue beside a hub's endpoint, ""
// if the endpoint's address is not of the form that hubs publish.
func CataloguePage(endpoint string) string {
	base, _, ok := strings.Cut(endpoint, soap.EndpointPath)
	if !ok {
		return ""
	}
	return base + soap.CataloguePath
}

// FaultText is a fault as one line for people.
func FaultText(f fault.Fault) string { return string(f.Code) + ": " + f.Text() }

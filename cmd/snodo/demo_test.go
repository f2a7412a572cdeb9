package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/demo"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// program runs a verb as a process of its own, as the demonstration runs the
// others.
func program(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	logs := new(logTail)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, code, err := verb.Program{Path: self, Errors: logs}.Run(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return code, string(text), logs.Text()
}

// TestDemo: one object, with exactly these fields, and figures that agree.
func TestDemo(t *testing.T) {
	t.Parallel()
	code, out, errs := program(t, "demo", "--json")
	if code != verb.ExitDone || errs != "" {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &object); err != nil {
		t.Fatal(err)
	}
	checkFields(t, object, "regions", "reconciled", "ledger_verified", "elapsed_ms")
	var lines []map[string]json.RawMessage
	if err := json.Unmarshal(object["regions"], &lines); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		checkFields(t, line, "region", "submitted", "accepted", "rejected", "repeated", "registered", "receipts")
	}
	var result demo.Result
	if err := json.Unmarshal([]byte(out), &result); err != nil {
		t.Fatal(err)
	}
	if !result.Reconciled || !result.Verified || result.Elapsed <= 0 || result.Elapsed >= 30_000 || len(result.Regions) != len(routing.Regions()) {
		t.Errorf("%+v", result)
	}
	for _, r := range result.Regions {
		rejected, decided := demoDecides(r.Region)
		if r.Accepted != decided-rejected || r.Rejected != rejected || r.Repeated != 1 || r.Registered != r.Accepted || r.Receipts != r.Accepted ||
			r.Submitted != r.Accepted+r.Rejected+r.Repeated {
			t.Errorf("%+v", r)
		}
	}
}

// demoDecides is how many communications of a region are rejected, of how many
// that are decided.
func demoDecides(region string) (rejected, decided int64) {
	rejected, decided = 5, 33+5
	if region == "piemonte" { // and domestic work, and an archive of five
		rejected, decided = rejected+1+2, decided+5
	}
	return rejected, decided
}

func checkFields(t *testing.T, object map[string]json.RawMessage, want ...string) {
	t.Helper()
	var got []string
	for name := range object {
		got = append(got, name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("fields %q, want %q", got, want)
	}
}

// TestDemoBreak does each harm and has it found, by name.
func TestDemoBreak(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`guasto trovato, con il suo nome: ([0-9a-f]{16,64})\n`)
	for _, harm := range []string{"tamper", "lose", "double", "forge"} {
		t.Run(harm, func(t *testing.T) {
			if harm != "tamper" && !long() {
				t.Skip("SNODO_LONG=1 runs it")
			}
			t.Parallel()
			code, out, errs := program(t, "demo", "--break", harm)
			_, found, done := strings.Cut(out, "ora report e verify, che non ne sanno nulla:")
			item := named.FindStringSubmatch(found)
			wantDemoLines(t, out)
			if code != verb.ExitFinding || !done || item == nil {
				t.Fatalf("exit code %d\n%s%s", code, out, errs)
			}
			if n := strings.Count(found, item[1]); n < 2 {
				t.Errorf("neither report nor verify names %s:\n%s", item[1], found)
			}
		})
	}
}

// wantDemoLines looks for what tells people of the kinds and of the faults.
func wantDemoLines(t *testing.T, out string) {
	t.Helper()
	for _, kind := range co.Kinds() {
		if n := strings.Count(out, "\n  "+kind+" "); n < 3 {
			t.Errorf("%d communications are %s", n, kind)
		}
	}
	_, shown, _ := strings.Cut(out, "\nassunzione in ritardo (UNILAV, marche), accettata:")
	late, many, ok := strings.Cut(shown, "\ncontro molte regole (UNISOMM, marche), respinta:")
	if !ok || !strings.Contains(late, "(avviso") {
		t.Errorf("no warning shown:\n%s", out)
	}
	many, _, _ = strings.Cut(many, "\nuna ricevuta per intero")
	for _, code := range []fault.Code{fault.OtherPerson, fault.NumericCode, fault.MissionDates, fault.UnlistedCode, fault.LapsedCode} {
		e, _ := fault.Lookup(code)
		for _, want := range []string{"\n  " + string(code) + " ", e.Text, e.Remedy, e.Source} {
			if !strings.Contains(many, want) {
				t.Errorf("%s: no %q in\n%s", code, want, many)
			}
		}
	}
	for _, want := range []string{"(qualificaProfessionale)", "campo          /UniSomm/", ", riga ", "snodo explain "} {
		if !strings.Contains(many, want) {
			t.Errorf("no %q in\n%s", want, many)
		}
	}
}

// TestDemoForPeople: a line for each communication with its receipts, every
// kind, all that is wrong with one, one whole receipt, the table.
func TestDemoForPeople(t *testing.T) {
	t.Parallel()
	if !long() {
		t.Skip("SNODO_LONG=1 runs it; TestDemoBreak prints the same before the harm")
	}
	code, out, errs := program(t, "demo")
	registered := 0
	for _, r := range routing.Regions() {
		rejected, decided := demoDecides(r.Slug)
		registered += int(decided - rejected)
	}
	if code != verb.ExitDone || errs != "" || !strings.Contains(out, "tutto come atteso") || !strings.Contains(out, "\nquadra\n") ||
		!strings.Contains(out, "registro verificato") || strings.Count(out, "<Ricevuta ") != 1 ||
		strings.Count(out, ", registrazione ") != registered {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	wantDemoLines(t, out)
}

package hub_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestFaultsAreTold: what is recorded and answered names the field by label and
// path, on its line, and carries the wording of its day; warnings of an accepted
// communication too.
func TestFaultsAreTold(t *testing.T) {
	t.Parallel()
	hiring, rectification := national(t, "assunzione"), national(t, "rettifica")
	for _, tc := range []struct {
		name, document, path, field string
		code                        fault.Code
	}{
		{"schema", strings.Replace(hiring, "<sesso>F<", "<sesso>X<", 1), "/UniLav/Lavoratore/AnagraficaCompleta/sesso",
			"Lavoratore > Dati anagrafici > Sesso", fault.NotListed},
		{"rule", strings.Replace(hiring, `codiceComunicazione="0000000000000000"`, `codiceComunicazione="1300126000000001"`, 1),
			"/UniLav/@codiceComunicazione", "Codice della comunicazione", fault.CodeNotZero},
		{"chain", rectification, "/UniLav/@codiceComunicazionePrec", "Codice della comunicazione precedente", fault.UnknownPrevious},
	} {
		w := &world{signer: signer}
		a, err := hubIn(t, w).Submit(context.Background(), signed(tc.document))
		if err != nil || len(a.Faults) != 1 {
			t.Fatalf("%s: %+v, %v", tc.name, a.Faults, err)
		}
		e, _ := fault.Lookup(tc.code)
		f := a.Faults[0]
		if f.Code != tc.code || f.Path != tc.path || f.Field != tc.field || f.Line == 0 || f.Wording != e.Text || f.Warning != a.Accepted {
			t.Errorf("%s: %+v", tc.name, f)
		}
		if !strings.Contains(f.Text(), tc.field) || !bytes.Contains(w.drafts[0].Entry.Faults, []byte(`"text":`)) {
			t.Errorf("%s: says %q, recorded %s", tc.name, f.Text(), w.drafts[0].Entry.Faults)
		}
	}
}

// TestEverythingAtOnce: a document that its schema refuses is read on, and what
// the rules say of the rest is told too; nothing twice, and nothing that only
// follows from a refused value.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	const sex, code, start = "XSD-21 /UniLav/Lavoratore/AnagraficaCompleta/sesso", "ENV-04 /UniLav/@codiceComunicazione", "XSD-23 /UniLav/InizioRapporto/@dataInizio"
	badSex := []string{"<sesso>F<", "<sesso>X<"}
	badCode := []string{`codiceComunicazione="0000000000000000"`, `codiceComunicazione="1300126000000001"`}
	badStart := []string{`dataInizio="2026-03-09"`, `dataInizio="2026-13-09"`}
	backwards := []string{`dataFine="2026-09-30"`, `dataFine="2025-09-30"`}
	for name, tc := range map[string]struct {
		edits []string
		want  string
	}{
		"schema and rule":             {slices.Concat(badSex, badCode), sex + "; " + code},
		"one field, the schema first": {[]string{badCode[0], `codiceComunicazione=""`}, "XSD-22 /UniLav/@codiceComunicazione"},
		"both dates sound":            {slices.Concat(badSex, backwards), sex + "; REL-02 /UniLav/InizioRapporto/@dataFine"},
		"one date refused":            {slices.Concat(badStart, backwards), start},
		"missing attribute":           {slices.Concat([]string{" " + badCode[0], ""}, badSex), "XSD-11 /UniLav/@codiceComunicazione; " + sex},
		"missing element":             {[]string{"<TipoComunicazione>01</TipoComunicazione>", "", badCode[0], badCode[1]}, "XSD-10 /UniLav/TipoComunicazione; " + code},
		"another arrangement":         {slices.Concat([]string{"<Lavoratore>", "<x/><Lavoratore>"}, badCode), "XSD-12 /UniLav/x"},
		"more than are told":          {slices.Concat([]string{"<Lavoratore>", strings.Repeat("<x/>", 101) + "<Lavoratore>"}, badCode), "XSD-91 /UniLav"},
	} {
		document := national(t, "assunzione")
		for i := 0; i < len(tc.edits); i += 2 {
			if strings.Count(document, tc.edits[i]) != 1 {
				t.Fatalf("%s: edit of %s does not fit once", name, tc.edits[i])
			}
			document = strings.Replace(document, tc.edits[i], tc.edits[i+1], 1)
		}
		a, err := hubIn(t, &world{signer: signer}).Submit(context.Background(), signed(document))
		if err != nil || a.Accepted {
			t.Fatalf("%s: accepted %v, %v", name, a.Accepted, err)
		}
		var told []string
		for _, f := range a.Faults {
			told = append(told, string(f.Code)+" "+f.Path)
			if f.Code != fault.MoreFaults && f.Field == "" || f.Line == 0 {
				t.Errorf("%s: %+v is named by no label or line", name, f)
			}
		}
		if got := strings.Join(told[max(0, len(told)-strings.Count(tc.want, ";")-1):], "; "); got != tc.want || len(told) > 102 {
			t.Errorf("%s: told %s, want %s", name, got, tc.want)
		}
	}
}

package xsd

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

func TestLabel(t *testing.T) {
	t.Parallel()
	s := build(t)
	for path, want := range map[string]string{
		"/UniLav":                                "Comunicazione UniLav",
		"/UniLav/@versione":                      "Versione del tracciato",
		"/UniLav/DatoreLavoro/SedeLavoro/cap":    "Datore di lavoro > Sede di lavoro > CAP della sede di lavoro",
		"/UniLav/DatoreLavoro/SedeLavoro[2]/cap": "Datore di lavoro > Sede di lavoro n. 2 > CAP della sede di lavoro",
		"/UniLav/DatoreLavoro/@codiceFiscale":    "Datore di lavoro > Codice fiscale del datore di lavoro",
		"/UniLav/Lavoratore/@ignoto":             "Lavoratore > ignoto",
		"/UniLav/Lavoratore/ignoto/altro/@x":     "Lavoratore > ignoto > altro > x",
		"/UniLav/Lavoratore/@ignoto/altro":       "Lavoratore > ignoto > altro",
		"/UniLav/TipoComunicazione/x":            "Tipo di comunicazione > x",
		"/object/datiInizio":                     "",
		"UniLav/Lavoratore":                      "",
		"":                                       "",
	} {
		faults := fault.List{{Code: fault.UnknownTipo, Path: path}}
		s.Label(unilavID, faults)
		if faults[0].Field != want {
			t.Errorf("%s is %q, want %q", path, faults[0].Field, want)
		}
	}
	if got := s.RootAttribute(unilavID, "codiceComunicazionePrec"); got != "/UniLav/@codiceComunicazionePrec" {
		t.Errorf("the previous code is at %q", got)
	}
	if got := s.RootAttribute(unilavID, "cap") + s.RootAttribute(ID{"UNILAV", "CO130110"}, "versione"); got != "" {
		t.Errorf("found %q", got)
	}
	faults := fault.List{{Path: "/UniLav", Field: "nome dato"}}
	s.Label(unilavID, faults)
	s.Label(ID{"UNILAV", "CO130110"}, fault.List{{Path: "/UniLav"}}) // no panic
	if faults[0].Field != "nome dato" {
		t.Errorf("renamed %q", faults[0].Field)
	}
}

// checkNamed: a fault about any field names it in Italian, step by step.
func checkNamed(t *testing.T, f fault.Fault) {
	t.Helper()
	switch f.Code {
	case fault.UnknownStandard, fault.UnknownEdition, fault.EditionNotInForce, fault.NotWellFormed, fault.MoreFaults, fault.NotConforming:
		return // no field
	}
	steps := strings.Count(strings.TrimPrefix(f.Path, "/"), "/")
	if f.Field == "" || strings.Count(f.Field, fault.FieldSeparator) != max(0, steps-1) {
		t.Errorf("%s at %s is %q", f.Code, f.Path, f.Field)
	}
}

// TestLabelsOfTheElder: a schema written by others, as a pack's is, borrows the
// labels it lacks from the program's own of its kind.
func TestLabelsOfTheElder(t *testing.T) {
	t.Parallel()
	text, err := File("unilav/CO190701R1/unilav.xsd")
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(?s)<xs:documentation xml:lang="it">.*?</xs:documentation>`).ReplaceAll(text, nil)
	bare = bytes.ReplaceAll(bare, []byte(`<xs:element name="Settore"`), []byte(`<xs:element name="Ateco"`)) // one that only the new one has
	elder, err := readSchema(text)
	if err != nil {
		t.Fatal(err)
	}
	own, err := readSchema(bare)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]string{
		"/UniLav":                             {"UniLav", "Comunicazione UniLav"},
		"/UniLav/@versione":                   {"versione", "Versione del tracciato"},
		"/UniLav/DatoreLavoro/SedeLavoro/cap": {"DatoreLavoro > SedeLavoro > cap", "Datore di lavoro > Sede di lavoro > CAP della sede di lavoro"},
		"/UniLav/DatoreLavoro/Ateco":          {"DatoreLavoro > Ateco", "Datore di lavoro > Ateco"},
	} {
		own.elder = nil
		if got := own.field(path); got != want[0] {
			t.Errorf("alone, %s is %q, want %q", path, got, want[0])
		}
		own.elder = elder
		if got := own.field(path); got != want[1] {
			t.Errorf("%s is %q, want %q", path, got, want[1])
		}
	}
}

package fault

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestCatalogueIsSortedAndFound(t *testing.T) {
	t.Parallel()
	all := Catalogue()
	for i, e := range all {
		if i > 0 && all[i-1].Code >= e.Code {
			t.Errorf("%s comes after %s", e.Code, all[i-1].Code)
		}
		if got, ok := Lookup(e.Code); !ok || got != e {
			t.Errorf("Lookup(%s) = %+v, %t", e.Code, got, ok)
		}
	}
	if _, ok := Lookup("XXX-99"); ok {
		t.Error("found a code that is not in the catalogue")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	e, _ := Lookup(Duplicate)
	for _, c := range []struct {
		f    Fault
		want string
	}{
		{Fault{Code: Duplicate}, e.Text},
		{Fault{Code: Duplicate, Expected: "un solo mittente"}, strings.TrimSuffix(e.Text, ".") + ": un solo mittente."},
		{Fault{Code: "XXX-99"}, "XXX-99"},
		{Fault{Code: "XXX-99", Wording: "Come fu detto.", Expected: "x"}, "Come fu detto: x."},
		{Fault{Code: Duplicate, Wording: "Com'era."}, "Com'era."},
		{Fault{Code: Duplicate, Path: "/A/@b", Field: "Uno > Due"}, e.Text + " Uno > Due (b)."},
		{Fault{Code: Duplicate, Path: "/A/b[2]", Field: "Uno > Due n. 2", Expected: "due cifre"}, e.Text + " Uno > Due n. 2 (b): due cifre."},
		{Fault{Code: Duplicate, Path: "/A/codice-fiscale", Field: "Codice fiscale"}, e.Text + " Codice fiscale (codice-fiscale)."},
		{Fault{Code: Duplicate, Path: "/A/cap", Field: "A > CAP della sede"}, e.Text + " A > CAP della sede."}, // named already
		{Fault{Code: Duplicate, Field: "Uno"}, e.Text + " Uno."},
		{Fault{Code: Duplicate, Field: "Uno > E-mail di chi invia", Expected: "l'e-mail di chi invia"}, e.Text + " Uno > E-mail di chi invia."},
		{Fault{Code: Duplicate, Field: "Uno > CAP", Expected: "CAP"}, e.Text + " Uno > CAP."},
		{Fault{Code: Duplicate, Field: "Uno > CAP", Expected: "il CAP di una sede"}, e.Text + " Uno > CAP: il CAP di una sede."},
	} {
		if got := c.f.Text(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
	if got := (Fault{Code: "XXX-99"}).Anomalia(); got != "0000" {
		t.Errorf("anomalia of an unknown code %q", got)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	warning, refusal := Fault{Code: UnknownPrevious, Warning: true}, Fault{Code: Duplicate}
	for _, c := range []struct {
		list List
		want bool
	}{{nil, false}, {List{warning}, false}, {List{warning, refusal}, true}} {
		if c.list.Refuses() != c.want {
			t.Errorf("%+v refuses: %t", c.list, !c.want)
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	list := List{{Code: Duplicate}, {Code: UnknownPrevious, Path: "/UniLav/@a", Line: 7, Expected: `<&">`, Warning: true}}
	b, err := list.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(b)
	if err != nil || !reflect.DeepEqual(got, list) {
		t.Errorf("read back %+v, %v", got, err)
	}
	if b, err := (List{}).Encode(); b != nil || err != nil {
		t.Errorf("an empty list gives %q, %v", b, err)
	}
	if got, err := Decode(nil); got != nil || err != nil {
		t.Errorf("nothing gives %v, %v", got, err)
	}
	if _, err := Decode([]byte("{")); err == nil {
		t.Error("broken JSON is read")
	}
}

// TestWorded: what is recorded says of itself what it said on its day.
func TestWorded(t *testing.T) {
	t.Parallel()
	list := List{{Code: MissingElement, Path: "/UniLav", Field: "Uno", Expected: "due"}, {Code: Duplicate, Wording: "Altro."}, {Code: "XXX-99"}}
	worded := list.Worded()
	e, _ := Lookup(MissingElement)
	if worded[0].Wording != e.Text || worded[1].Wording != "Altro." || worded[2].Wording != "" || list[0].Wording != "" {
		t.Errorf("%+v of %+v", worded, list)
	}
	b, err := worded.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decode(b); err != nil || !reflect.DeepEqual(got, worded) {
		t.Errorf("read back %+v, %v", got, err)
	}
	if List(nil).Worded() != nil {
		t.Error("something comes of nothing")
	}
}

// TestUnwordedIsReadAsEver: entries recorded before faults carried their
// wording, and outcomes of the national store, say what they always said.
func TestUnwordedIsReadAsEver(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/unworded.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		code, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		list, err := Decode([]byte(`[{"code":"` + code + `","path":"/A/b","line":3,"expected":"x"},{"code":"` + code + `"}]`))
		if err != nil || len(list) != 2 {
			t.Fatalf("%s: %v, %v", code, list, err)
		}
		if got := list[1].Text(); got != text {
			t.Errorf("%s says %q, said %q", code, got, text)
		}
		if got, want := list[0].Text(), strings.TrimSuffix(text, ".")+": x."; got != want {
			t.Errorf("%s says %q, said %q", code, got, want)
		}
	}
}

package fault

import (
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

package compare

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
)

var update = flag.Bool("update", false, "rewrite what is expected; read the difference before committing")

// within opens the files of an archive whose names begin with a side.
func within(a *txtar.Archive, side string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		for _, f := range a.Files {
			if f.Name == side+"/"+name {
				return f.Data, nil
			}
		}
		return nil, errors.New("no file " + name)
	}
}

// TestFormats compares before/schema.xsd with after/schema.xsd of each case
// and holds what is told to the text that people read.
func TestFormats(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, err := Read(within(a, "before"), "schema.xsd")
			if err != nil {
				t.Fatal(err)
			}
			after, err := Read(within(a, "after"), "schema.xsd")
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := Print(&out, Formats(before, after)); err != nil {
				t.Fatal(err)
			}
			last := &a.Files[len(a.Files)-1]
			if last.Name != "changes" {
				t.Fatalf("the last part is %s", last.Name)
			}
			if *update {
				last.Data = out.Bytes()
				if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := out.String(); got != string(last.Data) {
				t.Errorf("got\n%s\nwant\n%s", got, last.Data)
			}
			for _, f := range []*Format{before, after} {
				if same := Formats(f, f); len(same) > 0 {
					t.Errorf("compared with itself: %+v", same)
				}
			}
		})
	}
}

// TestProgramsSchemas: every schema of the program is read, has fields, and
// none of them changed from itself; read backwards, what was added was removed.
func TestProgramsSchemas(t *testing.T) {
	t.Parallel()
	s, err := xsd.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var formats []*Format
	for _, info := range s.Kinds() {
		f, err := Read(xsd.File, info.File)
		if err != nil {
			t.Errorf("%v: %v", info.ID, err)
			continue
		}
		if f.Fields() < 10 || len(Formats(f, f)) > 0 {
			t.Errorf("%v: %d fields", info.ID, f.Fields())
		}
		formats = append(formats, f)
	}
	for _, a := range formats {
		for _, b := range formats {
			forth, back := counts(Formats(a, b)), counts(Formats(b, a))
			if forth[Added] != back[Removed] || forth[Removed] != back[Added] {
				t.Errorf("%s to %s: %v, back %v", a.root.name, b.root.name, forth, back)
			}
		}
	}
}

func counts(changes []Change) map[Kind]int {
	n := make(map[Kind]int)
	for _, c := range changes {
		n[c.Kind] += len(c.Paths)
	}
	return n
}

// TestRefused: what cannot be read is told, and no schema makes the reader run
// for ever.
func TestRefused(t *testing.T) {
	t.Parallel()
	const head = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">`
	for name, c := range map[string]struct{ text, says string }{
		"no XML":             {"<a", "schema.xsd"},
		"no schema":          {"<a/>", "no schema"},
		"no element":         {head + "</xs:schema>", "no element"},
		"redefine":           {head + "<xs:redefine/></xs:schema>", "redefine"},
		"part not there":     {head + `<xs:include schemaLocation="b.xsd"/></xs:schema>`, "b.xsd"},
		"type not there":     {head + `<xs:element name="r" type="t"/></xs:schema>`, "no type t"},
		"group not there":    {head + `<xs:element name="r"><xs:complexType><xs:group ref="g"/></xs:complexType></xs:element></xs:schema>`, "no group g"},
		"group in itself":    {head + `<xs:group name="g"><xs:sequence><xs:group ref="g"/></xs:sequence></xs:group><xs:element name="r"><xs:complexType><xs:group ref="g"/></xs:complexType></xs:element></xs:schema>`, "made of itself"},
		"type of itself":     {head + `<xs:simpleType name="t"><xs:restriction base="t"/></xs:simpleType><xs:element name="r" type="t"/></xs:schema>`, "made of itself"},
		"attributes lacking": {head + `<xs:element name="r"><xs:complexType><xs:attributeGroup ref="g"/></xs:complexType></xs:element></xs:schema>`, "no attribute group g"},
		"derived of itself":  {head + `<xs:complexType name="t"><xs:complexContent><xs:extension base="t"/></xs:complexContent></xs:complexType><xs:element name="r" type="t"/></xs:schema>`, "made of itself"},
		"endless":            {head + endless() + `<xs:element name="r"><xs:complexType><xs:group ref="g0"/></xs:complexType></xs:element></xs:schema>`, "too large"},
		"no number":          {head + `<xs:element name="r"><xs:complexType><xs:sequence maxOccurs="few"/></xs:complexType></xs:element></xs:schema>`, "no number"},
		"attributes in themselves": {head + `<xs:attributeGroup name="g"><xs:attributeGroup ref="g"/></xs:attributeGroup>` +
			`<xs:element name="r"><xs:complexType><xs:attributeGroup ref="g"/></xs:complexType></xs:element></xs:schema>`, "made of itself"},
	} {
		_, err := Read(func(file string) ([]byte, error) {
			if file != "schema.xsd" {
				return nil, errors.New("no file " + file)
			}
			return []byte(c.text), nil
		}, "schema.xsd")
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	// A block inside itself is told once, and ends.
	f, err := Read(func(string) ([]byte, error) {
		return []byte(head + `<xs:complexType name="t"><xs:sequence><xs:element name="a" type="t" minOccurs="0"/></xs:sequence></xs:complexType><xs:element name="r" type="t"/></xs:schema>`), nil
	}, "schema.xsd")
	if err != nil || f.Fields() != 2 {
		t.Errorf("a block inside itself: %v", err)
	}
}

// endless are groups that each use the next one twice.
func endless() string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, `<xs:group name="g%d"><xs:sequence><xs:group ref="g%d"/><xs:group ref="g%[2]d"/></xs:sequence></xs:group>`, i, i+1)
	}
	return b.String() + `<xs:group name="g40"><xs:sequence/></xs:group>`
}

func TestTables(t *testing.T) {
	t.Parallel()
	before := codes.Files{"cessazione": []byte("AA - - Altro\nBB - -\nCC 2020-01-01 2020-12-31 Vecchia\nDD - -\nFF - - Prima\n")}
	after := codes.Files{"cessazione": []byte("BB - 2026-12-31\nCC 2020-01-01 2020-12-31 Vecchia\nDD - -\nDD 2030-01-01 -\nEE 2027-01-01 - Nuova\nFF - - Dopo\n")}
	changes, err := Tables(before, after)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := PrintTables(&out, changes); err != nil {
		t.Fatal(err)
	}
	const want = `
Tabella cessazione
  + EE Nuova (dal 2027-01-01)
  - AA Altro (senza limiti)
  ~ BB
      validità: senza limiti → fino al 2026-12-31
  ~ DD
      validità: senza limiti → senza limiti, dal 2030-01-01
  ~ FF Dopo
      descrizione: Prima → Dopo
`
	if out.String() != want {
		t.Errorf("got %s", &out)
	}
	if same, err := Tables(after, after); err != nil || len(same) > 0 {
		t.Errorf("the same tables: %+v, %v", same, err)
	}
	if _, err := Tables(before, codes.Files{"cessazione": []byte("BB - -\nA\n")}); err == nil {
		t.Error("a table of no form was compared")
	}
}

// TestManyCodes: people are shown the first of many changes, and how many more.
func TestManyCodes(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range shown + 7 {
		fmt.Fprintf(&many, "%04d - -\n", i)
	}
	changes, err := Tables(codes.Files{"cessazione": nil}, codes.Files{"cessazione": []byte(many.String())})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := PrintTables(&out, changes); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n  + "); lines != shown || !strings.HasSuffix(out.String(), "\n  e altri 7\n") {
		t.Errorf("%d lines: %s", lines, &out)
	}
}

// FuzzRead: no schema makes the reader fail otherwise than by an error.
func FuzzRead(f *testing.F) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range cases {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range a.Files {
			f.Add(part.Data)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		format, err := Read(func(string) ([]byte, error) { return text, nil }, "schema.xsd")
		if err == nil && len(Formats(format, format)) > 0 {
			t.Error("changed from itself")
		}
	})
}

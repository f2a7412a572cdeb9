package compare

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestDeclared: what declarations add to their types is told like what types
// say: the values that they fix, in all branches of a choice, the one that
// stands for none, nil; and the namespace of the format.
func TestDeclared(t *testing.T) {
	t.Parallel()
	const text = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a"><xs:element name="r"><xs:complexType><xs:sequence>
		<xs:choice><xs:element name="c" fixed="N"/><xs:sequence><xs:element name="d"/><xs:element name="c" fixed="S"/></xs:sequence></xs:choice>
		<xs:element name="e" type="xs:string" default="1"/></xs:sequence>
		<xs:attribute name="v" fixed="E1" type="xs:string"/></xs:complexType></xs:element></xs:schema>`
	parse := func(edits ...string) *Format {
		f, err := Read(func(string) ([]byte, error) { return []byte(strings.NewReplacer(edits...).Replace(text)), nil }, "a.xsd")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, c := range []struct{ edit, with, want string }{
		{`"E1"`, `"E1"`, ""},
		{`"E1"`, `"E2"`, "~ /r/@v\n      valori aggiunti: E2\n      valori tolti: E1\n"},
		{`fixed="E1" `, "", "~ /r/@v\n      valori: E1 → nessun vincolo\n"},
		{`fixed="S"`, `fixed="T"`, "~ /r/c\n      valori aggiunti: T\n      valori tolti: S\n"},
		{`fixed="S"`, "", "~ /r/c\n      valori: N, S → nessun vincolo\n"},
		{`default="1"`, `default="2"`, "~ /r/e\n      valore predefinito: 1 → 2\n"},
		{`default="1"`, "", "~ /r/e\n      valore predefinito: 1 → nessuno\n"},
		{`default="1"`, `default="1" nillable="true"`, "~ /r/e\n      valore nullo (xsi:nil): non ammesso → ammesso\n"},
		{"xs:string\" default", "xs:token\" default", "~ /r/e\n      genere: testo → testo su una riga, spazi ridotti\n"},
		{"<xs:schema", "\ufeff<xs:schema", ""}, // the mark of some editors
		{"urn:a", "urn:b", "~ /r\n      spazio dei nomi: urn:a → urn:b\n"},
	} {
		var b bytes.Buffer
		if err := Print(&b, Formats(parse(), parse(c.edit, c.with))); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(b.String(), "\nCambiati\n  "); got != c.want {
			t.Errorf("%s: %q, want %q", c.with, got, c.want)
		}
	}
}

// TestBeside: an address of the web stands for the file of its last name, as
// for the judge of a pack; what is imported need not be there.
func TestBeside(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"s/a.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="https://ente.example/xsd/b.xsd"/>` +
			`<xs:import namespace="urn:c" schemaLocation="https://ente.example/c.xsd"/><xs:element name="r" type="t"/></xs:schema>`,
		"s/b.xsd":       `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="./parti/d.xsd"/></xs:schema>`,
		"s/parti/d.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="t"><xs:attribute name="v"/></xs:complexType></xs:schema>`,
	}
	f, err := Read(func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no file " + name)
	}, "s/a.xsd")
	if err != nil || f.Fields() != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

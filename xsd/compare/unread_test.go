package compare

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd"
)

// TestGap: what each change of a schema means for a decoder that was not
// written to it.
func TestGap(t *testing.T) {
	t.Parallel()
	const second = `<xs:element name="LavoratoreCoobbligato"`
	const public, publicly = `<xs:element name="PubblicaAmministrazione" type="SiNo"`, "/UniLav/DatoreLavoro/PubblicaAmministrazione"
	for name, c := range map[string]struct {
		old, with string
		want      Gaps
	}{
		"nothing":           {second, second, Gaps{}},
		"new element":       {second, `<xs:element name="Nuovo" type="SiNo" minOccurs="0"/>` + second, Gaps{Added: []string{"/UniLav/Nuovo"}}},
		"any element":       {second, `<xs:any namespace="##other" minOccurs="0" processContents="lax"/>` + second, Gaps{Added: []string{"/UniLav/*"}}},
		"new attribute":     {`<xs:attribute name="codiceCausa"`, `<xs:attribute name="nuovo" type="SiNo"/><xs:attribute name="codiceCausa"`, Gaps{Added: []string{"/UniLav/Cessazione/@nuovo"}}},
		"several":           {`<xs:element name="SedeLegale" type`, `<xs:element maxOccurs="2" name="SedeLegale" type`, Gaps{First: []string{"/UniLav/DatoreLavoro/SedeLegale"}}},
		"optional":          {public, `<xs:element minOccurs="0" name="PubblicaAmministrazione" type="SiNo"`, Gaps{Lacking: []string{publicly}}},
		"renamed":           {public, `<xs:element name="Pubblica" type="SiNo"`, Gaps{Added: []string{"/UniLav/DatoreLavoro/Pubblica"}, Gone: []string{publicly}}},
		"reshaped":          {public, `<xs:element name="PubblicaAmministrazione" type="SedePrecedente"`, Gaps{Reshaped: []string{publicly}}},
		"block to value":    {`name="ModelloQ" type="ModelloQ"`, `name="ModelloQ" type="SiNo"`, Gaps{Reshaped: []string{"/UniLav/Lavoratore/ModelloQ"}}},
		"element before":    {`<xs:element name="UniLav">`, `<xs:element name="Altro" type="SiNo"/><xs:element name="UniLav">`, Gaps{}},
		"another value":     {`<xs:enumeration value="F"/>`, `<xs:enumeration value="F"/><xs:enumeration value="X"/>`, Gaps{}},
		"another type":      {`name="dataFine" type="Data"`, `name="dataFine" type="xs:string"`, Gaps{}},
		"in another block":  {second, `<xs:element name="Settore" type="Settore"/>` + second, Gaps{Added: []string{"/UniLav/Settore"}}},
		"no longer allowed": {`<xs:element name="ModelloQ"`, `<xs:element maxOccurs="0" name="ModelloQ"`, Gaps{Gone: []string{"/UniLav/Lavoratore/ModelloQ"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const file = "unilav/CO190701R1/unilav.xsd"
			known, err := Read(xsd.File, file)
			if err != nil {
				t.Fatal(err)
			}
			now, err := read(func(name string) ([]byte, error) {
				text, err := xsd.File(name)
				return bytes.Replace(text, []byte(c.old), []byte(c.with), 1), err
			}, file, "UniLav")
			if err != nil {
				t.Fatal(err)
			}
			got := gap(known, now)
			for _, pair := range [][2][]string{{got.Added, c.want.Added}, {got.Reshaped, c.want.Reshaped}, {got.Gone, c.want.Gone},
				{got.First, c.want.First}, {got.Lacking, c.want.Lacking}} {
				if !slices.Equal(pair[0], pair[1]) {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			}
		})
	}
}

// TestGapMoved: another order among siblings is none, another block is one.
func TestGapMoved(t *testing.T) {
	t.Parallel()
	format := func(children string) *Format {
		f, err := Read(func(string) ([]byte, error) {
			return []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType><xs:sequence>` +
				strings.NewReplacer("(", `<xs:element name="`, ")", `" type="xs:string"/>`, "[", `<xs:element name="`, "|", `"><xs:complexType><xs:sequence>`,
					"]", `</xs:sequence></xs:complexType></xs:element>`).Replace(children) + `</xs:sequence></xs:complexType></xs:element></xs:schema>`), nil
		}, "a.xsd")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	known := format("(a)(b)[c|(d)]")
	if g := gap(known, format("[c|(d)](b)(a)")); len(g.Added)+len(g.Gone)+len(g.Lacking)+len(g.First)+len(g.Reshaped) > 0 {
		t.Errorf("another order: %+v", g)
	}
	g := gap(known, format("(b)[c|(a)(d)]"))
	if !slices.Equal(g.Added, []string{"/r/c/a"}) || !slices.Equal(g.Gone, []string{"/r/a"}) {
		t.Errorf("another block: %+v", g)
	}
}

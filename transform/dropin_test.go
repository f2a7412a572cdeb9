package transform

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/compare"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// own are the program's standards, compiled once for the tests of packs.
var own = sync.OnceValue(func() *xsd.Standards {
	s, err := xsd.New(context.Background())
	if err != nil {
		panic(err)
	}
	return s
})

// TestWalksKnowTheirSchemas: of every edition of the program the walk asks for
// each element and attribute of the schema, whether or not a sample has it.
func TestWalksKnowTheirSchemas(t *testing.T) {
	t.Parallel()
	for _, info := range own().Kinds() {
		format, err := compare.Read(xsd.File, info.File)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range format.Paths() {
			if !Knows(info.Kind, path) {
				t.Errorf("%s: the walk does not ask for %s", info.Kind, path)
			}
		}
	}
	for path, known := range map[string]bool{"/UniLav": true, "/UniLav/Lavoratore/extraCE/@questura": true, "/UniLav/@questura": false,
		"/UniLav/Lavoratore/questura": false, "/UniSomm": false, "/": false, "": false, "/UniLav/Lavoratore/@x/y": false} {
		if Knows(co.UNILAV, path) != known {
			t.Errorf("%s: known %v", path, !known)
		}
	}
	if Knows("UNIX", "/UniLav") {
		t.Error("a kind without walk knows a path")
	}
}

// packed is a pack of one edition: the program's schema of a kind, changed, and
// a document of it, changed. Changes are pairs of what is replaced, in every
// place, and by what.
func packed(t testing.TB, id xsd.ID, document []byte, schema, content []string) (*xsd.Standards, []byte, error) {
	t.Helper()
	change := func(text []byte, pairs []string) []byte {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(string(text), pairs[i]) {
				t.Fatalf("nothing says %q", pairs[i])
			}
			text = []byte(strings.ReplaceAll(string(text), pairs[i], pairs[i+1]))
		}
		return text
	}
	kinds := own().Kinds()
	text, err := xsd.File(kinds[slices.IndexFunc(kinds, func(i xsd.Info) bool { return i.ID == id })].File)
	if err != nil {
		t.Fatal(err)
	}
	return packOf(t, id, change(text, schema), change(document, content))
}

func packOf(t testing.TB, id xsd.ID, schema, document []byte) (*xsd.Standards, []byte, error) {
	t.Helper()
	manifest, err := json.Marshal(map[string]any{"name": "Prova", "editions": []map[string]string{
		{"kind": id.Kind, "edition": id.Edition, "schema": "a.xsd", "source": "Decreto di prova"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := xsd.ReadPack(fstest.MapFS{
		"pack.json": {Data: manifest}, "a.xsd": {Data: schema}, "samples/a.xml": {Data: document},
	}, time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	s, err := xsd.With(t.Context(), p, func(id xsd.ID, content []byte) error {
		_, _, err := DecodeDropIn(id, content)
		return err
	})
	return s, document, err
}

// The places of the UNILAV schema and of the sample that tests change.
const (
	beforeSecond = `<xs:element name="LavoratoreCoobbligato"`
	sectorInside = `<xs:element name="Settore" type="Settore">`
	beforePlace  = `<xs:element name="SedeLavoro" type="SedeLavoro"`
	beforeLegal  = `<xs:element name="SedeLegale" type="SedeLegale"`
)

// TestDropIn: what a pack changes in the format of UNILAV, with a valid
// document that uses it.
func TestDropIn(t *testing.T) {
	t.Parallel()
	same := func(*co.UniLav) bool { return true }
	for name, c := range map[string]struct {
		schema, content []string
		holds           func(*co.UniLav) bool
		passed          []string
	}{
		"new value": {
			[]string{beforeSecond, `<xs:element name="Nuovo" type="xs:string"/>` + beforeSecond},
			[]string{"</Lavoratore>", "</Lavoratore><Nuovo>1</Nuovo>"},
			same, []string{"/UniLav/Nuovo"},
		},
		"new block in a block": {
			[]string{sectorInside, `<xs:element name="Nuovo" maxOccurs="unbounded"><xs:complexType><xs:sequence><xs:element name="Settore" type="xs:string"/></xs:sequence><xs:attribute name="codice" type="xs:string"/></xs:complexType></xs:element>` + sectorInside},
			[]string{"<Settore>", `<Nuovo codice="1"><Settore>altro</Settore></Nuovo><Nuovo><Settore/></Nuovo><Settore>`},
			func(c *co.UniLav) bool { return c.DatoreLavoro.Settore != "altro" && c.DatoreLavoro.Settore != "" },
			[]string{"/UniLav/DatoreLavoro/Nuovo"},
		},
		"new attributes": {
			[]string{`<xs:attribute name="denominazione"`, `<xs:attribute name="nuovo" type="xs:string"/><xs:attribute name="denominazione"`},
			[]string{"<DatoreLavoro ", `<DatoreLavoro nuovo="1" `},
			same, []string{"/UniLav/DatoreLavoro/@nuovo"},
		},
		"any element of others": {
			[]string{beforeSecond, `<xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>` + beforeSecond},
			[]string{"</Lavoratore>", `</Lavoratore><a:Settore xmlns:a="urn:a"><Cessazione xmlns=""/></a:Settore><b:x xmlns:b="urn:b" b:y="1"/>`},
			func(c *co.UniLav) bool { return c.Cessazione == nil }, []string{"/UniLav/Settore", "/UniLav/x"},
		},
		"another order": {
			[]string{beforePlace, `<xs:element name="X" type="xs:string" minOccurs="0"/>` + beforePlace, beforeLegal, `<xs:element name="PubblicaAmministrazione" type="xs:string"/>` + beforeLegal,
				`<xs:element name="PubblicaAmministrazione" type="SiNo">`, `<xs:element name="Y" type="SiNo" minOccurs="0">`},
			[]string{"<PubblicaAmministrazione>NO</PubblicaAmministrazione>", "", "<SedeLegale>", "<PubblicaAmministrazione>NO</PubblicaAmministrazione><SedeLegale>"},
			func(c *co.UniLav) bool { return c.DatoreLavoro.PubblicaAmministrazione == "NO" }, nil,
		},
		"several where one was": {
			[]string{beforePlace, `<xs:element maxOccurs="3" name="SedeLavoro" type="SedeLavoro"`},
			[]string{"</SedeLavoro>", "</SedeLavoro><SedeLavoro><Comune>F205</Comune><cap>20121</cap><Indirizzo>Via B</Indirizzo></SedeLavoro><SedeLavoro><Comune>H501</Comune><Indirizzo>Via C</Indirizzo></SedeLavoro>"},
			func(c *co.UniLav) bool { return c.DatoreLavoro.SedeLavoro.Comune == "A271" }, []string{"/UniLav/DatoreLavoro/SedeLavoro[2]"},
		},
		"absent where one was": {
			[]string{`<xs:element name="PubblicaAmministrazione"`, `<xs:element minOccurs="0" name="PubblicaAmministrazione"`,
				`<xs:attribute name="denominazione" type="Testo" use="required"`, `<xs:attribute name="denominazione" type="Testo"`,
				beforeLegal, `<xs:element minOccurs="0" name="SedeLegale" type="SedeLegale"`},
			[]string{"<PubblicaAmministrazione>NO</PubblicaAmministrazione>", "", ` denominazione="Cantieri Conero &amp; Figli"`, ""},
			func(c *co.UniLav) bool {
				return c.DatoreLavoro.PubblicaAmministrazione == "" && c.DatoreLavoro.Denominazione == ""
			}, nil,
		},
		"moved to another block": {
			[]string{`<xs:element name="PubblicaAmministrazione"`, `<xs:element minOccurs="0" name="PubblicaAmministrazione"`,
				beforeSecond, `<xs:element name="PubblicaAmministrazione" type="SiNo"/>` + beforeSecond},
			[]string{"<PubblicaAmministrazione>NO</PubblicaAmministrazione>", "", "</Lavoratore>", "</Lavoratore><PubblicaAmministrazione>NO</PubblicaAmministrazione>"},
			func(c *co.UniLav) bool { return c.DatoreLavoro.PubblicaAmministrazione == "" }, []string{"/UniLav/PubblicaAmministrazione"},
		},
		"a value more": {
			[]string{`<xs:enumeration value="F"/>`, `<xs:enumeration value="F"/><xs:enumeration value="X"/>`},
			[]string{"<sesso>F</sesso>", "<sesso>X</sesso>"},
			func(c *co.UniLav) bool { return c.Lavoratore.AnagraficaCompleta.Sesso == "X" }, nil,
		},
		"a date that is none": {
			[]string{`name="dataInizio" type="Data"`, `name="dataInizio" type="xs:string"`},
			[]string{`dataInizio="2026-03-09"`, `dataInizio="lunedì"`},
			func(c *co.UniLav) bool {
				return c.InizioRapporto.DataInizio == "lunedì" && c.Particulars().Start == ""
			}, nil,
		},
		"a value became a block": {
			[]string{`<xs:element name="PubblicaAmministrazione" type="SiNo"`, `<xs:element name="PubblicaAmministrazione" type="SedePrecedente"`},
			[]string{"<PubblicaAmministrazione>NO</PubblicaAmministrazione>", "<PubblicaAmministrazione>\n<Comune>A271</Comune>\n<Indirizzo>Via</Indirizzo></PubblicaAmministrazione>"},
			func(c *co.UniLav) bool { return c.DatoreLavoro.PubblicaAmministrazione == "" },
			[]string{"/UniLav/DatoreLavoro/PubblicaAmministrazione/Comune", "/UniLav/DatoreLavoro/PubblicaAmministrazione/Indirizzo"},
		},
		"a block became a value": {
			[]string{beforeLegal, `<xs:element name="SedeLegale" type="xs:string"`},
			nil, // the sample's seat is cut below
			func(c *co.UniLav) bool {
				return c.DatoreLavoro.SedeLegale == co.Sede{} && c.DatoreLavoro.SedeLavoro.Comune == "A271"
			},
			[]string{"/UniLav/DatoreLavoro/SedeLegale"},
		},
		"nil": {
			[]string{beforeSecond, `<xs:element nillable="true" name="LavoratoreCoobbligato"`},
			[]string{"</Lavoratore>", `</Lavoratore><LavoratoreCoobbligato xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`},
			func(c *co.UniLav) bool { return c.LavoratoreCoobbligato == nil }, nil,
		},
		"elements of no namespace": {
			[]string{`elementFormDefault="qualified"`, ""},
			[]string{"<DatoreLavoro ", `<DatoreLavoro xmlns="" `, "<Lavoratore>", `<Lavoratore xmlns="">`, "<InizioRapporto ", `<InizioRapporto xmlns="" `, "<TipoComunicazione>", `<TipoComunicazione xmlns="">`},
			func(c *co.UniLav) bool {
				return c.DatoreLavoro.SedeLavoro.Comune == "A271" && c.TipoComunicazione == "01"
			}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := sampleOf(t, "assunzione")
			if c.content == nil {
				text := string(document)
				from, to := strings.Index(text, "<SedeLegale>"), strings.Index(text, "</SedeLegale>")
				document = []byte(text[:from] + "<SedeLegale>Torino" + text[to:])
			}
			s, content, err := packed(t, unilavID, document, c.schema, c.content)
			if err != nil {
				t.Fatal(err)
			}
			if faults, err := s.Validate(unilavID, content); err != nil || len(faults) > 0 || !s.DropIn(unilavID) {
				t.Fatalf("%v %v\n%s", faults, err, content)
			}
			got, passed, err := DecodeDropIn(unilavID, content)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(passed, c.passed) {
				t.Errorf("passed over %q, want %q", passed, c.passed)
			}
			u := got.(*co.UniLav)
			if !c.holds(u) || u.DatoreLavoro.CodiceFiscale == "" || u.Lavoratore.LivelloIstruzione == "" || u.TipoComunicazione == "" {
				t.Errorf("read %+v", u)
			}
			if _, err := Encode(got); err != nil {
				t.Errorf("encode: %v", err)
			}
		})
	}
}

// TestDropInRefused: a pack whose documents would not be known is refused, with
// the reason.
func TestDropInRefused(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string][]string{
		"another root":      {`<xs:element name="UniLav">`, `<xs:element name="Unilav">`},
		"another namespace": {"gov.it/unilav", "gov.it/unilav/2"},
	} {
		_, _, err := packed(t, unilavID, sampleOf(t, "assunzione"), schema, nil)
		if err == nil || !strings.Contains(err.Error(), "declares no element UniLav of namespace http://servizi.lavoro.gov.it/unilav,") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := DecodeDropIn(unilavID, []byte("<a/>")); err == nil {
		t.Error("another root is read")
	}
	if _, _, err := DecodeDropIn(unilavID, sampleOf(t, "assunzione")[:99]); err == nil {
		t.Error("half a document is read")
	}
	if _, _, err := DecodeDropIn(xsd.ID{Kind: "UNIX"}, nil); err == nil {
		t.Error("a kind without decoder")
	}
}

// TestPassedBounded: however many names the walk does not know, a bounded
// number is told, each once.
func TestPassedBounded(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 3 * xsd.MaxFaults {
		fmt.Fprintf(&many, "<n%d/><n%[1]d/>", i)
	}
	content := strings.Replace(string(sampleOf(t, "assunzione")), "</Lavoratore>", "</Lavoratore>"+many.String(), 1)
	_, passed, err := DecodeDropIn(unilavID, []byte(content))
	if err != nil || len(passed) != xsd.MaxFaults || len(slices.Compact(slices.Clone(passed))) != len(passed) {
		t.Errorf("%d told, %v", len(passed), err)
	}
}

// TestDropInLinear: a document of ten times the workers, each with something
// unknown, allocates at most ten times as often. Mostly it is but for longer
// arrays as often; with the race detector each conversion to a string counts.
func TestDropInLinear(t *testing.T) {
	text := string(sampleOf(t, "vardatori/CO190701R1/sedi"))
	from, to := strings.Index(text, "<Lavoratori>"), strings.Index(text, "</Lavoratori>")+len("</Lavoratori>")
	times := func(n int) float64 {
		content := []byte(text[:from] + strings.Repeat("<x><y/></x>"+text[from:to], n) + text[to:])
		return testing.AllocsPerRun(5, func() {
			c, passed, err := DecodeDropIn(vardatoriID, content)
			if err != nil || len(passed) != 1 || c.(*co.VarDatori).Workers() < n {
				t.Fatalf("%v %v", passed, err)
			}
		})
	}
	few, many := times(200), times(2000)
	if many > 10*few {
		t.Errorf("%v allocations, %v for ten times the workers", few, many)
	}
}

// TestDropInReadsTheSame: of content that the walk knows whole, both decoders
// read the same.
func TestDropInReadsTheSame(t *testing.T) {
	t.Parallel()
	check := func(t rapid.TB, id xsd.ID, content []byte) {
		want, err := Decode(id, content)
		if err != nil {
			t.Fatal(err)
		}
		got, passed, err := DecodeDropIn(id, content)
		if err != nil || len(passed) > 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("passed %q, %v, read\n%+v\nwant\n%+v", passed, err, got, want)
		}
	}
	for _, s := range allSamples(t) {
		check(t, s.id, s.content)
	}
	kinds := own().Kinds()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(kinds).Draw(t, "standard").ID
		b, err := Encode(drawn()[id](t))
		if err != nil {
			t.Fatal(err)
		}
		check(t, id, b)
	})
}

// widened is a schema with an element more before each element of a sequence,
// named new- and its name, of any content, and an attribute more in each type;
// and the names of those elements.
func widened(t testing.TB, schema []byte) (wide []byte, added []string) {
	t.Helper()
	var r xmltoken.Reader
	r.Reset(schema, xmltoken.Limits{})
	var open []string
	var barred []string // alternatives: one of them more is no addition
	from := 0
	for {
		kind, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case xmltoken.EOF:
			added = slices.DeleteFunc(added, func(n string) bool { return slices.Contains(barred, n) })
			return append(wide, schema[from:]...), added
		case xmltoken.Start:
			name := ""
			for _, a := range r.Attrs() {
				if string(a.Local) == "name" {
					name = string(a.Value)
				}
			}
			if string(r.Local()) == "element" && len(open) > 1 {
				if open[len(open)-1] == "sequence" {
					wide = fmt.Appendf(append(wide, schema[from:r.Offset()]...), `<xs:element name="new-%s" type="xs:anyType" minOccurs="0" maxOccurs="unbounded"/>`, name)
					from = r.Offset()
					added = append(added, name)
				} else {
					barred = append(barred, name)
				}
			}
			open = append(open, string(r.Local()))
		case xmltoken.End:
			if string(r.Local()) == "complexType" {
				wide = append(append(wide, schema[from:r.Offset()]...), `<xs:attribute name="new" type="xs:string"/>`...)
				from = r.Offset()
			}
			open = open[:len(open)-1]
		}
	}
}

// wide are the program's schemas, widened, as packs.
func wide(t testing.TB) (map[xsd.ID]*xsd.Standards, map[xsd.ID][]string) {
	t.Helper()
	judges, names := make(map[xsd.ID]*xsd.Standards), make(map[xsd.ID][]string)
	biggest := largest(t)
	for _, info := range own().Kinds() {
		text, err := xsd.File(info.File)
		if err != nil {
			t.Fatal(err)
		}
		text, names[info.ID] = widened(t, text)
		if judges[info.ID], _, err = packOf(t, info.ID, text, biggest[info.ID].content); err != nil {
			t.Fatal(err)
		}
	}
	return judges, names
}

// TestUnknownNamesNeverFail: documents drawn at random, with what the walk does
// not know put wherever the schema of a pack allows it, are read as without.
func TestUnknownNamesNeverFail(t *testing.T) {
	t.Parallel()
	judges, added := wide(t)
	kinds := own().Kinds()
	total := 0
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(kinds).Draw(t, "standard").ID
		want := drawn()[id](t)
		b, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		var put []string
		content := string(b)
		for range rapid.IntRange(1, 5).Draw(t, "additions") {
			name := rapid.SampledFrom(added[id]).Draw(t, "before")
			more := rapid.SampledFrom([]string{"<new-%s/>", "<new-%s><Settore a='1'>x</Settore>y</new-%[1]s>", "<new-%s Settore='x'><![CDATA[<a>]]></new-%[1]s><new-%[1]s>z</new-%[1]s>"}).Draw(t, "what")
			at := strings.Index(content, "<"+name+">")
			if at < 0 || slices.Contains(put, name) {
				continue
			}
			content = content[:at] + fmt.Sprintf(more, name) + content[at:]
			put = append(put, name)
		}
		root := strings.Index(content, " xmlns=")
		content = content[:root] + ` new="x"` + content[root:]
		if faults, err := judges[id].Validate(id, []byte(content)); err != nil || len(faults) > 0 {
			t.Fatalf("%v %v\n%s", faults, err, content)
		}
		got, passed, err := DecodeDropIn(id, []byte(content))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, read\n%+v\nwant\n%+v", err, got, want)
		}
		if len(passed) != len(put)+1 {
			t.Fatalf("passed over %q, put before %q", passed, put)
		}
		total += len(put)
	})
	if total == 0 {
		t.Error("nothing was ever put in")
	}
}

// FuzzDropIn: content that a widened schema passes is read without error; of
// what the walk knows, it is read again the same; no content makes it panic.
func FuzzDropIn(f *testing.F) {
	judges, _ := wide(f)
	for id, s := range largest(f) {
		f.Add(s.content)
		text := string(s.content)
		if at := strings.Index(text, "<SedeLegale>"); at >= 0 && id != unisommID {
			f.Add([]byte(text[:at] + `<new-SedeLegale a="1"><b/></new-SedeLegale>` + text[at:]))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		id, wrong := own().Identify(content)
		if len(wrong) > 0 {
			for id := range judges {
				_, _, _ = DecodeDropIn(id, content)
			}
			return
		}
		c, _, err := DecodeDropIn(id, content)
		faults, trouble := judges[id].Validate(id, content)
		if trouble != nil || len(faults) > 0 {
			return
		}
		if err != nil {
			t.Fatalf("valid content does not decode: %v", err)
		}
		again, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		if back, passed, err := DecodeDropIn(id, again); err != nil || len(passed) > 0 || !reflect.DeepEqual(back, c) {
			t.Fatalf("read back, %q %v:\n%+v\nwant\n%+v", passed, err, back, c)
		}
	})
}

func BenchmarkDropIn(b *testing.B) {
	for id, sample := range largest(b) {
		b.Run(id.Kind+"/"+id.Edition, func(b *testing.B) {
			b.SetBytes(int64(len(sample.content)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := DecodeDropIn(id, sample.content); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package transform

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	dsig "github.com/russellhaering/goxmldsig"
	"pgregory.net/rapid"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
)

var unilavID = xsd.ID{Kind: co.UNILAV, Edition: "CO190701R1"}

// drawn are the generators of communications that hold against each standard.
func drawn() map[xsd.ID]func(*rapid.T) co.Comunicazione {
	return map[xsd.ID]func(*rapid.T) co.Comunicazione{
		unilavID:    func(t *rapid.T) co.Comunicazione { return drawUniLav(t) },
		vardatoriID: func(t *rapid.T) co.Comunicazione { return drawVarDatori(t) },
		uniurgID:    func(t *rapid.T) co.Comunicazione { return drawUniUrg(t) },
		unisommID:   func(t *rapid.T) co.Comunicazione { return drawUniSomm(t) },
		{Kind: co.UNIMARE, Edition: "CO190701R1"}:     func(t *rapid.T) co.Comunicazione { return drawUniMare(t) },
		{Kind: co.UNIPI, Edition: "PIDISABILI001600"}: func(t *rapid.T) co.Comunicazione { return drawProspetto(t) },
		{Kind: co.UNIDOM, Edition: "CO190701R1"}:      func(t *rapid.T) co.Comunicazione { return drawUniDom(t) },
		laoID:                                         func(t *rapid.T) co.Comunicazione { return drawLao(t) },
		cigdID:                                        func(t *rapid.T) co.Comunicazione { return drawCigd(t) },
	}
}

func build(t testing.TB) *xsd.Standards {
	t.Helper()
	s, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a valid document.
type sample struct {
	id      xsd.ID
	name    string // kind/edition/file
	content []byte
}

// allSamples are the valid documents that lie beside the schemas.
func allSamples(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("../xsd/schemas/*/*/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	var all []sample
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := strings.Split(filepath.ToSlash(file), "/")
		all = append(all, sample{
			id:      xsd.ID{Kind: strings.ToUpper(part[3]), Edition: part[4]},
			name:    part[3] + "/" + part[4] + "/" + strings.TrimSuffix(part[7], ".xml"),
			content: content,
		})
	}
	return all
}

// sampleOf is one of them, by the path kind/edition/name; a name alone is one
// of UNILAV.
func sampleOf(t testing.TB, name string) []byte {
	t.Helper()
	if !strings.Contains(name, "/") {
		name = "unilav/CO190701R1/" + name
	}
	for _, s := range allSamples(t) {
		if s.name == name {
			return s.content
		}
	}
	t.Fatalf("no sample %s", name)
	return nil
}

// facts are the values of a document by path, read with the standard library,
// which shares nothing with our reader. Values that are absent and values that
// are empty are the same to the model.
func facts(t testing.TB, content []byte) []string {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(content))
	var path, out []string
	text := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			slices.Sort(out)
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path, text = append(path, token.Name.Local), ""
			out = append(out, strings.Join(path, "/"))
			for _, a := range token.Attr {
				if a.Name.Space == "" && a.Name.Local != "xmlns" {
					out = append(out, strings.Join(path, "/")+"@"+a.Name.Local+"="+a.Value)
				}
			}
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			if strings.TrimSpace(text) != "" {
				out = append(out, strings.Join(path, "/")+"="+text)
			}
			path, text = path[:len(path)-1], ""
		}
	}
}

// TestSamplesSurvive: what is decoded and encoded again says the same, and
// holds against the schema.
func TestSamplesSurvive(t *testing.T) {
	t.Parallel()
	s := build(t)
	for _, sample := range allSamples(t) {
		t.Run(sample.name, func(t *testing.T) {
			t.Parallel()
			id, content := sample.id, sample.content
			c, err := Decode(id, content)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Encode(c)
			if err != nil {
				t.Fatal(err)
			}
			if faults, err := s.Validate(id, again); err != nil || len(faults) > 0 {
				t.Errorf("encoded: %v, %v\n%s", faults, err, again)
			}
			if got, want := facts(t, again), facts(t, content); !slices.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// TestEveryFieldIsCarried: the samples together fill every field of the model,
// so that TestSamplesSurvive forgets none.
func TestEveryFieldIsCarried(t *testing.T) {
	t.Parallel()
	filled := make(map[string]bool)
	var visit func(path string, v reflect.Value)
	visit = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if v.IsNil() {
				filled[path] = filled[path] || false
				return
			}
			filled[path] = true
			visit(path, v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				visit(v.Type().Name()+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.Slice:
			filled[path] = filled[path] || v.Len() > 0
			for i := range v.Len() {
				visit(path, v.Index(i))
			}
		case reflect.String:
			filled[path] = filled[path] || v.String() != ""
		}
	}
	for _, sample := range allSamples(t) {
		c, err := Decode(sample.id, sample.content)
		if err != nil {
			t.Fatal(err)
		}
		visit("", reflect.ValueOf(c))
	}
	for field, ok := range filled {
		if !ok {
			t.Errorf("no sample fills %s", field)
		}
	}
}

func TestDecodedValues(t *testing.T) {
	t.Parallel()
	decode := func(name string) *co.UniLav {
		c, err := Decode(unilavID, sampleOf(t, name))
		if err != nil {
			t.Fatal(err)
		}
		return c.(*co.UniLav)
	}
	c := decode("prefisso")
	want := co.Particulars{Code: co.Zero, Tipo: "01", Movement: co.CES, Employer: "01472580362",
		Worker: "FRRLNE88C52A271X", Start: "2026-03-09", Workplace: "A271"}
	if p := c.Particulars(); p != want {
		t.Errorf("read %+v", p)
	}
	if got := c.DatoreLavoro.SedeLavoro.Indirizzo; got != "Corso dell'Università 12" {
		t.Errorf("reference: %q", got)
	}
	if got := c.Cessazione.DataCessazione.Day(); got != "2026-06-12" {
		t.Errorf("day %q", got)
	}
	if p := decode("rettifica").Particulars(); p.Previous != "1104226000000417" || p.Tipo != "03" {
		t.Errorf("previous %q, type %q", p.Previous, p.Tipo)
	}
	if c := decode("lavoro-ripartito"); c.LavoratoreCoobbligato.AnagraficaCompleta.CodiceFiscale != "BRNMRC79T07L219Y" {
		t.Errorf("second worker %+v", c.LavoratoreCoobbligato)
	}
	before, after := decode("tirocinio-prima"), decode("tirocinio-dopo")
	if before.Tirocinio == nil || !reflect.DeepEqual(before, after) {
		t.Error("the two orders of Tirocinio read differently")
	}
}

// TestEncodeIsCanonical compares with another canonicaliser.
func TestEncodeIsCanonical(t *testing.T) {
	t.Parallel()
	for _, sample := range allSamples(t) {
		name := sample.name
		c, err := Decode(sample.id, sample.content)
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := c.(*co.UniLav); ok {
			c.DatoreLavoro.Denominazione = "a<b>&\"c'\td"
			c.DatoreLavoro.SedeLegale.Indirizzo = "a<b>&\"c'\td\re\nf"
		}
		got, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(got); err != nil {
			t.Fatal(err)
		}
		want, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(doc.Root())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"\x00", "\x1f", "\xff", "\ufffe", "\uffff", "a\xc3"} {
		c := &co.UniLav{Intestazione: co.Intestazione{Protocollo: v}}
		if b, err := Encode(c); err == nil {
			t.Errorf("%q is encoded: %s", v, b)
		}
	}
	if _, err := Encode(&co.UniLav{Intestazione: co.Intestazione{Protocollo: "\ufffd"}}); err != nil {
		t.Errorf("the replacement character is a character: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	good := string(sampleOf(t, "assunzione"))
	for name, content := range map[string]string{
		"nothing":            "",
		"not XML":            "<UniLav",
		"other root":         "<UniSomm/>",
		"other namespace":    strings.Replace(good, "gov.it/unilav", "gov.it/other", 1),
		"cut":                good[:len(good)/2],
		"unknown element":    strings.Replace(good, "<Settore>", "<x/><Settore>", 1),
		"child in value":     strings.Replace(good, "<cap>", "<cap><x/>", 1),
		"out of order":       strings.Replace(good, "<SedeLegale>", "<Settore>1</Settore><SedeLegale>", 1),
		"text after the end": good + "x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, err := Decode(unilavID, []byte(content)); err == nil || c != nil {
				t.Errorf("error %v, read %+v", err, c)
			}
		})
	}
	if _, err := Decode(xsd.ID{Kind: "UNIX"}, []byte(good)); err == nil {
		t.Error("a kind without decoder")
	}
}

func FuzzDecode(f *testing.F) {
	s := build(f)
	for _, sample := range allSamples(f) {
		f.Add(sample.content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		id, wrong := s.Identify(content)
		if len(wrong) > 0 {
			for id := range drawn() { // whatever it is, no panic
				_, _ = Decode(id, content)
			}
			return
		}
		c, err := Decode(id, content)
		faults, trouble := s.Validate(id, content)
		if trouble != nil || len(faults) > 0 {
			return
		}
		if err != nil {
			t.Fatalf("valid content does not decode: %v", err)
		}
		again, err := Encode(c)
		if err != nil {
			t.Fatalf("decoded content does not encode: %v", err)
		}
		if faults, trouble := s.Validate(id, again); trouble != nil || len(faults) > 0 {
			t.Fatalf("encoded content does not hold: %v, %v\n%s", faults, trouble, again)
		}
		if back, err := Decode(id, again); err != nil || !reflect.DeepEqual(back, c) {
			t.Fatalf("read back, %v:\n%+v\nwant\n%+v", err, back, c)
		}
	})
}

// FuzzRoundTrip lets the fuzzer drive the generator of communications.
func FuzzRoundTrip(f *testing.F) {
	s := build(f)
	f.Add([]byte("snodo"))
	f.Add(bytes.Repeat([]byte{0xa5, 0x3c, 0x01}, 200))
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) { roundTrip(t, s) }))
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	s := build(t)
	rapid.Check(t, func(t *rapid.T) { roundTrip(t, s) })
}

func roundTrip(t *rapid.T, s *xsd.Standards) {
	id := rapid.SampledFrom(s.Kinds()).Draw(t, "standard").ID
	c := drawn()[id](t)
	b, err := Encode(c)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	if faults, err := s.Validate(id, b); err != nil || len(faults) > 0 {
		t.Fatalf("schema: %v, %v\n%s", faults, err, b)
	}
	back, err := Decode(id, b)
	if err != nil || !reflect.DeepEqual(back, c) {
		t.Fatalf("read back, %v:\n%+v\nwant\n%+v", err, back, c)
	}
	if again, err := Encode(back); err != nil || !bytes.Equal(again, b) {
		t.Fatal("the same communication gives other bytes")
	}
}

// largest are the largest samples of each standard, which benchmarks use.
func largest(t testing.TB) map[xsd.ID]sample {
	t.Helper()
	all := make(map[xsd.ID]sample)
	for _, s := range allSamples(t) {
		if len(s.content) > len(all[s.id].content) {
			all[s.id] = s
		}
	}
	return all
}

func BenchmarkDecode(b *testing.B) {
	for id, sample := range largest(b) {
		b.Run(id.Kind+"/"+id.Edition, func(b *testing.B) {
			b.SetBytes(int64(len(sample.content)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(id, sample.content); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for id, sample := range largest(b) {
		c, err := Decode(id, sample.content)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(id.Kind+"/"+id.Edition, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Encode(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

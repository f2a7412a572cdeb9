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

var id = xsd.ID{Kind: co.UNILAV, Edition: "CO190701R1"}

func build(t testing.TB) *xsd.Standards {
	t.Helper()
	s, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../xsd/schemas/unilav/CO190701R1/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := make(map[string][]byte)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".xml")] = b
	}
	return all
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
	for name, content := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
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
		case reflect.String:
			filled[path] = filled[path] || v.String() != ""
		}
	}
	for _, content := range samples(t) {
		c, err := Decode(id, content)
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
	content := samples(t)
	decode := func(name string) co.Comunicazione {
		c, err := Decode(id, content[name])
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := decode("prefisso")
	if c.Employer() != "01472580362" || c.Worker() != "FRRLNE88C52A271X" || c.Start() != "2026-03-09" ||
		c.Workplace() != "A271" || c.Movement() != co.CES || c.Tipo() != "01" || c.Previous() != "" {
		t.Errorf("read %+v", c)
	}
	if got := c.DatoreLavoro.SedeLavoro.Indirizzo; got != "Corso dell'Università 12" {
		t.Errorf("reference: %q", got)
	}
	if got := c.Cessazione.DataCessazione.Day(); got != "2026-06-12" {
		t.Errorf("day %q", got)
	}
	if c := decode("rettifica"); c.Previous() != "1104226000000417" || c.Tipo() != "03" {
		t.Errorf("previous %q, type %q", c.Previous(), c.Tipo())
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
	for name, content := range samples(t) {
		c, err := Decode(id, content)
		if err != nil {
			t.Fatal(err)
		}
		c.DatoreLavoro.Denominazione = "a<b>&\"c'\td"
		c.DatoreLavoro.SedeLegale.Indirizzo = "a<b>&\"c'\td\re\nf"
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
		c := co.Comunicazione{Protocollo: v}
		if b, err := Encode(c); err == nil {
			t.Errorf("%q is encoded: %s", v, b)
		}
	}
	if _, err := Encode(co.Comunicazione{Protocollo: "\ufffd"}); err != nil {
		t.Errorf("the replacement character is a character: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	good := string(samples(t)["assunzione"])
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
			if c, err := Decode(id, []byte(content)); err == nil || !reflect.DeepEqual(c, co.Comunicazione{}) {
				t.Errorf("error %v, read %+v", err, c)
			}
		})
	}
	if _, err := Decode(xsd.ID{Kind: "UNISOMM"}, []byte(good)); err == nil {
		t.Error("a kind without decoder")
	}
}

func FuzzDecode(f *testing.F) {
	s := build(f)
	for _, content := range samples(f) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := Decode(id, content)
		if got, faults := s.Identify(content); len(faults) > 0 || got != id {
			return
		}
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
	c := drawComunicazione(t)
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

func BenchmarkDecode(b *testing.B) {
	content := samples(b)["assunzione"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(id, content); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	c, err := Decode(id, samples(b)["assunzione"])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(c); err != nil {
			b.Fatal(err)
		}
	}
}

package spicom

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestTranslateDropIn: of a document of a pack's edition, what the program does
// not know and what a regional property cannot hold is lost and told, each once;
// the rest is converted as ever.
func TestTranslateDropIn(t *testing.T) {
	t.Parallel()
	schema, err := xsd.File("unilav/CO190701R1/unilav.xsd")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile("../../xsd/schemas/unilav/CO190701R1/testdata/valid/assunzione.xml")
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(text []byte, pairs ...string) []byte {
		for i := 0; i < len(pairs); i += 2 {
			if !bytes.Contains(text, []byte(pairs[i])) {
				t.Fatalf("nothing says %q", pairs[i])
			}
			text = bytes.ReplaceAll(text, []byte(pairs[i]), []byte(pairs[i+1]))
		}
		return text
	}
	const edition = "CO270101"
	const coobbligato = `<xs:element name="LavoratoreCoobbligato"`
	schema = replaced(schema, "CO190701R1", edition, coobbligato, `<xs:element name="Nuovo" type="xs:string"/>`+coobbligato,
		`name="dataFine" type="Data"`, `name="dataFine" type="xs:string"`, `name="RetribuzioneCompenso" type="`, `name="RetribuzioneCompenso" type="xs:string" id="`,
		`name="dataInvio" type="`, `name="dataInvio" type="xs:string" id="`, `name="DatoreLavoro" type`, `name="DatoreLavoro" maxOccurs="2" type`)
	text := string(plain)
	from, to := strings.Index(text, "<DatoreLavoro "), strings.Index(text, "</DatoreLavoro>")+len("</DatoreLavoro>")
	document := replaced([]byte(text[:to]+text[from:to]+text[to:]), "CO190701R1", edition, "</Lavoratore>", "</Lavoratore><Nuovo>1</Nuovo>",
		`dataFine="2026-09-30"`, `dataFine="mai"`, `dataInvio="2026-03-02T08:15:30+01:00"`, `dataInvio="oggi"`, "<RetribuzioneCompenso>24500<", "<RetribuzioneCompenso>24500,50<")
	pack, err := xsd.ReadPack(fstest.MapFS{
		"pack.json":     {Data: []byte(`{"name": "Prova", "editions": [{"kind": "UNILAV", "edition": "CO270101", "schema": "a.xsd", "source": "Decreto di prova"}]}`)},
		"a.xsd":         {Data: schema},
		"samples/a.xml": {Data: document},
	}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	standards, err := xsd.With(t.Context(), pack, func(xsd.ID, []byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	regional, faults, err := converter(t).Translate(standards, document)
	if err != nil || regional == nil || faults.Refuses() {
		t.Fatalf("%v, %v", faults, err)
	}
	var lost []string
	for _, f := range faults {
		if f.Code != fault.NoRegionalPlace || !f.Warning {
			t.Errorf("%+v", f)
		}
		lost = append(lost, f.Path)
	}
	slices.Sort(lost)
	want := []string{"/UniLav/@dataInvio", "/UniLav/DatoreLavoro[2]", "/UniLav/InizioRapporto/@dataFine", "/UniLav/InizioRapporto/RetribuzioneCompenso", "/UniLav/Nuovo"}
	if !slices.Equal(lost, want) {
		t.Errorf("told %q, want %q", lost, want)
	}
	back, err := converter(t).Convert(Trim(regional))
	if err != nil || back.Kind != "UNILAV" || !bytes.Contains(back.National, []byte("FRRLNE88C52A271X")) {
		t.Errorf("%+v, %v", back, err)
	}

	// Of an edition of the program's own nothing is looked for.
	if _, faults, err := converter(t).Translate(standards, plain); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// TestTranslateSigned: a signed document keeps its signature, and the fault says
// which call takes it; an element Signature elsewhere is none.
func TestTranslateSigned(t *testing.T) {
	t.Parallel()
	standards, err := xsd.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := os.ReadFile("../../xsd/schemas/unilav/CO190701R1/testdata/valid/assunzione.xml")
	if err != nil {
		t.Fatal(err)
	}
	const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>`
	for before, code := range map[string]fault.Code{"</UniLav>": fault.SignedToConvert, "</Lavoratore>": fault.UnexpectedElement} {
		signed := bytes.Replace(plain, []byte(before), []byte(signature+before), 1)
		if bytes.Equal(signed, plain) {
			t.Fatalf("no %s", before)
		}
		text, faults, err := converter(t).Translate(standards, signed)
		if err != nil || text != nil || len(faults) == 0 || faults[0].Code != code {
			t.Errorf("before %s: %v, %v", before, faults, err)
		}
	}
}

package spicom

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

const prospettoPayload = "20-prospetto-disabili.xml"

// TestProspetto: a return of disabled workers that says all that a national one says
// becomes that one, and the national schema and rules accept it.
func TestProspetto(t *testing.T) {
	t.Parallel()
	standards, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../../xsd/schemas/unipi/PIDISABILI001600/testdata/valid/completo.xml")
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := transform.Decode(xsd.ID{Kind: co.UNIPI, Edition: editionProspetto}, document)
	if err != nil {
		t.Fatal(err)
	}
	want := decoded.(*co.Prospetto)
	want.Quadro1.DatiAziendali.SedeLegale.PECEmail = "" // the regional form has none

	r, err := converter(t).Convert(payload(t, prospettoPayload))
	if err != nil || r.Faults.Refuses() || r.Kind != co.UNIPI || r.External != "20260130" || len(r.Unknown) > 0 {
		t.Fatalf("%s %s %v: %v, %v", r.Kind, r.External, r.Unknown, r.Faults, err)
	}
	holds(t, standards, r)
	got := decode(t, r).(*co.Prospetto)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	var told []string
	for _, f := range r.Faults {
		told = append(told, string(f.Code)+" "+f.Path)
	}
	const act = "/object/prospetto/quadro2/element[0]/compensazioni/element[0]/"
	if !slices.Equal(told, []string{
		"CNV-36 /object/prospetto/versione", "CNV-41 " + act + "stato", "CNV-41 " + act + "dataatto", "CNV-41 " + act + "estremiatto",
	}) {
		t.Errorf("told %q", told)
	}
	tables, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	if faults := rules.Check(got, r.National, tables, "2026-11-22"); faults.Refuses() {
		t.Error(faults)
	}
}

// TestProspettoIdentity: neither of its two instants of sending is part of what a
// return is, all else is.
func TestProspettoIdentity(t *testing.T) {
	t.Parallel()
	text := payload(t, prospettoPayload)
	digest := func(pairs ...string) string {
		r, err := converter(t).Convert(edit(t, text, pairs...))
		if err != nil || r.National == nil {
			t.Fatal(r.Faults, err)
		}
		return string(r.Digest[:])
	}
	whole := digest()
	const sent = `<dataInvio type="java.util.Date">1769768400000<`
	if again := digest(sent, strings.Replace(sent, "8400", "8401", 1), sent, strings.Replace(sent, "8400", "8402", 1)); again != whole {
		t.Error("another instant of sending makes another return")
	}
	if digest(">Officine", ">Officina") == whole || digest("<numero type", "<numero  type") == whole {
		t.Error("another text makes the same return")
	}
}

// TestProspettoSections: what the region's check refuses is refused by its sentence;
// a track may be missing.
func TestProspettoSections(t *testing.T) {
	t.Parallel()
	root := func(text string) []byte {
		return []byte(`<object type="it.csi.spicom.dto.ComunicazioneProspettoDisabiliDTO">` + text + `</object>`)
	}
	const (
		extras = `<datiAggiuntivi type="it.csi.spicom.dto.DatiAggiuntiviTracciatoDTO"></datiAggiuntivi>`
		first  = `<quadro1 type="it.csi.spicom.dto.Quadro1"></quadro1>`
		second = `<quadro2 type="it.csi.spicom.dto.Quadro2[]" length="1"><element index="0"></element></quadro2>`
		none   = `<quadro2 type="it.csi.spicom.dto.Quadro2[]" length="0"></quadro2>`
		third  = `<quadro3 type="it.csi.spicom.dto.Quadro3"></quadro3>`
	)
	sheets := func(text string) string {
		return extras + `<prospetto type="it.csi.spicom.dto.ProspettoGenerale">` + text + `</prospetto>`
	}
	for text, want := range map[string]string{
		"":                             missingExtras,
		extras:                         missingReturn,
		sheets(second + third):         missingFirst,
		sheets(first + third):          missingSecond,
		sheets(first + none + third):   missingSecond,
		sheets(first + second):         missingThird,
		sheets(first + second + third): "",
		sheets(first + second + third + `<dataInvio type="java.util.Date"><null/></dataInvio>`): "",
	} {
		r, err := converter(t).Convert(root(text))
		if err != nil || r.Kind != co.UNIPI {
			t.Fatal(r.Kind, err)
		}
		switch {
		case want == "" && r.National == nil:
			t.Errorf("%s: refused by %v", text, r.Faults)
		case want != "" && (r.National != nil || r.Faults[0].Code != fault.SectionMissing || r.Faults[0].Expected != want):
			t.Errorf("%s: %v, want %s", text, r.Faults, want)
		}
	}
	track := strings.Replace(extras, "></", `><tipoTracciatoXML type="java.lang.String">UL</tipoTracciatoXML></`, 1)
	if r, err := converter(t).Convert(root(track)); err != nil || r.Faults[0].Code != fault.TrackUnknown {
		t.Errorf("of another track: %v, %v", r.Faults, err)
	}
}

// TestProspettoPrevious: a code of before goes with what corrects or annuls it; a
// first sending keeps it as reference.
func TestProspettoPrevious(t *testing.T) {
	t.Parallel()
	const (
		code = "1300126000000007"
		null = `<codicecomunicazioneprecedente type="java.lang.String"><null/>`
		kind = `<tipocomunicazione type="java.lang.String">01<`
	)
	given := strings.Replace(null, "<null/>", code, 1)
	for tipo, want := range map[string]struct {
		written, reference string
		told               bool
	}{"01": {"", code, true}, "02": {code, "", false}, "03": {code, "", false}} {
		r, err := converter(t).Convert(edit(t, payload(t, prospettoPayload), null, given, kind, strings.Replace(kind, "01", tipo, 1)))
		if err != nil {
			t.Fatal(err)
		}
		c := decode(t, r).(*co.Prospetto)
		told := slices.ContainsFunc(r.Faults, func(f fault.Fault) bool { return f.Code == fault.PreviousDropped && f.Line > 0 })
		if string(c.CodiceComunicazionePrecedente) != want.written || r.Previous != want.reference || told != want.told {
			t.Errorf("type %s: wrote %q, kept %q, told %t", tipo, c.CodiceComunicazionePrecedente, r.Previous, told)
		}
	}
	const regional = `<riferimentoCodReg type="java.lang.String">` + code + `</riferimentoCodReg>`
	const extras = `<datiAggiuntiviComunicazione type="it.csi.spicom.dto.DatiAggiuntiviComunicazioneDTO">`
	r, err := converter(t).Convert(edit(t, payload(t, prospettoPayload), extras+"<null/>", extras+regional))
	if err != nil || r.Previous != code {
		t.Errorf("of the regional references: kept %q, %v", r.Previous, err)
	}
}

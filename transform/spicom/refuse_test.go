package spicom

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestRefused alters the recorded hiring in one place and demands one fault.
func TestRefused(t *testing.T) {
	t.Parallel()
	nullOf := func(class string) string { return `type="it.csi.spicom.dto.` + class + `"><null/>` }
	replace := func(pairs ...string) func(*testing.T, []byte) []byte {
		return func(t *testing.T, b []byte) []byte { return edit(t, b, pairs...) }
	}
	with := func(section, name, javaType, value string) func(*testing.T, []byte) []byte {
		return func(t *testing.T, b []byte) []byte { return set(t, b, section, name, javaType, value) }
	}
	const employer = `<datoreDiLavoro type="it.csi.spicom.dto.DatoreDiLavoroDTO">`
	for _, tc := range []struct {
		name  string
		alter func(*testing.T, []byte) []byte
		code  fault.Code
		path  string
	}{
		{"not XML", func(*testing.T, []byte) []byte { return []byte("x") }, fault.RegionalMalformed, ""},
		{"nothing", func(*testing.T, []byte) []byte { return nil }, fault.RegionalMalformed, ""},
		{"cut", func(_ *testing.T, b []byte) []byte { return b[:len(b)/2] }, fault.RegionalMalformed, ""},
		{"doctype", func(_ *testing.T, b []byte) []byte { return append([]byte("<!DOCTYPE object>"), b...) }, fault.RegionalDTD, ""},
		{
			"entity of an external file",
			func(_ *testing.T, b []byte) []byte {
				return append([]byte(`<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]>`), b...)
			},
			fault.RegionalDTD, "",
		},
		{"undefined entity", with("datoreDiLavoro", "denominazione", str, "&euro;"), fault.RegionalDTD, ""},
		{"two halves of a character", with("datoreDiLavoro", "denominazione", str, "A &#55357;&#56832;"), fault.RegionalSurrogates, ""},
		{"reference to no character", with("datoreDiLavoro", "denominazione", str, "A &#0;"), fault.RegionalMalformed, ""},
		{"declared in Latin-1", func(_ *testing.T, b []byte) []byte {
			return append([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?>`), b...)
		}, fault.RegionalMalformed, ""},
		{"over 4 MiB", func(_ *testing.T, b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), MaxDocument)...) }, fault.RegionalTooLarge, ""},
		{"too deep", replace(employer, employer+strings.Repeat(`<x type="it.csi.spicom.dto.MissioneDTO">`, 30)), fault.RegionalTooLarge, ""},
		{"null and item", replace(`type="java.lang.String[]"><null/>`, `type="java.lang.String[]" length="0"><null/><element index="0"/>`),
			fault.RegionalStructure, "/object/datiAggiuntivi/vctApplicativiNonDestinatari"},

		{"root without type", replace(` type="it.csi.spicom.dto.ComunicazioneTracciatoUnicoDTO"`, ""), fault.RegionalRoot, "/object"},
		{"root without package", replace(`"it.csi.spicom.dto.ComunicazioneTracciatoUnicoDTO"`, `"ComunicazioneTracciatoUnicoDTO"`), fault.RegionalRoot, "/object"},
		{"root of another class", replace("ComunicazioneTracciatoUnicoDTO", "LavoratoreDTO"), fault.RegionalRoot, "/object"},
		{"return of disabled workers of another track", replace("ComunicazioneTracciatoUnicoDTO", "ComunicazioneProspettoDisabiliDTO"), fault.TrackUnknown, "/object/datiAggiuntivi/tipoTracciatoXML"},
		{"class to instantiate", with("datoreDiLavoro", "denominazione", "java.lang.Runtime", ""), fault.RegionalType, "/object/datoreDiLavoro/denominazione"},
		{"class to instantiate, null", with("datoreDiLavoro", "denominazione", "java.lang.Runtime", null), fault.RegionalType, "/object/datoreDiLavoro/denominazione"},
		{"class to instantiate, unknown property", replace(employer, employer+`<novita type="javax.script.ScriptEngineManager"/>`), fault.RegionalType, "/object/datoreDiLavoro/*"},
		{"primitive type", with("datiInizio", "oreSettimanaliMedie", "long", "40"), fault.RegionalType, "/object/datiInizio/oreSettimanaliMedie"},
		{"class of another package", replace("it.csi.spicom.dto.LegaleRappresentante", "it.csi.evil.LegaleRappresentante"), fault.RegionalType, "/object/datoreDiLavoro/legaleRappresentante"},
		{"number for a text", with("datoreDiLavoro", "codFiscale", long, "1234567897"), fault.RegionalType, "/object/datoreDiLavoro/codFiscale"},
		{"text for a date", with("datiInizio", "dataInizio", str, "2025-03-03"), fault.RegionalType, "/object/datiInizio/dataInizio"},
		{"worker for an employer", replace(`<lavoratoreCoobbligato `+nullOf("LavoratoreDTO"), `<lavoratoreCoobbligato type="it.csi.spicom.dto.ProrogaDTO">`), fault.RegionalType, "/object/lavoratoreCoobbligato"},
		{"no type", replace(`<denominazione type="java.lang.String">`, "<denominazione>"), fault.RegionalStructure, "/object/datoreDiLavoro/denominazione"},

		{"blank date", with("datiInizio", "dataInizio", date, ""), fault.RegionalValue, "/object/datiInizio/dataInizio"},
		{"blanks for a date", with("datiInvio", "dataInvio", date, "  "), fault.RegionalValue, "/object/datiInvio/dataInvio"},
		{"date as people write it", with("datiInizio", "dataInizio", date, "03/03/2025"), fault.RegionalValue, "/object/datiInizio/dataInizio"},
		{"date beyond the calendar", with("datiInizio", "dataInizio", date, "99999999999999999"), fault.RegionalValue, "/object/datiInizio/dataInizio"},
		{"date out of range", with("datiInizio", "dataInizio", date, "99999999999999999999"), fault.RegionalValue, "/object/datiInizio/dataInizio"},
		{"number with a fraction", with("datiInizio", "oreSettimanaliMedie", long, "37.5"), fault.RegionalValue, "/object/datiInizio/oreSettimanaliMedie"},
		{"neither true nor false", with("datiAggiuntivi", "richiestaValidazioneMinisteriale", "java.lang.Boolean", "SI"), fault.RegionalValue, "/object/datiAggiuntivi/richiestaValidazioneMinisteriale"},

		{"property twice", replace(employer, employer+`<codFiscale type="java.lang.String">09876543217</codFiscale>`), fault.RegionalStructure, "/object/datoreDiLavoro"},
		{"property twice, by another prefix", replace(employer, employer+`<x:codFiscale xmlns:x="urn:x" type="java.lang.String">09876543217</x:codFiscale>`), fault.RegionalStructure, "/object/datoreDiLavoro"},
		{"text in a bean", replace(employer, employer+"x"), fault.RegionalStructure, "/object/datoreDiLavoro"},
		{"element in a text", with("datoreDiLavoro", "denominazione", str, "<b>x</b>"), fault.RegionalStructure, "/object/datoreDiLavoro/denominazione"},
		{"null and text", with("datoreDiLavoro", "denominazione", str, "<null/>X"), fault.RegionalStructure, "/object/datoreDiLavoro/denominazione"},
		{"null and null", with("datoreDiLavoro", "denominazione", str, "<null/><null/>"), fault.RegionalStructure, "/object/datoreDiLavoro/denominazione"},
		{"null that holds something", with("datoreDiLavoro", "denominazione", str, "<null>x</null>"), fault.RegionalStructure, "/object/datoreDiLavoro/denominazione"},
		{"null behind a property", replace(`</legaleRappresentante>`, `<null/></legaleRappresentante>`), fault.RegionalStructure, "/object/datoreDiLavoro/legaleRappresentante"},
		{"array longer than declared", replace(`type="java.lang.String[]"><null/>`, `type="java.lang.String[]" length="1"><element index="0">MI</element><element index="1">SI</element>`), fault.RegionalStructure, "/object/datiAggiuntivi/vctApplicativiNonDestinatari"},
		{"array shorter than declared", replace(`type="java.lang.String[]"><null/>`, `type="java.lang.String[]" length="3"><element index="0">MI</element>`), fault.RegionalStructure, "/object/datiAggiuntivi/vctApplicativiNonDestinatari"},
		{"array without length", replace(`type="java.lang.String[]"><null/>`, `type="java.lang.String[]"><element index="0">MI</element>`), fault.RegionalStructure, "/object/datiAggiuntivi/vctApplicativiNonDestinatari"},
		{"array item out of order", replace(`type="java.lang.String[]"><null/>`, `type="java.lang.String[]" length="1"><element index="7">MI</element>`), fault.RegionalStructure, "/object/datiAggiuntivi/vctApplicativiNonDestinatari"},

		{"no extras", func(t *testing.T, b []byte) []byte {
			i := bytes.Index(b, []byte("<datiAggiuntivi "))
			j := bytes.Index(b, []byte("</datiAggiuntivi>"))
			return append(b[:i:i], b[j+len("</datiAggiuntivi>"):]...)
		}, fault.SectionMissing, "/object/datiAggiuntivi"},
		{"no track", with("datiAggiuntivi", "tipoTracciatoXML", str, null), fault.SectionMissing, "/object/datiAggiuntivi/tipoTracciatoXML"},
		{"track in small letters", with("datiAggiuntivi", "tipoTracciatoXML", str, "ul"), fault.TrackUnknown, "/object/datiAggiuntivi/tipoTracciatoXML"},
		{"track of domestic work", with("datiAggiuntivi", "tipoTracciatoXML", str, "UD"), fault.TrackDomestic, "/object/datiAggiuntivi/tipoTracciatoXML"},
		{"no type of communication", with("datiInvio", "tipoComunicazione", str, null), fault.SectionMissing, "/object/datiInvio/tipoComunicazione"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := tc.alter(t, payload(t, hiringPayload))
			r, err := converter(t).Convert(text)
			if err != nil {
				t.Fatal(err)
			}
			if f := r.Faults; len(f) != 1 || f[0].Code != tc.code || f[0].Path != tc.path || f[0].Warning || r.National != nil {
				t.Errorf("got %v, want %s at %q", f, tc.code, tc.path)
			}
		})
	}
}

// TestElementsBounded: a document of very many small elements is refused
// before it is all in memory.
func TestElementsBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<o type="it.csi.spicom.dto.ComunicazioneTracciatoUnicoDTO">`)
	for range maxElements {
		b.WriteString(`<x type="java.util.ArrayList"/>`)
	}
	b.WriteString(`</o>`)
	r, err := converter(t).Convert([]byte(b.String()))
	if err != nil || len(r.Faults) != 1 || r.Faults[0].Code != fault.RegionalTooLarge {
		t.Errorf("got %v %v", r.Faults, err)
	}
}

// TestMovements goes through every presence of sections (the region's own
// table) with and without type 05.
func TestMovements(t *testing.T) {
	t.Parallel()
	present := field{value: object{text: "x"}}
	extras := field{"datiAggiuntivi", object{fields: []field{{"tipoTracciatoXML", object{text: "UL"}}}}}
	for bits := range 32 {
		start, ext, trs, ces, five := bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0, bits&16 > 0
		t.Run(fmt.Sprintf("start=%t extension=%t transformation=%t termination=%t five=%t", start, ext, trs, ces, five), func(t *testing.T) {
			t.Parallel()
			tipo := "01"
			if five {
				tipo = "05"
			}
			root := &object{fields: []field{extras}}
			add := func(is bool, name string) {
				if is {
					root.fields = append(root.fields, field{name, present.value})
				}
			}
			add(true, "datoreDiLavoro")
			add(true, "lavoratore")
			add(start, "datiInizio")
			add(ext, "proroga")
			add(trs, "trasformazione")
			add(ces, "cessazione")
			root.fields = append(root.fields, field{"datiInvio", object{fields: []field{{"tipoComunicazione", object{text: tipo}}}}})
			got, f := movementOf(root)
			var want movement
			refused := !start || five && (ext || trs || ces) || ext && trs && !ces
			switch {
			case ces:
				want = termination
			case trs:
				want = transformation
			case ext:
				want = extension
			}
			switch {
			case refused && (f == nil || f.Code != fault.MovementUnclear || f.Expected != movementUnclear):
				t.Errorf("not refused: %v", f)
			case !refused && (f != nil || got != want):
				t.Errorf("got %v %v, want %v", got, f, want)
			}
		})
	}
}

// TestSectionsInOrder fills one section after the other: the first one missing
// is named.
func TestSectionsInOrder(t *testing.T) {
	t.Parallel()
	text := func(name, value string) field { return field{name, object{text: value}} }
	var root object
	for _, step := range []struct {
		constant, path string
		fill           field
	}{
		{missingExtras, "/object/datiAggiuntivi", field{"datiAggiuntivi", object{fields: []field{text("tipoTracciatoXML", "UL")}}}},
		{missingEmployer, "/object/datoreDiLavoro", text("datoreDiLavoro", "")},
		{missingWorker, "/object/lavoratore", text("lavoratore", "")},
		{missingSending, "/object/datiInvio", field{"datiInvio", object{fields: []field{text("tipoComunicazione", "01")}}}},
		{movementUnclear, "/object", text("datiInizio", "")},
	} {
		_, f := trackOf(&root)
		if f == nil {
			_, f = movementOf(&root)
		}
		if f == nil || f.Expected != step.constant || f.Path != step.path {
			t.Errorf("got %v, want %s", f, step.constant)
		}
		root.fields = append(root.fields, step.fill)
	}
	if _, f := movementOf(&root); f != nil {
		t.Errorf("complete, yet %v", f)
	}
}

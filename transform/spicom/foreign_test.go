package spicom

import (
	"slices"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestAnotherTrack: an agency's communication under another track loses what only
// its own has, classes included, and every loss is told.
func TestAnotherTrack(t *testing.T) {
	t.Parallel()
	firm := []string{"/object/dittaUtilizzatrice", "/object/missione"}
	agency := slices.Concat(firm, []string{
		"/object/datoreDiLavoro/numIscrizioneAlbo", "/object/datoreDiLavoro/flgAgenziaEstera",
		"/object/datiInizio/numAgenziaSomministrazione", "/object/datiInizio/numMatricolaLavoratore", "/object/datiInizio/indennitaDisponibilita",
	})
	for track, want := range map[string][]string{trackUniSomm: nil, trackUniLav: agency, trackUniUrg: agency} {
		text := edit(t, payload(t, "12-unisomm-assunzione-e-missione.xml"), `<tipoTracciatoXML type="java.lang.String">US<`, `<tipoTracciatoXML type="java.lang.String">`+track+`<`)
		r, err := converter(t).Convert(text)
		if err != nil || r.National == nil {
			t.Fatalf("%s: %v, %v", track, r.Faults, err)
		}
		var got []string
		for _, f := range r.Faults {
			if f.Code == fault.SectionForeign {
				got = append(got, f.Path)
			}
			if !f.Warning || f.Line == 0 {
				t.Errorf("%s: %+v is no warning with a line", track, f)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: told of %q, want %q", track, got, want)
		}
	}
}

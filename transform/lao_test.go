package transform

import (
	"testing"

	"github.com/snodo-co/snodo/transform/co"
)

// TestOwnParticulars: what identifies a communication of our own formats. A CIGD
// is of no single worker, so that nothing but a previous code chains it.
func TestOwnParticulars(t *testing.T) {
	t.Parallel()
	want := map[string]co.Particulars{
		"lao/LAO2026R1/preventiva": {Code: co.Zero, Tipo: "P", Employer: "01472580362", Worker: "FRRLNE88C52A271X",
			Start: "2026-03-02", Workplace: "A271"},
		"lao/LAO2026R1/annullamento": {Code: co.Zero, Previous: "1104226000000417", Tipo: "A", Employer: "01472580362",
			Worker: "FRRLNE88C52A271X", Start: "2026-03-02", Workplace: "A271"},
		"cigd/CIGD2026R1/richiesta": {Code: co.Zero, Employer: "01472580362", Start: "2026-03-09", Workplace: "A271"},
		"cigd/CIGD2026R1/delegato": {Code: co.Zero, Previous: "1104226000000417", Employer: "01472580362",
			Start: "2026-03-09", Workplace: "A271"},
	}
	seen := 0
	for _, s := range allSamples(t) {
		p, ok := want[s.name]
		if !ok {
			continue
		}
		seen++
		c, err := Decode(s.id, s.content)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Particulars(); got != p {
			t.Errorf("%s: %+v", s.name, got)
		}
	}
	if seen != len(want) {
		t.Errorf("%d samples of %d", seen, len(want))
	}
}

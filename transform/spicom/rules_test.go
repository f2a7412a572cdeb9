package spicom

import (
	"testing"

	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd/codes"
)

// TestRecordedPassRules: what the region accepted, the national rules accept.
func TestRecordedPassRules(t *testing.T) {
	t.Parallel()
	tables, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		hiringPayload, "03-unilav-proroga.xml", "04-unilav-trasformazione.xml",
		"07-unilav-cessazione.xml", "08-unilav-rettifica.xml", "10-uniurg-urgenza.xml",
		"12-unisomm-assunzione-e-missione.xml", "16-vardatori-ragione-sociale.xml",
	} {
		r, err := converter(t).Convert(payload(t, name))
		if err != nil || r.Faults.Refuses() {
			t.Fatal(r.Faults, err)
		}
		c := decode(t, r)
		if faults := rules.Check(c, r.National, tables, "2026-11-22"); faults.Refuses() {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

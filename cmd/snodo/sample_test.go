package main

import (
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd/codes"
)

// TestSamplesKeepTheRules: what is invented to be accepted breaks no rule, not
// even by a warning.
func TestSamplesKeepTheRules(t *testing.T) {
	t.Parallel()
	tables, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for region := range workplaces {
		s := sampler{region: region, day: day, serial: 1000}
		for n := range 60 {
			for name, c := range map[string]*co.UniLav{
				"hiring": s.hiring(n), "extension": s.extension(n, ""), "transformation": s.transformation(n, ""),
				"termination": s.termination(n, ""), "rectification": s.extension(n, "1300126000000001"),
				"hiring of the measurements": benchHiring(s, n),
			} {
				if faults := rules.Check(c, nil, tables, day.Format(time.DateOnly)); len(faults) > 0 {
					t.Errorf("%s, %s %d: %v", region, name, n, faults)
				}
			}
		}
	}
}

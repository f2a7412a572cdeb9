package sample

import (
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd"
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
		s := Maker{Region: region, Day: day, Serial: 1000}
		for n := range 60 {
			for name, c := range map[string]*co.UniLav{
				"hiring": s.Hiring(n), "extension": s.Extension(n, ""), "transformation": s.Transformation(n, ""),
				"termination": s.Termination(n, ""), "rectification": s.Extension(n, "1300126000000001"),
				"hiring of the measurements": VariedHiring(s, n),
			} {
				if faults := rules.Check(c, nil, tables, day.Format(time.DateOnly)); len(faults) > 0 {
					t.Errorf("%s, %s %d: %v", region, name, n, faults)
				}
			}
		}
	}
}

// TestSamplesOfEveryKind: one of each kind, which its schema and the rules pass
// without a warning on any day of the year.
func TestSamplesOfEveryKind(t *testing.T) {
	t.Parallel()
	standards, err := xsd.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for n := range 24 {
		for region := range workplaces {
			s := Maker{Region: region, Day: day.AddDate(0, n/2, 11*n), Serial: 1000 * n}
			all := append([]co.Comunicazione{s.Hiring(n)}, s.EveryKind(n)...)
			for i, kind := range co.Kinds() {
				if all[i].Kind() != kind {
					t.Fatalf("%s in the place of %s", all[i].Kind(), kind)
				}
				content, err := transform.Encode(all[i])
				if err != nil {
					t.Fatal(err)
				}
				id, faults := standards.Identify(content)
				if len(faults) == 0 {
					faults, err = standards.Validate(id, content)
				}
				if faults = append(faults, rules.Check(all[i], content, tables, s.Day.Format(time.DateOnly))...); err != nil || len(faults) > 0 {
					t.Errorf("%s, %s %d: %v, %v", region, kind, n, faults, err)
				}
			}
		}
	}
}

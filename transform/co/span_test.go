package co

import "testing"

func TestYears(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, day Data
		years      int
		ok         bool
	}{
		{"1988-03-12", "2026-03-11", 37, true},
		{"1988-03-12", "2026-03-12", 38, true},
		{"2004-02-29", "2026-02-28", 21, true},
		{"2004-02-29", "2026-03-01", 22, true},
		{"2026-03-12", "2026-03-11", -1, true},
		{"", "2026-03-11", 0, false},
		{"1988-03-12", "2026-02-30", 0, false},
	} {
		if years, ok := c.birth.Years(c.day); years != c.years || ok != c.ok {
			t.Errorf("from %s to %s: %d, %t", c.birth, c.day, years, ok)
		}
	}
}

func TestLonger(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		start, end Data
		months     int
		want       bool
	}{
		{"2026-03-09", "2026-09-09", 6, false},
		{"2026-03-09", "2026-09-10", 6, true},
		{"2026-12-31", "2027-02-28", 2, false},
		{"2026-12-31", "2027-03-01", 2, true},
		{"2026-03-09", "2032-03-09", 72, false},
		{"2026-03-09", "2032-03-10", 72, true},
		{"", "2032-03-10", 72, false},
		{"2026-03-09", "", 6, false},
	} {
		if c.end.Longer(c.start, c.months) != c.want {
			t.Errorf("%s to %s, %d months: %t", c.start, c.end, c.months, !c.want)
		}
	}
}

package datetime

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestForms(t *testing.T) {
	t.Parallel()
	rome := time.FixedZone("", 3600)
	for _, c := range []struct {
		text string
		want string // the instant, "" if it is none
	}{
		{"2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"},
		{"2026-11-22T12:00:00", "2026-11-22T11:00:00Z"},
		{"2026-11-22T12:00:00.123456789Z", "2026-11-22T12:00:00.123456789Z"},
		{"2026-11-22T12:00:00.1234567899Z", "2026-11-22T12:00:00.123456789Z"},
		{"2026-11-22T12:00:00.5", "2026-11-22T11:00:00.5Z"},
		{"2026-11-22T12:00:00-05:00", "2026-11-22T17:00:00Z"},
		{"2026-11-22T12:00:00+14:00", "2026-11-21T22:00:00Z"},
		{"2026-11-22T12:00:00-00:00", "2026-11-22T12:00:00Z"},
		{"2026-11-22T12:00:00-13:59", "2026-11-23T01:59:00Z"},
		{"2026-02-28T24:00:00Z", "2026-03-01T00:00:00Z"},
		{"2024-02-29T24:00:00.000", "2024-02-29T23:00:00Z"},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
		{text: ""}, {text: "2026-11-22"}, {text: "2026-11-22T12:00Z"}, {text: "2026-11-22T1:00:00Z"},
		{text: "2026-11-22 12:00:00Z"}, {text: "2026-11-22t12:00:00Z"}, {text: "2026-11-22T12:00:00z"},
		{text: "2026-11-22T12:00:00,5Z"}, {text: "2026-11-22T12:00:00.Z"}, {text: "2026-11-22T12:00:00."},
		{text: "2026-11-22T12.00.00Z"}, {text: "2026/11/22T12:00:00Z"}, {text: "2026-11-22T12:00:00Z0"},
		{text: "2026-11-22T12:00:00ZZ"}, {text: " 2026-11-22T12:00:00Z"}, {text: "2026-11-22T12:00:00Z\n"},
		{text: "0000-01-01T00:00:00Z"}, {text: "2026-00-01T00:00:00Z"}, {text: "2026-13-01T00:00:00Z"},
		{text: "2026-01-00T00:00:00Z"}, {text: "2026-04-31T00:00:00Z"}, {text: "2026-02-29T00:00:00Z"},
		{text: "1900-02-29T00:00:00Z"}, {text: "12026-11-22T12:00:00Z"}, {text: "-2026-11-22T12:00:00Z"},
		{text: "2026-11-22T25:00:00Z"}, {text: "2026-11-22T24:00:01Z"}, {text: "2026-11-22T24:01:00Z"},
		{text: "2026-11-22T24:00:00.001Z"}, {text: "2026-11-22T24:00:00.1000Z"}, {text: "2026-11-22T12:60:00Z"},
		{text: "2026-11-22T23:59:60Z"}, {text: "2026-11-22T12:00:00+14:01"}, {text: "2026-11-22T12:00:00-24:00"},
		{text: "2026-11-22T12:00:00+13:60"}, {text: "2026-11-22T12:00:00+1:00"}, {text: "2026-11-22T12:00:00+0100"},
		{text: "2026-11-22T12:00:00 01:00"}, {text: "2026-11-22T12:00:00+01-00"}, {text: "2026-11-22T12:00:00+01:0a"},
		{text: "202a-11-22T12:00:00Z"}, {text: "2026-11-22T12:00:00٠Z"},
	} {
		at, ok := Parse(c.text, rome)
		if ok != (c.want != "") || ok && at.UTC().Format(time.RFC3339Nano) != c.want {
			t.Errorf("%q: %v %v, want %q", c.text, at, ok, c.want)
		}
		if IsDateTime([]byte(c.text)) != ok {
			t.Errorf("%q: IsDateTime says otherwise than Parse", c.text)
		}
		zoned := ok && strings.ContainsAny(c.text[19:], "Z+-")
		if utc, instant := Parse([]byte(c.text), nil); instant != zoned || zoned && (!utc.Equal(at) || utc.Location() != time.UTC) {
			t.Errorf("%q: without a place %v %v", c.text, utc, instant)
		}
		if ok && at.Location() != rome {
			t.Errorf("%q: in %v", c.text, at.Location())
		}
	}
}

func TestIsDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2026-11-22": true, "2026-11-22Z": true, "2026-11-22+14:00": true, "2026-11-22-05:30": true, "2024-02-29": true,
		"": false, "2026-11-2": false, "2026-11-22+14:01": false, "2026-11-22T": false, "2023-02-29": false, "0000-01-01": false,
		"2026-11-22 ": false, "20261122": false, "2026-11-222": false, "2026-11-31": false,
	} {
		if IsDate(text) != want || IsDate([]byte(text)) != want {
			t.Errorf("%q: not %v", text, want)
		}
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2026-11-22": true, "2024-02-29": true, "2023-02-29": false, "0000-01-01": false, "2026-11-22Z": false, "2026-11-2": false, "": false,
	} {
		y, m, d, ok := Day(text)
		if ok != want || ok && time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) != text {
			t.Errorf("%q: %d %d %d, %v", text, y, m, d, ok)
		}
	}
}

// FuzzParse holds the reader to the type's lexical form as a regular expression and to
// the days and clocks of the standard library, which knows no 24:00:00.
func FuzzParse(f *testing.F) {
	form := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?$`)
	for _, s := range []string{"2026-11-22T12:00:00Z", "2026-11-22T23:59:59.999", "2026-02-30T12:00:00+13:59", "2026-11-22T12:00:00.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := Parse(s, time.UTC)
		if strings.Contains(s, "T24:") {
			return
		}
		want, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			want, err = time.Parse("2006-01-02T15:04:05", s)
		}
		lawful := err == nil && form.MatchString(s) && !strings.HasPrefix(s, "0000")
		if ok != lawful || ok && !at.Equal(want) {
			t.Errorf("%q: %v %v, want %v %v", s, at, ok, want, lawful)
		}
	})
}

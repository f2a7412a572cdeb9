package xsd

import (
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestEditionsTable: every row is of a kind there is, says its source and ends
// after it begins; one without a schema is answered, so it has ended or says
// nothing of when.
func TestEditionsTable(t *testing.T) {
	t.Parallel()
	kinds := make(map[string]bool)
	for _, s := range standards() {
		kinds[s.Kind] = true
	}
	seen := make(map[ID]bool)
	for _, e := range editions() {
		if !kinds[e.Kind] || e.Source == "" || seen[e.ID] || !e.From.IsZero() && !e.To.IsZero() && !e.From.Before(e.To) {
			t.Errorf("row %+v", e)
		}
		seen[e.ID] = true
	}
}

// TestSwitches: the instants of rule ENV-10, in the time of Rome.
func TestSwitches(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range editions() {
		for _, at := range []time.Time{e.From, e.To} {
			if at.IsZero() {
				continue
			}
			switch local := at.In(rome).Format("2006-01-02T15:04"); local {
			case "2013-01-10T00:00", "2014-01-10T00:00", "2016-02-01T00:00", "2019-11-04T19:00":
			default:
				t.Errorf("%v: %s is no switch", e.ID, local)
			}
		}
		if !e.From.IsZero() && (e.InForce(e.From.Add(-1)) || !e.InForce(e.From)) || !e.To.IsZero() && (e.InForce(e.To) || !e.InForce(e.To.Add(-1))) {
			t.Errorf("%v: limits are not those stated", e.ID)
		}
	}
}

// TestInstant: people read instants by the clocks of Italy, on both sides of
// each change and whatever offset they are stated with.
func TestInstant(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for stated, want := range map[string]string{
		"2027-07-01T00:00:00+02:00": "01/07/2027, ore 00:00",
		"2027-06-30T22:00:00Z":      "01/07/2027, ore 00:00",
		"2026-12-31T23:00:00Z":      "01/01/2027, ore 00:00",
		"2027-03-28T01:59:59+01:00": "28/03/2027, ore 01:59",
		"2027-03-28T02:00:00+01:00": "28/03/2027, ore 03:00",
		"2027-10-31T02:59:59+02:00": "31/10/2027, ore 02:59",
		"2027-10-31T02:00:00+01:00": "31/10/2027, ore 02:00",
	} {
		at, err := time.Parse(time.RFC3339, stated)
		if got := Instant(at); got != want || err != nil {
			t.Errorf("%s reads %s, want %s (%v)", stated, got, want, err)
		}
	}
	for at := time.Date(2013, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2036; at = at.Add(time.Hour) {
		if want := at.In(rome).Format("02/01/2006, ore 15:04"); Instant(at) != want {
			t.Fatalf("%v reads %s, want %s", at, Instant(at), want)
		}
	}
}

// TestIdentifyAt: what each edition of UNILAV gets at each time, in words.
func TestIdentifyAt(t *testing.T) {
	t.Parallel()
	s := build(t)
	switched := time.Date(2019, 11, 4, 18, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		versione string
		at       time.Time
		code     fault.Code
		says     string
	}{
		{"CO190701R1", switched, "", ""},
		{"CO190701R1", switched.Add(-1), fault.EditionNotInForce, "in vigore solo dal 04/11/2019, ore 19:00"},
		{"CO160201R1", switched, fault.EditionNotInForce, "scaduta il 04/11/2019, ore 19:00; in vigore: CO190701R1"},
		{"CO160201R1", switched.Add(-1), fault.Unsupported, ""},
		{"CO130110", packDay, fault.EditionNotInForce, "scaduta il 10/01/2013, ore 00:00; in vigore: CO190701R1"},
		{"CO270101", packDay, fault.UnknownEdition, "CO190701R1"},
		{"", packDay, fault.UnknownEdition, "CO190701R1"},
	} {
		content := []byte(strings.Replace(string(samples(t)["assunzione"]), "CO190701R1", c.versione, 1))
		id, faults := s.IdentifyAt(content, c.at)
		switch {
		case c.code == "":
			if len(faults) > 0 || id != unilavID {
				t.Errorf("%s at %v: %v, %v", c.versione, c.at, id, faults)
			}
		case len(faults) != 1 || faults[0].Code != c.code || faults[0].Expected != c.says || faults[0].Path != "/UniLav/@versione" || faults[0].Line != 1:
			t.Errorf("%s at %v: %+v", c.versione, c.at, faults)
		case c.versione != "" && strings.Contains(faults[0].Text(), c.versione) && c.versione != "CO190701R1":
			t.Errorf("%s quotes the document", faults[0].Text())
		case (id.Edition == c.versione && id.Kind == "UNILAV") != (c.code == fault.EditionNotInForce):
			t.Errorf("%s at %v: identified as %v", c.versione, c.at, id)
		}
	}
}

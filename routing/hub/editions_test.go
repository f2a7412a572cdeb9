package hub_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// TestEditionInForce: what counts is the instant of reception, to the
// microsecond; the rejection names the edition, and a communication that is
// late by that much is one.
func TestEditionInForce(t *testing.T) {
	t.Parallel()
	switched := time.Date(2019, 11, 4, 18, 0, 0, 0, time.UTC) // 19:00 in Rome
	for _, c := range []struct {
		edition  string
		received time.Time
		end      string
		codes    string
	}{
		{"CO190701R1", switched.Add(-time.Microsecond), rejected, "ENV-10"},
		{"CO190701R1", switched, accepted, ""},
		{"CO190701R1", received, accepted, ""},
		{"CO160201R1", switched, rejected, "ENV-10"},
		{"CO160201R1", switched.Add(-time.Microsecond), rejected, "XSD-03"}, // in force, but nobody has its schema
		{"CO130110", received, rejected, "ENV-10"},
		{"CO990101", received, rejected, "XSD-05"},
	} {
		w := &world{signer: signer}
		s := regional(strings.Replace(national(t, "assunzione"), "CO190701R1", c.edition, 1))
		s.Received = c.received
		a, err := hubIn(t, w).Submit(t.Context(), s)
		if end := endOf(a, err); end != c.end || codesOf(a.Faults) != c.codes {
			t.Errorf("%s at %v: %s with %q (%v), want %s with %q", c.edition, c.received, end, codesOf(a.Faults), err, c.end, c.codes)
			continue
		}
		named := slices.ContainsFunc(w.drafts, func(d ledger.Draft) bool { return d.Entry.Edition == c.edition })
		if known := !strings.HasPrefix(c.codes, "XSD"); named != known {
			t.Errorf("%s at %v: the entry names the edition: %v, want %v", c.edition, c.received, named, known)
		}
	}
}

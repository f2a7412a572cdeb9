package routing

import (
	"regexp"
	"testing"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func TestRegions(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^(0[1-9]|1[0-9]|2[01])$`) // the ministry's classification, 01 to 21
	codes := map[string]bool{}
	for _, r := range Regions() {
		if !form.MatchString(r.Code) || codes[r.Code] || r.Name == "" {
			t.Errorf("region %+v", r)
		}
		codes[r.Code] = true
		if got, ok := RegionBySlug(r.Slug); !ok || got != r {
			t.Errorf("RegionBySlug(%q) = %+v, %t", r.Slug, got, ok)
		}
	}
	if _, ok := RegionBySlug("atlantide"); ok {
		t.Error("found a region that is not served")
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	plan := Plan("UNILAV")
	if len(plan) != 1 || plan[0].Topic != "co.unilav.v1" || plan[0].Ground == "" {
		t.Errorf("plan %+v, want the national store alone", plan)
	}
	topics := map[string]bool{TopicOutcomes: true, TopicTotals: true, TopicDeadLetters: true}
	for _, d := range plan {
		if topics[d.Topic] {
			t.Errorf("delivery to %s, a topic that is not for communications", d.Topic)
		}
	}
}

func TestBarred(t *testing.T) {
	t.Parallel()
	for _, r := range Regions() {
		for _, kind := range []string{co.UNILAV, co.UNIURG, co.UNIDOM, ""} {
			for _, bulk := range []bool{false, true} {
				code, barred := r.Barred(kind, bulk)
				want := fault.Code("")
				switch {
				case r.Slug == "piemonte" && kind == co.UNIDOM:
					want = fault.DomesticBarred
				case r.Slug == "piemonte" && kind == co.UNIURG && bulk:
					want = fault.UrgencyInBulk
				}
				if code != want || barred != (want != "") {
					t.Errorf("%s, %s, bulk %t: %q, %t", r.Slug, kind, bulk, code, barred)
				}
			}
		}
	}
}

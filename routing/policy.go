package routing

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// exclusion is a kind that a region does not take.
type exclusion struct {
	region, kind string
	bulk         bool // among many communications only
	code         fault.Code
}

// exclusions lists what regions do not take by a policy of their own, though the
// national standards have it. Piemonte leaves domestic work to INPS (rule
// ENV-11 of its validator), and urgencies to the calls that carry one (ENV-12).
func exclusions() []exclusion {
	return []exclusion{
		{"piemonte", co.UNIDOM, false, fault.DomesticBarred},
		{"piemonte", co.UNIURG, true, fault.UrgencyInBulk},
	}
}

// Barred tells the fault by which a region's policy refuses a kind; ok is false
// where it takes it. Bulk tells that the communication came among many.
func (r Region) Barred(kind string, bulk bool) (code fault.Code, ok bool) {
	for _, e := range exclusions() {
		if e.region == r.Slug && e.kind == kind && (bulk || !e.bulk) {
			return e.code, true
		}
	}
	return "", false
}

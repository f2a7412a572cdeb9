package routing

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// exclusion is a kind that a region does not take.
type exclusion struct {
	region, kind string
	code         fault.Code
}

// exclusions lists what regions do not take by a policy of their own, though the
// national standards have it. Piemonte leaves domestic work to INPS (rule
// ENV-11 of its validator).
func exclusions() []exclusion {
	return []exclusion{{"piemonte", co.UNIDOM, fault.DomesticBarred}}
}

// Barred tells the fault by which a region's policy refuses a kind; ok is false
// where it takes it.
func (r Region) Barred(kind string) (code fault.Code, ok bool) {
	for _, e := range exclusions() {
		if e.region == r.Slug && e.kind == kind {
			return e.code, true
		}
	}
	return "", false
}

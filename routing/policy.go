package routing

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// bar is a kind that a region does not take.
type bar struct {
	region, kind string
	code         fault.Code
}

// bars lists what regions do not take by a policy of their own, though the
// national standards have it. Piemonte leaves domestic work to INPS (rule
// ENV-11 of its validator).
func bars() []bar {
	return []bar{{"piemonte", co.UNIDOM, fault.DomesticBarred}}
}

// Barred tells the fault by which a region's policy refuses a kind; ok is false
// where it takes it.
func (r Region) Barred(kind string) (code fault.Code, ok bool) {
	for _, b := range bars() {
		if b.region == r.Slug && b.kind == kind {
			return b.code, true
		}
	}
	return "", false
}

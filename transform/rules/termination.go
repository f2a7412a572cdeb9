package rules

import (
	"slices"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func terminationRules() []Rule {
	return []Rule{
		{Code: fault.PublicCause, Check: both(unilav(publicCause), agency(agencyPublicCause))},
		{Code: fault.ApprenticeCause, Check: both(unilav(apprenticeCause), agency(agencyApprenticeCause))},
	}
}

// Where a termination has its cause, below the root.
const (
	belowCause       = "/Cessazione/@codiceCausa"
	belowAgencyCause = "/DatiVariazione/DatiCessazione/@codiceCausa"
)

// endOfOffice is the cause that public administrations alone have.
const endOfOffice co.CausaCessazione = "DS"

// publicCause is CES-02: DS is of public administrations.
func publicCause(c *Case, u *co.UniLav, _ *relationship) fault.List {
	if u.Cessazione == nil || u.Cessazione.CodiceCausa != endOfOffice || u.DatoreLavoro.PubblicaAmministrazione == yes {
		return nil
	}
	return one(fault.PublicCause, c.Root()+belowCause, "")
}

// agencyPublicCause is CES-02 for agency work, which has no DS.
func agencyPublicCause(c *Case, doc *co.UniSomm) fault.List {
	if doc.DatiVariazione == nil || doc.DatiVariazione.DatiCessazione == nil || doc.DatiVariazione.DatiCessazione.CodiceCausa != endOfOffice {
		return nil
	}
	return one(fault.PublicCause, c.Root()+belowAgencyCause, "")
}

// ofApprentice reports whether a cause ends an apprenticeship (CES-03).
func ofApprentice(cause co.CausaCessazione) bool {
	return slices.Contains([]co.CausaCessazione{"AC", "AD", "AM", "AR"}, cause)
}

// apprenticeCause is CES-03: some causes are of apprenticeships.
func apprenticeCause(c *Case, u *co.UniLav, r *relationship) fault.List {
	if u.Cessazione == nil || !r.known || r.kind.Apprenticeship || !ofApprentice(u.Cessazione.CodiceCausa) {
		return nil
	}
	return one(fault.ApprenticeCause, c.Root()+belowCause, "")
}

// agencyApprenticeCause is CES-03 for agency work.
func agencyApprenticeCause(c *Case, doc *co.UniSomm) fault.List {
	if doc.DatiVariazione == nil || doc.DatiVariazione.DatiCessazione == nil {
		return nil
	}
	kind, known := agencyContract(c, doc)
	if !known || kind.Apprenticeship || !ofApprentice(doc.DatiVariazione.DatiCessazione.CodiceCausa) {
		return nil
	}
	return one(fault.ApprenticeCause, c.Root()+belowAgencyCause, "")
}

package rules

import (
	"slices"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func terminationRules() []Rule {
	kinds, end := []string{co.UNILAV}, []co.Movimento{co.CES}
	return []Rule{
		{Code: fault.PublicCause, Kinds: kinds, Movements: end, Check: unilav(publicCause)},
		{Code: fault.ApprenticeCause, Kinds: kinds, Movements: end, Check: unilav(apprenticeCause)},
	}
}

// belowCause is where a UNILAV termination has its cause, below the root.
const belowCause = "/Cessazione/@codiceCausa"

// publicCause is CES-02: DS, the end of office, is of public administrations.
func publicCause(c *Case, u *co.UniLav, _ *relationship) fault.List {
	if u.Cessazione.CodiceCausa != "DS" || u.DatoreLavoro.PubblicaAmministrazione == yes {
		return nil
	}
	return one(fault.PublicCause, c.Root()+belowCause, "")
}

// apprenticeCause is CES-03: AC, AD, AM and AR end an apprenticeship.
func apprenticeCause(c *Case, u *co.UniLav, r *relationship) fault.List {
	if !r.known || r.kind.Apprenticeship || !slices.Contains([]co.CausaCessazione{"AC", "AD", "AM", "AR"}, u.Cessazione.CodiceCausa) {
		return nil
	}
	return one(fault.ApprenticeCause, c.Root()+belowCause, "")
}

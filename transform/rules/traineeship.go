package rules

import (
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func traineeshipRules() []Rule {
	kinds, lasting := []string{co.UNILAV}, []co.Movimento{co.ASS, co.PRO}
	return []Rule{
		{Code: fault.TraineeshipData, Kinds: kinds, Check: unilav(traineeshipData)},
		{Code: fault.OwnPromoter, Kinds: kinds, Check: unilav(ownPromoter)},
		{Code: fault.TraineeshipCategory, Kinds: kinds, Check: unilav(traineeshipCategory)},
		{Code: fault.TraineeshipLong, Kinds: kinds, Movements: lasting, Check: unilav(traineeshipLong)},
		{Code: fault.TraineeshipAgreement, Kinds: kinds, Check: unilav(traineeshipAgreement)},
		{Code: fault.TrainingLong, Kinds: kinds, Movements: lasting, Check: unilav(trainingLong)},
	}
}

// traineeshipData is TIR-01: a traineeship tells all of its data, other
// contracts none.
func traineeshipData(c *Case, u *co.UniLav, r *relationship) fault.List {
	const block, due = "/Tirocinio", "da indicare per un tirocinio"
	t := u.Tirocinio
	switch {
	case !r.known:
		return nil
	case !r.kind.Traineeship && t != nil:
		return one(fault.TraineeshipData, c.Root()+block, "nessun dato di tirocinio per questa tipologia contrattuale")
	case !r.kind.Traineeship:
		return nil
	case t == nil:
		return one(fault.TraineeshipData, c.Root()+block, due)
	}
	var faults fault.List
	for _, field := range [...]struct{ value, below string }{
		{string(t.TipologiaEntePromotore), "/@tipologiaEntePromotore"},
		{string(t.CFSoggettoPromotore), "/@cfSoggettoPromotore"},
		{t.Denominazione, "/@denominazione"},
		{string(t.CategoriaTirocinante), "/@categoriaTirocinante"},
		{string(t.TipologieTirocinio), "/@tipologieTirocinio"},
	} {
		if field.value == "" {
			faults = append(faults, one(fault.TraineeshipData, c.Root()+block+field.below, due)...)
		}
	}
	return faults
}

// ownPromoter is TIR-02: an employer that promotes its own traineeship is a
// warning. The form of the promoter's code is ID-01 and ID-04.
func ownPromoter(c *Case, u *co.UniLav, _ *relationship) fault.List {
	t := u.Tirocinio
	if t == nil || t.CFSoggettoPromotore == "" || t.CFSoggettoPromotore.Normal() != u.DatoreLavoro.CodiceFiscale.Normal() {
		return nil
	}
	return doubt(fault.OwnPromoter, c.Root()+"/Tirocinio/@cfSoggettoPromotore", "")
}

// category is what the national rules say of a category of trainees.
type category struct {
	kinds  string // the kinds of traineeship that admit it (TIR-03)
	months int    // longest duration (TIR-04), 0 if there is no limit
}

// categoryOf finds a category. Nothing is known of 99 (students) but the code.
func categoryOf(code co.CategoriaTirocinante) (category, bool) {
	switch code {
	case "01":
		return category{"AB", 12}, true
	case "02":
		return category{"AB", 24}, true
	case "03", "08":
		return category{"B", 12}, true
	case "04", "05", "06", "07":
		return category{"A", 6}, true
	case "09":
		return category{"C", 0}, true
	}
	return category{}, false
}

// traineeshipCategory is TIR-03: category and kind go together.
func traineeshipCategory(c *Case, u *co.UniLav, _ *relationship) fault.List {
	if u.Tirocinio == nil || len(u.Tirocinio.TipologieTirocinio) != 1 {
		return nil
	}
	of, ok := categoryOf(u.Tirocinio.CategoriaTirocinante)
	if !ok || strings.Contains(of.kinds, string(u.Tirocinio.TipologieTirocinio)) {
		return nil
	}
	kinds := strings.Join(strings.Split(of.kinds, ""), " o ")
	return one(fault.TraineeshipCategory, c.Root()+"/Tirocinio/@categoriaTirocinante", "questa categoria è della tipologia "+kinds)
}

// lastDay is the end that a hiring or an extension tells, with its path.
func lastDay(c *Case, u *co.UniLav, r *relationship) (end co.Data, below string) {
	if c.Movement == co.PRO {
		return u.Proroga.DataFineProroga, "/Proroga/@dataFineProroga"
	}
	return r.DataFine, "/InizioRapporto/@dataFine"
}

// traineeshipLong is TIR-04, a warning.
func traineeshipLong(c *Case, u *co.UniLav, r *relationship) fault.List {
	if !r.kind.Traineeship || u.Tirocinio == nil {
		return nil
	}
	of, ok := categoryOf(u.Tirocinio.CategoriaTirocinante)
	end, below := lastDay(c, u, r)
	if !ok || of.months == 0 || !end.Longer(r.DataInizio, of.months) {
		return nil
	}
	return doubt(fault.TraineeshipLong, c.Root()+below, "al più "+strconv.Itoa(of.months)+" mesi per questa categoria")
}

// traineeshipAgreement is TIR-05: a traineeship has no collective agreement.
func traineeshipAgreement(c *Case, _ *co.UniLav, r *relationship) fault.List {
	if !r.kind.Traineeship || r.CCNL == noAgreement {
		return nil
	}
	return one(fault.TraineeshipAgreement, c.at(r.place, "/ccnl"), string(noAgreement))
}

// The longest durations, in months, of TIR-06.
const (
	maxTraineeship    = 24
	maxApprenticeship = 72
)

// trainingLong is TIR-06: a warning for a traineeship; a fault for an
// apprenticeship, which lasts until its end or the end of its training.
func trainingLong(c *Case, u *co.UniLav, r *relationship) fault.List {
	end, below := lastDay(c, u, r)
	switch {
	case r.kind.Traineeship && end.Longer(r.DataInizio, maxTraineeship):
		return doubt(fault.TrainingLong, c.Root()+below, "al più 24 mesi per un tirocinio")
	case r.kind.Apprenticeship && end.Longer(r.DataInizio, maxApprenticeship):
		return one(fault.TrainingLong, c.Root()+below, "al più 72 mesi per un apprendistato")
	case r.kind.Apprenticeship && r.DataFinePeriodoFormativo.Longer(r.DataInizio, maxApprenticeship):
		return one(fault.TrainingLong, c.at(r.place, "/@dataFinePeriodoFormativo"), "al più 72 mesi per un apprendistato")
	}
	return nil
}

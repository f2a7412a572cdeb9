package rules

import (
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The contract types that the rules of relationships name.
const (
	permanentWork      co.TipologiaContrattuale = "A.01.00"
	trainingWork       co.TipologiaContrattuale = "A.03.04" // formazione e lavoro, public administrations
	insertionWork      co.TipologiaContrattuale = "A.03.07" // inserimento
	apprenticeSchool   co.TipologiaContrattuale = "A.03.08" // for a qualification or a diploma
	apprenticeTrade    co.TipologiaContrattuale = "A.03.09" // professionalizzante
	apprenticeResearch co.TipologiaContrattuale = "A.03.10" // higher training and research
	jobSharing         co.TipologiaContrattuale = "A.07.02"
)

// noAgreement is the collective agreement of who has none.
const noAgreement co.CCNL = "ND"

// noBody is the social security body of who has none.
const noBody co.EntePrevidenziale = "29"

func contractRules() []Rule {
	kinds, hiring := []string{co.UNILAV}, []co.Movimento{co.ASS}
	opened, opening := []string{co.UNILAV, co.VARDATORI}, []co.Movimento{co.ASS, noMovement}
	return []Rule{
		{Code: fault.FarmFields, Check: both(relationships(farmFields), agency(missionFarm))},
		{Code: fault.Member, Check: relationships(member)},
		{Code: fault.PatForm, Kinds: kinds, Movements: hiring, Check: unilav(patForm)},
		{Code: fault.WeeklyHours, Check: both(relationships(weeklyHours), agency(missionHours))},
		{Code: fault.SecondWorker, Kinds: kinds, Movements: hiring, Check: unilav(secondWorker)},
		{Code: fault.SecurityNumber, Check: both(relationships(securityNumber), agency(agencySecurity))},
		{Code: fault.GradeAndPay, Kinds: opened, Movements: opening, Check: relationships(grade)},
		{Code: fault.Agreement, Kinds: opened, Movements: opening, Check: relationships(agreement)},
		{Code: fault.Incentives, Kinds: kinds, Movements: hiring, Check: unilav(incentives)},
		{Code: fault.Compulsory, Check: both(relationships(compulsory), agency(missionCompulsory))},
	}
}

// outOfFarming is what REL-05 expects of a field of farm work.
const outOfFarming = "nessun dato, se lavoroInAgricoltura è NO"

// farmFields is REL-05: days and kind of farm work only in agriculture.
func farmFields(c *Case, r *relationship) fault.List {
	if r.LavoroInAgricoltura != no {
		return nil
	}
	var faults fault.List
	if r.GgLavorativePreviste != "" {
		faults = append(faults, one(fault.FarmFields, c.at(r.place, "/@ggLavorativePreviste"), outOfFarming)...)
	}
	if r.TipoLavorazione != "" {
		faults = append(faults, one(fault.FarmFields, c.at(r.place, "/@tipoLavorazione"), outOfFarming)...)
	}
	return faults
}

// member is REL-06, which the schema in force says too. The tables of the same
// rule are looked up by the rules of tables.
func member(c *Case, r *relationship) fault.List {
	if r.SocioLavoratore == yes || r.SocioLavoratore == no {
		return nil
	}
	return one(fault.Member, c.at(r.place, "/@socioLavoratore"), "SI o NO")
}

// patForm is REL-07, which the schema in force says too.
func patForm(c *Case, _ *co.UniLav, r *relationship) fault.List {
	if pat(r.PatINAIL) {
		return nil
	}
	return one(fault.PatForm, c.at(r.place, "/PatINAIL"), "da 8 a 10 cifre")
}

// pat reports whether a position at the accident insurance has its form.
func pat(s string) bool {
	return len(s) >= 8 && len(s) <= 10 && strings.Trim(s, "0123456789") == ""
}

// weeklyHours is REL-08.
func weeklyHours(c *Case, r *relationship) fault.List {
	return hours(c, r.place, &r.TipoOrario, r.kind.NoHours || !r.known)
}

// hours looks at a working time, in the block at a place: hours for part time
// only. Which contract types admit an undefined one is inferred, hence a
// warning.
func hours(c *Case, place int, t *co.TipoOrario, undefined bool) fault.List {
	const below = "/tipoOrario/@oreSettimanaliMedie"
	given := t.OreSettimanaliMedie != ""
	switch t.Codice {
	case "F":
		if given {
			return one(fault.WeeklyHours, c.at(place, below), "nessun numero di ore per un tempo pieno")
		}
	case "P", "V", "M":
		if !given {
			return one(fault.WeeklyHours, c.at(place, below), "le ore settimanali medie del tempo parziale")
		}
	case "N":
		if given {
			return one(fault.WeeklyHours, c.at(place, below), "nessun numero di ore per un orario non definito")
		}
		if !undefined {
			return doubt(fault.WeeklyHours, c.at(place, "/tipoOrario/@codice"), "un orario definito per questa tipologia contrattuale")
		}
	}
	return nil
}

// secondWorker is REL-09: a second worker shares the job, and only then.
func secondWorker(c *Case, u *co.UniLav, r *relationship) fault.List {
	switch second := u.LavoratoreCoobbligato != nil; {
	case second && r.TipologiaContrattuale != jobSharing:
		return one(fault.SecondWorker, c.Root()+"/LavoratoreCoobbligato", "nessun coobbligato fuori dal lavoro ripartito")
	case !second && r.TipologiaContrattuale == jobSharing:
		return one(fault.SecondWorker, c.Root()+"/LavoratoreCoobbligato", "il lavoratore coobbligato del lavoro ripartito")
	}
	return nil
}

// atNoBody is what REL-10 expects of a number.
const atNoBody = "nessun codice con l'ente 29"

// securityNumber is REL-10: no number at no body.
func securityNumber(c *Case, r *relationship) fault.List {
	if r.EntePrevidenziale != noBody || r.CodiceEntePrevidenziale == "" {
		return nil
	}
	return one(fault.SecurityNumber, c.at(r.place, "/@codiceEntePrevidenziale"), atNoBody)
}

// grade is REL-11 as far as the tables at hand go: grade and pay are
// there, and the pay is not zero. Some types are exempt by a parameter that is
// not published: those that may have no working time, whose pay may not be
// known beforehand, get a warning; so do relationships of before the two were
// due. The grades of each agreement and the least pay are in no table at hand.
func grade(c *Case, r *relationship) fault.List {
	var faults fault.List
	certain := r.known && !r.kind.NoHours && !r.DataInizio.Before(gradeAndPayDue)
	if strings.TrimSpace(r.LivelloInquadramento) == "" {
		faults = append(faults, graded(fault.GradeAndPay, c.at(r.place, "/livelloInquadramento"), "da indicare", certain)...)
	}
	if strings.Trim(r.RetribuzioneCompenso, "0 ") == "" {
		faults = append(faults, graded(fault.GradeAndPay, c.at(r.place, "/RetribuzioneCompenso"), "una retribuzione maggiore di zero", certain)...)
	}
	return faults
}

// agreement is REL-12. Which agreements are of the public sector, and which
// types admit none, is in no table at hand: training and work contracts are
// asked for a public administration instead, ND for a type that is no
// subordinate employment, and both are warnings. That traineeships must have
// ND is TIR-05.
func agreement(c *Case, r *relationship) fault.List {
	switch {
	case r.TipologiaContrattuale == trainingWork && !c.public():
		return doubt(fault.Agreement, c.at(r.place, "/@TipologiaContrattuale"), "un contratto di formazione e lavoro è solo delle pubbliche amministrazioni")
	case r.CCNL == noAgreement && r.known && !r.kind.NoAgreement:
		return doubt(fault.Agreement, c.at(r.place, "/ccnl"), "il contratto collettivo di un lavoro subordinato")
	}
	return nil
}

// public reports whether the employer says to be a public administration.
func (c *Case) public() bool {
	switch d := c.Doc.(type) {
	case *co.UniLav:
		return d.DatoreLavoro.PubblicaAmministrazione == yes
	case *co.VarDatori:
		return d.DatoreAttuale.PubblicaAmministrazione == yes
	}
	return false
}

// incentives is REL-13: none since 2019. In transfers the schema admits empty
// ones alone.
func incentives(c *Case, _ *co.UniLav, r *relationship) fault.List {
	if r.Agevolazioni == nil {
		return nil
	}
	return one(fault.Incentives, c.at(r.place, "/Agevolazioni"), "nessuna agevolazione")
}

// compulsory is REL-14.
func compulsory(c *Case, r *relationship) fault.List {
	return placement(c, r.place, r.AssunzioneObbligatoria, r.CategoriaLavoratoreAssunzioneObbligatoria)
}

// placement looks at a compulsory placement, in the block at a place: it tells
// its category, others do not. The category is looked up in its table by
// another rule; the shorter list of agency work is in no table at hand.
func placement(c *Case, place int, flag string, category co.CategoriaObbligatoria) fault.List {
	const below = "/@categoriaLavoratoreAssunzioneObbligatoria"
	switch given := category != ""; {
	case flag != yes && flag != no:
		return one(fault.Compulsory, c.at(place, "/@assunzioneObbligatoria"), "SI o NO")
	case flag == yes && !given:
		return one(fault.Compulsory, c.at(place, below), "la categoria del lavoratore")
	case flag == no && given:
		return one(fault.Compulsory, c.at(place, below), "nessuna categoria senza assunzione obbligatoria")
	}
	return nil
}

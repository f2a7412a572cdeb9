package rules

import (
	"time"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// variationDays are the days for a change of a relationship (TRM-04), for a
// hiring due to force majeure (TRM-05) and for what follows an urgent
// communication (URG-03).
const variationDays = 5

// monthlyDay is the day of the next month by which public administrations
// (TRM-02) and agencies (TRM-03) send.
const monthlyDay = 20

// termRules warn of a communication sent late. Being late refuses nothing
// (TRM-08). The ten days of private schools (TRM-02) are not here: nothing in a
// document tells a private school from another employer.
func termRules() []Rule {
	unilav, agency := []string{co.UNILAV}, []string{co.UNISOMM}
	return []Rule{
		{Code: fault.LateHiring, Kinds: unilav, Movements: []co.Movimento{co.ASS}, Check: late(fault.LateHiring)},
		{Code: fault.LatePublic, Kinds: unilav, Check: late(fault.LatePublic)},
		{Code: fault.LateAgency, Kinds: agency, Check: late(fault.LateAgency)},
		{Code: fault.LateChange, Kinds: unilav, Check: late(fault.LateChange)},
		{Code: fault.LateForce, Kinds: unilav, Movements: []co.Movimento{co.ASS}, Check: late(fault.LateForce)},
		{Code: fault.LateFollowUp, Kinds: unilav, Movements: []co.Movimento{co.ASS}, Check: late(fault.LateFollowUp)},
	}
}

// late makes the check of one term: every communication has at most one.
func late(code fault.Code) func(*Case) fault.List {
	return func(c *Case) fault.List {
		if !c.timed {
			c.due, c.last = c.term()
			c.timed = true
		}
		if c.due != code || c.Day <= string(c.last.AppendFormat(make([]byte, 0, len(time.DateOnly)), time.DateOnly)) {
			return nil
		}
		return fault.List{{Code: code, Path: c.Root(), Expected: expectedTerm(code), Warning: true}}
	}
}

func expectedTerm(code fault.Code) string {
	switch code {
	case fault.LateHiring:
		return "entro il giorno prima dell'inizio"
	case fault.LatePublic, fault.LateAgency:
		return "entro il giorno 20 del mese successivo"
	}
	return "entro 5 giorni, prorogati al primo giorno lavorativo"
}

// term is the last day for sending the communication and the warning that it is
// late by, "" where there is no term. Rectifications, annulments and what the
// offices enter have none.
func (c *Case) term() (fault.Code, time.Time) {
	event, err := time.Parse(time.DateOnly, c.event())
	if err != nil || c.Tipo == "03" || c.Tipo == "04" || c.Tipo == "06" {
		return "", time.Time{}
	}
	if c.Doc.Kind() == co.UNISOMM {
		return fault.LateAgency, monthly(event)
	}
	u, ok := c.Doc.(*co.UniLav)
	if !ok {
		return "", time.Time{}
	}
	inDays := working(event.AddDate(0, 0, variationDays))
	switch {
	case c.Movement == co.ASS && (c.Tipo == "02" || c.Tipo == "07" || c.Tipo == "08" || c.Tipo == "09"):
		return fault.LateFollowUp, inDays
	case u.DatoreLavoro.PubblicaAmministrazione == "SI":
		return fault.LatePublic, monthly(event)
	case c.Movement != co.ASS, c.Tipo == "05": // from a traineeship to work: a change
		return fault.LateChange, inDays
	case u.AssunzioneForzaMaggiore == "SI":
		return fault.LateForce, inDays
	}
	return fault.LateHiring, event.AddDate(0, 0, -1)
}

// event is the day of what the communication reports, "" if the document or its
// kind does not tell.
func (c *Case) event() string {
	if e, ok := c.Doc.(interface{ Effect() co.Data }); ok {
		return e.Effect().Day()
	}
	if c.Movement == co.ASS {
		return c.Start
	}
	return ""
}

// monthly is the term of the month after an event.
func monthly(event time.Time) time.Time {
	year, month, _ := event.Date()
	return working(time.Date(year, month+1, monthlyDay, 0, 0, 0, 0, time.UTC))
}

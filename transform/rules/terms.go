package rules

import (
	"strings"
	"time"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The terms for sending. Public administrations send all that happened in a
// month by the 20th of the next (decree-law 510/1996, article 9-bis, paragraph
// 2, last sentence, added by law 183/2010, article 5).

// variationDays are the days for a change of a relationship (TRM-04), for a
// hiring due to force majeure (TRM-05) and for what follows an urgent
// communication (URG-03).
const variationDays = 5

// monthlyDay is the day of the next month by which public administrations
// (TRM-02) and agencies (TRM-03) send.
const monthlyDay = 20

// schoolDays are the days for private schools and training bodies (TRM-02).
const schoolDays = 10

// termRules warn of a communication sent late. Being late refuses nothing
// (TRM-08).
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
			c.due, c.timed = c.term(), true
		}
		if c.due.code != code || c.Day <= string(c.due.last.AppendFormat(make([]byte, 0, len(time.DateOnly)), time.DateOnly)) {
			return nil
		}
		return doubt(code, c.Root()+c.eventField(), c.due.expected)
	}
}

// term is the last day for sending a communication and the warning that it is
// late by. The zero value is no term.
type term struct {
	code     fault.Code
	last     time.Time
	expected string
}

// term is that of the communication. Rectifications, annulments and what the
// offices enter have none.
func (c *Case) term() term {
	event, err := time.Parse(time.DateOnly, c.event())
	if err != nil || c.Tipo == "03" || c.Tipo == "04" || c.Tipo == "06" {
		return term{}
	}
	const inMonth, inFive = "entro il giorno 20 del mese successivo", "entro 5 giorni, prorogati al primo giorno lavorativo"
	if c.Doc.Kind() == co.UNISOMM {
		return term{fault.LateAgency, monthly(event), inMonth}
	}
	u, ok := c.Doc.(*co.UniLav)
	if !ok {
		return term{}
	}
	five := working(event.AddDate(0, 0, variationDays))
	switch {
	case c.Movement == co.ASS && (c.Tipo == "02" || c.Tipo == "07" || c.Tipo == "08" || c.Tipo == "09"):
		return term{fault.LateFollowUp, five, inFive}
	case u.DatoreLavoro.PubblicaAmministrazione == yes:
		return term{fault.LatePublic, monthly(event), inMonth}
	case school(u.DatoreLavoro.Settore):
		return term{fault.LatePublic, working(event.AddDate(0, 0, schoolDays)),
			"entro 10 giorni per le scuole e gli enti di formazione privati, entro il giorno 20 del mese successivo per le scuole paritarie"}
	case c.Movement != co.ASS, c.Tipo == "05": // from a traineeship to work: a change
		return term{fault.LateChange, five, inFive}
	case u.AssunzioneForzaMaggiore == yes:
		return term{fault.LateForce, five, inFive}
	}
	return term{fault.LateHiring, event.AddDate(0, 0, -1), "entro il giorno prima dell'inizio"}
}

// school reports whether a sector (ATECO, the same in 2007 and 2025) is that of
// schools and universities, 85.1 to 85.4, or of training, 85.59. Courses of
// sport, arts and driving, 85.51 to 85.53, are no training bodies. Which school
// has parity no sector tells: the warning names both terms.
func school(sector co.Settore) bool {
	for _, group := range [...]string{"85.1", "85.2", "85.3", "85.4", "85.59"} {
		if strings.HasPrefix(string(sector), group) {
			return true
		}
	}
	return false
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

// eventField is where the document has the day of event, below the root.
func (c *Case) eventField() string {
	switch d := c.Doc.(type) {
	case *co.UniLav:
		switch {
		case d.InizioRapporto != nil:
			return "/InizioRapporto/@dataInizio"
		case d.Proroga != nil:
			return "/Proroga/Contratto/@dataFine"
		case d.Trasformazione != nil:
			return belowTransformed + "/@dataTrasformazione"
		}
		return "/Cessazione/@dataCessazione"
	case *co.UniSomm:
		v, mission := d.DatiVariazione, d.Mission() != nil
		switch {
		case v != nil && v.DatiTrasformazione != nil:
			return belowChangeDate
		case v != nil && v.DatiCessazione != nil:
			return belowEndDate
		case v != nil && mission:
			return belowMission + "/@dataFineMissione"
		case v != nil:
			return belowAgencyContract + "/@dataFineSomm"
		case mission:
			return belowMission + "/@dataInizioMissione"
		}
		return belowAgencyContract + "/@dataInizioSomm"
	}
	return ""
}

// monthly is the term of the month after an event.
func monthly(event time.Time) time.Time {
	year, month, _ := event.Date()
	return working(time.Date(year, month+1, monthlyDay, 0, 0, 0, 0, time.UTC))
}

package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// maxYears is the longest a relationship may last (national rule REL-02).
const maxYears = 50

func relationshipRules() []Rule {
	return []Rule{
		{Code: fault.Duration, Check: duration},
		{Code: fault.Termination, Kinds: []string{co.UNILAV}, Movements: []co.Movimento{co.CES}, Check: termination},
	}
}

// duration is REL-02: the last day not before the first, and not more than
// fifty years after it. The new end of an extension is another rule's.
func duration(c *Case) fault.List {
	var faults fault.List
	for i, r := range each[co.Contratto](c) {
		switch {
		case r.DataFine.Before(r.DataInizio):
			faults = append(faults, one(fault.Duration, c.at(i, "/@dataFine"), "la data di fine non può precedere quella di inizio")...)
		case r.DataFine.Beyond(r.DataInizio, maxYears):
			faults = append(faults, one(fault.Duration, c.at(i, "/@dataFine"), "al più 50 anni dall'inizio")...)
		}
	}
	return faults
}

// termination is CES-01: not before the start. That the cause is in its table
// is for the rules of codes.
func termination(c *Case) fault.List {
	var faults fault.List
	for i, t := range each[co.Cessazione](c) {
		if t.DataCessazione.Before(t.Contratto.DataInizio) {
			faults = append(faults, one(fault.Termination, c.at(i, "/@dataCessazione"), "la cessazione non può precedere l'inizio del rapporto")...)
		}
	}
	return faults
}

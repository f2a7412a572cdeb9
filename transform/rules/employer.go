package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The rules of this file go over employers by type: a kind whose employer is of
// another type has rules of its own.
func employerRules() []Rule {
	return []Rule{
		{Code: fault.EmployerData, Check: employerData},
		{Code: fault.WorkplaceCap, Check: workplaceCap},
		{Code: fault.SeatContact, Check: seatContact},
	}
}

// employerData is AZ-01. The schema in force demands all of it, but for an
// empty value; the sector is looked up in its table by another rule. A seat
// abroad has a postal code of its own sort, or none.
func employerData(c *Case) fault.List {
	var faults fault.List
	for i, d := range each[co.DatoreLavoro](c) {
		if d.SedeLegale.Comune == "" {
			faults = append(faults, one(fault.EmployerData, c.at(i, "/SedeLegale/Comune"), "il comune della sede legale")...)
		}
		if d.SedeLegale.Cap == "" && !d.SedeLegale.Comune.Foreign() {
			faults = append(faults, one(fault.EmployerData, c.at(i, "/SedeLegale/cap"), "il CAP della sede legale")...)
		}
		if d.PubblicaAmministrazione != yes && d.PubblicaAmministrazione != no {
			faults = append(faults, one(fault.EmployerData, c.at(i, "/PubblicaAmministrazione"), "SI o NO")...)
		}
	}
	return faults
}

// workplaceCap is AZ-02: a postal code in Italy, none abroad.
func workplaceCap(c *Case) fault.List {
	var faults fault.List
	for i, d := range each[co.DatoreLavoro](c) {
		faults = append(faults, capOf(fault.WorkplaceCap, &d.SedeLavoro, c, i, "/SedeLavoro")...)
	}
	return faults
}

// capOf looks at the postal code of an address, below a place. What is no
// place at all is another rule's fault.
func capOf(code fault.Code, s *co.Sede, c *Case, place int, below string) fault.List {
	switch {
	case s.Comune.Foreign() && s.Cap != "":
		return one(code, c.at(place, below+"/cap"), "nessun CAP per una sede all'estero")
	case s.Comune.Valid() && !s.Comune.Foreign() && s.Cap == "":
		return one(code, c.at(place, below+"/cap"), "il CAP di una sede in Italia")
	}
	return nil
}

// seatContact is AZ-03: each seat can be reached.
func seatContact(c *Case) fault.List {
	var faults fault.List
	for i, d := range each[co.DatoreLavoro](c) {
		if !reachable(&d.SedeLegale) {
			faults = append(faults, one(fault.SeatContact, c.at(i, "/SedeLegale"), "telefono, fax o e-mail della sede legale")...)
		}
		if !reachable(&d.SedeLavoro) {
			faults = append(faults, one(fault.SeatContact, c.at(i, "/SedeLavoro"), "telefono, fax o e-mail della sede di lavoro")...)
		}
	}
	return faults
}

func reachable(s *co.Sede) bool { return s.Telefono != "" || s.Fax != "" || s.EMail != "" }

package rules

import (
	"iter"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func employerRules() []Rule {
	return []Rule{
		{Code: fault.EmployerData, Check: employerData},
		{Code: fault.WorkplaceCap, Check: workplaceCap},
		{Code: fault.SeatContact, Check: seatContact},
	}
}

// seat is an address of an employer; a worker's domicile, which is of the same
// type, is none.
type seat struct {
	*co.Sede
	place int    // of the block that has it
	below string // where it is in that block, "" for the block itself
	what  seatKind
}

// seatKind is what rules tell seats apart by.
type seatKind byte

const (
	legalSeat   seatKind = iota
	firmSeat             // legal seat of a user firm: AZ-07 looks at it
	workplace            // where people work
	transferred          // workplace of a transfer, which official documents give a postal code even abroad
	ashore               // workplace of a seafarer, whose format has no contacts
)

// seats goes over the addresses of every employer of the document.
func seats(c *Case) iter.Seq[seat] {
	return func(yield func(seat) bool) {
		for i, p := range c.outline.Places() {
			legal, work, kind := (*co.Sede)(nil), (*co.Sede)(nil), legalSeat
			switch v := p.Value.(type) {
			case *co.DatoreLavoro:
				legal, work = &v.SedeLegale, &v.SedeLavoro
			case *co.AgenziaSomministrazione:
				legal, work = &v.SedeLegale, &v.SedeLavoro
			case *co.DittaUtilizzatrice:
				legal, work, kind = &v.SedeLegale, &v.SedeLavoro, firmSeat
			case *co.DatoreAttuale:
				if !yield(seat{&v.Sede, i, "/Sede", legalSeat}) {
					return
				}
			case *co.DatoreCedente:
				if !yield(seat{&v.Sede, i, "/Sede", legalSeat}) {
					return
				}
			case *co.Armatore:
				if v.SedeTerra != nil && !yield(seat{v.SedeTerra, i, "/SedeTerra", ashore}) {
					return
				}
			case *co.Sede:
				_, of := c.outline.Places()[c.outline.Parent(i)].Value.(*co.TrasferimentoAzienda)
				if of && !yield(seat{v, i, "", transferred}) {
					return
				}
			}
			if legal != nil && (!yield(seat{legal, i, "/SedeLegale", kind}) || !yield(seat{work, i, "/SedeLavoro", workplace})) {
				return
			}
		}
	}
}

// employerData is AZ-01. The schemas in force demand most of it, but for an
// empty value; the sector is looked up in its table by another rule. A legal
// seat abroad has a postal code of its own sort, or none.
func employerData(c *Case) fault.List {
	var faults fault.List
	for s := range seats(c) {
		if s.what != legalSeat {
			continue
		}
		if s.Comune == "" {
			faults = append(faults, one(fault.EmployerData, c.at(s.place, s.below+"/Comune"), "il comune della sede legale")...)
		}
		if s.Cap == "" && !s.Comune.Foreign() {
			faults = append(faults, one(fault.EmployerData, c.at(s.place, s.below+"/cap"), "il CAP della sede legale")...)
		}
	}
	for i, p := range c.outline.Places() {
		flag := yes
		switch v := p.Value.(type) {
		case *co.DatoreLavoro:
			flag = v.PubblicaAmministrazione
		case *co.DittaUtilizzatrice:
			flag = v.PubblicaAmministrazione
		case *co.DatoreAttuale:
			flag = v.PubblicaAmministrazione
		}
		if flag != yes && flag != no {
			faults = append(faults, one(fault.EmployerData, c.at(i, "/PubblicaAmministrazione"), "SI o NO")...)
		}
	}
	return faults
}

// workplaceCap is AZ-02: a postal code in Italy, none abroad. What is no place
// at all is another rule's fault.
func workplaceCap(c *Case) fault.List {
	var faults fault.List
	for s := range seats(c) {
		switch {
		case s.what != workplace && s.what != transferred && s.what != ashore:
		case s.Comune.Foreign() && s.Cap != "" && s.what != transferred:
			faults = append(faults, one(fault.WorkplaceCap, c.at(s.place, s.below+"/cap"), "nessun CAP per una sede all'estero")...)
		case s.Comune.Valid() && !s.Comune.Foreign() && s.Cap == "":
			faults = append(faults, one(fault.WorkplaceCap, c.at(s.place, s.below+"/cap"), "il CAP di una sede in Italia")...)
		}
	}
	return faults
}

// seatContact is AZ-03: each seat can be reached.
func seatContact(c *Case) fault.List {
	var faults fault.List
	for s := range seats(c) {
		if s.what != ashore && !reachable(s.Sede) {
			faults = append(faults, one(fault.SeatContact, c.at(s.place, s.below), "telefono, fax o e-mail")...)
		}
	}
	return faults
}

func reachable(s *co.Sede) bool { return s.Telefono != "" || s.Fax != "" || s.EMail != "" }

package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// domesticType is the contract type of domestic work since 10 January 2013
// (national table tipologia_contrattuale).
const domesticType co.TipologiaContrattuale = "A.04.02"

func domesticRules() []Rule {
	return []Rule{
		{Code: fault.DomesticName, Check: domesticName},
		{Code: fault.DomesticContract, Check: domesticContract},
	}
}

// domesticName is AZ-09: denominazione, or else both cognome and nome.
func domesticName(c *Case) fault.List {
	var faults fault.List
	tell := func(i int, attribute, expected string) {
		faults = append(faults, one(fault.DomesticName, c.at(i, attribute), expected)...)
	}
	for i, d := range each[co.DatoreDomestico](c) {
		person := d.Cognome != "" || d.Nome != ""
		switch {
		case d.Denominazione != "" && person:
			tell(i, "/@denominazione", "denominazione, oppure cognome e nome, non entrambi")
		case d.Denominazione != "":
		case !person:
			tell(i, "/@denominazione", "denominazione, oppure cognome e nome")
		case d.Cognome == "":
			tell(i, "/@cognome", "cognome insieme al nome")
		case d.Nome == "":
			tell(i, "/@nome", "nome insieme al cognome")
		}
	}
	return faults
}

// domesticContract wants the contract type that the format's description gives
// for domestic work. The description is inferred, so it only warns.
func domesticContract(c *Case) fault.List {
	var faults fault.List
	for i, r := range each[co.RapportoDomestico](c) {
		if r.TipologiaContrattuale != domesticType {
			faults = append(faults, doubt(fault.DomesticContract, c.at(i, "/@TipologiaContrattuale"), "A.04.02, lavoro domestico")...)
		}
	}
	return faults
}

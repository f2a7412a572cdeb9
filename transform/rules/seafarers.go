package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func seafarerRules() []Rule {
	return []Rule{{Code: fault.ShipOrShore, Check: shipOrShore}}
}

// shipOrShore wants either a ship or a workplace ashore, and the one that
// RapportoTerraComandata says where it is there. The description of the format
// infers this, so it only warns.
func shipOrShore(c *Case) fault.List {
	var faults fault.List
	warn := func(place int, below, expected string) {
		faults = append(faults, doubt(fault.ShipOrShore, c.at(place, below), expected)...)
	}
	for i, d := range each[co.Armatore](c) {
		ship, shore := d.Nave != nil, d.SedeTerra != nil
		switch {
		case ship == shore:
			warn(i, "", "uno solo fra Nave e SedeTerra")
		case ship && d.RapportoTerraComandata == "SI":
			warn(i, "/Nave", "SedeTerra, poiché il rapporto è a terra o di comandata")
		case shore && d.RapportoTerraComandata == "NO":
			warn(i, "/SedeTerra", "Nave, poiché il rapporto non è a terra né di comandata")
		}
	}
	return faults
}

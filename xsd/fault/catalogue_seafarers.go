package fault

// ShipOrShore: the place of a seafarer's service is not one, or not the one
// that RapportoTerraComandata says. The number is ours: the format's
// description infers it, no rule says so.
const ShipOrShore Code = "MAR-90"

// seafarerEntries are the faults of UNIMARE.
func seafarerEntries() []Entry {
	return []Entry{
		{ShipOrShore, StageRegole, "Il luogo di servizio del marittimo non è indicato come previsto.", "Snodo, tracciato UniMare dedotto",
			"Indicare la nave, oppure la sede a terra per i rapporti a terra o di comandata.", "0000"},
	}
}

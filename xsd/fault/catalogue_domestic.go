package fault

// The faults of the rules of domestic work.
const (
	// DomesticName: the domestic employer is not named as an organisation or
	// as a person, or as both.
	DomesticName Code = "AZ-09"
	// DomesticContract: a contract type other than that of domestic work. The
	// number is ours: the format's description states the type, no rule does.
	DomesticContract Code = "DOM-90"
)

// domesticEntries are the faults of UNIDOM.
func domesticEntries() []Entry {
	return []Entry{
		{DomesticName, StageRegole, "Il nome del datore di lavoro domestico non è indicato come previsto.", "Regole nazionali, AZ-09",
			"Indicare la sola denominazione, oppure cognome e nome.", "0000"},
		{DomesticContract, StageRegole, "La tipologia contrattuale non è quella del lavoro domestico.", "Snodo, tracciato UniDom dedotto",
			"Controllare la tipologia contrattuale: per il lavoro domestico è A.04.02.", "0000"},
	}
}

package fault

// The warnings of late sending. Being late refuses nothing (national rule
// TRM-08): it is for whoever answers for the term.
const (
	// LateHiring: a hiring not sent by the day before.
	LateHiring Code = "TRM-01"
	// LatePublic: a public administration past the 20th of the next month, or a
	// private school past its ten days.
	LatePublic Code = "TRM-02"
	// LateAgency: an agency past the 20th of the next month.
	LateAgency Code = "TRM-03"
	// LateChange: a change of a relationship past its five days.
	LateChange Code = "TRM-04"
	// LateForce: a hiring due to force majeure past its five days.
	LateForce Code = "TRM-05"
	// LateFollowUp: the full communication after an urgent one, past its five days.
	LateFollowUp Code = "URG-03"
)

// termEntries are the warnings of late sending.
func termEntries() []Entry {
	const hiring = "DL 510/1996, art. 9-bis"
	const remedy = "La comunicazione è accolta. Verificare con il servizio competente se il ritardo è giustificato; le sanzioni le valuta l'Ispettorato del lavoro."
	rows := []Entry{
		{LateHiring, "", "L'assunzione è comunicata in ritardo.", "Regole nazionali, TRM-01; " + hiring, remedy, "0000"},
		{LatePublic, "", "La comunicazione della pubblica amministrazione o della scuola è in ritardo.", "Regole nazionali, TRM-02; " + hiring + "; legge 183/2010, art. 5", remedy, "0000"},
		{LateAgency, "", "La comunicazione dell'agenzia di somministrazione è in ritardo.", "Regole nazionali, TRM-03; " + hiring, remedy, "0000"},
		{LateChange, "", "La variazione del rapporto è comunicata in ritardo.", "Regole nazionali, TRM-04; D.Lgs. 181/2000, art. 4-bis", remedy, "0000"},
		{LateForce, "", "L'assunzione per forza maggiore è comunicata in ritardo.", "Regole nazionali, TRM-05; DM 30/10/2007", remedy, "0000"},
		{LateFollowUp, "", "La comunicazione completa dopo un'urgenza è in ritardo.", "Regole nazionali, URG-03; DM 30/10/2007, art. 4", remedy, "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

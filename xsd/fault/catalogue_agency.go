package fault

// The faults of the national rules of agency work (UNISOMM), by the rules' own
// numbers.
const (
	// AgencyCode: an agency that is not foreign without an Italian tax code.
	AgencyCode Code = "ID-08"
	// AgencyState: a foreign agency without a code of a state of the Union.
	AgencyState Code = "ID-09"
	// AgencyRegister: a register number of another form than Piemonte's.
	AgencyRegister Code = "AZ-06"
	// UserFirm: a user firm that is not identified as its being foreign asks.
	UserFirm Code = "AZ-07"
	// SupplyContract: a supply contract without the end that it must have.
	SupplyContract Code = "AZ-08"
	// AgencyTransformation: a transformation that agency work does not have.
	AgencyTransformation Code = "TRS-11"
	// MissionDates: a mission outside its contract or its relationship.
	MissionDates Code = "SOM-01"
	// MissionTerms: a mission without grade, pay or tariff item.
	MissionTerms Code = "SOM-02"
	// VariationCode: a variation without the data that its code asks.
	VariationCode Code = "SOM-03"
	// AgencyExtension: an extension of agency work that does not fit.
	AgencyExtension Code = "SOM-04"
	// VariationDate: a transformation or an end before the start.
	VariationDate Code = "SOM-05"
)

// agencyEntries are the faults of agency work.
func agencyEntries() []Entry {
	rows := []Entry{
		{AgencyCode, "", "Il codice fiscale dell'agenzia di somministrazione non è italiano.", "Regole nazionali, ID-08",
			"Indicare il codice fiscale italiano, o SI in agenziaestera.", "0000"},
		{AgencyState, "", "Il codice di un'agenzia estera deve iniziare con la sigla di uno Stato dell'Unione europea.", "Regole nazionali, ID-09",
			"Indicare la sigla dello Stato seguita dal codice che l'agenzia ha in quello Stato.", "0000"},
		{AgencyRegister, "", "Il numero di iscrizione all'albo delle agenzie non ha la forma usata in Piemonte.", "Regole regionali del Piemonte, AZ-06",
			"Indicare il numero in dieci caratteri e la data di iscrizione nella forma gg/mm/aaaa.", "0000"},
		{UserFirm, "", "I dati della ditta utilizzatrice mancano o non sono ammessi.", "Regole nazionali, AZ-07",
			"Per una ditta italiana indicare codice fiscale, comune e CAP; per una estera lo Stato dell'Unione, senza codice fiscale e CAP.", "0000"},
		{SupplyContract, "", "Manca la data di fine del contratto di somministrazione.", "Regole nazionali, AZ-08",
			"Indicare dataFineContrattoSomm, richiesta dalla tipologia contrattuale a tempo determinato.", "0000"},
		{AgencyTransformation, "", "La trasformazione non è ammessa nella somministrazione.", "Regole nazionali, TRS-11",
			"Controllare codiceTrasformazione e codiceVariazione.", "0000"},
		{MissionDates, "", "Le date della missione non concordano con il contratto o con il rapporto.", "Regole nazionali, SOM-01",
			"Controllare le date della missione, del contratto di somministrazione e del rapporto con l'agenzia.", "0000"},
		{MissionTerms, "", "Mancano dati obbligatori della missione.", "Regole nazionali, SOM-02; tracciato CO190701R1",
			"Completare livello di inquadramento, retribuzione e voce di tariffa INAIL.", "0000"},
		{VariationCode, "", "I dati della variazione non sono quelli che il suo codice richiede.", "Regole nazionali, SOM-03",
			"Controllare codiceVariazione e i dati che esso richiede.", "0000"},
		{AgencyExtension, "", "La proroga non è ammessa.", "Regole nazionali, SOM-04",
			"Controllare la nuova data di fine e le date della missione e del rapporto.", "0000"},
		{VariationDate, "", "La data della variazione precede l'inizio.", "Regole nazionali, SOM-05",
			"Controllare la data della trasformazione o della cessazione e quella di inizio.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

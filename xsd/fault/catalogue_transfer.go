package fault

// The faults of VARDATORI, by the numbers of the national rules; those from 90
// on are ours.
const (
	// FormerName: a change of name whose former name is blank or the current one.
	FormerName Code = "VAR-01"
	// LeaseEnd: the end of a lease that is missing, out of place or not after
	// the start.
	LeaseEnd Code = "VAR-02"
	// TransferredIsEmployer: a transferred worker who is one of the employers.
	TransferredIsEmployer Code = "VAR-03"
	// SameEmployer: a transfer from an employer to itself. It is the half of
	// ID-08 that speaks of VARDATORI.
	SameEmployer Code = "VAR-90"
	// TransferTipo: a type of communication that only other kinds have.
	TransferTipo Code = "VAR-91"
)

// transferEntries are the faults of a change of employer.
func transferEntries() []Entry {
	rows := []Entry{
		{FormerName, "", "La denominazione precedente non è ammessa.", "Regole nazionali, VAR-01",
			"Indicare la denominazione che il datore di lavoro aveva prima della variazione.", "0000"},
		{LeaseEnd, "", "La data di fine dell'affitto di ramo d'azienda manca o non è ammessa.", "Regole nazionali, VAR-02",
			"Indicare la data di fine soltanto con il codice di trasferimento 02, successiva all'inizio.", "0000"},
		{TransferredIsEmployer, "", "Il lavoratore trasferito ha il codice fiscale di uno dei datori di lavoro.", "Regole nazionali, VAR-03",
			"Controllare il codice fiscale del lavoratore.", "0000"},
		{SameEmployer, "", "Il datore di lavoro attuale e il precedente devono essere diversi.", "Regole nazionali, ID-08 (10034)",
			"Controllare i codici fiscali dei due datori di lavoro.", "0000"},
		{TransferTipo, "", "Il tipo di comunicazione non è ammesso per VARDATORI.", "Tabella nazionale dei tipi di comunicazione",
			"Usare il tipo 01, oppure 03 o 04 per rettificare o annullare.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

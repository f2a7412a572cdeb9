package fault

// The faults of UNIURG, by the numbers of the national rules; those from 90 on
// are ours.
const (
	// UrgencyBlank: a datum that an urgent hiring must have is blank.
	UrgencyBlank Code = "URG-01"
	// UrgencyTipo: a type of communication that only other kinds have.
	UrgencyTipo Code = "URG-90"
)

// urgencyEntries are the faults of an urgent hiring.
func urgencyEntries() []Entry {
	rows := []Entry{
		{UrgencyBlank, "", "Un dato obbligatorio della comunicazione di urgenza è vuoto.", "Regole nazionali, URG-01",
			"Compilare il dato indicato.", "0000"},
		{UrgencyTipo, "", "Il tipo di comunicazione non è ammesso per UNIURG.", "Tracciato UniUrg; tabella nazionale dei tipi di comunicazione",
			"Usare il tipo 01 per l'urgenza; i tipi 07, 08 e 09 sono della comunicazione UNILAV che la segue.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

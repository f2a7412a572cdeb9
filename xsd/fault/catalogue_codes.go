package fault

// The faults of codes against the national tables. That a code has the wrong
// form is the schema's fault. The numbers COD are ours: the national rules say
// "in its table" of each field apart.
const (
	// UnlistedCode: a code that its table does not list. It is a warning where
	// the table is known to be partial or older than the classification.
	UnlistedCode Code = "COD-01"
	// LapsedCode: a code that its table lists, but not for the day that counts.
	LapsedCode Code = "COD-02"
	// LapsedPlace: a comune or a foreign state that is not in force, where one
	// in force is needed. Births have no such need.
	LapsedPlace Code = "ID-10"
)

// codeEntries are the faults of codes against the national tables.
func codeEntries() []Entry {
	return []Entry{
		{
			Code: UnlistedCode, Stage: StageRegole, Anomalia: "0083",
			Text:   "Il codice non è nella tabella nazionale.",
			Source: "Classificazioni nazionali; regole nazionali, ID-10, AZ-01, REL-01, REL-06, TRS-01, CES-01, SOM-03, VAR-02",
			Remedy: "Usare un codice della tabella. Se è solo una segnalazione la tabella di questo nodo non è completa: controllare il codice.",
		},
		{
			Code: LapsedCode, Stage: StageRegole, Anomalia: "0001",
			Text:   "Il codice è nella tabella nazionale ma non è in vigore alla data che conta.",
			Source: "Classificazioni nazionali; regole nazionali, REL-01 e REL-06",
			Remedy: "Usare il codice della tabella che è in vigore alla data della comunicazione o dell'evento. Se è solo una segnalazione la tabella di questo nodo è datata: controllare il codice.",
		},
		{
			Code: LapsedPlace, Stage: StageRegole, Anomalia: "0001",
			Text:   "Il comune o lo stato estero non è in vigore alla data di invio.",
			Source: "Regole nazionali, ID-10; archivio storico dei comuni",
			Remedy: "Usare il codice del comune o dello stato di oggi; un luogo soppresso è ammesso come luogo di nascita, ed è rifiutato solo come sede di lavoro.",
		},
	}
}

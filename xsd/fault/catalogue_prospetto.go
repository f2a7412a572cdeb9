package fault

// The faults of the rules of the prospetto informativo.
const (
	// ProspettoTipo: a type that is none of UNIPI's, or a previous code that
	// does not go with it.
	ProspettoTipo Code = "RET-06"
	// ReferenceDate: the reference day is not the last of a year. The numbers
	// of this and the next two are ours: the format's description says so, no
	// rule does.
	ReferenceDate Code = "UPI-90"
	// FurtherHirings: nessunaassunzioneaggiuntiva contradicts the dates of
	// further hirings.
	FurtherHirings Code = "UPI-91"
	// PartAboveWhole: more workers of protected categories in 2000 than in all.
	PartAboveWhole Code = "UPI-92"
)

// prospettoEntries are the faults of UNIPI.
func prospettoEntries() []Entry {
	rows := []Entry{
		{ProspettoTipo, "", "Il tipo di comunicazione del prospetto e il codice precedente non vanno insieme.", "Regole nazionali, RET-06",
			"Usare 01 per l'invio, senza codice precedente; 02 per la rettifica e 03 per l'annullamento, con il codice della comunicazione da rettificare o annullare.", "0000"},
		{ReferenceDate, "", "La data di riferimento del prospetto non è l'ultimo giorno di un anno.", "Snodo, tracciato del prospetto informativo",
			"Controllare la data di riferimento: di solito è il 31 dicembre.", "0000"},
		{FurtherHirings, "", "L'indicazione delle assunzioni aggiuntive contraddice le loro date.", "Schema nazionale del prospetto informativo, edizione PIDISABILI001600",
			"Indicare N con le date delle assunzioni aggiuntive, S senza date.", "0000"},
		{PartAboveWhole, "", "Il numero riferito a una parte supera quello del totale.", "Snodo, tracciato del prospetto informativo",
			"Controllare i due numeri.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

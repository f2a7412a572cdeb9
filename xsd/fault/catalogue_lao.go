package fault

// The faults of the two formats of our own: occasional self-employed work, by
// the ministry's manual, and requests of wage guarantee.
const (
	// LaoStartPast: a new communication whose work has already started.
	LaoStartPast Code = "LAO-01"
	// LaoAnnulledLate: an annulment after the day on which the work starts.
	LaoAnnulledLate Code = "LAO-02"
	// LaoPreviousMissing: a variation or annulment of nothing.
	LaoPreviousMissing Code = "LAO-03"
	// LaoPreviousNotAllowed: a new communication that names an earlier one.
	LaoPreviousNotAllowed Code = "LAO-04"
	// LaoDomicile: a domicile that does not go with the citizenship.
	LaoDomicile Code = "LAO-05"
	// LaoDocument: a document that does not go with the citizenship.
	LaoDocument Code = "LAO-06"
	// LaoSamePerson: client and worker are one.
	LaoSamePerson Code = "LAO-07"
	// CigdPeriod: a period that ends before it begins.
	CigdPeriod Code = "CIGD-01"
)

// laoEntries are the faults of rules on LAO and CIGD.
func laoEntries() []Entry {
	const manual = "Ministero del lavoro, manuale utente Lavoro autonomo occasionale, "
	rows := []Entry{
		{LaoStartPast, "", "La prestazione inizia prima del giorno di invio della comunicazione.", manual + "par. 4.3 (Data di Inizio)",
			"Indicare come data di inizio il giorno di invio o un giorno successivo.", "0000"},
		{LaoAnnulledLate, "", "L'annullamento è ammesso solo fino al giorno di inizio della prestazione.", manual + "par. 6",
			"Dopo l'inizio della prestazione la comunicazione non si può più annullare.", "0000"},
		{LaoPreviousMissing, "", "Manca il codice della comunicazione da variare o da annullare.", manual + "par. 4.4, 5 e 6",
			"Scrivere in codiceComunicazionePrec il codice della ricevuta della comunicazione di partenza.", "0000"},
		{LaoPreviousNotAllowed, "", "Una comunicazione preventiva non ha una comunicazione precedente.", manual + "par. 4.4",
			"Togliere codiceComunicazionePrec, oppure usare il tipo V o A.", "0000"},
		{LaoDomicile, "", "Il domicilio non corrisponde alla cittadinanza del lavoratore.", manual + "par. 4.2",
			"Per un lavoratore italiano indicare il comune, per uno straniero lo stato e la città estera.", "0000"},
		{LaoDocument, "", "Il documento non corrisponde alla cittadinanza del lavoratore.", manual + "par. 4.2",
			"Indicare il documento di identità oppure, per un lavoratore extracomunitario, il permesso di soggiorno; per un cittadino di Islanda, Liechtenstein, Norvegia, San Marino o Svizzera va bene ciascuno dei due.", "0000"},
		{LaoSamePerson, "", "Committente e lavoratore autonomo hanno lo stesso codice fiscale.", manual + "par. 4.1 e 4.2; art. 2222 del codice civile",
			"Controllare i due codici fiscali: committente e lavoratore sono persone diverse.", "0000"},
		{CigdPeriod, "", "Il periodo richiesto finisce prima di iniziare.", "Snodo, tracciato CIGD2026R1",
			"Controllare il primo e l'ultimo giorno del periodo.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

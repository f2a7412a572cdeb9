package fault

// The faults of persons: who they are, and what lets them stay in Italy.
const (
	// OtherPerson: a personal code that does not come from the person's data.
	OtherPerson Code = "ID-05"
	// BirthDate: a birth that is not before the start, or over a hundred years
	// before it.
	BirthDate Code = "ID-06"
	// SamePerson: two parts of a relationship under one tax code.
	SamePerson Code = "ID-07"
	// PermitOrNot: a residence permit that is missing, or of a citizen of the
	// European Union.
	PermitOrNot Code = "EXT-01"
	// PermitExpiry: an expiry that the kind of permit does not admit.
	PermitExpiry Code = "EXT-02"
	// PermitOffice: a police office that is missing or not admitted.
	PermitOffice Code = "EXT-03"
	// PermitNumber: a permit without number.
	PermitNumber Code = "EXT-04"
	// ModelloQ: the employer's commitments where they have no place.
	ModelloQ Code = "EXT-05"
	// RepresentativePermit: the stay of the employer's representative.
	RepresentativePermit Code = "EXT-06"
)

// personEntries are the faults of persons.
func personEntries() []Entry {
	const decree, immigration = "DM 23/12/1976", "D.Lgs. 286/1998"
	rows := []Entry{
		{OtherPerson, "", "Il codice fiscale non corrisponde ai dati anagrafici.", "Regole nazionali, ID-05; " + decree + "; per LAO il manuale utente del Ministero del lavoro, par. 5.1",
			"Controllare cognome, nome, sesso, data e luogo di nascita e il codice fiscale della persona.", "0000"},
		{BirthDate, "", "La data di nascita non è compatibile con l'inizio del rapporto.", "Regole nazionali, ID-06",
			"Controllare la data di nascita e la data di inizio.", "0000"},
		{SamePerson, "", "Due soggetti diversi hanno lo stesso codice fiscale.", "Regole nazionali, ID-07",
			"Controllare i codici fiscali del datore di lavoro e dei lavoratori.", "0000"},
		{PermitOrNot, "", "I dati del titolo di soggiorno non sono coerenti con la cittadinanza.", "Regole nazionali, EXT-01; " + immigration + "; D.Lgs. 30/2007 e circolare del Ministero dell'interno 39/2007",
			"Indicare il titolo di soggiorno per i cittadini di stati fuori dall'Unione europea, e soltanto per loro; per quelli di Islanda, Liechtenstein, Norvegia, San Marino e Svizzera si può indicare o no.", "0000"},
		{PermitExpiry, "", "La scadenza del titolo di soggiorno non è ammessa per il suo tipo.", "Regole nazionali, EXT-02",
			"Controllare il tipo di documento e la data di scadenza.", "0000"},
		{PermitOffice, "", "La questura non è coerente con il tipo del titolo di soggiorno.", "Regole nazionali, EXT-03",
			"Indicare la questura che ha rilasciato il titolo, tranne per i titoli in rinnovo, in attesa o di altro tipo.", "0000"},
		{PermitNumber, "", "Manca il numero del titolo di soggiorno.", "Regole nazionali, EXT-04",
			"Indicare il numero del documento.", "0000"},
		{ModelloQ, "", "Gli impegni del modello Q non sono ammessi.", "Regole nazionali, EXT-05; DPR 394/1999, art. 8-bis",
			"Indicare il modello Q soltanto con l'inizio del rapporto e con i dati del legale rappresentante.", "0000"},
		{RepresentativePermit, "", "I dati sul soggiorno del legale rappresentante non sono coerenti.", "Regole nazionali, EXT-06; " + immigration,
			"Per un rappresentante di uno stato fuori dall'Unione europea dire se soggiorna in Italia e, se sì, con quale titolo; per uno dell'Unione non indicare nulla. Per uno di Islanda, Liechtenstein, Norvegia, San Marino o Svizzera va bene in ogni modo.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

package fault

// The faults of the national rules on the sending, the employer and the
// relationship, by the rules' own numbers.
const (
	// FaxPrevious: a previous code on a communication that follows an urgency
	// sent by fax.
	FaxPrevious Code = "ENV-06"
	// TourismPrevious: no previous code on a communication that follows an
	// urgency of tourism.
	TourismPrevious Code = "ENV-07"
	// ForceMajeure: force majeure without its reason, or a reason without it.
	ForceMajeure Code = "ENV-08"
	// Delegate: the data of who sends are not complete.
	Delegate Code = "ENV-09"

	// EmployerData: the employer's legal seat or public administration flag is
	// missing.
	EmployerData Code = "AZ-01"
	// WorkplaceCap: a workplace abroad with a postal code, or an Italian one
	// without.
	WorkplaceCap Code = "AZ-02"
	// SeatContact: a seat without telephone, fax and e-mail.
	SeatContact Code = "AZ-03"

	// ContractInForce: a contract type that was not in force when the
	// relationship started, or that the communication does not admit.
	ContractInForce Code = "REL-01"
	// EndDate: an end that the form of the contract demands or forbids.
	EndDate Code = "REL-03"
	// SeasonalType: seasonal work with a contract type that does not admit it.
	SeasonalType Code = "REL-04"
	// FarmFields: data of agricultural work where there is none.
	FarmFields Code = "REL-05"
	// Member: the flag of the working member is neither SI nor NO.
	Member Code = "REL-06"
	// PatForm: the accident insurance position is missing or not of 8 to 10
	// digits.
	PatForm Code = "REL-07"
	// WeeklyHours: hours and working time do not agree.
	WeeklyHours Code = "REL-08"
	// SecondWorker: a second worker without job sharing, or the reverse.
	SecondWorker Code = "REL-09"
	// SecurityNumber: a number at no social security body.
	SecurityNumber Code = "REL-10"
	// GradeAndPay: the grade or the pay is missing, or the pay is zero.
	GradeAndPay Code = "REL-11"
	// Agreement: a collective agreement that the contract type does not admit.
	Agreement Code = "REL-12"
	// Incentives: incentives, which are no longer told.
	Incentives Code = "REL-13"
	// Compulsory: compulsory placement and its category do not agree.
	Compulsory Code = "REL-14"
	// TrainingEnd: the end of an apprentice's training is missing, not
	// admitted or not possible.
	TrainingEnd Code = "REL-15"
	// PermanentExtended: an extension of a contract without end.
	PermanentExtended Code = "REL-16"
	// ExtensionEnd: the new end is not after the start, or more than fifty
	// years later.
	ExtensionEnd Code = "REL-17"
	// TrainingConfused: an apprenticeship that ends without an end of training.
	TrainingConfused Code = "REL-18"
)

// employerEntries are the faults of the sending and of the employer.
func employerEntries() []Entry {
	return inRules([]Entry{
		{FaxPrevious, "", "Il codice della comunicazione precedente non è ammesso dopo un'urgenza via fax.", "Regole nazionali, ENV-06",
			"Con il tipo 08 togliere il codice precedente, o scriverlo di soli zeri.", "0000"},
		{TourismPrevious, "", "Manca il codice della comunicazione di urgenza.", "Regole nazionali, ENV-07",
			"Con il tipo 09 riportare in codiceComunicazionePrec il codice dell'urgenza.", "0000"},
		{ForceMajeure, "", "La forza maggiore e la sua descrizione non concordano.", "Regole nazionali, ENV-08",
			"Descrivere la forza maggiore se assunzioneForzaMaggiore è SI, e solo allora.", "0000"},
		{Delegate, "", "I dati di chi invia non sono completi.", "Regole nazionali, ENV-09",
			"Indicare l'e-mail di chi invia e, per un delegato, insieme codice fiscale e tipo.", "0000"},
		{EmployerData, "", "I dati del datore di lavoro non sono completi.", "Regole nazionali, AZ-01",
			"Indicare comune e CAP della sede legale e se il datore è una pubblica amministrazione.", "0000"},
		{WorkplaceCap, "", "Il CAP della sede di lavoro non concorda con il luogo.", "Regole nazionali, AZ-02",
			"Indicare il CAP di una sede in Italia; toglierlo per una sede all'estero.", "0000"},
		{SeatContact, "", "Una sede del datore di lavoro non ha recapiti.", "Regole nazionali, AZ-03",
			"Indicare per ogni sede almeno uno fra telefono, fax ed e-mail.", "0000"},
	})
}

// relationshipEntries are the faults of the relationship.
func relationshipEntries() []Entry {
	return inRules([]Entry{
		{ContractInForce, "", "La tipologia contrattuale non è ammessa.", "Regole nazionali, REL-01",
			"Usare una tipologia contrattuale in vigore alla data di inizio e ammessa per la comunicazione.", "0001"},
		{EndDate, "", "La data di fine non concorda con la tipologia contrattuale.", "Regole nazionali, REL-03",
			"Indicare dataFine per un rapporto a termine o stagionale; toglierla per uno a tempo indeterminato.", "0000"},
		{SeasonalType, "", "La tipologia contrattuale non ammette il lavoro stagionale.", "Regole nazionali, REL-04",
			"Scrivere NO in lavoroStagionale, o usare una tipologia che lo ammette.", "0000"},
		{FarmFields, "", "I dati del lavoro agricolo non sono ammessi fuori dall'agricoltura.", "Regole nazionali, REL-05",
			"Togliere giornate previste e tipo di lavorazione, o scrivere SI in lavoroInAgricoltura.", "0000"},
		{Member, "", "Il dato sul socio lavoratore non è ammesso.", "Regole nazionali, REL-06",
			"Scrivere SI o NO in socioLavoratore.", "0000"},
		{PatForm, "", "La posizione assicurativa INAIL non è di 8, 9 o 10 cifre.", "Regole nazionali, REL-07",
			"Indicare in PatINAIL la posizione assicurativa territoriale.", "0000"},
		{WeeklyHours, "", "L'orario di lavoro e le ore settimanali non concordano.", "Regole nazionali, REL-08",
			"Indicare le ore medie per un tempo parziale (P, V, M); toglierle per un tempo pieno (F) o non definito (N).", "0000"},
		{SecondWorker, "", "Il lavoratore coobbligato e il lavoro ripartito vanno insieme.", "Regole nazionali, REL-09",
			"Indicare il coobbligato con la tipologia A.07.02, e solo con quella.", "0000"},
		{SecurityNumber, "", "Il codice presso l'ente previdenziale non è ammesso senza un ente.", "Regole nazionali, REL-10",
			"Con l'ente previdenziale 29 togliere codiceEntePrevidenziale.", "0000"},
		{GradeAndPay, "", "Il livello di inquadramento o la retribuzione mancano o non sono ammessi.", "Regole nazionali, REL-11",
			"Indicare il livello e una retribuzione annua maggiore di zero.", "0000"},
		{Agreement, "", "Il contratto collettivo non è ammesso per la tipologia contrattuale.", "Regole nazionali, REL-12",
			"Controllare il contratto collettivo e la tipologia contrattuale.", "0000"},
		{Incentives, "", "Le agevolazioni non si comunicano più.", "Regole nazionali, REL-13",
			"Togliere l'elemento Agevolazioni.", "0000"},
		{Compulsory, "", "L'assunzione obbligatoria e la categoria del lavoratore non concordano.", "Regole nazionali, REL-14; legge 68/1999",
			"Indicare la categoria se assunzioneObbligatoria è SI, e solo allora.", "0000"},
		{TrainingEnd, "", "La fine del periodo formativo manca o non è ammessa.", "Regole nazionali, REL-15",
			"Controllare dataFinePeriodoFormativo: è dell'apprendistato, in assunzioni e cessazioni.", "0000"},
		{PermanentExtended, "", "Un rapporto a tempo indeterminato non si proroga.", "Regole nazionali, REL-16",
			"Controllare la tipologia contrattuale del rapporto prorogato.", "0000"},
		{ExtensionEnd, "", "La nuova data di fine non è ammessa.", "Regole nazionali, REL-17",
			"Controllare dataFineProroga e la data di inizio del rapporto.", "0000"},
		{TrainingConfused, "", "L'apprendistato ha una fine ma non la fine del periodo formativo.", "Regole nazionali, REL-18",
			"Scrivere la fine della formazione in dataFinePeriodoFormativo.", "0000"},
	})
}

// inRules puts entries in the stage of rules beyond the schema.
func inRules(rows []Entry) []Entry {
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

package fault

// The faults of the national rules on transformations, terminations,
// traineeships and ages, by the rules' own numbers.
const (
	// TransformationDate: a transformation before the start.
	TransformationDate Code = "TRS-01"
	// TransformationContract: a contract that the transformation cannot have.
	TransformationContract Code = "TRS-02"
	// TransformationHours: a working time that the transformation cannot have.
	TransformationHours Code = "TRS-03"
	// TransformationPublic: a transformation of public administrations only.
	TransformationPublic Code = "TRS-04"
	// TransferData: the data of a transfer to another workplace.
	TransferData Code = "TRS-05"
	// SecondmentData: the data of a secondment.
	SecondmentData Code = "TRS-06"
	// TransformationTrainee: a transformation that a traineeship or socially
	// useful work cannot have.
	TransformationTrainee Code = "TRS-07"
	// TrainingOver: the end of a training period of a contract that has none.
	TrainingOver Code = "TRS-08"
	// OldApprenticeship: a transformation that only apprenticeships of before
	// 2012 have.
	OldApprenticeship Code = "TRS-09"
	// IntoApprenticeship: a transformation into an apprenticeship of another
	// contract type.
	IntoApprenticeship Code = "TRS-10"

	// PublicCause: a cause of termination of public administrations only.
	PublicCause Code = "CES-02"
	// ApprenticeCause: a cause of termination of apprenticeships only.
	ApprenticeCause Code = "CES-03"

	// TraineeshipData: the data of the traineeship are missing, or not
	// admitted.
	TraineeshipData Code = "TIR-01"
	// OwnPromoter: the promoter is the employer.
	OwnPromoter Code = "TIR-02"
	// TraineeshipCategory: a category that the kind of traineeship does not
	// admit.
	TraineeshipCategory Code = "TIR-03"
	// TraineeshipLong: longer than the category admits.
	TraineeshipLong Code = "TIR-04"
	// TraineeshipAgreement: a traineeship with a collective agreement.
	TraineeshipAgreement Code = "TIR-05"
	// TrainingLong: longer than any traineeship, or any apprenticeship.
	TrainingLong Code = "TIR-06"

	// ApprenticeAge: the worker's age is not that of the apprenticeship.
	ApprenticeAge Code = "ETA-01"
	// WorkingAge: the worker is under or over the working age.
	WorkingAge Code = "ETA-02"
)

// movementEntries are the faults of transformations and terminations.
func movementEntries() []Entry {
	return inRules([]Entry{
		{TransformationDate, "", "La trasformazione precede l'inizio del rapporto.", "Regole nazionali, TRS-01",
			"Controllare dataTrasformazione e la data di inizio del rapporto.", "0000"},
		{TransformationContract, "", "Il contratto non è quello che risulta dalla trasformazione.", "Regole nazionali, TRS-02",
			"Indicare il contratto che risulta: A.01.00 per AI, DI, FI e II, mai stagionale.", "0000"},
		{TransformationHours, "", "L'orario non è quello che risulta dalla trasformazione.", "Regole nazionali, TRS-03",
			"Indicare tempo pieno (F) per PP, un tempo parziale per TP.", "0000"},
		{TransformationPublic, "", "La trasformazione è ammessa solo per le pubbliche amministrazioni.", "Regole nazionali, TRS-04",
			"Controllare il codice della trasformazione e PubblicaAmministrazione.", "0000"},
		{TransferData, "", "I dati del trasferimento mancano o non sono ammessi.", "Regole nazionali, TRS-05",
			"Con il codice TL indicare la sede precedente, e nessun dato di distacco.", "0000"},
		{SecondmentData, "", "I dati del distacco mancano o non sono ammessi.", "Regole nazionali, TRS-06",
			"Con il codice DL indicare il datore distaccatario e in dataFine la fine del distacco.", "0000"},
		{TransformationTrainee, "", "La trasformazione non è ammessa per un tirocinio o un lavoro socialmente utile.", "Regole nazionali, TRS-07",
			"Usare soltanto i codici PP e TP, o cessare il rapporto.", "0000"},
		{TrainingOver, "", "La fine del periodo formativo non è ammessa per questo rapporto.", "Regole nazionali, TRS-08",
			"Usare il codice FF per un apprendistato a tempo indeterminato.", "0000"},
		{OldApprenticeship, "", "La trasformazione è riservata agli apprendistati iniziati prima della riforma.", "Regole nazionali, TRS-09; d.lgs. 167/2011",
			"Per un apprendistato iniziato dopo usare il codice FF.", "0000"},
		{IntoApprenticeship, "", "La trasformazione in apprendistato non ha la sua tipologia contrattuale.", "Regole nazionali, TRS-10",
			"Con il codice DP indicare la tipologia A.03.09.", "0000"},
		{PublicCause, "", "La causa di cessazione è ammessa solo per le pubbliche amministrazioni.", "Regole nazionali, CES-02",
			"Controllare la causa e PubblicaAmministrazione.", "0000"},
		{ApprenticeCause, "", "La causa di cessazione è ammessa solo per l'apprendistato.", "Regole nazionali, CES-03",
			"Controllare la causa e la tipologia contrattuale.", "0000"},
	})
}

// traineeshipEntries are the faults of traineeships and ages.
func traineeshipEntries() []Entry {
	return inRules([]Entry{
		{TraineeshipData, "", "I dati del tirocinio non concordano con la tipologia contrattuale.", "Regole nazionali, TIR-01",
			"Indicare tutti i dati del tirocinio con la tipologia C.01.00, e solo con quella.", "0000"},
		{OwnPromoter, "", "Il soggetto promotore del tirocinio è lo stesso datore di lavoro.", "Regole nazionali, TIR-02",
			"Controllare il codice fiscale del soggetto promotore.", "0000"},
		{TraineeshipCategory, "", "La categoria del tirocinante non è ammessa per la tipologia di tirocinio.", "Regole nazionali, TIR-03",
			"Controllare categoriaTirocinante e tipologieTirocinio.", "0000"},
		{TraineeshipLong, "", "Il tirocinio dura più di quanto la categoria ammette.", "Regole nazionali, TIR-04",
			"Controllare le date e la categoria del tirocinante.", "0000"},
		{TraineeshipAgreement, "", "Un tirocinio non ha un contratto collettivo.", "Regole nazionali, TIR-05",
			"Scrivere ND in ccnl.", "0000"},
		{TrainingLong, "", "La durata della formazione supera ogni limite.", "Regole nazionali, TIR-06",
			"Controllare le date: al più 24 mesi per un tirocinio, 72 per un apprendistato.", "0000"},
		{ApprenticeAge, "", "L'età del lavoratore non è quella dell'apprendistato.", "Regole nazionali, ETA-01; d.lgs. 81/2015, artt. 43-45",
			"Controllare la data di nascita e la tipologia contrattuale.", "0000"},
		{WorkingAge, "", "L'età del lavoratore è fuori dall'età lavorativa.", "Regole nazionali, ETA-02; legge 296/2006, art. 1, c. 622",
			"Controllare la data di nascita e quella di inizio.", "0000"},
	})
}

package fault

// The faults of the national rules that a schema cannot say, by the rules'
// own numbers.
const (
	// UnknownTipo: TipoComunicazione is not in its table.
	UnknownTipo Code = "ENV-01"
	// TipoNeedsHiring: a type that only a hiring may have.
	TipoNeedsHiring Code = "ENV-02"
	// PreviousNotAllowed: a previous code where the type admits none.
	PreviousNotAllowed Code = "ENV-03"
	// CodeNotZero: the sender filled the code that the node assigns.
	CodeNotZero Code = "ENV-04"
	// PreviousMissing: no previous code on a communication about another one.
	PreviousMissing Code = "ENV-05"
	// PreviousForm: the previous code is not sixteen digits. The number is
	// ours: the national rules leave the form to the schema, which checks
	// only the length.
	PreviousForm Code = "ENV-90"
	// PersonalCode: a personal codice fiscale whose check character is wrong.
	PersonalCode Code = "ID-01"
	// NumericCode: a numeric codice fiscale whose check digit is wrong.
	NumericCode Code = "ID-04"
	// Duration: a relationship that ends before it starts, or lasts more than
	// fifty years.
	Duration Code = "REL-02"
	// Termination: a termination before the start.
	Termination Code = "CES-01"
)

// ruleEntries are the faults of rules beyond the schema.
func ruleEntries() []Entry {
	rows := []Entry{
		{UnknownTipo, "", "Il tipo di comunicazione non è nella tabella nazionale.", "Regole nazionali, ENV-01",
			"Usare un codice della tabella dei tipi di comunicazione.", "0001"},
		{TipoNeedsHiring, "", "Il tipo di comunicazione è ammesso solo con l'inizio di un rapporto.", "Regole nazionali, ENV-02",
			"Usare i tipi 05, 07, 08 e 09 soltanto con InizioRapporto.", "0000"},
		{PreviousNotAllowed, "", "Il codice della comunicazione precedente non è ammesso per questo tipo.", "Regole nazionali, ENV-03",
			"Togliere il codice precedente, o usare uno dei tipi 03, 04, 07, 08 e 09.", "0000"},
		{CodeNotZero, "", "Il codice della comunicazione deve essere di sedici zeri: lo assegna il nodo.", "Regole nazionali, ENV-04",
			"Scrivere sedici zeri in codiceComunicazione.", "0000"},
		{PreviousMissing, "", "Manca il codice della comunicazione precedente.", "Regole nazionali, ENV-05",
			"Riportare in codiceComunicazionePrec il codice della comunicazione da rettificare (03) o da annullare (04), o dell'urgenza (07).", "0000"},
		{PreviousForm, "", "Il codice della comunicazione precedente non è di sedici cifre.", "Snodo, forma del codice comunicazione",
			"Riportare il codice della ricevuta della comunicazione precedente.", "0000"},
		{PersonalCode, "", "Il carattere di controllo del codice fiscale è errato.", "Regole nazionali, ID-01; DM 23/12/1976",
			"Controllare il codice fiscale della persona.", "0000"},
		{NumericCode, "", "La cifra di controllo del codice fiscale numerico è errata.", "Regole nazionali, ID-04; DPR 633/1972, art. 35",
			"Controllare il codice fiscale o la partita IVA.", "0000"},
		{Duration, "", "La durata del rapporto non è ammessa.", "Regole nazionali, REL-02",
			"Controllare le date di inizio e di fine del rapporto.", "0000"},
		{Termination, "", "I dati della cessazione non sono ammessi.", "Regole nazionali, CES-01",
			"Controllare la data della cessazione.", "0000"},
	}
	for i := range rows {
		rows[i].Stage = StageRegole
	}
	return rows
}

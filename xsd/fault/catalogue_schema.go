package fault

// The faults of form: which standard a document follows, and whether it holds.
const (
	// NotWellFormed: the content is not XML.
	NotWellFormed Code = "XSD-01"
	// UnknownStandard: the root is of no kind of communication.
	UnknownStandard Code = "XSD-02"
	// Unsupported: a kind, or an edition of it, that exists but whose schema
	// this node does not have.
	Unsupported Code = "XSD-03"
	// MissingEdition: the root has no attribute versione.
	MissingEdition Code = "XSD-04"
	// UnknownEdition: this node does not handle that edition of the kind.
	UnknownEdition Code = "XSD-05"

	// MissingElement: a required element is not there.
	MissingElement Code = "XSD-10"
	// MissingAttribute: a required attribute is not there.
	MissingAttribute Code = "XSD-11"
	// UnexpectedElement: the schema has no such element there.
	UnexpectedElement Code = "XSD-12"
	// UnexpectedAttribute: the schema has no such attribute there.
	UnexpectedAttribute Code = "XSD-13"
	// RepeatedElement: an element comes more often than it may.
	RepeatedElement Code = "XSD-14"
	// MisplacedElement: an element comes after one that should follow it.
	MisplacedElement Code = "XSD-15"
	// OneOf: of several elements, none or more than one is there.
	OneOf Code = "XSD-16"
	// UnexpectedText: text stands between elements.
	UnexpectedText Code = "XSD-17"

	// WrongPattern: a value does not have its form.
	WrongPattern Code = "XSD-20"
	// NotListed: a value is not one of those the schema lists.
	NotListed Code = "XSD-21"
	// WrongLength: a value is too short or too long.
	WrongLength Code = "XSD-22"
	// WrongType: a value is no date or instant.
	WrongType Code = "XSD-23"

	// NotConforming: the schema refuses the content for a reason this node
	// cannot name.
	NotConforming Code = "XSD-90"
	// MoreFaults: there are more faults than are told.
	MoreFaults Code = "XSD-91"
)

// schemaEntries are the faults of namespace, edition and schema.
func schemaEntries() []Entry {
	const xml, xsd1 = "W3C, XML 1.0", "Schema nazionale del tipo di comunicazione (DM 30/10/2007); W3C, XML Schema 1.0"
	rows := []Entry{
		{NotWellFormed, "", "Il documento non è XML ben formato.", xml,
			"Controllare il documento alla riga indicata e inviarlo di nuovo.", ""},
		{UnknownStandard, "", "Il documento non è una comunicazione obbligatoria di un tipo noto.", xsd1,
			"Controllare il nome e lo spazio dei nomi (namespace) dell'elemento radice.", ""},
		{Unsupported, "", "Il tracciato è noto, ma il nodo non ne ha lo schema; ha quelli di altre versioni.", "Snodo, elenco dei tracciati gestiti",
			"Inviare con il canale in uso finora, o chiedere al gestore del nodo di aggiungere lo schema ufficiale.", ""},
		{MissingEdition, "", "Manca la versione del tracciato, che deve essere fra quelle gestite.", xsd1,
			"Indicare la versione del tracciato nell'attributo versione dell'elemento radice.", ""},
		{UnknownEdition, "", "La versione del tracciato non è fra quelle gestite.", xsd1,
			"Produrre la comunicazione in una delle versioni gestite.", ""},

		{MissingElement, "", "Manca un dato obbligatorio (elemento).", xsd1, "Aggiungere l'elemento indicato e compilarlo.", ""},
		{MissingAttribute, "", "Manca un dato obbligatorio (attributo).", xsd1, "Aggiungere l'attributo indicato e compilarlo.", ""},
		{UnexpectedElement, "", "Il tracciato non prevede questo elemento in questa posizione.", xsd1,
			"Togliere l'elemento, oppure correggerne il nome (maiuscole comprese) o lo spazio dei nomi (namespace).", ""},
		{UnexpectedAttribute, "", "Il tracciato non prevede questo attributo.", xsd1,
			"Togliere l'attributo, oppure correggerne il nome (maiuscole comprese e senza prefisso).", ""},
		{RepeatedElement, "", "L'elemento è ripetuto più volte di quanto è ammesso.", xsd1,
			"Togliere le ripetizioni di troppo.", ""},
		{MisplacedElement, "", "L'elemento è fuori posto rispetto all'ordine del tracciato.", xsd1,
			"Spostare l'elemento nella posizione indicata.", ""},
		{OneOf, "", "Fra le voci alternative ne va indicata una e una sola.", xsd1,
			"Compilare la voce che corrisponde alla comunicazione e togliere le altre.", ""},
		{UnexpectedText, "", "C'è del testo fuori dai campi, fra un elemento e l'altro.", xsd1,
			"Togliere il testo, o riportarlo dentro il suo campo.", ""},

		{WrongPattern, "", "Il valore non ha la forma prescritta.", xsd1, "Scrivere il valore nella forma indicata.", ""},
		{NotListed, "", "Il valore non è fra quelli ammessi.", xsd1, "Usare uno dei valori indicati.", ""},
		{WrongLength, "", "Il valore è troppo corto o troppo lungo.", xsd1, "Rispettare la lunghezza indicata.", ""},
		{WrongType, "", "La data (o la data e ora) non è valida.", xsd1, "Scrivere una data che esiste, nella forma indicata.", ""},

		{NotConforming, "", "Il documento non è conforme allo schema del tracciato.", xsd1,
			"Controllare il documento con lo schema XSD del tracciato; se risulta valido, avvisare l'assistenza del nodo.", ""},
		{MoreFaults, "", "Il documento ha altri errori oltre a quelli elencati.", "Snodo, numero massimo di errori elencati",
			"Correggere gli errori elencati e inviare di nuovo.", ""},
	}
	for i := range rows {
		rows[i].Stage, rows[i].Anomalia = StageForma, "0000"
	}
	return rows
}

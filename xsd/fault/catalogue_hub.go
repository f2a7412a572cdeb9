package fault

// The faults that only the hub can find: they take more than the document.
const (
	// Duplicate: the content was already accepted from another sender. It
	// names no code, so that nobody can probe for other people's documents.
	Duplicate Code = "DUP-01"
	// UnknownPrevious: the previous code is not an entry of this hub for the
	// same employer and worker.
	UnknownPrevious Code = "CAT-01"
	// WrongKind: the document is of another kind than the operation said.
	WrongKind Code = "CAT-02"
	// DomesticBarred: domestic work, which the receiving region does not take.
	DomesticBarred Code = "ENV-11"
	// UrgencyInBulk: an urgent hiring among many communications, which the
	// receiving region takes one at a time only.
	UrgencyInBulk Code = "ENV-12"
)

// hubEntries are the faults that the hub finds.
func hubEntries() []Entry {
	return []Entry{
		{
			Code: Duplicate, Stage: StageRegistro, Anomalia: "0000",
			Text:   "Comunicazione già accettata da un altro mittente.",
			Source: "Snodo, unicità: un contenuto è accettato una volta sola fra tutte le regioni",
			Remedy: "Verificare con il datore di lavoro e con gli altri soggetti abilitati chi l'ha già inviata; non inviarla di nuovo.",
		},
		{
			Code: UnknownPrevious, Stage: StageRegistro, Anomalia: "0000",
			Text:   "La comunicazione precedente indicata non risulta in questo nodo per lo stesso datore di lavoro e lo stesso lavoratore.",
			Source: "Regole nazionali, ENV-05 (per ora soltanto segnalata)",
			Remedy: "Controllare il codice della comunicazione precedente; se è stata inviata a un altro nodo non occorre fare nulla.",
		},
		{
			Code: WrongKind, Stage: StageForma, Anomalia: "0000",
			Text:   "Il documento è di un tipo diverso da quello annunciato dall'operazione.",
			Source: "Servizio nazionale comobbl: ogni operazione porta un solo tipo di documento",
			Remedy: "Usare l'operazione del tipo di comunicazione che il documento contiene.",
		},
		{
			Code: DomesticBarred, Stage: StageForma, Anomalia: "0000",
			Text:   "Il lavoro domestico (UNIDOM) non si comunica al nodo di questa regione.",
			Source: "Piemonte, regola ENV-11 (errore 13002)",
			Remedy: "Comunicare il rapporto di lavoro domestico all'INPS.",
		},
		{
			Code: UrgencyInBulk, Stage: StageForma, Anomalia: "0000",
			Text:   "Le comunicazioni urgenti (UNIURG) non si mandano con l'invio massivo.",
			Source: "Piemonte, regola ENV-12 (errore 13001)",
			Remedy: "Inviare la comunicazione urgente da sola, con inviaComunicazioneProspettoXML o con l'operazione del servizio nazionale.",
		},
	}
}

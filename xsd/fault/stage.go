package fault

// StageNote says of a stage what people must know to read its faults.
type StageNote struct {
	Stage   Stage
	Title   string // Italian
	Meaning string // Italian: what is judged there, and what the sender gets
}

// Stages lists the stages in the order of the path.
func Stages() []StageNote {
	return []StageNote{
		{StageBusta, "Busta e trasporto",
			"Riguarda il messaggio SOAP o la richiesta HTTP, non la comunicazione che contiene. " +
				"Il nodo risponde con un fault SOAP o, per un file di un invio massivo, con il suo esito; non c'è ricevuta e nulla è registrato."},
		{StageFirma, "Firma e certificato",
			"Riguarda la firma del documento, il certificato e l'identità di chi firma. " +
				"Il nodo risponde con un fault SOAP, senza ricevuta; se il difetto è trovato dal nodo nazionale, arriva una ricevuta di rifiuto nazionale."},
		{StageRegistro, "Registro",
			"Riguarda ciò che il nodo sa delle comunicazioni già ricevute. " +
				"Se è un errore il mittente ha una ricevuta di rifiuto; se è un avviso la comunicazione è accettata e l'avviso sta nella ricevuta."},
		{StageConversione, "Conversione dal formato regionale",
			"Riguarda il documento nel formato della regione e il passaggio al tracciato nazionale. " +
				"Se è un errore il mittente ha una ricevuta di rifiuto; se è un avviso la comunicazione è accettata e l'avviso sta nella ricevuta."},
		{StageForma, "Forma del documento",
			"Riguarda il tipo di comunicazione, la versione del tracciato e lo schema XSD. " +
				"Il mittente ha una ricevuta di rifiuto con tutti gli errori trovati; le regole nazionali si controllano su ciò che resta leggibile."},
		{StageRegole, "Regole nazionali",
			"Riguarda ciò che lo schema non può dire: tabelle di codici, date, codici fiscali, accordo fra i campi. " +
				"Se è un errore il mittente ha una ricevuta di rifiuto; se è un avviso la comunicazione è accettata e l'avviso sta nella ricevuta."},
		{StageNazionale, "Nodo nazionale",
			"Riguarda la registrazione nel nodo nazionale di una comunicazione già accettata. " +
				"Il mittente ha una ricevuta di rifiuto nazionale."},
	}
}

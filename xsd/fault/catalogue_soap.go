package fault

// The faults of the message that carries a document: the SOAP envelope and
// the HTTP request around it. They are answered as SOAP faults, never as
// receipts. Numbers below 20 are found in the envelope, from 20 in the HTTP
// request, from 30 they are our own trouble, from 40 in security headers.
const (
	MalformedEnvelope  Code = "SOAP-01" // not well-formed XML
	EnvelopeDTD        Code = "SOAP-02" // DOCTYPE, or an entity only one could define
	EnvelopeLimits     Code = "SOAP-03" // nested too deep, too many attributes or header blocks, names or canonical form too long
	EnvelopeCharset    Code = "SOAP-04" // charset unknown, or bytes that contradict it
	NotAnEnvelope      Code = "SOAP-05" // no Envelope, Header, Body as SOAP 1.1 wants them
	EnvelopeVersion    Code = "SOAP-06" // an Envelope of another SOAP
	MustUnderstand     Code = "SOAP-07" // a mandatory header block nobody here knows
	BodyNotSingle      Code = "SOAP-08" // Body without exactly one element
	EnvelopeInst       Code = "SOAP-09" // processing instruction
	UnknownOperation   Code = "SOAP-10" // the Body's element names no operation
	ActionMismatch     Code = "SOAP-11" // SOAPAction or wsa:Action names another operation
	RequestShape       Code = "SOAP-12" // the operation's element lacks what it must hold
	DocumentMissing    Code = "SOAP-13" // the string of the document is empty
	DocumentNotString  Code = "SOAP-14" // the document given as elements, not as a string
	DocumentTooLarge   Code = "SOAP-15" // document over 4 MiB
	DocumentCharset    Code = "SOAP-16" // document with a BOM or declaring another encoding
	KindNotServed      Code = "SOAP-17" // a kind of communication not served yet
	ReceiptNotFound    Code = "SOAP-18" // no receipt for that code and digest
	ReceiptQuery       Code = "SOAP-19" // receipt asked with ill-formed keys
	MethodNotAllowed   Code = "SOAP-20" // neither POST nor a GET of WSDL or schema
	MediaType          Code = "SOAP-21" // Content-Type of no SOAP
	CompressedBody     Code = "SOAP-22" // Content-Encoding
	BodyTooLarge       Code = "SOAP-23" // HTTP body over 12 MiB, or over the region's limit
	BodyIncomplete     Code = "SOAP-24" // the body did not arrive, or not in time
	UnknownPath        Code = "SOAP-25" // no service at this path
	ForwardedRefused   Code = "SOAP-26" // a proxy's headers on a channel that admits none
	NotLoopback        Code = "SOAP-27" // a remote caller on a loopback channel
	NoCertificate      Code = "SOAP-28" // no client certificate where the region requires one
	ForeignCertificate Code = "SOAP-29" // a client certificate of an authority that the region does not trust, or withdrawn
	Overloaded         Code = "SOAP-30" // too many bytes in flight
	ServiceUnavailable Code = "SOAP-31" // store, key or time lacking: nothing promised
	InternalTrouble    Code = "SOAP-32" // a defect of ours: nothing promised
	TooManyRequests    Code = "SOAP-33" // more than a sender may send now: nothing promised
	SecurityTwice      Code = "SOAP-40" // two WS-Security headers
)

// Sources of the rules of this family.
const (
	sourceXML       = "XML 1.0 (quinta edizione) e Namespaces in XML 1.0"
	sourceSOAP      = "SOAP 1.1, sezione 4; SOAP 1.2 parte 1, sezione 5"
	sourceBP        = "WS-I Basic Profile 1.1"
	sourceBytes     = "Snodo, limiti e codifica dei messaggi"
	sourceWSDL      = "WSDL del servizio (?wsdl)"
	sourceTypes     = "Servizio nazionale comobbl, tipi delle richieste"
	sourceHTTP      = "RFC 9110, HTTP Semantics"
	sourceChannel   = "Snodo, canali senza firma: ammessi solo dalla macchina stessa o con certificato"
	sourceMutual    = "AgID, ID_AUTH_CHANNEL_02; politica della regione"
	sourceNoPromise = "Snodo, risposte: senza ricevuta non c'è alcun esito"
)

// soapEntries are the faults of the SOAP envelope and its transport.
func soapEntries() []Entry {
	return append(envelopeEntries(), append(documentEntries(), transportEntries()...)...)
}

func envelopeEntries() []Entry {
	return []Entry{
		{Code: MalformedEnvelope, Stage: StageBusta,
			Text:   "Il messaggio non è XML ben formato.",
			Source: sourceXML,
			Remedy: "Correggere il messaggio alla riga indicata; comporlo con una libreria XML, non unendo stringhe."},
		{Code: EnvelopeDTD, Stage: StageBusta,
			Text:   "Il messaggio contiene una dichiarazione DOCTYPE o un'entità non predefinita.",
			Source: "SOAP 1.1, sezione 3",
			Remedy: "Togliere la dichiarazione DOCTYPE e usare solo le entità predefinite o i riferimenti numerici."},
		{Code: EnvelopeLimits, Stage: StageBusta,
			Text:   "Il messaggio supera i limiti di profondità, di attributi, di blocchi di intestazione, di lunghezza dei nomi o della forma canonica.",
			Source: sourceBytes,
			Remedy: "Ridurre l'annidamento, gli attributi e i blocchi; dichiarare i namespace dove sono usati; il documento va inviato come stringa nell'elemento previsto."},
		{Code: EnvelopeCharset, Stage: StageBusta,
			Text:   "La codifica dei caratteri del messaggio non è ammessa o non corrisponde ai byte ricevuti.",
			Source: sourceBytes,
			Remedy: "Inviare in UTF-8 con Content-Type \"text/xml; charset=utf-8\"; sono ammesse anche UTF-16, ISO-8859-1 e windows-1252."},
		{Code: NotAnEnvelope, Stage: StageBusta,
			Text:   "Il messaggio non è una busta SOAP con Header facoltativo e un solo Body.",
			Source: sourceSOAP,
			Remedy: "Usare Envelope, Header e Body del namespace di SOAP 1.1 (http://schemas.xmlsoap.org/soap/envelope/) o di SOAP 1.2 (http://www.w3.org/2003/05/soap-envelope), in quest'ordine e senza altro testo."},
		{Code: EnvelopeVersion, Stage: StageBusta,
			Text:   "La versione di SOAP della busta non è quella del Content-Type.",
			Source: "SOAP 1.1, sezione 4.1.2; SOAP 1.2 parte 1, sezione 5.4.7",
			Remedy: "Inviare text/xml con il namespace http://schemas.xmlsoap.org/soap/envelope/, oppure application/soap+xml con http://www.w3.org/2003/05/soap-envelope."},
		{Code: MustUnderstand, Stage: StageBusta,
			Text:   "La busta contiene un blocco di intestazione obbligatorio (mustUnderstand) che questo servizio non conosce.",
			Source: "SOAP 1.1, sezione 4.2.3",
			Remedy: "Togliere il blocco di intestazione o il suo attributo mustUnderstand."},
		{Code: BodyNotSingle, Stage: StageBusta,
			Text:   "Il Body della busta non contiene esattamente un elemento.",
			Source: sourceBP,
			Remedy: "Mettere nel Body il solo elemento dell'operazione richiesta."},
		{Code: EnvelopeInst, Stage: StageBusta,
			Text:   "Il messaggio contiene un'istruzione di elaborazione.",
			Source: "SOAP 1.1, sezione 3",
			Remedy: "Togliere le istruzioni di elaborazione dalla busta; quelle del documento vanno nella stringa."},
		{Code: UnknownOperation, Stage: StageBusta,
			Text:   "L'elemento nel Body non corrisponde ad alcuna operazione di questo servizio.",
			Source: sourceWSDL,
			Remedy: "Controllare nome e namespace dell'elemento con il WSDL del servizio."},
		{Code: ActionMismatch, Stage: StageBusta,
			Text:   "SOAPAction o wsa:Action indica un'operazione diversa da quella contenuta nel Body, oppure le due sono diverse.",
			Source: "WS-I Basic Profile 1.1; WS-Addressing 1.0, SOAP Binding, sezione 4.2",
			Remedy: "Lasciarle vuote, o scrivere in tutte e due il valore indicato nel WSDL per l'operazione (soapAction)."},
		{Code: SecurityTwice, Stage: StageBusta,
			Text:   "La busta contiene più di un'intestazione WS-Security.",
			Source: "WS-I Basic Security Profile 1.1, sezione 5",
			Remedy: "Inviare una sola intestazione Security, senza distinguere per actor."},
		{Code: RequestShape, Stage: StageBusta,
			Text:   "L'elemento dell'operazione non contiene gli elementi previsti.",
			Source: sourceWSDL,
			Remedy: "Controllare nomi, namespace e ordine degli elementi con il WSDL del servizio."},
	}
}

func documentEntries() []Entry {
	return []Entry{
		{Code: DocumentMissing, Stage: StageBusta,
			Text:   "L'elemento che deve portare il documento è vuoto.",
			Source: sourceTypes,
			Remedy: "Inserire il documento XML firmato come stringa nell'elemento."},
		{Code: DocumentNotString, Stage: StageBusta,
			Text:   "Il documento è inserito come elementi XML e non come stringa.",
			Source: sourceTypes,
			Remedy: "Inserire il documento con i caratteri speciali sostituiti da entità, oppure in una sezione CDATA."},
		{Code: DocumentTooLarge, Stage: StageBusta,
			Text:   "Il documento supera la dimensione massima di 4 MiB.",
			Source: sourceBytes,
			Remedy: "Ridurre la dimensione del documento."},
		{Code: DocumentCharset, Stage: StageBusta,
			Text:   "Il documento dichiara una codifica diversa da UTF-8 o inizia con un BOM.",
			Source: sourceBytes,
			Remedy: "Firmare e inviare il documento in UTF-8, senza BOM, con dichiarazione assente o encoding=\"UTF-8\"."},
		{Code: KindNotServed, Stage: StageBusta,
			Text:   "Questo tipo di comunicazione non è ancora servito da questo nodo.",
			Source: sourceWSDL,
			Remedy: "Inviare al canale attuale; le operazioni servite sono quelle del WSDL."},
		{Code: ReceiptNotFound, Stage: StageBusta,
			Text:   "Nessuna ricevuta corrisponde al codice o alla voce e all'impronta indicati.",
			Source: "Snodo, operazione RichiediRicevuta",
			Remedy: "Controllare il codice (o la voce, per un rifiuto) e l'impronta SHA-256 del documento inviato."},
		{Code: ReceiptQuery, Stage: StageBusta,
			Text:   "La richiesta di ricevuta non indica chiavi valide.",
			Source: sourceWSDL,
			Remedy: "Indicare un codice di 16 cifre oppure una voce di 64 cifre esadecimali, e l'impronta di 64 cifre esadecimali."},
	}
}

func transportEntries() []Entry {
	return []Entry{
		{Code: MethodNotAllowed, Stage: StageBusta,
			Text:   "Il metodo HTTP non è ammesso.",
			Source: "SOAP 1.1, sezione 6",
			Remedy: "Usare POST per le operazioni, GET con ?wsdl per il WSDL."},
		{Code: MediaType, Stage: StageBusta,
			Text:   "Il Content-Type della richiesta non è text/xml né application/soap+xml.",
			Source: "SOAP 1.1, sezione 6; SOAP 1.2 parte 2, sezione 7",
			Remedy: "Inviare un solo messaggio, con Content-Type \"text/xml; charset=utf-8\" per SOAP 1.1 o \"application/soap+xml; charset=utf-8\" per SOAP 1.2, senza allegati."},
		{Code: CompressedBody, Stage: StageBusta,
			Text:   "Il corpo della richiesta è compresso.",
			Source: sourceHTTP,
			Remedy: "Inviare il messaggio senza Content-Encoding."},
		{Code: BodyTooLarge, Stage: StageBusta,
			Text:   "Il corpo della richiesta supera la dimensione massima.",
			Source: sourceBytes,
			Remedy: "Inviare una comunicazione per messaggio."},
		{Code: BodyIncomplete, Stage: StageBusta,
			Text:   "Il corpo della richiesta non è arrivato per intero nel tempo previsto.",
			Source: sourceHTTP,
			Remedy: "Controllare Content-Length e la rete, poi inviare di nuovo."},
		{Code: UnknownPath, Stage: StageBusta,
			Text:   "A questo indirizzo non risponde alcun servizio.",
			Source: sourceWSDL,
			Remedy: "Usare l'indirizzo indicato nel WSDL della regione; per SPICOM, uno che termina con /servlet/rpcrouter."},
		{Code: ForwardedRefused, Stage: StageBusta,
			Text:   "La richiesta è passata da un proxy, che questo canale non ammette.",
			Source: sourceChannel,
			Remedy: "Collegarsi direttamente, senza proxy, oppure inviare documenti firmati all'indirizzo pubblico."},
		{Code: NotLoopback, Stage: StageBusta,
			Text:   "Questo canale ammette solo chiamate dalla macchina stessa.",
			Source: sourceChannel,
			Remedy: "Inviare documenti firmati all'indirizzo pubblico o concordare il canale con certificato."},
		{Code: NoCertificate, Stage: StageBusta,
			Text:   "Questo servizio richiede una connessione con certificato del client.",
			Source: sourceMutual,
			Remedy: "Configurare nel sistema il certificato TLS concordato con la regione."},
		{Code: ForeignCertificate, Stage: StageBusta,
			Text:   "Il certificato della connessione non è tra quelli che la regione riconosce, o non è più valido.",
			Source: sourceMutual,
			Remedy: "Usare un certificato TLS valido, rilasciato da un'autorità che la regione riconosce per i client."},
		{Code: Overloaded, Stage: StageBusta,
			Text:   "Il servizio sta ricevendo troppi dati; la richiesta non è stata esaminata.",
			Source: sourceNoPromise,
			Remedy: "Inviare di nuovo lo stesso messaggio dopo l'attesa indicata da Retry-After."},
		{Code: ServiceUnavailable, Stage: StageBusta,
			Text:   "Il servizio è temporaneamente indisponibile; nessun esito è promesso.",
			Source: sourceNoPromise,
			Remedy: "Inviare di nuovo lo stesso documento dopo l'attesa indicata da Retry-After: se era già accolto si riceve la stessa ricevuta."},
		{Code: InternalTrouble, Stage: StageBusta,
			Text:   "Il servizio non ha potuto completare la richiesta; nessun esito è promesso.",
			Source: sourceNoPromise,
			Remedy: "Inviare di nuovo lo stesso documento più tardi; se il problema continua avvisare l'assistenza del nodo."},
		{Code: TooManyRequests, Stage: StageBusta,
			Text:   "Il mittente ha superato la frequenza di invii che la regione ammette; nessun esito è promesso.",
			Source: "RFC 6585, sezione 4; AgID, Modello di interoperabilità, raccomandazioni RAC_ROBUSTEZZA",
			Remedy: "Inviare di nuovo lo stesso documento dopo l'attesa indicata da Retry-After, e distribuire gli invii nel tempo."},
	}
}

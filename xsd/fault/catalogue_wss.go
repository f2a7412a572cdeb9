package fault

// The faults of a signed message that are no matter of its signature. Those of
// the signature are in adapters/xmlsig.
const (
	// MessageAhead: Created lies in the future.
	MessageAhead Code = "WSS-31"
	// MessageStale: the message is older than allowed, or has expired.
	MessageStale Code = "WSS-32"
	// MessageLifetime: Expires is not after Created, or too long after it.
	MessageLifetime Code = "WSS-33"
	// MessageAudience: wsa:To is not this endpoint.
	MessageAudience Code = "WSS-34"
	// MessageReused: the MessageID came before with another content.
	MessageReused Code = "WSS-35"
	// MessageCarrier: the client certificate of the connection may not speak for
	// who signed.
	MessageCarrier Code = "WSS-36"
	// MessageEGov: an e-Gov header, which nobody reads in a signed message.
	MessageEGov Code = "WSS-37"
)

// Sources of the faults of signed messages.
const (
	wssSource      = "AgID, Linee guida sull'interoperabilità tecnica: ID_AUTH_SOAP_02 e INTEGRITY_SOAP_01"
	wssGrammar     = "Snodo, forma ammessa dei messaggi firmati; WS-Security 1.0"
	wssToken       = "WS-Security 1.0, X.509 Certificate Token Profile"
	wssTrust       = "Snodo, forma ammessa dei messaggi firmati; RFC 5280"
	wssAlgorithm   = "AgID, Raccomandazioni in merito agli algoritmi per XML Canonicalization, Digest and Signature"
	wssIdentity    = "Politica della regione; AgID, Raccomandazioni in merito agli algoritmi: organizationIdentifier (2.5.4.97)"
	wssChannel     = "Politica della regione; AgID, ID_AUTH_CHANNEL_02 e ID_AUTH_SOAP"
	wssOneProtocol = "Snodo, messaggi firmati: dell'intestazione vale soltanto ciò che è firmato"
	wssReplay      = "AgID, PROFILE_NON_REPUDIATION_01; Snodo, finestra dei messaggi di 30 giorni"
)

// Remedies that several of them share.
const (
	wssResign = "Firmare di nuovo il messaggio con C14N esclusiva, SHA-256, SHA-384 o SHA-512, e con RSA o ECDSA dello stesso tipo (rsa-sha256, ecdsa-sha256 o i corrispondenti)."
	wssResend = "Inviare il messaggio esattamente come è stato firmato, senza riscriverlo o reimpaginarlo."
	wssForm   = "Controllare la configurazione WS-Security: un solo Security con Timestamp, BinarySecurityToken e Signature."
	wssClock  = "Sincronizzare l'orologio del sistema con un servizio NTP e creare il messaggio al momento dell'invio."
)

// wssEntries are the faults of messages signed by WS-Security.
func wssEntries() []Entry {
	entries := append(wssFormEntries(), wssTokenEntries()...)
	entries = append(entries, wssMomentEntries()...)
	for i := range entries {
		entries[i].Stage = StageBusta
	}
	return entries
}

// wssFormEntries are what the message and its Signature may not be.
func wssFormEntries() []Entry {
	return []Entry{
		{Code: "WSS-01", Text: "Il messaggio non ha l'intestazione di sicurezza (wsse:Security), che per questa regione è obbligatoria.", Source: wssSource,
			Remedy: "Firmare il messaggio secondo il Modello di Interoperabilità (ID_AUTH_SOAP_02 e INTEGRITY_SOAP_01), senza actor o role."},
		{Code: "WSS-02", Text: "L'intestazione di sicurezza contiene altro, o due volte lo stesso elemento.", Source: wssGrammar, Remedy: wssForm},
		{Code: "WSS-03", Text: "Un'intestazione del messaggio è ripetuta.", Source: "WS-Addressing 1.0, SOAP Binding, sezione 3.2",
			Remedy: "Scrivere una sola volta To, MessageID e le altre intestazioni di indirizzamento."},
		{Code: "WSS-04", Text: "Il messaggio contiene un commento dentro un valore o dentro la firma.", Source: wssGrammar,
			Remedy: "Togliere i commenti dai valori e dalla firma, poi firmare di nuovo."},
		{Code: "WSS-05", Text: "Un attributo del messaggio contiene una tabulazione o un a capo.", Source: wssGrammar,
			Remedy: "Scrivere ogni valore di attributo su una sola riga, poi firmare di nuovo."},
		{Code: "WSS-06", Text: "Due elementi del messaggio hanno lo stesso identificativo.", Source: wssGrammar,
			Remedy: "Rendere unici gli attributi Id, poi firmare di nuovo."},
		{Code: "WSS-07", Text: "La firma del messaggio non ha la forma ammessa.", Source: wssGrammar, Remedy: wssResign},
		{Code: "WSS-08", Text: "La canonicalizzazione o la trasformazione non è la C14N esclusiva.", Source: wssAlgorithm, Remedy: wssResign},
		{Code: "WSS-09", Text: "L'algoritmo di firma del messaggio non è ammesso.", Source: wssAlgorithm, Remedy: wssResign},
		{Code: "WSS-10", Text: "L'algoritmo di impronta del messaggio non è ammesso.", Source: wssAlgorithm, Remedy: wssResign},
		{Code: "WSS-11", Text: "L'impronta o il valore della firma del messaggio non è leggibile.", Source: wssGrammar, Remedy: wssResign},
		{Code: "WSS-12", Text: "Un riferimento della firma non è a una parte del messaggio che si può firmare, o è ripetuto, o sono più di otto.", Source: wssGrammar,
			Remedy: "Riferire con wsu:Id soltanto Body, Timestamp, BinarySecurityToken e le intestazioni WS-Addressing, ciascuna al suo posto e una volta."},
		{Code: "WSS-13", Text: "Una parte obbligatoria del messaggio non è firmata.", Source: wssSource,
			Remedy: "Firmare Timestamp, To, MessageID e Body."},
		{Code: "WSS-19", Text: "Una parte del messaggio non corrisponde alla sua impronta: è cambiata dopo la firma.", Source: "W3C XML Signature 1.1, sezione 3.2.1",
			Remedy: wssResend},
		{Code: "WSS-20", Text: "Il valore della firma del messaggio non corrisponde al certificato.", Source: "W3C XML Signature 1.1, sezione 3.2.2",
			Remedy: wssResend},
		{Code: "WSS-25", Text: "Il Timestamp non ha un Created e un Expires leggibili, con il fuso orario.", Source: wssSource,
			Remedy: "Scrivere Created ed Expires come xs:dateTime in UTC, per esempio 2026-11-26T10:00:00Z."},
		{Code: "WSS-26", Text: "MessageID non è un IRI assoluto di al più 255 caratteri.", Source: "WS-Addressing 1.0, Core, sezione 3.1",
			Remedy: "Usare per ogni messaggio un nuovo urn:uuid."},
		{Code: "WSS-27", Text: "Un'intestazione di indirizzamento è vuota o non contiene soltanto testo.", Source: "WS-Addressing 1.0, Core, sezione 3.2",
			Remedy: "Scrivere in To, MessageID, Action e RelatesTo soltanto il valore."},
	}
}

// wssTokenEntries are the faults of the signer's certificate.
func wssTokenEntries() []Entry {
	return []Entry{
		{Code: "WSS-14", Text: "La firma del messaggio non indica il certificato in una delle forme ammesse.", Source: wssToken,
			Remedy: "Riferire un solo BinarySecurityToken (X509v3 o X509PKIPathv1), oppure indicare emittente e numero di serie di un certificato noto al nodo."},
		{Code: "WSS-15", Text: "Il certificato del messaggio non è leggibile, o sono più di quattro.", Source: wssToken,
			Remedy: "Inserire il certificato in DER, codificato in base64."},
		{Code: "WSS-16", Text: "Il nodo non conosce il certificato indicato per emittente e numero di serie.", Source: wssToken,
			Remedy: "Consegnare il certificato al gestore del nodo, oppure inviarlo nel BinarySecurityToken."},
		{Code: "WSS-17", Text: "La chiave del certificato del messaggio non è ammessa.", Source: wssAlgorithm,
			Remedy: "Usare una chiave RSA da 2048 a 4096 bit o ECDSA su P-256."},
		{Code: "WSS-18", Text: "L'algoritmo di firma del messaggio non è quello della chiave, o il valore ECDSA non è nella forma r||s.", Source: wssAlgorithm,
			Remedy: "Indicare rsa-sha256 (o 384, 512) con una chiave RSA, ecdsa-sha256 (o 384, 512) con una chiave P-256 e il valore di 64 byte."},
		{Code: "WSS-21", Text: "Il certificato del messaggio non risale a un'autorità riconosciuta.", Source: wssTrust,
			Remedy: "Usare un certificato rilasciato da un'autorità riconosciuta dalla regione, con la catena nel PKIPath se serve."},
		{Code: "WSS-22", Text: "Il certificato del messaggio non è per la firma: manca l'uso digitalSignature, o è di un'autorità.", Source: wssTrust,
			Remedy: "Usare il certificato di sigillo del sistema, non quello di una persona o di un'autorità."},
		{Code: "WSS-23", Text: "Un certificato del messaggio non è ancora valido.", Source: wssTrust,
			Remedy: "Attendere l'inizio della validità del certificato, o usarne un altro già valido."},
		{Code: "WSS-24", Text: "Un certificato del messaggio è scaduto.", Source: wssTrust,
			Remedy: "Rinnovare il certificato del sistema."},
		{Code: "WSS-28", Text: "Chi ha firmato il messaggio non è tra gli enti che la regione ammette.", Source: wssIdentity,
			Remedy: "Firmare con un certificato che porti l'organizationIdentifier comunicato alla regione, nella forma CF:IT- e codice fiscale."},
	}
}

// wssMomentEntries are the faults of a message that is authentic.
func wssMomentEntries() []Entry {
	return []Entry{
		{Code: MessageAhead, Text: "Il messaggio risulta creato nel futuro, oltre la tolleranza ammessa per gli orologi.", Source: wssSource, Remedy: wssClock},
		{Code: MessageStale, Text: "Il messaggio è scaduto, o è stato creato da più di 5 minuti.", Source: wssSource, Remedy: wssClock},
		{Code: MessageLifetime, Text: "Il Timestamp non dura da un istante a 5 minuti.", Source: wssSource,
			Remedy: "Scrivere un Expires che segua Created di al più 300 secondi."},
		{Code: MessageAudience, Text: "Il messaggio è indirizzato a un altro servizio.", Source: wssSource,
			Remedy: "Scrivere in wsa:To l'indirizzo del servizio così come lo riporta il WSDL."},
		{Code: MessageReused, Text: "Un messaggio con lo stesso MessageID è già arrivato con un contenuto diverso.", Source: wssReplay,
			Remedy: "Usare un nuovo MessageID per ogni messaggio; lo stesso soltanto per inviare di nuovo lo stesso Body."},
		{Code: MessageCarrier, Text: "Il certificato della connessione non può parlare per chi ha firmato il messaggio.", Source: wssChannel,
			Remedy: "Usare per la connessione un certificato dello stesso ente che firma, o chiedere alla regione di ammettere l'intermediario."},
		{Code: MessageEGov, Text: "Un messaggio firmato secondo ModI non può avere anche la busta di e-Government.", Source: wssOneProtocol,
			Remedy: "Togliere l'intestazione eGov_IT: identificatore, mittente e scadenza sono quelli firmati (MessageID, certificato, Timestamp)."},
	}
}

package fault

// Sources of the faults of signatures.
const (
	sigSourceGrammar = "Snodo, forma ammessa della firma; W3C XML Signature 1.1"
	sigSourceXML     = "W3C XML 1.0 (quinta edizione)"
	sigSourceNames   = "W3C Namespaces in XML 1.0 (terza edizione)"
	sigSourceBytes   = "Snodo, limiti e codifica dei messaggi"
	sigSourceTrust   = "Snodo, forma ammessa della firma; RFC 5280"
	sigSourcePolicy  = "Snodo, politica della regione"
)

// Remedies that several faults of signatures share.
const (
	sigRemedyResign   = "Firmare di nuovo il documento con la forma ammessa: firma XML enveloped, C14N esclusiva, SHA-256."
	sigRemedyProducer = "Segnalare il difetto a chi produce il documento: va corretto prima della firma."
	sigRemedyResend   = "Inviare il documento esattamente come è stato firmato, senza riscriverlo o reimpaginarlo."
	sigRemedyCert     = "Usare un certificato di firma valido, rilasciato da un'autorità riconosciuta dalla regione."
)

// sigEntries are the faults of signatures, certificates and signers. Their
// constants are in adapters/xmlsig.
func sigEntries() []Entry {
	entries := append(sigDocumentEntries(), sigGrammarEntries()...)
	entries = append(entries, sigTrustEntries()...)
	for i := range entries {
		entries[i].Stage, entries[i].Anomalia = StageFirma, "0000"
	}
	return entries
}

// sigDocumentEntries are what the guard refuses anywhere in a document.
func sigDocumentEntries() []Entry {
	return []Entry{
		{Code: "SIG-01", Text: "Il documento non è firmato.", Source: sigSourceGrammar,
			Remedy: "Firmare il documento (firma XML enveloped) prima dell'invio."},
		{Code: "SIG-02", Text: "Il documento non è XML ben formato.", Source: sigSourceXML, Remedy: sigRemedyProducer},
		{Code: "SIG-03", Text: "Il documento contiene una DTD o il riferimento a un'entità, che non sono ammessi.",
			Source: sigSourceGrammar, Remedy: "Togliere la dichiarazione DOCTYPE e le entità, poi firmare di nuovo."},
		{Code: "SIG-04", Text: "Il documento non è in codifica UTF-8.", Source: sigSourceBytes,
			Remedy: "Produrre il documento in UTF-8, senza BOM e senza dichiarare un'altra codifica, poi firmare."},
		{Code: "SIG-05", Text: "Il documento supera i limiti di dimensione, profondità o numero di attributi.",
			Source: sigSourceBytes, Remedy: "Inviare un documento di al più 4 MiB, con al più 64 livelli e 64 attributi per elemento, nomi brevi e i namespace dichiarati dove sono usati."},
		{Code: "SIG-06", Text: "Il documento contiene un'istruzione di elaborazione, che non è ammessa.",
			Source: sigSourceGrammar, Remedy: "Togliere le istruzioni di elaborazione (per esempio xml-stylesheet), poi firmare di nuovo."},
		{Code: "SIG-07", Text: "Il documento contiene un commento dentro un valore o dentro la firma.",
			Source: sigSourceGrammar, Remedy: "Togliere i commenti dai valori e dalla firma, poi firmare di nuovo."},
		{Code: "SIG-08", Text: "Il documento usa un prefisso di namespace non dichiarato o riservato.",
			Source: sigSourceNames, Remedy: sigRemedyProducer},
		{Code: "SIG-09", Text: "Un elemento ha due volte lo stesso attributo.", Source: sigSourceXML, Remedy: sigRemedyProducer},
		{Code: "SIG-10", Text: "Un attributo contiene una tabulazione o un a capo.", Source: sigSourceGrammar,
			Remedy: "Scrivere ogni valore di attributo su una sola riga, poi firmare di nuovo."},
		{Code: "SIG-11", Text: "Due elementi hanno lo stesso identificativo.", Source: sigSourceGrammar,
			Remedy: "Rendere unici gli attributi Id, poi firmare di nuovo."},
	}
}

// sigGrammarEntries are what the Signature may not be.
func sigGrammarEntries() []Entry {
	return []Entry{
		{Code: "SIG-12", Text: "Il documento contiene più di una firma.", Source: sigSourceGrammar,
			Remedy: "Inviare il documento con una sola firma."},
		{Code: "SIG-13", Text: "La firma non è l'ultimo figlio dell'elemento radice.", Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-14", Text: "La firma è di tipo XAdES, che questo nodo non accetta.", Source: sigSourceGrammar,
			Remedy: "Firmare con una firma XML semplice (XML-DSig enveloped), senza proprietà XAdES."},
		{Code: "SIG-15", Text: "La firma contiene un elemento Object, che non è ammesso.", Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-16", Text: "La struttura della firma non è quella ammessa.", Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-17", Text: "Il metodo di canonicalizzazione della firma non è la C14N esclusiva senza commenti.",
			Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-18", Text: "L'algoritmo di firma non è ammesso: sono ammessi rsa-sha256 ed ecdsa-sha256.",
			Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-19", Text: "La firma non ha un solo riferimento all'intero documento (URI vuoto).",
			Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-20", Text: "Le trasformazioni della firma non sono enveloped-signature seguita dalla C14N esclusiva.",
			Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-21", Text: "L'algoritmo di impronta della firma non è SHA-256.", Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-22", Text: "L'impronta o il valore della firma non è base64 leggibile.", Source: sigSourceGrammar, Remedy: sigRemedyResend},
		{Code: "SIG-23", Text: "KeyInfo non contiene un solo X509Data con i soli certificati.", Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-24", Text: "La firma contiene più di quattro certificati.", Source: sigSourceGrammar,
			Remedy: "Allegare il certificato del firmatario e al più tre certificati della sua catena."},
		{Code: "SIG-25", Text: "Un certificato della firma non è leggibile.", Source: sigSourceTrust, Remedy: sigRemedyCert},
		{Code: "SIG-26", Text: "La chiave del certificato non è ammessa: RSA da 2048 a 4096 bit o ECDSA P-256.",
			Source: sigSourceGrammar, Remedy: "Firmare con un certificato che abbia una chiave di questo tipo."},
		{Code: "SIG-27", Text: "L'algoritmo di firma non corrisponde al tipo di chiave del certificato.",
			Source: sigSourceGrammar, Remedy: sigRemedyResign},
		{Code: "SIG-28", Text: "Il valore della firma ECDSA non ha la forma r||s di 64 byte (la forma DER non è ammessa).",
			Source: "RFC 4050, sezione 3.3; W3C XML Signature 1.1, sezione 6.4.3", Remedy: "Scrivere il valore della firma come r seguito da s, 32 byte ciascuno, in base64."},
		{Code: "SIG-29", Text: "Il documento non è quello firmato: l'impronta non corrisponde.",
			Source: "W3C XML Signature 1.1, sezione 3.2.1", Remedy: sigRemedyResend},
		{Code: "SIG-30", Text: "Il valore della firma non corrisponde al certificato allegato.",
			Source: "W3C XML Signature 1.1, sezione 3.2.2", Remedy: sigRemedyResend},
	}
}

// sigTrustEntries are what the certificate may not be.
func sigTrustEntries() []Entry {
	return []Entry{
		{Code: "SIG-31", Text: "Il certificato del firmatario non risale a un'autorità riconosciuta.", Source: sigSourceTrust, Remedy: sigRemedyCert},
		{Code: "SIG-32", Text: "Il certificato non è di firma: manca l'uso nonRepudiation, o è di un'autorità.",
			Source: sigSourceTrust, Remedy: "Usare il certificato di firma, non quello di autenticazione."},
		{Code: "SIG-33", Text: "Il certificato non indica un solo codice fiscale del firmatario.", Source: "ETSI EN 319 412-1, sezione 5.1.3",
			Remedy: "Usare un certificato di firma personale, che riporti il codice fiscale di chi firma."},
		{Code: "SIG-34", Text: "Un certificato della firma non è ancora valido.", Source: sigSourceTrust,
			Remedy: "Attendere l'inizio della validità del certificato, o firmare con un altro già valido."},
		{Code: "SIG-35", Text: "Un certificato della firma è scaduto.", Source: sigSourceTrust,
			Remedy: "Rinnovare il certificato e firmare di nuovo il documento."},
		{Code: "SIG-36", Text: "Il certificato del firmatario è revocato.", Source: "RFC 5280, sezione 5; RFC 6960",
			Remedy: "Firmare di nuovo il documento con un certificato non revocato."},
		{Code: "SIG-37", Text: "Ora non si può sapere se il certificato della firma è revocato; nessun esito è promesso.",
			Source: sigSourcePolicy + "; RFC 5280, sezione 6.3",
			Remedy: "Inviare di nuovo lo stesso documento dopo l'attesa indicata da Retry-After; se continua, avvisare l'assistenza del nodo."},
		{Code: "SIG-38", Text: "L'algoritmo di firma non è tra quelli che la regione ammette.", Source: sigSourcePolicy,
			Remedy: "Firmare con l'altro algoritmo, rsa-sha256 o ecdsa-sha256, e con una chiave di quel tipo."},
		{Code: "SIG-39", Text: "Il certificato del firmatario non è di un'organizzazione che la regione ammette.",
			Source: sigSourcePolicy + "; ETSI EN 319 412-1, sezione 5.1.4",
			Remedy: "Usare il certificato comunicato alla regione, con il suo organizationIdentifier, o chiedere alla regione di registrarlo."},
	}
}

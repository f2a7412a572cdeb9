package fault

// The faults of the person whom a message shows by a SAML assertion.
const (
	// UserNameRefused: a user name, a password, or a sign-in by them.
	UserNameRefused Code = "SAML-01"
	// AssertionMissing: the region asks for an assertion and there is none.
	AssertionMissing Code = "SAML-02"
	// AssertionShape: not one SAML 2.0 assertion as the standard has it.
	AssertionShape Code = "SAML-03"
	// AssertionTwice: more than one assertion.
	AssertionTwice Code = "SAML-04"
	// AssertionEncrypted: an assertion, a name or an attribute is encrypted.
	AssertionEncrypted Code = "SAML-05"
	// AssertionUnsigned: the assertion itself is not signed.
	AssertionUnsigned Code = "SAML-06"
	// AssertionGuard: something that two readers may read in two ways.
	AssertionGuard Code = "SAML-07"
	// AssertionSignature: a Signature that the grammar lacks.
	AssertionSignature Code = "SAML-08"
	// AssertionAlgorithm: an algorithm or key that is not allowed.
	AssertionAlgorithm Code = "SAML-09"
	// AssertionForged: not what was signed, or not by this key.
	AssertionForged Code = "SAML-10"
	// AssertionIssuer: an issuer that is not configured for the region.
	AssertionIssuer Code = "SAML-11"
	// AssertionUntrusted: the certificate is not the issuer's, or not for this.
	AssertionUntrusted Code = "SAML-12"
	// AssertionCertificate: the issuer's certificate does not hold at this instant.
	AssertionCertificate Code = "SAML-13"
	// AssertionAudience: the assertion is for others.
	AssertionAudience Code = "SAML-14"
	// AssertionAhead: the assertion holds, or was issued, later than now.
	AssertionAhead Code = "SAML-15"
	// AssertionExpired: the assertion or its session has ended, or says no end.
	AssertionExpired Code = "SAML-16"
	// AssertionOld: the person authenticated too long ago.
	AssertionOld Code = "SAML-17"
	// AssertionConfirmation: no subject confirmation of a kind that is taken.
	AssertionConfirmation Code = "SAML-18"
	// AssertionRecipient: a bearer confirmation for another place, or ended.
	AssertionRecipient Code = "SAML-19"
	// AssertionHolder: whoever sends does not hold the key that it names.
	AssertionHolder Code = "SAML-20"
	// AssertionVoucher: nobody vouches for it: no signed message covers it.
	AssertionVoucher Code = "SAML-21"
	// AssertionReused: a one-time assertion came before with another content.
	AssertionReused Code = "SAML-22"
	// AssertionCondition: a condition that is not understood.
	AssertionCondition Code = "SAML-23"
	// IdentityMeans: not by a means that the region takes, or not from this issuer.
	IdentityMeans Code = "SAML-24"
	// IdentityLevel: by SPID or CIE, below level 2.
	IdentityLevel Code = "SAML-25"
	// IdentityProfessional: a professional identity, or a legal person's.
	IdentityProfessional Code = "SAML-26"
	// IdentityPerson: not exactly one codice fiscale of a natural person.
	IdentityPerson Code = "SAML-27"
)

// Sources of the faults of assertions.
const (
	samlCore     = "OASIS SAML 2.0 Core"
	samlProfile  = "OASIS WS-Security SAML Token Profile 1.1.1"
	samlGrammar  = "Snodo, forma ammessa delle asserzioni; " + samlCore + ", sezione 5"
	samlTrust    = "Snodo, emittenti riconosciuti della regione; RFC 5280"
	samlLaw      = "D.L. 76/2020, art. 24, comma 4; D.Lgs. 82/2005, art. 64"
	samlSPID     = "AgID, Regole tecniche SPID, livelli di sicurezza; manuale tecnico CIE id"
	samlTransit  = "Ministero del lavoro, guida all'accesso al sistema transitorio delle comunicazioni obbligatorie; " + samlLaw
	samlAgain    = "Chiedere un'asserzione nuova al gateway di identità e inviare di nuovo la comunicazione."
	samlReissue  = "Far emettere al gateway di identità un'asserzione SAML 2.0 in chiaro, firmata, sola nell'intestazione wsse:Security."
	samlEnvelope = "Firmare l'asserzione stessa (enveloped), con C14N esclusiva, SHA-256, SHA-384 o SHA-512, e inviarla senza riscriverla."
	samlManager  = "Chiedere al gestore del nodo di configurare l'emittente e il suo certificato per questa regione (chiave identity della configurazione)."
)

// samlEntries are the faults of assertions.
func samlEntries() []Entry {
	entries := append(samlFormEntries(), samlMomentEntries()...)
	entries = append(entries, samlPersonEntries()...)
	for i := range entries {
		entries[i].Stage = StageBusta
	}
	return entries
}

// samlFormEntries are what an assertion and its signature may not be.
func samlFormEntries() []Entry {
	return []Entry{
		{Code: AssertionMissing, Text: "Il messaggio non contiene l'asserzione SAML della persona che opera, che per questa regione è obbligatoria.", Source: samlTransit,
			Remedy: "Autenticare la persona con un mezzo ammesso (nel Lazio SPID personale di livello 2 o superiore, o CIE; nelle Marche CNS o PIN) e mettere l'asserzione nell'intestazione wsse:Security."},
		{Code: AssertionShape, Text: "L'intestazione di sicurezza o l'asserzione non ha la forma prevista.", Source: samlProfile + "; " + samlCore, Remedy: samlReissue},
		{Code: AssertionTwice, Text: "Il messaggio contiene più di un'asserzione.", Source: samlProfile, Remedy: samlReissue},
		{Code: AssertionEncrypted, Text: "L'asserzione, o una sua parte, è cifrata.", Source: samlCore + ", sezione 6", Remedy: samlReissue},
		{Code: AssertionUnsigned, Text: "L'asserzione non è firmata da chi l'ha emessa.", Source: samlGrammar, Remedy: samlEnvelope},
		{Code: AssertionGuard, Text: "Il messaggio contiene un commento dentro un valore dell'asserzione, un attributo con tabulazioni o a capo, o due identificativi uguali.", Source: samlGrammar,
			Remedy: "Togliere commenti e a capo, rendere unici gli identificativi e far emettere di nuovo l'asserzione."},
		{Code: AssertionSignature, Text: "La firma dell'asserzione non ha la forma ammessa.", Source: samlGrammar, Remedy: samlEnvelope},
		{Code: AssertionAlgorithm, Text: "L'algoritmo o la chiave della firma dell'asserzione non è ammesso.", Source: wssAlgorithm,
			Remedy: "Firmare l'asserzione con SHA-256, SHA-384 o SHA-512 e una chiave RSA da 2048 a 4096 bit o ECDSA su P-256 (valore r||s)."},
		{Code: AssertionForged, Text: "L'asserzione non è quella firmata dall'emittente.", Source: samlGrammar, Remedy: samlEnvelope},
		{Code: AssertionIssuer, Text: "L'emittente dell'asserzione non è riconosciuto da questa regione.", Source: samlTrust, Remedy: samlManager},
		{Code: AssertionUntrusted, Text: "Il certificato che firma l'asserzione non è quello dell'emittente, o non è per la firma (digitalSignature).", Source: samlTrust, Remedy: samlManager},
		{Code: AssertionCertificate, Text: "Il certificato che firma l'asserzione non è valido in questo momento.", Source: samlTrust,
			Remedy: "Chiedere al gestore del gateway di identità di rinnovare il certificato, e a quello del nodo di riconoscerlo."},
	}
}

// samlMomentEntries are the faults of an assertion that is authentic, but does
// not hold here and now.
func samlMomentEntries() []Entry {
	return []Entry{
		{Code: AssertionAudience, Text: "L'asserzione non è destinata a questo servizio.", Source: samlCore + ", sezione 2.5.1.4",
			Remedy: "Far scrivere in ogni AudienceRestriction l'identificativo che il nodo ha presso il gateway di identità."},
		{Code: AssertionAhead, Text: "L'asserzione vale, o risulta emessa, dopo questo momento.", Source: samlCore + ", sezioni 2.3.3 e 2.5.1.2",
			Remedy: "Sincronizzare gli orologi con un servizio NTP."},
		{Code: AssertionExpired, Text: "L'asserzione o la sessione è scaduta, o l'asserzione non dice quando scade.", Source: samlCore + ", sezioni 2.5.1.2 e 2.7.2", Remedy: samlAgain},
		{Code: AssertionOld, Text: "La persona si è autenticata da più tempo di quanto la regione ammetta.", Source: samlCore + ", sezione 2.7.2",
			Remedy: "Far autenticare di nuovo la persona."},
		{Code: AssertionConfirmation, Text: "L'asserzione non ha una conferma del soggetto fra quelle ammesse.", Source: "OASIS SAML 2.0 Profiles, sezione 3",
			Remedy: "Usare la conferma bearer, holder-of-key o, nei messaggi firmati ModI, sender-vouches."},
		{Code: AssertionRecipient, Text: "La conferma del soggetto è per un altro servizio, o è scaduta.", Source: "OASIS SAML 2.0 Profiles, sezioni 3 e 4.1.4.2",
			Remedy: "Far scrivere in Recipient l'indirizzo del servizio così come lo riporta il WSDL, e inviare prima di NotOnOrAfter."},
		{Code: AssertionHolder, Text: "Chi invia non usa la chiave a cui l'asserzione è legata (holder-of-key).", Source: samlProfile + ", sezione 3.5.1",
			Remedy: "Firmare il messaggio, o aprire il canale TLS, con il certificato indicato nell'asserzione."},
		{Code: AssertionVoucher, Text: "L'asserzione è garantita dal mittente (sender-vouches), ma la firma del messaggio non la comprende.", Source: samlProfile + ", sezione 3.5.2",
			Remedy: "Firmare il messaggio secondo il Modello di Interoperabilità comprendendo nella firma anche l'asserzione, riferita per il suo ID."},
		{Code: AssertionReused, Text: "L'asserzione è utilizzabile una volta sola ed è già arrivata con un altro messaggio.", Source: samlCore + ", sezione 2.5.1.5", Remedy: samlAgain},
		{Code: AssertionCondition, Text: "L'asserzione pone una condizione che il nodo non conosce.", Source: samlCore + ", sezione 2.5.1",
			Remedy: "Usare soltanto AudienceRestriction, OneTimeUse e ProxyRestriction."},
	}
}

// samlPersonEntries are the faults of who is identified, and how.
func samlPersonEntries() []Entry {
	return []Entry{
		{Code: UserNameRefused, Source: samlTransit,
			Text:   "Nome utente e password non sono più ammessi: dal 1° ottobre 2021 la legge riserva l'accesso a SPID, CIE e CNS (D.L. 76/2020, art. 24, comma 4).",
			Remedy: "Togliere nome utente e password dal messaggio e dalla richiesta, e identificare la persona con un mezzo ammesso dalla regione: nel Lazio SPID personale (livello 2 o superiore) o CIE, con l'asserzione SAML nell'intestazione wsse:Security; nelle Marche CNS o PIN regionale."},
		{Code: IdentityMeans, Text: "L'asserzione non riguarda un'autenticazione con un mezzo ammesso per questa regione e questo emittente.", Source: samlTransit,
			Remedy: "Far autenticare la persona con un mezzo ammesso: SPID o CIE nel Lazio, il PIN regionale nelle Marche."},
		{Code: IdentityLevel, Text: "L'autenticazione è di un livello inferiore al 2.", Source: samlSPID,
			Remedy: "Chiedere al gateway di identità il livello 2 o 3 (https://www.spid.gov.it/SpidL2 o SpidL3)."},
		{Code: IdentityProfessional, Text: "L'identità digitale è per uso professionale o di una persona giuridica: serve quella personale.", Source: samlTransit + "; AgID, Linee guida sulle identità digitali per uso professionale",
			Remedy: "Far autenticare la persona con la propria identità SPID personale (purpose P) o con la CIE."},
		{Code: IdentityPerson, Text: "L'asserzione non indica un solo codice fiscale valido di persona fisica (fiscalNumber).", Source: "AgID, tabella degli attributi SPID; ETSI EN 319 412-1, sezione 5.1.3",
			Remedy: "Far richiedere al gateway di identità l'attributo fiscalNumber, con un solo valore della forma TINIT-CODICEFISCALE."},
	}
}

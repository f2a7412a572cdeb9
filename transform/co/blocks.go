package co

// The blocks that several kinds share. An empty string means that the optional
// element or attribute is absent; a nil pointer, that the block is.

// Anagrafica is a person.
type Anagrafica struct {
	Cognome       string
	Nome          string
	CodiceFiscale CodiceFiscale // codice-fiscale; absent for a legal representative
	Cittadinanza  Cittadinanza  // citizenship, three digits
	Sesso         string        // M or F
	Nascita       Nascita
}

// Nascita is where and when a person was born.
type Nascita struct {
	Comune CodiceComune // comune or foreign state
	Data   Data
}

// ExtraCE is the residence permit of a person from outside the European Union.
type ExtraCE struct {
	DataScadenzaPS  Data           // expiry
	MotivoPermesso  MotivoPermesso // reason
	TipoDocumento   TipoDocumento  // kind of permit
	NumeroDocumento string         // its number
	Questura        Questura       // issuing police office
}

// DatiLavoratore is a worker in a few words.
type DatiLavoratore struct {
	Cognome         string
	Nome            string
	CodiceFiscale   CodiceFiscale // codice-fiscale
	ComuneDomicilio CodiceComune  // comune of domicile, VARDATORI alone
}

// Sede is an address: a seat of an employer, or a worker's domicile, which has
// no contacts.
type Sede struct {
	Comune    CodiceComune // comune or foreign state
	Cap       string       // postal code
	Indirizzo string       // street address
	EMail     string       // e-mail
	Telefono  string       // telephone
	Fax       string
}

// ModelloQ is what an employer undertakes for a non-EU worker.
type ModelloQ struct {
	SussistenzaSistemazioneAlloggiativa string // SI: housing is available
	ImpegnoDatorePagamentoRimpatrio     string // SI: the journey home will be paid
}

// Contratto is the employment relationship. InizioRapporto is one itself; the
// other movements carry one inside.
type Contratto struct {
	LavInMobilita                             string                // SI or NO: worker from the mobility list
	LavoroStagionale                          string                // SI or NO: seasonal
	LavoroInAgricoltura                       string                // SI or NO: agricultural
	AssunzioneObbligatoria                    string                // SI or NO: compulsory placement (law 68/1999)
	CategoriaLavoratoreAssunzioneObbligatoria CategoriaObbligatoria // its category, two letters
	DataInizio                                Data
	DataFine                                  Data
	DataFinePeriodoFormativo                  Data                  // end of an apprentice's training
	GgLavorativePreviste                      string                // expected working days, agriculture only
	TipoLavorazione                           string                // kind of work, agriculture only
	EntePrevidenziale                         EntePrevidenziale     // social security body, two digits
	CodiceEntePrevidenziale                   string                // employer's number there
	TipologiaContrattuale                     TipologiaContrattuale // contract type, table tipologia_contrattuale
	SocioLavoratore                           string                // SI or NO: working member of a cooperative

	CCNL                   CCNL   // ccnl: collective agreement
	LivelloInquadramento   string // grade
	Legge68                *Legge68
	TipoOrario             TipoOrario
	QualificaProfessionale QualificaProfessionale // occupation
	RetribuzioneCompenso   string                 // gross yearly pay, whole euros
	PatINAIL               string                 // position at the accident insurance; an attribute in VARDATORI
	Agevolazioni           *struct{}              // empty block, no longer admitted
	AgevolazioniRipetute   []struct{}             // agevolazioni: the same in VARDATORI, where it may be repeated
}

// Legge68 is the clearance of editions before 2016.
type Legge68 struct {
	DataNullaOsta Data
	NumeroAtto    string
}

// TipoOrario is the working time.
type TipoOrario struct {
	Codice              CodiceOrario // one letter, table tipo_orario
	OreSettimanaliMedie string       // average weekly hours
}

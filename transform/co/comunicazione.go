package co

// Movimento is what a UNILAV communication reports.
type Movimento string

// The four movements of UNILAV, by the abbreviations of the national rules.
const (
	ASS Movimento = "ASS" // InizioRapporto: hiring, start of a relationship
	PRO Movimento = "PRO" // Proroga: extension
	TRS Movimento = "TRS" // Trasformazione: transformation, transfer, secondment
	CES Movimento = "CES" // Cessazione: termination
)

// UNILAV is the kind of the communications of this model.
const UNILAV = "UNILAV"

// Comunicazione is one UNILAV communication (DM 30 October 2007, national
// format UniLav, edition CO190701R1). A field is named as the element or
// attribute that carries it. An empty string means that the optional element
// or attribute is absent; a nil pointer, that the block is.
type Comunicazione struct {
	Versione                 string              // edition of the format
	CodiceComunicazione      CodiceComunicazione // given by the receiving node; sixteen zeros from senders
	CodiceComunicazionePrec  CodiceComunicazione // the communication referred to
	DataInvio                string              // xs:dateTime, instant of sending as the sender wrote it
	Delegato                 CodiceFiscale       // who sends in the employer's place
	TipoDelegato             string              // what entitles the delegate
	EMailDelegato            string              // e-mailDelegato: e-mail of who sends
	AssunzioneForzaMaggiore  string              // SI or NO: hiring due to force majeure
	DescrizioneForzaMaggiore string              // its reason
	Protocollo               string              // sender's protocol number, eight zeros if unused

	DatoreLavoro          DatoreLavoro
	Lavoratore            Lavoratore
	LavoratoreCoobbligato *Lavoratore // second worker of a job-sharing contract

	// Exactly one of the four is set: the movement.
	InizioRapporto *Contratto
	Proroga        *Proroga
	Trasformazione *Trasformazione
	Cessazione     *Cessazione

	TipoComunicazione string // two digits, table tipo_comunicazione
	Tirocinio         *Tirocinio
}

// DatoreLavoro is the employer.
type DatoreLavoro struct {
	CodiceFiscale            CodiceFiscale
	Denominazione            string
	DatoreAnagraficaCompleta *Anagrafica // owner or legal representative
	SoggiornanteInItalia     string      // SI or NO: non-EU representative staying in Italy
	ExtraCE                  *ExtraCE    // the representative's residence permit
	SedeLegale               Sede        // legal seat
	SedeLavoro               Sede        // workplace: decides the competent region
	Settore                  string      // ATECO sector, nn.nn.nn
	PubblicaAmministrazione  string      // SI or NO
}

// Anagrafica is a person.
type Anagrafica struct {
	Cognome       string
	Nome          string
	CodiceFiscale CodiceFiscale // codice-fiscale; absent for a legal representative
	Cittadinanza  string        // citizenship, three digits
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
	DataScadenzaPS  Data   // expiry
	MotivoPermesso  string // reason
	TipoDocumento   string // kind of permit
	NumeroDocumento string // its number
	Questura        string // issuing police office
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

// Lavoratore is the worker.
type Lavoratore struct {
	AnagraficaCompleta  *Anagrafica // never nil for the worker, may be for the co-obliged one
	ExtraCE             *ExtraCE    // residence permit
	ModelloQ            *ModelloQ   // employer's commitments for a non-EU worker
	IndirizzoLavoratore Sede        // domicile
	LivelloIstruzione   string      // level of education, two digits
}

// ModelloQ is what an employer undertakes for a non-EU worker.
type ModelloQ struct {
	SussistenzaSistemazioneAlloggiativa string // SI: housing is available
	ImpegnoDatorePagamentoRimpatrio     string // SI: the journey home will be paid
}

// Contratto is the employment relationship. InizioRapporto is one itself; the
// other movements carry one inside.
type Contratto struct {
	LavInMobilita                             string // SI or NO: worker from the mobility list
	LavoroStagionale                          string // SI or NO: seasonal
	LavoroInAgricoltura                       string // SI or NO: agricultural
	AssunzioneObbligatoria                    string // SI or NO: compulsory placement (law 68/1999)
	CategoriaLavoratoreAssunzioneObbligatoria string // its category, two letters
	DataInizio                                Data
	DataFine                                  Data
	DataFinePeriodoFormativo                  Data   // end of an apprentice's training
	GgLavorativePreviste                      string // expected working days, agriculture only
	TipoLavorazione                           string // kind of work, agriculture only
	EntePrevidenziale                         string // social security body, two digits
	CodiceEntePrevidenziale                   string // employer's number there
	TipologiaContrattuale                     string // contract type, table tipologia_contrattuale
	SocioLavoratore                           string // SI or NO: working member of a cooperative

	CCNL                   string // ccnl: collective agreement
	LivelloInquadramento   string // grade
	Legge68                *Legge68
	TipoOrario             TipoOrario
	QualificaProfessionale string    // occupation
	RetribuzioneCompenso   string    // gross yearly pay, whole euros
	PatINAIL               string    // position at the accident insurance
	Agevolazioni           *struct{} // empty block, no longer admitted
}

// Legge68 is the clearance of editions before 2016.
type Legge68 struct {
	DataNullaOsta Data
	NumeroAtto    string
}

// TipoOrario is the working time.
type TipoOrario struct {
	Codice              string // one letter, table tipo_orario
	OreSettimanaliMedie string // average weekly hours
}

// Proroga is an extension.
type Proroga struct {
	DataFineProroga     Data   // new end
	ProsecuzioneDiFatto string // SI or NO: continued de facto
	Contratto           Contratto
}

// Trasformazione is a transformation, a transfer or a secondment.
type Trasformazione struct {
	CodiceTrasformazione  string // table trasformazione
	DataTrasformazione    Data   // day of effect
	DistaccoParziale      string // SI or NO: partial secondment
	DistaccoAziendaEstera string // SI or NO: secondment to a foreign firm
	Contratto             Contratto
	SedePrecedente        *SedePrecedente   // former workplace, for a transfer
	DatoreLavoroPrec      *DatorePrecedente // former employer, regional variant
	DatoreDistaccatario   *DatoreDistaccatario
}

// SedePrecedente is the workplace a transfer leaves.
type SedePrecedente struct {
	Comune    CodiceComune
	Indirizzo string
}

// DatorePrecedente names a former employer.
type DatorePrecedente struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
}

// DatoreDistaccatario is the host employer of a secondment.
type DatoreDistaccatario struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
	Settore       string
	Sede          Sede
	PatINAIL      string
}

// Cessazione is a termination.
type Cessazione struct {
	DataCessazione Data
	CodiceCausa    string // table cessazione
	Contratto      Contratto
}

// Tirocinio is a traineeship.
type Tirocinio struct {
	TipologiaEntePromotore string        // kind of promoter, two digits
	CFSoggettoPromotore    CodiceFiscale // cfSoggettoPromotore
	Denominazione          string        // promoter's name
	CategoriaTirocinante   string        // two digits
	TipologieTirocinio     string        // A, B or C
}

// Kind is UNILAV.
func (c *Comunicazione) Kind() string { return UNILAV }

// Movement tells which movement is set, "" if none.
func (c *Comunicazione) Movement() Movimento {
	switch {
	case c.InizioRapporto != nil:
		return ASS
	case c.Proroga != nil:
		return PRO
	case c.Trasformazione != nil:
		return TRS
	case c.Cessazione != nil:
		return CES
	}
	return ""
}

// Rapporto is the relationship that the movement carries, nil without one.
func (c *Comunicazione) Rapporto() *Contratto {
	switch {
	case c.InizioRapporto != nil:
		return c.InizioRapporto
	case c.Proroga != nil:
		return &c.Proroga.Contratto
	case c.Trasformazione != nil:
		return &c.Trasformazione.Contratto
	case c.Cessazione != nil:
		return &c.Cessazione.Contratto
	}
	return nil
}

// Employer is the employer's codice fiscale.
func (c *Comunicazione) Employer() CodiceFiscale { return c.DatoreLavoro.CodiceFiscale }

// Worker is the worker's codice fiscale, "" if the communication has none.
func (c *Comunicazione) Worker() CodiceFiscale {
	if c.Lavoratore.AnagraficaCompleta == nil {
		return ""
	}
	return c.Lavoratore.AnagraficaCompleta.CodiceFiscale
}

// Start is the day the relationship started, YYYY-MM-DD, "" if there is none.
// With employer and worker it identifies a relationship.
func (c *Comunicazione) Start() string {
	if r := c.Rapporto(); r != nil {
		return r.DataInizio.Day()
	}
	return ""
}

// Workplace is where the work is done: a comune or a foreign state.
func (c *Comunicazione) Workplace() CodiceComune { return c.DatoreLavoro.SedeLavoro.Comune }

// Previous is the code of the communication referred to, "" if none was given;
// the forms of zeros that senders use for none count as not given.
func (c *Comunicazione) Previous() CodiceComunicazione {
	if !c.CodiceComunicazionePrec.Given() {
		return ""
	}
	return c.CodiceComunicazionePrec
}

// Tipo is the type of communication, as 01 ordinary or 03 rectification.
func (c *Comunicazione) Tipo() string { return c.TipoComunicazione }

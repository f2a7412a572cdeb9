package co

// UniSomm is one UNISOMM communication (DM 30 October 2007, national format
// UniSomm, edition CO190701R1): agency work, that is the relationship of a
// worker with an agency and the mission at a user firm. A field is named as the
// element or attribute that carries it.
type UniSomm struct {
	Intestazione

	AgenziaSomministrazione AgenziaSomministrazione
	Lavoratore              Lavoratore
	DittaUtilizzatrice      *DittaUtilizzatrice // the user firm and the mission, nil without mission
	DatiVariazione          *DatiVariazione     // what changes, nil for a first start

	TipoComunicazione TipoComunicazione // two digits, table tipo_comunicazione
}

// AgenziaSomministrazione is the agency: the employer.
type AgenziaSomministrazione struct {
	CodiceFiscale            CodiceFiscaleInternazionale
	Denominazione            string
	AgenziaEstera            string      // agenziaestera, SI or NO: agency of another state
	NumeroIscrizioneAlbo     string      // number in the register of agencies
	DatoreAnagraficaCompleta *Anagrafica // owner or legal representative
	SedeLavoro               Sede        // operating seat
	SedeLegale               Sede        // legal seat
	RapportoAgenziaSomm      RapportoAgenziaSomm
}

// RapportoAgenziaSomm is the relationship between worker and agency.
type RapportoAgenziaSomm struct {
	DataInizioSomm           Data
	DataFineSomm             Data
	DataFinePeriodoFormativo Data                  // end of an apprentice's training
	DataFineProroga          Data                  // end of an extension, regional variant
	EntePrevidenziale        EntePrevidenziale     // social security body, two digits
	CodiceEntePrevidenziale  string                // agency's number there
	TipologiaContrattuale    TipologiaContrattuale // contract type, table tipologia_contrattuale
	IndennitaDisponibilita   string                // availability allowance, whole euros
	LavInMobilita            string                // SI or NO: worker from the mobility list
	NumeroAgenziaSomm        string                // agency's own number
	NumeroMatricola          string                // worker's number at the agency
}

// DittaUtilizzatrice is the firm where the worker is sent.
type DittaUtilizzatrice struct {
	CodiceFiscale           CodiceFiscale // absent for a foreign firm
	Denominazione           string
	NumeroContrattoSomm     string // number of the supply contract, nine digits
	DataInizioContrattoSomm Data   // supply contract, first day
	DataFineContrattoSomm   Data   // supply contract, last day
	SedeLavoro              Sede   // place of the mission
	SedeLegale              Sede   // legal seat

	DittaUtilizzatriceEsteraOperanteInItalia string  // SI or NO: foreign firm at work in Italy
	Settore                                  Settore // ATECO sector, nn.nn.nn
	PubblicaAmministrazione                  string  // SI or NO
	InizioContratto                          InizioContratto
}

// InizioContratto holds the mission.
type InizioContratto struct {
	Inizio Missione
}

// Missione is the mission: element Inizio.
type Missione struct {
	DataInizioMissione                        Data
	DataFineMissione                          Data
	GgLavorativePreviste                      string                // expected working days, agriculture only
	DescrizioneAttivita                       string                // what the worker does
	DescrizioneAttivitaAgricol                string                // likewise, agriculture only
	RischioAsbestosiSilicosi                  string                // SI or NO: risk of asbestosis and silicosis
	VoceTariffa1                              string                // voceTariffa_1: item of the accident insurance's tariff
	VoceTariffa2                              string                // voceTariffa_2
	VoceTariffa3                              string                // voceTariffa_3
	LavoroInAgricoltura                       string                // SI or NO: agricultural
	AssunzioneObbligatoria                    string                // SI or NO: compulsory placement (law 68/1999)
	CategoriaLavoratoreAssunzioneObbligatoria CategoriaObbligatoria // its category, two letters

	PatINAIL               string // position at the accident insurance
	TipoOrario             TipoOrario
	QualificaProfessionale QualificaProfessionale // occupation
	CCNL                   CCNL                   // ccnl: collective agreement
	LivelloInquadramento   string                 // grade
	RetribuzioneCompenso   string                 // gross yearly pay, whole euros
}

// DatiVariazione is a change of what was communicated: exactly one of the
// three, which the first digit of the code tells (2, 3 and 4).
type DatiVariazione struct {
	CodiceVariazione   CodiceVariazione // table variazione_somministrazione
	DatiProroga        *DatiProroga
	DatiTrasformazione *DatiTrasformazione
	DatiCessazione     *DatiCessazione
}

// DatiProroga is an extension.
type DatiProroga struct {
	DataFineProroga Data // new end
}

// DatiTrasformazione is a transformation or a transfer.
type DatiTrasformazione struct {
	DataTrasformazione   Data                 // day of effect
	CodiceTrasformazione CodiceTrasformazione // table trasformazione
}

// DatiCessazione is the end of the mission or of the relationship.
type DatiCessazione struct {
	DataCessazione Data
	CodiceCausa    CausaCessazione // table cessazione
}

// Kind is UNISOMM.
func (c *UniSomm) Kind() string { return UNISOMM }

// Particulars reads what identifies c. The employer is the agency, and the
// relationship is the agency's with the worker, whatever missions it has.
func (c *UniSomm) Particulars() Particulars {
	agency := &c.AgenziaSomministrazione
	p := Particulars{
		Code:      c.CodiceComunicazione,
		Previous:  c.CodiceComunicazionePrec.given(),
		Tipo:      c.TipoComunicazione,
		Movement:  c.Movement(),
		Employer:  CodiceFiscale(agency.CodiceFiscale),
		Start:     agency.RapportoAgenziaSomm.DataInizioSomm.Day(),
		Workplace: c.workplace(),
	}
	if a := c.Lavoratore.AnagraficaCompleta; a != nil {
		p.Worker = a.CodiceFiscale
	}
	return p
}

// Effect is the day of what c reports: the start, of the mission if there is
// one; the end of the term that is extended, the transformation or the end. It
// is "" if c does not tell.
func (c *UniSomm) Effect() Data {
	mission, v := c.Mission(), c.DatiVariazione
	switch {
	case v == nil && mission != nil:
		return mission.DataInizioMissione
	case v == nil:
		return c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm
	case v.DatiProroga != nil && mission != nil:
		return mission.DataFineMissione
	case v.DatiProroga != nil:
		return c.AgenziaSomministrazione.RapportoAgenziaSomm.DataFineSomm
	case v.DatiTrasformazione != nil:
		return v.DatiTrasformazione.DataTrasformazione
	case v.DatiCessazione != nil:
		return v.DatiCessazione.DataCessazione
	}
	return ""
}

// workplace is where the work is done. National rule AZ-04 makes the region of
// the workplace competent, and during a mission the worker is at the user
// firm's. Without mission, or with one abroad, which is of no region, the
// agency's operating seat is the only place the document has, and the one where
// rule AZ-05 lets agencies communicate.
func (c *UniSomm) workplace() CodiceComune {
	if u := c.DittaUtilizzatrice; u != nil && !u.SedeLavoro.Comune.Foreign() {
		return u.SedeLavoro.Comune
	}
	return c.AgenziaSomministrazione.SedeLavoro.Comune
}

// Mission is the mission, nil without one.
func (c *UniSomm) Mission() *Missione {
	if c.DittaUtilizzatrice == nil {
		return nil
	}
	return &c.DittaUtilizzatrice.InizioContratto.Inizio
}

// Movement tells what c reports: without variation the start, by whether there
// is a mission; else what the code of the variation says, "" for a code that is
// not in the table.
func (c *UniSomm) Movement() Movimento {
	switch {
	case c.DatiVariazione != nil:
		return c.DatiVariazione.CodiceVariazione.Movement()
	case c.DittaUtilizzatrice != nil:
		return ASSINIMIS
	}
	return ASS
}

// The movements of UNISOMM beside ASS, PRO, TRS and CES, which there concern
// the relationship alone. They are named as the regional systems name them.
const (
	ASSINIMIS Movimento = "ASSINIMIS" // hiring and start of a mission
	PROPROMIS Movimento = "PROPROMIS" // 2.02: extension of relationship and mission
	PROMIS    Movimento = "PROMIS"    // 2.03: extension of a mission
	TRSTRSMIS Movimento = "TRSTRSMIS" // 3.01: transformation during a mission
	TRAMIS    Movimento = "TRAMIS"    // 3.03: mission moved to another site of the user firm
	TRA       Movimento = "TRA"       // 3.04: worker moved to another site of the agency
	FINEMIS   Movimento = "FINEMIS"   // 4.01: end of a mission
)

// Movement is what a code of the table variazione_somministrazione reports, ""
// for any other code.
func (c CodiceVariazione) Movement() Movimento {
	switch c {
	case "2.01":
		return PRO
	case "2.02":
		return PROPROMIS
	case "2.03":
		return PROMIS
	case "3.01":
		return TRSTRSMIS
	case "3.02":
		return TRS
	case "3.03":
		return TRAMIS
	case "3.04":
		return TRA
	case "4.01":
		return FINEMIS
	case "4.02":
		return CES
	}
	return ""
}

// OfMission reports whether the movement concerns a mission, so that its
// communication must carry one.
func (m Movimento) OfMission() bool {
	switch m {
	case ASSINIMIS, PROPROMIS, PROMIS, TRSTRSMIS, TRAMIS, FINEMIS:
		return true
	}
	return false
}

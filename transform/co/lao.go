package co

// Lao is one communication of occasional self-employed work. The format is the
// project's own, made from the sections of the ministry's user manual (domain
// page lavoro-autonomo-occasionale-manual), edition LAO2026R1. What the hub
// gives or reads of any kind stands on the root, as in the national formats.
type Lao struct {
	Versione                string              // edition of the format
	CodiceComunicazione     CodiceComunicazione // given by the receiving node; sixteen zeros from senders
	CodiceComunicazionePrec CodiceComunicazione // the communication varied or annulled
	DataInvio               string              // xs:dateTime, instant of sending as the sender wrote it

	Committente        Committente        // section 1
	LavoratoreAutonomo LavoratoreAutonomo // section 2
	RapportoDiLavoro   RapportoDiLavoro   // section 3
	DatiInvio          DatiInvio          // section 4
}

// TipoLao is what a LAO communication is for. It is no code of the national
// table of types.
type TipoLao string

// The types of LAO.
const (
	Preventiva   TipoLao = "P" // announces the work
	Variazione   TipoLao = "V" // changes what an earlier one said
	Annullamento TipoLao = "A" // takes an earlier one back
)

// Committente is the client.
type Committente struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
	SedeLegale    *Luogo // seat
}

// Luogo is an address in Italy.
type Luogo struct {
	Comune    CodiceComune
	Indirizzo string // street address
	Cap       string // postal code
}

// LavoratoreAutonomo is the worker. Exactly one of document and permit is set.
type LavoratoreAutonomo struct {
	Anagrafica          Anagrafica
	DocumentoIdentita   *DocumentoIdentita
	PermessoDiSoggiorno *ExtraCE
	Domicilio           Domicilio
}

// DocumentoIdentita is an identity document.
type DocumentoIdentita struct {
	Tipo         string // which document, in words
	Numero       string
	DataScadenza Data // expiry
}

// Domicilio is where the worker lives: exactly one of the two is set.
type Domicilio struct {
	Italia *DomicilioItaliano
	Estero *DomicilioEstero
}

// DomicilioItaliano is a domicile in Italy.
type DomicilioItaliano struct {
	Comune    CodiceComune
	Indirizzo string
	Cap       string
}

// DomicilioEstero is a domicile abroad.
type DomicilioEstero struct {
	Stato       CodiceComune // foreign state
	CittaEstera string       // city in it
}

// RapportoDiLavoro is the work agreed.
type RapportoDiLavoro struct {
	DataInizio      Data
	Termine         string // days within which it will be completed: 7, 15 or 30
	Descrizione     string
	CompensoStimato string // estimated fee, euros with at most two decimals
	SediDiLavoro    SediDiLavoro
}

// SediDiLavoro are the workplaces, one or more; the first decides the competent
// region.
type SediDiLavoro struct {
	SedeDiLavoro []Luogo
}

// DatiInvio says who sends, and what for.
type DatiInvio struct {
	CodiceFiscaleCompilatore CodiceFiscale // who fills in the communication
	EMailCompilatore         string
	TipoComunicazione        TipoLao
}

// Kind is LAO.
func (c *Lao) Kind() string { return LAO }

// Particulars reads what identifies c.
func (c *Lao) Particulars() Particulars {
	p := Particulars{
		Code:     c.CodiceComunicazione,
		Previous: c.CodiceComunicazionePrec.given(),
		Tipo:     TipoComunicazione(c.DatiInvio.TipoComunicazione),
		Employer: c.Committente.CodiceFiscale,
		Worker:   c.LavoratoreAutonomo.Anagrafica.CodiceFiscale,
		Start:    c.RapportoDiLavoro.DataInizio.Day(),
	}
	if at := c.RapportoDiLavoro.SediDiLavoro.SedeDiLavoro; len(at) > 0 {
		p.Workplace = at[0].Comune
	}
	return p
}

package co

// UniLav is one UNILAV communication (DM 30 October 2007, national
// format UniLav, edition CO190701R1). A field is named as the element or
// attribute that carries it. An empty string means that the optional element
// or attribute is absent; a nil pointer, that the block is.
type UniLav struct {
	Intestazione
	AssunzioneForzaMaggiore  string // SI or NO: hiring due to force majeure
	DescrizioneForzaMaggiore string // its reason

	DatoreLavoro          DatoreLavoro
	Lavoratore            Lavoratore
	LavoratoreCoobbligato *Lavoratore // second worker of a job-sharing contract

	// Exactly one of the four is set: the movement.
	InizioRapporto *Contratto
	Proroga        *Proroga
	Trasformazione *Trasformazione
	Cessazione     *Cessazione

	TipoComunicazione TipoComunicazione // two digits, table tipo_comunicazione
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
	Settore                  Settore     // ATECO sector, nn.nn.nn
	PubblicaAmministrazione  string      // SI or NO
}

// Lavoratore is the worker.
type Lavoratore struct {
	AnagraficaCompleta  *Anagrafica       // never nil for the worker, may be for the co-obliged one
	ExtraCE             *ExtraCE          // residence permit
	ModelloQ            *ModelloQ         // employer's commitments for a non-EU worker
	IndirizzoLavoratore Sede              // domicile
	LivelloIstruzione   LivelloIstruzione // level of education, two digits
}

// Proroga is an extension.
type Proroga struct {
	DataFineProroga     Data   // new end
	ProsecuzioneDiFatto string // SI or NO: continued de facto
	Contratto           Contratto
}

// Trasformazione is a transformation, a transfer or a secondment.
type Trasformazione struct {
	CodiceTrasformazione  CodiceTrasformazione // table trasformazione
	DataTrasformazione    Data                 // day of effect
	DistaccoParziale      string               // SI or NO: partial secondment
	DistaccoAziendaEstera string               // SI or NO: secondment to a foreign firm
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
	Settore       Settore
	Sede          Sede
	PatINAIL      string
}

// Cessazione is a termination.
type Cessazione struct {
	DataCessazione Data
	CodiceCausa    CausaCessazione // table cessazione
	Contratto      Contratto
}

// Tirocinio is a traineeship.
type Tirocinio struct {
	TipologiaEntePromotore EntePromotore        // kind of promoter, two digits
	CFSoggettoPromotore    CodiceFiscale        // cfSoggettoPromotore
	Denominazione          string               // promoter's name
	CategoriaTirocinante   CategoriaTirocinante // two digits
	TipologieTirocinio     TipologiaTirocinio   // A, B or C
}

// Kind is UNILAV.
func (c *UniLav) Kind() string { return UNILAV }

// Particulars reads what identifies c.
func (c *UniLav) Particulars() Particulars {
	p := Particulars{
		Code:      c.CodiceComunicazione,
		Previous:  c.CodiceComunicazionePrec.given(),
		Tipo:      c.TipoComunicazione,
		Movement:  c.Movement(),
		Employer:  c.DatoreLavoro.CodiceFiscale,
		Workplace: c.DatoreLavoro.SedeLavoro.Comune,
	}
	if a := c.Lavoratore.AnagraficaCompleta; a != nil {
		p.Worker = a.CodiceFiscale
	}
	if r := c.Rapporto(); r != nil {
		p.Start = r.DataInizio.Day()
	}
	return p
}

// Movement tells which movement is set, "" if none.
func (c *UniLav) Movement() Movimento {
	return movementOf(c.InizioRapporto != nil, c.Proroga != nil, c.Trasformazione != nil, c.Cessazione != nil)
}

// Effect is the day of what c reports: the start, the end of the term that is
// extended, the transformation or the termination; "" if it does not tell.
func (c *UniLav) Effect() Data {
	switch {
	case c.InizioRapporto != nil:
		return c.InizioRapporto.DataInizio
	case c.Proroga != nil:
		return c.Proroga.Contratto.DataFine
	case c.Trasformazione != nil:
		return c.Trasformazione.DataTrasformazione
	case c.Cessazione != nil:
		return c.Cessazione.DataCessazione
	}
	return ""
}

// Rapporto is the relationship that the movement carries, nil without one.
func (c *UniLav) Rapporto() *Contratto {
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

package co

// UniMare is one UNIMARE communication, of seafarers. No schema and no document
// of the kind was at hand: names and places are those of its own schema
// here, which marks them as inferred. An empty string means that the optional
// element or attribute is absent; a nil pointer, that the block is.
type UniMare struct {
	Intestazione
	AssunzioneForzaMaggiore  string // SI or NO: hiring due to force majeure
	DescrizioneForzaMaggiore string // its reason

	DatoreLavoro Armatore
	Lavoratore   Marittimo

	// Exactly one of the four is set: the movement. Unlike those of UNILAV, the
	// later ones do not carry the relationship.
	InizioRapporto *RapportoMarittimo
	Proroga        *ProrogaMarittima
	Trasformazione *TrasformazioneMarittima
	Cessazione     *CessazioneMarittima

	TipoComunicazione TipoComunicazione // two digits, table tipo_comunicazione
}

// Armatore is the employer of a seafarer, the shipowner.
type Armatore struct {
	CodiceFiscale          CodiceFiscale
	Denominazione          string
	RapportoTerraComandata string // SI or NO: duty ashore
	Nave                   *Nave
	SedeTerra              *Sede   // workplace ashore; it has no contacts
	Settore                Settore // ATECO sector, nn.nn.nn
	DatoreDistaccatario    *DistaccatarioMarittimo
}

// Nave is the ship on which a seafarer serves.
type Nave struct {
	Tipo             string       // kind
	Internazionale   string       // SI or NO: on international voyages
	StazzaMin5Ton    string       // SI or NO: five tons at least
	Denominazione    string       // name
	NIMO             string       // number at the International Maritime Organization
	NumeroIscrizione string       // number in the register of ships
	LuogoIscrizione  CodiceComune // place of that register
}

// DistaccatarioMarittimo names the host employer of a secondment.
type DistaccatarioMarittimo struct{ CodiceFiscale CodiceFiscale }

// Marittimo is the seafarer.
type Marittimo struct {
	CategoriaIscrizione string // category in the register of seafarers
	NumeroMatricola     string // number there
	LuogoMatricola      string // office that keeps it
	AnagraficaCompleta  *Anagrafica
}

// RapportoMarittimo is the employment relationship of a seafarer.
type RapportoMarittimo struct {
	DataInizio            Data
	DataFine              Data
	TipologiaContrattuale TipologiaContrattuale // contract type, table tipologia_contrattuale
	ContrattoVerbale      string                // SI or NO: agreed by word of mouth
	EntePrevidenziale     EntePrevidenziale     // social security body, two digits
	SocioLavoratore       string                // SI or NO: working member of a cooperative
	CCNL                  CCNL                  // ccnl: collective agreement
	Agevolazioni          string                // contribution relief
}

// ProrogaMarittima is an extension.
type ProrogaMarittima struct{ DataFineProroga Data }

// TrasformazioneMarittima is a transformation.
type TrasformazioneMarittima struct {
	CodiceTrasformazione CodiceTrasformazione // table trasformazione
	DataTrasformazione   Data                 // day of effect
}

// CessazioneMarittima is a termination.
type CessazioneMarittima struct {
	CodiceCausa    CausaCessazione // table cessazione
	DataCessazione Data
}

// Kind is UNIMARE.
func (c *UniMare) Kind() string { return UNIMARE }

// Particulars reads what identifies c. Only a hiring states the start. The
// workplace is the one ashore, else the comune in whose register the ship is: a
// ship has no other place that a competent region could follow from.
func (c *UniMare) Particulars() Particulars {
	p := Particulars{
		Code:     c.CodiceComunicazione,
		Previous: c.CodiceComunicazionePrec.given(),
		Tipo:     c.TipoComunicazione,
		Movement: c.Movement(),
		Employer: c.DatoreLavoro.CodiceFiscale,
	}
	if a := c.Lavoratore.AnagraficaCompleta; a != nil {
		p.Worker = a.CodiceFiscale
	}
	if c.InizioRapporto != nil {
		p.Start = c.InizioRapporto.DataInizio.Day()
	}
	switch d := &c.DatoreLavoro; {
	case d.SedeTerra != nil:
		p.Workplace = d.SedeTerra.Comune
	case d.Nave != nil:
		p.Workplace = d.Nave.LuogoIscrizione
	}
	return p
}

// Movement tells which movement is set, "" if none.
func (c *UniMare) Movement() Movimento {
	return movementOf(c.InizioRapporto != nil, c.Proroga != nil, c.Trasformazione != nil, c.Cessazione != nil)
}

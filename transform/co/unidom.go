package co

// UniDom is one UNIDOM communication, of domestic work. No schema and no
// document of the kind was at hand: names and places are those of its own
// schema here, which marks them as inferred. An empty string means that the
// optional element or attribute is absent; a nil pointer, that the block is.
type UniDom struct {
	Intestazione

	DatoreDomestico   DatoreDomestico
	Lavoratore        LavoratoreDomestico
	InizioRapporto    RapportoDomestico
	Dichiarazioni     *Dichiarazioni
	TipoComunicazione TipoComunicazione // two digits, table tipo_comunicazione
}

// DatoreDomestico is the domestic employer: an organisation has Denominazione,
// a person Cognome and Nome (national rule AZ-09).
type DatoreDomestico struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
	Cognome       string
	Nome          string
}

// LavoratoreDomestico is the domestic worker.
type LavoratoreDomestico struct{ AnagraficaCompleta *Anagrafica }

// RapportoDomestico is the relationship of domestic work.
type RapportoDomestico struct {
	DataInizio            Data
	DataFine              Data
	TipologiaContrattuale TipologiaContrattuale // contract type, table tipologia_contrattuale
	CCNLApplicato         string                // ccnlApplicato, SI or NO: the agreement of domestic work applies
}

// Dichiarazioni is what a domestic employer declares, each SI or NO.
type Dichiarazioni struct {
	Coniuge    string // employer and worker are married
	Parente    string // they are relatives
	Invalido   string // the employer is disabled
	Convivente string // they live together
}

// Kind is UNIDOM.
func (c *UniDom) Kind() string { return UNIDOM }

// Particulars reads what identifies c, always a hiring. The known fields have
// no workplace.
func (c *UniDom) Particulars() Particulars {
	p := Particulars{
		Code:     c.CodiceComunicazione,
		Previous: c.CodiceComunicazionePrec.given(),
		Tipo:     c.TipoComunicazione,
		Movement: ASS,
		Employer: c.DatoreDomestico.CodiceFiscale,
		Start:    c.InizioRapporto.DataInizio.Day(),
	}
	if a := c.Lavoratore.AnagraficaCompleta; a != nil {
		p.Worker = a.CodiceFiscale
	}
	return p
}

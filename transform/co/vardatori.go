package co

// VarDatori is one VARDATORI communication: the employer changes name, or a
// business or a branch of it passes to another employer with its workers
// (national format VarDatori, edition CO190701R1). A field is named as the
// element or attribute that carries it. An empty string means that the optional
// element or attribute is absent; a nil pointer, that the block is.
type VarDatori struct {
	Intestazione

	DatoreAttuale     DatoreAttuale
	TipoComunicazione TipoComunicazione // two digits, table tipo_comunicazione; before the choice

	// Exactly one of the two is set.
	TrasferimentoAzienda     *TrasferimentoAzienda
	VariazioneRagioneSociale *VariazioneRagioneSociale
}

// DatoreAttuale is the employer after the change: the one who takes over, or
// the one with the new name.
type DatoreAttuale struct {
	CodiceFiscale           CodiceFiscale
	Denominazione           string
	Sede                    Sede    // legal seat: decides the competent region (national rule AZ-04)
	Settore                 Settore // ATECO sector, nn.nn.nn
	PubblicaAmministrazione string  // SI or NO
}

// TrasferimentoAzienda is the transfer of a business or of a branch of it.
type TrasferimentoAzienda struct {
	CodiceTrasferimento CodiceTrasferimento // table trasferimento_azienda
	DataInizio          Data                // day of effect
	DataFineAffittoRamo Data                // end of the lease, code 02 alone
	DatorePrecedente    DatoreCedente
	SedeLavoro          []SedeTrasferita // at least one
}

// DatoreCedente is the employer that gives the business away.
type DatoreCedente struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
	Sede          Sede // legal seat
	Settore       Settore
}

// SedeTrasferita is a workplace that changes employer, with those who work there.
type SedeTrasferita struct {
	Sede
	Lavoratori []RapportoTrasferito // at least one
}

// RapportoTrasferito is one employment relationship that goes with a workplace.
// The format calls it Lavoratori.
type RapportoTrasferito struct {
	Contratto      Contratto
	DatiLavoratore DatiLavoratore
}

// VariazioneRagioneSociale is a change of name.
type VariazioneRagioneSociale struct {
	DenominazionePrecedente string
	DataVariazione          Data
}

// Kind is VARDATORI.
func (c *VarDatori) Kind() string { return VARDATORI }

// Particulars reads what identifies c: it concerns the current employer, at its
// legal seat (national rule AZ-04), and no worker alone.
func (c *VarDatori) Particulars() Particulars {
	return Particulars{
		Code:      c.CodiceComunicazione,
		Previous:  c.CodiceComunicazionePrec.given(),
		Tipo:      c.TipoComunicazione,
		Employer:  c.DatoreAttuale.CodiceFiscale,
		Start:     c.Effect().Day(),
		Workplace: c.DatoreAttuale.Sede.Comune,
	}
}

// Workers counts the relationships that a transfer moves.
func (c *VarDatori) Workers() int {
	n := 0
	if t := c.TrasferimentoAzienda; t != nil {
		for i := range t.SedeLavoro {
			n += len(t.SedeLavoro[i].Lavoratori)
		}
	}
	return n
}

// Effect is the day of the transfer or of the change of name, "" without either.
func (c *VarDatori) Effect() Data {
	switch {
	case c.TrasferimentoAzienda != nil:
		return c.TrasferimentoAzienda.DataInizio
	case c.VariazioneRagioneSociale != nil:
		return c.VariazioneRagioneSociale.DataVariazione
	}
	return ""
}

package co

// UniUrg is one UNIURG communication: a hiring that cannot wait, told in a few
// words, which a full one follows (national format UniUrg, edition CO130131).
// A field is named as the element or attribute that carries it. An empty string
// means that the optional element or attribute is absent.
type UniUrg struct {
	Intestazione
	MotivoUrgenza      string // why it cannot wait
	DataInizioRapporto Data   // day the relationship starts

	DatoreLavoro      DatoreUrgenza
	Lavoratore        DatiLavoratore
	TipoComunicazione TipoComunicazione // two digits, table tipo_comunicazione
}

// DatoreUrgenza is the employer of an urgent hiring.
type DatoreUrgenza struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
}

// Kind is UNIURG.
func (c *UniUrg) Kind() string { return UNIURG }

// Particulars reads what identifies c. The format has no workplace.
func (c *UniUrg) Particulars() Particulars {
	return Particulars{
		Code:     c.CodiceComunicazione,
		Previous: c.CodiceComunicazionePrec.given(),
		Tipo:     c.TipoComunicazione,
		Employer: c.DatoreLavoro.CodiceFiscale,
		Worker:   c.Lavoratore.CodiceFiscale,
		Start:    c.DataInizioRapporto.Day(),
	}
}

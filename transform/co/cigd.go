package co

// Cigd is one request of wage guarantee in derogation, made to a region. The
// format is the project's own, edition CIGD2026R1: the envelope of a request,
// without lists of workers or attachments.
type Cigd struct {
	Intestazione

	Richiedente      Richiedente
	Periodo          Periodo
	NumeroLavoratori string // workers concerned
	OreRichieste     string // hours of all of them together
	Causale          string // reason
}

// Richiedente is the employer who asks.
type Richiedente struct {
	CodiceFiscale CodiceFiscale
	Denominazione string
	Sede          Luogo // whose workers are concerned: decides the competent region
}

// Periodo is a period, both days included.
type Periodo struct{ Dal, Al Data }

// Kind is CIGD.
func (c *Cigd) Kind() string { return CIGD }

// Particulars reads what identifies c. A request concerns no single worker, so
// only its previous code joins it to others.
func (c *Cigd) Particulars() Particulars {
	return Particulars{
		Code:      c.CodiceComunicazione,
		Previous:  c.CodiceComunicazionePrec.given(),
		Employer:  c.Richiedente.CodiceFiscale,
		Start:     c.Periodo.Dal.Day(),
		Workplace: c.Richiedente.Sede.Comune,
	}
}

package co

// Prospetto is one UNIPI communication: the prospetto informativo of law
// 68/1999, article 9, in the format of edition PIDISABILI001600. A field is
// named as the element or attribute that carries it, which the format writes in
// lower case. Numbers are the digits as written. An empty string means that the
// optional element or attribute is absent; a nil pointer, that the block is.
type Prospetto struct {
	Versione                      string              // edition of the format
	CodiceComunicazione           CodiceComunicazione // given by the receiving node; sixteen zeros from senders
	CodiceComunicazionePrecedente CodiceComunicazione // the prospetto corrected or annulled
	DataInvio                     string              // xs:dateTime, instant of sending as the sender wrote it
	Delegato                      CodiceFiscale       // who sends in the employer's place
	TipoDelegato                  TipoDelegato        // what entitles the delegate
	EMailDelegato                 string              // e-mailDelegato: e-mail of who sends
	Protocollo                    string              // sender's protocol number, eight zeros if unused

	Quadro1           Quadro1
	Quadro2           []Quadro2 // one a province
	Quadro3           *Quadro3
	TipoComunicazione TipoComunicazione // 01 sending, 02 rectification, 03 annulment
}

// Sender is who sends, as Intestazione.Sender.
func (p *Prospetto) Sender() (CodiceFiscale, TipoDelegato, string) {
	return p.Delegato, p.TipoDelegato, p.EMailDelegato
}

// The types of UNIPI, which has a table of its own (national rule RET-06).
const (
	UnipiInvio        TipoComunicazione = "01"
	UnipiRettifica    TipoComunicazione = "02"
	UnipiAnnullamento TipoComunicazione = "03"
)

// Quadro1 has the employer and the national data.
type Quadro1 struct {
	DatiProspetto               DatiProspetto
	DatiAziendali               DatiAziendali
	Gradualita                  *Gradualita
	SospensioneMobilita         *SospensioneMobilita
	AssunzioniPubblicaSelezione []AssunzioniPubblicaSelezione // one a region
}

// DatiProspetto is what the prospetto refers to.
type DatiProspetto struct {
	DataRiferimento             Data                        // reference day, the last of the year
	Capogruppo                  string                      // S or N: leads a group of companies
	CFCapogruppo                CodiceFiscaleInternazionale // tax code of the company that leads the group
	CapogruppoEstera            string                      // S or N: that company is foreign
	NLavoratoriNazionali        string                      // workers in the whole country
	CategoriaAzienda            string                      // size: A, B or C
	DataPrimaAssunzione         Data                        // first further hiring
	DataSecondaAssunzione       Data                        // second one
	NessunaAssunzioneAggiuntiva string                      // N with those days, else S or absent
}

// DatiAziendali is the employer.
type DatiAziendali struct {
	Dichiarante Dichiarante
	SedeLegale  SedeLegaleProspetto
	Referente   Referente
}

// Dichiarante is who declares.
type Dichiarante struct {
	TipologiaDichiarante string // A to D
	CodiceFiscale        CodiceFiscale
	Denominazione        string
	Settore              Settore // ATECO sector, nn.nn.nn
	CCNL                 CCNL    // collective agreement
}

// SedeLegaleProspetto is the legal seat.
type SedeLegaleProspetto struct {
	ComuneSedeLegale    CodiceComune
	CapSedeLegale       string
	IndirizzoSedeLegale string
	Contatti
	PECEmail string // certified e-mail
}

// Contatti are how to reach a seat or a person.
type Contatti struct {
	Telefono string
	Fax      string
	Email    string
}

// Referente is the contact person.
type Referente struct {
	CodiceFiscale CodiceFiscale
	Cognome       string
	Nome          string
	Indirizzo     string
	Comune        CodiceComune
	Cap           string
	Contatti
}

// Gradualita is the gradual fulfilment of the duty after a change into a
// private employer.
type Gradualita struct {
	DataAtto                                   Data
	EstremiAtto                                string // number of the act
	AssunzioniNonDisabiliPrimaDiTrasformazione string
	DataTrasformazione                         Data
	Percentuale                                string
}

// SospensioneMobilita is the suspension during a mobility procedure.
type SospensioneMobilita struct {
	SospensionePerMobilita string // S or N
	DataFineSospensione    Data
}

// AssunzioniPubblicaSelezione are the hirings by public selection in a region.
type AssunzioniPubblicaSelezione struct {
	Regione       Regione
	SaldoDisabili string // balance, perhaps negative
	SaldoExArt18  string // the same of protected categories
	Note          string
}

// Quadro2 has the data of one province.
type Quadro2 struct {
	DatiProvinciali        DatiProvinciali
	PersonaleDipendente    PersonaleDipendente
	PersonaleNonDipendente PersonaleNonDipendente
	LavoratoriComputabili  []LavoratoriComputabili // one a worker
	PostiLavoro            []PostiLavoro           // posts offered
	Compensazioni          []Compensazioni         // with other provinces
	Sospensioni            *Sospensioni
	Gradualita             *GradualitaProvinciale
	Esoneri                *Esoneri
	Esoneri60PerMille      *Esoneri60PerMille
	Convenzione            *Convenzione
	Note                   string
}

// DatiProvinciali is a province and the employer's seat there.
type DatiProvinciali struct {
	Provincia                 Provincia
	SedeRiferimento           SedeRiferimento
	Referente                 ReferenteProvinciale
	NPostiCentralinisti       string // posts of switchboard operator
	NPostiMassofisioterapisti string // posts of massage therapist
}

// SedeRiferimento is the seat in a province.
type SedeRiferimento struct {
	Comune    CodiceComune
	Cap       string
	Indirizzo string
	Contatti
}

// ReferenteProvinciale is the contact person in a province.
type ReferenteProvinciale struct {
	Cognome string
	Nome    string
}

// PersonaleDipendente are the employees in a province.
type PersonaleDipendente struct {
	NLavoratori            string
	Disabili               LavoratoriInForza
	Centralinisti          LavoratoriInForza // blind switchboard operators
	Massofisioterapisti    LavoratoriInForza // blind massage therapists
	Telelavoro             LavoratoriInForza
	CategorieEscluse       []CategorieEscluse
	DettaglioPartTime      []DettaglioPartTime
	DettaglioIntermittenti []DettaglioIntermittenti
	CategorieProtette      string // workers of protected categories
	DiCuiInForzaAl17012000 string // those of them employed on 17 January 2000
}

// LavoratoriInForza counts workers, full-time and part-time.
type LavoratoriInForza struct {
	NLavoratoriTempoPieno string
	PartTime              []PartTime
}

// PartTime counts part-time workers of the same hours, hh:mm.
type PartTime struct {
	NLavoratoriPartTime           string
	OrarioSettimanaleContrattuale string // by the agreement
	OrarioSettimanalePartTime     string // worked
}

// CategorieEscluse counts the workers of a category that does not count.
type CategorieEscluse struct {
	Categoria string // four digits
	Numero    string
}

// DettaglioPartTime counts part-time workers of the same hours, hh:mm.
type DettaglioPartTime struct {
	Numero                        string
	OrarioSettimanaleContrattuale string
	OrarioSettimanalePartTime     string
}

// DettaglioIntermittenti counts on-call workers of the same hours, hh:mm.
type DettaglioIntermittenti struct {
	Numero                        string
	OrarioSettimanaleContrattuale string
	OrarioSettimanaleSvolto       string
}

// PersonaleNonDipendente are disabled workers who are not employees.
type PersonaleNonDipendente struct {
	LavoratoriDisabiliSomministrati LavoratoriInForza // agency workers
	LavoratoriDisabiliConv12bis14   LavoratoriInForza // by agreements of articles 12-bis and 14
}

// LavoratoriComputabili is a worker who counts.
type LavoratoriComputabili struct {
	Lavoratore     LavoratoreComputabile
	RapportoLavoro RapportoComputabile
}

// LavoratoreComputabile is that worker as a person.
type LavoratoreComputabile struct {
	CodiceFiscale         CodiceFiscale
	Cognome               string
	Nome                  string
	Sesso                 string // M or F
	DataNascita           Data
	ComuneNascita         CodiceComune
	PercentualeDisabilita string
}

// RapportoComputabile is that worker's relationship.
type RapportoComputabile struct {
	DataInizio                Data
	TipologiaContr            TipologiaContrattuale
	DataFine                  Data
	Qualifica                 QualificaProfessionale
	TipoAssunzione            string // one character
	OrarioSettimanale         string // hh:mm
	OrarioSettimanalePartTime string // hh:mm
	CategoriaSogg             string // D disabled, C protected
	CategoriaAss              string // NU by number, NO by name
}

// PostiLavoro are posts offered.
type PostiLavoro struct {
	QualificaProf             QualificaProfessionale
	Mansione                  string
	NPosti                    string
	CategoriaSogg             string // D disabled, C protected
	ComuneAss                 CodiceComune
	CapacitaControindicazioni string
	BarriereArchitettoniche   string // S or N
	TurniNotturni             string // S or N
	MezziPubblici             string // S or N
	CategoriaAss              string // NU by number, NO by name
}

// Compensazioni is a compensation with another province.
type Compensazioni struct {
	Provincia                  Provincia
	CategoriaComp              string // E surplus, R reduction
	Numero                     string
	CategoriaSogg              string // D disabled, C protected
	CodiceFiscaleAziendaGruppo CodiceFiscale
}

// Sospensioni is the suspension of the duty.
type Sospensioni struct {
	Stato               string // E granted, F asked for
	Causale             string // one character
	DataFineSospensione Data
	NumeroLavoratori    string
}

// GradualitaProvinciale is the gradual fulfilment in a province.
type GradualitaProvinciale struct{ NAssunzioni string }

// Esoneri is a partial exemption.
type Esoneri struct {
	Stato            string // E granted, F asked for
	DataAtto         Data
	EstremiAtto      string
	FinoAl           Data
	Percentuale      string
	NumeroLavoratori string
}

// Esoneri60PerMille is the exemption of workers insured at sixty per thousand
// and more.
type Esoneri60PerMille struct {
	DataAutocertificazione     Data
	NumeroLavoratori60PerMille string
	NumeroLavoratoriEsonero    string
	Percentuale                string
}

// Convenzione is an agreement with the services.
type Convenzione struct {
	Stato                 string // E granted, F asked for
	DataAtto              Data
	EstremiAtto           string
	TipoConvenzione       string // one character
	NumLavoratoriPrevisti string // two digits
	DataStipula           Data
	DataConcessione       Data
}

// Quadro3 is the summary.
type Quadro3 struct {
	RiepilogoNazionale             RiepilogoNazionale
	ElencoRiepilogativoProvinciale []RiepilogoProvinciale
	Note                           string
}

// RiepilogoNazionale has the national totals.
type RiepilogoNazionale struct {
	NumLavBaseComputoArt3   string
	NumLavBaseComputoArt18  string
	QuotaRiservaDisabili    string
	QuotaRiservaCatProtette string
	Esoneri                 string
	Disabili                string
	CatProtette             string
	QuotaEsuberiArt18       string
	ScopertureDisabili      string
	ScopertureCatProtette   string
	SospensioniInCorso      string // S or N
}

// RiepilogoProvinciale has the totals of one province.
type RiepilogoProvinciale struct {
	Provincia                Provincia
	NumLavBaseComputoArt3    string
	NumLavBaseComputoArt18   string
	CategoriaCompDisabili    string // E surplus, R reduction
	NumeroCompDisabili       string
	CategoriaCompCatProtette string // E surplus, R reduction
	NumeroCompCatProtette    string
	Disabili                 string
	CatProtette              string
	QuotaRiservaDisabili     string
	QuotaRiservaCatProtette  string
	Esonerati                string
	ScopertureDisabili       string
	ScopertureCatProtette    string
	SospensioniInCorso       string // S or N
}

// Kind is UNIPI.
func (c *Prospetto) Kind() string { return UNIPI }

// Particulars reads what identifies c. A prospetto speaks of no one worker and
// of no relationship, so it has no start: only the previous code chains it. The
// known fields do not say which region is competent. Employers of several
// regions send one prospetto where their legal seat is (interministerial decree
// of 2 November 2010, as the services of Basilicata and Veneto explain it), so
// the legal seat stands for the workplace; where that is abroad, the seat in the
// first province: our reading. A consultant sends where the consultant's own
// seat is, which no field tells: a prospetto must never be refused for its region.
func (c *Prospetto) Particulars() Particulars {
	p := Particulars{
		Code:      c.CodiceComunicazione,
		Previous:  c.CodiceComunicazionePrecedente.given(),
		Tipo:      c.TipoComunicazione,
		Employer:  c.Quadro1.DatiAziendali.Dichiarante.CodiceFiscale,
		Workplace: c.Quadro1.DatiAziendali.SedeLegale.ComuneSedeLegale,
	}
	if p.Workplace.Foreign() && len(c.Quadro2) > 0 {
		p.Workplace = c.Quadro2[0].DatiProvinciali.SedeRiferimento.Comune
	}
	return p
}

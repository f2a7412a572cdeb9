package co

// The kinds of communication.
const (
	UNILAV    = "UNILAV"    // hiring, extension, transformation, termination
	UNISOMM   = "UNISOMM"   // agency work: relationship and mission
	UNIURG    = "UNIURG"    // urgent hiring, summary only
	VARDATORI = "VARDATORI" // change of employer: name, transfer of business
	UNIMARE   = "UNIMARE"   // seafarers
	UNIDOM    = "UNIDOM"    // domestic work
	UNIPI     = "UNIPI"     // prospetto informativo of disabled workers
	LAO       = "LAO"       // occasional self-employed work
	CIGD      = "CIGD"      // request of wage guarantee, regional
)

// Kinds lists the kinds that the model has.
func Kinds() []string {
	return []string{
		UNILAV,
		UNISOMM,
		UNIURG,
		VARDATORI,
		UNIMARE,
		UNIDOM,
		UNIPI,
		LAO,
		CIGD,
	}
}

// Comunicazione is one communication of any kind: *UniLav and its like.
type Comunicazione interface {
	// Kind is the kind, as UNILAV.
	Kind() string
	// Particulars reads what identifies the communication, whatever its kind.
	Particulars() Particulars
}

// Particulars are what the path of a submission needs to know of any
// communication. What a kind has not, or has several of, is empty.
type Particulars struct {
	Code      CodiceComunicazione // as the sender wrote it
	Previous  CodiceComunicazione // the communication referred to; the forms of zeros that mean none are empty
	Tipo      TipoComunicazione
	Movement  Movimento
	Employer  CodiceFiscale // the one who communicates: employer, agency, client
	Worker    CodiceFiscale
	Start     string       // day the relationship started, YYYY-MM-DD; with employer and worker it identifies a relationship
	Workplace CodiceComune // comune or foreign state that decides the competent region
}

// Movimento is what a communication reports.
type Movimento string

// The four movements of UNILAV, by the abbreviations of the national rules.
const (
	ASS Movimento = "ASS" // InizioRapporto: hiring, start of a relationship
	PRO Movimento = "PRO" // Proroga: extension
	TRS Movimento = "TRS" // Trasformazione: transformation, transfer, secondment
	CES Movimento = "CES" // Cessazione: termination
)

// movementOf is the movement whose block is there, "" if none is.
func movementOf(ass, pro, trs, ces bool) Movimento {
	switch {
	case ass:
		return ASS
	case pro:
		return PRO
	case trs:
		return TRS
	case ces:
		return CES
	}
	return ""
}

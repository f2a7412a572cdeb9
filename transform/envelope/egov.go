package envelope

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/snodo-co/snodo/xsd/datetime"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The constants of SPCoop's header (e-Gov envelope 1.1).
const (
	EGovNS    = "http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/"
	EGovActor = "http://www.cnipa.it/eGov_it/portadominio"

	EGovSynchronous = "EGOV_IT_ServizioSincrono" // ProfiloCollaborazione of question and answer
	EGovSPC         = "SPC"                      // tipo of parties and services
	EGovTimeSPC     = "EGOV_IT_SPC"              // tempo: the clock is the network's
	EGovTimeLocal   = "EGOV_IT_Locale"           // tempo: the sender's own clock
	EGovAtMostOnce  = "EGOV_IT_ALPIUUNAVOLTA"    // inoltro: repetitions are filtered
	EGovOften       = "EGOV_IT_PIUDIUNAVOLTA"    // inoltro: they need not be; the default
)

// EGovHeader is the name of SPCoop's block of Header.
func EGovHeader() Name { return Name{EGovNS, "Intestazione"} }

// EGov is SPCoop's header of a message: who sends it to whom, by which service,
// under which name. Absent texts are empty, absent instants zero. The lists of
// transits, which only say where a message went through, are checked and not
// kept.
type EGov struct {
	Sender        Party
	Recipient     Party
	Profile       string // ProfiloCollaborazione
	Collaboration string // Collaborazione, an identifier
	ServiceType   string // Servizio/@tipo
	Service       string
	Action        string
	ID            string    // Messaggio/Identificatore
	Registered    time.Time // Messaggio/OraRegistrazione
	Clock         string    // its tempo
	Reference     string    // Messaggio/RiferimentoMessaggio
	Expires       time.Time // Messaggio/Scadenza
	Delivery      string    // ProfiloTrasmissione/@inoltro, "" without that element
	Acknowledge   bool      // its confermaRicezione
	Sequence      string    // Sequenza/@numeroProgressivo
	Riscontri     []Riscontro
	Exceptions    []Exception
}

// Party is an IdentificativoParte.
type Party struct{ Type, Name string }

// Riscontro tells the sender of a message that it arrived, and when.
type Riscontro struct {
	ID         string
	Registered time.Time
	Clock      string
}

// Exception is one Eccezione: what is wrong with a message, told to its sender.
type Exception struct {
	Context  string // contestoCodifica
	Code     string // EGOV_IT_110
	Severity string // rilevanza
	Position string // posizione
}

// The contexts of exceptions, and the severity that stops a message.
const (
	contextHeader     = "ErroreIntestazioneMessaggioSPCoop"
	contextProcessing = "ErroreProcessamentoMessaggioSPCoop"
	severe            = "GRAVE"
)

// What the codes of e-Gov faults begin with, and what SPCoop writes in its place.
const (
	codesHere   = "EGOV-"
	codesSPCoop = "EGOV_IT_"
)

// IsEGov reports whether a fault is one that SPCoop has a code for.
func IsEGov(c fault.Code) bool { return strings.HasPrefix(string(c), codesHere) }

// ExceptionOf tells a fault as SPCoop does; the fault is one by IsEGov.
func ExceptionOf(f fault.Fault) Exception {
	e := Exception{
		Context: contextHeader, Severity: severe, Position: f.Path,
		Code: codesSPCoop + strings.TrimPrefix(string(f.Code), codesHere),
	}
	if f.Code == fault.EGovProcessing {
		e.Context = contextProcessing
	}
	return e
}

// Identifier is a message's identifier in its parts: the sender's name, its
// port's, a number and a minute.
type Identifier struct {
	Sender, Port string
	Serial       int // 0 to MaxSerial
	Minute       time.Time
}

// MaxSerial is the greatest Serial: it has seven digits.
const MaxSerial = 9_999_999

// minuteLayout is of the last two parts of an identifier.
const minuteLayout = "2006-01-02_15:04"

// maxIdentifier bounds an identifier in bytes. The schema has no bound; names of
// parties and ports are far below.
const maxIdentifier = 255

// String writes the identifier as messages carry it.
func (id Identifier) String() string {
	serial := strconv.Itoa(id.Serial)
	serial = strings.Repeat("0", max(0, 7-len(serial))) + serial
	return id.Sender + "_" + id.Port + "_" + serial + "_" + id.Minute.Format(minuteLayout)
}

// ParseIdentifier reads an identifier (IdentificatoreType of the schema: two
// words of letters and digits, seven digits, day and minute, joined by _). The
// day must exist; the minute is of no zone.
func ParseIdentifier(s string) (Identifier, bool) {
	parts := strings.SplitN(s, "_", 4)
	if len(parts) != 4 || len(s) > maxIdentifier || !IsWord(parts[0]) || !IsWord(parts[1]) || !digits(parts[2], 7) {
		return Identifier{}, false
	}
	minute, err := time.Parse(minuteLayout, parts[3])
	if err != nil || minute.Format(minuteLayout) != parts[3] {
		return Identifier{}, false
	}
	serial, _ := strconv.Atoi(parts[2])
	return Identifier{Sender: parts[0], Port: parts[1], Serial: serial, Minute: minute}, true
}

// IsWord reports whether s can be the name of a party or port in an identifier.
func IsWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0
}

func digits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }

// instantLayout is how instants are written: those of SPCoop have no zone.
const instantLayout = "2006-01-02T15:04:05.000"

// parseInstant reads an xs:dateTime; one without zone is of place. In the hour that
// the clocks of place show twice it means two instants: first and last are different
// then.
func parseInstant(s string, place *time.Location) (first, last time.Time, ok bool) {
	t, ok := datetime.Parse(s, place)
	first, last = t, t
	if _, zoned := datetime.Parse(s, nil); !ok || zoned {
		return first, last, ok
	}
	shown := func(t time.Time) string { return t.Format("15:04") }
	if other := t.Add(-time.Hour); shown(other) == shown(t) { // which of the two Go gives is not said
		first = other
	}
	if other := t.Add(time.Hour); shown(other) == shown(t) {
		last = other
	}
	return first, last, true
}

// AppendEGov appends the header as a block that declares its own prefixes.
// Instants are written in their own location, without zone. What is empty is
// left out.
func AppendEGov(dst []byte, h EGov) []byte {
	w := NewWriter(dst)
	w.Start("eGov_IT:Intestazione", "xmlns:eGov_IT", EGovNS, "xmlns:SOAP_ENV", SOAP11,
		"SOAP_ENV:actor", EGovActor, "SOAP_ENV:mustUnderstand", "1")
	w.Start("eGov_IT:IntestazioneMessaggio")
	party(w, "eGov_IT:Mittente", h.Sender)
	party(w, "eGov_IT:Destinatario", h.Recipient)
	given(w, "eGov_IT:ProfiloCollaborazione", h.Profile)
	given(w, "eGov_IT:Collaborazione", h.Collaboration)
	if h.Service != "" {
		w.Element("eGov_IT:Servizio", h.Service, "tipo", h.ServiceType)
	}
	given(w, "eGov_IT:Azione", h.Action)
	w.Start("eGov_IT:Messaggio")
	w.Element("eGov_IT:Identificatore", h.ID)
	registered(w, h.Registered, h.Clock)
	given(w, "eGov_IT:RiferimentoMessaggio", h.Reference)
	if !h.Expires.IsZero() {
		w.Element("eGov_IT:Scadenza", h.Expires.Format(instantLayout))
	}
	w.End("eGov_IT:Messaggio")
	if h.Delivery != "" {
		w.Empty("eGov_IT:ProfiloTrasmissione", "inoltro", h.Delivery, "confermaRicezione", strconv.FormatBool(h.Acknowledge))
	}
	if h.Sequence != "" {
		w.Empty("eGov_IT:Sequenza", "numeroProgressivo", h.Sequence)
	}
	w.End("eGov_IT:IntestazioneMessaggio")
	if len(h.Riscontri) > 0 {
		w.Start("eGov_IT:ListaRiscontri")
		for _, r := range h.Riscontri {
			w.Start("eGov_IT:Riscontro")
			w.Element("eGov_IT:Identificatore", r.ID)
			registered(w, r.Registered, r.Clock)
			w.End("eGov_IT:Riscontro")
		}
		w.End("eGov_IT:ListaRiscontri")
	}
	if len(h.Exceptions) > 0 {
		w.Start("eGov_IT:ListaEccezioni")
		for _, e := range h.Exceptions {
			w.Empty("eGov_IT:Eccezione", "contestoCodifica", e.Context, "codiceEccezione", e.Code,
				"rilevanza", e.Severity, "posizione", e.Position)
		}
		w.End("eGov_IT:ListaEccezioni")
	}
	w.End("eGov_IT:Intestazione")
	return w.Bytes()
}

func party(w *Writer, name string, p Party) {
	w.Start(name)
	w.Element("eGov_IT:IdentificativoParte", p.Name, "tipo", p.Type)
	w.End(name)
}

func given(w *Writer, name, text string) {
	if text != "" {
		w.Element(name, text)
	}
}

func registered(w *Writer, t time.Time, clock string) {
	w.Element("eGov_IT:OraRegistrazione", t.Format(instantLayout), "tempo", clock)
}

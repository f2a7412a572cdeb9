package envelope

import (
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// What a caller of the hub reads: the other side of AppendAnswer, AppendFault
// and AppendReceipts.

// FaultAnswer is a SOAP 1.1 fault as a caller reads it.
type FaultAnswer struct {
	Code   string // faultcode without its prefix
	Text   string // faultstring
	Errors []Error
}

// Error is one Errore of a fault's detail.
type Error struct {
	Code   string // stable code, as SOAP-10
	Text   string
	Path   string
	Line   int
	Remedy string
}

// Anomaly is one Anomalia of the national binding.
type Anomaly struct {
	Code        string // 0000, 0001 or 0083
	Description string // opened by the hub's own code
	Fields      string
}

// Receipt returns the receipt in the Header, byte for byte; nil if none.
func (e *Envelope) Receipt() []byte {
	for _, b := range e.Blocks {
		if b.Name == (Name{HubNS, "Ricevuta"}) {
			return b.Markup
		}
	}
	return nil
}

// Receipts returns the receipts of a RichiediRicevutaRisposta, byte for byte.
func (e *Envelope) Receipts() ([][]byte, *fault.Fault) {
	if e.Operation != (Name{HubNS, "RichiediRicevutaRisposta"}) {
		return nil, &fault.Fault{Code: fault.UnknownOperation}
	}
	r := e.Body()
	var all [][]byte
	for {
		kind, f := next(r, fault.RequestShape)
		if f != nil {
			return nil, f
		}
		if kind != xmltoken.Start {
			return all, nil
		}
		b, f := e.block()
		if f != nil {
			return nil, f
		}
		all = append(all, b.Markup)
	}
}

// Fault reads the fault in the Body; ok tells whether there is one.
func (e *Envelope) Fault() (answer FaultAnswer, ok bool) {
	if e.Operation != (Name{SOAP11, "Fault"}) {
		return FaultAnswer{}, false
	}
	r := e.Body()
	f := each(r, func(name string) *fault.Fault {
		switch name {
		case "faultcode":
			return unprefixed(r, &answer.Code)
		case "faultstring":
			return into(r, &answer.Text)
		case "detail":
			return each(r, func(name string) *fault.Fault {
				if name != "Errori" || string(r.Space()) != HubNS {
					return skip(r)
				}
				return readErrors(r, &answer.Errors)
			})
		}
		return skip(r)
	})
	return answer, f == nil
}

func readErrors(r *xmltoken.Reader, list *[]Error) *fault.Fault {
	return each(r, func(string) *fault.Fault {
		var e Error
		var line string
		f := each(r, func(name string) *fault.Fault {
			switch name {
			case "Codice":
				return into(r, &e.Code)
			case "Testo":
				return into(r, &e.Text)
			case "Percorso":
				return into(r, &e.Path)
			case "Riga":
				return into(r, &line)
			case "Rimedio":
				return into(r, &e.Remedy)
			}
			return skip(r)
		})
		e.Line, _ = strconv.Atoi(line)
		*list = append(*list, e)
		return f
	})
}

// ReadAnomalies reads a Descr_Esito; ok is false when it is plain text.
func ReadAnomalies(esito string) (list []Anomaly, ok bool) {
	var r xmltoken.Reader
	r.Reset([]byte(esito), xmltoken.Limits{})
	kind, f := next(&r, fault.RequestShape)
	if f != nil || kind != xmltoken.Start || !is(&r, "", "ListaAnomalie") {
		return nil, false
	}
	f = readAnomalies(&r, &list)
	return list, f == nil
}

// readAnomalies reads the children of the ListaAnomalie whose Start is current.
func readAnomalies(r *xmltoken.Reader, list *[]Anomaly) *fault.Fault {
	return each(r, func(string) *fault.Fault {
		var a Anomaly
		f := each(r, func(name string) *fault.Fault {
			switch name {
			case "CodiceAnomalia":
				return into(r, &a.Code)
			case "DescrizioneAnomalia":
				return into(r, &a.Description)
			case "CampiInErrore":
				return into(r, &a.Fields)
			}
			return skip(r)
		})
		*list = append(*list, a)
		return f
	})
}

// SubmitAnswer is the answer to a submission as a caller reads it.
type SubmitAnswer struct {
	Accepted  bool
	Outcome   string    // Descr_Esito as it came; empty where the operation is our own
	Anomalies []Anomaly // of a refusal, nil if Outcome is plain text
}

// ReadAnswer reads what AppendAnswer wrote; ok is false for anything else.
func (b Binding) ReadAnswer(e *Envelope) (a SubmitAnswer, ok bool) {
	if e.Operation != b.Answer {
		return SubmitAnswer{}, false
	}
	r := e.Body()
	outcome := ""
	f := each(r, func(name string) *fault.Fault {
		switch {
		case name == "Tipo_Risposta" && !b.Own(), name == "Esito" && b.Own():
			return into(r, &outcome)
		case name == "Descr_Esito" && !b.Own():
			return into(r, &a.Outcome)
		case name == "ListaAnomalie" && b.Own():
			return readAnomalies(r, &a.Anomalies)
		}
		return skip(r)
	})
	if f != nil || outcome != "OK" && outcome != "KO" {
		return SubmitAnswer{}, false
	}
	a.Accepted = outcome == "OK"
	if !b.Own() {
		a.Anomalies, _ = ReadAnomalies(a.Outcome)
	}
	return a, true
}

// each calls read for every child of the element whose Start is current, with
// the cursor on the child's Start; read leaves it on the child's End.
func each(r *xmltoken.Reader, read func(name string) *fault.Fault) *fault.Fault {
	for {
		kind, f := next(r, fault.RequestShape)
		if f != nil || kind != xmltoken.Start {
			return f
		}
		if f := read(string(r.Local())); f != nil {
			return f
		}
	}
}

// into reads the text of the current element.
func into(r *xmltoken.Reader, dst *string) *fault.Fault {
	value, f := text(r, fault.RequestShape)
	*dst = string(value)
	return f
}

// unprefixed reads a QName and keeps its local part.
func unprefixed(r *xmltoken.Reader, dst *string) *fault.Fault {
	f := into(r, dst)
	for i := range *dst {
		if (*dst)[i] == ':' {
			*dst = (*dst)[i+1:]
			break
		}
	}
	return f
}

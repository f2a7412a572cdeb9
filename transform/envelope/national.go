package envelope

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// MaxDocument is the longest document in bytes (contracts, Bytes).
const MaxDocument = 4 << 20

// National is a kind of communication as the national binding writes it.
type National struct {
	Kind   string // UNILAV, ...
	suffix string // of the operation's elements
	child  string // the element that holds the document
}

// The operations of the national binding begin with these; the kind's suffix
// follows.
const (
	requestPrefix = "richiesta_RichiestaRispostaSincrona_"
	answerPrefix  = "risposta_RichiestaRispostaSincrona_"
)

// Nationals lists the kinds of the national binding. VarDatoreXML is spelled
// as the binding spells it.
func Nationals() []National {
	return []National{
		{Kind: "UNILAV", suffix: "UniLav", child: "UniLavXML"},
		{Kind: "UNISOMM", suffix: "UniSomm", child: "UniSommXML"},
		{Kind: "UNIURG", suffix: "UniUrg", child: "UniUrgXML"},
		{Kind: "VARDATORI", suffix: "VarDatori", child: "VarDatoreXML"},
	}
}

// NationalOf finds the kind that a request of the national binding submits.
func NationalOf(operation Name) (National, bool) {
	suffix, ok := strings.CutPrefix(operation.Local, requestPrefix)
	if !ok || operation.Space != NationalNS {
		return National{}, false
	}
	for _, n := range Nationals() {
		if n.suffix == suffix {
			return n, true
		}
	}
	return National{}, false
}

// Operation is the expanded name of the kind's request.
func (n National) Operation() Name { return Name{NationalNS, requestPrefix + n.suffix} }

// Document reads the document that a request of this kind carries: the
// characters of its one child, references and CDATA decoded, as UTF-8 with
// outer XML blanks trimmed. The bytes are the caller's to keep.
func (n National) Document(e *Envelope) ([]byte, *fault.Fault) {
	r := e.Body()
	raw, f := onlyChild(r, n.child, fault.DocumentNotString)
	if f != nil {
		return nil, f
	}
	return document(raw, r)
}

// onlyChild reads the text of the one child, in the element's own namespace, of
// the element whose Start is current; elements inside it get the fault nested.
// The slice is the reader's.
func onlyChild(r *xmltoken.Reader, child string, nested fault.Code) ([]byte, *fault.Fault) {
	space := string(r.Space())
	kind, f := next(r, fault.RequestShape)
	if f != nil {
		return nil, f
	}
	if kind != xmltoken.Start || !is(r, space, child) {
		return nil, at(r, fault.RequestShape)
	}
	value, f := text(r, nested)
	if f != nil {
		return nil, f
	}
	return value, last(r)
}

// document judges the string that carries a document.
func document(text []byte, r *xmltoken.Reader) ([]byte, *fault.Fault) {
	text = trim(text)
	switch {
	case len(text) == 0:
		return nil, at(r, fault.DocumentMissing)
	case len(text) > MaxDocument:
		return nil, at(r, fault.DocumentTooLarge)
	case wrongCharset(text):
		return nil, &fault.Fault{Code: fault.DocumentCharset, Line: 1}
	}
	return bytes.Clone(text), nil
}

// wrongCharset tells whether a document begins with a byte order mark or
// declares an encoding other than UTF-8. Whatever else is wrong with it is for
// the signature guard to say.
func wrongCharset(text []byte) bool {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		return true
	}
	end := bytes.Index(text, []byte("?>"))
	if !bytes.HasPrefix(text, []byte("<?xml")) || end < 0 {
		return false
	}
	var r xmltoken.Reader
	r.Reset(text[:end+2], xmltoken.Limits{})
	_, err := r.Next()
	var s *xmltoken.SyntaxError
	return errors.As(err, &s) && s.Reason == xmltoken.Encoding
}

// AppendAnswer appends the whole answer to a request of this kind: the body is
// exactly the national binding's, the receipt (none if empty) is the one block
// of Header, byte for byte. Tipo_Risposta is OK if accepted; otherwise
// Descr_Esito holds the escaped list of the faults that are not warnings.
func (n National) AppendAnswer(dst []byte, accepted bool, faults fault.List, receipt []byte) []byte {
	name := "typ:" + answerPrefix + n.suffix
	w := open(dst, receipt)
	w.Start(name, "xmlns:typ", NationalNS)
	if accepted {
		w.Element("typ:Tipo_Risposta", "OK")
		w.Empty("typ:Descr_Esito")
	} else {
		w.Element("typ:Tipo_Risposta", "KO")
		w.Element("typ:Descr_Esito", anomalies(faults))
	}
	w.End(name)
	return w.close()
}

// anomalies writes the fragment ListaAnomalie, in no namespace.
func anomalies(faults fault.List) string {
	w := NewWriter(make([]byte, 0, 256*(1+len(faults))))
	w.Start("ListaAnomalie")
	for _, f := range faults {
		if f.Warning {
			continue
		}
		w.Start("Anomalia")
		w.Element("CodiceAnomalia", f.Anomalia())
		w.Element("DescrizioneAnomalia", description(f))
		w.Element("CampiInErrore", fields(f.Path))
		w.End("Anomalia")
	}
	w.End("ListaAnomalie")
	return string(w.Bytes())
}

// description is all the binding has room for: the Summary of a fault, the line
// it is about and the remedy.
func description(f fault.Fault) string {
	said := Summary(f)
	if f.Line > 0 {
		said += " Riga " + strconv.Itoa(f.Line) + "."
	}
	if remedy := Remedy(f); remedy != "" {
		said += " " + remedy
	}
	return said
}

// fields turns the path of a fault into the binding's form: names without the
// root and without positions, joined by dots.
func fields(path string) string {
	steps := strings.Split(strings.Trim(path, "/"), "/")
	for i, step := range steps {
		step = strings.TrimPrefix(step, "@")
		step, _, _ = strings.Cut(step, "[")
		_, local, ok := strings.Cut(step, ":")
		if ok {
			step = local
		}
		steps[i] = step
	}
	return strings.Join(steps[1:], ".")
}

package envelope

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// MaxDocument is the longest document in bytes (contracts, Bytes).
const MaxDocument = 4 << 20

// Service is the one by which a region sends to the national node (domain page
// comobbl, SPCoop): ports of domain write it whatever is sent, as the Servizio of an
// e-Gov header and as SOAPAction.
const Service = "InviaComunicazioneObbligatoria"

// Binding is how a kind of communication is submitted: the operation of the
// ministry's national binding or, for a kind that the ministry's services do not
// take, one of the hub's own. Either carries the document as one string, since
// the signature covers exact bytes.
type Binding struct {
	Kind      string // UNILAV, ...
	Operation string // of the WSDL, and the last part of SOAPAction
	Request   Name   // the element of Body
	Answer    Name   // the element of Body in the answer
	Child     string // the element of Request that holds the document
	Inferred  bool   // the names follow the binding's pattern: nobody has seen them in use
}

// Own reports whether the operation is the hub's own.
func (b Binding) Own() bool { return b.Request.Space == HubNS }

// Bindings lists the operations of all kinds, whether served or not.
func Bindings() []Binding { return slices.Clone(bindings()) }

// bindings is the table. VarDatoreXML is spelled as the binding spells it.
var bindings = sync.OnceValue(func() []Binding {
	return []Binding{
		national("UNILAV", "UniLav", "UniLavXML"),
		national("UNISOMM", "UniSomm", "UniSommXML"),
		national("UNIURG", "UniUrg", "UniUrgXML"),
		national("VARDATORI", "VarDatori", "VarDatoreXML"),
		inferred(national("UNIMARE", "UniMare", "UniMareXML")),
		inferred(national("UNIDOM", "UniDom", "UniDomXML")),
		inferred(national("UNIPI", "UniPi", "UniPiXML")),
		own("LAO", "InviaLao", "LaoXML"),
		own("CIGD", "InviaCigd", "CigdXML"),
	}
})

func national(kind, suffix, child string) Binding {
	operation := "RichiestaRispostaSincrona_" + suffix
	return Binding{
		Kind: kind, Operation: operation, Child: child,
		Request: Name{NationalNS, "richiesta_" + operation},
		Answer:  Name{NationalNS, "risposta_" + operation},
	}
}

func inferred(b Binding) Binding {
	b.Inferred = true
	return b
}

func own(kind, operation, child string) Binding {
	return Binding{
		Kind: kind, Operation: operation, Child: child,
		Request: Name{HubNS, operation},
		Answer:  Name{HubNS, operation + "Risposta"},
	}
}

// BindingOf finds the kind that a request submits.
func BindingOf(request Name) (Binding, bool) {
	return find(func(b Binding) bool { return b.Request == request })
}

// BindingOfKind finds how a kind is submitted.
func BindingOfKind(kind string) (Binding, bool) {
	return find(func(b Binding) bool { return b.Kind == kind })
}

func find(is func(Binding) bool) (Binding, bool) {
	i := slices.IndexFunc(bindings(), is)
	if i < 0 {
		return Binding{}, false
	}
	return bindings()[i], true
}

// Document reads the document that a request of this kind carries: the
// characters of its one child, references and CDATA decoded, as UTF-8 with
// outer XML blanks trimmed. The bytes are the caller's to keep.
func (b Binding) Document(e *Envelope) ([]byte, *fault.Fault) {
	r := e.Body()
	raw, f := onlyChild(r, b.Child, fault.DocumentNotString)
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
	case WrongCharset(text):
		return nil, &fault.Fault{Code: fault.DocumentCharset, Line: 1}
	}
	return bytes.Clone(text), nil
}

// WrongCharset tells whether a document begins with a byte order mark or
// declares an encoding other than UTF-8. Whatever else is wrong with it is for
// the signature guard to say.
func WrongCharset(text []byte) bool {
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

// AppendRequest appends a whole request of this kind, as a caller sends it: header
// is markup put verbatim into Header, none if empty.
func (b Binding) AppendRequest(dst, header, document []byte) []byte {
	w := open(dst, header)
	prefix := "typ"
	if b.Own() {
		prefix = "hub"
	}
	name := prefix + ":" + b.Request.Local
	w.Start(name, "xmlns:"+prefix, b.Request.Space)
	w.Start(prefix + ":" + b.Child)
	w.buf = AppendEscaped(w.buf, document)
	w.End(prefix + ":" + b.Child)
	w.End(name)
	return w.close()
}

// AppendAnswer appends the whole answer to a request of this kind: the receipt
// (none if empty) is the one block of Header, byte for byte; the body of a
// national operation is exactly the national binding's, with the faults that are
// not warnings as an escaped list in Descr_Esito. An operation of our own has
// Esito, OK or KO, and the same list as elements.
func (b Binding) AppendAnswer(dst []byte, accepted bool, faults fault.List, receipt []byte) []byte {
	w := open(dst, receipt)
	outcome := "KO"
	if accepted {
		outcome = "OK"
	}
	if b.Own() {
		name := "hub:" + b.Answer.Local
		w.Start(name, "xmlns:hub", HubNS)
		w.Element("hub:Esito", outcome)
		if !accepted {
			anomalies(w, "hub:", faults)
		}
		w.End(name)
		return w.close()
	}
	name := "typ:" + b.Answer.Local
	w.Start(name, "xmlns:typ", NationalNS)
	w.Element("typ:Tipo_Risposta", outcome)
	if accepted {
		w.Empty("typ:Descr_Esito")
	} else {
		list := NewWriter(make([]byte, 0, 256*(1+len(faults))))
		anomalies(list, "", faults)
		w.Element("typ:Descr_Esito", string(list.Bytes()))
	}
	w.End(name)
	return w.close()
}

// anomalies writes ListaAnomalie: of the national binding, in no namespace, or
// of ours, by its prefix.
func anomalies(w *Writer, prefix string, faults fault.List) {
	w.Start(prefix + "ListaAnomalie")
	for _, f := range faults {
		if f.Warning {
			continue
		}
		w.Start(prefix + "Anomalia")
		w.Element(prefix+"CodiceAnomalia", f.Anomalia())
		w.Element(prefix+"DescrizioneAnomalia", description(f))
		w.Element(prefix+"CampiInErrore", fields(f.Path))
		w.End(prefix + "Anomalia")
	}
	w.End(prefix + "ListaAnomalie")
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

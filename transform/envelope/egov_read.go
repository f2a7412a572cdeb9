package envelope

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// maxExceptions bounds what is told of one header, maxItems what is kept of each of
// its lists: a message has at most one riscontro, and exceptions for what is told.
const (
	maxExceptions = 20
	maxItems      = 100
)

// HasEGov reports whether Header holds SPCoop's block, well-formed or not.
func (e *Envelope) HasEGov() bool { return e.Has(EGovHeader()) }

// ReadEGov reads SPCoop's header, instants without zone as those of place. It
// judges form alone: what the schema of the envelope 1.1 says, and that there is
// one header and no identifier of an element twice. The faults are all that is
// wrong, up to a bound, each with its position as Path; the header then holds
// what could be read, and is the zero EGov where there are two. The message must
// have one (HasEGov).
func ReadEGov(e *Envelope, place *time.Location) (EGov, fault.List) {
	many := 0
	for _, b := range e.Blocks {
		if b.Name == EGovHeader() {
			many++
		}
	}
	if many != 1 {
		return EGov{}, fault.List{{Code: fault.EGovEnvelope, Path: "Intestazione"}}
	}
	p := egovReader{r: e.headerBlock(EGovHeader()), place: place}
	p.header()
	return p.h, p.faults
}

// headerBlock gives the reader with its cursor on the Start of the first block
// of this name, which must be there.
func (e *Envelope) headerBlock(name Name) *xmltoken.Reader {
	const depth = 3 // Envelope, Header, block
	e.r.Reset(e.Source, xmltoken.Limits{})
	for {
		// Open has read this source without error, so this cannot fail.
		kind, err := e.r.Next()
		if err != nil || kind == xmltoken.EOF || kind == xmltoken.Start && e.r.Depth() == depth && is(&e.r, name.Space, name.Local) {
			return &e.r
		}
	}
}

// egovReader reads one header. Once it is broken nothing more is read.
type egovReader struct {
	r      *xmltoken.Reader
	place  *time.Location
	h      EGov
	faults fault.List
	broken bool

	path  []string   // elements open, as positions name them
	code  fault.Code // of what is wrong with the innermost part
	ids   []string   // of elements
	party Party      // read last
	one   Riscontro  // being read
}

// part is a child that an element may have, in the order of the schema.
type part struct {
	name     string
	code     fault.Code // of what is wrong with it, its absence included
	required bool
	many     bool
	read     func(*egovReader) // from its Start to its End
}

// tell adds a fault of the open elements, or of what is named below them.
func (p *egovReader) tell(c fault.Code, below string) {
	if p.broken {
		return
	}
	at := strings.Join(p.path, "/")
	switch {
	case at == "" && below == "":
		at = "IntestazioneMessaggio"
	case at == "":
		at = below
	case below != "":
		at += "/" + below
	}
	p.faults = append(p.faults, fault.Fault{Code: c, Path: at, Line: p.r.Line()})
	p.broken = len(p.faults) >= maxExceptions
}

// stop ends the reading: what follows cannot be told apart any more.
func (p *egovReader) stop(c fault.Code) {
	p.tell(c, "")
	p.broken = true
}

// skip passes over the element whose Start is current.
func (p *egovReader) skip() {
	if skip(p.r) != nil {
		p.broken = true
	}
}

// children reads the children of the element whose Start is current against
// the parts it may have, in their order, to its End.
func (p *egovReader) children(parts ...part) {
	var seen [16]bool // more than any element has
	place, outer := 0, p.code
	for !p.broken {
		kind, f := next(p.r, fault.EGovHeader)
		if f != nil {
			p.stop(fault.EGovHeader)
			return
		}
		if kind != xmltoken.Start {
			break
		}
		i := slices.IndexFunc(parts, func(one part) bool { return is(p.r, EGovNS, one.name) })
		switch {
		case i < 0: // the name is the caller's: not told
			p.tell(fault.EGovHeader, "")
			p.skip()
		case i < place, seen[i] && !parts[i].many:
			p.tell(parts[i].code, parts[i].name)
			p.skip()
		default:
			seen[i], place = true, i
			p.enter(parts[i])
		}
	}
	p.code = outer
	for i, one := range parts {
		if one.required && !seen[i] {
			p.tell(one.code, one.name)
		}
	}
}

// enter reads a part. Positions leave out the element that holds nearly all.
func (p *egovReader) enter(one part) {
	p.code = one.code
	if one.name == "IntestazioneMessaggio" {
		one.read(p)
		return
	}
	p.path = append(p.path, one.name)
	one.read(p)
	p.path = p.path[:len(p.path)-1]
}

// header reads the block, its attributes first.
func (p *egovReader) header() {
	actor, must := "", ""
	for _, a := range p.r.Attrs() {
		if string(a.Space) != SOAP11 {
			continue
		}
		switch string(a.Local) {
		case "actor":
			actor = value(a)
		case "mustUnderstand":
			must = value(a)
		}
	}
	if actor != EGovActor {
		p.tell(fault.EGovHeader, "Intestazione/actor")
	}
	if must != "1" {
		p.tell(fault.EGovHeader, "Intestazione/mustUnderstand")
	}
	p.identify("Intestazione/Id")
	p.children(
		part{name: "IntestazioneMessaggio", code: fault.EGovHeader, required: true, read: (*egovReader).message},
		part{name: "ListaRiscontri", code: fault.EGovReceipts, read: (*egovReader).riscontri},
		part{name: "ListaTrasmissioni", code: fault.EGovTransits, read: (*egovReader).transits},
		part{name: "ListaEccezioni", code: fault.EGovEnvelope, read: (*egovReader).exceptions},
	)
}

func (p *egovReader) message() {
	p.identify("IntestazioneMessaggio/Id")
	p.children(
		part{name: "Mittente", code: fault.EGovSender, required: true, read: func(p *egovReader) {
			p.parties()
			p.h.Sender = p.party
		}},
		part{name: "Destinatario", code: fault.EGovRecipient, required: true, read: func(p *egovReader) {
			p.parties()
			p.h.Recipient = p.party
		}},
		part{name: "ProfiloCollaborazione", code: fault.EGovProfile, read: func(p *egovReader) { p.h.Profile = p.text() }},
		part{name: "Collaborazione", code: fault.EGovCollaboration, read: func(p *egovReader) { p.h.Collaboration = p.identifier() }},
		part{name: "Servizio", code: fault.EGovService, read: func(p *egovReader) {
			p.h.ServiceType = p.attr("tipo")
			p.h.Service = p.text()
		}},
		part{name: "Azione", code: fault.EGovAction, read: func(p *egovReader) { p.h.Action = p.text() }},
		part{name: "Messaggio", code: fault.EGovHeader, required: true, read: (*egovReader).identity},
		part{name: "ProfiloTrasmissione", code: fault.EGovTransmission, read: (*egovReader).transmission},
		part{name: "Sequenza", code: fault.EGovSequence, read: func(p *egovReader) {
			p.h.Sequence = p.attr("numeroProgressivo")
			if p.h.Sequence != "" && !digits(p.h.Sequence, 7) {
				p.tell(p.code, "numeroProgressivo")
			}
			p.skip()
		}},
	)
}

// identity reads Messaggio: what the message is called and when it was written.
// An Identificatore that is not there has a code of its own.
func (p *egovReader) identity() {
	const none = "\x00"
	p.h.ID = none
	p.children(
		part{name: "Identificatore", code: fault.EGovIdentifier, read: func(p *egovReader) { p.h.ID = p.identifier() }},
		part{name: "OraRegistrazione", code: fault.EGovRegistered, required: true, read: func(p *egovReader) {
			p.h.Registered, p.h.Clock = p.registered()
		}},
		part{name: "RiferimentoMessaggio", code: fault.EGovReference, read: func(p *egovReader) { p.h.Reference = p.identifier() }},
		part{name: "Scadenza", code: fault.EGovExpiry, read: func(p *egovReader) { _, p.h.Expires = p.instant() }},
	)
	if p.h.ID == none {
		p.h.ID = ""
		p.tell(fault.EGovNoIdentifier, "Identificatore")
	}
}

// transmission reads ProfiloTrasmissione, whose attributes have defaults.
func (p *egovReader) transmission() {
	p.h.Delivery = EGovOften
	for _, a := range p.r.Attrs() {
		switch {
		case len(a.Space) > 0:
		case string(a.Local) == "inoltro":
			p.h.Delivery = value(a)
			if p.h.Delivery != EGovAtMostOnce && p.h.Delivery != EGovOften {
				p.h.Delivery = EGovOften
				p.tell(p.code, "inoltro")
			}
		case string(a.Local) == "confermaRicezione":
			switch strings.Trim(value(a), " ") { // xsd:boolean collapses blanks
			case "true", "1":
				p.h.Acknowledge = true
			case "false", "0":
			default:
				p.tell(p.code, "confermaRicezione")
			}
		}
	}
	p.skip()
}

func (p *egovReader) riscontri() {
	p.identify("Id")
	p.children(part{name: "Riscontro", code: p.code, required: true, many: true, read: func(p *egovReader) {
		p.one = Riscontro{}
		p.children(
			part{name: "Identificatore", code: p.code, required: true, read: func(p *egovReader) { p.one.ID = p.identifier() }},
			part{name: "OraRegistrazione", code: p.code, required: true, read: func(p *egovReader) {
				p.one.Registered, p.one.Clock = p.registered()
			}},
		)
		if len(p.h.Riscontri) < maxItems {
			p.h.Riscontri = append(p.h.Riscontri, p.one)
		}
	}})
}

// transits checks ListaTrasmissioni: the stops of the message on its way.
func (p *egovReader) transits() {
	p.identify("Id")
	p.children(part{name: "Trasmissione", code: p.code, required: true, many: true, read: func(p *egovReader) {
		p.children(
			part{name: "Origine", code: p.code, required: true, read: (*egovReader).parties},
			part{name: "Destinazione", code: p.code, required: true, read: (*egovReader).parties},
			part{name: "OraRegistrazione", code: p.code, required: true, read: func(p *egovReader) { p.registered() }},
		)
	}})
}

func (p *egovReader) exceptions() {
	p.identify("Id")
	p.children(part{name: "Eccezione", code: p.code, required: true, many: true, read: func(p *egovReader) {
		var one Exception
		for _, a := range p.r.Attrs() {
			switch string(a.Local) {
			case "contestoCodifica":
				one.Context = value(a)
			case "codiceEccezione":
				one.Code = value(a)
			case "rilevanza":
				one.Severity = value(a)
			case "posizione":
				one.Position = value(a)
			}
		}
		if len(p.h.Exceptions) < maxItems {
			p.h.Exceptions = append(p.h.Exceptions, one)
		}
		p.skip()
	}})
}

// parties reads the one IdentificativoParte of a Mittente and the like.
func (p *egovReader) parties() {
	p.party = Party{}
	p.children(part{name: "IdentificativoParte", code: p.code, required: true, read: func(p *egovReader) {
		p.party.Type = p.attr("tipo")
		p.party.Name = p.text()
	}})
}

func (p *egovReader) registered() (time.Time, string) {
	clock := p.attr("tempo")
	if clock != "" && clock != EGovTimeSPC && clock != EGovTimeLocal {
		p.tell(p.code, "tempo")
	}
	first, _ := p.instant()
	return first, clock
}

// instant reads an instant that may be two: of when something was, the first holds;
// of when it ends, the last.
func (p *egovReader) instant() (first, last time.Time) {
	first, last, ok := parseInstant(p.text(), p.place)
	if !ok {
		p.tell(p.code, "")
	}
	return first, last
}

// identifier reads a text that has an identifier's form.
func (p *egovReader) identifier() string {
	s := p.text()
	if _, ok := ParseIdentifier(s); !ok {
		p.tell(p.code, "")
		return ""
	}
	return s
}

// text reads the trimmed text of the element whose Start is current.
func (p *egovReader) text() string {
	raw, f := text(p.r, p.code)
	if f != nil {
		p.stop(p.code)
		return ""
	}
	return string(trim(raw))
}

// attr reads an attribute that must be there.
func (p *egovReader) attr(name string) string {
	for _, a := range p.r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == name && len(a.Value) > 0 {
			return value(a)
		}
	}
	p.tell(p.code, name)
	return ""
}

// identify notes the wsu:Id of the element whose Start is current: two elements
// of one name would let two readers see two headers.
func (p *egovReader) identify(below string) {
	for _, a := range p.r.Attrs() {
		if !strings.EqualFold(string(a.Local), "id") {
			continue
		}
		id := value(a)
		if slices.Contains(p.ids, id) {
			p.tell(fault.EGovHeader, below)
		}
		p.ids = append(p.ids, id)
	}
}

// value is an attribute's value; Open has read it without error.
func value(a xmltoken.Attr) string {
	if !bytes.ContainsAny(a.Value, "&\t\n\r") {
		return string(a.Value)
	}
	v, err := xmltoken.AppendAttr(nil, a.Value)
	if err != nil {
		return ""
	}
	return string(v)
}

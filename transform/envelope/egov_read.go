package envelope

import (
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// maxExceptions bounds what is told of one header.
const maxExceptions = 20

// HasEGov reports whether Header holds SPCoop's block, well-formed or not.
func (e *Envelope) HasEGov() bool { return e.has(EGovHeader()) }

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
	ids    []string // of elements
	broken bool
}

// part is a child that an element may have, in the order of the schema.
type part struct {
	name     string
	code     fault.Code // of what is wrong with it, its absence included
	required bool
	many     bool
	read     func(p *egovReader, at string) // from its Start to its End
}

func (p *egovReader) fault(c fault.Code, at string) {
	if p.broken {
		return
	}
	p.faults = append(p.faults, fault.Fault{Code: c, Path: at, Line: p.r.Line()})
	p.broken = len(p.faults) >= maxExceptions
}

// stop ends the reading: what follows cannot be told apart any more.
func (p *egovReader) stop(c fault.Code, at string) {
	p.fault(c, at)
	p.broken = true
}

// skip passes over the element whose Start is current.
func (p *egovReader) skip() {
	if skip(p.r) != nil {
		p.broken = true
	}
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
		p.fault(fault.EGovHeader, "Intestazione/actor")
	}
	if must != "1" {
		p.fault(fault.EGovHeader, "Intestazione/mustUnderstand")
	}
	p.identify("Intestazione")
	p.children("", []part{
		{name: "IntestazioneMessaggio", code: fault.EGovHeader, required: true, read: (*egovReader).message},
		{name: "ListaRiscontri", code: fault.EGovReceipts, read: (*egovReader).riscontri},
		{name: "ListaTrasmissioni", code: fault.EGovTransits, read: (*egovReader).transits},
		{name: "ListaEccezioni", code: fault.EGovEnvelope, read: (*egovReader).exceptions},
	})
}

func (p *egovReader) message(string) {
	p.identify("IntestazioneMessaggio")
	p.children("", []part{
		{name: "Mittente", code: fault.EGovSender, required: true, read: func(p *egovReader, at string) {
			p.h.Sender = p.party(fault.EGovSender, at)
		}},
		{name: "Destinatario", code: fault.EGovRecipient, required: true, read: func(p *egovReader, at string) {
			p.h.Recipient = p.party(fault.EGovRecipient, at)
		}},
		{name: "ProfiloCollaborazione", code: fault.EGovProfile, read: func(p *egovReader, at string) {
			p.h.Profile = p.text(fault.EGovProfile, at)
		}},
		{name: "Collaborazione", code: fault.EGovCollaboration, read: func(p *egovReader, at string) {
			p.h.Collaboration = p.identifier(fault.EGovCollaboration, at)
		}},
		{name: "Servizio", code: fault.EGovService, read: func(p *egovReader, at string) {
			p.h.ServiceType = p.attr("tipo", fault.EGovService, at)
			p.h.Service = p.text(fault.EGovService, at)
		}},
		{name: "Azione", code: fault.EGovAction, read: func(p *egovReader, at string) {
			p.h.Action = p.text(fault.EGovAction, at)
		}},
		{name: "Messaggio", code: fault.EGovHeader, required: true, read: (*egovReader).identity},
		{name: "ProfiloTrasmissione", code: fault.EGovTransmission, read: (*egovReader).transmission},
		{name: "Sequenza", code: fault.EGovSequence, read: func(p *egovReader, at string) {
			p.h.Sequence = p.attr("numeroProgressivo", fault.EGovSequence, at)
			if p.h.Sequence != "" && !digits(p.h.Sequence, 7) {
				p.fault(fault.EGovSequence, at+"/numeroProgressivo")
			}
			p.skip()
		}},
	})
}

// identity reads Messaggio: what the message is called and when it was written.
func (p *egovReader) identity(at string) {
	found := false
	p.children(at, []part{
		{name: "Identificatore", code: fault.EGovIdentifier, read: func(p *egovReader, at string) {
			found = true
			p.h.ID = p.identifier(fault.EGovIdentifier, at)
		}},
		{name: "OraRegistrazione", code: fault.EGovRegistered, required: true, read: func(p *egovReader, at string) {
			p.h.Registered, p.h.Clock = p.registered(fault.EGovRegistered, at)
		}},
		{name: "RiferimentoMessaggio", code: fault.EGovReference, read: func(p *egovReader, at string) {
			p.h.Reference = p.identifier(fault.EGovReference, at)
		}},
		{name: "Scadenza", code: fault.EGovExpiry, read: func(p *egovReader, at string) {
			var ok bool
			if p.h.Expires, ok = parseInstant(p.text(fault.EGovExpiry, at), p.place); !ok {
				p.fault(fault.EGovExpiry, at)
			}
		}},
	})
	if !found {
		p.fault(fault.EGovNoIdentifier, at+"/Identificatore")
	}
}

// transmission reads ProfiloTrasmissione, whose attributes have defaults.
func (p *egovReader) transmission(at string) {
	p.h.Delivery = EGovOften
	for _, a := range p.r.Attrs() {
		switch {
		case len(a.Space) > 0:
		case string(a.Local) == "inoltro":
			p.h.Delivery = value(a)
			if p.h.Delivery != EGovAtMostOnce && p.h.Delivery != EGovOften {
				p.h.Delivery = EGovOften
				p.fault(fault.EGovTransmission, at+"/inoltro")
			}
		case string(a.Local) == "confermaRicezione":
			switch strings.Trim(value(a), " ") { // xsd:boolean collapses blanks
			case "true", "1":
				p.h.Acknowledge = true
			case "false", "0":
			default:
				p.fault(fault.EGovTransmission, at+"/confermaRicezione")
			}
		}
	}
	p.skip()
}

func (p *egovReader) riscontri(at string) {
	p.identify(at)
	p.children(at, []part{{name: "Riscontro", code: fault.EGovReceipts, required: true, many: true, read: func(p *egovReader, at string) {
		var one Riscontro
		p.children(at, []part{
			{name: "Identificatore", code: fault.EGovReceipts, required: true, read: func(p *egovReader, at string) {
				one.ID = p.identifier(fault.EGovReceipts, at)
			}},
			{name: "OraRegistrazione", code: fault.EGovReceipts, required: true, read: func(p *egovReader, at string) {
				one.Registered, one.Clock = p.registered(fault.EGovReceipts, at)
			}},
		})
		p.h.Riscontri = append(p.h.Riscontri, one)
	}}})
}

// transits checks ListaTrasmissioni: the stops of the message on its way.
func (p *egovReader) transits(at string) {
	p.identify(at)
	stop := func(p *egovReader, at string) { p.party(fault.EGovTransits, at) }
	p.children(at, []part{{name: "Trasmissione", code: fault.EGovTransits, required: true, many: true, read: func(p *egovReader, at string) {
		p.children(at, []part{
			{name: "Origine", code: fault.EGovTransits, required: true, read: stop},
			{name: "Destinazione", code: fault.EGovTransits, required: true, read: stop},
			{name: "OraRegistrazione", code: fault.EGovTransits, required: true, read: func(p *egovReader, at string) {
				p.registered(fault.EGovTransits, at)
			}},
		})
	}}})
}

func (p *egovReader) exceptions(at string) {
	p.identify(at)
	p.children(at, []part{{name: "Eccezione", code: fault.EGovEnvelope, required: true, many: true, read: func(p *egovReader, at string) {
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
		p.h.Exceptions = append(p.h.Exceptions, one)
		p.skip()
	}}})
}

// children reads the children of the element whose Start is current against
// the parts it may have, in their order, to its End.
func (p *egovReader) children(at string, parts []part) {
	seen, place := make([]bool, len(parts)), 0
	for !p.broken {
		kind, f := next(p.r, fault.EGovHeader)
		if f != nil {
			p.stop(fault.EGovHeader, or(at, "IntestazioneMessaggio"))
			return
		}
		if kind != xmltoken.Start {
			break
		}
		i := slices.IndexFunc(parts, func(one part) bool { return is(p.r, EGovNS, one.name) })
		switch {
		case i < 0: // a name that nobody gave us: not told, for it is the caller's
			p.fault(fault.EGovHeader, or(at, "IntestazioneMessaggio"))
			p.skip()
		case i < place, seen[i] && !parts[i].many:
			p.fault(parts[i].code, join(at, parts[i].name))
			p.skip()
		default:
			seen[i], place = true, i
			parts[i].read(p, join(at, parts[i].name))
		}
	}
	for i, one := range parts {
		if one.required && !seen[i] {
			p.fault(one.code, join(at, one.name))
		}
	}
}

// party reads the one IdentificativoParte of a Mittente and the like.
func (p *egovReader) party(c fault.Code, at string) (one Party) {
	p.children(at, []part{{name: "IdentificativoParte", code: c, required: true, read: func(p *egovReader, at string) {
		one.Type = p.attr("tipo", c, at)
		one.Name = p.text(c, at)
	}}})
	return one
}

func (p *egovReader) registered(c fault.Code, at string) (time.Time, string) {
	clock := p.attr("tempo", c, at)
	if clock != "" && clock != EGovTimeSPC && clock != EGovTimeLocal {
		p.fault(c, at+"/tempo")
	}
	t, ok := parseInstant(p.text(c, at), p.place)
	if !ok {
		p.fault(c, at)
	}
	return t, clock
}

// identifier reads a text that has an identifier's form.
func (p *egovReader) identifier(c fault.Code, at string) string {
	s := p.text(c, at)
	if _, ok := ParseIdentifier(s); !ok {
		p.fault(c, at)
		return ""
	}
	return s
}

// text reads the trimmed text of the element whose Start is current.
func (p *egovReader) text(c fault.Code, at string) string {
	raw, f := text(p.r, c)
	if f != nil {
		p.stop(c, at)
		return ""
	}
	return string(trim(raw))
}

// attr reads an attribute that must be there.
func (p *egovReader) attr(name string, c fault.Code, at string) string {
	for _, a := range p.r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == name && len(a.Value) > 0 {
			return value(a)
		}
	}
	p.fault(c, at+"/"+name)
	return ""
}

// identify notes the wsu:Id of the element whose Start is current: two elements
// of one name would let two readers see two headers.
func (p *egovReader) identify(at string) {
	for _, a := range p.r.Attrs() {
		if !strings.EqualFold(string(a.Local), "id") {
			continue
		}
		id := value(a)
		if slices.Contains(p.ids, id) {
			p.fault(fault.EGovHeader, at+"/Id")
		}
		p.ids = append(p.ids, id)
	}
}

// value is an attribute's value; Open has read it without error.
func value(a xmltoken.Attr) string {
	v, err := xmltoken.AppendAttr(nil, a.Value)
	if err != nil {
		return ""
	}
	return string(v)
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "/" + name
}

func or(at, otherwise string) string {
	if at == "" {
		return otherwise
	}
	return at
}

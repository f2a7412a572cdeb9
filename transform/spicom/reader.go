package spicom

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The bounds of a regional document. The deepest a communication goes is nine
// elements; the largest seen has 21 kB and some 250 elements.
const (
	MaxDocument = 4 << 20 // bytes (contracts.md, Bytes)
	maxElements = 60_000
	maxUnknown  = 32 // unknown names remembered
)

// limits are those of the tokenizer.
func limits() xmltoken.Limits { return xmltoken.Limits{Depth: 24, Attrs: 16, Decls: 16, Name: 128} }

// document is a regional document as read.
type document struct {
	root    object
	digest  [sha256.Size]byte // of the text, that of dataInvio left out
	unknown []string          // properties passed over, by name
}

// read reads a regional document: UTF-8, outer blanks trimmed.
func read(src []byte) (document, *fault.Fault) {
	if len(src) > MaxDocument {
		return document{}, &fault.Fault{Code: fault.RegionalTooLarge}
	}
	p := parser{src: src, path: []string{"object"}}
	p.r.Reset(src, limits())
	root, f := p.root()
	if f != nil {
		return document{}, f
	}
	h, last := sha256.New(), 0
	for _, s := range p.sent {
		h.Write(src[last:s.from])
		last = s.to
	}
	h.Write(src[last:])
	d := document{root: root, unknown: p.unknown}
	h.Sum(d.digest[:0])
	return d, nil
}

type parser struct {
	src      []byte
	r        xmltoken.Reader
	path     []string // of the current element; unknown names are *
	elements int
	unknown  []string
	text     []byte // buffer
	sent     []span // the contents of dataInvio, in order
}

// span is src[from:to].
type span struct{ from, to int }

// isSent tells whether a path is that of an instant of sending. The return of
// disabled workers has two.
func isSent(path []string) bool {
	return len(path) == 3 && path[2] == "dataInvio" && (path[1] == "datiInvio" || path[1] == "prospetto")
}

// fail makes a fault of the current token.
func (p *parser) fail(code fault.Code) *fault.Fault {
	return &fault.Fault{Code: code, Path: "/" + strings.Join(p.path, "/"), Line: p.r.Line()}
}

// next moves to the next token.
func (p *parser) next() (xmltoken.Kind, *fault.Fault) {
	kind, err := p.r.Next()
	if err != nil {
		return kind, syntax(p.src, err)
	}
	if kind == xmltoken.Start {
		if p.elements++; p.elements > maxElements {
			return kind, p.fail(fault.RegionalTooLarge)
		}
	}
	return kind, nil
}

// syntax makes a fault of a tokenizer's error.
func syntax(src []byte, err error) *fault.Fault {
	f := &fault.Fault{Code: fault.RegionalMalformed}
	var s *xmltoken.SyntaxError
	if !errors.As(err, &s) {
		return f
	}
	f.Line = s.Line
	switch s.Reason {
	case xmltoken.DTD:
		f.Code = fault.RegionalDTD
	case xmltoken.Limit:
		f.Code = fault.RegionalTooLarge
	case xmltoken.Malformed:
		if surrogate(src[min(s.Offset, len(src)):]) {
			f.Code = fault.RegionalSurrogates
		}
	}
	return f
}

// surrogate reports whether text begins with a decimal reference to half a
// character: commons-lang 2 writes characters outside the BMP as two of them.
func surrogate(text []byte) bool {
	digits, ok := strings.CutPrefix(string(text[:min(len(text), 8)]), "&#")
	if !ok {
		return false
	}
	number, _, ok := strings.Cut(digits, ";")
	n, err := strconv.ParseUint(number, 10, 32)
	return ok && err == nil && n >= 0xD800 && n <= 0xDFFF
}

// root reads the whole document. The name of its element is free, its type is not.
func (p *parser) root() (object, *fault.Fault) {
	kind, f := p.skipTo(xmltoken.Start)
	if f != nil {
		return object{}, f
	}
	if kind != xmltoken.Start {
		return object{}, p.fail(fault.RegionalRoot)
	}
	class, ours := strings.CutPrefix(p.attr("type"), dto)
	if !ours || class != classComunicazione && class != classProspetto {
		return object{}, p.fail(fault.RegionalRoot)
	}
	root, f := p.value(class, "")
	if f != nil {
		return root, f
	}
	_, f = p.skipTo(xmltoken.EOF) // or what must not follow
	return root, f
}

// skipTo moves over comments and instructions to a token of that kind or the end.
func (p *parser) skipTo(want xmltoken.Kind) (xmltoken.Kind, *fault.Fault) {
	for {
		kind, f := p.next()
		if f != nil || kind == want || kind == xmltoken.EOF {
			return kind, f
		}
	}
}

// attr returns the value of an attribute without prefix, "" if there is none.
func (p *parser) attr(name string) string {
	for _, a := range p.r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == name {
			value, err := xmltoken.AppendAttr(nil, a.Value)
			if err != nil {
				return ""
			}
			return string(value)
		}
	}
	return ""
}

// shape is what the type of an element says of its content.
type shape struct {
	kind string // a simple type, typeList, typeArray, or the name of a bean
	bean *bean
	item string // Java type of an array's items
}

// shapeOf knows every type that a communication may hold, and no other.
func shapeOf(javaType string) (shape, bool) {
	if kind, ok := scalar(javaType); ok {
		return shape{kind: kind}, true
	}
	if javaType == "java.util.ArrayList" {
		return shape{kind: typeList}, true
	}
	if item, ok := component(javaType); ok {
		return shape{kind: typeArray, item: item}, true
	}
	name, ok := strings.CutPrefix(javaType, dto)
	b := beans()[name]
	return shape{kind: name, bean: b}, ok && b != nil
}

// fits reports whether a value of the shape may be given to a property of the
// declared type; "" is the type of a property nobody knows.
func (s shape) fits(declared string) bool {
	if s.kind == typeArray {
		return declared == "" || declared == s.item+typeArray
	}
	return declared == "" || declared == s.kind || s.bean.is(declared)
}

// value reads the element whose Start is current, to its End. Its type must fit
// the declared one; an item of an array, which has none of its own, is of the
// type item.
func (p *parser) value(declared, item string) (object, *fault.Fault) {
	o := object{line: p.r.Line()}
	javaType := p.attr("type")
	if javaType == "" {
		javaType = item
	}
	if javaType == "" {
		return o, p.fail(fault.RegionalStructure)
	}
	s, ok := shapeOf(javaType)
	if !ok {
		return o, p.fail(fault.RegionalType)
	}
	o.class, o.declared = s.bean, s.kind
	length := p.attr("length")
	text, f := p.content(&o, s)
	if f != nil || o.null {
		return o, f
	}
	switch {
	case !s.fits(declared):
		return o, p.fail(fault.RegionalType)
	case s.kind == typeArray && length != strconv.Itoa(len(o.items)):
		return o, p.fail(fault.RegionalStructure)
	case s.kind == typeArray || s.kind == typeList || s.bean != nil:
		return o, nil
	case !o.set(s.kind, text):
		return o, p.fail(fault.RegionalValue)
	}
	return o, nil
}

// content reads what is inside the element whose Start is current: <null/>
// alone, or what its shape wants. It returns the text of a simple value.
func (p *parser) content(o *object, s shape) (string, *fault.Fault) {
	simple := s.bean == nil && s.kind != typeArray && s.kind != typeList
	if simple {
		p.text = p.text[:0]
	}
	for {
		kind, f := p.next()
		if f != nil {
			return "", f
		}
		switch kind {
		case xmltoken.Text, xmltoken.CData:
			f = p.characters(kind, simple)
		case xmltoken.Start:
			f = p.child(o, s, simple)
		case xmltoken.End:
			if !simple {
				return "", nil
			}
			if o.null && !isBlank(p.text) {
				return "", p.fail(fault.RegionalStructure)
			}
			return string(p.text), nil
		}
		if f != nil {
			return "", f
		}
	}
}

// characters adds text to a simple value; anywhere else only blanks may stand.
func (p *parser) characters(kind xmltoken.Kind, simple bool) *fault.Fault {
	switch {
	case !simple && !isBlank(p.r.Raw()):
		return p.fail(fault.RegionalStructure)
	case simple && kind == xmltoken.CData:
		p.text = xmltoken.AppendCData(p.text, p.r.Raw())
	case simple:
		var err error
		if p.text, err = xmltoken.AppendText(p.text, p.r.Raw()); err != nil {
			return syntax(p.src, err)
		}
	}
	return nil
}

// child reads an element inside a value.
func (p *parser) child(o *object, s shape, simple bool) *fault.Fault {
	switch {
	case o.null:
		return p.fail(fault.RegionalStructure)
	case p.isNull():
		o.null = true
		return p.null(o)
	case simple:
		return p.fail(fault.RegionalStructure)
	case s.bean != nil:
		return p.property(o, s.bean)
	}
	return p.item(o, s)
}

// isNull reports whether the current Start is the mark of a null.
func (p *parser) isNull() bool {
	return string(p.r.Local()) == "null" && len(p.r.Attrs()) == 0
}

// null reads the mark of a null, which stands alone and empty.
func (p *parser) null(o *object) *fault.Fault {
	kind, f := p.next()
	if f == nil && (kind != xmltoken.End || len(o.fields) > 0 || len(o.items) > 0) {
		return p.fail(fault.RegionalStructure)
	}
	return f
}

// property reads a property of a bean. One that the class does not have is
// read, held to the same grammar, and passed over.
func (p *parser) property(o *object, b *bean) *fault.Fault {
	known, ok := b.properties[string(p.r.Local())]
	if !ok {
		p.remember(string(p.r.Local()))
		known = property{name: "*"}
	}
	for i := range o.fields {
		if ok && o.fields[i].name == known.name {
			return p.fail(fault.RegionalStructure)
		}
	}
	p.path = append(p.path, known.name)
	from := p.r.End()
	v, f := p.value(known.declared, "")
	if f != nil {
		return f
	}
	if isSent(p.path) {
		p.sent = append(p.sent, span{from, p.r.Offset()})
	}
	p.path = p.path[:len(p.path)-1]
	if !ok {
		return nil
	}
	if o.fields == nil {
		o.fields = make([]field, 0, len(b.order))
	}
	o.fields = append(o.fields, field{known.name, v})
	return nil
}

// remember notes the name of an unknown property, once.
func (p *parser) remember(name string) {
	if len(p.unknown) < maxUnknown && !slices.Contains(p.unknown, name) {
		p.unknown = append(p.unknown, name)
	}
}

// item reads an item of an array or list. An array's items have their index
// each and no type, a list's a type each and no index.
func (p *parser) item(o *object, s shape) *fault.Fault {
	if string(p.r.Local()) != "element" || s.kind == typeArray && p.attr("index") != strconv.Itoa(len(o.items)) {
		return p.fail(fault.RegionalStructure)
	}
	p.path = append(p.path, "element")
	v, f := p.value("", s.item)
	if f != nil {
		return f
	}
	p.path = p.path[:len(p.path)-1]
	o.items = append(o.items, v)
	return nil
}

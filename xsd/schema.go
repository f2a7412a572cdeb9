package xsd

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// schema is our own reading of one schema file: enough to tell a person what
// was expected where. It knows the constructs our schemas use and refuses any
// other, so that it cannot be silently incomplete.
type schema struct {
	space   string
	root    *element
	elder   *schema // of the same kind, for labels that this one lacks; nil: none
	own     bool    // its names are this project's
	complex map[string]*complexType
	simple  map[string]*simpleType

	nameless []*complexType // those that elements have of their own
}

// element is an element declaration; exactly one of complex and simple is set.
type element struct {
	name, typ string
	label     string // Italian
	inferred  bool   // no schema or document of the edition shows its name, place or type
	min, max  int    // max -1: unbounded
	complex   *complexType
	simple    *simpleType
}

type attribute struct {
	name, typ string
	label     string // Italian
	inferred  bool   // as of an element
	required  bool
	simple    *simpleType
}

type complexType struct {
	model      *particle // nil: empty content
	attributes []*attribute
	elements   map[string]*element // every element of the model
	inferred   bool
}

// particle is an element, or a sequence or choice that occurs exactly once.
type particle struct {
	element *element
	choice  bool
	parts   []*particle
}

// simpleType is a string, xs:date or xs:dateTime with facets.
type simpleType struct {
	base     string
	expected string // Italian
	inferred bool
	patterns []*regexp.Regexp
	values   []string
	min, max int // length in characters; max -1: unbounded
}

const (
	schemaSpace = "http://www.w3.org/2001/XMLSchema"
	ownMark     = "own:" // in the documentation of the schema itself
)

// schemaReader walks the schema document.
type schemaReader struct {
	r        xmltoken.Reader
	schema   *schema
	prefixes map[string]string // namespaces that the schema's root declares
}

func readSchema(text []byte) (*schema, error) {
	s := &schema{complex: make(map[string]*complexType), simple: make(map[string]*simpleType)}
	sr := &schemaReader{schema: s}
	sr.r.Reset(text, xmltoken.Limits{})
	kind, err := sr.r.Next()
	for err == nil && kind != xmltoken.Start {
		kind, err = sr.r.Next()
	}
	if err != nil {
		return nil, err
	}
	s.space, sr.prefixes = sr.get("targetNamespace"), make(map[string]string)
	for _, d := range sr.r.Decls() {
		sr.prefixes[string(d.Prefix)] = string(d.URI)
	}
	if err := sr.children(sr.top); err != nil {
		return nil, fmt.Errorf("read schema: line %d: %w", sr.r.Line(), err)
	}
	if s.root == nil {
		return nil, errors.New("read schema: no root element")
	}
	return s, s.link()
}

// children calls visit with the cursor on the Start of each child in turn;
// visit leaves it on the matching End.
func (sr *schemaReader) children(visit func(name string) error) error {
	for {
		kind, err := sr.r.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmltoken.End:
			return nil
		case xmltoken.Start:
			if string(sr.r.Space()) != schemaSpace {
				return errors.New("element of another namespace")
			}
			if err := visit(string(sr.r.Local())); err != nil {
				return err
			}
		}
	}
}

// only refuses the construct whose Start is current if it says more than our
// reading knows of, as that it is nillable or fixed.
func (sr *schemaReader) only(known ...string) error {
	for _, a := range sr.r.Attrs() {
		if !slices.Contains(known, string(a.Local)) {
			return fmt.Errorf("attribute %s of %s is not read", a.Local, sr.r.Local())
		}
	}
	return nil
}

// get is an attribute of the element whose Start is current, "" if absent.
func (sr *schemaReader) get(name string) string {
	for _, a := range sr.r.Attrs() {
		if string(a.Local) == name {
			// Raw values of a Reader always decode.
			b, _ := xmltoken.AppendAttr(nil, a.Value)
			return string(b)
		}
	}
	return ""
}

// typeNamed reads the name of a type: as the schema declares it or, of a type of
// XML Schema itself, with the prefix xs whatever the schema's is.
func (sr *schemaReader) typeNamed(attribute string) (string, error) {
	text := sr.get(attribute)
	prefix, local, found := strings.Cut(text, ":")
	if !found {
		prefix, local = "", text
	}
	switch space := sr.prefixes[prefix]; {
	case text == "" || space == sr.schema.space:
		return local, nil
	case space == schemaSpace:
		return "xs:" + local, nil
	}
	return "", fmt.Errorf("type %s is not read", text)
}

func (sr *schemaReader) top(name string) error {
	switch name {
	case "annotation":
		return sr.annotation(new(string), new(bool))
	case "element":
		e, err := sr.element()
		sr.schema.root = e
		return err
	case "complexType":
		key := sr.get("name")
		t, err := sr.complexType()
		sr.schema.complex[key] = t
		return err
	case "simpleType":
		key := sr.get("name")
		t, err := sr.simpleType()
		sr.schema.simple[key] = t
		return err
	}
	return unknown(name)
}

func unknown(name string) error { return fmt.Errorf("construct %s is not read", name) }

func (sr *schemaReader) element() (*element, error) {
	e := &element{name: sr.get("name")}
	err := sr.only("name", "type", "minOccurs", "maxOccurs")
	if err != nil {
		return nil, err
	}
	if e.typ, err = sr.typeNamed("type"); err != nil {
		return nil, err
	}
	if e.min, e.max, err = sr.occurs(); err != nil {
		return nil, err
	}
	return e, sr.children(func(name string) error {
		switch name {
		case "annotation":
			return sr.annotation(&e.label, &e.inferred)
		case "complexType":
			t, err := sr.complexType()
			e.complex = t
			sr.schema.nameless = append(sr.schema.nameless, t)
			return err
		case "simpleType":
			t, err := sr.simpleType()
			e.simple = t
			return err
		}
		return unknown(name)
	})
}

func (sr *schemaReader) occurs() (least, most int, err error) {
	least, most = 1, 1
	if v := sr.get("minOccurs"); v != "" {
		if least, err = strconv.Atoi(v); err != nil || least > 1 {
			return 0, 0, errors.New("minOccurs is not read")
		}
	}
	switch v := sr.get("maxOccurs"); v {
	case "":
	case "unbounded":
		most = -1
	default:
		if most, err = strconv.Atoi(v); err != nil || most < 1 {
			return 0, 0, errors.New("maxOccurs is not read")
		}
	}
	return least, most, nil
}

func (sr *schemaReader) complexType() (*complexType, error) {
	t := &complexType{elements: make(map[string]*element)}
	if err := sr.only("name"); err != nil {
		return nil, err
	}
	return t, sr.children(func(name string) error {
		switch name {
		case "annotation": // before everything else
			return sr.annotation(new(string), &t.inferred)
		case "sequence", "choice":
			p, err := sr.group(t, name == "choice", t.inferred)
			t.model = p
			return err
		case "attribute":
			a, err := sr.attribute()
			a.inferred = a.inferred || t.inferred
			t.attributes = append(t.attributes, a)
			return err
		}
		return unknown(name)
	})
}

func (sr *schemaReader) attribute() (*attribute, error) {
	use := sr.get("use")
	a := &attribute{name: sr.get("name"), required: use == "required"}
	typ, err := sr.typeNamed("type")
	a.typ = typ
	if err = cmp.Or(err, sr.only("name", "type", "use")); err != nil {
		return a, err
	}
	if use == "prohibited" {
		return a, errors.New("a prohibited attribute is not read")
	}
	return a, sr.children(func(name string) (err error) {
		switch name {
		case "annotation":
			return sr.annotation(&a.label, &a.inferred)
		case "simpleType":
			a.simple, err = sr.simpleType()
			return err
		}
		return unknown(name)
	})
}

// group reads a sequence or choice. Elements of one name in two branches have
// one type and label, so the first stands for both. What is inferred of a group
// is so of all that is in it.
func (sr *schemaReader) group(t *complexType, choice, inferred bool) (*particle, error) {
	if least, most, err := sr.occurs(); err != nil || least != 1 || most != 1 {
		return nil, errors.New("a repeated group is not read")
	}
	p := &particle{choice: choice}
	return p, sr.children(func(name string) error {
		switch name {
		case "annotation":
			return sr.annotation(new(string), &inferred)
		case "element":
			e, err := sr.element()
			if err != nil {
				return err
			}
			e.inferred = e.inferred || inferred
			if t.elements[e.name] == nil {
				t.elements[e.name] = e
			}
			p.parts = append(p.parts, &particle{element: e})
			return nil
		case "sequence", "choice":
			sub, err := sr.group(t, name == "choice", inferred)
			p.parts = append(p.parts, sub)
			return err
		}
		return unknown(name)
	})
}

// annotation takes the Italian documentation, and sees what is inferred and
// that the schema is our own.
func (sr *schemaReader) annotation(label *string, inferred *bool) error {
	return sr.children(func(name string) error {
		if name != "documentation" {
			return unknown(name)
		}
		italian := sr.get("lang") == "it"
		b, err := sr.r.Text()
		if err != nil {
			return err
		}
		if italian {
			*label = string(b)
		}
		*inferred = *inferred || strings.HasPrefix(string(b), inferredMark)
		sr.schema.own = sr.schema.own || strings.HasPrefix(string(b), ownMark)
		return nil
	})
}

func (sr *schemaReader) simpleType() (*simpleType, error) {
	t := &simpleType{max: -1}
	return t, sr.children(func(name string) error {
		switch name {
		case "annotation":
			return sr.annotation(&t.expected, &t.inferred)
		case "restriction":
			base, err := sr.typeNamed("base")
			if err != nil {
				return err
			}
			if t.base = base; builtin(base) == nil {
				return fmt.Errorf("base %s is not read", base)
			}
			return sr.children(func(name string) error {
				if err := sr.facet(t, name); err != nil {
					return err
				}
				return sr.r.Skip()
			})
		}
		return unknown(name)
	})
}

func (sr *schemaReader) facet(t *simpleType, name string) (err error) {
	value := sr.get("value")
	switch name {
	case "enumeration":
		t.values = append(t.values, value)
	case "pattern":
		var p *regexp.Regexp
		p, err = regexp.Compile(`\A(?:` + value + `)\z`)
		t.patterns = append(t.patterns, p)
	case "length":
		t.min, err = strconv.Atoi(value)
		t.max = t.min
	case "minLength":
		t.min, err = strconv.Atoi(value)
	case "maxLength":
		t.max, err = strconv.Atoi(value)
	default:
		return unknown(name)
	}
	return err
}

// builtin is a type of XML Schema itself; nil for one that is not read.
func builtin(typ string) *simpleType {
	t := &simpleType{base: typ, max: -1}
	switch typ {
	case "xs:string":
	case "xs:date":
		t.expected = "data nella forma aaaa-mm-gg"
	case "xs:dateTime":
		t.expected = "data e ora nella forma aaaa-mm-ggThh:mm:ss, con fuso orario"
	default:
		return nil
	}
	return t
}

// link resolves the names of types, of elements and attributes that have none
// of their own.
func (s *schema) link() error {
	if s.root.complex == nil {
		s.root.complex = s.complex[s.root.typ]
	}
	if s.root.complex == nil {
		return errors.New("read schema: the root is no block")
	}
	for _, t := range s.types() {
		for _, e := range t.elements {
			if e.complex == nil && e.simple == nil {
				e.complex, e.simple = s.complex[e.typ], cmp.Or(s.simple[e.typ], builtin(e.typ))
			}
			if e.complex == nil && e.simple == nil {
				return fmt.Errorf("read schema: no type %s", e.typ)
			}
			e.inferred = e.inferred || e.complex != nil && e.complex.inferred || e.simple != nil && e.simple.inferred
		}
		for _, a := range t.attributes {
			if a.simple == nil {
				a.simple = cmp.Or(s.simple[a.typ], builtin(a.typ))
			}
			if a.simple == nil {
				return fmt.Errorf("read schema: no type %s", a.typ)
			}
			a.inferred = a.inferred || a.simple.inferred
		}
	}
	return nil
}

// types are the blocks of a schema, each once.
func (s *schema) types() []*complexType {
	return slices.AppendSeq(slices.Clone(s.nameless), maps.Values(s.complex))
}

package xsd

import (
	"cmp"
	"errors"
	"fmt"
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
	r      xmltoken.Reader
	schema *schema
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
	s.space = sr.get("targetNamespace")
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
	e := &element{name: sr.get("name"), typ: sr.get("type")}
	err := sr.only("name", "type", "minOccurs", "maxOccurs")
	if err != nil {
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
			a := &attribute{name: sr.get("name"), typ: sr.get("type"), inferred: t.inferred, required: sr.get("use") == "required"}
			t.attributes = append(t.attributes, a)
			if err := cmp.Or(sr.only("name", "type", "use"), usable(sr.get("use"))); err != nil {
				return err
			}
			return sr.children(func(string) error { return sr.annotation(&a.label, &a.inferred) })
		}
		return unknown(name)
	})
}

// usable refuses an attribute that is prohibited.
func usable(use string) error {
	switch use {
	case "", "optional", "required":
		return nil
	}
	return fmt.Errorf("use %s is not read", use)
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
			t.base = sr.get("base")
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

// link resolves the names of types.
func (s *schema) link() error {
	for _, t := range s.simple {
		switch t.base {
		case "xs:string", "xs:date", "xs:dateTime":
		default:
			return fmt.Errorf("read schema: base %s is not read", t.base)
		}
	}
	all := []*complexType{s.root.complex}
	for _, t := range s.complex {
		all = append(all, t)
	}
	for _, t := range all {
		if t == nil {
			return errors.New("read schema: the root has no type of its own")
		}
		for _, e := range t.elements {
			if e.complex, e.simple = s.complex[e.typ], s.simple[e.typ]; e.complex == nil && e.simple == nil {
				return fmt.Errorf("read schema: no type %s", e.typ)
			}
			e.inferred = e.inferred || e.complex != nil && e.complex.inferred || e.simple != nil && e.simple.inferred
		}
		for _, a := range t.attributes {
			if a.simple = s.simple[a.typ]; a.simple == nil {
				return fmt.Errorf("read schema: no type %s", a.typ)
			}
			a.inferred = a.inferred || a.simple.inferred
		}
	}
	return nil
}

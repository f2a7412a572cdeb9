package xsd

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// acceptor recognises valid documents in one reading. What it accepts, the
// engine accepts; what it does not recognise, the engine judges. So it only
// ever saves time, and tests hold it to the engine. It is safe for concurrent
// use.
type acceptor struct {
	space string
	name  string
	root  *shape
	runs  sync.Pool // of *acceptance
}

// shape is what may stand inside one element: a simple value, or children
// by a deterministic automaton over their names, whose first state is 0.
type shape struct {
	value      *matcher // nil: children
	states     []stateOf
	attributes []attributeOf
	required   int // how many of attributes
}

type stateOf struct {
	final bool
	edges []edge
}

type edge struct {
	name string
	to   int
	in   *shape
}

type attributeOf struct {
	name     string
	required bool
	value    *matcher
}

// errNoAcceptor: the schema has a construct that acceptors do not know. Its
// documents are all the engine's.
var errNoAcceptor = errors.New("no acceptor for this schema")

// newAcceptor compiles a schema.
func newAcceptor(s *schema) (*acceptor, error) {
	b := acceptorBuilder{shapes: make(map[*complexType]*shape), matchers: make(map[*simpleType]*matcher)}
	root, err := b.complex(s.root.complex)
	if err != nil {
		return nil, fmt.Errorf("compile acceptor: %w", err)
	}
	a := &acceptor{space: s.space, name: s.root.name, root: root}
	a.runs.New = func() any { return new(acceptance) }
	return a, nil
}

// acceptorBuilder compiles each type once; types may contain each other.
type acceptorBuilder struct {
	shapes   map[*complexType]*shape
	matchers map[*simpleType]*matcher
}

func (b *acceptorBuilder) simple(t *simpleType) *matcher {
	m := b.matchers[t]
	if m == nil {
		m = newMatcher(t)
		b.matchers[t] = m
	}
	return m
}

func (b *acceptorBuilder) complex(t *complexType) (*shape, error) {
	if s := b.shapes[t]; s != nil {
		return s, nil
	}
	s := new(shape)
	b.shapes[t] = s
	for _, a := range t.attributes {
		s.attributes = append(s.attributes, attributeOf{a.name, a.required, b.simple(a.simple)})
		if a.required {
			s.required++
		}
	}
	var model positions
	if t.model != nil {
		if err := model.add(t.model); err != nil {
			return nil, err
		}
	}
	// State 0 is the start, state i+1 follows the child at position i.
	s.states = make([]stateOf, len(model.elements)+1)
	var err error
	if s.states[0], err = b.state(t, &model, model.first, len(model.elements) == 0 || model.empty); err != nil {
		return nil, err
	}
	for i := range model.elements {
		if s.states[i+1], err = b.state(t, &model, model.follow[i], slices.Contains(model.last, i)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// state gives the state from which the positions next can be reached. In a
// schema, elements of one name in one model have one type.
func (b *acceptorBuilder) state(t *complexType, model *positions, next []int, final bool) (stateOf, error) {
	st := stateOf{final: final}
	for _, p := range next {
		e := t.elements[model.elements[p].name]
		var in *shape
		var err error
		if e.simple != nil {
			in = &shape{value: b.simple(e.simple)}
		} else if in, err = b.complex(e.complex); err != nil {
			return st, err
		}
		if slices.ContainsFunc(st.edges, func(g edge) bool { return g.name == e.name }) {
			return st, errNoAcceptor
		}
		st.edges = append(st.edges, edge{e.name, p + 1, in})
	}
	return st, nil
}

// positions is a content model as Glushkov's construction sees it: every
// element of the model is a position.
type positions struct {
	elements    []*element
	follow      [][]int
	first, last []int
	empty       bool // nothing satisfies the model
}

// add builds the positions of p; it is called once on a fresh value.
func (m *positions) add(p *particle) error {
	var err error
	m.first, m.last, m.empty, err = m.particle(p)
	return err
}

func (m *positions) particle(p *particle) (first, last []int, empty bool, err error) {
	switch {
	case p.element != nil:
		e := p.element
		if e.max != 1 && e.max != -1 {
			return nil, nil, false, errNoAcceptor
		}
		n := len(m.elements)
		m.elements = append(m.elements, e)
		m.follow = append(m.follow, nil)
		if e.max == -1 {
			m.follow[n] = []int{n}
		}
		return []int{n}, []int{n}, e.min == 0, nil
	case p.choice:
		for _, part := range p.parts {
			f, l, e, err := m.particle(part)
			if err != nil {
				return nil, nil, false, err
			}
			first, last, empty = append(first, f...), append(last, l...), empty || e
		}
		return first, last, empty, nil
	}
	empty = true
	for _, part := range p.parts {
		f, l, e, err := m.particle(part)
		if err != nil {
			return nil, nil, false, err
		}
		for _, before := range last {
			m.follow[before] = append(m.follow[before], f...)
		}
		if empty {
			first = append(first, f...)
		}
		if e {
			last = append(last, l...)
		} else {
			last = l
		}
		empty = empty && e
	}
	return first, last, empty, nil
}

// acceptance is one reading.
type acceptance struct {
	r     xmltoken.Reader
	open  []place
	value []byte // of the open simple element, nil if none yet
	buf   []byte
}

// place is an open element.
type place struct {
	in    *shape
	state int
}

// accepts reports whether content is valid for certain.
func (a *acceptor) accepts(content []byte) bool {
	x := a.runs.Get().(*acceptance)
	defer func() {
		x.r.Reset(nil, xmltoken.Limits{}) // keep no document alive
		x.value = nil
		a.runs.Put(x)
	}()
	return a.read(x, content)
}

func (a *acceptor) read(x *acceptance, content []byte) bool {
	x.r.Reset(content, xmltoken.Limits{})
	x.open = x.open[:0]
	for {
		kind, err := x.r.Next()
		if err != nil {
			return false
		}
		ok := false
		switch kind {
		case xmltoken.Start:
			ok = a.start(x)
		case xmltoken.End:
			ok = x.end()
		case xmltoken.Text:
			ok = x.text()
		case xmltoken.EOF:
			return true // complete, and every element was accepted
		}
		if !ok { // comments and the like are left to the engine
			return false
		}
	}
}

// start enters the element whose Start is current.
func (a *acceptor) start(x *acceptance) bool {
	if string(x.r.Space()) != a.space {
		return false
	}
	in := a.root
	if len(x.open) == 0 {
		if string(x.r.Local()) != a.name {
			return false
		}
	} else {
		top := &x.open[len(x.open)-1]
		if top.in.value != nil {
			return false
		}
		if in = top.step(x.r.Local()); in == nil {
			return false
		}
	}
	x.open = append(x.open, place{in: in})
	x.value = nil
	return x.attributes(in)
}

// step moves over a child and gives its shape, nil if it may not stand here.
func (p *place) step(name []byte) *shape {
	edges := p.in.states[p.state].edges
	for i := range edges {
		if e := &edges[i]; e.name == string(name) {
			p.state = e.to
			return e.in
		}
	}
	return nil
}

func (x *acceptance) attributes(in *shape) bool {
	required := 0
	for _, a := range x.r.Attrs() {
		if string(a.Space) == instanceSpace {
			if l := string(a.Local); l != "schemaLocation" && l != "noNamespaceSchemaLocation" {
				return false
			}
			continue
		}
		i := slices.IndexFunc(in.attributes, func(d attributeOf) bool { return d.name == string(a.Local) })
		if i < 0 || len(a.Space) > 0 {
			return false
		}
		d, value := &in.attributes[i], a.Value
		if bytes.ContainsAny(value, "&\t\r\n") {
			var err error
			if x.buf, err = xmltoken.AppendAttr(x.buf[:0], value); err != nil {
				return false
			}
			value = x.buf
		}
		if !d.value.matches(value) {
			return false
		}
		if d.required {
			required++
		}
	}
	return required == in.required
}

// text takes the value of a simple element. One that comes in pieces, around a
// comment, is left to the engine.
func (x *acceptance) text() bool {
	raw := x.r.Raw()
	if x.open[len(x.open)-1].in.value == nil {
		return blank(xmltoken.Text, raw)
	}
	if x.value != nil {
		return false
	}
	x.value = raw
	if bytes.IndexByte(raw, '&') >= 0 || bytes.IndexByte(raw, '\r') >= 0 {
		var err error
		if x.buf, err = xmltoken.AppendText(x.buf[:0], raw); err != nil {
			return false
		}
		x.value = x.buf
	}
	return true
}

// end leaves the element whose End is current.
func (x *acceptance) end() bool {
	last := len(x.open) - 1
	top := x.open[last]
	x.open = x.open[:last]
	if top.in.value != nil {
		return top.in.value.matches(x.value)
	}
	return top.in.states[top.state].final
}

// Package compare tells in Italian what changed between two editions of a
// standard: elements and attributes, what they may hold, and code tables. It is
// the changelog that regions ask for.
//
// It reads schemas of anybody's making, the ministry's included, as people read
// them: a tree of fields. It must not judge documents or open files.
package compare

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Format is what a schema says of a document, as a tree of fields.
type Format struct{ root *field }

// field is an element or attribute in its place.
type field struct {
	name      string
	path      string
	space     string // of the root: the namespace of the format
	label     string // Italian
	attribute bool
	occurs    occurs
	without   []string // the fields that stand in the place of this one, in a choice
	fixed     []string // the only values, where declarations fix them
	value     *value   // nil for a block
	kids      []*field // attributes by name, then elements in their order
}

// occurs is how often a field may come; most -1 is without limit.
type occurs struct{ least, most int }

// Fields counts the elements and attributes of a format, each in its place.
func (f *Format) Fields() int { return f.root.count() }

func (f *field) count() int {
	n := 1
	for _, k := range f.kids {
		n += k.count()
	}
	return n
}

// Read reads a schema. Open gives the text of a file by its name: the schema's
// own, and what it includes by names relative to it. The root is the first
// element that the file declares.
func Read(open func(name string) ([]byte, error), file string) (*Format, error) {
	return read(open, file, "")
}

// read is Read of the documents whose root has that name, "" for the first.
func read(open func(name string) ([]byte, error), file, root string) (*Format, error) {
	l := &library{open: open, seen: make(map[string]bool), global: make(map[string]map[name]*node)}
	if err := l.load(file, "", true); err != nil {
		return nil, err
	}
	for q, n := range l.global["element"] {
		if q.local == root && q.space == l.target {
			l.first = n
		}
	}
	if l.first == nil || root != "" && l.first.attrs["name"] != root {
		return nil, fmt.Errorf("read schema %s: no element %s", file, root)
	}
	b := &builder{library: l}
	top := &field{name: l.first.attrs["name"], label: l.first.label(), occurs: occurs{1, 1}}
	top.path, top.space = "/"+top.name, l.target
	if err := b.inside(top, l.first); err != nil {
		return nil, fmt.Errorf("read schema %s: %w", file, err)
	}
	return &Format{top}, nil
}

// maxSteps bounds the work on a schema: types that use each other could grow it
// without end.
const maxSteps = 200_000

// builder unfolds types in their places.
type builder struct {
	*library
	open  []*node // components around, against endless recursion
	steps int
}

// enter goes into a component that others may use; leave comes out of it.
func (b *builder) enter(n *node) error {
	if slices.Contains(b.open, n) {
		return fmt.Errorf("%s %s is made of itself", n.name, n.attrs["name"])
	}
	b.open = append(b.open, n)
	return b.step()
}

func (b *builder) leave() { b.open = b.open[:len(b.open)-1] }

// step counts the work.
func (b *builder) step() error {
	if b.steps++; b.steps > maxSteps {
		return errors.New("the schema is too large")
	}
	return nil
}

// inside fills what an element declaration holds.
func (b *builder) inside(f *field, declaration *node) error {
	err := b.typed(f, declaration)
	f.value = f.value.declared(declaration, f.fixed)
	return err
}

// typed fills what the type of an element declaration holds.
func (b *builder) typed(f *field, declaration *node) error {
	if err := b.step(); err != nil {
		return err
	}
	t := declaration.kid("complexType", "simpleType")
	if t == nil {
		if declaration.attrs["type"] == "" {
			f.value = &value{base: "anyType"}
			return nil
		}
		q := declaration.qualified("type")
		if t = b.global["complexType"][q]; t == nil {
			v, err := b.named(q)
			f.value = v
			return err
		}
	}
	if t.name == "simpleType" {
		v, err := b.simple(t)
		f.value = v
		return err
	}
	if slices.Contains(b.open, t) {
		return nil // the same block again: told where it stands first
	}
	b.open = append(b.open, t)
	defer b.leave()
	c := &content{}
	if err := b.complex(c, t); err != nil {
		return err
	}
	f.value = c.value
	slices.SortFunc(c.attributes, func(x, y *field) int { return strings.Compare(x.name, y.name) })
	f.kids = append(c.attributes, c.elements...)
	for i, k := range f.kids {
		step := k.name
		if k.attribute {
			step = "@" + step
		}
		k.path = f.path + "/" + step
		if d := c.declared[k]; d != nil {
			if err := b.inside(f.kids[i], d); err != nil {
				return err
			}
		}
	}
	return nil
}

// content is what a complex type holds.
type content struct {
	attributes []*field
	elements   []*field
	declared   map[*field]*node // the declarations of elements
	value      *value           // of simple content
}

// complex adds what a complex type, an extension or a restriction holds.
func (b *builder) complex(c *content, t *node) error {
	for _, k := range t.kids {
		var err error
		switch k.name {
		case "sequence", "choice", "all", "group":
			var g group
			if g, err = b.particle(k); err == nil {
				c.join(g)
			}
		case "attribute":
			err = b.attribute(c, k)
		case "attributeGroup":
			ref := b.global["attributeGroup"][k.qualified("ref")]
			if ref == nil {
				return fmt.Errorf("no attribute group %s", k.attrs["ref"])
			}
			if err = b.enter(ref); err == nil {
				err = b.complex(c, ref)
				b.leave()
			}
		case "complexContent", "simpleContent":
			err = b.derived(c, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// derived adds an extension, base first, or a restriction.
func (b *builder) derived(c *content, t *node) error {
	d := t.kid("extension", "restriction")
	if d == nil {
		return nil
	}
	base := d.qualified("base")
	above := b.global["complexType"][base]
	switch {
	case t.name == "simpleContent" && above == nil:
		v, err := b.named(base)
		if err != nil {
			return err
		}
		c.value = v
	case above != nil:
		if err := b.enter(above); err != nil {
			return err
		}
		whole := &content{}
		err := b.complex(whole, above)
		b.leave()
		if err != nil {
			return err
		}
		if t.name == "complexContent" && d.name == "restriction" {
			whole.elements, whole.declared = nil, nil // stated anew
		}
		c.take(whole)
	}
	if t.name == "simpleContent" && d.name == "restriction" && c.value != nil {
		c.value = c.value.restricted(d)
	}
	return b.complex(c, d)
}

// take adds what a base type holds.
func (c *content) take(base *content) {
	c.attributes = append(c.attributes, base.attributes...)
	c.elements = append(c.elements, base.elements...)
	if c.declared == nil {
		c.declared = make(map[*field]*node)
	}
	maps.Copy(c.declared, base.declared)
	if base.value != nil {
		c.value = base.value
	}
}

// join takes the elements of a content model; of several of one name the first
// declaration stands for all.
func (c *content) join(g group) {
	if c.declared == nil {
		c.declared = make(map[*field]*node)
	}
	for _, m := range g.members {
		f := &field{name: m.name, label: m.label(), occurs: m.occurs, without: m.without, fixed: m.fixed}
		c.elements = append(c.elements, f)
		if m.target != nil {
			c.declared[f] = m.target
		} else {
			f.value = &value{base: "anyType"}
		}
	}
}

// attribute adds or, in a restriction, changes an attribute.
func (b *builder) attribute(c *content, n *node) error {
	declaration := n
	if n.attrs["ref"] != "" {
		if declaration = b.global["attribute"][n.qualified("ref")]; declaration == nil {
			declaration = &node{attrs: map[string]string{"name": n.qualified("ref").local}}
		}
	}
	f := &field{name: declaration.attrs["name"], label: n.label(), attribute: true, occurs: occurs{0, 1}}
	c.attributes = slices.DeleteFunc(c.attributes, func(a *field) bool { return a.name == f.name })
	switch n.attrs["use"] {
	case "prohibited":
		return nil
	case "required":
		f.occurs.least = 1
	}
	var err error
	switch t := declaration.kid("simpleType"); {
	case t != nil:
		f.value, err = b.simple(t)
	case declaration.attrs["type"] != "":
		f.value, err = b.named(declaration.qualified("type"))
	default:
		f.value = &value{base: "anySimpleType"}
	}
	var fixed []string
	for _, place := range []*node{n, declaration} {
		if v, is := place.attrs["fixed"]; is {
			fixed = []string{v}
		}
	}
	f.value = f.value.declared(n, fixed)
	c.attributes = append(c.attributes, f)
	return err
}

// bounds reads minOccurs and maxOccurs.
func bounds(n *node) (occurs, error) {
	o := occurs{1, 1}
	var err error
	if v := n.attrs["minOccurs"]; v != "" {
		if o.least, err = strconv.Atoi(v); err != nil {
			return o, errors.New("minOccurs is no number")
		}
	}
	switch v := n.attrs["maxOccurs"]; v {
	case "":
	case "unbounded":
		o.most = -1
	default:
		if o.most, err = strconv.Atoi(v); err != nil {
			return o, errors.New("maxOccurs is no number")
		}
	}
	return o, nil
}

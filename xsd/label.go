package xsd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Label gives each fault that has a path in documents of id, and no Field yet,
// the labels of that path. Faults found elsewhere, in a regional document, are
// left alone.
func (s *Standards) Label(id ID, faults fault.List) {
	sch := s.reading(id)
	if sch == nil {
		return
	}
	for i, f := range faults {
		if f.Field == "" {
			faults[i].Field = sch.field(f.Path)
		}
	}
}

// RootAttribute is the path of an attribute of the root in documents of id; ""
// where they have none of that name.
func (s *Standards) RootAttribute(id ID, name string) string {
	sch := s.reading(id)
	if sch == nil || !slices.ContainsFunc(sch.root.complex.attributes, func(a *attribute) bool { return a.name == name }) {
		return ""
	}
	return "/" + sch.root.name + "/@" + name
}

// reading is our own reading of the schema of id or, where it is beyond us, of
// the one before it.
func (s *Standards) reading(id ID) *schema {
	c := s.compiled[id]
	switch {
	case c == nil:
		return nil
	case c.schema != nil:
		return c.schema
	}
	return c.elder
}

// elder finds the schema of the program whose labels a pack's edition, written
// by others, may borrow: of the same edition, or the last one of the kind.
func (s *Standards) elder(k *kind, id ID) *schema {
	var found *schema
	for _, e := range k.editions {
		c := s.compiled[e.ID]
		if c == nil || c.schema == nil {
			continue
		}
		if found = c.schema; e.ID == id {
			break
		}
	}
	if found != nil && found.elder != nil { // the pack's own, stated before
		return found.elder
	}
	return found
}

// field names the place of a path by the labels of its steps, the root left
// out: "Sede di lavoro n. 2 > CAP". Where nothing labels a step, its own name
// stands. A path that starts elsewhere gives "".
func (s *schema) field(path string) string {
	steps := strings.Split(path, "/")
	if len(steps) < 2 || steps[0] != "" || steps[1] != s.root.name {
		return ""
	}
	at, old := s.root, (*element)(nil)
	if s.elder != nil {
		old = s.elder.root
	}
	if len(steps) == 2 {
		return cmp.Or(at.named(), old.named(), at.name)
	}
	labels := make([]string, 0, len(steps))
	for _, step := range steps[2:] {
		name, number := cutNumber(step)
		if attribute, ok := strings.CutPrefix(name, "@"); ok {
			labels = append(labels, cmp.Or(at.attribute(attribute), old.attribute(attribute), attribute))
			at, old = nil, nil
			continue
		}
		at, old = at.child(name), old.child(name)
		labels = append(labels, cmp.Or(at.named(), old.named(), name)+number)
	}
	return strings.Join(labels, fault.FieldSeparator)
}

// cutNumber takes the number off a step: "Sede[2]" gives "Sede" and " n. 2".
func cutNumber(step string) (name, number string) {
	name, rest, ok := strings.Cut(step, "[")
	if !ok {
		return name, ""
	}
	return name, " n. " + strings.TrimSuffix(rest, "]")
}

// named is the label of an element, "" if it has none.
func (e *element) named() string {
	if e == nil {
		return ""
	}
	return capital(e.label)
}

// attribute is the label of an attribute of e, "" if it has none.
func (e *element) attribute(name string) string {
	if e != nil && e.complex != nil {
		for _, a := range e.complex.attributes {
			if a.name == name {
				return capital(a.label)
			}
		}
	}
	return ""
}

// child is the declaration of a child of e; nil if there is none.
func (e *element) child(name string) *element {
	if e == nil || e.complex == nil {
		return nil
	}
	return e.complex.elements[name]
}

// capital writes the first letter of a label large.
func capital(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// expected tells the form of a value; "" for an element that holds others.
func (e *element) expected() string {
	if e.simple == nil {
		return ""
	}
	return e.simple.expected
}

// describe names a child as people and documents do.
func describe(e *element) string {
	if e.label == "" || e.label == e.name {
		return e.name
	}
	return e.label + " (" + e.name + ")"
}

// oneOf lists what a choice is between, two or more.
func oneOf(t *complexType, names []string) string {
	var all []string
	for _, name := range names {
		all = append(all, describe(t.elements[name]))
	}
	last := len(all) - 1
	return strings.Join(all[:last], "; ") + " oppure " + all[last]
}

// atMost tells how often an element may come.
func atMost(n int) string {
	if n == 1 {
		return "è ammesso una volta sola"
	}
	return "è ammesso al più " + strconv.Itoa(n) + " volte"
}

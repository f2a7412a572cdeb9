package xsd

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Label gives each fault that has a path in documents of id, and no Field yet,
// the labels of that path. Faults found elsewhere, in a regional document, are
// left alone; so are all where our own reading does not know the schema.
func (s *Standards) Label(id ID, faults fault.List) {
	c, ok := s.compiled[id]
	if !ok || c.schema == nil {
		return
	}
	for i, f := range faults {
		if f.Field == "" {
			faults[i].Field = c.schema.field(f.Path)
		}
	}
}

// RootAttribute is the path of an attribute of the root in documents of id; ""
// where they have none of that name.
func (s *Standards) RootAttribute(id ID, name string) string {
	c, ok := s.compiled[id]
	if !ok || c.schema == nil || !slices.ContainsFunc(c.schema.root.complex.attributes, func(a *attribute) bool { return a.name == name }) {
		return ""
	}
	return "/" + c.Root + "/@" + name
}

// field names the place of a path by the labels of its steps, the root left
// out: "Sede di lavoro n. 2 > CAP". Where the schema knows no label, the step's
// own name stands. A path that starts elsewhere gives "".
func (s *schema) field(path string) string {
	steps := strings.Split(path, "/")
	if len(steps) < 2 || steps[0] != "" || steps[1] != s.root.name {
		return ""
	}
	if len(steps) == 2 && s.root.label != "" {
		return capital(s.root.label)
	}
	if len(steps) == 2 {
		return s.root.name
	}
	at := s.root.complex
	var labels []string
	for _, step := range steps[2:] {
		name, number := cutNumber(step)
		label := name
		if attribute, ok := strings.CutPrefix(name, "@"); ok {
			label = at.attributeLabel(attribute)
			at = nil
		} else if e := at.element(name); e != nil {
			at, label = e.complex, capital(e.label)
		} else {
			at = nil
		}
		labels = append(labels, label+number)
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

// attributeLabel is the label of an attribute, or its name.
func (t *complexType) attributeLabel(name string) string {
	if t != nil {
		for _, a := range t.attributes {
			if a.name == name && a.label != "" {
				return capital(a.label)
			}
		}
	}
	return name
}

// element is the declaration of a child that has a label; nil if none.
func (t *complexType) element(name string) *element {
	if t == nil || t.elements[name] == nil || t.elements[name].label == "" {
		return nil
	}
	return t.elements[name]
}

// capital writes the first letter of a label large.
func capital(s string) string {
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

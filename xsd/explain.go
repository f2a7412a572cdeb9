package xsd

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// instanceSpace is the namespace of xsi:schemaLocation and its like.
const instanceSpace = "http://www.w3.org/2001/XMLSchema-instance"

// explainer tells all that is wrong with content, reading it once. It keeps
// nothing of what it does not know, so hostile content costs it no memory.
type explainer struct {
	r      xmltoken.Reader
	schema *schema
	path   []stage
	faults fault.List
	full   bool        // there are more faults than MaxFaults: nothing more is looked at
	seen   []sight     // of the children of every open element, one after the other
	value  []byte      // scratch
	plan   arrangement // scratch
}

// stage is an open element on the path: its declaration and its number among
// the children of its name.
type stage struct {
	element *element
	number  int
}

// explain tells what content breaks, in document order; nothing if this reading
// finds nothing wrong.
func (s *schema) explain(content []byte) fault.List {
	x := &explainer{schema: s}
	x.r.Reset(content, xmltoken.Limits{})
	kind, err := x.r.Next()
	for err == nil && kind != xmltoken.Start {
		kind, err = x.r.Next()
	}
	if err == nil {
		if string(x.r.Local()) == s.root.name && string(x.r.Space()) == s.space {
			err = x.element(s.root, 1)
		} else {
			x.faults = fault.List{{Code: fault.UnknownStandard, Path: "/" + string(x.r.Local()), Line: x.r.Line()}}
		}
	}
	for err == nil && kind != xmltoken.EOF && !x.full {
		kind, err = x.r.Next()
	}
	if err != nil {
		return malformed(err)
	}
	slices.SortStableFunc(x.faults, func(a, b fault.Fault) int { return cmp.Compare(a.Line, b.Line) })
	if x.full {
		x.faults = append(x.faults, fault.Fault{Code: fault.MoreFaults, Path: "/" + s.root.name, Line: x.r.Line()})
	}
	return x.faults
}

// report adds a fault at the current path, or at name below it.
func (x *explainer) report(code fault.Code, name string, line int, expected string) {
	if x.full {
		return
	}
	if len(x.faults) == MaxFaults {
		x.full = true
		return
	}
	path := x.at(name)
	x.faults = append(x.faults, fault.Fault{
		Code: code, Path: path, Line: line, Field: x.schema.field(path), Expected: expected,
	})
}

// at writes the current path, or that of name below it. Elements that there may
// be several of have their number.
func (x *explainer) at(name string) string {
	var room [128]byte // most paths are shorter
	path := room[:0]
	for _, s := range x.path {
		path = append(append(path, '/'), s.element.name...)
		if s.element.max != 1 {
			path = append(strconv.AppendInt(append(path, '['), int64(s.number), 10), ']')
		}
	}
	if name != "" {
		path = append(append(path, '/'), name...)
	}
	return string(path)
}

// element explains the element whose Start is current and leaves the cursor on
// its End, unless there is no room for another fault. Number counts it among
// the children of its name.
func (x *explainer) element(e *element, number int) error {
	x.path = append(x.path, stage{e, number})
	defer func() { x.path = x.path[:len(x.path)-1] }()
	line := x.r.Line()
	if e.simple != nil {
		x.attributes(nil, line)
		return x.simpleContent(e, line)
	}
	x.attributes(e.complex.attributes, line)
	return x.children(e.complex)
}

func (x *explainer) attributes(declared []*attribute, line int) {
	given := x.r.Attrs()
	for _, a := range given {
		i := slices.IndexFunc(declared, func(d *attribute) bool {
			return len(a.Space) == 0 && d.name == string(a.Local)
		})
		switch {
		case i >= 0:
			// Raw values of a Reader always decode.
			x.value, _ = xmltoken.AppendAttr(x.value[:0], a.Value)
			d := declared[i]
			if code := d.simple.check(x.value); code != "" {
				x.report(code, "@"+d.name, line, d.simple.expected)
			}
		case string(a.Space) == instanceSpace && instanceAttribute(string(a.Local)):
		default:
			x.report(fault.UnexpectedAttribute, "@"+string(a.Local), line, "")
		}
	}
	for _, d := range declared {
		if d.required && !slices.ContainsFunc(given, func(a xmltoken.Attr) bool {
			return len(a.Space) == 0 && d.name == string(a.Local)
		}) {
			x.report(fault.MissingAttribute, "@"+d.name, line, d.simple.expected)
		}
	}
}

// instanceAttribute tells the four attributes that XML Schema 1.0, section 2.6,
// admits anywhere.
func instanceAttribute(local string) bool {
	switch local {
	case "schemaLocation", "noNamespaceSchemaLocation", "type", "nil":
		return true
	}
	return false
}

func (x *explainer) simpleContent(e *element, line int) error {
	x.value = x.value[:0]
	for !x.full {
		kind, err := x.r.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmltoken.Text:
			if x.value, err = xmltoken.AppendText(x.value, x.r.Raw()); err != nil {
				return err
			}
		case xmltoken.CData:
			x.value = xmltoken.AppendCData(x.value, x.r.Raw())
		case xmltoken.Start:
			x.report(fault.UnexpectedElement, string(x.r.Local()), x.r.Line(), "")
			if err := x.r.Skip(); err != nil {
				return err
			}
		case xmltoken.End:
			if code := e.simple.check(x.value); code != "" {
				x.report(code, "", line, e.simple.expected)
			}
			return nil
		}
	}
	return nil
}

// sight is the first occurrence of a declared child.
type sight struct {
	name  string
	line  int
	count int // of all its occurrences
}

func (x *explainer) children(t *complexType) error {
	first := len(x.seen)
	defer func() { x.seen = x.seen[:first] }()
	stray := false // text was told already
	for !x.full {
		kind, err := x.r.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmltoken.Text, xmltoken.CData:
			if !stray && !blank(kind, x.r.Raw()) {
				stray = true
				x.report(fault.UnexpectedText, "", x.r.Line(), "")
			}
		case xmltoken.Start:
			if err := x.child(t, first); err != nil {
				return err
			}
		case xmltoken.End:
			x.arrangement(t, x.seen[first:], x.r.Line())
			return nil
		}
	}
	return nil
}

// blank tells text that may stand between elements.
func blank(kind xmltoken.Kind, raw []byte) bool {
	return len(bytes.Trim(raw, " \t\r\n")) == 0 && (kind == xmltoken.Text || len(raw) == 0)
}

// child explains the child whose Start is current; first is where the sights of
// its parent begin.
func (x *explainer) child(t *complexType, first int) error {
	line := x.r.Line()
	e := t.elements[string(x.r.Local())]
	if e == nil || string(x.r.Space()) != x.schema.space {
		x.report(fault.UnexpectedElement, string(x.r.Local()), line, "")
		return x.r.Skip()
	}
	i := slices.IndexFunc(x.seen[first:], func(s sight) bool { return s.name == e.name })
	if i < 0 {
		i = len(x.seen) - first
		x.seen = append(x.seen, sight{name: e.name, line: line})
	}
	s := &x.seen[first+i]
	s.count++
	if e.max >= 0 && s.count > e.max {
		x.report(fault.RepeatedElement, e.name, line, atMost(e.max))
		return x.r.Skip()
	}
	return x.element(e, s.count)
}

// arrangement explains which children are missing, exclude each other or are
// out of place.
func (x *explainer) arrangement(t *complexType, seen []sight, end int) {
	if t.model == nil {
		return
	}
	plan := &x.plan
	plan.clear()
	plan.fit(t.model, seen)
	for _, c := range plan.clashes {
		x.report(fault.OneOf, "", plan.turn(c, seen, end), oneOf(t, c.choice.names(nil)))
	}
	for _, e := range plan.missing {
		x.report(fault.MissingElement, e.name, plan.gap(e.name, seen, end), t.elements[e.name].expected())
	}
	for _, s := range plan.misplaced(seen) {
		x.report(fault.MisplacedElement, s.name, s.line, plan.before(t, s, seen))
	}
}

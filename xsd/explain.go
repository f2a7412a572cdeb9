package xsd

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

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
	path   []string
	faults fault.List
	full   bool // there are more faults than MaxFaults: nothing more is looked at
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
	path := "/" + strings.Join(x.path, "/")
	if name != "" {
		path += "/" + name
	}
	x.faults = append(x.faults, fault.Fault{
		Code: code, Path: path, Line: line, Field: x.schema.field(path), Expected: expected,
	})
}

// element explains the element whose Start is current and leaves the cursor on
// its End, unless there is no room for another fault. Number counts it among
// the children of its name; paths give it where there may be several.
func (x *explainer) element(e *element, number int) error {
	step := e.name
	if e.max != 1 {
		step += "[" + strconv.Itoa(number) + "]"
	}
	x.path = append(x.path, step)
	defer func() { x.path = x.path[:len(x.path)-1] }()
	line := x.r.Line()
	if e.simple != nil {
		x.attributes(nil, line)
		return x.simpleContent(e, line)
	}
	x.attributes(e.complex.attributes, line)
	return x.children(e.complex, line)
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
			value, _ := xmltoken.AppendAttr(nil, a.Value)
			d := declared[i]
			if code := d.simple.check(string(value)); code != "" {
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
	var value []byte
	for !x.full {
		kind, err := x.r.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmltoken.Text:
			if value, err = xmltoken.AppendText(value, x.r.Raw()); err != nil {
				return err
			}
		case xmltoken.CData:
			value = xmltoken.AppendCData(value, x.r.Raw())
		case xmltoken.Start:
			x.report(fault.UnexpectedElement, string(x.r.Local()), x.r.Line(), "")
			if err := x.r.Skip(); err != nil {
				return err
			}
		case xmltoken.End:
			if code := e.simple.check(string(value)); code != "" {
				x.report(code, "", line, e.simple.expected)
			}
			return nil
		}
	}
	return nil
}

// sight is the first occurrence of a declared child.
type sight struct {
	name string
	line int
}

func (x *explainer) children(t *complexType, line int) error {
	var seen []sight
	count := make(map[string]int)
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
			if seen, err = x.child(t, seen, count); err != nil {
				return err
			}
		case xmltoken.End:
			x.arrangement(t, seen, x.r.Line())
			return nil
		}
	}
	return nil
}

// blank tells text that may stand between elements.
func blank(kind xmltoken.Kind, raw []byte) bool {
	return len(bytes.Trim(raw, " \t\r\n")) == 0 && (kind == xmltoken.Text || len(raw) == 0)
}

// child explains the child whose Start is current.
func (x *explainer) child(t *complexType, seen []sight, count map[string]int) ([]sight, error) {
	name, line := string(x.r.Local()), x.r.Line()
	e := t.elements[name]
	if e == nil || string(x.r.Space()) != x.schema.space {
		x.report(fault.UnexpectedElement, name, line, "")
		return seen, x.r.Skip()
	}
	count[name]++
	if e.max >= 0 && count[name] > e.max {
		x.report(fault.RepeatedElement, name, line, atMost(e.max))
		return seen, x.r.Skip()
	}
	if count[name] == 1 {
		seen = append(seen, sight{name, line})
	}
	return seen, x.element(e, count[name])
}

// arrangement explains which children are missing, exclude each other or are
// out of place.
func (x *explainer) arrangement(t *complexType, seen []sight, end int) {
	if t.model == nil {
		return
	}
	var plan arrangement
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

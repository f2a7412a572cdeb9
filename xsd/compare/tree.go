package compare

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// schemaSpace is the namespace of XML Schema.
const schemaSpace = "http://www.w3.org/2001/XMLSchema"

// maxSchemas bounds the files that a schema may bring in.
const maxSchemas = 200

// node is an element of a schema document.
type node struct {
	name   string // local, "" if it is not of XML Schema
	attrs  map[string]string
	text   string
	kids   []*node
	spaces map[string]string // prefixes in scope
	target string            // target namespace of its document
}

// name is a qualified name.
type name struct{ space, local string }

// qualified reads the name that an attribute holds.
func (n *node) qualified(attr string) name {
	text := n.attrs[attr]
	for i := range len(text) {
		if text[i] == ':' {
			return name{n.spaces[text[:i]], text[i+1:]}
		}
	}
	space, ok := n.spaces[""]
	if !ok || space == "" { // an included schema without a namespace takes the includer's
		space = n.target
	}
	return name{space, text}
}

// parse reads a document.
func parse(text []byte) (*node, error) {
	var r xmltoken.Reader
	r.Reset(bytes.TrimPrefix(text, []byte("\ufeff")), xmltoken.Limits{Attrs: 256, Decls: 64})
	var open []*node
	for {
		kind, err := r.Next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case xmltoken.Start:
			n := start(&r, open)
			if len(open) > 0 {
				above := open[len(open)-1]
				above.kids = append(above.kids, n)
			}
			open = append(open, n)
		case xmltoken.Text:
			top := open[len(open)-1]
			b, err := xmltoken.AppendText(nil, r.Raw())
			if err != nil {
				return nil, err
			}
			top.text += string(b)
		case xmltoken.End:
			if len(open) == 1 {
				return open[0], nil
			}
			open = open[:len(open)-1]
		}
	}
}

func start(r *xmltoken.Reader, open []*node) *node {
	n := &node{attrs: make(map[string]string)}
	if len(open) > 0 {
		n.spaces = open[len(open)-1].spaces
	}
	if decls := r.Decls(); len(decls) > 0 {
		spaces := make(map[string]string)
		maps.Copy(spaces, n.spaces)
		for _, d := range decls {
			spaces[string(d.Prefix)] = string(d.URI)
		}
		n.spaces = spaces
	}
	if string(r.Space()) == schemaSpace {
		n.name = string(r.Local())
	}
	for _, a := range r.Attrs() {
		b, _ := xmltoken.AppendAttr(nil, a.Value) // raw values of a Reader always decode
		n.attrs[string(a.Local)] = string(b)
	}
	return n
}

// library is a set of schema documents as one: its global components.
type library struct {
	open   func(string) ([]byte, error)
	seen   map[string]bool
	global map[string]map[name]*node // by construct
	first  *node                     // global element of the main document
	target string                    // namespace of the main document
}

// load reads a document and what it includes. Imports that cannot be found
// are passed over: what they hold is of another namespace.
func (l *library) load(file, target string, required bool) error {
	if l.seen[file+"\n"+target] {
		return nil
	}
	if l.seen[file+"\n"+target] = true; len(l.seen) > maxSchemas {
		return errors.New("read schema: too many files")
	}
	text, err := l.open(file)
	if err != nil {
		if required {
			return fmt.Errorf("read schema: %w", err)
		}
		return nil
	}
	root, err := parse(text)
	if err != nil {
		return fmt.Errorf("read schema %s: %w", file, err)
	}
	if root.name != "schema" {
		return fmt.Errorf("read schema %s: no schema", file)
	}
	if own := root.attrs["targetNamespace"]; own != "" {
		target = own
	}
	root.aim(target)
	if len(l.seen) == 1 {
		l.target = target
	}
	for _, n := range root.kids {
		switch n.name {
		case "include", "import":
			location := n.attrs["schemaLocation"]
			if location == "" {
				continue
			}
			into := ""
			if n.name == "include" {
				into = target
			}
			if err := l.load(l.beside(file, location), into, n.name == "include"); err != nil {
				return err
			}
		case "redefine":
			return fmt.Errorf("read schema %s: redefine is not read", file)
		case "element", "complexType", "simpleType", "group", "attributeGroup", "attribute":
			if l.global[n.name] == nil {
				l.global[n.name] = make(map[name]*node)
			}
			l.global[n.name][name{target, n.attrs["name"]}] = n
			if n.name == "element" && l.first == nil {
				l.first = n
			}
		}
	}
	return nil
}

// beside is the file that a location in another file names: that of its last
// name beside it, where there is none at the location, as for an address of the
// web.
func (l *library) beside(file, location string) string {
	there := path.Join(path.Dir(file), location)
	if _, err := l.open(there); err != nil {
		return path.Join(path.Dir(file), path.Base(location))
	}
	return there
}

// aim tells every node the target namespace of its document.
func (n *node) aim(target string) {
	n.target = target
	for _, k := range n.kids {
		k.aim(target)
	}
}

// kid is the first child of a construct, nil if there is none.
func (n *node) kid(constructs ...string) *node {
	for _, k := range n.kids {
		for _, c := range constructs {
			if k.name == c {
				return k
			}
		}
	}
	return nil
}

// label is the Italian documentation.
func (n *node) label() string {
	if a := n.kid("annotation"); a != nil {
		for _, d := range a.kids {
			if d.name == "documentation" && d.attrs["lang"] == "it" {
				return d.text
			}
		}
	}
	return ""
}

package spicomtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
)

// node is an element with its names both as written and resolved.
type node struct {
	name         string // as written
	space, local string
	attrs        []xml.Attr        // as written: Name.Space is the prefix
	scope        map[string]string // prefixes to namespaces
	text         string            // all text directly inside
	first        string            // the first text node only
	children     []*node
	from, to     int64 // offsets of the element
}

// attr returns an attribute by its resolved name.
func (n *node) attr(space, local string) (string, bool) {
	for _, a := range n.attrs {
		if a.Name.Space != "" && n.scope[a.Name.Space] == space && a.Name.Local == local {
			return a.Value, true
		}
	}
	return "", false
}

// literal returns an attribute by its name as written.
func (n *node) literal(name string) (string, bool) {
	for _, a := range n.attrs {
		if written(a.Name) == name {
			return a.Value, true
		}
	}
	return "", false
}

func written(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// parse reads a document into nodes. It keeps prefixes, which the client
// compares as text.
func parse(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	top := &node{scope: map[string]string{"xml": "http://www.w3.org/XML/1998/namespace"}}
	stack := []*node{top}
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("XML: %w", err)
		}
		parent := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			n, err := open(parent, t.Copy())
			if err != nil {
				return nil, err
			}
			n.from = from
			parent.children = append(parent.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			if len(stack) == 1 || parent.name != written(t.Name) {
				return nil, fmt.Errorf("end tag of %s out of place", written(t.Name))
			}
			parent.to = d.InputOffset()
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if parent.text == "" {
				parent.first = string(t)
			}
			parent.text += string(t)
		case xml.Directive:
			return nil, errors.New("document type declaration")
		}
	}
	if len(stack) != 1 || len(top.children) != 1 {
		return nil, errors.New("not one complete element")
	}
	return top.children[0], nil
}

// open makes the node of a start tag, its prefixes resolved.
func open(parent *node, t xml.StartElement) (*node, error) {
	n := &node{name: written(t.Name), local: t.Name.Local, scope: maps.Clone(parent.scope)}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns":
			n.scope[a.Name.Local] = a.Value
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			n.scope[""] = a.Value
		default:
			n.attrs = append(n.attrs, a)
		}
	}
	for _, name := range append([]xml.Name{t.Name}, names(n.attrs)...) {
		if _, ok := n.scope[name.Space]; !ok && name.Space != "" {
			return nil, fmt.Errorf("prefix %s is not declared", name.Space)
		}
	}
	n.space = n.scope[t.Name.Space]
	return n, nil
}

func names(attrs []xml.Attr) []xml.Name {
	all := make([]xml.Name, 0, len(attrs))
	for _, a := range attrs {
		all = append(all, a.Name)
	}
	return all
}

package hub

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Judge tells all that is wrong with content of a standard by schema, tables and
// rules: what needs neither ledger nor sender. Day is that of reception in
// Europe/Rome, YYYY-MM-DD. The communication is good unless the list refuses it.
func (b Basis) Judge(id xsd.ID, content []byte, day string) (co.Comunicazione, fault.List, error) {
	faults, err := b.Standards.Validate(id, content)
	if err != nil {
		return nil, nil, fmt.Errorf("validate: %w", err)
	}
	if faults.Refuses() {
		return nil, append(faults, b.rest(id, content, faults, day)...), nil
	}
	c, err := b.decode(id, content)
	if err != nil {
		return nil, nil, fmt.Errorf("decode valid content: %w", err)
	}
	if broken := rules.CheckDropIn(c, content, b.Tables, day, b.Gone[id]); len(broken) > 0 {
		b.Standards.Label(id, broken)
		faults = append(faults, broken...)
	}
	return c, faults, nil
}

// decode reads content of the arrangement of its schema. Of an edition from a
// pack the communication is what the program knows of the document.
func (b Basis) decode(id xsd.ID, content []byte) (co.Comunicazione, error) {
	if !b.Standards.DropIn(id) {
		return transform.Decode(id, content)
	}
	c, _, err := transform.DecodeDropIn(id, content)
	return c, err
}

// rest judges by the rules what can still be read of a document that its schema
// refuses, so that its sender hears everything at once. Told is what the schema
// found: the values that it refused are forgotten, and nothing more is said
// about their fields, what they lie in or what lies in them. A document of
// another arrangement than its schema's cannot be read on.
func (b Basis) rest(id xsd.ID, content []byte, told fault.List, day string) fault.List {
	for _, f := range told {
		if f.Code == fault.MoreFaults || f.Code == fault.NotConforming {
			return nil // there are refused values that nobody named
		}
	}
	read := b.decode
	if slices.ContainsFunc(told, rearranged) {
		read = transform.Decode // a pack's edition too: what is passed over may be what is wrong
	}
	c, err := read(id, content)
	if err != nil {
		return nil
	}
	transform.Forget(c, func(path []byte) bool {
		return slices.ContainsFunc(told, func(f fault.Fault) bool { return f.Path == string(path) })
	})
	broken := rules.CheckDropIn(c, content, b.Tables, day, b.Gone[id])
	broken = slices.DeleteFunc(broken, func(one fault.Fault) bool {
		return slices.ContainsFunc(told, func(f fault.Fault) bool { return within(one.Path, f.Path) || within(f.Path, one.Path) })
	})
	b.Standards.Label(id, broken)
	return broken
}

// within reports whether a path is another or lies in it.
func within(path, other string) bool {
	rest, ok := strings.CutPrefix(path, other)
	return ok && (rest == "" || rest[0] == '/')
}

// rearranged tells a fault in the arrangement of elements.
func rearranged(f fault.Fault) bool {
	switch f.Code {
	case fault.MissingElement, fault.UnexpectedElement, fault.RepeatedElement, fault.MisplacedElement, fault.OneOf, fault.UnexpectedText:
		return true
	}
	return false
}

package spicom

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Standards judge national documents, as *xsd.Standards does.
type Standards interface {
	Identify(content []byte) (xsd.ID, fault.List)
	Validate(id xsd.ID, content []byte) (fault.List, error)
	DropIn(id xsd.ID) bool
}

// Translate turns a national document, unsigned, into the regional text that
// ObjectSerializer would write of it. Without a text the list says why; with
// one, as warnings, what had no place. A signed document is not converted, for its
// signature would be lost. The document is judged against its schema only: the
// rules judge it when it is submitted. The error is our own trouble.
func (c Converter) Translate(standards Standards, document []byte) ([]byte, fault.List, error) {
	document = Trim(document)
	if len(document) > MaxDocument {
		return nil, fault.List{{Code: fault.RegionalTooLarge}}, nil
	}
	id, faults := standards.Identify(document)
	if faults.Refuses() {
		return nil, faults, nil
	}
	more, err := standards.Validate(id, document)
	if err != nil {
		return nil, nil, fmt.Errorf("translate document: %w", err)
	}
	if faults = append(faults, more...); faults.Refuses() {
		if slices.ContainsFunc(faults, func(f fault.Fault) bool { return isSignature(f.Path) }) {
			return nil, fault.List{{Code: fault.SignedToConvert}}, nil
		}
		return nil, faults, nil
	}
	national, passed, err := nationalOf(standards, id, document)
	if err != nil {
		return nil, nil, fmt.Errorf("translate valid document: %w", err)
	}
	text, lost := c.Regional(national)
	faults = append(faults, lost...)
	if text == nil {
		return nil, faults, nil
	}
	for _, path := range passed {
		if !slices.ContainsFunc(faults, func(f fault.Fault) bool { return f.Path == path }) {
			faults = append(faults, fault.Fault{Code: fault.NoRegionalPlace, Path: path, Warning: true})
		}
	}
	return text, faults, nil
}

// isSignature tells whether a path is that of an element Signature inside a root:
// no national schema has one.
func isSignature(path string) bool {
	_, rest, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return ok && rest == "Signature"
}

// nationalOf reads a valid document. Passed is what the program does not know of
// an edition from a pack.
func nationalOf(standards Standards, id xsd.ID, document []byte) (national co.Comunicazione, passed []string, err error) {
	if !standards.DropIn(id) {
		national, err = transform.Decode(id, document)
		return national, nil, err
	}
	return transform.DecodeDropIn(id, document)
}

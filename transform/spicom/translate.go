package spicom

import (
	"fmt"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Standards judge national documents, as *xsd.Standards does.
type Standards interface {
	Identify(content []byte) (xsd.ID, fault.List)
	Validate(id xsd.ID, content []byte) (fault.List, error)
}

// Translate turns a national document, unsigned, into the regional text that
// ObjectSerializer would write of it. Without a text the list says why; with
// one, as warnings, what had no place. The document is judged against its
// schema only: the rules judge it when it is submitted. The error is our own
// trouble.
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
		return nil, faults, nil
	}
	national, err := transform.Decode(id, document)
	if err != nil {
		return nil, nil, fmt.Errorf("translate valid document: %w", err)
	}
	text, lost := c.Regional(national)
	return text, append(faults, lost...), nil
}

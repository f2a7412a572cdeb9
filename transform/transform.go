// Package transform turns national XML into the canonical model and back.
//
// It owns one walk per kind of communication, which both decodes and encodes.
// It must not judge: content comes to Decode after its schema, and what a
// schema cannot say belongs to package rules.
package transform

import (
	"errors"
	"fmt"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Decode reads content that xsd.Standards.Validate has passed as id. Content
// that it would have refused is an error, never a panic.
func Decode(id xsd.ID, content []byte) (co.Comunicazione, error) {
	var c co.Comunicazione
	if id.Kind != co.UNILAV {
		return c, fmt.Errorf("decode content: no decoder for kind %q", id.Kind)
	}
	d := newDecoder(content, spaceUniLav)
	if d.begin("UniLav", true) {
		walkUniLav(d, &c)
		d.end()
	}
	if d.err == nil && d.kind != xmltoken.EOF {
		d.err = errors.New("another root than expected")
	}
	if d.err != nil {
		return co.Comunicazione{}, fmt.Errorf("decode %s: %w", id.Kind, d.err)
	}
	return c, nil
}

// Encode writes the national XML of c: UTF-8, already in exclusive canonical
// form, no XML declaration. The same c always gives the same bytes. Encode
// checks no rule and no schema; it fails only on characters XML cannot carry.
func Encode(c co.Comunicazione) ([]byte, error) {
	e := &encoder{out: make([]byte, 0, 4096)}
	e.begin("UniLav", true)
	e.out = append(e.out, ` xmlns="`+spaceUniLav+`"`...)
	walkUniLav(e, &c)
	e.end()
	if e.err != nil {
		return nil, e.err
	}
	return e.out, nil
}

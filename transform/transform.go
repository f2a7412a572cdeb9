// Package transform turns national XML into the canonical model and back.
//
// It owns one walk per kind of communication, which decodes, encodes, outlines
// and, for the editions of packs, decodes as much as it knows. It must not
// judge: content comes to Decode after its schema, and what a schema cannot say
// belongs to package rules.
package transform

import (
	"errors"
	"fmt"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// format is where a kind starts.
type format struct {
	root, space string // name and namespace of the root element
	empty       func() co.Comunicazione
}

// formatOf finds the format of a kind.
func formatOf(kind string) (f format, ok bool) {
	const base = "http://servizi.lavoro.gov.it/"
	switch kind {
	case co.UNILAV:
		return format{"UniLav", base + "unilav", func() co.Comunicazione { return new(co.UniLav) }}, true
	case co.UNISOMM:
		return format{"UniSomm", base + "unisomm", func() co.Comunicazione { return new(co.UniSomm) }}, true
	case co.VARDATORI:
		return format{"VarDatori", base + "vardat", func() co.Comunicazione { return new(co.VarDatori) }}, true
	case co.UNIURG:
		return format{"UniUrg", base + "uniurg", func() co.Comunicazione { return new(co.UniUrg) }}, true
	case co.UNIMARE:
		return format{"UniMare", base + "unimare", func() co.Comunicazione { return new(co.UniMare) }}, true
	case co.UNIDOM:
		return format{"UniDom", base + "unidom", func() co.Comunicazione { return new(co.UniDom) }}, true
	case co.UNIPI:
		return format{"prospetto", base + "UNIPI", func() co.Comunicazione { return new(co.Prospetto) }}, true
	case co.LAO:
		return format{"Lao", "urn:snodo:lao:v1", func() co.Comunicazione { return new(co.Lao) }}, true
	case co.CIGD:
		return format{"Cigd", "urn:snodo:cigd:v1", func() co.Comunicazione { return new(co.Cigd) }}, true
	}
	return format{}, false
}

// walk carries the inside of the root.
func walk(c codec, v co.Comunicazione) {
	switch v := v.(type) {
	case *co.UniLav:
		walkUniLav(c, v)
	case *co.UniSomm:
		walkUniSomm(c, v)
	case *co.VarDatori:
		walkVarDatori(c, v)
	case *co.UniUrg:
		walkUniUrg(c, v)
	case *co.UniMare:
		walkUniMare(c, v)
	case *co.UniDom:
		walkUniDom(c, v)
	case *co.Prospetto:
		walkProspetto(c, v)
	case *co.Lao:
		walkLao(c, v)
	case *co.Cigd:
		walkCigd(c, v)
	}
}

// Decode reads content that xsd.Standards.Validate has passed as id, an edition
// of the program's own: of one from a pack, DecodeDropIn. Content that it would
// have refused is an error, never a panic.
func Decode(id xsd.ID, content []byte) (co.Comunicazione, error) {
	f, ok := formatOf(id.Kind)
	if !ok {
		return nil, fmt.Errorf("decode content: no decoder for kind %q", id.Kind)
	}
	c := f.empty()
	d := newDecoder(content, f.space)
	if d.begin(f.root, true) {
		walk(d, c)
		d.end()
	}
	if d.err == nil && d.kind != xmltoken.EOF {
		d.err = errors.New("another root than expected")
	}
	if d.err != nil {
		return nil, fmt.Errorf("decode %s: %w", id.Kind, d.err)
	}
	return c, nil
}

// Encode writes the national XML of c: UTF-8, already in exclusive canonical
// form, no XML declaration. The same c always gives the same bytes. Encode
// checks no rule and no schema; it fails only on characters XML cannot carry. Of
// a communication that DecodeDropIn read it writes what the walk knows, in the
// walk's order: never the document that was sent.
func Encode(c co.Comunicazione) ([]byte, error) {
	f, ok := formatOf(c.Kind())
	if !ok {
		return nil, fmt.Errorf("encode communication: no encoder for kind %q", c.Kind())
	}
	e := &encoder{out: make([]byte, 0, 4096)}
	e.begin(f.root, true)
	e.out = append(append(append(e.out, ` xmlns="`...), f.space...), '"')
	walk(e, c)
	e.end()
	if e.err != nil {
		return nil, e.err
	}
	return e.out, nil
}

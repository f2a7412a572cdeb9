package demo

import (
	"bytes"
	"fmt"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Numbers of what a region sends beside its hirings.
const (
	othersFrom = 40 // one of each other kind
	lateOne    = 60
	badFrom    = 101 // and the next ones
)

// otherKinds are a communication of every kind but UNILAV, and a hiring that is
// told too late, which is accepted with a warning. Piemonte takes no domestic
// work (ENV-11 is its rule).
func (d *session) otherKinds(s sample.Maker) ([]*submission, error) {
	var cases []*submission
	for _, c := range s.EveryKind(othersFrom) {
		one, err := d.signed(s.Region, sample.What(c.Kind()), c)
		if err != nil {
			return nil, err
		}
		if c.Kind() == co.UNIDOM && s.Region == "piemonte" {
			one.want, one.code = gotRejected, fault.DomesticBarred
		}
		cases = append(cases, one)
	}
	then := s
	then.Day = s.Day.AddDate(0, 0, -40)
	late := then.Hiring(lateOne)
	late.DataInvio = s.Sent()
	one, err := d.signed(s.Region, "assunzione in ritardo", late)
	if err != nil {
		return nil, err
	}
	one.code, one.shown = fault.LateHiring, s.Region == "marche"
	return append(cases, one), nil
}

// badOnes are one repeated, one altered after signing, one of an untrusted
// signer, one that breaks the schema, one that breaks a rule and one that breaks
// many.
func (d *session) badOnes(s sample.Maker, good *submission) ([]*submission, error) {
	misshapen, numbered := s.Hiring(badFrom+2), s.Hiring(badFrom+3)
	misshapen.Lavoratore.LivelloIstruzione = "quaranta"
	numbered.CodiceComunicazione = "1300126000000001"
	again := *good
	again.what, again.want, again.again = "ripetuta", gotRepeated, good
	cases := []*submission{&again}
	for _, bad := range []struct {
		what   string
		c      co.Comunicazione
		want   outcomeKind
		code   fault.Code
		signer string
	}{
		{"alterata dopo la firma", s.Hiring(badFrom), gotRefused, xmlsig.DigestMismatch, s.Region},
		{"firma non riconosciuta", s.Hiring(badFrom + 1), gotRefused, xmlsig.Untrusted, stranger},
		{"fuori schema", misshapen, gotRejected, fault.WrongPattern, s.Region},
		{"contro una regola", numbered, gotRejected, fault.CodeNotZero, s.Region},
	} {
		body, err := d.signers[bad.signer].Sign(bad.c)
		if err != nil {
			return nil, err
		}
		cases = append(cases, &submission{region: s.Region, kind: bad.c.Kind(), what: bad.what, body: body, want: bad.want, code: bad.code})
	}
	cases[1].body = bytes.Replace(cases[1].body, []byte("<Indirizzo>Via Casa 3<"), []byte("<Indirizzo>Via Casa 4<"), 1)
	many, err := d.manyFaults(s)
	return append(cases, many), err
}

// manyFaults is one document with all that people get wrong, which is told at
// once; it is laid out as people's programs do, so that lines say something.
func (d *session) manyFaults(s sample.Maker) (*submission, error) {
	c := sample.Faulty(s, badFrom+4)
	document, err := transform.Encode(c)
	if err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	if document, err = sample.Indented(document, 2); err != nil {
		return nil, err
	}
	body, err := d.signers[s.Region].Sealer.Seal(document)
	return &submission{
		region: s.Region, kind: c.Kind(), what: "contro molte regole", body: body,
		want: gotRejected, code: fault.LapsedCode, shown: s.Region == "marche",
	}, err
}

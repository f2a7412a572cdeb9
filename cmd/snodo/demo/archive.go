package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// demoArchive is the number of the first communication in Piemonte's archive.
const demoArchive = 120

// archive is what Piemonte sends in one call: a signed document, a regional one,
// an unsigned one, and two bad ones that keep nothing else back.
func (d *session) archive(s sample.Maker) ([]*submission, error) {
	payload, err := sample.SPICOMPayload(s.Hiring(demoArchive), int64(s.Serial+demoArchive), d.rome)
	if err != nil {
		return nil, err
	}
	plain, err := transform.Encode(s.Hiring(demoArchive + 1))
	if err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	cases := []*submission{
		{what: "in archivio, regionale", body: []byte(payload), want: gotAccepted},
		{what: "in archivio, non firmata", body: plain, want: gotAccepted},
	}
	for _, more := range []struct {
		what string
		c    co.Comunicazione
		want outcomeKind
		code fault.Code
	}{
		{"in archivio, firmata", s.Hiring(demoArchive + 2), gotAccepted, ""},
		{"in archivio, alterata", s.Hiring(demoArchive + 3), gotRefused, xmlsig.DigestMismatch},
		{"in archivio, urgente", s.Urgency(demoArchive + 4), gotRejected, fault.UrgencyInBulk},
	} {
		c, err := d.signed(s.Region, more.what, more.c)
		if err != nil {
			return nil, err
		}
		c.want, c.code = more.want, more.code
		cases = append(cases, c)
	}
	cases[3].body = bytes.Replace(cases[3].body, []byte("<Indirizzo>Via Casa 3<"), []byte("<Indirizzo>Via Casa 4<"), 1)
	for _, c := range cases {
		c.region = s.Region
		if c.kind == "" {
			c.kind = co.UNILAV
		}
	}
	return cases, nil
}

// sendArchive sends cases as the files of one zip and gives each its outcome.
func (d *session) sendArchive(ctx context.Context, cases []*submission) error {
	documents := make([][]byte, len(cases))
	for i, c := range cases {
		documents[i] = c.body
	}
	archive, err := sender.Pack(documents...)
	if err != nil {
		return err
	}
	outcomes, err := sender.SendArchive(ctx, http.DefaultClient, d.endpoint(cases[0].region), "archivio", archive)
	if err != nil {
		return err
	}
	if len(outcomes) != len(cases) {
		return fmt.Errorf("%d outcomes of an archive of %d files", len(outcomes), len(cases))
	}
	for i, o := range outcomes {
		var said []string
		for _, f := range o.Faults {
			said = append(said, f.Code+": "+f.Text)
		}
		cases[i].got = reply{kind: outcomeKind(o.Outcome), text: strings.Join(said, " - "), receipt: o.Raw}
	}
	d.sent = append(d.sent, cases...)
	return nil
}

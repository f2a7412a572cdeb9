package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// hiringsEach is how many hirings of each region are sent; with the follow-ups
// of the signed ones there are more than twenty good communications a region.
const hiringsEach = 20

// parallel is how many submissions are under way at once.
const parallel = 8

// outcomeKind is how a submission may end, as its sender sees it.
type outcomeKind string

const (
	gotAccepted outcomeKind = "accettata"
	gotRejected outcomeKind = "respinta"  // sealed receipt of rejection
	gotRefused  outcomeKind = "rifiutata" // SOAP fault, no receipt
	gotRepeated outcomeKind = "ripetuta"  // the stored receipt, byte for byte
)

// submission is one submission with what is expected of it.
type submission struct {
	region   string
	kind     string
	what     string // Italian, for people
	spicom   bool
	egov     int    // serial of its e-Gov message, 0 without one
	shown    bool   // everything its receipt says of faults is printed
	body     []byte // signed document, or regional payload
	want     outcomeKind
	code     fault.Code  // that must be named, "" if none
	again    *submission // the case this one repeats
	got      reply
	receipts [][]byte // all there are, in the end
}

// reply is what came back.
type reply struct {
	kind    outcomeKind
	text    string // of a SOAP fault or of SPICOM's answer
	receipt []byte
}

// stranger is the signer whose authority nobody trusts.
const stranger = "stranger"

// issue makes a signer for each region with the hub's development authority,
// through the verb, and one with an authority that nobody trusts.
func (d *session) issue(ctx context.Context) error {
	d.signers = make(map[string]*sender.Signer)
	for i, r := range routing.Regions() {
		out := filepath.Join(d.dir, r.Slug)
		cf := sample.Invent(900 + i).CodiceFiscale()
		_, code, err := d.verbs.Run(ctx, "certificate", "issue", "--data", d.data, "--cf", cf, "--out", out)
		if err != nil || code != verb.ExitDone {
			return errors.Join(fmt.Errorf("issue certificate: exit code %d", code), err)
		}
		if d.signers[r.Slug], err = sender.ReadSigner(out); err != nil {
			return err
		}
	}
	unknown, err := sender.NewStranger(time.Now())
	d.signers[stranger] = unknown
	return errors.Join(err, d.person(ctx))
}

// signed makes a case of a communication, signed by the region's signer.
func (d *session) signed(region, what string, c co.Comunicazione) (*submission, error) {
	body, err := d.signers[region].Sign(c)
	return &submission{region: region, kind: c.Kind(), what: what, body: body, want: gotAccepted}, err
}

// submitAll sends the hirings of all regions, then what follows them, then the
// other kinds, the bad ones and, of Piemonte, an archive of many. What is sent is
// made here, not read from any store.
func (d *session) submitAll(ctx context.Context) error {
	for i, r := range routing.Regions() {
		s := sample.Maker{Region: r.Slug, Day: time.Now().In(d.rome).Truncate(time.Second), Serial: 1000 * i}
		hirings, err := d.hirings(s)
		if err != nil {
			return err
		}
		if err := d.sendAll(ctx, hirings); err != nil {
			return err
		}
		follow, err := d.followUps(s, hirings)
		if err != nil {
			return err
		}
		if err := d.sendAll(ctx, follow); err != nil {
			return err
		}
		others, err := d.otherKinds(s)
		if err != nil {
			return err
		}
		if err := d.sendAll(ctx, others); err != nil {
			return err
		}
		bad, err := d.badOnes(s, hirings[len(hirings)-2])
		if err != nil {
			return err
		}
		if err := d.sendAll(ctx, bad); err != nil {
			return err
		}
		if r.Slug != "piemonte" {
			continue
		}
		many, err := d.archive(s)
		if err != nil {
			return err
		}
		if err := d.sendArchive(ctx, many); err != nil {
			return err
		}
	}
	return nil
}

// hirings go half by the region's own protocol where it has one (Piemonte's
// SPICOM unsigned, Marche's e-Gov around signed documents), half by the national
// binding.
func (d *session) hirings(s sample.Maker) ([]*submission, error) {
	var cases []*submission
	for n := range hiringsEach {
		c, err := d.signed(s.Region, "assunzione", s.Hiring(n))
		if s.Region == "piemonte" && n%2 == 0 {
			c.what, c.spicom = "assunzione via SPICOM", true
			var payload string
			payload, err = sample.SPICOMPayload(s.Hiring(n), int64(s.Serial+n+1), d.rome)
			c.body = []byte(payload)
		}
		if s.Region == "marche" && n%2 == 0 {
			c.what, c.egov = "assunzione in busta e-Gov", n+1
		}
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// followUps continue signed hirings: the chain keeps them in order.
func (d *session) followUps(s sample.Maker, hirings []*submission) ([]*submission, error) {
	first, err := receipt.Parse(hirings[1].got.receipt)
	if err != nil {
		return nil, fmt.Errorf("read receipt of a hiring: %w", err)
	}
	var cases []*submission
	for _, f := range []struct {
		what string
		c    *co.UniLav
	}{
		{"proroga", s.Extension(3, "")},
		{"trasformazione", s.Transformation(5, "")},
		{"cessazione", s.Termination(7, "")},
		{"rettifica", s.Extension(1, first.Codice)},
	} {
		c, err := d.signed(s.Region, f.what, f.c)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func (d *session) sendAll(ctx context.Context, cases []*submission) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, c := range cases {
		g.Go(func() (err error) {
			c.got, err = d.send(ctx, c)
			return err
		})
	}
	d.sent = append(d.sent, cases...)
	return g.Wait()
}

func (d *session) endpoint(region string) string { return d.hub.URL + "/soap/" + region }

func (d *session) send(ctx context.Context, c *submission) (reply, error) {
	var a reply
	switch {
	case c.egov > 0:
		b, _ := envelope.BindingOfKind(c.kind)
		answer, err := sender.SendEGov(ctx, http.DefaultClient, d.endpoint(c.region), b, sender.EGovHeader(b, c.egov, time.Now().In(d.rome)), c.body)
		switch {
		case err != nil:
			return a, err
		case answer.Fault != nil:
			return reply{kind: gotRefused, text: answer.Fault.Text}, nil
		}
		a = reply{kind: gotAccepted, receipt: answer.Receipt}
		if !answer.Accepted || len(answer.Header.Riscontri) != 1 {
			a.kind = gotRejected
		}
	case c.spicom:
		s, err := sender.SendSPICOM(ctx, http.DefaultClient, d.endpoint(c.region), string(c.body))
		if err != nil {
			return a, err
		}
		a = reply{kind: gotAccepted, text: s.Message, receipt: s.Receipt}
		if s.Codice == "" {
			a.kind = gotRejected
		}
	default:
		answer, err := (&client.Client{Address: d.endpoint(c.region), HTTP: d.caller(c.region)}).Submit(ctx, c.kind, c.body)
		var f *client.Fault
		switch {
		case errors.As(err, &f):
			return reply{kind: gotRefused, text: f.Text}, nil
		case err != nil:
			return a, err
		}
		a = reply{kind: gotAccepted, receipt: answer.Receipt}
		if !answer.Accepted {
			a.kind = gotRejected
		}
	}
	if c.again != nil && bytes.Equal(a.receipt, c.again.got.receipt) {
		a.kind = gotRepeated
	}
	return a, nil
}

// patience bounds the wait for the outcomes of the national store.
const patience = 20 * time.Second

// await asks for the receipts of every accepted communication until the one of
// registration is there.
func (d *session) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, c := range d.sent {
		if c.got.receipt != nil && c.want != gotRepeated {
			c.receipts = [][]byte{c.got.receipt}
		}
		if c.got.kind != gotAccepted {
			continue
		}
		r, err := receipt.Parse(c.got.receipt)
		if err != nil {
			return fmt.Errorf("read receipt: %w", err)
		}
		if c.receipts, err = d.poll(ctx, c.region, r); err != nil {
			return fmt.Errorf("wait for the outcome of %s: %w", r.Codice, err)
		}
	}
	return nil
}

func (d *session) poll(ctx context.Context, region string, r receipt.Receipt) ([][]byte, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		all, err := (&client.Client{Address: d.endpoint(region)}).Receipts(ctx, r.Codice, r.Digest)
		if err != nil || len(all) > 1 {
			return all, err
		}
		select {
		case <-ctx.Done():
			return all, nil // failures tells what is missing
		case <-tick.C:
		}
	}
}

// failures compares what came back with what was expected, and the figures of
// report and verify with what was sent.
func (d *session) failures(result Result) []string {
	var list []string
	want := make(map[string]*Region)
	for _, r := range routing.Regions() {
		want[r.Slug] = &Region{Region: r.Slug}
	}
	for _, c := range d.sent {
		if c.got.kind != c.want || c.code != "" && !d.names(c) {
			list = append(list, fmt.Sprintf("%s, %s: %s %s invece di %s %s", c.region, c.what, c.got.kind, c.got.text, c.want, c.code))
		}
		w := want[c.region]
		w.Submitted++
		switch c.want {
		case gotAccepted:
			w.Accepted++
			w.Registered++
			w.Receipts++
			if len(c.receipts) != 2 {
				list = append(list, fmt.Sprintf("%s, %s: %d ricevute invece di 2", c.region, c.what, len(c.receipts)))
			}
		case gotRejected, gotRefused:
			w.Rejected++
		case gotRepeated:
			w.Repeated++
		}
	}
	for _, got := range result.Regions {
		if got != *want[got.Region] {
			list = append(list, fmt.Sprintf("%s: conti %+v invece di %+v", got.Region, got, *want[got.Region]))
		}
	}
	if !result.Reconciled {
		list = append(list, "report: non quadra")
	}
	if !result.Verified {
		list = append(list, "verify: registro non verificato")
	}
	return append(list, d.sealFailures()...)
}

// names reports whether an answer names the fault that is expected.
func (d *session) names(c *submission) bool {
	return strings.Contains(c.got.text, string(c.code)) || bytes.Contains(c.got.receipt, []byte(string(c.code)))
}

// sealFailures verifies every receipt offline against the hub's seal.
func (d *session) sealFailures() []string {
	var list []string
	trust := filepath.Join(d.data, "seal.pem")
	for _, c := range d.sent {
		for _, sealed := range c.receipts {
			v, err := sender.JudgeReceipt(sealed, trust)
			if err != nil || !v.Intact || !v.Trusted {
				list = append(list, fmt.Sprintf("%s, %s: %s %v", c.region, c.what, v.Text, err))
			}
		}
	}
	return list
}

// repeated counts the answers that were a stored receipt again.
func (d *session) repeated(region string) int64 {
	var n int64
	for _, c := range d.sent {
		if c.region == region && c.got.kind == gotRepeated {
			n++
		}
	}
	return n
}

package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// kit is what cases are made with.
type kit struct {
	signer        *xmlsig.Sealer // whom the hub trusts; nil for none
	stranger      *xmlsig.Sealer // whom nobody does
	system        *xmlsig.Sealer // of ModI, whom the hub trusts; nil for none
	strangeSystem *xmlsig.Sealer
	gateway       *xmlsig.Sealer // of assertions, whom the hub trusts as issuer; nil for none
	issuer        string         // as assertions name it
	audience      string         // whom assertions are for; "" is whom messages are addressed to
	// strangeGateway is an issuer whom nobody knows.
	strangeGateway *xmlsig.Sealer
	hubs           []*x509.Certificate // authorities of the hub's ModI answers
	seals          []*x509.Certificate // authorities of the seal of receipts
	roots          *x509.CertPool      // of the server's certificate; nil is the machine's
	clients        []tls.Certificate   // of the connection; none is none
	channel        bool                // the region admits unsigned documents from this caller
	now            func() time.Time
}

// player plays the cases of one dialect against one endpoint. Not safe for
// concurrent use, but for exchange.
type player struct {
	ctx     context.Context
	web     *http.Client
	url     string
	to      string // what ModI messages are addressed to, and assertions meant for
	dialect string
	kit     *kit
	most    trace // cases may leave up to this
	rome    *time.Location
	timeout time.Duration
	unilav  envelope.Binding
	sampler sample.Maker
	serial  int

	documents int               // made so far
	messages  int               // e-Gov headers made so far
	header    envelope.EGov     // of a message that a later case names again
	named     string            // a MessageID that several cases use
	sent      map[string][]byte // the documents that cases carried, by their id
	kept      map[string]answer // the answers that cases held, by their id
}

// mostSilences is how many cases in a row may get no answer at all before a hub is
// given up: each may wait for the whole timeout.
const mostSilences = 3

// play plays every case of the dialect and gives what became of each.
func (p *player) play(cases []testCase) ([]probe.Check, error) {
	p.sent, p.kept, p.named = make(map[string][]byte), make(map[string]answer), xmlsig.NewMessageID()
	verdicts := make(map[string]probe.Verdict)
	silences := 0
	var checks []probe.Check
	for _, c := range cases {
		if c.in != nil && !slices.Contains(c.in, p.dialect) {
			continue
		}
		check := probe.Check{
			ID: c.id, Group: c.group, Sent: c.sent, Wanted: p.wanted(c), Source: p.sourceOf(c), Points: c.points, Leaves: c.leaves.String(),
			Verdict: probe.Untried,
		}
		if check.Got = p.cannot(c); check.Got == "" {
			switch before := verdicts[c.after]; {
			case silences == mostSilences:
				check.Got, check.Blocked = "il nodo non risponde più", true
			case c.after != "" && before != probe.Held:
				check.Got, check.Blocked = "dipende da "+c.after+", che non è superata", before == probe.Failed
			default:
				silent, err := p.try(c, &check)
				if err != nil {
					return nil, err
				}
				if silences++; !silent {
					silences = 0
				}
			}
		}
		verdicts[c.id] = check.Verdict
		checks = append(checks, check)
	}
	return checks, nil
}

// try plays a case and fills in what became of it; silent tells that there was no
// answer. Its error is that of the whole run: nobody waits for it any more.
func (p *player) try(c testCase, check *probe.Check) (silent bool, err error) {
	got, ok, err := p.one(c)
	var none *notApplicable
	switch {
	case errors.As(err, &none):
		check.Got = none.why
		return false, nil
	case p.ctx.Err() != nil:
		return false, p.ctx.Err()
	case err != nil:
		got, ok = "nessuna risposta: "+err.Error(), false
	}
	check.Got, check.Verdict = got, probe.Held
	if !ok {
		check.Verdict, check.Remedy = probe.Failed, c.remedy
	}
	return err != nil, nil
}

// notApplicable is the error of a case that says nothing about this endpoint.
type notApplicable struct{ why string }

func (e *notApplicable) Error() string { return e.why }

// cannot tells why a case is not played, "" if it is.
func (p *player) cannot(c testCase) string {
	if p.dialect == playModI && p.kit.system == nil && c.run == nil {
		return needsSystem.String()
	}
	if p.dialect == playSAML && p.kit.gateway == nil && c.run == nil {
		return needsGateway.String()
	}
	if c.leaves > p.most {
		return fmt.Sprintf("lascerebbe nel nodo %s: --writes %s", c.leaves, Traces()[c.leaves])
	}
	for _, n := range c.needs {
		lacking := map[need]bool{
			needsSigner: p.kit.signer == nil, needsSystem: p.kit.system == nil, needsGateway: p.kit.gateway == nil, needsSeal: p.kit.seals == nil,
			needsSigned: p.kit.channel, needsChannel: !p.kit.channel,
		}
		if lacking[n] {
			return n.String()
		}
	}
	return ""
}

func (p *player) wantOf(c testCase) want {
	if p.dialect == playModI && c.wantModI != nil {
		return *c.wantModI
	}
	return c.want
}

func (p *player) wanted(c testCase) string {
	if c.run != nil {
		return c.wanted
	}
	return p.wantOf(c).words(p.dialect)
}

// sourceOf is the source of a case, with that of the rule that a refusal names.
func (p *player) sourceOf(c testCase) string {
	w := p.wantOf(c)
	if c.run != nil || len(w.codes) == 0 {
		return c.source
	}
	if e, ok := fault.Lookup(w.codes[0]); ok && e.Source != c.source {
		return c.source + " (" + string(e.Code) + ": " + e.Source + ")"
	}
	return c.source
}

// one plays a case: what was seen, and whether that is what must be.
func (p *player) one(c testCase) (got string, ok bool, err error) {
	if c.run != nil {
		return c.run(p)
	}
	m, err := c.message(p)
	if err != nil {
		return "", false, err
	}
	a, err := p.exchange(m)
	if err != nil {
		return "", false, err
	}
	if a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") != "" {
		return "", false, &notApplicable{"il nodo limita gli invii: ripetere la prova fra " + a.header.Get("Retry-After") + " secondi"}
	}
	if document, ok := p.documentIn(m); ok {
		p.sent[c.id] = document
	}
	wrong := a.trouble
	if wrong == "" {
		wrong = p.wantOf(c).misses(a, p.dialect)
	}
	if wrong == "" && a.unproven && !c.unsigned {
		wrong = "la risposta non è firmata dal nodo come risposta a questa richiesta"
	}
	if wrong == "" && a.receipt != nil && p.kit.seals != nil && !c.sealLater {
		if text, holds, _ := p.sealed(a.receipt); !holds {
			wrong = "ricevuta: " + text
		}
	}
	if wrong == "" && c.more != nil {
		wrong = c.more(p, a)
	}
	if wrong != "" {
		return a.words() + "; " + wrong, false, nil
	}
	p.kept[c.id] = a
	return a.words(), true, nil
}

// documentIn is the document that a message carries, by the dialect's reading.
func (p *player) documentIn(m outgoing) ([]byte, bool) {
	if m.soap12 {
		return nil, false
	}
	env, f := envelope.Open(m.body, envelope.EGovHeader())
	if f != nil {
		return nil, false
	}
	if b, ok := envelope.BindingOf(env.Operation); ok {
		document, f := b.Document(env)
		return document, f == nil
	}
	if envelope.IsInvoke(env.Operation) {
		in, f := envelope.ReadInvoke(env)
		if f == nil && len(in.Args) == 1 {
			return in.Args[0].Text, true
		}
	}
	return nil, false
}

// maxAnswer bounds an answer in bytes, as every client here does.
const maxAnswer = 24 << 20

// exchange sends a message and reads what came back. Its error is that of the
// transport. Safe for concurrent use.
func (p *player) exchange(m outgoing) (answer, error) {
	if err := p.finish(&m); err != nil {
		return answer{}, err
	}
	var body io.Reader = bytes.NewReader(m.body)
	size := int64(len(m.body))
	if m.pad > 0 {
		body, size = io.MultiReader(body, io.LimitReader(blanks{}, m.pad)), size+m.pad
	}
	req, err := http.NewRequestWithContext(p.ctx, m.method, p.url, body)
	if err != nil {
		return answer{}, fmt.Errorf("make request: %w", err)
	}
	req.Header, req.ContentLength = m.header, size
	resp, err := p.web.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("call service: %w", err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("read answer: %w", err)
	}
	return p.read(m, resp, raw), nil
}

// blanks is a body that never ends.
type blanks struct{}

func (blanks) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// finish gives a message its last form: signed under ModI or with an assertion, then
// bent.
func (p *player) finish(m *outgoing) error {
	if p.dialect == playSAML && !m.unsealed {
		if err := p.assert(m); err != nil {
			return err
		}
	}
	if p.dialect == playModI && !m.unsealed {
		at := p.kit.now()
		stamp := xmlsig.Stamp{To: p.to, ID: xmlsig.NewMessageID(), Created: at, Expires: at.Add(hub.MessageAge)}
		if m.stamp != nil {
			m.stamp(&stamp)
		}
		sealer := m.sealer
		if sealer == nil {
			sealer = p.kit.system
		}
		var err error
		if m.body, err = sealer.SealMessage(m.body, stamp); err != nil {
			return fmt.Errorf("sign message: %w", err)
		}
		own := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{sender.OwnMessages: {sealer.Certificate()}}))
		asked, f := own.Verify(m.body, sender.OwnMessages)
		if f != nil {
			return fmt.Errorf("read own message: %s", f.Code)
		}
		m.asked = &asked
	}
	if m.late != nil {
		m.body = m.late(m.body)
	}
	return nil
}

// read reads an answer; under ModI it tells whether the hub signed it as the
// answer to this message.
func (p *player) read(m outgoing, resp *http.Response, raw []byte) answer {
	a := readAnswer(resp.StatusCode, resp.Header, raw, m.soap12, p.rome)
	if m.asked == nil {
		return a
	}
	v := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{sender.HubMessages: p.kit.hubs}))
	signed, f := v.Verify(raw, sender.HubMessages)
	a.unproven = f != nil || !signed.Answers(m.asked.ID, m.asked.Signed) || signed.CheckValidity(p.kit.now()) != nil
	return a
}

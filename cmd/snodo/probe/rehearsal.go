package probe

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// rehearsal judges requests as a hub would, without ledger, broker or seal: the
// same edge, dialects, verifiers and path of a submission, over a journal that
// forgets. Where the hub would refuse a signature it notes the fault and goes on,
// so that a sender hears of everything at once.
type rehearsal struct {
	node     *node.Unopened // its norms and clock
	rome     *time.Location
	verifier *xmlsig.Verifier
	messages *xmlsig.MessageVerifier // nil: messages are not asked to be signed
	trusted  bool                    // signers are judged by given authorities
	channel  bool                    // unsigned documents are admitted
	to       string                  // the endpoint that messages are for; "" for any
	dated    bool                    // messages must be fresh at the instant given
}

// Names under which a rehearsal trusts.
const (
	rehearsedSigners  = "signers"
	rehearsedMessages = "messages"
)

// rehearsed is what one request came to.
type rehearsed struct {
	status    int
	header    http.Header
	body      []byte
	asked     int            // submissions that reached the hub
	noted     fault.List     // what a hub would have refused for, and was passed over
	stranger  bool           // nobody said whom to trust
	drafts    []ledger.Draft // what would have been appended
	regional  bool           // it came in the region's own format
	signature bool           // a document that carries one
	message   bool           // a message whose signature held
	unread    []string       // properties of the region's format that nobody here knows
}

// serve plays one request against the endpoint of a region; guarded has messages
// signed by ModI.
func (r *rehearsal) serve(ctx context.Context, region routing.Region, req *http.Request, guarded bool) (*rehearsed, error) {
	seen := &rehearsed{header: http.Header{}}
	public := "http://" + rehearsalHost
	log := slog.New(passedOver{seen})
	ep := r.node.Endpoint(region, public, unjudged{}, log)
	ep.System, ep.Operator, ep.LoopbackOnly, ep.RefuseForwarded = func(*http.Request) string { return "prova" }, nil, false, false
	if guarded {
		ep.Profiles = soap.MessageProfiles()
		ep.ModI = &soap.ModI{
			Messages: rehearsedMessage{r, seen}, Memory: forgetful{}, Tolerance: hub.ClockTolerance,
			Audience: []string{rehearsalHost},
		}
	}
	h, err := soap.New(soap.Config{
		Backend: rehearsedBackend{hub.Hub{
			Verifier: rehearsedDocument{r, seen}, Conversion: rehearsedDocument{r, seen}, Basis: r.node.Basis,
			Journal: blankJournal{seen}, Channel: map[string]bool{region.Slug: true}, Refusals: new(hub.Limiter), Rome: r.rome,
		}, r, seen},
		Endpoints: []soap.Endpoint{ep}, Budget: soap.NewBudget(soap.MaxInFlight), Log: log, Now: r.node.Instant, PublicURL: public,
	})
	if err != nil {
		return nil, err
	}
	h.ServeHTTP(seen, req.WithContext(ctx))
	return seen, nil
}

// rehearsalHost stands for the hub where nobody said which one.
const rehearsalHost = "nodo.invalid"

// Header, WriteHeader and Write make of a rehearsed the http.ResponseWriter that
// the edge answers to.
func (s *rehearsed) Header() http.Header { return s.header }

func (s *rehearsed) WriteHeader(status int) { s.status = status }

func (s *rehearsed) Write(b []byte) (int, error) {
	s.body = append(s.body, b...)
	return len(b), nil
}

// passedOver hears of the log only which properties a dialect did not know: whoever
// is about to connect must know that a hub does not read them.
type passedOver struct{ seen *rehearsed }

// Enabled implements slog.Handler.
func (passedOver) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (p passedOver) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if names, ok := a.Value.Any().([]string); ok && a.Key == "names" {
			p.seen.unread = append(p.seen.unread, names...)
		}
		return true
	})
	return nil
}

// WithAttrs implements slog.Handler: nothing that it adds is heard.
func (p passedOver) WithAttrs([]slog.Attr) slog.Handler { return p }

// WithGroup implements slog.Handler.
func (p passedOver) WithGroup(string) slog.Handler { return p }

// rehearsedBackend counts what reaches the hub.
type rehearsedBackend struct {
	hub.Hub
	*rehearsal
	seen *rehearsed
}

// Submit implements soap.Backend.
func (b rehearsedBackend) Submit(ctx context.Context, s hub.Submission) (hub.Answer, error) {
	b.seen.asked++
	b.seen.regional = s.Regional != nil
	if m := s.Message; m != nil && !m.Expires.IsZero() { // saved messages are late by nature
		if b.dated && s.Received.After(m.Expires) {
			b.seen.noted = append(b.seen.noted, m.Late)
		}
		s.Message = &hub.Message{Name: m.Name, Taken: m.Taken, Late: m.Late}
	}
	if s.Regional != nil && !b.channel {
		b.seen.noted = append(b.seen.noted, fault.Fault{Code: fault.Unsigned})
	}
	return b.Hub.Submit(ctx, s)
}

// Receipts implements soap.Backend: there are none here.
func (rehearsedBackend) Receipts(context.Context, hub.ReceiptQuery) ([][]byte, error) {
	return nil, nil
}

// Ready implements soap.Backend.
func (rehearsedBackend) Ready(context.Context) error { return nil }

// rehearsedDocument judges documents and goes on whatever it finds.
type rehearsedDocument struct {
	*rehearsal
	seen *rehearsed
}

// Verify implements hub.Verifier. A document that carries no signature is left to
// Seal, which notes it where it must be signed.
func (d rehearsedDocument) Verify(_ context.Context, document []byte, _ string) (hub.Verified, fault.List, error) {
	v, faults := d.verifier.Verify(document, rehearsedSigners)
	if len(faults) == 0 {
		d.seen.signature = true
		return hub.Verified{Content: v.Content, Digest: v.Digest, Signer: v.Signer, Leaf: v}, nil, nil
	}
	if faults[0].Code == fault.Unsigned {
		return hub.Verified{}, faults, nil
	}
	d.seen.signature = true
	if unreadable(faults[0].Code) {
		return hub.Verified{}, faults, nil
	}
	content, _ := node.WithoutSignature(document)
	if faults[0].Code == xmlsig.Untrusted && !d.trusted {
		d.seen.stranger = true
		if v, _ := d.verifier.VerifySeal(document, rehearsedSigners); v.Certificate != nil {
			content = v.Content
		}
	} else {
		d.seen.noted = append(d.seen.noted, faults...)
	}
	return hub.Verified{Content: content, Digest: ledger.Sum(content), Signer: "prova"}, nil, nil
}

// unreadable tells of which faults nobody can say what the document would hold
// without them.
func unreadable(c fault.Code) bool {
	switch c {
	case xmlsig.MalformedXML, xmlsig.HasDTD, xmlsig.NotUTF8, xmlsig.TooLarge, xmlsig.UndeclaredPrefix, xmlsig.DuplicateAttribute:
		return true
	}
	return false
}

// Validity implements hub.Verifier.
func (d rehearsedDocument) Validity(_ context.Context, v hub.Verified, _ string, at time.Time) (fault.List, error) {
	if verified, ok := v.Leaf.(xmlsig.Verified); ok {
		d.seen.noted = append(d.seen.noted, verified.CheckStanding(at, xmlsig.Conditions{})...)
	}
	return nil, nil
}

// Seal implements hub.Conversion: it seals nothing, but refuses what no seal could
// be put on.
func (d rehearsedDocument) Seal(_ context.Context, national []byte) ([]byte, hub.Verified, fault.List, error) {
	_, faults := d.verifier.Verify(national, rehearsedSigners)
	if len(faults) == 1 && faults[0].Code != fault.Unsigned {
		return nil, hub.Verified{}, faults, nil
	}
	if !d.channel && !d.seen.regional {
		d.seen.noted = append(d.seen.noted, fault.Fault{Code: fault.Unsigned})
	}
	return national, hub.Verified{Content: national, Digest: ledger.Sum(national)}, nil, nil
}

// blankJournal has nothing, keeps nothing, and remembers what it was given.
type blankJournal struct{ seen *rehearsed }

// Append implements ledger.Journal.
func (j blankJournal) Append(_ context.Context, d ledger.Draft) (ledger.Result, error) {
	j.seen.drafts = append(j.seen.drafts, d)
	d.Entry.Position = int64(len(j.seen.drafts))
	return ledger.Result{Stored: ledger.Stored{Entry: d.Entry}}, nil
}

// Accepted implements ledger.Journal.
func (blankJournal) Accepted(context.Context, ledger.Hash, string, ledger.Hash) (ledger.Stored, bool, error) {
	return ledger.Stored{}, false, nil
}

// Read implements ledger.Journal: a previous code is taken to be known, for only
// the hub's own ledger could tell.
func (blankJournal) Read(_ context.Context, q ledger.ChainQuery) (ledger.Reading, error) {
	return ledger.Reading{Query: q, Known: true}, nil
}

// unjudged passes over the assertions of persons: who issues them is not told here.
type unjudged struct{}

// Verify implements identity.Verifier.
func (unjudged) Verify([]byte, string, bool) (identity.Proof, *fault.Fault) {
	return identity.Proof{}, &fault.Fault{Code: fault.AssertionMissing}
}

// forgetful is a memory of messages in which none is.
type forgetful struct{}

// Recall implements ledger.Messages.
func (forgetful) Recall(context.Context, ledger.MessageKey) (ledger.Hash, bool, error) {
	return ledger.Hash{}, false, nil
}

// Remember implements ledger.Messages.
func (forgetful) Remember(_ context.Context, _ ledger.MessageKey, digest ledger.Hash, _ time.Time) (ledger.Hash, error) {
	return digest, nil
}

// Forget implements ledger.Messages.
func (forgetful) Forget(context.Context, time.Time) (int64, error) { return 0, nil }

// rehearsedMessage judges signed messages. A saved message is old and was for some
// hub: its address is judged if one was given, its instants at one that was given,
// else as if it had just been made.
type rehearsedMessage struct {
	*rehearsal
	seen *rehearsed
}

// Verify implements soap.Messages.
func (g rehearsedMessage) Verify(src []byte, region string) (hub.SignedMessage, *fault.Fault) {
	m, f := node.ReadMessage(g.messages, src, region)
	if f != nil {
		return m, f
	}
	g.seen.message = true
	if g.to == "" || m.To == g.to {
		m.To = rehearsalHost
	}
	if !g.dated {
		made := m.Created
		m.Created = g.node.Instant()
		m.Expires = m.Created.Add(m.Expires.Sub(made))
	}
	return m, nil
}

// Validity implements soap.Messages.
func (g rehearsedMessage) Validity(_ context.Context, m hub.SignedMessage, _ string, at time.Time) (*fault.Fault, error) {
	proof, _ := m.Proof.(xmlsig.Message)
	return proof.CheckValidity(at), nil
}

// Sign implements soap.Messages: a rehearsal has no key.
func (rehearsedMessage) Sign(plain []byte, _ hub.SignedMessage, _ time.Time, _ soap.SignedAs) ([]byte, error) {
	return plain, nil
}

// newRehearsal makes a rehearsal at an instant, by norms.
func newRehearsal(n *node.Norms, at time.Time, rome *time.Location, signers, systems []*x509.Certificate) *rehearsal {
	r := &rehearsal{
		node:     node.NewUnopened(n, at, rome),
		rome:     rome,
		verifier: xmlsig.NewVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{rehearsedSigners: signers})),
		trusted:  len(signers) > 0,
	}
	if len(systems) > 0 {
		r.messages = node.MessageTrust(systems)
	}
	return r
}

// requestOf is a body as a client sends it.
func requestOf(path string, header http.Header, body []byte) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+rehearsalHost+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header, req.RemoteAddr = header, "127.0.0.1:1"
	return req, nil
}

// bodyOf reads a request's body and puts it back.
func bodyOf(req *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return raw, nil
}

// withoutHeader blanks the Header of an envelope and leaves all lines where they
// are; ok is false if there is none to find.
func withoutHeader(src []byte) (out []byte, ok bool) {
	var r xmltoken.Reader
	for r.Reset(src, xmltoken.Limits{}); ; {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return src, false
		}
		if kind != xmltoken.Start || r.Depth() != 2 || string(r.Local()) != "Header" {
			continue
		}
		from := r.Offset()
		if r.Skip() != nil {
			return src, false
		}
		out = bytes.Clone(src)
		for i := from; i < r.End(); i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
		return out, true
	}
}

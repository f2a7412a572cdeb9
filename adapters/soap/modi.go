package soap

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// ModI judges the messages of an endpoint by AgID's patterns, those of the
// endpoint's Profiles, and signs its answers. It stands before the endpoint's
// dialect, which reads the message's Body alone and does not know of it. Safe
// for concurrent use.
type ModI struct {
	Messages Messages
	Memory   ledger.Messages
	// Audience are the values of wsa:To that mean this endpoint.
	Audience []string
	// Tolerance is how far ahead of ours the clocks of senders may be.
	Tolerance time.Duration
	// Keep keeps the whole of a message that brought many communications; each of
	// them has its own part as evidence. An error ends the call, which may be
	// repeated.
	Keep func(context.Context, hub.MassMessage) error
	// Carries tells whether the caller of a request may bring the messages of who
	// signed this one; nil lets everybody.
	Carries func(*http.Request, hub.SignedMessage) bool
}

// Messages verifies and signs messages. Safe for concurrent use.
type Messages interface {
	// Verify judges a message's signature and signer against the anchors of a
	// region's senders, and has signed what the region's profiles say.
	Verify(src []byte, region string) (hub.SignedMessage, *fault.Fault)
	// Validity judges the signer's certificates at an instant, by the region's
	// policy. A *hub.TryLater tells that revocation cannot be told now.
	Validity(ctx context.Context, m hub.SignedMessage, region string, at time.Time) (*fault.Fault, error)
	// Sign signs an answer to m, made at an instant.
	Sign(plain []byte, m hub.SignedMessage, at time.Time, as SignedAs) ([]byte, error)
}

// admit judges a message: signature and chain, who brings it, address, memory,
// and only if it is not remembered the certificates' validity and its freshness.
// What comes again with the same Body is answered however late it comes. The
// message is there once its signature has held, whatever is found later. Without
// ID_AUTH_SOAP_02 nothing is remembered: a message has no name that is surely its
// own, and only a fresh one is taken.
func (x *exchange) admit(ctx context.Context, req hub.Request) (*fault.Fault, error) {
	g := x.place.ModI
	m, f := g.Messages.Verify(req.Body, req.Region.Slug)
	if f != nil {
		return f, nil
	}
	x.message = &m
	if g.Carries != nil && !g.Carries(x.r, m) {
		return &fault.Fault{Code: fault.MessageCarrier}, nil
	}
	if !slices.Contains(g.Audience, m.To) {
		return &fault.Fault{Code: fault.MessageAudience}, nil
	}
	if !x.place.requires(AuthSOAP02) {
		return g.fresh(ctx, m, req)
	}
	key := m.Key(req.Region.Slug)
	kept, found, err := g.Memory.Recall(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("recall message: %w", err)
	}
	if !found {
		if f, err := g.fresh(ctx, m, req); f != nil || err != nil {
			return f, err
		}
		if kept, err = g.Memory.Remember(ctx, key, m.Digest, req.Received); err != nil {
			return nil, fmt.Errorf("remember message: %w", err)
		}
	}
	if kept != m.Digest {
		x.h.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "message identifier used again", append(x.who(), slog.String("path", x.route))...)
		return &fault.Fault{Code: fault.MessageReused}, nil
	}
	return nil, nil
}

// fresh judges the certificates and the instants of a message that nobody
// remembers.
func (g *ModI) fresh(ctx context.Context, m hub.SignedMessage, req hub.Request) (*fault.Fault, error) {
	if f, err := g.Messages.Validity(ctx, m, req.Region.Slug, req.Received); f != nil || err != nil {
		return f, err
	}
	return m.Fresh(req.Received, g.Tolerance), nil
}

// unwrap has the guard judge a request and leaves of it what the dialect may
// read: SOAP 1.1, and under ModI the signed Body alone, from the system that
// signed.
func (x *exchange) unwrap(req *hub.Request) *hub.Problem {
	if x.place.ModI == nil {
		if !x.soap12 {
			return nil
		}
		body, f := envelope.FromSOAP12(req.Body)
		if f != nil {
			return refuse(f)
		}
		req.Body = body
		return nil
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), x.h.cfg.Timeout)
	defer cancel()
	f, err := x.admit(ctx, *req)
	m := x.message // there is one without error and fault
	switch {
	case err != nil:
		return x.trouble(err)
	case f != nil:
		return refuse(f)
	case (m.SOAP == envelope.SOAP12) != x.soap12:
		return refuse(&fault.Fault{Code: fault.EnvelopeVersion})
	}
	if req.Action, f = agreed(req.Action, m.Action); f != nil {
		return refuse(f)
	}
	req.Body, req.System = envelope.Wrap(m.Body), m.Sender
	return nil
}

// faultResponse is a problem as the dialect writes it.
func (x *exchange) faultResponse(p hub.Problem) hub.Response {
	resp := x.dialect.Fault(x.call, p)
	resp.Status = faultStatus(p)
	client := envelope.FaultCodeOf(p.Fault.Code, p.Sender) == envelope.Client
	if x.soap12 && client && resp.Status == http.StatusInternalServerError {
		resp.Status = http.StatusBadRequest // SOAP 1.2 part 2, table 17
	}
	return resp
}

// contentType12 of every answer in SOAP 1.2.
const contentType12 = mediaSOAP12 + "; charset=utf-8"

// dress gives an answer the SOAP of its request, and under
// PROFILE_NON_REPUDIATION_01 a signature. An answer that cannot be signed is not
// given: it would not be the hub's.
func (x *exchange) dress(resp hub.Response) hub.Response {
	if x.soap12 && resp.ContentType == contentType {
		resp.ContentType, resp.Body = contentType12, envelope.ToSOAP12(resp.Body)
	}
	if x.message == nil || !x.place.requires(NonRepudiation) {
		return resp
	}
	signed, err := x.place.ModI.Messages.Sign(resp.Body, *x.message, x.h.cfg.Now(), signedAs(operationIn(x.message.Body), resp.Status != http.StatusOK))
	if err != nil {
		x.err, x.message, x.outcome = fmt.Errorf("sign answer: %w", err), nil, string(fault.InternalTrouble)
		return x.dress(x.faultResponse(*internal()))
	}
	resp.Body = signed
	return resp
}

// who tells the log of a request under ModI what AgID asks for (Raccomandazioni di
// implementazione, RAC_GEN_LOG_01) and the rest of the line has not: its identifier,
// the caller's address and whose certificate signed. Names, which may be a person's,
// and the MessageID, which the caller writes, stay out.
func (x *exchange) who() []slog.Attr {
	if x.id == "" {
		return nil
	}
	attrs := []slog.Attr{slog.String("request", x.id), slog.String("client", address(x.r))}
	if x.message != nil && x.message.Certificate != (ledger.Hash{}) {
		attrs = append(attrs, slog.String("consumer", x.message.Certificate.String()))
	}
	if x.repeated {
		attrs = append(attrs, slog.Bool("repeated", true))
	}
	return attrs
}

package node

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// anonymous is the address of whoever waits for the answer (WS-Addressing 1.0,
// Core, section 2.1).
const anonymous = "http://www.w3.org/2005/08/addressing/anonymous"

// checkModI refuses --modi for what is no region, and where no message could be
// addressed to this hub: wsa:To is the public address, else the listener's.
func (c Config) checkModI() error {
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && len(c.ModI) > 0 && c.PublicURL == "" {
		if addr, err := netip.ParseAddr(host); host == "" || err == nil && addr.IsUnspecified() {
			return fmt.Errorf("--modi: needs --public-url where --listen is on all interfaces: wsa:To names it: %w", verb.ErrUsage)
		}
	}
	for slug := range c.ModI {
		if _, ok := routing.RegionBySlug(slug); !ok {
			return fmt.Errorf("--modi %s: no such region: %w", slug, verb.ErrUsage)
		}
	}
	return nil
}

// checkPublicURL refuses an address that no caller could reach: WSDLs name it, and
// wsa:To must be it.
func (c Config) checkPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	if wrong := webAddress(c.PublicURL); wrong != "" || strings.Contains(c.PublicURL, "?") {
		return fmt.Errorf("--public-url: want an http or https address without password or query: %w", verb.ErrUsage)
	}
	return nil
}

// openMessages makes the verifier of the messages of the regions under --modi;
// nil if there is none.
func (n *Node) openMessages() (soap.Messages, error) {
	if len(n.Config.ModI) == 0 {
		return nil, nil
	}
	named := make(map[string][]*x509.Certificate)
	for slug, path := range n.Config.ModI {
		anchors, err := verb.ReadAnchors("--modi "+slug, path)
		if err != nil {
			return nil, err
		}
		named[messageAnchor(slug)] = anchors
	}
	return messageSigner{
		verifier: xmlsig.NewMessageVerifier(xmlsig.NewTrust(named)).Requiring(n.Config.messageRequirements()),
		seals:    n.Keys.Seals(), regimes: n.Regimes,
	}, nil
}

// messageRequirements are what the policies ask of messages.
func (c Config) messageRequirements() map[string]xmlsig.MessageRequirements {
	named := make(map[string]xmlsig.MessageRequirements)
	for slug := range c.ModI {
		p := c.Regions[slug]
		named[messageAnchor(slug)] = xmlsig.MessageRequirements{
			Requirements: xmlsig.Requirements{Algorithms: p.Algorithms, Organizations: p.messagePins()},
			AnyID:        !c.requires(slug, soap.AuthSOAP02), AnyBody: !c.requires(slug, soap.IntegritySOAP01),
		}
	}
	return named
}

// messageAnchor is the name under which a region's senders of messages are
// trusted.
func messageAnchor(slug string) string { return "modi/" + slug }

// require has an endpoint ask what its region's profiles say, and keep what many
// communications came in.
func (n *Node) require(ep *soap.Endpoint, public string, keep func(context.Context, hub.MassMessage) error) {
	slug := ep.Region.Slug
	ep.Profiles = n.Config.profiles(slug)
	mutual := n.Config.requires(slug, soap.AuthChannel02)
	if mutual {
		ep.Caller = func(req *http.Request) *fault.Fault {
			_, f := n.standing(slug, req)
			return f
		}
	}
	if n.Config.ModI[slug] == "" {
		return
	}
	ep.ModI = &soap.ModI{
		Messages: n.messages, Memory: n.Store, Keep: keep,
		Audience:  []string{strings.TrimSuffix(public, "/") + soap.EndpointPath + slug},
		Tolerance: n.Config.Regions[slug].messageTolerance(),
	}
	if mutual {
		ep.ModI.Carries = func(req *http.Request, m hub.SignedMessage) bool { return n.carries(slug, req, m) }
	}
}

// messageSigner joins signed messages to the edge.
type messageSigner struct {
	verifier *xmlsig.MessageVerifier
	seals    xmlsig.Seals
	regimes  map[string]Regime
}

// Verify implements soap.Messages.
func (s messageSigner) Verify(src []byte, region string) (hub.SignedMessage, *fault.Fault) {
	m, f := s.verifier.Verify(src, messageAnchor(region))
	if f != nil {
		return hub.SignedMessage{}, f
	}
	if m.Asserted && means(region) == nil { // nobody would judge it
		return hub.SignedMessage{}, &fault.Fault{Code: xmlsig.SecurityShape}
	}
	return confirmedMessage(m), nil
}

// confirmedMessage is what the edge is told of a message. Where a region does not have
// the Body signed, a signature that leaves it out confirms nobody: it may have been
// another message's.
func confirmedMessage(m xmlsig.Message) hub.SignedMessage {
	s := hub.SignedMessage{
		SOAP: m.Version, Body: m.Body, Digest: m.Digest, ID: m.ID, To: m.To, Action: m.Action, Created: m.Created, Expires: m.Expires, Sender: m.Sender,
		Asserted: m.Asserted, Proof: m,
	}
	if m.Whole {
		s.Certificate, s.Vouches = ledger.Sum(m.Certificate.Raw), m.Vouches
	}
	return s
}

// Validity implements soap.Messages.
func (s messageSigner) Validity(ctx context.Context, m hub.SignedMessage, region string, at time.Time) (*fault.Fault, error) {
	proof, _ := m.Proof.(xmlsig.Message) // the zero Message is of no valid certificate
	g := s.regimes[region]
	g.ask(ctx, proof.Verified(), at)
	f := proof.CheckStanding(at, g.conditions)
	if f != nil && f.Code == xmlsig.UnknownStanding {
		return nil, &hub.TryLater{Fault: *f, After: retryStanding}
	}
	return f, nil
}

// Sign implements soap.Messages.
func (s messageSigner) Sign(plain []byte, m hub.SignedMessage, at time.Time, as soap.SignedAs) ([]byte, error) {
	proof, ok := m.Proof.(xmlsig.Message)
	if !ok {
		return nil, errors.New("sign answer: not a message of this verifier")
	}
	return s.seals.At(at).SealMessage(plain, xmlsig.Stamp{
		To: anonymous, ID: xmlsig.NewMessageID(), RelatesTo: m.ID, Action: as.Action, Created: at, Expires: at.Add(hub.MessageAge),
		Answers: proof.Signed, Service: as.Space,
	})
}

// forget drops the MessageIDs that need not be remembered any longer, once it
// holds shard 0 and then every day.
func (n *Node) forget(ctx context.Context) error {
	var last time.Time
	return n.every(ctx, lookEvery, func() error {
		if !n.Relay.Holds(0) || n.Now().Sub(last) < eraseEvery {
			return nil
		}
		_, err := n.Store.Forget(ctx, n.Now().Add(-ledger.MessageTTL))
		if err == nil {
			last = n.Now()
		}
		return err
	})
}

package main

import (
	"crypto/x509"
	"log/slog"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/xsd/fault"
)

// unopened is a node of which nothing is open: it has norms, a clock and the
// endpoints of the regions, and neither ledger nor broker nor seal. Whoever judges
// requests beforehand asks it what a node would do. Safe for concurrent use.
type unopened struct {
	now   func() time.Time
	rome  *time.Location
	shelf *shelf
}

// newUnopened makes one of norms, whose clock stands still at an instant.
func newUnopened(n *norms, at time.Time, rome *time.Location) *unopened {
	now := func() time.Time { return at }
	s := &shelf{now: now, log: slog.New(slog.DiscardHandler)}
	s.take(n)
	return &unopened{now: now, rome: rome, shelf: s}
}

// instant is what its clock says.
func (u *unopened) instant() time.Time { return u.now() }

// basis gives what decisions read.
func (u *unopened) basis() hub.Basis { return u.shelf.basis() }

// endpoint is that of a region under a public URL, with the region's dialect and
// without any policy; what the dialect has to say goes to log.
func (u *unopened) endpoint(r routing.Region, public string, assertions identity.Verifier, log *slog.Logger) soap.Endpoint {
	n := &node{now: u.now, log: log, rome: u.rome, shelf: u.shelf, assertions: assertions}
	return n.endpoint(r, public)
}

// messageTrust makes the verifier of signed messages of systems of any region
// under the same authorities; readMessage takes it.
func messageTrust(anchors []*x509.Certificate) *xmlsig.MessageVerifier {
	named := make(map[string][]*x509.Certificate)
	for _, region := range routing.Regions() {
		named[messageAnchor(region.Slug)] = anchors
	}
	return xmlsig.NewMessageVerifier(xmlsig.NewTrust(named))
}

// readMessage reads a signed message as the edge of a region does. When it was
// made, and whether its certificate stands, is not judged.
func readMessage(v *xmlsig.MessageVerifier, src []byte, region string) (hub.SignedMessage, *fault.Fault) {
	return messageSigner{verifier: v}.Verify(src, region)
}

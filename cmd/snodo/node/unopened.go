package node

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

// Unopened is a node of which nothing is open: it has norms, a clock and the
// endpoints of the regions, and neither ledger nor broker nor seal. Whoever judges
// requests beforehand asks it what a node would do. Safe for concurrent use.
type Unopened struct {
	now   func() time.Time
	rome  *time.Location
	shelf *Shelf
}

// NewUnopened makes one of norms, whose clock stands still at an instant.
func NewUnopened(n *Norms, at time.Time, rome *time.Location) *Unopened {
	now := func() time.Time { return at }
	s := &Shelf{now: now, Log: slog.New(slog.DiscardHandler)}
	s.Take(n)
	return &Unopened{now: now, rome: rome, shelf: s}
}

// Instant is what its clock says.
func (u *Unopened) Instant() time.Time { return u.now() }

// Basis gives what decisions read.
func (u *Unopened) Basis() hub.Basis { return u.shelf.Basis() }

// Endpoint is that of a region under a public URL, with the region's dialect and
// without any policy; what the dialect has to say goes to log.
func (u *Unopened) Endpoint(r routing.Region, public string, assertions identity.Verifier, log *slog.Logger) soap.Endpoint {
	n := &Node{Now: u.now, Log: log, rome: u.rome, Shelf: u.shelf, assertions: assertions}
	return n.endpoint(r, public)
}

// MessageTrust makes the verifier of signed messages of systems of any region
// under the same authorities; ReadMessage takes it.
func MessageTrust(anchors []*x509.Certificate) *xmlsig.MessageVerifier {
	named := make(map[string][]*x509.Certificate)
	for _, region := range routing.Regions() {
		named[messageAnchor(region.Slug)] = anchors
	}
	return xmlsig.NewMessageVerifier(xmlsig.NewTrust(named))
}

// ReadMessage reads a signed message as the edge of a region does. When it was
// made, and whether its certificate stands, is not judged.
func ReadMessage(v *xmlsig.MessageVerifier, src []byte, region string) (hub.SignedMessage, *fault.Fault) {
	return messageSigner{verifier: v}.Verify(src, region)
}

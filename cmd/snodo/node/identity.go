package node

import (
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// DevelopmentIssuer is who issues assertions on a development hub: `snodo
// certificate assertion`, with the authority of the data folder.
const DevelopmentIssuer = "urn:snodo:sviluppo:identita"

// assertions joins the verifier of assertions to the dialects. Safe for concurrent
// use.
type assertions struct {
	verifier *xmlsig.AssertionVerifier
	issuers  map[string]map[string][]string // region slug, issuer: the means it is believed for
}

// issuerAnchor is the name under which the certificates of a region's issuer are
// filed: documents and messages have other names.
func issuerAnchor(slug, issuer string) string { return "saml/" + slug + " " + issuer }

// openAssertions reads the certificates of the issuers. Where a region names none,
// the development authority is one, on loopback alone.
func (n *Node) openAssertions() (*assertions, error) {
	a := &assertions{issuers: make(map[string]map[string][]string)}
	named := make(map[string][]*x509.Certificate)
	for _, r := range routing.Regions() {
		taken, p := means(r.Slug), n.Config.Regions[r.Slug].Identity
		if taken == nil {
			continue
		}
		a.issuers[r.Slug] = make(map[string][]string)
		if len(p.Issuers) == 0 && n.Config.loopback() {
			a.issuers[r.Slug][DevelopmentIssuer] = taken
			named[issuerAnchor(r.Slug, DevelopmentIssuer)] = []*x509.Certificate{n.Keys.Authority.Certificate}
			continue
		}
		for _, issuer := range p.Issuers {
			anchors, err := verb.ReadAnchors(fmt.Sprintf("regions.%s.identity.issuers %s", r.Slug, issuer.ID), issuer.Trust)
			if err != nil {
				return nil, err
			}
			named[issuerAnchor(r.Slug, issuer.ID)] = anchors
			if a.issuers[r.Slug][issuer.ID] = issuer.Means; len(issuer.Means) == 0 {
				a.issuers[r.Slug][issuer.ID] = taken
			}
		}
	}
	a.verifier = xmlsig.NewAssertionVerifier(xmlsig.NewTrust(named))
	return a, nil
}

// Verify implements identity.Verifier.
func (a *assertions) Verify(message []byte, region string, modi bool) (identity.Proof, *fault.Fault) {
	var proof identity.Proof
	verified, f := a.verifier.Verify(message, modi, func(content []byte) (string, *fault.Fault) {
		said, f := saml.Read(content)
		if f != nil {
			return "", f
		}
		believed, known := a.issuers[region][said.Issuer]
		if !known {
			return "", &fault.Fault{Code: fault.AssertionIssuer}
		}
		proof.Assertion, proof.Means = said, believed
		return issuerAnchor(region, said.Issuer), nil
	})
	if f != nil {
		return identity.Proof{}, f
	}
	proof.Body, proof.Standing = verified.Body, verified.CheckValidity
	return proof, nil
}

// desk receives those who show an assertion at a region's endpoint.
func (n *Node) desk(r routing.Region, public string) identity.Desk {
	p, here := n.Config.Regions[r.Slug], strings.TrimSuffix(public, "/")+soap.EndpointPath+r.Slug
	place := identity.Place{
		Audience: p.Identity.Audience, Recipients: []string{here}, Age: p.Identity.Age,
		Tolerance: max(p.certificateTolerance(), hub.ClockTolerance),
	}
	if len(place.Audience) == 0 {
		place.Audience = []string{here}
	}
	if place.Age == 0 {
		place.Age = identity.DefaultAge
	}
	return identity.Desk{Verifier: n.assertions, Place: place, Means: means(r.Slug)}
}

package node

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/adapters/xmlsig/revocation"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
)

// revocationFolder keeps the lists that addresses gave, in the data folder.
const revocationFolder = "revocation"

// Regime is what a region asks of certificates, with what it asks of others.
type Regime struct {
	conditions xmlsig.Conditions
	Source     *revocation.Source // of lists and responders; nil where revocation is off
}

// ask has responders asked for what will be judged, where there are any.
func (g Regime) ask(ctx context.Context, v xmlsig.Verified, at time.Time) {
	if g.Source != nil {
		g.Source.Prepare(ctx, v.Chains(), at)
	}
}

// requirements are what the policies ask of signatures.
func (c Config) requirements() map[string]xmlsig.Requirements {
	named := make(map[string]xmlsig.Requirements)
	for slug, p := range c.Regions {
		named[slug] = xmlsig.Requirements{Algorithms: p.Algorithms, Organizations: p.Organizations}
	}
	return named
}

// rates are the rates of the regions that have one.
func (c Config) rates() map[string]hub.Rate {
	rates := make(map[string]hub.Rate)
	for slug, p := range c.Regions {
		rates[slug] = hub.Rate(p.Rate)
	}
	return rates
}

// openRegimes makes what the intake judges certificates by; lists in files that
// cannot be used end the start, all of them told at once.
func (n *Node) openRegimes(context.Context) error {
	if !n.roles.intake {
		return nil
	}
	n.Regimes = make(map[string]Regime)
	var errs []error
	for _, r := range routing.Regions() {
		p := n.Config.Regions[r.Slug]
		g := Regime{conditions: xmlsig.Conditions{Tolerance: p.certificateTolerance()}}
		if p.asksRevocation() {
			source, err := revocation.Open(p.source(n.anchors[r.Slug], n.Config.Data, n))
			if err != nil {
				errs = append(errs, fmt.Errorf("region %s: %w", r.Slug, err))
			}
			g.Source = source
			g.conditions.Revocation, g.conditions.Hard = source, p.Revocation == RevocationHard
		}
		n.Regimes[r.Slug] = g
	}
	return errors.Join(errs...)
}

func (p RegionPolicy) asksRevocation() bool {
	return p.Revocation == RevocationSoft || p.Revocation == RevocationHard
}

// source is the configuration of what a policy knows of revocation.
func (p RegionPolicy) source(anchors []*x509.Certificate, data string, n *Node) revocation.Config {
	return revocation.Config{
		Lists: p.CRL, Responders: p.OCSP, Anchors: anchors,
		Folder: filepath.Join(data, revocationFolder), Now: n.Now, Log: n.Log,
	}
}

// logPolicies tells the policies of the intake once everything is open.
func (n *Node) logPolicies(context.Context) error {
	if n.roles.intake {
		for _, r := range routing.Regions() {
			n.logPolicy(r, n.Config.Regions[r.Slug])
		}
	}
	return nil
}

// logPolicy tells the policy in force of a region: numbers, names of algorithms
// and places, nothing of any signer.
func (n *Node) logPolicy(r routing.Region, p RegionPolicy) {
	policy, revoked := n.Config.Policy[r.Slug], p.Revocation
	if policy == "" {
		policy = PolicySigned
	}
	if revoked == "" {
		revoked = RevocationOff
	}
	trust := n.Config.Trust[r.Slug]
	if trust == "" && len(n.anchors[r.Slug]) > 0 {
		trust = "development authority"
	}
	algorithms := p.Algorithms
	if len(algorithms) == 0 {
		algorithms = xmlsig.Algorithms()
	}
	n.Log.Info("policy in force",
		"region", r.Slug, "policy", policy, "trust", trust, "anchors", len(n.anchors[r.Slug]),
		"revocation", revoked, "crl", p.CRL, "ocsp", p.OCSP, "clock_tolerance", p.certificateTolerance().String(),
		"algorithms", algorithms, "pinned_organizations", len(p.Organizations),
		"max_bytes", p.mostBytes(), "rate", p.Rate.String(),
		"profiles", n.Config.profiles(r.Slug), "client_authorities", len(n.clients[r.Slug]), "intermediaries", len(p.Intermediaries),
		"identity_required", p.Identity.Required, "identity_issuers", len(p.Identity.Issuers))
}

// renewals keep the lists of the regimes fresh.
func (n *Node) renewals() (tasks []func(context.Context) error) {
	for _, g := range n.Regimes {
		if g.Source != nil {
			tasks = append(tasks, g.Source.Run)
		}
	}
	return tasks
}

func (n *Node) closeRegimes() {
	for _, g := range n.Regimes {
		if g.Source != nil {
			g.Source.Close()
		}
	}
}

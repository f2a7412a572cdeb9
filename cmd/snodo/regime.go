package main

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

// regime is what a region asks of certificates, with what it asks of others.
type regime struct {
	conditions xmlsig.Conditions
	source     *revocation.Source // nil where revocation is off
}

// ask has responders asked for what will be judged, where there are any.
func (g regime) ask(ctx context.Context, v xmlsig.Verified, at time.Time) {
	if g.source != nil {
		g.source.Prepare(ctx, v.Chains(), at)
	}
}

// requirements are what the policies ask of signatures.
func (c config) requirements() map[string]xmlsig.Requirements {
	named := make(map[string]xmlsig.Requirements)
	for slug, p := range c.Regions {
		named[slug] = xmlsig.Requirements{Algorithms: p.Algorithms, Organizations: p.Organizations}
	}
	return named
}

// rates are the rates of the regions that have one.
func (c config) rates() map[string]hub.Rate {
	rates := make(map[string]hub.Rate)
	for slug, p := range c.Regions {
		rates[slug] = hub.Rate(p.Rate)
	}
	return rates
}

// openRegimes makes what the intake judges certificates by; lists in files that
// cannot be used end the start, all of them told at once.
func (n *node) openRegimes(context.Context) error {
	if !n.roles.intake {
		return nil
	}
	n.regimes = make(map[string]regime)
	var errs []error
	for _, r := range routing.Regions() {
		p := n.cfg.Regions[r.Slug]
		g := regime{conditions: xmlsig.Conditions{Tolerance: p.certificateTolerance()}}
		if p.asksRevocation() {
			source, err := revocation.Open(p.source(n.anchors[r.Slug], n.cfg.Data, n))
			if err != nil {
				errs = append(errs, fmt.Errorf("region %s: %w", r.Slug, err))
			}
			g.source = source
			g.conditions.Revocation, g.conditions.Hard = source, p.Revocation == revocationHard
		}
		n.regimes[r.Slug] = g
	}
	return errors.Join(errs...)
}

func (p regionPolicy) asksRevocation() bool {
	return p.Revocation == revocationSoft || p.Revocation == revocationHard
}

// source is the configuration of what a policy knows of revocation.
func (p regionPolicy) source(anchors []*x509.Certificate, data string, n *node) revocation.Config {
	return revocation.Config{
		Lists: p.CRL, Responders: p.OCSP, Anchors: anchors,
		Folder: filepath.Join(data, revocationFolder), Now: n.now, Log: n.log,
	}
}

// logPolicies tells the policies of the intake once everything is open.
func (n *node) logPolicies(context.Context) error {
	if n.roles.intake {
		for _, r := range routing.Regions() {
			n.logPolicy(r, n.cfg.Regions[r.Slug])
		}
	}
	return nil
}

// logPolicy tells the policy in force of a region: numbers, names of algorithms
// and places, nothing of any signer.
func (n *node) logPolicy(r routing.Region, p regionPolicy) {
	policy, revoked := n.cfg.Policy[r.Slug], p.Revocation
	if policy == "" {
		policy = policySigned
	}
	if revoked == "" {
		revoked = revocationOff
	}
	trust := n.cfg.Trust[r.Slug]
	if trust == "" && len(n.anchors[r.Slug]) > 0 {
		trust = "development authority"
	}
	algorithms := p.Algorithms
	if len(algorithms) == 0 {
		algorithms = xmlsig.Algorithms()
	}
	n.log.Info("policy in force",
		"region", r.Slug, "policy", policy, "trust", trust, "anchors", len(n.anchors[r.Slug]),
		"revocation", revoked, "crl", p.CRL, "ocsp", p.OCSP, "clock_tolerance", p.certificateTolerance().String(),
		"algorithms", algorithms, "pinned_organizations", len(p.Organizations),
		"max_bytes", p.mostBytes(), "rate", p.Rate.String(),
		"profiles", n.cfg.profiles(r.Slug), "client_authorities", len(n.clients[r.Slug]), "intermediaries", len(p.Intermediaries),
		"identity_required", p.Identity.Required, "identity_issuers", len(p.Identity.Issuers))
}

// renewals keep the lists of the regimes fresh.
func (n *node) renewals() (tasks []func(context.Context) error) {
	for _, g := range n.regimes {
		if g.source != nil {
			tasks = append(tasks, g.source.Run)
		}
	}
	return tasks
}

func (n *node) closeRegimes() {
	for _, g := range n.regimes {
		if g.source != nil {
			g.source.Close()
		}
	}
}

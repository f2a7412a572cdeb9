package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/adapters/xmlsig/revocation"
	"github.com/snodo-co/snodo/routing"
)

// defaultMargin is how long before its end a certificate is called out: time
// enough to have another issued and told to everybody.
const defaultMargin = 30 * 24 * time.Hour

// What expires.
const (
	kindAuthority  = "autorità di sviluppo"
	kindSeal       = "sigillo delle ricevute"
	kindConversion = "sigillo di conversione"
	kindAnchor     = "autorità della regione"
	kindClientCA   = "autorità dei client"
	kindTLS        = "certificato TLS"
	kindList       = "lista di revoca"
)

// The states of what expires. Those that end the verb with exit code 3 are
// expired, expiring and missing.
const (
	stateValid    = "valido"
	stateExpiring = "in scadenza"
	stateExpired  = "scaduto"
	stateComing   = "futuro"     // a seal whose turn is to come
	stateReplaced = "sostituito" // a seal whose turn is over: it verifies for ever
	stateMissing  = "assente"    // a list that never came
)

// expiry is one thing that expires.
type expiry struct {
	Kind   string     `json:"tipo"`
	Region string     `json:"regione,omitempty"`
	Place  string     `json:"dove"`
	Name   string     `json:"nome,omitempty"` // of an authority or a seal, never of a person
	Ends   *time.Time `json:"scadenza,omitempty"`
	From   *time.Time `json:"sigilla_dal,omitempty"`
	State  string     `json:"stato"`
}

// wrong reports whether somebody must do something.
func (e expiry) wrong() bool {
	return e.State == stateExpired || e.State == stateExpiring || e.State == stateMissing
}

// expiries lists all that expires of a configuration, what never ends last. A
// file that is named and cannot be read is an error, all of them at once.
func (c config) expiries(now time.Time, margin time.Duration) ([]expiry, error) {
	g := gathering{now: now, margin: margin}
	g.keys(keysIn(c.Keys, c.Data))
	for _, slug := range slices.Sorted(maps.Keys(c.Trust)) {
		g.file(kindAnchor, slug, c.Trust[slug])
	}
	if c.ClientCA != "" {
		g.file(kindClientCA, "", c.ClientCA)
	}
	if c.TLSCert != "" {
		g.file(kindTLS, "", c.TLSCert)
	}
	for _, r := range routing.Regions() {
		if file := c.Regions[r.Slug].ClientCA; file != "" {
			g.file(kindClientCA, r.Slug, file)
		}
		g.lists(r.Slug, c.Regions[r.Slug], filepath.Join(c.Data, revocationFolder))
	}
	slices.SortStableFunc(g.list, func(a, b expiry) int {
		switch {
		case a.Ends == nil || b.Ends == nil:
			return cmp.Compare(order(a), order(b))
		default:
			return a.Ends.Compare(*b.Ends)
		}
	})
	return g.list, errors.Join(g.errs...)
}

// order puts what never came before everything.
func order(e expiry) int {
	if e.Ends == nil {
		return 0
	}
	return 1
}

// gathering collects what expires.
type gathering struct {
	now    time.Time
	margin time.Duration
	list   []expiry
	errs   []error
}

func (g *gathering) state(ends time.Time) string {
	switch {
	case !g.now.Before(ends):
		return stateExpired
	case !g.now.Add(g.margin).Before(ends):
		return stateExpiring
	}
	return stateValid
}

// certificate adds one. Names are those of authorities, seals and servers: that
// of a signer who is an anchor himself is personal.
func (g *gathering) certificate(kind, region, place string, c *x509.Certificate) {
	e := expiry{Kind: kind, Region: region, Place: place, Ends: &c.NotAfter, State: g.state(c.NotAfter)}
	if c.IsCA || kind == kindSeal || kind == kindConversion || kind == kindTLS {
		e.Name = c.Subject.CommonName
	}
	g.list = append(g.list, e)
}

func (g *gathering) file(kind, region, path string) {
	text, err := os.ReadFile(path)
	var list []*x509.Certificate
	if err == nil {
		list, err = xmlsig.ParseCertificates(text)
	}
	if err != nil {
		g.errs = append(g.errs, fmt.Errorf("%s: %w", path, err))
	}
	for _, c := range list {
		g.certificate(kind, region, path, c)
	}
}

// keys adds authority and seals of a folder; a folder without keys has none.
func (g *gathering) keys(dir string) {
	public, err := xmlsig.OpenSuccessions(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		g.errs = append(g.errs, err)
		return
	}
	g.certificate(kindAuthority, "", filepath.Join(dir, "ca.pem"), public.Authority)
	g.seals(kindSeal, dir, "seal", public.Seals)
	g.seals(kindConversion, dir, "conversion", public.Conversions)
}

// seals adds a succession. One whose turn is over may expire: it only verifies
// what it sealed, and signatures are judged at their own instant.
func (g *gathering) seals(kind, dir, purpose string, seals xmlsig.Seals) {
	for i, t := range seals {
		g.certificate(kind, "", filepath.Join(dir, t.File(purpose)), t.Certificate)
		e := &g.list[len(g.list)-1]
		if !t.From.IsZero() {
			e.From = &t.From
		}
		switch {
		case i+1 < len(seals) && !g.now.Before(seals[i+1].From):
			e.State = stateReplaced
		case t.From.After(g.now):
			e.State = stateComing
		case i+1 < len(seals) && e.State == stateExpiring && seals[i+1].From.Before(*e.Ends):
			e.State = stateValid // the next takes over in time
		}
	}
}

// lists adds the revocation lists of a policy. They are renewed within hours, so
// the margin is not theirs: what counts is whether one is in force.
func (g *gathering) lists(region string, p regionPolicy, folder string) {
	if !p.asksRevocation() {
		return
	}
	for _, place := range p.CRL {
		e := expiry{Kind: kindList, Region: region, Place: place, State: stateMissing}
		ends, name, err := revocation.ReadEnd(place, folder, g.now)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			g.errs = append(g.errs, fmt.Errorf("%s: %w", place, err))
			continue
		default:
			e.Ends, e.Name, e.State = &ends, name, stateValid
			if g.now.After(ends) {
				e.State = stateExpired
			}
		}
		g.list = append(g.list, e)
	}
}

// expireEvery is how often a running hub looks for what expires.
const expireEvery = 24 * time.Hour

// expire tells, at the start and every day, of what has expired or will soon.
func (n *node) expire(ctx context.Context) error {
	return n.every(ctx, expireEvery, func() error {
		list, err := n.cfg.expiries(n.now(), defaultMargin)
		for _, e := range list {
			if e.wrong() && e.Ends != nil {
				n.log.Warn("expires soon", "what", e.Kind, "region", e.Region, "where", e.Place, "expired", e.State == stateExpired, "ends", e.Ends.UTC().Format(time.RFC3339))
			}
		}
		return err
	})
}

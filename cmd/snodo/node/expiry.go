package node

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
	KindAuthority  = "autorità di sviluppo"
	KindSeal       = "sigillo delle ricevute"
	KindConversion = "sigillo di conversione"
	KindAnchor     = "autorità della regione"
	KindSystem     = "firma dei messaggi" // authorities of ModI's signers, or the very certificates
	KindIssuer     = "emittente di asserzioni"
	KindClientCA   = "autorità dei client"
	KindTLS        = "certificato TLS"
	KindList       = "lista di revoca"
)

// The states of what expires. Those that end the verb with exit code 3 are
// expired, expiring and missing.
const (
	StateValid    = "valido"
	StateExpiring = "in scadenza"
	StateExpired  = "scaduto"
	StateComing   = "futuro"     // a seal whose turn is to come
	StateReplaced = "sostituito" // a seal whose turn is over: it verifies for ever
	StateMissing  = "assente"    // a list that never came
)

// Expiry is one thing that expires.
type Expiry struct {
	Kind   string     `json:"tipo"`
	Region string     `json:"regione,omitempty"`
	Place  string     `json:"dove"`
	Name   string     `json:"nome,omitempty"` // of an authority or a seal, never of a person
	Ends   *time.Time `json:"scadenza,omitempty"`
	From   *time.Time `json:"sigilla_dal,omitempty"`
	State  string     `json:"stato"`
}

// Wrong reports whether somebody must do something: it has expired, will within the
// margin, or is missing.
func (e Expiry) Wrong() bool {
	return e.State == StateExpired || e.State == StateExpiring || e.State == StateMissing
}

// Expiries lists all that expires of a configuration, what is missing first. A
// file that is named and cannot be read is an error, all of them at once.
func (c Config) Expiries(now time.Time, margin time.Duration) ([]Expiry, error) {
	g := gathering{now: now, margin: margin}
	g.keys(KeysIn(c.Keys, c.Data))
	for _, slug := range slices.Sorted(maps.Keys(c.Trust)) {
		g.file(KindAnchor, slug, c.Trust[slug])
	}
	for _, slug := range slices.Sorted(maps.Keys(c.ModI)) {
		g.file(KindSystem, slug, c.ModI[slug])
	}
	if c.ClientCA != "" {
		g.file(KindClientCA, "", c.ClientCA)
	}
	if c.TLSCert != "" {
		g.file(KindTLS, "", c.TLSCert)
	}
	for _, r := range routing.Regions() {
		if file := c.Regions[r.Slug].ClientCA; file != "" {
			g.file(KindClientCA, r.Slug, file)
		}
		for _, issuer := range c.Regions[r.Slug].Identity.Issuers {
			g.file(KindIssuer, r.Slug, issuer.Trust)
		}
		g.lists(r.Slug, c.Regions[r.Slug], filepath.Join(c.Data, revocationFolder))
	}
	slices.SortStableFunc(g.list, func(a, b Expiry) int {
		switch {
		case a.Ends == nil || b.Ends == nil:
			return cmp.Compare(order(a), order(b))
		default:
			return a.Ends.Compare(*b.Ends)
		}
	})
	return g.list, errors.Join(g.errs...)
}

// order puts what never came before everything else.
func order(e Expiry) int {
	if e.Ends == nil {
		return 0
	}
	return 1
}

// gathering collects what expires.
type gathering struct {
	now    time.Time
	margin time.Duration
	list   []Expiry
	errs   []error
}

func (g *gathering) state(ends time.Time) string {
	switch {
	case !g.now.Before(ends):
		return StateExpired
	case !g.now.Add(g.margin).Before(ends):
		return StateExpiring
	}
	return StateValid
}

// certificate adds one. Names are those of authorities, seals, servers and identity
// providers: that of a signer who is an anchor himself is personal.
func (g *gathering) certificate(kind, region, place string, c *x509.Certificate) {
	e := Expiry{Kind: kind, Region: region, Place: place, Ends: &c.NotAfter, State: g.state(c.NotAfter)}
	if c.IsCA || kind == KindSeal || kind == KindConversion || kind == KindTLS || kind == KindIssuer {
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
	g.certificate(KindAuthority, "", filepath.Join(dir, "ca.pem"), public.Authority)
	g.seals(KindSeal, dir, "seal", public.Seals)
	g.seals(KindConversion, dir, "conversion", public.Conversions)
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
			e.State = StateReplaced
		case t.From.After(g.now):
			e.State = StateComing
		case i+1 < len(seals) && e.State == StateExpiring && seals[i+1].From.Before(*e.Ends):
			e.State = StateValid // the next takes over in time
		}
	}
}

// lists adds the revocation lists of a policy. They are renewed within hours, so
// the margin is not theirs: what counts is whether one is in force.
func (g *gathering) lists(region string, p RegionPolicy, folder string) {
	if !p.asksRevocation() {
		return
	}
	for _, place := range p.CRL {
		e := Expiry{Kind: KindList, Region: region, Place: place, State: StateMissing}
		ends, name, err := revocation.ReadEnd(place, folder, g.now)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			g.errs = append(g.errs, fmt.Errorf("%s: %w", place, err))
			continue
		default:
			e.Ends, e.Name, e.State = &ends, name, StateValid
			if g.now.After(ends) {
				e.State = StateExpired
			}
		}
		g.list = append(g.list, e)
	}
}

// expireEvery is how often a running hub looks for what expires.
const expireEvery = 24 * time.Hour

// expire tells, at the start and every day, of what has expired or will soon.
func (n *Node) expire(ctx context.Context) error {
	return n.every(ctx, expireEvery, func() error {
		list, err := n.Config.Expiries(n.Now(), defaultMargin)
		for _, e := range list {
			if e.Wrong() && e.Ends != nil {
				n.Log.Warn("expires soon", "what", e.Kind, "region", e.Region, "where", e.Place, "expired", e.State == StateExpired, "ends", e.Ends.UTC().Format(time.RFC3339))
			}
		}
		return err
	})
}

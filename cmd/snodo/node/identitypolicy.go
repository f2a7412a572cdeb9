package node

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/lazio"
	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/identity"
)

// IdentityPolicy is what a region asks of the persons who work its senders'
// systems: the key "identity" of a region. The zero value asks for nothing, and
// knows no issuer.
type IdentityPolicy struct {
	Required bool          // no message but Echo without an assertion
	Audience []string      // names of this hub with identity providers; none is the endpoint's address
	Age      time.Duration // longest since the person authenticated; 0 is identity.DefaultAge
	Issuers  []IssuerPolicy
}

// IssuerPolicy is one issuer of assertions.
type IssuerPolicy struct {
	ID    string   // as Issuer names it
	Trust string   // PEM file of the certificates that sign, or of their authorities
	Means []string // for which it is believed; none is all that the region takes
}

// means are those that a region's dialect takes; nil if it reads no assertions.
func means(slug string) []string {
	switch slug {
	case "lazio":
		return lazio.Means()
	case "marche":
		return marche.Means()
	}
	return nil
}

// checkIdentity refuses to require what nobody could bring.
func (c Config) checkIdentity() error {
	for _, r := range routing.Regions() {
		if p := c.Regions[r.Slug].Identity; p.Required && len(p.Issuers) == 0 && !c.loopback() {
			return fmt.Errorf("regions.%s.identity: required needs issuers, but on loopback: %w", r.Slug, verb.ErrUsage)
		}
	}
	return nil
}

// identity reads one region's policy of identity.
func (f *findings) identity(under, slug string, v located) (p IdentityPolicy) {
	taken := means(slug)
	if taken == nil {
		f.add(v.line, under, "this region's dialect reads no assertions")
		return p
	}
	if !v.object {
		f.add(v.line, under, "want an object")
		return p
	}
	for _, m := range f.distinct(under+".", v.members) {
		key := under + "." + m.key
		switch m.key {
		case "required":
			p.Required = f.truth(key, m.located)
		case "audience":
			p.Audience = f.texts(key, m.located, entityName)
		case "max_age":
			p.Age = f.duration(key, m.located, identity.MaxAge)
		case "issuers":
			p.Issuers = f.issuers(key, taken, m.located)
		default:
			f.add(m.line, key, "no such key")
		}
	}
	if len(v.members) == 0 {
		f.add(v.line, under, "empty")
	}
	return p
}

func (f *findings) issuers(under string, taken []string, v located) (list []IssuerPolicy) {
	if !v.array || len(v.items) == 0 || len(v.items) > maxEntries {
		f.add(v.line, under, "want a list of 1 to %d objects", maxEntries)
		return nil
	}
	for _, item := range v.items {
		p, whole := f.issuer(under, taken, item)
		if !whole {
			continue
		}
		if slices.ContainsFunc(list, func(o IssuerPolicy) bool { return o.ID == p.ID }) {
			f.add(item.line, under, "%q: given twice", p.ID)
		}
		list = append(list, p)
	}
	return list
}

// issuer reads one issuer; whole tells that it has what it must have.
func (f *findings) issuer(under string, taken []string, v located) (p IssuerPolicy, whole bool) {
	if !v.object {
		f.add(v.line, under, "want an object with id and trust")
		return p, false
	}
	for _, m := range f.distinct(under+".", v.members) {
		key := under + "." + m.key
		switch m.key {
		case "id":
			if p.ID, _ = f.text(key, m.located); p.ID != "" && entityName(p.ID) != "" {
				f.add(m.line, key, "%q: %s", p.ID, entityName(p.ID))
			}
		case "trust":
			p.Trust, _ = f.text(key, m.located)
		case "means":
			p.Means = f.texts(key, m.located, func(s string) string {
				if !slices.Contains(taken, s) {
					return fmt.Sprintf("want %s", strings.Join(taken, " or "))
				}
				return ""
			})
		default:
			f.add(m.line, key, "no such key")
		}
	}
	if p.ID == "" || p.Trust == "" {
		f.add(v.line, under, "needs id and trust")
		return p, false
	}
	return p, true
}

func (f *findings) truth(key string, v located) bool {
	b, ok := v.value.(bool)
	if !ok {
		f.add(v.line, key, "want true or false")
	}
	return b
}

// entityName is an identifier of SAML: a text without blanks.
func entityName(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n") {
		return "want an entity identifier, as https://idp.example.it"
	}
	return ""
}

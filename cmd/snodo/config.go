package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
)

// config is what a node runs by; serveCmd fills it from flags.
type config struct {
	Listen           string            // HOST:PORT; port 0 takes a free one
	Data             string            // data folder
	Database         string            // URL of the ledger; empty is the data folder's
	NationalDatabase string            // URL of the national store's; empty is the data folder's
	Kafka            []string          // brokers, HOST:PORT; none is the embedded one
	Roles            []string          // none is all
	Standards        string            // folder of a standards pack; empty is none
	Keys             string            // folder of the keys; empty is the data folder
	Policy           map[string]string // region slug to signed or channel
	Trust            map[string]string // region slug to a PEM file of anchors
	ModI             map[string]string // region slug to a PEM file of anchors of signed messages, which are then required
	ClientCA         string            // PEM file of the authorities of client certificates
	TLSCert          string            // PEM file
	TLSKey           string            // PEM file
	PublicURL        string            // under which callers reach the node
	Restore          bool              // start behind a sealed head, lifting the counters first
	First            map[string]int64  // first progressive of new codes, by region slug
}

// The policies of a region (contracts.md, Who and once).
const (
	policySigned  = "signed"
	policyChannel = "channel"
)

// check refuses settings that do not fit together, in words for who wrote them.
func (c config) check() error {
	for slug, policy := range c.Policy {
		if _, ok := routing.RegionBySlug(slug); !ok {
			return fmt.Errorf("--policy %s: no such region: %w", slug, errUsage)
		}
		if policy != policySigned && policy != policyChannel {
			return fmt.Errorf("--policy %s=%s: want %s or %s: %w", slug, policy, policySigned, policyChannel, errUsage)
		}
		if policy == policyChannel && c.ClientCA == "" && c.ModI[slug] == "" && !c.loopback() {
			return fmt.Errorf("--policy %s=channel: needs --client-ca, --modi, or a --listen address of the loopback interface: %w", slug, errUsage)
		}
	}
	for slug := range c.Trust {
		if _, ok := routing.RegionBySlug(slug); !ok {
			return fmt.Errorf("--trust %s: no such region: %w", slug, errUsage)
		}
	}
	for slug := range c.First {
		if _, ok := routing.RegionBySlug(slug); !ok {
			return fmt.Errorf("--first-code %s: no such region: %w", slug, errUsage)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("--tls-cert and --tls-key go together: %w", errUsage)
	}
	if c.ClientCA != "" && c.TLSCert == "" {
		return fmt.Errorf("--client-ca needs --tls-cert and --tls-key: %w", errUsage)
	}
	if err := c.checkModI(); err != nil {
		return err
	}
	return c.checkRoles()
}

// ledgerURL is the URL of the ledger's database.
func (c config) ledgerURL() string { return databaseIn(c.Database, c.Data, ledgerFile) }

// nationalURL is the URL of the national store's database.
func (c config) nationalURL() string { return databaseIn(c.NationalDatabase, c.Data, nationalFile) }

// loopback reports whether the listener takes calls from this machine alone.
func (c config) loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// scheme of the listener's URL.
func (c config) scheme() string {
	if c.TLSCert != "" {
		return "https"
	}
	return "http"
}

// channels lists the regions whose policy admits unsigned documents.
func (c config) channels() map[string]bool {
	m := make(map[string]bool)
	for slug, policy := range c.Policy {
		m[slug] = policy == policyChannel
	}
	return m
}

// anchors names who is trusted for what: each region's own authorities, the
// development authority only on loopback and only where a region has none, and
// the hub's own seals.
func (c config) anchors(keys xmlsig.Certificates) (map[string][]*x509.Certificate, error) {
	named := map[string][]*x509.Certificate{
		conversionAnchor: {keys.Conversion},
	}
	for _, r := range routing.Regions() {
		path, given := c.Trust[r.Slug]
		if !given {
			if c.loopback() {
				named[r.Slug] = []*x509.Certificate{keys.Authority}
			}
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read --trust %s: %w", r.Slug, err)
		}
		if named[r.Slug], err = xmlsig.ParseCertificates(text); err != nil {
			return nil, fmt.Errorf("read --trust %s: %w", r.Slug, err)
		}
	}
	return named, nil
}

// tls gives the listener's TLS settings, nil without TLS. Client certificates
// are asked for when there are authorities for them; a caller without one may
// still send signed documents.
func (c config) tls() (*tls.Config, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read --tls-cert and --tls-key: %w", err)
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	if c.ClientCA == "" {
		return settings, nil
	}
	text, err := os.ReadFile(c.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("read --client-ca: %w", err)
	}
	settings.ClientCAs = x509.NewCertPool()
	if !settings.ClientCAs.AppendCertsFromPEM(text) {
		return nil, errors.New("read --client-ca: no certificate")
	}
	settings.ClientAuth = tls.VerifyClientCertIfGiven
	return settings, nil
}

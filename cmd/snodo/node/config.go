package node

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
)

// Config is what a node runs by; Flags fill it from the command line.
type Config struct {
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
	File             string            // configuration file that the flags came from, if any
	// Regions are the policies of the configuration file, by region slug; Check
	// reads them.
	Regions map[string]RegionPolicy
}

// The policies of a region (contracts.md, Who and once).
const (
	PolicySigned  = "signed"
	PolicyChannel = "channel"
)

// Check refuses settings that do not fit together, in words for who wrote them,
// all of them at once. It reads the policies of the configuration file.
func (c *Config) Check() error {
	var wrong []error
	refuse := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf(format+": %w", append(args, verb.ErrUsage)...))
	}
	if c.File != "" {
		regions, err := ReadRegions(c.File)
		if c.Regions = regions; err != nil {
			wrong = append(wrong, err)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(c.Policy)) {
		policy := c.Policy[slug]
		if _, ok := routing.RegionBySlug(slug); !ok {
			refuse("--policy %s: no such region", slug)
		}
		if policy != PolicySigned && policy != PolicyChannel {
			refuse("--policy %s=%s: want %s or %s", slug, policy, PolicySigned, PolicyChannel)
		}
		if policy == PolicyChannel && c.clientCA(slug) == "" && c.ModI[slug] == "" && !c.loopback() {
			refuse("--policy %s=channel: needs --client-ca or the region's client_ca, --modi, or a --listen address of the loopback interface", slug)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(c.Trust)) {
		if _, ok := routing.RegionBySlug(slug); !ok {
			refuse("--trust %s: no such region", slug)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(c.First)) {
		if _, ok := routing.RegionBySlug(slug); !ok {
			refuse("--first-code %s: no such region", slug)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		refuse("--tls-cert and --tls-key go together")
	}
	if c.ClientCA != "" && c.TLSCert == "" {
		refuse("--client-ca needs --tls-cert and --tls-key")
	}
	wrong = append(wrong, c.checkCallers()...)
	return errors.Join(append(wrong, c.checkModI(), c.checkPublicURL(), c.checkIdentity(), c.checkRoles())...)
}

// ledgerURL is the URL of the ledger's database.
func (c Config) ledgerURL() string { return databaseIn(c.Database, c.Data, LedgerFile) }

// nationalURL is the URL of the national store's database.
func (c Config) nationalURL() string { return databaseIn(c.NationalDatabase, c.Data, NationalFile) }

// loopback reports whether the listener takes calls from this machine alone.
func (c Config) loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// scheme of the listener's URL.
func (c Config) scheme() string {
	if c.TLSCert != "" {
		return "https"
	}
	return "http"
}

// channels lists the regions whose policy admits unsigned documents.
func (c Config) channels() map[string]bool {
	m := make(map[string]bool)
	for slug, policy := range c.Policy {
		m[slug] = policy == PolicyChannel
	}
	return m
}

// anchors names who is trusted for what: each region's own authorities, the
// development authority only on loopback and only where a region has none, and
// the hub's own seals.
func (c Config) anchors(keys xmlsig.Certificates) (map[string][]*x509.Certificate, error) {
	named := map[string][]*x509.Certificate{
		conversionAnchor: keys.Conversion,
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

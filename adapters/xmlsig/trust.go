package xmlsig

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"sync"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// maxPaths bounds the cache of judged chains: at about 8 KB each, 16 MB.
const maxPaths = 2048

// Trust holds the anchors of each region, and of seals, by name. It remembers
// the chains that led to an anchor, by digest of their certificates; nothing a
// stranger sends is remembered. It is safe for concurrent use.
type Trust struct {
	anchors map[string]*anchors

	mu    sync.RWMutex
	paths map[pathKey]*path
}

type anchors struct {
	list  []*x509.Certificate
	roots *x509.CertPool
}

type pathKey struct {
	name   string
	digest [sha256.Size]byte // of the certificates of one X509Data, each behind its length
}

// path is what is known of the certificates of one X509Data, the signer's
// first. It is not changed once remembered.
type path struct {
	certs  []*x509.Certificate
	chains [][]*x509.Certificate // each from the signer to an anchor
	signer string
	// organization is what OrganizationOf says of the signer's certificate.
	organization string
}

// NewTrust files anchors by the name of a region (or of whatever the caller
// verifies). A name without anchors trusts nobody. An anchor may be an
// authority or the very certificate of a signer.
func NewTrust(named map[string][]*x509.Certificate) *Trust {
	t := &Trust{anchors: make(map[string]*anchors, len(named)), paths: make(map[pathKey]*path)}
	for name, list := range named {
		a := &anchors{list: list, roots: x509.NewCertPool()}
		for _, c := range list {
			a.roots.AddCert(c)
		}
		t.anchors[name] = a
	}
	return t
}

// ParseCertificates reads every certificate of a PEM file, in order. Blocks of
// other types are passed over; no certificate at all is an error.
func ParseCertificates(text []byte) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("parse certificate %d: %w", len(list)+1, err)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("parse certificates: no PEM block of type CERTIFICATE")
	}
	return list, nil
}

func (t *Trust) key(name string, certs []byte, ends []int) pathKey {
	var lengths [8 * maxCerts]byte
	for i, end := range ends {
		binary.BigEndian.PutUint64(lengths[8*i:], uint64(end))
	}
	h := sha256.New()
	h.Write(lengths[:])
	h.Write(certs)
	k := pathKey{name: name}
	h.Sum(k.digest[:0])
	return k
}

func (t *Trust) lookup(k pathKey) *path {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.paths[k]
}

func parsePath(certs []byte, ends []int) (*path, error) {
	p := &path{certs: make([]*x509.Certificate, len(ends))}
	from := 0
	for i, end := range ends {
		c, err := x509.ParseCertificate(bytes.Clone(certs[from:end]))
		if err != nil {
			return nil, fmt.Errorf("parse certificate %d: %w", i+1, err)
		}
		// Verifying with a key costs the square of its length, and the key of an issuer
		// that a stranger sends is tried before anything is known of it.
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && i > 0 && key.N.BitLen() > maxRSA {
			return nil, fmt.Errorf("parse certificate %d: RSA key of more than %d bits", i+1, maxRSA)
		}
		p.certs[i], from = c, end
	}
	return p, nil
}

// judge completes p with its chains and its signer, whom named names, remembers
// it, and returns why it may not sign: Untrusted, WrongUsage, or nothing.
func (t *Trust) judge(k pathKey, p *path, usage x509.KeyUsage, named func(*x509.Certificate) string) fault.Code {
	if p.chains != nil {
		return "" // remembered
	}
	a := t.anchors[k.name]
	if a == nil {
		return Untrusted
	}
	if p.chains = a.chains(p.certs); p.chains == nil {
		return Untrusted
	}
	leaf := p.certs[0]
	if leaf.IsCA || leaf.KeyUsage&usage == 0 {
		return WrongUsage
	}
	p.signer, p.organization = named(leaf), OrganizationOf(leaf)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.paths) >= maxPaths {
		clear(t.paths)
	}
	t.paths[k] = p
	return ""
}

// chains builds every chain from the first certificate to an anchor that
// crypto/x509 finds sound: signatures, basic constraints, path length, key
// usage of authorities, name constraints, critical extensions. Validity is
// judged later and at another instant, so here the chains are sought at each
// instant at which one of them can have begun.
func (a *anchors) chains(certs []*x509.Certificate) [][]*x509.Certificate {
	opts := x509.VerifyOptions{
		Roots:         a.roots,
		Intermediates: x509.NewCertPool(),
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, c := range certs[1:] {
		opts.Intermediates.AddCert(c)
	}
	var found [][]*x509.Certificate
	for _, opts.CurrentTime = range a.beginnings(certs) {
		if chains, err := certs[0].Verify(opts); err == nil {
			found = append(found, chains...)
		}
	}
	return found
}

// beginnings lists the instants at which the signer's certificate and then
// each possible issuer begins, while the signer's lasts; eight at most.
func (a *anchors) beginnings(certs []*x509.Certificate) []time.Time {
	leaf := certs[0]
	list := []time.Time{leaf.NotBefore}
	add := func(c *x509.Certificate) {
		if c.NotBefore.After(leaf.NotBefore) && !c.NotBefore.After(leaf.NotAfter) && len(list) < 8 {
			list = append(list, c.NotBefore)
		}
	}
	for _, c := range certs[1:] {
		add(c)
	}
	for _, anchor := range a.list {
		for _, c := range certs {
			if bytes.Equal(anchor.RawSubject, c.RawIssuer) {
				add(anchor)
				break
			}
		}
	}
	return list
}

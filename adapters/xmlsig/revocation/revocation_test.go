package revocation

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const personCF = "RSSMRA80A01H501U"

func noon() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// logged is what a Source complained of.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// clock is a test's.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// pki is an authority with two signers.
type pki struct {
	ca          *xmlsig.Authority
	first, last *x509.Certificate
}

func newPKI(t *testing.T) pki { return namedPKI(t, "CA di prova") }

func namedPKI(t *testing.T, name string) pki {
	t.Helper()
	ca := must(xmlsig.NewAuthority(name, noon().AddDate(0, -1, 0)))
	issue := func() *x509.Certificate {
		return must(ca.IssuePerson(personCF, must(xmlsig.NewKey()).Public(), noon().AddDate(0, -1, 0)))
	}
	return pki{ca, issue(), issue()}
}

// template is a good list of two hours that withdraws the certificates given.
func template(number int64, revoked ...*x509.Certificate) *x509.RevocationList {
	l := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: noon().Add(-time.Hour), NextUpdate: noon().Add(time.Hour)}
	for _, c := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: noon().Add(-2 * time.Hour)})
	}
	return l
}

func (p pki) list(l *x509.RevocationList) []byte {
	return must(x509.CreateRevocationList(rand.Reader, l, p.ca.Certificate, p.ca.Key))
}

// config is that of a test, with its log and clock.
func (p pki) config(t *testing.T) (Config, *logged, *clock) {
	t.Helper()
	log, now := new(logged), &clock{now: noon()}
	return Config{
		Anchors: []*x509.Certificate{p.ca.Certificate}, Folder: filepath.Join(t.TempDir(), "kept"), Now: now.Now,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	}, log, now
}

func open(t *testing.T, cfg Config) *Source {
	t.Helper()
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func write(t *testing.T, raw []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.crl")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestListStatus is what a list says of certificates at instants.
func TestListStatus(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	other := must(xmlsig.NewAuthority("CA di prova", noon())) // of the same name, another key
	stranger := must(xmlsig.NewAuthority("altra", noon()))
	cfg, _, _ := p.config(t)
	der := p.list(template(1, p.first))
	for name, raw := range map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})} {
		cfg.Lists = []string{write(t, raw)}
		s := open(t, cfg)
		for _, c := range []struct {
			what         string
			cert, issuer *x509.Certificate
			at           time.Time
			want         xmlsig.Status
		}{
			{"named", p.first, p.ca.Certificate, noon(), xmlsig.StatusRevoked},
			{"named, before it was withdrawn", p.first, p.ca.Certificate, noon().Add(-2*time.Hour - time.Second), xmlsig.StatusUnknown},
			{"named, at the instant", p.first, p.ca.Certificate, noon().Add(-2 * time.Hour), xmlsig.StatusRevoked},
			{"named, list stale", p.first, p.ca.Certificate, noon().Add(48 * time.Hour), xmlsig.StatusRevoked},
			{"not named", p.last, p.ca.Certificate, noon(), xmlsig.StatusGood},
			{"not named, at the end", p.last, p.ca.Certificate, noon().Add(time.Hour), xmlsig.StatusGood},
			{"not named, list stale", p.last, p.ca.Certificate, noon().Add(time.Hour + 1), xmlsig.StatusUnknown},
			{"not named, before the list", p.last, p.ca.Certificate, noon().Add(-2 * time.Hour), xmlsig.StatusUnknown},
			{"issuer of the same name", p.first, other.Certificate, noon(), xmlsig.StatusUnknown},
			{"another issuer", p.first, stranger.Certificate, noon(), xmlsig.StatusUnknown},
		} {
			if got := s.Status(c.cert, c.issuer, c.at); got != c.want {
				t.Errorf("%s, %s: %v, want %v", name, c.what, got, c.want)
			}
		}
	}
	if got := open(t, Config{Now: noon}).Status(p.last, p.ca.Certificate, noon()); got != xmlsig.StatusUnknown {
		t.Errorf("without lists: %v", got)
	}
}

// TestOlder: a list that is played again is known by its instant or, if its clock
// was set back, by its number.
func TestOlder(t *testing.T) {
	t.Parallel()
	at := func(minutes int, number *big.Int) *list {
		return &list{from: noon().Add(time.Duration(minutes) * time.Minute), number: number}
	}
	for what, c := range map[string]struct {
		l, than *list
		want    bool
	}{
		"the same":                {at(0, big.NewInt(5)), at(0, big.NewInt(5)), false},
		"newer":                   {at(1, big.NewInt(6)), at(0, big.NewInt(5)), false},
		"before, the same number": {at(-1, big.NewInt(5)), at(0, big.NewInt(5)), true},
		"before, without number":  {at(-1, nil), at(0, nil), true},
		"later, a lower number":   {at(1, big.NewInt(4)), at(0, big.NewInt(5)), true},
		"later, numbers dropped":  {at(1, nil), at(0, big.NewInt(5)), false},
	} {
		if got := c.l.older(c.than); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
	}
}

// point is the extension of an issuing distribution point.
func point(flags func(*issuingDistributionPoint), addresses ...string) pkix.Extension {
	var p issuingDistributionPoint
	for _, a := range addresses {
		p.Point.FullName = append(p.Point.FullName, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: uriName, Bytes: []byte(a)})
	}
	if flags != nil {
		flags(&p)
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, extIssuingPoint}, Critical: true, Value: must(asn1.Marshal(p))}
}

// TestListRefused: what is forged, out of form or more than is understood is no
// list, and says why without a serial number.
func TestListRefused(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	twin := pki{ca: must(xmlsig.NewAuthority("CA di prova", noon().AddDate(0, -1, 0)))}
	with := func(change func(*x509.RevocationList)) []byte {
		l := template(1, p.first)
		change(l)
		return p.list(l)
	}
	extended := func(e ...pkix.Extension) []byte {
		return with(func(l *x509.RevocationList) { l.ExtraExtensions = e })
	}
	good := p.list(template(1, p.first))
	forged := bytes.Clone(good)
	forged[len(forged)-5] ^= 1
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"signature broken": {forged, "signature does not hold"},
		"another key":      {twin.list(template(1)), "signature does not hold"},
		"nothing":          {nil, "not a revocation list"},
		"a certificate":    {p.ca.Certificate.Raw, "not a revocation list"},
		"cut short":        {good[:len(good)-1], "not a revocation list"},
		"something behind": {append(bytes.Clone(good), 0), "not a revocation list"},
		"long serial number": {with(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries[0].SerialNumber = new(big.Int).Lsh(big.NewInt(1), 160)
		}), "longer than 20 octets"},
		"of tomorrow": {with(func(l *x509.RevocationList) {
			l.ThisUpdate, l.NextUpdate = noon().AddDate(0, 0, 1), noon().AddDate(0, 0, 2)
		}), "begins later"},
		"differences":          {extended(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, extDelta}, Critical: true, Value: []byte{2, 1, 1}}), "delta CRL"},
		"unknown and critical": {extended(pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 9, 9}, Critical: true, Value: []byte{5, 0}}), "critical extension 1.3.9.9"},
		"indirect":             {extended(point(func(p *issuingDistributionPoint) { p.Indirect = true }, "http://x")), "indirect"},
		"of some reasons":      {extended(point(func(p *issuingDistributionPoint) { p.Reasons = asn1.BitString{Bytes: []byte{0x40}, BitLength: 2} }, "http://x")), "some reasons"},
		"of attributes":        {extended(point(func(p *issuingDistributionPoint) { p.Attributes = true })), "attribute"},
		"point unreadable":     {extended(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, extIssuingPoint}, Critical: true, Value: []byte{1}}), "cannot be read"},
		"critical entry": {with(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries[0].ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}
		}), "critical extension"},
		"too large": {make([]byte, MaxList+1), "more than"},
	} {
		cfg, _, _ := p.config(t)
		cfg.Lists = []string{write(t, c.raw)}
		s, err := Open(cfg)
		s.Close()
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), cfg.Lists[0]) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if got := s.Status(p.last, p.ca.Certificate, noon()); got != xmlsig.StatusUnknown {
			t.Errorf("%s: answers %v", name, got)
		}
	}
	cfg, _, _ := p.config(t)
	cfg.Lists = []string{"/nowhere/a.crl", "/nowhere/b.crl"}
	s, err := Open(cfg)
	s.Close()
	if err == nil || !strings.Contains(err.Error(), "a.crl") || !strings.Contains(err.Error(), "b.crl") {
		t.Errorf("two missing files: %v", err)
	}
}

// TestListScope: a list of one distribution point, of people or of authorities
// speaks of no other certificates.
func TestListScope(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	at := func(ca bool, points ...string) *x509.Certificate {
		c := *p.last
		c.IsCA, c.CRLDistributionPoints = ca, points
		return &c
	}
	for name, c := range map[string]struct {
		extension pkix.Extension
		cert      *x509.Certificate
		want      xmlsig.Status
	}{
		"its point":              {point(nil, "http://crl/2"), at(false, "ldap://x", "http://crl/2"), xmlsig.StatusGood},
		"another point":          {point(nil, "http://crl/2"), at(false, "http://crl/1"), xmlsig.StatusUnknown},
		"no point":               {point(nil, "http://crl/2"), at(false), xmlsig.StatusUnknown},
		"people, a person":       {point(func(p *issuingDistributionPoint) { p.Users = true }), at(false), xmlsig.StatusGood},
		"people, an authority":   {point(func(p *issuingDistributionPoint) { p.Users = true }), at(true), xmlsig.StatusUnknown},
		"authorities, a person":  {point(func(p *issuingDistributionPoint) { p.CAs = true }), at(false), xmlsig.StatusUnknown},
		"authorities, authority": {point(func(p *issuingDistributionPoint) { p.CAs = true }), at(true), xmlsig.StatusGood},
	} {
		cfg, _, _ := p.config(t)
		l := template(1)
		l.ExtraExtensions = []pkix.Extension{c.extension}
		cfg.Lists = []string{write(t, p.list(l))}
		if got := open(t, cfg).Status(c.cert, p.ca.Certificate, noon()); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestListOfUnknownIssuer: a list of an authority below the anchors waits until
// a chain shows that authority, and is dropped if it is not its.
func TestListOfUnknownIssuer(t *testing.T) {
	t.Parallel()
	const name = "CA sottostante"
	p, below := newPKI(t), namedPKI(t, name)
	for name, raw := range map[string][]byte{"its own": below.list(template(1, below.first)), "forged": namedPKI(t, name).list(template(1))} {
		cfg, log, _ := p.config(t)
		cfg.Lists = []string{write(t, raw)}
		s := open(t, cfg)
		want := map[string][2]xmlsig.Status{"its own": {xmlsig.StatusRevoked, xmlsig.StatusGood}}[name]
		for i, cert := range []*x509.Certificate{below.first, below.last} {
			if got := s.Status(cert, below.ca.Certificate, noon()); got != want[i] {
				t.Errorf("%s: certificate %d: %v, want %v", name, i, got, want[i])
			}
		}
		if refused := strings.Contains(log.String(), "revocation list refused"); refused != (name == "forged") {
			t.Errorf("%s: log %s", name, log)
		}
	}
}

// BenchmarkStatus is what the path of a submission pays for a list of 100,000.
func BenchmarkStatus(b *testing.B) {
	ca := must(xmlsig.NewAuthority("CA di prova", noon().AddDate(0, -1, 0)))
	cert := must(ca.IssuePerson(personCF, must(xmlsig.NewKey()).Public(), noon().AddDate(0, -1, 0)))
	l := template(1)
	for n := range int64(100_000) {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(n + 1), RevocationTime: noon()})
	}
	raw := must(x509.CreateRevocationList(rand.Reader, l, ca.Certificate, ca.Key))
	path := filepath.Join(b.TempDir(), "ca.crl")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := Open(Config{Lists: []string{path}, Anchors: []*x509.Certificate{ca.Certificate}, Now: noon})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		if s.Status(cert, ca.Certificate, noon()) != xmlsig.StatusGood {
			b.Fatal("not good")
		}
	}
}

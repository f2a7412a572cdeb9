package xmlsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// template is a certificate that may sign documents.
func template() *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: "prova", SerialNumber: "TINIT-" + personCF},
		NotBefore:             noon().AddDate(0, 0, -1),
		NotAfter:              noon().AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageContentCommitment,
		BasicConstraintsValid: true,
	}
}

// authority makes an authority below another; change bends its certificate.
func authority(above *Authority, name string, change func(*x509.Certificate)) *Authority {
	key := must(NewKey())
	c := template()
	c.Subject = pkix.Name{CommonName: name}
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign
	change(c)
	if above == nil {
		return &Authority{must(create(c, c, key.Public(), key)), key}
	}
	return &Authority{must(create(c, above.Certificate, key.Public(), above.Key)), key}
}

func same(*x509.Certificate) {}

// TestChains judges one document under many certificates: what the anchors are,
// who issued the signer's, and what the chain says of itself.
func TestChains(t *testing.T) {
	t.Parallel()
	root := authority(nil, "radice", same)
	middle := authority(root, "media", same)
	far := authority(middle, "lontana", same)
	leaf := func(by *Authority, change func(*x509.Certificate)) *Sealer {
		key, c := must(NewKey()), template()
		change(c)
		return sealWith(key, must(create(c, by.Certificate, key.Public(), by.Key)))
	}
	with := func(s *Sealer, more ...*Authority) *Sealer {
		chain := s.chain
		for _, a := range more {
			chain = append(chain, a.Certificate)
		}
		return sealWith(s.key.Signer, chain...)
	}
	notCA := authority(root, "non autorità", func(c *x509.Certificate) { c.IsCA = false })
	noSign := authority(root, "senza certSign", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	short := authority(root, "corta", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	below := authority(short, "sotto la corta", same)
	twin := authority(nil, "radice", same) // another authority with the root's name
	selfKey := must(NewKey())
	self := sealWith(selfKey, must(create(template(), template(), selfKey.Public(), selfKey)))
	caKey := must(NewKey())
	caTemplate := template()
	caTemplate.IsCA, caTemplate.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageContentCommitment
	caLeaf := sealWith(caKey, must(create(caTemplate, root.Certificate, caKey.Public(), root.Key)))
	pinned := leaf(twin, same)
	critical := func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 9, 9}, Critical: true, Value: []byte{5, 0}}}
	}
	mail := authority(root, "solo posta", func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical, c.PermittedEmailAddresses = true, []string{"regione.test"}
	})
	// Permits directory names alone, which crypto/x509 cannot judge (RFC 5280, 4.2.1.10).
	names := authority(root, "solo nomi", func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{
			Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: []byte{0x30, 8, 0xa0, 6, 0x30, 4, 0xa4, 2, 0x30, 0},
		}}
	})
	crossed := func(by *Authority) *Authority { // the middle authority's name and key, certified by another
		c := template()
		c.Subject, c.IsCA, c.KeyUsage = pkix.Name{CommonName: "media"}, true, x509.KeyUsageCertSign
		return &Authority{must(create(c, by.Certificate, middle.Key.Public(), by.Key)), middle.Key}
	}
	of := func(address string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.EmailAddresses = []string{address} }
	}

	for name, c := range map[string]struct {
		by   *Sealer
		want fault.Code
	}{
		"of a name that is permitted":      {with(leaf(mail, of("uno@regione.test")), mail), ""},
		"of a name that is not":            {with(leaf(mail, of("uno@altri.test")), mail), Untrusted},
		"names that nobody can judge":      {with(leaf(names, same), names), Untrusted},
		"cross-signed, both ways":          {with(leaf(middle, same), crossed(twin), middle), ""},
		"cross-signed by a stranger":       {with(leaf(middle, same), crossed(twin), twin), Untrusted},
		"issued by the anchor":             {leaf(root, same), ""},
		"anchor sent along":                {with(leaf(root, same), root), ""},
		"through one authority":            {with(leaf(middle, same), middle), ""},
		"through two, in disorder":         {with(leaf(far, same), middle, far), ""},
		"with a stranger's along":          {with(leaf(root, same), twin), ""},
		"the anchor itself, not authority": {pinned, ""},
		"missing link":                     {with(leaf(far, same), far), Untrusted},
		"self-signed":                      {self, Untrusted},
		"authority of the same name":       {with(leaf(twin, same), twin), Untrusted},
		"issuer not an authority":          {with(leaf(notCA, same), notCA), Untrusted},
		"issuer without certSign":          {with(leaf(noSign, same), noSign), Untrusted},
		"path too long":                    {with(leaf(below, same), below, short), Untrusted},
		"unknown critical extension":       {leaf(root, critical), Untrusted},
		"authority's certificate signs":    {caLeaf, WrongUsage},
		"authentication certificate":       {leaf(root, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), WrongUsage},
		"no key usage at all":              {leaf(root, func(c *x509.Certificate) { c.KeyUsage = 0 }), WrongUsage},
		"encryption certificate":           {leaf(root, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), WrongUsage},
		"nobody's certificate":             {leaf(root, func(c *x509.Certificate) { c.Subject.SerialNumber = "" }), NoIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			anchors := []*x509.Certificate{root.Certificate}
			if c.by == pinned {
				anchors = append(anchors, pinned.chain[0])
			}
			v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: anchors}))
			doc := must(c.by.Seal([]byte(plain)))
			for range 2 { // the second time from what is remembered
				got, faults := v.Verify(doc, region)
				if c.want == "" && (len(faults) > 0 || len(got.CheckValidity(noon())) > 0) || c.want != "" && codes(faults) != string(c.want)+" " {
					t.Errorf("faults %q, want %q", codes(faults), c.want)
				}
			}
			if _, faults := v.Verify(doc, "marche"); codes(faults) != "SIG-31 " {
				t.Errorf("in a region without anchors: %q", codes(faults))
			}
		})
	}
}

// TestValidity: each certificate of the chain counts, at the instant asked.
func TestValidity(t *testing.T) {
	t.Parallel()
	years := func(from, to int) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = noon().AddDate(from, 0, 0), noon().AddDate(to, 0, 0)
		}
	}
	for name, c := range map[string]struct {
		root, middle, leaf func(*x509.Certificate)
		want               fault.Code
	}{
		"all valid":                {years(-9, 9), years(-5, 5), years(-1, 1), ""},
		"signer expired":           {years(-9, 9), years(-5, 5), years(-2, -1), Expired},
		"signer not yet":           {years(-9, 9), years(-5, 5), years(1, 2), NotYetValid},
		"authority expired":        {years(-9, 9), years(-5, -1), years(-2, 1), Expired},
		"anchor expired":           {years(-9, -1), years(-5, 5), years(-2, 1), Expired},
		"authority renewed later":  {years(-9, 9), years(-1, 5), years(-2, 1), ""},
		"authority not yet":        {years(-9, 9), years(1, 5), years(-2, 2), NotYetValid},
		"never all at once":        {years(-9, -3), years(-5, 5), years(-2, 1), Untrusted},
		"anchor renewed after all": {years(-1, 9), years(-5, 5), years(-4, 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := authority(nil, "radice", c.root)
			middle := authority(root, "media", c.middle)
			key, leaf := must(NewKey()), template()
			c.leaf(leaf)
			signer := sealWith(key, must(create(leaf, middle.Certificate, key.Public(), middle.Key)), middle.Certificate)
			v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: {root.Certificate}}))
			got, faults := v.Verify(must(signer.Seal([]byte(plain))), region)
			faults = append(faults, got.CheckValidity(noon())...)
			if c.want == "" && len(faults) > 0 || c.want != "" && (len(faults) == 0 || faults[0].Code != c.want) {
				t.Errorf("faults %q, want %q", codes(faults), c.want)
			}
		})
	}
}

// TestRenewedAnchor: an anchor and its renewal with the same key are both
// anchors; the signer holds as long as one of the chains does.
func TestRenewedAnchor(t *testing.T) {
	t.Parallel()
	old := authority(nil, "radice", func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = noon().AddDate(-5, 0, 0), noon().AddDate(0, 0, -1)
	})
	renewed := template()
	renewed.Subject = pkix.Name{CommonName: "radice"}
	renewed.IsCA, renewed.KeyUsage = true, x509.KeyUsageCertSign
	renewed.NotBefore, renewed.NotAfter = noon().AddDate(0, 0, -30), noon().AddDate(9, 0, 0)
	fresh := must(create(renewed, renewed, old.Key.Public(), old.Key))
	key, leaf := must(NewKey()), template()
	leaf.NotBefore = noon().AddDate(-1, 0, 0)
	signer := sealWith(key, must(create(leaf, old.Certificate, key.Public(), old.Key)))
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: {old.Certificate, fresh}}))
	got, faults := v.Verify(must(signer.Seal([]byte(plain))), region)
	if len(faults) > 0 {
		t.Fatal(codes(faults))
	}
	for _, at := range []time.Time{noon(), noon().AddDate(0, -6, 0), noon().AddDate(0, 0, -10)} {
		if l := got.CheckValidity(at); len(l) > 0 {
			t.Errorf("at %s: %s", at, codes(l))
		}
	}
}

// TestKeys refuses keys by their size and kind, before looking at any value.
func TestKeys(t *testing.T) {
	t.Parallel()
	ca := authority(nil, "radice", same)
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: {ca.Certificate}}))
	rsaOf := func(bits int, e int) *rsa.PublicKey {
		n := new(big.Int).SetBit(must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(bits-1)))), bits-1, 1)
		return &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: e}
	}
	edKey, _, _ := ed25519.GenerateKey(rand.Reader)
	for name, c := range map[string]struct {
		pub  crypto.PublicKey
		want fault.Code
	}{
		"RSA 1024":              {rsaOf(1024, 65537), WeakKey},
		"RSA 2047":              {rsaOf(2047, 65537), WeakKey},
		"RSA 2048 of no one":    {rsaOf(2048, 65537), SignatureMismatch},
		"RSA 4096 of no one":    {rsaOf(4096, 65537), SignatureMismatch},
		"RSA 4097":              {rsaOf(4097, 65537), WeakKey},
		"RSA 2048, exponent 1":  {rsaOf(2048, 1), SignatureMismatch},
		"P-384":                 {&must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)).PublicKey, WeakKey},
		"P-224":                 {&must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader)).PublicKey, WeakKey},
		"Ed25519":               {edKey, WeakKey},
		"P-256, RSA's document": {&must(NewKey()).PublicKey, KeyMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by := &Sealer{key: everyone().rsa.key, chain: []*x509.Certificate{must(create(template(), ca.Certificate, c.pub, ca.Key))}}
			if _, faults := v.Verify([]byte(forge(t, letter, shape, by)), region); codes(faults) != string(c.want)+" " {
				t.Errorf("faults %q, want %q", codes(faults), c.want)
			}
		})
	}
}

func TestSignerIdentity(t *testing.T) {
	t.Parallel()
	serial := asn1.ObjectIdentifier{2, 5, 4, 5}
	common := asn1.ObjectIdentifier{2, 5, 4, 3}
	qualifier := asn1.ObjectIdentifier{2, 5, 4, 46}
	type name = pkix.AttributeTypeAndValue
	for _, c := range []struct {
		names []name
		want  string
	}{
		{[]name{{Type: serial, Value: "TINIT-RSSMRA80A01H501U"}}, personCF},
		{[]name{{Type: serial, Value: "IT:RSSMRA80A01H501U"}}, personCF},
		{[]name{{Type: serial, Value: "rssmra80a01h501u"}}, personCF},
		{[]name{{Type: serial, Value: "RSSMRAABA01H501U"}}, ""},
		{[]name{{Type: serial, Value: "RSSMRAUNA0MHR0MU"}}, "RSSMRAUNA0MHR0MU"}, // omocodia
		{[]name{{Type: serial, Value: "TINIT-01234567890"}}, "01234567890"},
		{[]name{{Type: common, Value: "RSSMRA80A01H501U/7430000000000001.abc="}}, personCF},
		{[]name{{Type: common, Value: "X/1"}, {Type: serial, Value: "IT:" + personCF}}, personCF},
		{[]name{{Type: serial, Value: "12345"}, {Type: common, Value: personCF + "/1.x"}}, personCF},
		{[]name{{Type: serial, Value: personCF}, {Type: serial, Value: "TINIT-" + personCF}}, personCF},
		{[]name{{Type: serial, Value: personCF}, {Type: serial, Value: "VRDLGU80A01H501X"}}, ""},
		{[]name{{Type: serial, Value: "TINIT-IT:" + personCF}}, ""},
		{[]name{{Type: serial, Value: "TINFR-" + personCF}}, ""},
		{[]name{{Type: serial, Value: "RſſMRA80A01H501U"}}, ""},
		{[]name{{Type: common, Value: personCF}}, ""},
		{[]name{{Type: qualifier, Value: personCF}}, ""},
		{[]name{{Type: serial, Value: "0123456789"}}, ""},
		{nil, ""},
	} {
		if got := signerOf(&x509.Certificate{Subject: pkix.Name{Names: c.names}}); got != c.want {
			t.Errorf("%v: %q, want %q", c.names, got, c.want)
		}
	}
}

// TestCache: strangers leave nothing behind, the cache stays within its bound,
// and many at once are served alike.
func TestCache(t *testing.T) {
	t.Parallel()
	p := everyone()
	trust := NewTrust(map[string][]*x509.Certificate{region: {p.ca.Certificate}})
	v := NewVerifier(trust)
	stranger := sealWith(p.ecdsa.key.Signer, must(create(template(), template(), p.ecdsa.key.Public(), p.ecdsa.key.Signer)))
	v.Verify(must(stranger.Seal([]byte(plain))), region)
	if n := len(trust.paths); n != 0 {
		t.Errorf("a stranger left %d chains", n)
	}
	for i := range maxPaths {
		trust.paths[pathKey{name: strings.Repeat("x", i)}] = &path{}
	}
	doc := must(p.ecdsa.Seal([]byte(plain)))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if got, faults := v.Verify(doc, region); len(faults) > 0 || got.Signer != "01234567890" {
					t.Errorf("signer %q, faults %s", got.Signer, codes(faults))
				}
			}
		})
	}
	group.Wait()
	if n := len(trust.paths); n > maxPaths || n == 0 {
		t.Errorf("%d chains remembered, at most %d allowed", n, maxPaths)
	}
}

func TestParseCertificates(t *testing.T) {
	t.Parallel()
	ca := everyone().ca.Certificate
	list, err := ParseCertificates(append([]byte("intestazione\n"), EncodeCertificates(ca, ca)...))
	if err != nil || len(list) != 2 || !list[0].Equal(ca) {
		t.Errorf("%d certificates, %v", len(list), err)
	}
	for _, text := range []string{"", "non PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if _, err := ParseCertificates([]byte(text)); err == nil {
			t.Errorf("%q gave no error", text)
		}
	}
}

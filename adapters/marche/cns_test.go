package marche_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/routing/hub"
)

// card is a certificate as a Carta nazionale dei servizi has it.
func card() *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{
			CommonName: secret + "/6042000000000017.nX2eaR3WkfHQ+Cj5wkBYt1m8rKA=", Country: []string{"IT"},
			OrganizationalUnit: []string{"Regione Marche"},
		},
		KeyUsage:          x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:       []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection},
		PolicyIdentifiers: []asn1.ObjectIdentifier{{1, 3, 76, 16, 2, 1}},
	}
}

// issued makes a real certificate of a template, as a listener would see it.
func issued(t *testing.T, template *x509.Certificate) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(1), now, now.Add(time.Hour)
	// Since Go 1.24 certificates are made with Policies.
	for _, p := range template.PolicyIdentifiers {
		parts := make([]uint64, len(p))
		for i, n := range p {
			parts[i] = uint64(n)
		}
		oid, err := x509.OIDFromInts(parts)
		if err != nil {
			t.Fatal(err)
		}
		template.Policies = append(template.Policies, oid)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOperatorOf(t *testing.T) {
	t.Parallel()
	want := hub.Operator{CodiceFiscale: secret, Means: hub.MeansCNS}
	if got, ok := marche.OperatorOf(issued(t, card())); !ok || got != want {
		t.Errorf("a card: %+v, %v", got, ok)
	}
	lombardia := card()
	lombardia.PolicyIdentifiers = []asn1.ObjectIdentifier{{1, 2, 3}, {1, 3, 159, 6, 1, 3, 2, 10}}
	if got, ok := marche.OperatorOf(issued(t, lombardia)); !ok || got != want {
		t.Errorf("a card of Lombardia: %+v, %v", got, ok)
	}
	for name, change := range map[string]func(*x509.Certificate){
		"no policy":            func(c *x509.Certificate) { c.PolicyIdentifiers = nil },
		"another policy":       func(c *x509.Certificate) { c.PolicyIdentifiers = []asn1.ObjectIdentifier{{1, 3, 76, 16, 2}} },
		"a signing key":        func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageContentCommitment },
		"no digital signature": func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment },
		"a server's":           func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} },
		"no card":              func(c *x509.Certificate) { c.Subject.CommonName = secret },
		"an empty card":        func(c *x509.Certificate) { c.Subject.CommonName = secret + "/" },
		"a wrong check letter": func(c *x509.Certificate) { c.Subject.CommonName = secret[:15] + "K/1.x" },
		"a body":               func(c *x509.Certificate) { c.Subject.CommonName = "01472580362/1.x" },
		"small letters":        func(c *x509.Certificate) { c.Subject.CommonName = "rssmra85c15l219j/1.x" },
		"two names": func(c *x509.Certificate) {
			c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{
				{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: secret + "/1.x"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "SLVPTR65H12H501M/1.x"},
			}
			c.Subject.CommonName = ""
		},
		"a name in the card's place": func(c *x509.Certificate) { c.Subject.CommonName = "ROSSI/" + secret },
	} {
		c := card()
		change(c)
		if got, ok := marche.OperatorOf(issued(t, c)); ok || got != (hub.Operator{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

package marche

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/co"
)

// Means are the means of authentication that the region's assertions may tell: the
// PIN that it gives on paper. Cards are shown by the channel.
func Means() []string { return []string{hub.MeansPIN} }

// OperatorOf gives the person whom a client certificate of a Carta nazionale dei
// servizi names (Carta Raffaello, Infocamere, Poste); ok is false for any other
// certificate. It asks for AgID's profile of the authentication certificate: the
// policy of CNS, key usage digitalSignature without nonRepudiation, client
// authentication, and one commonName of the form CODICEFISCALE/CARD.HASH. Chain
// and validity are the listener's to check. The card's number is left out: it
// changes with every renewal, the person does not.
func OperatorOf(c *x509.Certificate) (operator hub.Operator, ok bool) {
	policies := []asn1.ObjectIdentifier{
		{1, 3, 76, 16, 2, 1},               // CNS
		{1, 3, 159, 6, 1, 3, 2, 10},        // Lombardia, declared equivalent by the profile
		{1, 3, 76, 12, 1, 1, 10, 2, 2, 10}, // likewise
	}
	isCNS := slices.ContainsFunc(c.PolicyIdentifiers, func(p asn1.ObjectIdentifier) bool {
		return slices.ContainsFunc(policies, p.Equal)
	})
	if !isCNS || c.KeyUsage&x509.KeyUsageDigitalSignature == 0 || c.KeyUsage&x509.KeyUsageContentCommitment != 0 ||
		!slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
		return hub.Operator{}, false
	}
	common := asn1.ObjectIdentifier{2, 5, 4, 3}
	var names []string
	for _, n := range c.Subject.Names {
		if value, ok := n.Value.(string); ok && n.Type.Equal(common) {
			names = append(names, value)
		}
	}
	if len(names) != 1 {
		return hub.Operator{}, false
	}
	name, card, cut := strings.Cut(names[0], "/")
	cf := co.CodiceFiscale(name)
	if !cut || card == "" || !cf.Personal() || !cf.Valid() {
		return hub.Operator{}, false
	}
	return hub.Operator{CodiceFiscale: name, Means: hub.MeansCNS}, true
}

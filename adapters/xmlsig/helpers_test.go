package xmlsig

import (
	"crypto"
	"crypto/x509"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

const (
	region   = "piemonte"
	personCF = "RSSMRA80A01H501U"
)

// noon is when the tests' certificates are issued and judged.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// people is one authority with an RSA signer, a P-256 signer and a seal, made
// once: an RSA key costs more than a test.
type people struct {
	ca               *Authority
	rsa, ecdsa, seal *Sealer
	verifier         *Verifier
}

var everyone = sync.OnceValue(func() people {
	ca := must(NewAuthority("CA di prova", noon()))
	rsaKey, ecKey, sealKey := must(NewPersonKey()), must(NewKey()), must(NewKey())
	chain := func(c *x509.Certificate, err error) []*x509.Certificate {
		return []*x509.Certificate{must(c, err), ca.Certificate}
	}
	return people{
		ca:       ca,
		rsa:      must(NewSealer(rsaKey, chain(ca.IssuePerson(personCF, rsaKey.Public(), noon())))),
		ecdsa:    must(NewSealer(ecKey, chain(ca.IssuePerson("01234567890", ecKey.Public(), noon())))),
		seal:     must(NewSealer(sealKey, chain(ca.IssueSeal("Sigillo di prova", sealKey.Public(), noon()))[:1])),
		verifier: NewVerifier(NewTrust(map[string][]*x509.Certificate{region: {ca.Certificate}})),
	}
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// sealWith makes a Sealer for a certificate of one's own making.
func sealWith(key crypto.Signer, chain ...*x509.Certificate) *Sealer {
	return must(NewSealer(key, chain))
}

// codes are the codes of a list, for comparison.
func codes(l fault.List) string {
	s := ""
	for _, f := range l {
		s += string(f.Code) + " "
	}
	return s
}

// wantCode verifies doc and fails unless its one fault is code; "" is none.
func wantCode(t *testing.T, doc string, code fault.Code) Verified {
	t.Helper()
	v, faults := everyone().verifier.Verify([]byte(doc), region)
	switch {
	case code == "" && len(faults) > 0, code != "" && (len(faults) != 1 || faults[0].Code != code):
		t.Errorf("faults %q, want %q", codes(faults), code)
	case code != "" && (v.Content != nil || v.Certificate != nil || v.Signer != ""):
		t.Errorf("a refused document left something: %+v", v)
	}
	return v
}

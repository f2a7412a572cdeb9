package xmlsig

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// told is what a test knows of revocation: by serial number, else unknown.
type told map[string]Status

// Status implements Revocation.
func (t told) Status(cert, issuer *x509.Certificate, _ time.Time) Status {
	if cert.CheckSignatureFrom(issuer) != nil {
		return StatusRevoked // nobody must be asked with another's issuer
	}
	return t[cert.SerialNumber.String()]
}

// TestStanding: every certificate of the chain but the anchor is asked for;
// what is not known refuses where policy is hard; tolerance is of both ends.
func TestStanding(t *testing.T) {
	t.Parallel()
	root := authority(nil, "radice", same)
	middle := authority(root, "media", same)
	key := must(NewKey())
	leaf := must(create(template(), middle.Certificate, key.Public(), middle.Key))
	signer := sealWith(key, leaf, middle.Certificate)
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: {root.Certificate}, "foglia": {leaf}}))
	doc := must(signer.Seal([]byte(plain)))
	of := func(leafIs, middleIs Status) told {
		return told{leaf.SerialNumber.String(): leafIs, middle.Certificate.SerialNumber.String(): middleIs,
			root.Certificate.SerialNumber.String(): StatusRevoked}
	}
	good, revoked, unknown := StatusGood, StatusRevoked, StatusUnknown
	begins, ends := leaf.NotBefore, leaf.NotAfter
	for name, c := range map[string]struct {
		at   time.Time
		with Conditions
		want fault.Code
	}{
		"not asked":                   {noon(), Conditions{Hard: true}, ""},
		"good":                        {noon(), Conditions{Revocation: of(good, good), Hard: true}, ""},
		"signer revoked":              {noon(), Conditions{Revocation: of(revoked, good)}, RevokedCert},
		"authority revoked":           {noon(), Conditions{Revocation: of(good, revoked)}, RevokedCert},
		"unknown before revoked":      {noon(), Conditions{Revocation: of(unknown, revoked), Hard: true}, RevokedCert},
		"signer unknown, soft":        {noon(), Conditions{Revocation: of(unknown, good)}, ""},
		"signer unknown, hard":        {noon(), Conditions{Revocation: of(unknown, good), Hard: true}, UnknownStanding},
		"authority unknown, hard":     {noon(), Conditions{Revocation: of(good, unknown), Hard: true}, UnknownStanding},
		"expired before revoked":      {ends.Add(time.Second), Conditions{Revocation: of(revoked, good)}, Expired},
		"begins in a second":          {begins.Add(-time.Second), Conditions{}, NotYetValid},
		"begins within tolerance":     {begins.Add(-time.Second), Conditions{Tolerance: time.Second}, ""},
		"begins beyond tolerance":     {begins.Add(-2 * time.Second), Conditions{Tolerance: time.Second}, NotYetValid},
		"ended within tolerance":      {ends.Add(time.Second), Conditions{Tolerance: time.Second}, ""},
		"ended beyond tolerance":      {ends.Add(2 * time.Second), Conditions{Tolerance: time.Second}, Expired},
		"tolerated is still revoked":  {ends.Add(time.Second), Conditions{Tolerance: time.Second, Revocation: of(revoked, good)}, RevokedCert},
		"no more than what was asked": {noon(), Conditions{Revocation: told{}}, ""},
	} {
		got, faults := v.Verify(doc, region)
		if len(faults) > 0 {
			t.Fatal(codes(faults))
		}
		want := ""
		if c.want != "" {
			want = string(c.want) + " "
		}
		if faults := got.CheckStanding(c.at, c.with); codes(faults) != want {
			t.Errorf("%s: faults %q, want %q", name, codes(faults), want)
		}
	}
	// A signer's certificate that is an anchor itself is trusted by itself.
	got, _ := v.Verify(doc, "foglia")
	if faults := got.CheckStanding(noon(), Conditions{Revocation: of(revoked, revoked), Hard: true}); len(faults) > 0 {
		t.Errorf("anchor: faults %q", codes(faults))
	}
	if faults := (Verified{}).CheckStanding(noon(), Conditions{Revocation: of(good, good)}); codes(faults) != "SIG-31 " {
		t.Errorf("no chain: faults %q", codes(faults))
	}
}

// TestRequirements: a region's algorithms and pins, also from what is
// remembered, and of that region alone.
func TestRequirements(t *testing.T) {
	t.Parallel()
	identifier := asn1.ObjectIdentifier{2, 5, 4, 97}
	named := func(values ...string) *Sealer {
		key, c := must(NewKey()), template()
		for _, v := range values {
			c.Subject.ExtraNames = append(c.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: identifier, Value: v})
		}
		c.Subject.ExtraNames = append(c.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "TINIT-" + personCF})
		return sealWith(key, must(create(c, everyone().ca.Certificate, key.Public(), everyone().ca.Key)))
	}
	const ours, theirs = "CF:IT-01234567890", "CF:IT-09876543210"
	anchors := []*x509.Certificate{everyone().ca.Certificate}
	v := NewVerifier(NewTrust(map[string][]*x509.Certificate{region: anchors, "marche": anchors}))
	for name, c := range map[string]struct {
		by   *Sealer
		ask  Requirements
		want string
	}{
		"nothing asked":                {everyone().rsa, Requirements{}, ""},
		"allowed":                      {everyone().rsa, Requirements{Algorithms: []Algorithm{RSASHA256}}, ""},
		"one of two":                   {everyone().ecdsa, Requirements{Algorithms: Algorithms()}, ""},
		"RSA not allowed":              {everyone().rsa, Requirements{Algorithms: []Algorithm{ECDSASHA256}}, "SIG-38 "},
		"ECDSA not allowed":            {everyone().ecdsa, Requirements{Algorithms: []Algorithm{RSASHA256}}, "SIG-38 "},
		"pinned":                       {named(ours), Requirements{Organizations: []string{theirs, ours}}, ""},
		"another's":                    {named(theirs), Requirements{Organizations: []string{ours}}, "SIG-39 "},
		"no organization":              {named(), Requirements{Organizations: []string{ours}}, "SIG-39 "},
		"two organizations":            {named(ours, theirs), Requirements{Organizations: []string{ours, theirs}}, "SIG-39 "},
		"the same twice":               {named(ours, ours), Requirements{Organizations: []string{ours}}, "SIG-39 "},
		"other capitals":               {named("cf:it-01234567890"), Requirements{Organizations: []string{ours}}, "SIG-39 "},
		"longer by a blank":            {named(ours + " "), Requirements{Organizations: []string{ours}}, "SIG-39 "},
		"an empty one does not fit in": {named(""), Requirements{Organizations: []string{ours}}, "SIG-39 "},
	} {
		t.Run(name, func(t *testing.T) {
			doc, strict := must(c.by.Seal([]byte(plain))), v.Requiring(map[string]Requirements{region: c.ask})
			for range 2 {
				got, faults := strict.Verify(doc, region)
				if codes(faults) != c.want || c.want != "" && got.Content != nil {
					t.Errorf("faults %q, want %q", codes(faults), c.want)
				}
			}
			if _, faults := strict.Verify(doc, "marche"); len(faults) > 0 {
				t.Errorf("another region: faults %q", codes(faults))
			}
			if _, faults := v.Verify(doc, region); len(faults) > 0 {
				t.Errorf("the verifier before: faults %q", codes(faults))
			}
		})
	}
	// A signature that does not hold is no matter of pins.
	doc := must(named(theirs).Seal([]byte(plain)))
	doc[len(doc)/2] ^= 1
	strict := v.Requiring(map[string]Requirements{region: {Organizations: []string{ours}}})
	if _, faults := strict.Verify(doc, region); codes(faults) == "SIG-39 " || len(faults) != 1 {
		t.Errorf("broken: faults %q", codes(faults))
	}
}

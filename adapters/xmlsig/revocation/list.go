package revocation

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// MaxList bounds a list, in bytes. Each of its entries takes 32 bytes of memory:
// a list of 10 MiB has about 300,000 and takes as much again.
const MaxList = 10 << 20

// clockSkew is by how much a publisher's clock may be ahead of ours.
const clockSkew = 5 * time.Minute

// serial is a certificate's number: at most 20 octets (RFC 5280, section 4.1.2.2).
type serial [20]byte

func serialOf(n *big.Int) (s serial, ok bool) {
	if n == nil || n.Sign() < 0 || n.BitLen() > 8*len(s) {
		return s, false
	}
	n.FillBytes(s[:])
	return s, true
}

type withdrawn struct {
	serial serial
	at     int64 // Unix seconds
}

// list is one revocation list, read and judged but for its signature. It is not
// changed, except that bind fixes its issuer.
type list struct {
	issuerName []byte // raw subject of its issuer
	issuerKey  []byte // raw key of the issuer whose signature holds; nil: not known yet
	from, to   time.Time
	number     *big.Int // nil if it has none
	entries    []withdrawn
	points     []string // distribution points whose certificates it covers; none is all
	users      bool     // covers no authorities
	cas        bool     // covers authorities alone

	parsed *x509.RevocationList // until the signature is checked
}

// parseList reads a list, DER or PEM, and refuses what it could not answer
// from as RFC 5280 section 6.3.3 wants: lists of differences, indirect lists,
// those of some reasons only, and whatever a critical extension means that is
// not known here.
func parseList(raw []byte, now time.Time) (*list, error) {
	if block, _ := pem.Decode(raw); block != nil && block.Type == "X509 CRL" {
		raw = block.Bytes
	}
	parsed, entries, err := readRevocationList(raw)
	if err != nil {
		return nil, err
	}
	l := &list{
		issuerName: parsed.RawIssuer, from: parsed.ThisUpdate, to: parsed.NextUpdate, number: parsed.Number, entries: entries, parsed: parsed,
	}
	switch {
	case l.from.After(now.Add(clockSkew)):
		return nil, errors.New("it begins later than now")
	case l.to.IsZero():
		return nil, errors.New("it does not say when the next one comes")
	case l.to.Before(l.from):
		return nil, errors.New("it ends before it begins")
	}
	for _, e := range parsed.Extensions {
		if err := l.extension(e); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// issuingDistributionPoint is the extension of RFC 5280, section 5.2.5.
type issuingDistributionPoint struct {
	Point struct {
		FullName []asn1.RawValue  `asn1:"optional,tag:0"`
		Relative pkix.RDNSequence `asn1:"optional,tag:1"`
	} `asn1:"optional,tag:0"`
	Users      bool           `asn1:"optional,tag:1"`
	CAs        bool           `asn1:"optional,tag:2"`
	Reasons    asn1.BitString `asn1:"optional,tag:3"`
	Indirect   bool           `asn1:"optional,tag:4"`
	Attributes bool           `asn1:"optional,tag:5"`
}

// Extensions of lists (RFC 5280, section 5.2), below id-ce 2.5.29.
const (
	extIssuingPoint = 28
	extDelta        = 27
	uriName         = 6 // tag of a GeneralName that is a URI
)

func (l *list) extension(e pkix.Extension) error {
	is := func(n int) bool { return e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, n}) }
	switch {
	case is(extDelta):
		return errors.New("it is a list of differences (delta CRL), which is not read")
	case is(extIssuingPoint):
		return l.issuingPoint(e.Value)
	case e.Critical:
		return fmt.Errorf("critical extension %s is not known", e.Id)
	}
	return nil
}

func (l *list) issuingPoint(der []byte) error {
	var p issuingDistributionPoint
	if rest, err := asn1.Unmarshal(der, &p); err != nil || len(rest) > 0 {
		return errors.New("its distribution point cannot be read")
	}
	if p.Indirect || p.Attributes || len(p.Reasons.Bytes) > 0 {
		return errors.New("it is indirect, of some reasons only or of attribute certificates, which is not read")
	}
	for _, name := range p.Point.FullName {
		if name.Class == asn1.ClassContextSpecific && name.Tag == uriName {
			l.points = append(l.points, string(name.Bytes))
		}
	}
	if len(l.points) == 0 && (len(p.Point.FullName) > 0 || len(p.Point.Relative) > 0) {
		return errors.New("its distribution point has no address")
	}
	l.users, l.cas = p.Users, p.CAs
	return nil
}

// bind checks the signature with an issuer's key, once: a list is of one key.
func (l *list) bind(issuer *x509.Certificate) error {
	if l.issuerKey != nil {
		if !bytes.Equal(l.issuerKey, issuer.RawSubjectPublicKeyInfo) {
			return errors.New("it is signed with another key of its issuer")
		}
		return nil
	}
	if !bytes.Equal(l.issuerName, issuer.RawSubject) {
		return errors.New("it is another authority's")
	}
	if err := l.parsed.CheckSignatureFrom(issuer); err != nil {
		return errors.New("its signature does not hold, or its issuer may sign no lists")
	}
	l.issuerKey, l.parsed = issuer.RawSubjectPublicKeyInfo, nil
	return nil
}

// covers reports whether the list speaks of a certificate of its issuer.
func (l *list) covers(cert *x509.Certificate) bool {
	if l.users && cert.IsCA || l.cas && !cert.IsCA {
		return false
	}
	return len(l.points) == 0 || slices.ContainsFunc(l.points, func(p string) bool {
		return slices.Contains(cert.CRLDistributionPoints, p)
	})
}

// status answers for a certificate that the list covers. What was withdrawn
// stays so after the list's end; what it does not name is good until then.
func (l *list) status(cert *x509.Certificate, at time.Time) xmlsig.Status {
	s, ok := serialOf(cert.SerialNumber)
	if !ok {
		return xmlsig.StatusUnknown
	}
	i, found := slices.BinarySearchFunc(l.entries, s, func(e withdrawn, s serial) int { return bytes.Compare(e.serial[:], s[:]) })
	switch {
	case found && l.entries[i].at <= at.Unix():
		return xmlsig.StatusRevoked
	case at.After(l.to) || at.Before(l.from.Add(-clockSkew)):
		return xmlsig.StatusUnknown
	}
	return xmlsig.StatusGood
}

// older reports whether l was published before another list.
func (l *list) older(than *list) bool {
	return l.from.Before(than.from) || l.number != nil && than.number != nil && l.number.Cmp(than.number) < 0
}

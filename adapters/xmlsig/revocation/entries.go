package revocation

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

var (
	errShape  = errors.New("not a revocation list")
	errSerial = errors.New("a serial number is negative or longer than 20 octets")
	errEntry  = errors.New("an entry has a critical extension that is not known")
)

// readRevocationList reads a list in DER. crypto/x509 makes of every entry a few
// hundred bytes, three times the memory of a whole hub for a large list; here
// it reads the list without its entries, and these are read one by one. The
// signature stays that over the whole.
func readRevocationList(raw []byte) (*x509.RevocationList, []withdrawn, error) {
	input := cryptobyte.String(raw)
	var outer, tbs cryptobyte.String
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !input.Empty() || !outer.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return nil, nil, errShape
	}
	signed := bytes.Clone(tbs)
	head, listed, ok := splitList(tbs)
	if !ok {
		return nil, nil, errShape
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(head) })
		b.AddBytes(outer) // algorithm and value of the signature
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, nil, errShape
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, nil, errShape
	}
	list.Raw, list.RawTBSRevocationList = nil, signed
	entries, err := readEntries(listed)
	return list, entries, err
}

// splitList takes the entries out of a TBSCertList (RFC 5280, section 5.1): the
// sequence that follows the instants.
func splitList(tbs cryptobyte.String) (head []byte, listed cryptobyte.String, ok bool) {
	var body cryptobyte.String
	if !tbs.ReadASN1(&body, asn1.SEQUENCE) {
		return nil, nil, false
	}
	timed, found := false, false
	for !body.Empty() {
		var element cryptobyte.String
		var tag asn1.Tag
		if !body.ReadAnyASN1Element(&element, &tag) {
			return nil, nil, false
		}
		if timed && !found && tag == asn1.SEQUENCE {
			found = true
			if !element.ReadASN1(&listed, asn1.SEQUENCE) {
				return nil, nil, false
			}
			continue
		}
		timed = timed || tag == asn1.UTCTime || tag == asn1.GeneralizedTime
		head = append(head, element...)
	}
	return head, listed, true
}

// readEntries reads what is withdrawn, in the order of serial numbers.
func readEntries(listed cryptobyte.String) ([]withdrawn, error) {
	const least = 30 // bytes of an entry, about
	entries := make([]withdrawn, 0, len(listed)/least)
	for !listed.Empty() {
		e, err := readEntry(&listed)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b withdrawn) int {
		return cmp.Or(bytes.Compare(a.serial[:], b.serial[:]), cmp.Compare(a.at, b.at))
	})
	return entries, nil
}

func readEntry(listed *cryptobyte.String) (w withdrawn, err error) {
	var entry, number, extensions cryptobyte.String
	if !listed.ReadASN1(&entry, asn1.SEQUENCE) || !entry.ReadASN1(&number, asn1.INTEGER) || len(number) == 0 {
		return w, errShape
	}
	if number[0]&0x80 != 0 {
		return w, errSerial
	}
	if number[0] == 0 {
		number = number[1:]
	}
	if len(number) > len(w.serial) {
		return w, errSerial
	}
	copy(w.serial[len(w.serial)-len(number):], number)
	var at time.Time
	read := entry.ReadASN1UTCTime // until 2049 (RFC 5280, section 5.1.2.6)
	if entry.PeekASN1Tag(asn1.GeneralizedTime) {
		read = entry.ReadASN1GeneralizedTime
	}
	if !read(&at) {
		return w, errShape
	}
	w.at = at.Unix()
	if entry.Empty() {
		return w, nil
	}
	if !entry.ReadASN1(&extensions, asn1.SEQUENCE) || !entry.Empty() {
		return w, errShape
	}
	for !extensions.Empty() {
		var extension cryptobyte.String
		critical := false
		if !extensions.ReadASN1(&extension, asn1.SEQUENCE) || !extension.SkipASN1(asn1.OBJECT_IDENTIFIER) ||
			extension.PeekASN1Tag(asn1.BOOLEAN) && !extension.ReadASN1Boolean(&critical) ||
			!extension.SkipASN1(asn1.OCTET_STRING) || !extension.Empty() {
			return w, errShape
		}
		if critical {
			return w, errEntry
		}
	}
	return w, nil
}

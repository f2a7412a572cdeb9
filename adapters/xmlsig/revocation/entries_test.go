package revocation

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// TestListAgreesWithX509: reading entries one by one gives what crypto/x509
// reads, for lists with none, some and many, with reasons and without.
func TestListAgreesWithX509(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	for _, n := range []int{0, 1, 3, 2000} {
		l := template(7)
		for i := range n {
			number := make([]byte, 1+i%20)
			_, _ = rand.Read(number)
			number[0] &= 0x7f
			e := x509.RevocationListEntry{SerialNumber: new(big.Int).SetBytes(append(number, 1)), RevocationTime: noon().Add(-time.Duration(i) * time.Hour)}
			if len(number) == 20 {
				e.SerialNumber.SetBytes(number)
			}
			if i%3 == 0 {
				e.ReasonCode = 1 + i%5
			}
			if i%7 == 0 {
				e.RevocationTime = time.Date(2051, 1, 1, 0, 0, 0, 0, time.UTC) // GeneralizedTime
			}
			if e.SerialNumber.Sign() > 0 {
				l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, e)
			}
		}
		raw := p.list(l)
		want := must(x509.ParseRevocationList(raw))
		got, entries, err := readRevocationList(raw)
		if err != nil || len(entries) != len(want.RevokedCertificateEntries) {
			t.Fatalf("%d entries of %d, %v", len(entries), len(want.RevokedCertificateEntries), err)
		}
		if !bytes.Equal(got.RawIssuer, want.RawIssuer) || !got.ThisUpdate.Equal(want.ThisUpdate) || !got.NextUpdate.Equal(want.NextUpdate) ||
			got.Number.Cmp(want.Number) != 0 || len(got.Extensions) != len(want.Extensions) || got.CheckSignatureFrom(p.ca.Certificate) != nil {
			t.Errorf("%d entries: another list", n)
		}
		for _, e := range want.RevokedCertificateEntries {
			s, _ := serialOf(e.SerialNumber)
			at := slices.IndexFunc(entries, func(w withdrawn) bool { return w.serial == s && w.at == e.RevocationTime.Unix() })
			if at < 0 {
				t.Fatalf("%d entries: one is missing", n)
			}
		}
	}
}

// TestListMemory: a list costs little more memory than its bytes.
func TestListMemory(t *testing.T) {
	p := newPKI(t)
	l := template(1)
	for n := range int64(20_000) {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: new(big.Int).Lsh(big.NewInt(n+1), 100), RevocationTime: noon(), ReasonCode: 1})
	}
	raw := p.list(l)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := parseList(raw, noon()); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > uint64(5*len(raw)) {
		t.Errorf("%d bytes for a list of %d", got, len(raw))
	}
}

// TestListMutations: no list with one byte changed, dropped or doubled is taken.
func TestListMutations(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	good := p.list(template(1, p.first, p.last))
	taken := func(raw []byte) bool {
		l, err := parseList(raw, noon())
		return err == nil && l.bind(p.ca.Certificate) == nil
	}
	if !taken(good) {
		t.Fatal("the list itself is not taken")
	}
	for i := range good {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(good)
			bad[i] ^= flip
			if taken(bad) {
				t.Errorf("byte %d changed by %x", i, flip)
			}
		}
		if bad := slices.Delete(bytes.Clone(good), i, i+1); taken(bad) {
			t.Errorf("byte %d dropped", i)
		}
		if bad := slices.Insert(bytes.Clone(good), i, good[i]); taken(bad) {
			t.Errorf("byte %d doubled", i)
		}
	}
}

// FuzzList: whatever comes, reading it ends in a list in order or an error.
func FuzzList(f *testing.F) {
	ca := must(xmlsig.NewAuthority("CA di prova", noon()))
	for _, l := range []*x509.RevocationList{template(1), template(2, ca.Certificate)} {
		f.Add(must(x509.CreateRevocationList(rand.Reader, l, ca.Certificate, ca.Key)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := parseList(raw, noon())
		if err == nil && !slices.IsSortedFunc(l.entries, func(a, b withdrawn) int { return bytes.Compare(a.serial[:], b.serial[:]) }) {
			t.Error("entries in disorder")
		}
	})
}

package xmlsig

import (
	"crypto"
	"crypto/x509"
	"testing"
	"time"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	authority, err := NewAuthority("test", at)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	person, err := NewPersonKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"ecdsa": seal, "rsa": person} {
		c, err := authority.IssueSeal(name, key.Public(), at)
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSealer(key, []*x509.Certificate{c})
		if err != nil {
			t.Fatal(err)
		}
		value, err := s.SignMessage([]byte("head"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.SignMessage([]byte("head"))
		if err != nil || string(again) != string(value) {
			t.Errorf("%s: not deterministic (%v)", name, err)
		}
		if err := VerifyMessage(c, []byte("head"), value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if VerifyMessage(c, []byte("heae"), value) == nil {
			t.Errorf("%s: another message verifies", name)
		}
		if VerifyMessage(authority.Certificate, []byte("head"), value) == nil {
			t.Errorf("%s: another certificate verifies", name)
		}
		for i := range value {
			value[i] ^= 1
			if VerifyMessage(c, []byte("head"), value) == nil {
				t.Errorf("%s: byte %d altered, still verifies", name, i)
			}
			value[i] ^= 1
		}
		if VerifyMessage(c, []byte("head"), value[:len(value)-1]) == nil {
			t.Errorf("%s: a short value verifies", name)
		}
	}
}

package reconcile

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
)

// Sum is a sum of SHA-256 values modulo 2^256, big-endian. Its text form is 64
// lower-case hexadecimal digits.
type Sum [sha256.Size]byte

// MarshalText gives the 64 hexadecimal digits.
func (s Sum) MarshalText() ([]byte, error) {
	return hex.AppendEncode(nil, s[:]), nil
}

// UnmarshalText reads exactly 64 hexadecimal digits.
func (s *Sum) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(s)) {
		return fmt.Errorf("read sum: want %d hexadecimal digits", hex.EncodedLen(len(s)))
	}
	if _, err := hex.Decode(s[:], text); err != nil {
		return fmt.Errorf("read sum: %w", err)
	}
	return nil
}

// Total counts the registered communications of one day, region and kind, and
// says which they are by a sum that does not depend on their order
// (contracts.md, Kafka, quadratura.v1).
type Total struct {
	Day    string // YYYY-MM-DD, Europe/Rome, of the submission (ce_time)
	Region string // slug of the receiving region
	Kind   string // UNILAV, ...
	Count  int64
	Sum    Sum
}

// Add enters one communication: the sum grows, modulo 2^256, by the SHA-256 of
// ceID, codice and digest one after the other without separators. ceID and
// digest are their 64 lower-case hexadecimal ASCII digits, codice its 16 ASCII
// characters.
func (t *Total) Add(ceID, codice, digest string) {
	term := make([]byte, 0, 160)
	term = append(term, ceID...)
	term = append(term, codice...)
	term = append(term, digest...)
	h := sha256.Sum256(term)
	t.Count++
	t.Sum.add(h)
}

func (s *Sum) add(h [sha256.Size]byte) {
	carry := uint64(0)
	for i := len(s) - 8; i >= 0; i -= 8 {
		var word uint64
		word, carry = bits.Add64(binary.BigEndian.Uint64(s[i:]), binary.BigEndian.Uint64(h[i:]), carry)
		binary.BigEndian.PutUint64(s[i:], word)
	}
}

// Equal reports whether both totals speak of the same day, region and kind and
// of the same communications.
func (t Total) Equal(o Total) bool { return t == o }

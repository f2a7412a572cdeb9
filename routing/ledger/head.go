package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

// Head is the last entry of a ledger. The zero Head is that of an empty one.
type Head struct {
	Position int64
	Hash     Hash
	Recorded time.Time
}

// sealedGenesis opens the bytes a head's seal covers.
const sealedGenesis = "snodo/head/v1"

// SealedHead is a head that the hub vouches for outside its own database, so
// that a ledger cut short or rewritten cannot agree with it.
type SealedHead struct {
	Position    int64
	Hash        Hash
	Instant     time.Time // when it was sealed, UTC, microseconds
	Certificate Hash      // SHA-256 of the certificate that verifies Seal
	Seal        []byte    // signature over Bytes
}

// Bytes is what the seal covers: the genesis string, position and instant
// (microseconds) as 8-byte big-endian integers, hash and certificate digest.
func (h SealedHead) Bytes() []byte {
	b := append([]byte(nil), sealedGenesis...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Position))
	b = binary.BigEndian.AppendUint64(b, uint64(h.Instant.UnixMicro()))
	b = append(b, h.Hash[:]...)
	return append(b, h.Certificate[:]...)
}

// Signer seals heads with the key of one certificate.
type Signer interface {
	// Sign signs the message itself, not its digest.
	Sign(message []byte) ([]byte, error)
	// Seal is the digest of the certificate that verifies the signature.
	Seal() Hash
}

// SealHead vouches for a head at an instant.
func SealHead(h Head, at time.Time, s Signer) (SealedHead, error) {
	sealed := SealedHead{
		Position: h.Position, Hash: h.Hash, Instant: at.UTC().Truncate(time.Microsecond),
		Certificate: s.Seal(),
	}
	sig, err := s.Sign(sealed.Bytes())
	if err != nil {
		return SealedHead{}, fmt.Errorf("seal head: %w", err)
	}
	sealed.Seal = sig
	return sealed, nil
}

// HeadVerifier checks the seal of a head; an error names what is wrong.
type HeadVerifier interface {
	Verify(certificate Hash, message, seal []byte) error
}

// headJSON is a sealed head on the wire and in files.
type headJSON struct {
	Position    int64  `json:"position"`
	Hash        string `json:"hash"`
	Instant     string `json:"instant"`
	Certificate string `json:"certificate"`
	Seal        string `json:"seal"`
}

// MarshalJSON writes hashes as hexadecimal, the instant as RFC 3339 in UTC
// with microseconds, the seal as base64.
func (h SealedHead) MarshalJSON() ([]byte, error) {
	return json.Marshal(headJSON{
		Position: h.Position, Hash: h.Hash.String(), Certificate: h.Certificate.String(),
		Instant: h.Instant.UTC().Format(instantLayout), Seal: base64.StdEncoding.EncodeToString(h.Seal),
	})
}

// instantLayout is how instants are written for machines: UTC, microseconds.
const instantLayout = "2006-01-02T15:04:05.000000Z"

// UnmarshalJSON reads what MarshalJSON writes and nothing else.
func (h *SealedHead) UnmarshalJSON(b []byte) error {
	var j headJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return fmt.Errorf("read sealed head: %w", err)
	}
	hash, err := ParseHash(j.Hash)
	if err != nil {
		return fmt.Errorf("read sealed head: %w", err)
	}
	cert, err := ParseHash(j.Certificate)
	if err != nil {
		return fmt.Errorf("read sealed head: %w", err)
	}
	at, err := time.Parse(instantLayout, j.Instant)
	if err != nil {
		return fmt.Errorf("read sealed head: bad instant")
	}
	seal, err := base64.StdEncoding.DecodeString(j.Seal)
	if err != nil {
		return fmt.Errorf("read sealed head: bad seal")
	}
	*h = SealedHead{Position: j.Position, Hash: hash, Instant: at, Certificate: cert, Seal: seal}
	return nil
}

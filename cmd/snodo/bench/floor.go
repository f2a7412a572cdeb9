package bench

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"runtime"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// floorOperations is how often the floor is measured.
const floorOperations = 10_000

// cryptographicFloor is what a submission costs if nothing but its cryptography
// had to be done once: one verification of RSA-2048 with SHA-256 (the sender's
// signature) and one deterministic signature on P-256 (the receipt's seal), as
// mean processor time over n of each, on one core.
func cryptographicFloor(n int) (time.Duration, error) {
	person, err := xmlsig.NewPersonKey()
	if err != nil {
		return 0, err
	}
	seal, err := xmlsig.NewKey()
	if err != nil {
		return 0, err
	}
	digest := sha256.Sum256([]byte("snodo bench"))
	signature, err := rsa.SignPKCS1v15(nil, person, crypto.SHA256, digest[:])
	if err != nil {
		return 0, fmt.Errorf("measure floor: %w", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadCPU()
	for range n {
		if err := rsa.VerifyPKCS1v15(&person.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
			return 0, fmt.Errorf("measure floor: %w", err)
		}
		if _, err := seal.Sign(nil, digest[:], crypto.SHA256); err != nil {
			return 0, fmt.Errorf("measure floor: %w", err)
		}
	}
	return (threadCPU() - began) / time.Duration(n), nil
}

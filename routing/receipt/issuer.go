package receipt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Sealer signs a receipt with the hub's seal. Safe for concurrent use.
type Sealer interface {
	// Seal returns xml with an enveloped signature as last child of the root;
	// the same xml gives the same bytes.
	Seal(xml []byte) ([]byte, error)
	// Common are texts of every signature that it makes, in their order.
	Common() [][]byte
	// CertificateHash is SHA-256 of the DER of the certificate it seals with.
	CertificateHash() [32]byte
}

// Issuer builds and seals receipts; it is the ledger.Issuer of the hub. Safe
// for concurrent use.
type Issuer struct {
	Sealer Sealer
	// Next are the seals that follow, in the order of their turns; those whose
	// turn is over are not among them.
	Next []Turn
	Now  func() time.Time // needed where there are Next
}

// Turn is a seal that takes over at an instant.
type Turn struct {
	From   time.Time
	Sealer Sealer
}

// Seal names the certificate that seals now.
func (i Issuer) Seal() ledger.Hash {
	sealer := i.Sealer
	if len(i.Next) > 0 {
		now := i.Now()
		for _, t := range i.Next {
			if !now.Before(t.From) {
				sealer = t.Sealer
			}
		}
	}
	return sealer.CertificateHash()
}

// sealerOf is the seal that an entry names: a turn may end between the entry
// and its receipt.
func (i Issuer) sealerOf(e ledger.Entry) (Sealer, error) {
	if len(i.Next) == 0 || e.Seal == i.Sealer.CertificateHash() {
		return i.Sealer, nil
	}
	for _, t := range i.Next {
		if e.Seal == t.Sealer.CertificateHash() {
			return t.Sealer, nil
		}
	}
	return nil, errors.New("seal: the entry names a seal that is not here")
}

// Common are the texts of the seal, and of those that follow.
func (i Issuer) Common() [][]byte {
	texts := i.Sealer.Common()
	for _, t := range i.Next {
		texts = append(texts, t.Sealer.Common()...)
	}
	return texts
}

// Issue seals the receipts of entries, in parallel on every core, and returns
// them in order; nil where an entry has none. An error gives no receipt.
func (i Issuer) Issue(ctx context.Context, entries []ledger.Entry) ([][]byte, error) {
	out := make([][]byte, len(entries))
	workers := min(runtime.GOMAXPROCS(0), len(entries))
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := w; n < len(entries) && ctx.Err() == nil; n += workers {
				if out[n], errs[w] = i.issue(entries[n]); errs[w] != nil {
					errs[w] = fmt.Errorf("issue receipt of entry %d: %w", entries[n].Position, errs[w])
					return
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, err
	}
	return out, nil
}

func (i Issuer) issue(e ledger.Entry) ([]byte, error) {
	if _, ok := KindOf(e); !ok {
		return nil, nil
	}
	unsealed, err := Build(e)
	if err != nil {
		return nil, err
	}
	sealer, err := i.sealerOf(e)
	if err != nil {
		return nil, err
	}
	sealed, err := sealer.Seal(unsealed)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

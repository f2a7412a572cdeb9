package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// conversionAnchor is the name under which the conversion seal is trusted.
const conversionAnchor = "conversion"

// signatures joins the verifier to the hub and to the national store.
type signatures struct {
	verifier   *xmlsig.Verifier
	conversion xmlsig.Seals
	now        func() time.Time // of the seal's turn
	regimes    map[string]Regime
}

// retryStanding is how long a sender waits whose certificate nobody could
// answer for: by then lists and responders are asked again.
const retryStanding = time.Minute

// Verify judges a signed document for the hub.
func (s signatures) Verify(_ context.Context, document []byte, region string) (hub.Verified, fault.List, error) {
	v, faults := s.verifier.Verify(document, region)
	if len(faults) > 0 {
		return hub.Verified{}, faults, nil
	}
	return hub.Verified{Content: v.Content, Digest: v.Digest, Signer: v.Signer, Leaf: v}, nil, nil
}

// Validity judges the certificates that Verify read, at an instant, by the
// region's policy. Only here are responders asked, within revocation.Patience;
// the verifier judges by what is known then.
func (s signatures) Validity(ctx context.Context, v hub.Verified, region string, at time.Time) (fault.List, error) {
	verified, ok := v.Leaf.(xmlsig.Verified)
	if !ok {
		return nil, errors.New("check validity: not a document of this verifier")
	}
	g := s.regimes[region]
	g.ask(ctx, verified, at)
	faults := verified.CheckStanding(at, g.conditions)
	if len(faults) > 0 && faults[0].Code == xmlsig.UnknownStanding {
		return nil, &hub.TryLater{Fault: faults[0], After: retryStanding}
	}
	return faults, nil
}

// Seal puts the conversion seal on a document, and reads it back as any
// verifier would: what goes on is what the seal covers.
func (s signatures) Seal(_ context.Context, national []byte) ([]byte, hub.Verified, fault.List, error) {
	document, err := s.conversion.At(s.now()).Seal(national)
	var unfit *xmlsig.DocumentError
	if errors.As(err, &unfit) {
		return nil, hub.Verified{}, fault.List{unfit.Fault}, nil
	}
	if err != nil {
		return nil, hub.Verified{}, nil, err
	}
	v, faults := s.verifier.VerifySeal(document, conversionAnchor)
	if len(faults) > 0 {
		return nil, hub.Verified{}, nil, fmt.Errorf("verify own conversion seal: %s", faults[0].Code)
	}
	return document, hub.Verified{Content: v.Content, Digest: v.Digest}, nil, nil
}

// messages verifies the values of Kafka messages for the national store:
// certificates are judged as they were at the instant of acceptance, by nothing
// that a policy may change afterwards (xmlsig/DESIGN.md): a message must be
// judged the same however late it is read. Tolerance is the most that the hub
// may have allowed, which also covers the time from reception to record.
type messages struct{ verifier *xmlsig.Verifier }

// Verify implements national.Verifier.
func (m messages) Verify(_ context.Context, value []byte, region, origin string, at time.Time) ([]byte, [32]byte, fault.List, error) {
	var v xmlsig.Verified
	var faults fault.List
	if ledger.Origin(origin) == ledger.Channel {
		v, faults = m.verifier.VerifySeal(value, conversionAnchor)
	} else {
		v, faults = m.verifier.Verify(value, region)
	}
	if len(faults) == 0 {
		faults = v.CheckStanding(at, xmlsig.Conditions{Tolerance: xmlsig.MaxTolerance})
	}
	if len(faults) > 0 {
		return nil, [32]byte{}, faults, nil
	}
	return v.Content, v.Digest, nil, nil
}

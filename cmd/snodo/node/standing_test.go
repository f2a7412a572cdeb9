package node

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing/hub"
)

// TestUnknownStanding: what nobody knows is no fault of the document.
func TestUnknownStanding(t *testing.T) {
	t.Parallel()
	var later *hub.TryLater
	_, err := signatures{}.Validity(context.Background(), hub.Verified{}, "marche", time.Now())
	if err == nil || errors.As(err, &later) {
		t.Errorf("a document of somebody else: %v", err)
	}
}

// TestStoreJudgesAtAcceptance: the national store judges a signer as of the
// instant of acceptance, with the tolerance that the hub may have had, and
// whatever happened to the certificate since.
func TestStoreJudgesAtAcceptance(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signer := signerFor(t, data, 0)
	document := signAll(t, signer, hirings(t, "marche", 0, 1))[0]
	n := &Node{Config: testConfig(data), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	n.Config.Regions = map[string]RegionPolicy{"marche": {Algorithms: []xmlsig.Algorithm{xmlsig.ECDSASHA256}, Organizations: []string{"CF:IT-01234567890"}}}
	if err := n.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	store := messages{n.verifier}
	begins, ends := signer.Sealer.Certificate().NotBefore, signer.Sealer.Certificate().NotAfter
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Now(), ""}, {ends.Add(time.Second), ""}, {ends.Add(xmlsig.MaxTolerance), ""}, {ends.Add(xmlsig.MaxTolerance + time.Second), "SIG-35"},
		{begins.Add(-xmlsig.MaxTolerance), ""}, {begins.Add(-xmlsig.MaxTolerance - time.Second), "SIG-34"},
	} {
		_, _, faults, err := store.Verify(t.Context(), document, "marche", "signed", c.at)
		got := ""
		if len(faults) > 0 {
			got = string(faults[0].Code)
		}
		if err != nil || got != c.want {
			t.Errorf("at %s: %q, %v, want %q", c.at, got, err, c.want)
		}
	}
	if _, faults, err := (signatures{verifier: n.strict}).Verify(t.Context(), document, "marche"); err != nil || len(faults) != 1 || faults[0].Code != xmlsig.ForbiddenAlgorithm {
		t.Errorf("the hub itself: %v, %v", faults, err)
	}
}

package node

import (
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestModIConfiguration: what --modi refuses at start.
func TestModIConfiguration(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t.TempDir())
	cfg.ModI = map[string]string{"molise-est": "x.pem"}
	if err := cfg.Check(); !errors.Is(err, verb.ErrUsage) || !strings.Contains(err.Error(), "--modi molise-est") {
		t.Errorf("no region: %v", err)
	}
	cfg.ModI = map[string]string{"lazio": filepath.Join(cfg.Data, "none.pem")}
	n := &Node{Config: cfg}
	if _, err := n.openMessages(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestConfirmedMessage: a signature that leaves the Body out confirms nobody.
func TestConfirmedMessage(t *testing.T) {
	t.Parallel()
	m := xmlsig.Message{Certificate: &x509.Certificate{Raw: []byte("c")}, Whole: true, Asserted: true, Vouches: true}
	if s := confirmedMessage(m); !s.Asserted || !s.Vouches || s.Certificate != ledger.Sum([]byte("c")) {
		t.Errorf("a whole message: %+v", s)
	}
	m.Whole = false
	if s := confirmedMessage(m); !s.Asserted || s.Vouches || !s.Certificate.IsZero() {
		t.Errorf("a message whose Body is not signed: %+v", s)
	}
}

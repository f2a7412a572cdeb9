package node

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// TestExpiresSoon: a running hub says what ends, in English and with its place.
func TestExpiresSoon(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if _, err := xmlsig.OpenKeys(data, time.Now().AddDate(-3, 0, -1)); err != nil {
		t.Fatal(err)
	}
	logs := new(logTail)
	n := &Node{Config: testConfig(data), Now: time.Now, Log: slog.New(slog.NewTextHandler(logs, nil))}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // one look
	if err := n.expire(ctx); err != nil {
		t.Fatal(err)
	}
	if !logs.Says(`msg="expires soon"`) || !logs.Says("seal.pem expired=true") || logs.Says("ca.pem") {
		t.Errorf("log: %s", logs.Text())
	}
}

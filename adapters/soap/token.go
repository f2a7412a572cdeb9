package soap

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
)

// redeem lets a message in by what it was brought by, once and for ever: what
// another message had is refused, what has ended too unless this very message had
// it before.
func (x *exchange) redeem(memory ledger.Messages, t *hub.Token, at time.Time) *hub.Problem {
	ctx, cancel := context.WithTimeout(x.r.Context(), x.h.cfg.Timeout)
	defer cancel()
	kept, found, err := memory.Recall(ctx, t.Key)
	if err != nil {
		return x.trouble(fmt.Errorf("recall token: %w", err))
	}
	if !found {
		if t.Late != nil {
			return refuse(t.Late)
		}
		if kept, err = memory.Remember(ctx, t.Key, t.Digest, at); err != nil {
			return x.trouble(fmt.Errorf("remember token: %w", err))
		}
	}
	if kept != t.Digest {
		return refuse(&t.Taken)
	}
	return nil
}

// certificateOf is the SHA-256 of the certificate that made the connection.
func certificateOf(r *http.Request) ledger.Hash {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return ledger.Hash{}
	}
	return ledger.Sum(r.TLS.PeerCertificates[0].Raw)
}

// hasPassword reports credentials of HTTP's own (RFC 7617, RFC 7616).
func hasPassword(r *http.Request) bool {
	for _, value := range r.Header.Values("Authorization") {
		scheme, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		if strings.EqualFold(scheme, "Basic") || strings.EqualFold(scheme, "Digest") {
			return true
		}
	}
	return false
}

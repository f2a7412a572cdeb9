package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	operators "github.com/snodo-co/snodo/adapters/console"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd"
)

// shelf holds the norms in force in a process and puts others in their place
// while it serves. Safe for concurrent use.
type shelf struct {
	dir     string // of the pack; "" for none
	now     func() time.Time
	log     *slog.Logger
	turn    sync.Mutex // of reload
	current atomic.Pointer[norms]
	refused atomic.Pointer[operators.Refused] // the pack that was read last, nil if it is in force
}

// openShelf reads the norms for the first time; a pack that is refused is an
// error.
func openShelf(ctx context.Context, dir string, now func() time.Time, log *slog.Logger) (*shelf, error) {
	s := &shelf{dir: dir, now: now, log: log}
	n, err := readNorms(ctx, dir, now())
	if err != nil {
		return nil, err
	}
	s.take(n)
	return s, nil
}

// take puts norms in force.
func (s *shelf) take(n *norms) {
	s.current.Store(n)
	for id, g := range n.gaps {
		log := s.log.With("kind", id.Kind, "edition", id.Edition)
		if g.unknown != nil {
			log.Warn("standards pack cannot be compared with what is read", "error", g.unknown)
			continue
		}
		log.Warn("standards pack has fields that are not read", "fields", g.unread,
			"gone", g.gone, "first_only", g.first, "may_lack", g.lacking)
	}
}

// basis gives what the next decision reads.
func (s *shelf) basis() hub.Basis { return s.current.Load().Basis }

// reload reads the pack again and puts it in force. Decisions under way keep
// what they have. If the pack is refused, what was in force stays.
func (s *shelf) reload(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	at := s.now()
	n, err := readNorms(ctx, s.dir, at)
	if err != nil {
		reasons := []string{err.Error()}
		if refusal, ok := errors.AsType[*xsd.Refusal](err); ok {
			reasons = refusal.Reasons
		}
		s.refused.Store(&operators.Refused{Instant: at.UTC(), Reasons: reasons})
		s.log.Error("standards pack refused, the one before stays", "reasons", reasons, "in_force", s.name())
		return err
	}
	s.take(n)
	s.refused.Store(nil)
	s.log.Info("standards pack in force", "pack", s.name(), "basis", n.Name)
	return nil
}

// name says which pack is in force, "" if none or if no decision is taken here.
func (s *shelf) name() string {
	if s == nil {
		return ""
	}
	p := s.current.Load().pack
	if p == nil {
		return ""
	}
	return fmt.Sprintf("tracciati: %s, impronta %x", p.Name, p.Digest)
}

// state is what the page of state says.
func (s *shelf) state() *operators.Standards {
	if s == nil {
		return nil
	}
	n := s.current.Load()
	page := &operators.Standards{Basis: n.Name, Since: n.since.UTC(), Refused: s.refused.Load()}
	if n.pack != nil {
		page.Pack, page.Digest = n.pack.Name, hex.EncodeToString(n.pack.Digest[:])
	}
	return page
}

package node

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

// Shelf holds the norms in force in a process and puts others in their place
// while it serves. Safe for concurrent use.
type Shelf struct {
	Dir     string // of the pack; "" for none
	now     func() time.Time
	Log     *slog.Logger
	turn    sync.Mutex // of Reload
	current atomic.Pointer[Norms]
	refused atomic.Pointer[operators.Refused] // the pack that was read last, nil if it is in force
}

// OpenShelf reads the norms for the first time; a pack that is refused is an
// error.
func OpenShelf(ctx context.Context, dir string, now func() time.Time, log *slog.Logger) (*Shelf, error) {
	s := &Shelf{Dir: dir, now: now, Log: log}
	n, err := ReadNorms(ctx, dir, now())
	if err != nil {
		return nil, err
	}
	s.Take(n)
	return s, nil
}

// Take puts norms in force.
func (s *Shelf) Take(n *Norms) {
	s.current.Store(n)
	for id, g := range n.Gaps {
		log := s.Log.With("kind", id.Kind, "edition", id.Edition)
		if g.Unknown != nil {
			log.Warn("standards pack cannot be compared with what is read", "error", g.Unknown)
			continue
		}
		log.Warn("standards pack has fields that are not read", "fields", g.Unread,
			"gone", g.Gone, "first_only", g.First, "may_lack", g.Lacking)
	}
}

// Basis gives what the next decision reads.
func (s *Shelf) Basis() hub.Basis { return s.current.Load().Basis }

// Reload reads the pack again and puts it in force. Decisions under way keep
// what they have. If the pack is refused, what was in force stays.
func (s *Shelf) Reload(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	at := s.now()
	n, err := ReadNorms(ctx, s.Dir, at)
	if err != nil {
		reasons := []string{err.Error()}
		if refusal, ok := errors.AsType[*xsd.Refusal](err); ok {
			reasons = refusal.Reasons
		}
		s.refused.Store(&operators.Refused{Instant: at.UTC(), Reasons: reasons})
		s.Log.Error("standards pack refused, the one before stays", "reasons", reasons, "in_force", s.name())
		return err
	}
	s.Take(n)
	s.refused.Store(nil)
	s.Log.Info("standards pack in force", "pack", s.name(), "basis", n.Name)
	return nil
}

// name says which pack is in force, "" if none or if no decision is taken here.
func (s *Shelf) name() string {
	if s == nil {
		return ""
	}
	p := s.current.Load().Pack
	if p == nil {
		return ""
	}
	return fmt.Sprintf("tracciati: %s, impronta %x", p.Name, p.Digest)
}

// state is what the page of state says.
func (s *Shelf) state() *operators.Standards {
	if s == nil {
		return nil
	}
	n := s.current.Load()
	page := &operators.Standards{Basis: n.Name, Since: n.Since.UTC(), Refused: s.refused.Load()}
	if n.Pack != nil {
		page.Pack, page.Digest = n.Pack.Name, hex.EncodeToString(n.Pack.Digest[:])
	}
	return page
}

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	operators "github.com/snodo-co/snodo/adapters/console"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/compare"
)

// norms is what decisions read: the program's schemas and tables and, over
// them, those of a pack. It never changes.
type norms struct {
	hub.Basis
	pack  *xsd.Pack // nil: the program's own
	files codes.Files
	since time.Time
	// unread are the elements of the pack's editions that the program's
	// decoders do not expect.
	unread map[xsd.ID][]string
}

// readNorms reads the pack of a folder, "" for none. A pack that is not in
// order is a *xsd.Refusal with all its reasons.
func readNorms(ctx context.Context, dir string, at time.Time) (*norms, error) {
	n := &norms{since: at}
	var err error
	if dir == "" {
		n.Standards, err = xsd.New(ctx)
	} else {
		if n.pack, err = readPack(dir, at); err != nil {
			return nil, err
		}
		n.files = n.pack.Tables
		n.Standards, err = xsd.With(ctx, n.pack, func(id xsd.ID, content []byte) error {
			_, err := transform.Decode(id, content)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("compile schemas: %w", err)
	}
	if n.Tables, err = n.files.Load(); err != nil {
		return nil, fmt.Errorf("load code tables: %w", err)
	}
	n.unread = make(map[xsd.ID][]string)
	for _, i := range n.Standards.Catalogue() {
		// Advice alone: a schema that cannot be compared is judged by all the same.
		if paths, err := compare.Unread(n.Standards, i); err == nil && len(paths) > 0 {
			n.unread[i.ID] = paths
		}
	}
	n.Name, err = basisOf(n.Standards, n.files)
	return n, err
}

// readPack reads a folder, of which no file outside it is a part.
func readPack(dir string, at time.Time) (*xsd.Pack, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open standards pack: %w", err)
	}
	defer root.Close()
	return xsd.ReadPack(root.FS(), at)
}

// basisOf names what every decision reads besides the document and the chain:
// schemas, tables and rules. With another of them rejections are judged anew.
func basisOf(standards *xsd.Standards, files codes.Files) (string, error) {
	schemas, err := standards.Digest()
	if err != nil {
		return "", fmt.Errorf("name the basis of decisions: %w", err)
	}
	tables, err := files.Digest()
	if err != nil {
		return "", fmt.Errorf("name the basis of decisions: %w", err)
	}
	return fmt.Sprintf("schemi/%x;tabelle/%x;regole/%s", schemas[:8], tables[:8], rules.Edition), nil
}

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
	for id, paths := range n.unread {
		s.log.Warn("standards pack has fields that are not read", "kind", id.Kind, "edition", id.Edition, "fields", paths)
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

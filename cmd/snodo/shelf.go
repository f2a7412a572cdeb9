package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
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
	// gaps are the fields of the pack's editions that the program reads
	// otherwise, of the editions that have such.
	gaps map[xsd.ID]gaps
}

// gaps are what an operator is told of an edition from a pack: paths of fields.
type gaps struct {
	unread   []string // that decoders pass over
	reshaped []string // those of unread that they expect in another form
	gone     []string // that the program's edition has and this one has not
	first    []string // of which decoders read the first
	lacking  []string // that they look for and may not be there
	unknown  error    // why these cannot be told; nil: they are all
}

// gapsOf compares an edition with what the program reads.
func gapsOf(s *xsd.Standards, i xsd.Info) (g gaps, some bool) {
	found, err := compare.Gap(s, i)
	if err != nil { // advice alone: the edition is judged by all the same
		return gaps{unknown: err}, true
	}
	for _, path := range found.Added {
		if !transform.Knows(i.Kind, path) {
			g.unread = append(g.unread, path)
		}
	}
	g.unread, g.reshaped = append(g.unread, found.Reshaped...), found.Reshaped
	g.gone, g.first, g.lacking = found.Gone, found.First, found.Lacking
	return g, len(g.unread)+len(g.gone)+len(g.first)+len(g.lacking) > 0
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
		n.Standards, err = xsd.With(ctx, n.pack, legible)
	}
	if err != nil {
		return nil, fmt.Errorf("compile schemas: %w", err)
	}
	if n.Tables, err = n.files.Load(); err != nil {
		return nil, fmt.Errorf("load code tables: %w", err)
	}
	n.gaps, n.Gone = make(map[xsd.ID]gaps), make(map[xsd.ID][]string)
	for _, i := range n.Standards.Catalogue() {
		if g, some := gapsOf(n.Standards, i); some {
			n.gaps[i.ID] = g
			n.Gone[i.ID] = slices.Concat(g.gone, g.reshaped)
		}
	}
	n.Name, err = basisOf(n.Standards, n.files)
	return n, err
}

// legible reports whether the program can tell of a pack's sample who
// communicates. Without the employer nothing could be ordered or authorised:
// of all else that it may not know (OPERATING.md, Standards packs) it can do
// without.
func legible(id xsd.ID, content []byte) error {
	c, _, err := transform.DecodeDropIn(id, content)
	if err == nil && c.Particulars().Employer == "" {
		err = errors.New("the program does not find the employer's codice fiscale, which stands elsewhere than in its own edition")
	}
	return err
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

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/compare"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Norms is what decisions read: the program's schemas and tables and, over
// them, those of a pack. It never changes.
type Norms struct {
	hub.Basis
	Pack  *xsd.Pack   // nil: the program's own
	Files codes.Files // the code tables of the pack
	Since time.Time   // when they were read
	// Gaps are the fields of the pack's editions that the program reads
	// otherwise, of the editions that have such.
	Gaps map[xsd.ID]Gaps
}

// Gaps are what an operator is told of an edition from a pack: paths of fields.
type Gaps struct {
	Unread   []string // that decoders pass over
	reshaped []string // those of Unread that they expect in another form
	Gone     []string // that the program's edition has and this one has not
	First    []string // of which decoders read the first
	Lacking  []string // that they look for and may not be there
	Unknown  error    // why these cannot be told; nil: they are all
}

// gapsOf compares an edition with what the program reads.
func gapsOf(s *xsd.Standards, i xsd.Info) (g Gaps, some bool) {
	found, err := compare.Gap(s, i)
	if err != nil { // advice alone: the edition is judged by all the same
		return Gaps{Unknown: err}, true
	}
	for _, path := range found.Added {
		if !transform.Knows(i.Kind, path) {
			g.Unread = append(g.Unread, path)
		}
	}
	g.Unread, g.reshaped = append(g.Unread, found.Reshaped...), found.Reshaped
	g.Gone, g.First, g.Lacking = found.Gone, found.First, found.Lacking
	return g, len(g.Unread)+len(g.Gone)+len(g.First)+len(g.Lacking) > 0
}

// ReadNorms reads the pack of a folder, "" for none. A pack that is not in
// order is a *xsd.Refusal with all its reasons.
func ReadNorms(ctx context.Context, dir string, at time.Time) (*Norms, error) {
	n := &Norms{Since: at}
	var err error
	if dir == "" {
		n.Standards, err = xsd.New(ctx)
	} else {
		if n.Pack, err = readPack(dir, at); err != nil {
			return nil, err
		}
		n.Files = n.Pack.Tables
		n.Standards, err = xsd.With(ctx, n.Pack, legible)
	}
	if err != nil {
		return nil, fmt.Errorf("compile schemas: %w", err)
	}
	if n.Tables, err = n.Files.Load(); err != nil {
		return nil, fmt.Errorf("load code tables: %w", err)
	}
	n.Gaps, n.Gone = make(map[xsd.ID]Gaps), make(map[xsd.ID][]string)
	for _, i := range n.Standards.Catalogue() {
		if g, some := gapsOf(n.Standards, i); some {
			n.Gaps[i.ID] = g
			n.Gone[i.ID] = slices.Concat(g.Gone, g.reshaped)
		}
	}
	n.Name, err = basisOf(n.Standards, n.Files)
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

// ReadNormsAt reads the norms as they are at an instant, "" for now; what is wrong
// with a pack is told line by line, and is verb.ErrFinding.
func ReadNormsAt(ctx context.Context, con verb.Console, dir, instant string) (*Norms, time.Time, error) {
	at := time.Now()
	if instant != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, instant); err != nil {
			return nil, at, fmt.Errorf("--at: want an instant such as 2027-01-01T00:00:00+01:00: %w", verb.ErrUsage)
		}
	}
	n, err := ReadNorms(ctx, dir, at)
	if refusal, ok := errors.AsType[*xsd.Refusal](err); ok {
		fmt.Fprintln(con.Err, "pacchetto rifiutato:", dir)
		for _, reason := range refusal.Reasons {
			fmt.Fprintln(con.Err, "  ", reason)
		}
		return nil, at, verb.ErrFinding
	}
	return n, at, err
}

// WithoutSignature cuts the signatures that are children of the root, and
// leaves all lines where they are; signed tells whether there was one.
func WithoutSignature(document []byte) (content []byte, signed bool) {
	const space = "http://www.w3.org/2000/09/xmldsig#"
	var r xmltoken.Reader
	r.Reset(document, xmltoken.Limits{})
	content = slices.Clone(document)
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return content, signed // what is not well-formed is told by whoever reads it next
		}
		if kind != xmltoken.Start || r.Depth() != 2 || string(r.Local()) != "Signature" || string(r.Space()) != space {
			continue
		}
		from := r.Offset()
		if err := r.Skip(); err != nil {
			return document, false
		}
		signed = true
		for i := from; i < r.End(); i++ {
			if content[i] != '\n' {
				content[i] = ' '
			}
		}
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/compare"
)

type xsdCmd struct {
	List     xsdListCmd     `cmd:"" help:"The editions known, when each is in force and where its fields come from."`
	Validate xsdValidateCmd `cmd:"" help:"Judge a document by its schema and the rules, as the hub would."`
	Diff     xsdDiffCmd     `cmd:"" help:"What changed between two editions, schemas or packs, in words."`
}

type xsdListCmd struct {
	Standards string `help:"Folder of a pack to put over the program's own; try it before a hub reads it." type:"path" placeholder:"DIR"`
	At        string `help:"Instant that editions must be in force at, RFC 3339; now if not given." placeholder:"INSTANT"`
	JSON      bool   `help:"Print one JSON object."`
}

// listedEdition is a row of `xsd list`.
type listedEdition struct {
	Kind      string     `json:"kind"`
	Edition   string     `json:"edition,omitempty"`
	From      *time.Time `json:"from,omitempty"`
	To        *time.Time `json:"to,omitempty"`
	InForce   bool       `json:"in_force"`
	Schema    string     `json:"schema,omitempty"`
	Pack      bool       `json:"pack"` // the schema is a pack's
	Source    string     `json:"source,omitempty"`
	Fields    int        `json:"fields,omitempty"`
	Inferred  int        `json:"inferred"`                  // of fields, or marks where fields are not told
	Inferring []string   `json:"inferred_fields,omitempty"` // where those are, an element for all that is in it
	Resumes   *time.Time `json:"resumes,omitempty"`         // when, after To, an edition of the kind is in force again
	Explained bool       `json:"explained"`
	Own       bool       `json:"own"`                  // the whole format is this project's
	Unread    []string   `json:"unread,omitempty"`     // fields that the program does not read
	Gone      []string   `json:"gone,omitempty"`       // fields of its own edition that this one has not
	FirstOnly []string   `json:"first_only,omitempty"` // of which it reads the first
	MayLack   []string   `json:"may_lack,omitempty"`   // that it asks for and documents may not have
	Unknown   string     `json:"unknown,omitempty"`    // why these four cannot be told
	Digest    string     `json:"digest,omitempty"`
}

// listing is what `xsd list` says.
type listing struct {
	Pack     string          `json:"pack,omitempty"`
	Digest   string          `json:"digest,omitempty"` // of the pack
	Basis    string          `json:"basis"`
	Instant  time.Time       `json:"instant"`
	Editions []listedEdition `json:"editions"`
}

// Run prints the catalogue of editions.
func (c xsdListCmd) Run(ctx context.Context, con verb.Console) error {
	n, at, err := node.ReadNormsAt(ctx, con, c.Standards, c.At)
	if err != nil {
		return err
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, listed(n, at))
	}
	return printListing(con.Out, n, at)
}

func listed(n *node.Norms, at time.Time) listing {
	l := listing{Basis: n.Name, Instant: at}
	if n.Pack != nil {
		l.Pack, l.Digest = n.Pack.Name, fmt.Sprintf("%x", n.Pack.Digest)
	}
	limit := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	for _, i := range n.Standards.Catalogue() {
		row := listedEdition{
			Kind: i.Kind, Edition: i.ID.Edition, From: limit(i.From), To: limit(i.To), InForce: i.File != "" && i.InForce(at),
			Schema: i.File, Pack: i.DropIn, Source: i.Source, Fields: i.Fields, Inferred: i.Inferred, Explained: i.Explained,
			Inferring: i.InferredPaths, Resumes: limit(i.Resumes),
			Own: i.Own, Unread: n.Gaps[i.ID].Unread, Gone: n.Gaps[i.ID].Gone, FirstOnly: n.Gaps[i.ID].First, MayLack: n.Gaps[i.ID].Lacking,
		}
		if err := n.Gaps[i.ID].Unknown; err != nil {
			row.Unknown = err.Error()
		}
		if i.File != "" {
			row.Digest = fmt.Sprintf("%x", i.Digest)
		}
		l.Editions = append(l.Editions, row)
	}
	return l
}

func printListing(out io.Writer, n *node.Norms, at time.Time) error {
	p := &lines{out: out}
	if n.Pack != nil {
		p.print("Pacchetto: %s, impronta %x\n", n.Pack.Name, n.Pack.Digest)
	}
	p.print("Base delle decisioni: %s\n", n.Name)
	for _, i := range n.Standards.Catalogue() {
		if i.ID.Edition == "" {
			p.print("\n%s: non gestito\n", i.Kind)
			continue
		}
		p.print("\n%s %s: %s\n", i.Kind, i.ID.Edition, stateOf(i, at))
		p.print("  validità: %s\n", compare.Validity(i.Edition))
		if !i.Resumes.IsZero() {
			p.print("  attenzione: poi nessuna edizione in vigore fino al %s\n", xsd.Instant(i.Resumes))
		}
		if i.Source != "" {
			p.print("  fonte: %s\n", i.Source)
		}
		if i.File == "" {
			continue
		}
		origin, explained := "del programma, non quello del ministero", "no, giudica solo il motore XSD"
		switch {
		case i.DropIn:
			origin = "del pacchetto"
		case i.Own:
			origin = "di un formato di questo progetto"
		}
		if i.Explained {
			explained = "sì"
		}
		p.print("  schema: %s, %s, impronta %.8x\n", i.File, origin, i.Digest)
		if i.Fields > 0 {
			p.print("  campi: %d\n", i.Fields)
		}
		p.print("  campi ricostruiti: %d\n", i.Inferred)
		for _, path := range i.InferredPaths {
			p.print("    %s\n", path)
		}
		p.print("  spiegazioni: %s\n", explained)
		p.gaps(n.Gaps[i.ID])
	}
	return p.err
}

// gaps writes what the program reads otherwise than the pack means.
func (l *lines) gaps(g node.Gaps) {
	for _, row := range []struct {
		words string
		paths []string
	}{
		{"campo che il programma non legge", g.Unread},
		{"campo che il programma conosce e il tracciato non ha più", g.Gone},
		{"campo ripetibile di cui il programma legge solo il primo", g.First},
		{"campo che il programma si aspetta e può mancare", g.Lacking},
	} {
		for _, path := range row.paths {
			l.print("  %s: %s\n", row.words, path)
		}
	}
	if g.Unknown != nil {
		l.print("  campi che il programma non legge: non si possono elencare: %v\n", g.Unknown)
	}
}

// stateOf says whether an edition can be used.
func stateOf(i xsd.Info, at time.Time) string {
	switch {
	case !i.From.IsZero() && at.Before(i.From):
		return "non ancora in vigore"
	case !i.InForce(at):
		return "scaduta"
	case i.File == "":
		return "non gestita, schema non noto"
	}
	return "in vigore"
}

// lines writes and keeps the first error.
type lines struct {
	out io.Writer
	err error
}

func (l *lines) print(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.out, format, args...)
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/compare"
)

type xsdDiffCmd struct {
	Before    string `arg:"" help:"KIND/EDITION, a schema file, the folder of a pack, or snodo for the program's own set."`
	After     string `arg:"" help:"The same, of the later one."`
	Standards string `help:"Folder of a pack whose editions KIND/EDITION may name." type:"path" placeholder:"DIR"`
	JSON      bool   `help:"Print one JSON object."`
}

// ownSet names the standards of the program without a pack.
const ownSet = "snodo"

// side is what a diff compares: a schema, or a set of standards.
type side struct {
	name   string
	format *compare.Format
	set    *node.Norms
}

// difference is what `xsd diff` says.
type difference struct {
	Before   string                  `json:"before"`
	After    string                  `json:"after"`
	Changes  []compare.Change        `json:"changes,omitempty"`  // of schemas
	Editions []compare.EditionChange `json:"editions,omitempty"` // of sets
	Tables   []compare.TableChange   `json:"tables,omitempty"`   // of sets
}

// Run prints what changed. That something did is no finding.
func (c xsdDiffCmd) Run(ctx context.Context, con verb.Console) error {
	n, _, err := node.ReadNormsAt(ctx, con, c.Standards, "")
	if err != nil {
		return err
	}
	var sides [2]side
	for i, text := range []string{c.Before, c.After} {
		if sides[i], err = c.side(ctx, con, n, text); err != nil {
			return err
		}
	}
	a, b := sides[0], sides[1]
	if (a.set == nil) != (b.set == nil) {
		return fmt.Errorf("%s and %s: a schema is compared with a schema, a pack with a pack: %w", c.Before, c.After, verb.ErrUsage)
	}
	d := difference{Before: a.name, After: b.name}
	if a.set == nil {
		d.Changes = compare.Formats(a.format, b.format)
	} else {
		if d.Editions, err = compare.Editions(a.set.Standards, b.set.Standards); err != nil {
			return err
		}
		if d.Tables, err = compare.Tables(a.set.Files, b.set.Files); err != nil {
			return err
		}
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, d)
	}
	if _, err := fmt.Fprintf(con.Out, "Da %s a %s%s\n", d.Before, d.After, d.count()); err != nil {
		return err
	}
	return errors.Join(compare.PrintEditions(con.Out, d.Editions), compare.Print(con.Out, d.Changes), compare.PrintTables(con.Out, d.Tables))
}

// count says how much changed, of schemas; of sets, whether anything did.
func (d difference) count() string {
	switch n := len(d.Changes); {
	case n+len(d.Editions)+len(d.Tables) == 0:
		return ": nessuna differenza"
	case n == 1:
		return ": una differenza"
	case n > 1:
		return fmt.Sprintf(": %d differenze", n)
	}
	return ""
}

// side reads what an argument names.
func (c xsdDiffCmd) side(ctx context.Context, con verb.Console, n *node.Norms, text string) (side, error) {
	if text == ownSet {
		own, err := node.ReadNorms(ctx, "", n.Since)
		return side{name: "tracciati del programma", set: own}, err
	}
	if kind, edition, ok := strings.Cut(text, "/"); ok && isKind(n, kind) {
		f, err := compare.Standard(n.Standards, xsd.ID{Kind: kind, Edition: edition})
		if err != nil {
			return side{}, fmt.Errorf("%s: %w: %w", text, err, verb.ErrUsage)
		}
		return side{name: kind + " " + edition, format: f}, nil
	}
	info, err := os.Stat(text)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return side{}, fmt.Errorf("%s: no KIND/EDITION, file or folder: %w", text, verb.ErrUsage)
	case err != nil:
		return side{}, fmt.Errorf("look at %s: %w", text, err)
	case info.IsDir():
		set, _, err := node.ReadNormsAt(ctx, con, text, "")
		if err != nil {
			return side{}, err
		}
		return side{name: set.Pack.Name, set: set}, nil
	}
	dir, file := filepath.Split(text)
	f, err := compare.Read(func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	}, file)
	return side{name: file, format: f}, err
}

func isKind(n *node.Norms, kind string) bool {
	for _, i := range n.Standards.Catalogue() {
		if i.Kind == kind {
			return true
		}
	}
	return false
}

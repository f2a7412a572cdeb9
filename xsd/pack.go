package xsd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	engine "github.com/jacoelho/xsd"

	"github.com/snodo-co/snodo/xsd/codes"
)

// packFile is the description of a drop-in pack, in its folder.
const packFile = "pack.json"

// The most that a pack may hold: the ministry's whole set is a tenth of it.
const (
	maxPackFiles = 2000
	maxPackBytes = 64 << 20
)

// Pack is a drop-in pack: editions and code tables that replace or join those
// of the program. It is read whole from one folder and then never changes.
type Pack struct {
	Name     string
	Digest   [sha256.Size]byte // of every file of the folder
	Editions []PackEdition
	Tables   codes.Files // instead of the program's, by name
	Samples  []Sample    // at least one of each edition with a schema

	files sources
}

// PackEdition is an edition of a pack. Without a schema it only states the
// validity of an edition.
type PackEdition struct {
	Edition
	Schema string // file of the pack
}

// Sample is a document that must be valid.
type Sample struct {
	Name    string // file of the pack
	Content []byte
}

// Refusal says everything that is wrong with a pack. The reasons are for the
// operator: they may quote the pack's files.
type Refusal struct{ Reasons []string }

// Error joins the reasons.
func (r *Refusal) Error() string { return "standards pack refused: " + strings.Join(r.Reasons, "; ") }

// add notes a reason.
func (r *Refusal) add(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

// err is r, nil if nothing is wrong.
func (r *Refusal) err() error {
	if len(r.Reasons) == 0 {
		return nil
	}
	return r
}

// manifest is pack.json.
type manifest struct {
	Name     string `json:"name"`
	Editions []struct {
		Kind    string `json:"kind"`
		Edition string `json:"edition"`
		From    string `json:"from"` // RFC 3339
		To      string `json:"to"`
		Schema  string `json:"schema"`
		Source  string `json:"source"`
	} `json:"editions"`
	Tables []string `json:"tables"` // files named as the program's tables
}

// ReadPack reads a pack, whose description is pack.json and whose samples are
// samples/*.xml. It looks at form alone: whether schemas compile and samples
// hold is for With and the decoder to say. At is now: an edition without a
// schema must have ended. The error is a *Refusal, or that of fsys.
func ReadPack(fsys fs.FS, at time.Time) (*Pack, error) {
	files, err := readFiles(fsys)
	if err != nil {
		return nil, fmt.Errorf("read standards pack: %w", err)
	}
	p := &Pack{files: files, Digest: files.digest(), Tables: make(codes.Files)}
	for name, text := range files { // the mark that some editors begin a file with
		files[name] = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	refusal := new(Refusal)
	var m manifest
	text, ok := files[packFile]
	if !ok {
		refusal.add("no %s", packFile)
		return nil, refusal
	}
	if err := decodeStrictly(text, &m); err != nil {
		refusal.add("%s: %v", packFile, err)
		return nil, refusal
	}
	if p.Name = m.Name; strings.TrimSpace(m.Name) == "" || strings.ContainsFunc(m.Name, func(r rune) bool { return r < ' ' }) {
		refusal.add("%s: the name is missing, or more than a line", packFile)
	}
	p.takeEditions(m, at, refusal)
	p.takeTables(m, refusal)
	for name, content := range files {
		if path.Dir(name) == "samples" && path.Ext(name) == ".xml" {
			p.Samples = append(p.Samples, Sample{name, content})
		}
	}
	slices.SortFunc(p.Samples, func(a, b Sample) int { return strings.Compare(a.Name, b.Name) })
	if len(p.Editions) == 0 && len(p.Tables) == 0 && len(refusal.Reasons) == 0 {
		refusal.add("%s: neither editions nor tables", packFile)
	}
	if err := refusal.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// readFiles reads a folder whole, but for names that start with a dot, so that
// all of a pack is of one moment.
func readFiles(fsys fs.FS) (sources, error) {
	files := make(sources)
	total := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && name != "." {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		files[name] = b
		if total += len(b); len(files) > maxPackFiles || total > maxPackBytes {
			return fmt.Errorf("more than %d files or %d bytes", maxPackFiles, maxPackBytes)
		}
		return nil
	})
	return files, err
}

func decodeStrictly(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

func (p *Pack) takeEditions(m manifest, at time.Time, refusal *Refusal) {
	form := regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)
	known := standards()
	seen := make(map[ID]bool)
	for _, row := range m.Editions {
		e := PackEdition{Edition: Edition{ID: ID{row.Kind, row.Edition}, Source: row.Source}}
		if row.Schema != "" {
			e.Schema = path.Clean(row.Schema)
		}
		wrong := func(format string, args ...any) {
			refusal.add("edition %s %s: %s", row.Kind, row.Edition, fmt.Sprintf(format, args...))
		}
		if !slices.ContainsFunc(known, func(s standard) bool { return s.Kind == e.Kind }) {
			wrong("no such kind")
		}
		if !form.MatchString(row.Edition) {
			wrong("the edition is no name of letters, digits, dots and hyphens")
		}
		if seen[e.ID] {
			wrong("stated twice")
		}
		seen[e.ID] = true
		for _, limit := range []struct {
			name, text string
			to         *time.Time
		}{{"from", row.From, &e.From}, {"to", row.To, &e.To}} {
			var err error
			if *limit.to, err = instant(limit.text); err != nil {
				wrong("%s is no instant such as 2027-01-01T00:00:00+01:00", limit.name)
			}
		}
		if !e.From.IsZero() && !e.To.IsZero() && !e.From.Before(e.To) {
			wrong("it ends before it begins")
		}
		if strings.TrimSpace(row.Source) == "" {
			wrong("no source")
		}
		switch _, there := p.files[e.Schema]; {
		case row.Schema != "" && !there:
			wrong("no file %s", row.Schema)
		case row.Schema == "" && !hasSchema(known, e.ID) && (e.To.IsZero() || e.To.After(at)):
			wrong("it has no schema, and has not ended")
		}
		p.Editions = append(p.Editions, e)
	}
}

// hasSchema tells an edition that the program itself can judge.
func hasSchema(known []standard, id ID) bool {
	return slices.ContainsFunc(known, func(s standard) bool { return s.ID == id && s.File != "" })
}

// instant reads a limit, "" for none.
func instant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, text)
}

func (p *Pack) takeTables(m manifest, refusal *Refusal) {
	before := len(refusal.Reasons)
	for _, file := range m.Tables {
		name := strings.TrimSuffix(path.Base(file), ".txt")
		content, there := p.files[path.Clean(file)]
		switch {
		case !there:
			refusal.add("table %s: no such file", file)
		case p.Tables[name] != nil:
			refusal.add("table %s: stated twice", file)
		default:
			p.Tables[name] = content
			if err := p.Tables.Check(name); err != nil {
				refusal.add("table %s: %v", file, err)
			}
		}
	}
	if len(refusal.Reasons) == before { // each is in order: so must all of them be together
		if _, err := p.Tables.Load(); err != nil {
			refusal.add("tables: %v", err)
		}
	}
}

// With compiles the program's schemas and, over them, a pack's, and holds the
// pack's samples to them: each must be valid, and decode must read it. The error
// is a *Refusal, or means that the build is broken.
func With(ctx context.Context, p *Pack, decode func(ID, []byte) error) (*Standards, error) {
	s, err := New(ctx)
	if err != nil {
		return nil, err
	}
	refusal := new(Refusal)
	untried, broken := make(map[ID]bool), false
	for _, e := range p.Editions {
		if err := s.take(ctx, p, e); err != nil {
			refusal.add("edition %s %s: %v", e.Kind, e.ID.Edition, err)
			broken = true
		} else if e.Schema != "" {
			untried[e.ID] = true
		}
	}
	for _, sample := range p.Samples {
		id, err := s.try(sample, decode)
		// A sample of no edition may be of one whose schema is told already.
		if err != nil && !(broken && errors.Is(err, errNoEdition)) {
			refusal.add("%s: %v", sample.Name, err)
		}
		delete(untried, id)
	}
	for _, e := range p.Editions {
		if untried[e.ID] {
			refusal.add("edition %s %s: no sample of it in samples/", e.Kind, e.ID.Edition)
		}
	}
	if err := refusal.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// DropIn reports whether the schema of an edition came from a pack: a document
// that it passes may hold what the program does not know, and lack what it
// knows.
func (s *Standards) DropIn(id ID) bool {
	c := s.compiled[id]
	return c != nil && c.dropIn
}

// take adds or replaces an edition. Its schema is not of our making: the
// engine judges every document, for nothing has held an acceptor to it; our own
// reading, where it knows all of the schema, explains.
func (s *Standards) take(ctx context.Context, p *Pack, e PackEdition) error {
	if err := s.limit(e.Edition); err != nil || e.Schema == "" {
		return err
	}
	text := p.files[e.Schema]
	c := &compiled{dropIn: true, sources: sources{e.Schema: text}, marks: bytes.Count(text, []byte(">"+inferredMark))}
	for _, k := range s.kinds {
		if k.name != e.Kind {
			continue
		}
		c.standard = standard{e.ID, k.space, k.root, e.Schema}
		c.elder = s.elder(&k, e.ID)
		for _, own := range k.editions {
			if own.judge != nil {
				c.model = own.judge.model
			}
		}
	}
	source := engine.Bytes(e.Schema, text).WithResolver(resolver(p.files, c.sources))
	if err := c.compile(ctx, source, MaxFaults+1); err != nil {
		return err
	}
	if !c.sources.declare(c.Space, c.Root) {
		return fmt.Errorf("it declares no element %s of namespace %s, by which documents of the kind are known", c.Root, c.Space)
	}
	if sch, err := readSchema(text); err == nil && sch.space == c.Space && sch.root.name == c.Root {
		sch.elder = c.elder
		c.schema = sch
	}
	s.put(c)
	return nil
}

var errNoEdition = errors.New("of no edition whose schema is in the pack")

// try holds a sample to the pack's schema. Where our own reading finds fault
// with a valid one it has not understood the schema, and is given up.
func (s *Standards) try(sample Sample, decode func(ID, []byte) error) (ID, error) {
	id, faults := s.Identify(sample.Content)
	c := s.compiled[id]
	if len(faults) > 0 || c == nil || !c.dropIn {
		return ID{}, errNoEdition
	}
	refusals, err := c.judge(sample.Content)
	if err != nil {
		return id, err
	}
	if len(refusals) > 0 { // of a pack, whose samples are invented: the engine's words may be told
		return id, fmt.Errorf("not valid: line %d: %s", refusals[0].Line, refusals[0].Message)
	}
	if c.schema != nil && len(c.schema.explain(sample.Content)) > 0 {
		c.schema = nil
	}
	return id, decode(id, sample.Content)
}

// Package xsd says which standard a document follows and whether it holds.
//
// It owns the schemas, one folder per kind and edition, and what people are
// told when a document breaks one. It is the only package that names the XSD
// engine. The engine judges, but for documents that our own reading of the same
// schema recognises as valid, a tenth of the engine's work; why it refused is
// told from that reading too, so that no message of the engine, and no value of
// a document, reaches anyone. The package must not know what a document means.
package xsd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"sync"

	engine "github.com/jacoelho/xsd"
	"github.com/jacoelho/xsd/xsderrors"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// MaxFaults is the number of schema faults told about one document; where
// there are more, fault.MoreFaults comes last, beyond the number.
const MaxFaults = 100

//go:embed schemas/*/*/*.xsd
var schemas embed.FS

// ID names a standard: a kind of communication in one edition.
type ID struct {
	Kind    string // as UNILAV
	Edition string // value of the attribute versione, as CO190701R1
}

// standard is where a standard is found and how its documents are known.
type standard struct {
	ID
	Space, Root string // namespace and local name of the root element
	File        string // under schemas; empty where the kind is known but not handled
}

// standards lists what this node knows. The namespaces are the ministry's.
func standards() []standard {
	const base = "http://servizi.lavoro.gov.it/"
	return []standard{
		{ID{"UNILAV", "CO190701R1"}, base + "unilav", "UniLav", "unilav/CO190701R1/unilav.xsd"},
		{ID{"UNIURG", "CO130131"}, base + "uniurg", "UniUrg", "uniurg/CO130131/uniurg.xsd"},
		{ID{"VARDATORI", "CO190701R1"}, base + "vardat", "VarDatori", "vardatori/CO190701R1/vardatori.xsd"},
		{ID{"UNISOMM", "CO190701R1"}, base + "unisomm", "UniSomm", "unisomm/CO190701R1/unisomm.xsd"},
		{ID{Kind: "UNIPI"}, base + "UNIPI", "prospetto", ""},
		{ID{Kind: "UNIMARE"}, base + "unimare", "UniMare", ""}, // name and namespace inferred
		{ID{Kind: "UNIDOM"}, base + "unidom", "UniDom", ""},    // name and namespace inferred
	}
}

// Info describes a standard that this node handles.
type Info struct {
	ID
	Space    string // target namespace
	File     string // for File
	Inferred int    // elements, attributes and types whose name or place no schema of the edition shows
}

// Standards judges documents. It is built once and safe for concurrent use.
type Standards struct {
	known    []standard
	compiled map[ID]*compiled
	readers  sync.Pool // of *xmltoken.Reader
}

type compiled struct {
	standard
	schema   *schema
	acceptor *acceptor // nil where the schema is beyond it
	sessions sync.Pool // of *session
}

// session is a judge with the reader it reads from, used by one call at a time.
type session struct {
	engine *engine.Session
	source bytes.Reader
}

// New compiles the embedded schemas. An error means that the build is broken.
func New(ctx context.Context) (*Standards, error) {
	s := &Standards{known: standards(), compiled: make(map[ID]*compiled)}
	s.readers.New = func() any { return new(xmltoken.Reader) }
	for _, std := range s.known {
		if std.File == "" {
			continue
		}
		c, err := compile(ctx, std)
		if err != nil {
			return nil, fmt.Errorf("compile standard %s %s: %w", std.Kind, std.Edition, err)
		}
		s.compiled[std.ID] = c
	}
	return s, nil
}

func compile(ctx context.Context, std standard) (*compiled, error) {
	text, err := File(std.File)
	if err != nil {
		return nil, err
	}
	sch, err := readSchema(text)
	if err != nil {
		return nil, err
	}
	eng, err := engine.Compile(ctx, engine.Bytes(std.File, text))
	if err != nil {
		return nil, err
	}
	// One error is enough to refuse; all of them are told by our own reading.
	options := engine.ValidateOptions{MaxErrors: 1}
	if _, err := eng.NewSession(options); err != nil {
		return nil, err
	}
	c := &compiled{standard: std, schema: sch}
	if c.acceptor, err = newAcceptor(sch); err != nil && !errors.Is(err, errNoAcceptor) {
		return nil, err
	}
	c.sessions.New = func() any {
		es, err := eng.NewSession(options)
		if err != nil {
			return err
		}
		return &session{engine: es}
	}
	return c, nil
}

// Kinds lists the standards this node handles, in the order of its table.
func (s *Standards) Kinds() []Info {
	var all []Info
	for _, std := range s.known {
		if c, ok := s.compiled[std.ID]; ok {
			all = append(all, Info{ID: std.ID, Space: std.Space, File: std.File, Inferred: c.schema.inferred})
		}
	}
	return all
}

// Digest is the SHA-256 of the schemas this node judges by: it tells decisions
// taken with other schemas apart.
func (s *Standards) Digest() ([sha256.Size]byte, error) {
	h := sha256.New()
	for _, info := range s.Kinds() {
		b, err := File(info.File)
		if err != nil {
			return [sha256.Size]byte{}, err
		}
		fmt.Fprintf(h, "%s %d\n", info.File, len(b))
		h.Write(b)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// File returns an embedded schema by its path under schemas, as
// "unilav/CO190701R1/unilav.xsd".
func File(name string) ([]byte, error) {
	b, err := schemas.ReadFile("schemas/" + name)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return b, nil
}

// Identify says which standard content follows, by the name of its root and the
// attribute versione, after checking that all of it is well-formed. Content is
// a document in UTF-8 with its signature removed. The ID is good only if the
// list is empty.
func (s *Standards) Identify(content []byte) (ID, fault.List) {
	r := s.readers.Get().(*xmltoken.Reader)
	defer func() {
		r.Reset(nil, xmltoken.Limits{}) // keep no document alive
		s.readers.Put(r)
	}()
	r.Reset(content, xmltoken.Limits{})
	kind, err := r.Next()
	for err == nil && kind != xmltoken.Start {
		kind, err = r.Next()
	}
	if err != nil {
		return ID{}, malformed(err)
	}
	id, faults := s.identifyRoot(r)
	for err == nil && kind != xmltoken.EOF {
		kind, err = r.Next()
	}
	if err != nil {
		return ID{}, malformed(err)
	}
	return id, faults
}

// identifyRoot reads the root whose Start is current.
func (s *Standards) identifyRoot(r *xmltoken.Reader) (ID, fault.List) {
	refuse := func(code fault.Code, attribute, expected string) (ID, fault.List) {
		path := "/" + string(r.Local()) + attribute
		return ID{}, fault.List{{Code: code, Path: path, Line: r.Line(), Expected: expected}}
	}
	edition, found := "", false
	for _, a := range r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == "versione" {
			edition, found = string(a.Value), true
		}
	}
	var editions string
	for _, std := range s.known {
		if string(r.Space()) != std.Space || string(r.Local()) != std.Root {
			continue
		}
		if std.File == "" {
			return refuse(fault.UnsupportedKind, "", "")
		}
		if found && edition == std.Edition {
			return std.ID, nil
		}
		if editions != "" {
			editions += ", "
		}
		editions += std.Edition
	}
	switch {
	case editions == "":
		return refuse(fault.UnknownStandard, "", "")
	case !found:
		return refuse(fault.MissingEdition, "/@versione", editions)
	}
	return refuse(fault.UnknownEdition, "/@versione", editions)
}

func malformed(err error) fault.List {
	f := fault.Fault{Code: fault.NotWellFormed}
	var syntax *xmltoken.SyntaxError
	if errors.As(err, &syntax) {
		f.Line = syntax.Line
	}
	return fault.List{f}
}

// Validate judges content against the schema of id and tells everything wrong
// with it, in document order, up to MaxFaults. Lines are those of content. The
// error is trouble of ours: an id that Identify did not give, or the engine's
// own failure.
func (s *Standards) Validate(id ID, content []byte) (fault.List, error) {
	c, ok := s.compiled[id]
	if !ok {
		return nil, fmt.Errorf("validate content: no standard %q %q", id.Kind, id.Edition)
	}
	if c.acceptor != nil && c.acceptor.accepts(content) {
		return nil, nil
	}
	refusal, err := c.judge(content)
	if err != nil {
		return nil, fmt.Errorf("validate content as %s %s: %w", id.Kind, id.Edition, err)
	}
	if refusal == nil {
		return nil, nil
	}
	if faults := c.schema.explain(content); len(faults) > 0 {
		return faults, nil
	}
	return fault.List{{Code: fault.NotConforming, Path: "/" + c.Root, Line: refusal.Line}}, nil
}

// judge asks the engine. A refusal is the first thing it found wrong.
func (c *compiled) judge(content []byte) (refusal *xsderrors.Error, err error) {
	got := c.sessions.Get()
	ses, ok := got.(*session)
	if !ok {
		return nil, got.(error)
	}
	if err = ses.validate(content); err == nil {
		c.sessions.Put(ses)
		return nil, nil
	}
	if !errors.As(err, &refusal) {
		return nil, err
	}
	switch refusal.Category {
	case xsderrors.CategoryValidation, xsderrors.CategoryUnsupported:
		if refusal.Code != xsderrors.CodeValidationSession && refusal.Code != xsderrors.CodeValidationOption {
			c.sessions.Put(ses)
			return refusal, nil
		}
	}
	return nil, err
}

// validate asks the engine and forgets content.
func (s *session) validate(content []byte) error {
	s.source.Reset(content)
	defer s.source.Reset(nil)
	return s.engine.Validate(context.Background(), io.Reader(&s.source))
}

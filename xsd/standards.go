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
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

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
	File        string // under schemas; empty where the edition is known and its schema is not
}

// standards lists what this node knows. The namespaces are the ministry's, but
// for those of urn:snodo, which are ours.
func standards() []standard {
	const base = "http://servizi.lavoro.gov.it/"
	return []standard{
		{ID{"UNILAV", "CO190701R1"}, base + "unilav", "UniLav", "unilav/CO190701R1/unilav.xsd"},
		{ID{"UNIURG", "CO130131"}, base + "uniurg", "UniUrg", "uniurg/CO130131/uniurg.xsd"},
		{ID{"VARDATORI", "CO190701R1"}, base + "vardat", "VarDatori", "vardatori/CO190701R1/vardatori.xsd"},
		{ID{"UNISOMM", "CO190701R1"}, base + "unisomm", "UniSomm", "unisomm/CO190701R1/unisomm.xsd"},
		{ID{"UNIPI", "PIDISABILI001600"}, base + "UNIPI", "prospetto", "unipi/PIDISABILI001600/unipi.xsd"},
		{ID{"UNIMARE", "CO190701R1"}, base + "unimare", "UniMare", "unimare/CO190701R1/unimare.xsd"}, // all of it inferred
		{ID{"UNIDOM", "CO190701R1"}, base + "unidom", "UniDom", "unidom/CO190701R1/unidom.xsd"},      // all of it inferred
		{ID{"LAO", "LAO2026R1"}, "urn:snodo:lao:v1", "Lao", "lao/LAO2026R1/lao.xsd"},
		{ID{"CIGD", "CIGD2026R1"}, "urn:snodo:cigd:v1", "Cigd", "cigd/CIGD2026R1/cigd.xsd"},
	}
}

// Standards judges documents. It is built once and safe for concurrent use.
type Standards struct {
	kinds    []kind
	compiled map[ID]*compiled
	readers  sync.Pool // of *xmltoken.Reader
}

type compiled struct {
	standard
	sources  sources   // the schema and what it includes
	marks    int       // of what is inferred, in the text of a pack's schema
	dropIn   bool      // from a pack
	model    string    // the program's schema that the kind's decoder was written to, for File
	schema   *schema   // nil where it is beyond our own reading: the engine alone judges
	elder    *schema   // of a pack's: the program's own of the same kind, for labels
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
	s := newStandards()
	for _, std := range standards() {
		if k := s.add(std); std.File == "" {
			if std.Edition != "" { // known by its name
				s.edition(k, std.ID)
			}
			continue
		}
		text, err := File(std.File)
		if err != nil {
			return nil, err
		}
		c := &compiled{standard: std, sources: sources{std.File: text}, model: std.File}
		if err := c.embedded(ctx, text); err != nil {
			return nil, fmt.Errorf("compile standard %s %s: %w", std.Kind, std.Edition, err)
		}
		s.put(c)
	}
	for _, e := range editions() {
		if err := s.limit(e); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func newStandards() *Standards {
	s := &Standards{compiled: make(map[ID]*compiled)}
	s.readers.New = func() any { return new(xmltoken.Reader) }
	return s
}

// embedded compiles a schema of ours: our own reading knows it whole.
func (c *compiled) embedded(ctx context.Context, text []byte) (err error) {
	if c.schema, err = readSchema(text); err != nil {
		return err
	}
	if c.acceptor, err = newAcceptor(c.schema); err != nil && !errors.Is(err, errNoAcceptor) {
		return err
	}
	// One error is enough to refuse; all of them are told by our own reading.
	return c.compile(ctx, engine.Bytes(c.File, text), 1)
}

// compile has the engine read the schema. Most is how many errors it tells of a
// document.
func (c *compiled) compile(ctx context.Context, source engine.SchemaSource, most int) error {
	eng, err := engine.Compile(ctx, source)
	if err != nil {
		return err
	}
	options := engine.ValidateOptions{MaxErrors: most}
	if _, err := eng.NewSession(options); err != nil {
		return err
	}
	c.sessions.New = func() any {
		es, err := eng.NewSession(options)
		if err != nil {
			return err
		}
		return &session{engine: es}
	}
	return nil
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
// list is empty, or has fault.EditionNotInForce alone: then it names the edition
// all the same. Whether an edition is in force is for IdentifyAt to say; here
// only one that has ended, and whose schema nobody has, gets that fault.
func (s *Standards) Identify(content []byte) (ID, fault.List) {
	return s.identify(content, nil)
}

// IdentifyAt is Identify for a submission received at an instant: the edition
// must be in force then (ENV-10).
func (s *Standards) IdentifyAt(content []byte, at time.Time) (ID, fault.List) {
	return s.identify(content, &at)
}

func (s *Standards) identify(content []byte, at *time.Time) (ID, fault.List) {
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
	id, faults := s.identifyRoot(r, at)
	for err == nil && kind != xmltoken.EOF {
		kind, err = r.Next()
	}
	if err != nil {
		return ID{}, malformed(err)
	}
	return id, faults
}

// identifyRoot reads the root whose Start is current.
func (s *Standards) identifyRoot(r *xmltoken.Reader, at *time.Time) (ID, fault.List) {
	refuse := func(code fault.Code, attribute, expected string) fault.List {
		path := "/" + string(r.Local()) + attribute
		return fault.List{{Code: code, Path: path, Line: r.Line(), Expected: expected}}
	}
	k := s.kindOf(r)
	if k == nil {
		return ID{}, refuse(fault.UnknownStandard, "", "")
	}
	if !k.handled() {
		return ID{}, refuse(fault.Unsupported, "", "")
	}
	const attribute = "/@versione"
	given, found := versione(r)
	if !found {
		return ID{}, refuse(fault.MissingEdition, attribute, k.names(at))
	}
	for i := range k.editions {
		e := &k.editions[i]
		if string(given) != e.ID.Edition {
			continue
		}
		switch {
		case e.over(at):
			return e.ID, refuse(fault.EditionNotInForce, attribute, k.whyNot(e.Edition, at))
		case e.judge == nil:
			return ID{}, refuse(fault.Unsupported, attribute, k.names(at))
		}
		return e.ID, nil
	}
	return ID{}, refuse(fault.UnknownEdition, attribute, k.names(at))
}

// versione is the attribute of the root whose Start is current. Raw, it holds
// no reference where it is the name of an edition.
func versione(r *xmltoken.Reader) (value []byte, found bool) {
	for _, a := range r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == "versione" {
			return a.Value, true
		}
	}
	return nil, false
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
// own failure on content in which our own reading finds nothing wrong.
func (s *Standards) Validate(id ID, content []byte) (fault.List, error) {
	c, ok := s.compiled[id]
	if !ok {
		return nil, fmt.Errorf("validate content: no standard %q %q", id.Kind, id.Edition)
	}
	if c.acceptor != nil && c.acceptor.accepts(content) {
		return nil, nil
	}
	refusals, err := c.judge(content)
	if err == nil && len(refusals) == 0 {
		return nil, nil
	}
	// The engine fails on some content that is wrong, as a child in an element
	// whose type has attributes alone. It stays content that is wrong.
	if c.schema != nil {
		if faults := c.schema.explain(content); len(faults) > 0 {
			return faults, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("validate content as %s %s: %w", id.Kind, id.Edition, err)
	}
	return c.plain(refusals), nil
}

// plain tells where content breaks the schema, without our own reading of it:
// of what the engine says, the place and what kind of thing is wrong there.
// After an element out of place, those that follow it in the same block are no
// news.
func (c *compiled) plain(refusals []*xsderrors.Error) (faults fault.List) {
	for i, r := range refusals {
		f := fault.Fault{Code: fault.NotConforming, Path: cmp.Or(r.Path, "/"+c.Root), Line: r.Line, Expected: admitted(r.Code)}
		if sch := cmp.Or(c.schema, c.elder); sch != nil {
			f.Field = sch.field(f.Path)
		}
		if len(faults) > 0 {
			before := faults[len(faults)-1]
			if r.Code == xsderrors.CodeValidationElement {
				before.Line = f.Line
			}
			if before == f {
				continue
			}
		}
		if i == MaxFaults {
			return append(faults, fault.Fault{Code: fault.MoreFaults, Path: "/" + c.Root, Line: r.Line})
		}
		faults = append(faults, f)
	}
	return faults
}

// admitted says in Italian what the schema asks for where the engine found
// something of a kind wrong.
func admitted(code xsderrors.Code) string {
	switch code {
	case xsderrors.CodeValidationFacet, xsderrors.CodeValidationType:
		return "un valore, o attributi, della forma che lo schema prescrive"
	case xsderrors.CodeValidationAttribute:
		return "gli attributi obbligatori e nessuno che lo schema non preveda"
	case xsderrors.CodeValidationElement:
		return "solo gli elementi che lo schema prevede, nel loro ordine"
	case xsderrors.CodeValidationContent:
		return "gli elementi obbligatori, oppure un valore senza elementi"
	case xsderrors.CodeValidationNil:
		return "un elemento che non sia dichiarato nullo (xsi:nil)"
	case xsderrors.CodeValidationText:
		return "nessun testo fuori dagli elementi"
	}
	return ""
}

// judge asks the engine. Refusals are the first things it found wrong.
func (c *compiled) judge(content []byte) (refusals []*xsderrors.Error, err error) {
	got := c.sessions.Get()
	ses, ok := got.(*session)
	if !ok {
		return nil, got.(error)
	}
	if err = ses.validate(content); err == nil {
		c.sessions.Put(ses)
		return nil, nil
	}
	all := []error{err}
	if several, ok := errors.AsType[xsderrors.Errors](err); ok {
		all = several
	}
	for _, e := range all {
		var refusal *xsderrors.Error
		if !errors.As(e, &refusal) || !speaksOfDocument(refusal) {
			return nil, err
		}
		refusals = append(refusals, refusal)
	}
	c.sessions.Put(ses)
	return refusals, nil
}

// speaksOfDocument tells a refusal from trouble of the engine's own.
func speaksOfDocument(r *xsderrors.Error) bool {
	switch r.Category {
	case xsderrors.CategoryValidation, xsderrors.CategoryUnsupported:
		return r.Code != xsderrors.CodeValidationSession && r.Code != xsderrors.CodeValidationOption
	}
	return false
}

// validate asks the engine and forgets content.
func (s *session) validate(content []byte) error {
	s.source.Reset(content)
	defer s.source.Reset(nil)
	return s.engine.Validate(context.Background(), io.Reader(&s.source))
}

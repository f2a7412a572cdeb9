package xmltoken

import (
	"bytes"
)

// The namespaces that Namespaces in XML 1.0, section 3, binds for ever.
const (
	XMLSpace   = "http://www.w3.org/XML/1998/namespace"
	XMLNSSpace = "http://www.w3.org/2000/xmlns/"
)

// The marks of markup.
const (
	openXML       = "<?xml"
	openComment   = "<!--"
	openCData     = "<![CDATA["
	openDoctype   = "<!DOCTYPE"
	closeCData    = "]]>"
	closeInst     = "?>"
	byteOrderMark = "\ufeff"
)

// Kind is the kind of a token.
type Kind uint8

// The kinds of token.
const (
	EOF     Kind = iota // the document ended, complete and well-formed
	Start               // a start tag, or the first half of an empty element
	End                 // an end tag, or the second half of an empty element
	Text                // character data inside the root, as long as it goes, never empty
	CData               // one CDATA section, possibly empty
	Comment             // a comment, anywhere
	Inst                // a processing instruction, anywhere; never the XML declaration
)

// Attr is one attribute that is no namespace declaration.
type Attr struct {
	Prefix, Local []byte
	Value         []byte // raw: as written between the quotes, references not replaced
	Space         []byte // the namespace of Prefix; nil without a prefix
}

// Decl is one namespace declaration; Prefix is empty for the default namespace
// and URI is decoded, empty where the default namespace is undeclared.
type Decl struct {
	Prefix, URI []byte
}

// Limits bound what a document may ask of its readers. A zero field means its
// default.
type Limits struct {
	Depth int // open elements, 64
	Attrs int // attributes and declarations of one element together, 64
	Decls int // declarations of one element, 32; in scope at once four times as many
	Name  int // bytes of one qualified name, 256
	Space int // bytes of one namespace name as it is written, 256
}

// Reader is the tokenizer. The zero value is ready for Reset, and one Reader
// serves any number of documents without allocating once its buffers have
// grown. It is not safe for concurrent use. All slices it returns point into
// the source or into its buffers: they end with the next Reset, those of Attrs
// and Decls with the next Next.
type Reader struct {
	src []byte
	lim Limits
	err error

	start, pos int // the current token is src[start:pos]
	raw        []byte
	kind       Kind
	canonical  bool // what Canonical says of a Text
	closing    bool // an empty element's End is owed
	rooted     bool // the root has been seen

	prefix, local, space []byte

	attrs  []Attr
	scope  []Decl  // every declaration in scope, outermost first
	stack  []frame // open elements
	arena  []byte  // decoded namespace names
	simple []byte  // buffer of Text
	xml    []byte  // XMLSpace

	lineAt, line int // line is the number of line feeds in src[:lineAt]
}

type frame struct {
	name   []byte // qualified
	prefix int    // length of its prefix
	space  []byte
	scope  int // len(Reader.scope) before its declarations
}

// Reset makes r read src from its start. The caller keeps src unchanged while
// it reads. Characters are checked here; what is wrong with them is the error
// of the first Next.
func (r *Reader) Reset(src []byte, lim Limits) {
	*r = Reader{
		src: src, lim: lim.orDefault(),
		attrs: r.attrs[:0], scope: r.scope[:0], stack: r.stack[:0], arena: r.arena[:0], simple: r.simple[:0],
		xml: r.xml,
	}
	if r.xml == nil {
		r.xml = []byte(XMLSpace)
	}
	at, encoding := firstIllegal(src)
	switch {
	case at >= 0 && encoding:
		r.fail(at, Encoding, "bytes that are not UTF-8")
	case at >= 0:
		r.fail(at, Malformed, "character not allowed in XML")
	case hasPrefix(src, byteOrderMark):
		r.fail(0, Encoding, "byte order mark")
	}
}

func (l Limits) orDefault() Limits {
	or := func(n, def int) int {
		if n == 0 {
			return def
		}
		return n
	}
	return Limits{
		Depth: or(l.Depth, 64), Attrs: or(l.Attrs, 64), Decls: or(l.Decls, 32), Name: or(l.Name, 256), Space: or(l.Space, 256),
	}
}

// Next moves to the next token and returns its kind, EOF at the end and ever
// after. Blanks outside the root are passed over. The error is a *SyntaxError
// and is final.
func (r *Reader) Next() (Kind, error) {
	if r.err != nil {
		return EOF, r.err
	}
	if r.kind == End {
		r.leave()
	}
	r.start = r.pos
	kind, err := r.advance()
	if err != nil {
		return EOF, err
	}
	r.kind = kind
	return kind, nil
}

func (r *Reader) advance() (Kind, error) {
	if r.closing {
		r.closing = false
		r.enterEnd()
		return End, nil
	}
	if r.pos == 0 {
		if err := r.declaration(); err != nil {
			return EOF, err
		}
	}
	if len(r.stack) == 0 {
		for r.pos < len(r.src) && isBlank(r.src[r.pos]) {
			r.pos++
		}
		r.start = r.pos
		if r.pos == len(r.src) {
			if !r.rooted {
				return EOF, r.fail(r.pos, Malformed, "no root element")
			}
			return EOF, nil
		}
	}
	if r.pos == len(r.src) {
		return EOF, r.fail(r.pos, Malformed, "end of document inside an element")
	}
	if r.src[r.pos] != '<' {
		return r.text()
	}
	return r.markup()
}

// markup reads what begins with '<'.
func (r *Reader) markup() (Kind, error) {
	rest := r.src[r.pos:]
	if len(rest) < 2 {
		return EOF, r.fail(r.pos, Malformed, "lone less-than sign")
	}
	switch rest[1] {
	case '/':
		return r.endTag()
	case '?':
		return r.instruction()
	case '!':
		switch {
		case hasPrefix(rest, openComment):
			return r.comment()
		case hasPrefix(rest, openCData):
			return r.cdata()
		case hasPrefix(rest, openDoctype):
			return EOF, r.fail(r.pos, DTD, "document type declaration")
		}
		return EOF, r.fail(r.pos, Malformed, "unknown markup declaration")
	}
	return r.startTag()
}

func (r *Reader) text() (Kind, error) {
	if len(r.stack) == 0 {
		return EOF, r.fail(r.pos, Malformed, "text outside the root element")
	}
	rest := r.src[r.pos:]
	n, plain := run(rest)
	if n < 0 {
		return EOF, r.fail(len(r.src), Malformed, "end of document inside an element")
	}
	r.raw = rest[:n]
	if plain {
		r.canonical = true
		r.pos += n
		return Text, nil
	}
	var err error
	if r.canonical, err = r.references(r.raw, r.pos); err != nil {
		return EOF, err
	}
	if i := bytes.IndexByte(r.raw, ']'); i >= 0 {
		if j := bytes.Index(r.raw[i:], []byte(closeCData)); j >= 0 {
			return EOF, r.fail(r.pos+i+j, Malformed, "CDATA end mark in text")
		}
	}
	r.pos += n
	return Text, nil
}

// run gives the length of the text that src begins with, up to its '<', -1 if there is
// none, and whether it is short and holds neither '&' nor ']': most is, see quoted.
func run(src []byte) (n int, plain bool) {
	for i, c := range src[:min(len(src), 16)] {
		if c == '<' {
			return i, true
		}
		if c == '&' || c == ']' {
			break
		}
	}
	return bytes.IndexByte(src, '<'), false
}

func (r *Reader) comment() (Kind, error) {
	body := r.src[r.pos+len(openComment):]
	n := bytes.Index(body, []byte("--"))
	if n < 0 || n+2 >= len(body) {
		return EOF, r.fail(r.pos, Malformed, "comment without end")
	}
	if body[n+2] != '>' {
		return EOF, r.fail(r.pos+len(openComment)+n, Malformed, "two hyphens inside a comment")
	}
	r.raw = body[:n]
	r.pos += len(openComment) + n + 3
	return Comment, nil
}

func (r *Reader) cdata() (Kind, error) {
	if len(r.stack) == 0 {
		return EOF, r.fail(r.pos, Malformed, "text outside the root element")
	}
	body := r.src[r.pos+len(openCData):]
	n := bytes.Index(body, []byte(closeCData))
	if n < 0 {
		return EOF, r.fail(r.pos, Malformed, "CDATA section without end")
	}
	r.raw = body[:n]
	r.pos += len(openCData) + n + len(closeCData)
	return CData, nil
}

func (r *Reader) instruction() (Kind, error) {
	n := bytes.Index(r.src[r.pos:], []byte(closeInst))
	if n < 0 {
		return EOF, r.fail(r.pos, Malformed, "processing instruction without end")
	}
	r.raw = r.src[r.pos : r.pos+n+2]
	end, colon, err := r.name(r.pos + 2)
	if err != nil {
		return EOF, err
	}
	target := r.src[r.pos+2 : end]
	switch {
	case colon >= 0:
		return EOF, r.fail(r.pos, Namespace, "colon in the name of a processing instruction")
	case len(target) == 3 && bytes.EqualFold(target, []byte("xml")):
		return EOF, r.fail(r.pos, Malformed, "XML declaration not at the start")
	case end != r.pos+n && !isBlank(r.src[end]):
		return EOF, r.fail(end, Malformed, "processing instruction without blank after its name")
	}
	r.pos += n + 2
	return Inst, nil
}

// Name returns the qualified name of the current Start or End as it is written.
func (r *Reader) Name() []byte { return r.stack[len(r.stack)-1].name }

// Prefix returns the prefix of the current Start or End, empty if it has none.
func (r *Reader) Prefix() []byte { return r.prefix }

// Local returns the local name of the current Start or End.
func (r *Reader) Local() []byte { return r.local }

// Space returns the namespace name of the current Start or End, empty if none.
func (r *Reader) Space() []byte { return r.space }

// Attrs returns the attributes of the current Start in document order, without
// namespace declarations; nil on any other token.
func (r *Reader) Attrs() []Attr {
	if r.kind != Start {
		return nil
	}
	return r.attrs
}

// Decls returns the namespace declarations of the current Start in document
// order; nil on any other token.
func (r *Reader) Decls() []Decl {
	if r.kind != Start {
		return nil
	}
	return r.scope[r.stack[len(r.stack)-1].scope:]
}

// Raw returns the bytes of a Text (references not replaced), the content of a
// CData or Comment, or a whole Inst from <? to ?>.
func (r *Reader) Raw() []byte { return r.raw }

// Canonical tells of the current Text that all its references are written as Canonical
// XML writes them in text: &lt; &gt; &amp; alone.
func (r *Reader) Canonical() bool { return r.canonical }

// Lookup returns the namespace that prefix stands for at the current token;
// the empty prefix asks for the default namespace, which is declared empty or
// not at all where there is none.
func (r *Reader) Lookup(prefix []byte) (uri []byte, ok bool) {
	for i := len(r.scope) - 1; i >= 0; i-- {
		if d := &r.scope[i]; string(d.Prefix) == string(prefix) {
			return d.URI, true
		}
	}
	if string(prefix) == "xml" {
		return r.xml, true
	}
	return nil, false
}

// Depth returns the number of open elements; the element of a current Start or
// End counts as open, so the root's own tags are at depth 1.
func (r *Reader) Depth() int { return len(r.stack) }

// Offset returns the offset in the source of the current token's first byte.
func (r *Reader) Offset() int { return r.start }

// End returns the offset just after the current token. The End of an empty
// element is empty and lies just after its Start.
func (r *Reader) End() int { return r.pos }

// Line returns the line of the current token, from 1, counting line feeds. The
// cost is shared between calls: asking for every token reads the source once.
func (r *Reader) Line() int {
	if r.lineAt > r.start {
		r.lineAt, r.line = 0, 0
	}
	r.line += bytes.Count(r.src[r.lineAt:r.start], []byte("\n"))
	r.lineAt = r.start
	return 1 + r.line
}

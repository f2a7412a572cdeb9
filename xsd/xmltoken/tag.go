package xmltoken

import (
	"bytes"
	"unicode/utf8"
)

// name reads a qualified name at src[at:] and returns the offset after it and
// the offset of its colon, -1 without one. Both parts are NCNames.
func (r *Reader) name(at int) (end, colon int, err error) {
	colon = -1
	fresh := true // the next character starts a part
	i := at
	for i < len(r.src) {
		c := r.src[i]
		if c|0x20-'a' < 26 { // a letter, as almost all are
			fresh = false
			i++
			continue
		}
		if isNameByte(c) {
			if fresh && (c <= '9') {
				return 0, 0, r.fail(i, Malformed, "illegal start of a name")
			}
			fresh = false
			i++
			continue
		}
		if c == ':' {
			if fresh || colon >= 0 {
				return 0, 0, r.fail(i, Namespace, "misplaced colon in a name")
			}
			colon, fresh = i, true
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		wide, n := utf8.DecodeRune(r.src[i:])
		if !isNameChar(wide) || fresh && !isNameStart(wide) {
			return 0, 0, r.fail(i, Malformed, "illegal character in a name")
		}
		fresh = false
		i += n
	}
	switch {
	case i == at:
		return 0, 0, r.fail(i, Malformed, "name expected")
	case fresh:
		return 0, 0, r.fail(i, Namespace, "misplaced colon in a name")
	case i-at > r.lim.Name:
		return 0, 0, r.fail(at, Limit, "name too long")
	}
	return i, colon, nil
}

// split cuts the qualified name src[at:end] at its colon.
func (r *Reader) split(at, colon, end int) (prefix, local []byte) {
	if colon < 0 {
		return nil, r.src[at:end]
	}
	return r.src[at:colon], r.src[colon+1 : end]
}

func (r *Reader) startTag() (Kind, error) {
	if len(r.stack) == 0 && r.rooted {
		return EOF, r.fail(r.pos, Malformed, "second root element")
	}
	if len(r.stack) == r.lim.Depth {
		return EOF, r.fail(r.pos, Limit, "elements nested too deep")
	}
	at := r.pos + 1
	i, colon, err := r.name(at)
	if err != nil {
		return EOF, err
	}
	f := frame{name: r.src[at:i], scope: len(r.scope)}
	r.prefix, r.local = r.split(at, colon, i)
	f.prefix = len(r.prefix)
	r.attrs = r.attrs[:0]
	for {
		blank := i
		for i < len(r.src) && isBlank(r.src[i]) {
			i++
		}
		if i == len(r.src) {
			return EOF, r.fail(r.pos, Malformed, "start tag without end")
		}
		if c := r.src[i]; c == '>' || c == '/' {
			break
		}
		if i == blank {
			return EOF, r.fail(i, Malformed, "blank expected before an attribute")
		}
		if i, err = r.attribute(i, f.scope); err != nil {
			return EOF, err
		}
	}
	if r.src[i] == '/' {
		r.closing = true
		i++
		if i == len(r.src) || r.src[i] != '>' {
			return EOF, r.fail(i, Malformed, "lone slash in a start tag")
		}
	}
	if f.space, err = r.resolve(&f); err != nil {
		return EOF, err
	}
	r.space = f.space
	r.stack = append(r.stack, f)
	r.pos, r.rooted = i+1, true
	return Start, nil
}

// attribute reads one attribute or declaration at src[at:] of the element whose
// declarations begin at scope, and returns the offset after it.
func (r *Reader) attribute(at, scope int) (int, error) {
	i, colon, err := r.name(at)
	if err != nil {
		return 0, err
	}
	prefix, local := r.split(at, colon, i)
	for i < len(r.src) && isBlank(r.src[i]) {
		i++
	}
	if i == len(r.src) || r.src[i] != '=' {
		return 0, r.fail(i, Malformed, "equals sign expected")
	}
	i++
	for i < len(r.src) && isBlank(r.src[i]) {
		i++
	}
	if i == len(r.src) || r.src[i] != '"' && r.src[i] != '\'' {
		return 0, r.fail(i, Malformed, "quoted value expected")
	}
	n, plain := quoted(r.src[i+1:], r.src[i])
	if n < 0 {
		return 0, r.fail(i, Malformed, "attribute value without end")
	}
	value := r.src[i+1 : i+1+n]
	if !plain {
		if bytes.IndexByte(value, '<') >= 0 {
			return 0, r.fail(i, Malformed, "less-than sign in an attribute value")
		}
		if _, err := r.references(value, i+1); err != nil {
			return 0, err
		}
	}
	if len(r.attrs)+len(r.scope)-scope == r.lim.Attrs {
		return 0, r.fail(at, Limit, "too many attributes")
	}
	switch {
	case string(prefix) == "xmlns":
		err = r.declare(at, scope, local, value)
	case len(prefix) == 0 && string(local) == "xmlns":
		err = r.declare(at, scope, nil, value)
	default:
		r.attrs = append(r.attrs, Attr{Prefix: prefix, Local: local, Value: value})
	}
	return i + n + 2, err
}

// quoted gives the length of the value that src begins with, up to its quote, -1 if
// there is none, and whether it is short and holds neither '<' nor '&': most are, and
// reading them once costs less than three searches.
func quoted(src []byte, quote byte) (n int, plain bool) {
	for i, c := range src[:min(len(src), 16)] {
		if c == quote {
			return i, true
		}
		if c == '<' || c == '&' {
			break
		}
	}
	return bytes.IndexByte(src, quote), false
}

// declare adds a namespace declaration, under the constraints of Namespaces in
// XML 1.0, sections 3 and 2.2.
func (r *Reader) declare(at, scope int, prefix, value []byte) error {
	if len(value) > r.lim.Space {
		return r.fail(at, Limit, "namespace name too long")
	}
	uri, err := r.uri(value)
	if err != nil {
		return err
	}
	reserved := string(uri) == XMLNSSpace || string(uri) == XMLSpace
	switch {
	case string(prefix) == "xmlns":
		return r.fail(at, Namespace, "prefix xmlns declared")
	case string(prefix) == "xml" && string(uri) != XMLSpace, string(prefix) != "xml" && reserved:
		return r.fail(at, Namespace, "reserved prefix or namespace redeclared")
	case len(prefix) > 0 && len(uri) == 0:
		return r.fail(at, Namespace, "prefix undeclared by an empty namespace")
	case len(r.scope)-scope == r.lim.Decls, len(r.scope) == 4*r.lim.Decls:
		return r.fail(at, Limit, "too many namespace declarations")
	}
	for _, d := range r.scope[scope:] {
		if string(d.Prefix) == string(prefix) {
			return r.fail(at, Duplicate, "namespace prefix declared twice")
		}
	}
	r.scope = append(r.scope, Decl{Prefix: prefix, URI: uri})
	return nil
}

// uri decodes a namespace name, into the arena if it differs from its source.
func (r *Reader) uri(value []byte) ([]byte, error) {
	if bytes.IndexByte(value, '&') < 0 && !bytes.ContainsAny(value, "\t\n\r") {
		return value, nil
	}
	from := len(r.arena)
	arena, err := AppendAttr(r.arena, value)
	if err != nil {
		return nil, err
	}
	r.arena = arena
	return arena[from:len(arena):len(arena)], nil
}

// resolve gives the element f and its attributes their namespaces and refuses
// attributes with one expanded name.
func (r *Reader) resolve(f *frame) ([]byte, error) {
	if string(r.prefix) == "xmlns" {
		return nil, r.fail(r.pos, Namespace, "element with prefix xmlns")
	}
	space, ok := r.Lookup(r.prefix)
	if !ok && f.prefix > 0 {
		return nil, r.fail(r.pos, Namespace, "undeclared prefix")
	}
	for i := range r.attrs {
		a := &r.attrs[i]
		if len(a.Prefix) > 0 {
			if a.Space, ok = r.Lookup(a.Prefix); !ok {
				return nil, r.fail(r.pos, Namespace, "undeclared prefix")
			}
		}
		for j := range i {
			b := &r.attrs[j]
			if string(a.Local) == string(b.Local) && string(a.Space) == string(b.Space) {
				return nil, r.fail(r.pos, Duplicate, "attribute given twice")
			}
		}
	}
	return space, nil
}

func (r *Reader) endTag() (Kind, error) {
	if len(r.stack) == 0 {
		return EOF, r.fail(r.pos, Malformed, "end tag without start")
	}
	name := r.stack[len(r.stack)-1].name
	i := r.pos + 2
	if !bytes.HasPrefix(r.src[i:], name) {
		return EOF, r.fail(r.pos, Malformed, "end tag of another element")
	}
	i += len(name)
	for i < len(r.src) && isBlank(r.src[i]) {
		i++
	}
	if i == len(r.src) || r.src[i] != '>' {
		return EOF, r.fail(r.pos, Malformed, "end tag of another element")
	}
	r.pos = i + 1
	r.enterEnd()
	return End, nil
}

// enterEnd shows the innermost open element as the current one.
func (r *Reader) enterEnd() {
	f := &r.stack[len(r.stack)-1]
	r.prefix, r.local, r.space = nil, f.name, f.space
	if f.prefix > 0 {
		r.prefix, r.local = f.name[:f.prefix], f.name[f.prefix+1:]
	}
}

// leave closes the innermost open element: its declarations go out of scope.
func (r *Reader) leave() {
	last := len(r.stack) - 1
	r.scope = r.scope[:r.stack[last].scope]
	r.stack = r.stack[:last]
}

package transform

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// codec walks one document in the order of its format. The same walk decodes
// and encodes, so the two cannot disagree about names or order.
type codec interface {
	// begin enters the element of that name. A decoder enters if the element
	// comes next, an encoder if it is wanted; the answer says whether it did.
	begin(name string, wanted bool) bool
	// end leaves the element entered last.
	end()
	// attr carries an attribute of the element entered last, before anything
	// inside it. An encoder leaves out an empty one unless it must be there,
	// and returns v; a decoder returns what it read, v if there is none.
	attr(name, v string, must bool) string
	// text carries a child element of simple content, likewise.
	text(name, v string, must bool) string
}

// Whether an encoder writes a value that is empty.
const (
	must = true
	may  = false
)

// attr and text carry values of named string types.
func attr[S ~string](c codec, name string, v *S, must bool) {
	if o, ok := c.(*Outline); ok {
		o.value(name, string(*v), v, true)
		return
	}
	*v = S(c.attr(name, string(*v), must))
}

func text[S ~string](c codec, name string, v *S, must bool) {
	if o, ok := c.(*Outline); ok {
		o.value(name, string(*v), v, false)
		return
	}
	*v = S(c.text(name, string(*v), must))
}

// block carries a child element that must be there.
func block[T any](c codec, name string, v *T, walk func(codec, *T)) {
	if c.begin(name, true) {
		inside(c, v, walk)
	}
}

// option carries a child element that may be absent: a nil pointer.
func option[T any](c codec, name string, v **T, walk func(codec, *T)) {
	if !c.begin(name, *v != nil) {
		return
	}
	if *v == nil {
		*v = new(T)
	}
	inside(c, *v, walk)
}

// list carries a child element that may be repeated.
func list[T any](c codec, name string, v *[]T, walk func(codec, *T)) {
	for i := 0; c.begin(name, i < len(*v)); i++ {
		if i == len(*v) {
			*v = append(*v, *new(T))
		}
		if o, ok := c.(*Outline); ok {
			o.number(i + 1)
		}
		inside(c, &(*v)[i], walk)
	}
}

// inside walks the element that begin entered, and leaves it.
func inside[T any](c codec, v *T, walk func(codec, *T)) {
	if o, ok := c.(*Outline); ok {
		o.block(v)
	}
	walk(c, v)
	c.end()
}

// shown lets rules see the block being walked as the shared block that it
// begins with: a place has one value, and rules look for shared ones by type.
// It comes first in a walk.
func shown[T any](c codec, v *T) {
	if o, ok := c.(*Outline); ok {
		o.block(v)
	}
}

// decoder reads content that its schema has passed. What the schema would have
// refused is an error of ours.
type decoder struct {
	r     xmltoken.Reader
	space string // namespace of every element
	kind  xmltoken.Kind
	fresh bool // the cursor is on the Start entered last, whose attributes can be read
	err   error
	// values holds every value read, so that the model's strings are slices of
	// one allocation. No value is longer than its source, so it never grows.
	values  strings.Builder
	scratch []byte
}

func newDecoder(content []byte, space string) *decoder {
	d := &decoder{space: space}
	d.values.Grow(len(content))
	d.r.Reset(content, xmltoken.Limits{})
	d.advance()
	return d
}

// advance moves to the next tag or the end, passing over blanks and comments.
func (d *decoder) advance() {
	for d.err == nil {
		d.kind, d.err = d.r.Next()
		if d.err != nil || d.kind == xmltoken.Start || d.kind == xmltoken.End || d.kind == xmltoken.EOF {
			return
		}
	}
}

// settle leaves the start tag whose attributes could be read.
func (d *decoder) settle() {
	if d.fresh {
		d.fresh = false
		d.advance()
	}
}

func (d *decoder) at(name string) bool {
	d.settle()
	return d.err == nil && d.kind == xmltoken.Start && string(d.r.Local()) == name && string(d.r.Space()) == d.space
}

func (d *decoder) begin(name string, _ bool) bool {
	if !d.at(name) {
		return false
	}
	d.fresh = true
	return true
}

func (d *decoder) end() {
	d.settle()
	if d.err == nil && d.kind != xmltoken.End {
		d.err = errors.New("element out of place in valid content")
		return
	}
	d.advance()
}

func (d *decoder) attr(name, v string, _ bool) string {
	if d.err != nil || !d.fresh {
		return v
	}
	for _, a := range d.r.Attrs() {
		if len(a.Space) == 0 && string(a.Local) == name {
			d.scratch, d.err = xmltoken.AppendAttr(d.scratch[:0], a.Value)
			return d.keep(d.scratch)
		}
	}
	return v
}

func (d *decoder) text(name, v string, _ bool) string {
	if !d.at(name) {
		return v
	}
	b, err := d.r.Text()
	if err != nil {
		d.err = err
		return v
	}
	v = d.keep(b)
	d.advance()
	return v
}

func (d *decoder) keep(value []byte) string {
	from := d.values.Len()
	d.values.Write(value)
	return d.values.String()[from:]
}

// encoder writes what exclusive canonicalization would write: no declaration,
// no blanks, no empty-element tags. Attributes come in the order of the walk,
// which lists them sorted.
type encoder struct {
	out  []byte
	open bool // the start tag still takes attributes
	path []string
	err  error
}

func (e *encoder) begin(name string, wanted bool) bool {
	if !wanted {
		return false
	}
	e.settle()
	e.out = append(append(e.out, '<'), name...)
	e.path = append(e.path, name)
	e.open = true
	return true
}

func (e *encoder) settle() {
	if e.open {
		e.out = append(e.out, '>')
		e.open = false
	}
}

func (e *encoder) end() {
	e.settle()
	last := len(e.path) - 1
	e.out = append(append(append(e.out, "</"...), e.path[last]...), '>')
	e.path = e.path[:last]
}

func (e *encoder) attr(name, v string, must bool) string {
	if v == "" && !must {
		return v
	}
	e.out = append(append(append(e.out, ' '), name...), `="`...)
	e.escape(name, v, true)
	e.out = append(e.out, '"')
	return v
}

func (e *encoder) text(name, v string, must bool) string {
	if e.begin(name, v != "" || must) {
		e.settle()
		e.escape(name, v, false)
		e.end()
	}
	return v
}

// escape writes a value with the references of Canonical XML 1.0, section 2.3.
func (e *encoder) escape(name, v string, inAttr bool) {
	for i, c := range v {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff || badRune(v[i:], c) {
			e.err = fmt.Errorf("encode %s: character not allowed in XML", name)
			return
		}
	}
	if inAttr {
		e.out = xmltoken.AppendEscapedAttr(e.out, v)
	} else {
		e.out = xmltoken.AppendEscapedText(e.out, v)
	}
}

// badRune tells a byte that is not UTF-8 from the replacement character itself.
func badRune(rest string, c rune) bool {
	if c != utf8.RuneError {
		return false
	}
	_, n := utf8.DecodeRuneInString(rest)
	return n == 1
}

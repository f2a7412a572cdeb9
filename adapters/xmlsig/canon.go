package xmlsig

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// canon writes Exclusive XML Canonicalization 1.0 without comments (W3C
// REC-xml-exc-c14n-20020718) of the elements it is shown, token by token. The
// first element shown is the apex: nothing above it has been rendered. It is
// reusable by reset.
type canon struct {
	out       []byte
	most      int      // bytes that out may come to; whoever shows an apex has set it
	inclusive [][]byte // InclusiveNamespaces PrefixList; #default is the empty prefix

	rendered []xmltoken.Decl // declarations written by the open elements, outermost first
	marks    []int           // len(rendered) before each open element
	attrs    []xmltoken.Attr // scratch
	value    []byte          // scratch
}

func (c *canon) reset(inclusive [][]byte) {
	c.out, c.rendered, c.marks = c.out[:0], c.rendered[:0], c.marks[:0]
	c.inclusive = inclusive
}

// longestForm is the longest canonical form of what is in n bytes, of which limit may
// be read. Exclusive canonicalization repeats a declaration at each element that uses
// it below one that does not, so that a few bytes become hundreds: eight times is more
// than a type on every element makes of any message, and what is read whole may
// double at most, so that memory is bounded by what was sent.
func longestForm(n, limit int) int { return min(8*n+64<<10, 2*limit) }

// fits refuses what would make the canonical form too long.
func (c *canon) fits(r *xmltoken.Reader, n int) error {
	if len(c.out)+n > c.most {
		return &refusal{code: TooLarge, line: r.Line()}
	}
	return nil
}

// start writes the start tag of the reader's current Start.
func (c *canon) start(r *xmltoken.Reader) error {
	if err := c.fits(r, r.End()-r.Offset()); err != nil {
		return err
	}
	mark := len(c.rendered)
	c.marks = append(c.marks, mark)
	c.out = append(append(c.out, '<'), r.Name()...)

	c.use(r, r.Prefix())
	attrs := r.Attrs()
	for i := range attrs {
		if p := attrs[i].Prefix; len(p) > 0 {
			c.use(r, p)
		}
	}
	if len(c.inclusive) > 0 {
		c.include(r, len(c.marks) == 1)
	}
	if fresh := c.rendered[mark:]; len(fresh) > 0 {
		c.namespaces(fresh)
	}
	if len(attrs) > 0 {
		if err := c.attributes(r, attrs); err != nil {
			return err
		}
	}
	c.out = append(c.out, '>')
	return c.fits(r, 0)
}

// include marks the namespaces of the PrefixList: all that are in scope at the
// apex, then those that an element declares, the only place where they change.
func (c *canon) include(r *xmltoken.Reader, apex bool) {
	if apex {
		for _, p := range c.inclusive {
			c.use(r, p)
		}
		return
	}
	for _, d := range r.Decls() {
		if slices.ContainsFunc(c.inclusive, func(p []byte) bool { return string(p) == string(d.Prefix) }) {
			c.use(r, d.Prefix)
		}
	}
}

// use marks the namespace of prefix for rendering, unless an open element has
// rendered the same already or there is nothing to render.
func (c *canon) use(r *xmltoken.Reader, prefix []byte) {
	if string(prefix) == "xml" {
		return
	}
	uri, ok := r.Lookup(prefix)
	if !ok && len(prefix) > 0 {
		return // a prefix of the PrefixList that is not in scope
	}
	for i := len(c.rendered) - 1; i >= 0; i-- {
		if d := &c.rendered[i]; string(d.Prefix) == string(prefix) {
			if string(d.URI) == string(uri) {
				return
			}
			c.rendered = append(c.rendered, xmltoken.Decl{Prefix: prefix, URI: uri})
			return
		}
	}
	if len(uri) > 0 { // xmlns="" is written only against a rendered default
		c.rendered = append(c.rendered, xmltoken.Decl{Prefix: prefix, URI: uri})
	}
}

// namespaces writes declarations by prefix, the default one first.
func (c *canon) namespaces(fresh []xmltoken.Decl) {
	if len(fresh) > 1 {
		slices.SortFunc(fresh, func(a, b xmltoken.Decl) int { return bytes.Compare(a.Prefix, b.Prefix) })
	}
	for _, d := range fresh {
		c.out = append(c.out, " xmlns"...)
		if len(d.Prefix) > 0 {
			c.out = append(append(c.out, ':'), d.Prefix...)
		}
		c.out = append(c.out, '=', '"')
		c.out = xmltoken.AppendEscapedAttr(c.out, d.URI)
		c.out = append(c.out, '"')
	}
}

// attributes writes attrs by namespace name, then by local name (C14N 2.2).
func (c *canon) attributes(r *xmltoken.Reader, attrs []xmltoken.Attr) error {
	for i := 1; i < len(attrs); i++ {
		if byName(&attrs[i-1], &attrs[i]) > 0 { // most are in order as they come
			c.attrs = append(c.attrs[:0], attrs...)
			attrs = c.attrs
			slices.SortFunc(attrs, func(a, b xmltoken.Attr) int { return byName(&a, &b) })
			break
		}
	}
	for i := range attrs {
		a := &attrs[i]
		c.out = append(c.out, ' ')
		if len(a.Prefix) > 0 {
			c.out = append(append(c.out, a.Prefix...), ':')
		}
		c.out = append(append(c.out, a.Local...), '=', '"')
		if holds(a.Value, careAttr) {
			err := c.fits(r, len(a.Value)+bytes.Count(a.Value, []byte(`"`))*len("&quot"))
			if err != nil {
				return err
			}
			if c.value, err = xmltoken.AppendAttr(c.value[:0], a.Value); err != nil {
				return err
			}
			c.out = xmltoken.AppendEscapedAttr(c.out, c.value)
		} else {
			c.out = append(c.out, a.Value...)
		}
		c.out = append(c.out, '"')
	}
	return nil
}

// byName compares by namespace name, then by local name.
func byName(a, b *xmltoken.Attr) int {
	if n := bytes.Compare(a.Space, b.Space); n != 0 {
		return n
	}
	return bytes.Compare(a.Local, b.Local)
}

// end writes the end tag of the reader's current End.
func (c *canon) end(r *xmltoken.Reader) {
	c.out = append(append(append(c.out, '<', '/'), r.Name()...), '>')
	last := len(c.marks) - 1
	c.rendered = c.rendered[:c.marks[last]]
	c.marks = c.marks[:last]
}

// text writes the reader's current Text. A document that is a string is full of
// references, and most are written as the canonical form has them: it is copied at
// once.
func (c *canon) text(r *xmltoken.Reader) error {
	raw := r.Raw()
	if r.Canonical() && !holds(raw, careText) {
		if err := c.fits(r, len(raw)); err != nil {
			return err
		}
		c.out = append(c.out, raw...)
		return nil
	}
	if err := c.fits(r, len(raw)+bytes.Count(raw, []byte(">"))*len("&gt")); err != nil {
		return err
	}
	return c.mixed(raw)
}

// mixed is text for what holds what the canonical form writes otherwise.
func (c *canon) mixed(raw []byte) error {
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '&')
		if n < 0 {
			return c.plain(raw)
		}
		if err := c.plain(raw[:n]); err != nil {
			return err
		}
		raw = raw[n:]
		size := bytes.IndexByte(raw, ';') + 1
		if size == 0 { // the reader lets no such thing through
			return c.decoded(raw)
		}
		switch string(raw[:size]) {
		case "&lt;", "&gt;", "&amp;":
			c.out = append(c.out, raw[:size]...)
		default:
			if err := c.decoded(raw[:size]); err != nil {
				return err
			}
		}
		raw = raw[size:]
	}
	return nil
}

// plain writes text without references.
func (c *canon) plain(raw []byte) error {
	if holds(raw, careText) {
		return c.decoded(raw)
	}
	c.out = append(c.out, raw...)
	return nil
}

// decoded writes text by its characters.
func (c *canon) decoded(raw []byte) (err error) {
	if c.value, err = xmltoken.AppendText(c.value[:0], raw); err != nil {
		return err
	}
	c.out = xmltoken.AppendEscapedText(c.out, c.value)
	return nil
}

// cdata writes the reader's current CData, as text.
func (c *canon) cdata(r *xmltoken.Reader) error {
	raw, markup := r.Raw(), 0
	for _, mark := range []string{"<", ">", "&"} {
		markup += bytes.Count(raw, []byte(mark))
	}
	if err := c.fits(r, len(raw)+markup*len("&amp")); err != nil {
		return err
	}
	c.value = xmltoken.AppendCData(c.value[:0], raw)
	c.out = xmltoken.AppendEscapedText(c.out, c.value)
	return nil
}

// byteSet is a set of bytes below 64, one bit each.
type byteSet uint64

const (
	tabsAndLines byteSet = 1<<'\t' | 1<<'\n' | 1<<'\r'
	blanks               = tabsAndLines | 1<<' '

	// What the canonical form writes otherwise, in attribute values and in text.
	careAttr         = tabsAndLines | 1<<'&' | 1<<'"'
	careText byteSet = 1<<'>' | 1<<'\r'
)

// holds reports whether b holds a byte of set. What is short, as most values are, is
// read once for all of them.
func holds(b []byte, set byteSet) bool {
	if len(b) <= shortValue {
		for _, c := range b {
			if c < 64 && set>>c&1 != 0 {
				return true
			}
		}
		return false
	}
	for ; set != 0; set &= set - 1 {
		if bytes.IndexByte(b, byte(bits.TrailingZeros64(uint64(set)))) >= 0 {
			return true
		}
	}
	return false
}

// shortValue is up to which length reading byte by byte costs less than a search
// for each of a few bytes.
const shortValue = 16

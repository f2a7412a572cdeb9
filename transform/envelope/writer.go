package envelope

import (
	"unicode/utf8"
)

// declaration opens every answer. Receipts inside it have none of their own.
const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// Writer appends XML to a buffer. Names and namespace prefixes are constants
// of the caller's code and are written as they are; values are escaped, and a
// character that XML 1.0 does not allow becomes U+FFFD. The zero value is
// ready. Not safe for concurrent use.
type Writer struct {
	buf []byte
}

// NewWriter returns a Writer that appends to buf.
func NewWriter(buf []byte) *Writer { return &Writer{buf: buf} }

// Bytes returns what was written, behind what NewWriter was given.
func (w *Writer) Bytes() []byte { return w.buf }

// Start writes a start tag with attributes given as name, value, name, value.
func (w *Writer) Start(name string, attrs ...string) {
	w.tag(name, attrs)
	w.buf = append(w.buf, '>')
}

// Empty writes an empty element with attributes as in Start.
func (w *Writer) Empty(name string, attrs ...string) {
	w.tag(name, attrs)
	w.buf = append(w.buf, "/>"...)
}

// End writes an end tag.
func (w *Writer) End(name string) {
	w.buf = append(w.buf, "</"...)
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '>')
}

// Text writes character data, escaped.
func (w *Writer) Text(value string) { w.buf = AppendEscaped(w.buf, value) }

// Element writes an element that holds only text; without text it is empty.
func (w *Writer) Element(name, text string, attrs ...string) {
	if text == "" {
		w.Empty(name, attrs...)
		return
	}
	w.Start(name, attrs...)
	w.Text(text)
	w.End(name)
}

// Raw writes markup that is already XML, byte for byte.
func (w *Writer) Raw(xml []byte) { w.buf = append(w.buf, xml...) }

func (w *Writer) tag(name string, attrs []string) {
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, name...)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.buf = append(w.buf, ' ')
		w.buf = append(w.buf, attrs[i]...)
		w.buf = append(w.buf, '=', '"')
		w.buf = AppendEscaped(w.buf, attrs[i+1])
		w.buf = append(w.buf, '"')
	}
}

// AppendEscaped appends value so that it reads back unchanged both as
// character data and between double quotes: & < > " and the blanks that XML
// normalisation would change (TAB, LF and CR) become references. TAB and LF
// too, because one function for both places cannot be misused.
func AppendEscaped[T string | []byte](dst []byte, value T) []byte {
	from := 0
	for i := 0; i < len(value); {
		c := value[i]
		if c >= utf8.RuneSelf {
			n := legal(value[i:])
			if n > 0 {
				i += n
				continue
			}
		}
		escape := escapeOf(c)
		if escape == "" {
			i++
			continue
		}
		dst = append(dst, value[from:i]...)
		dst = append(dst, escape...)
		i++
		from = i
	}
	return append(dst, value[from:]...)
}

// escapeOf gives what a byte is written as, "" for itself. Bytes from
// utf8.RuneSelf are asked for only when they begin no legal character.
func escapeOf(c byte) string {
	switch {
	case c == '&':
		return "&amp;"
	case c == '<':
		return "&lt;"
	case c == '>':
		return "&gt;"
	case c == '"':
		return "&#34;"
	case c == '\t':
		return "&#9;"
	case c == '\n':
		return "&#10;"
	case c == '\r':
		return "&#13;"
	case c < 0x20, c >= utf8.RuneSelf:
		return "\ufffd"
	}
	return ""
}

// legal gives the length of the multi-byte character that value begins with,
// 0 if it is not UTF-8 or not a Char of XML 1.0.
func legal[T string | []byte](value T) int {
	head := string(value[:min(len(value), utf8.UTFMax)])
	c, n := utf8.DecodeRuneInString(head)
	if c == utf8.RuneError && n == 1 || c == 0xfffe || c == 0xffff {
		return 0
	}
	return n
}

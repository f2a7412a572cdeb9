package xmltoken

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// references checks every reference in raw, which lies at src[at:], and tells whether
// all of them are as Canonical XML writes text.
func (r *Reader) references(raw []byte, at int) (canonical bool, err error) {
	canonical = true
	for off := 0; ; {
		i := bytes.IndexByte(raw[off:], '&')
		if i < 0 {
			return canonical, nil
		}
		if n := canonicalReference(raw[off+i:]); n > 0 {
			off += i + n
			continue
		}
		canonical = false
		_, n, reason := reference(raw[off+i:])
		if reason != 0 {
			msg := "malformed reference"
			if reason == DTD {
				msg = "reference to an entity that is not predefined"
			}
			return false, r.fail(at+off+i, reason, msg)
		}
		off += i + n
	}
}

// canonicalReference is the length of the reference that raw begins with if Canonical
// XML writes it so in text, else 0. Escaped documents are full of them.
func canonicalReference(raw []byte) int {
	if len(raw) >= 4 && raw[3] == ';' && raw[2] == 't' && (raw[1] == 'l' || raw[1] == 'g') {
		return 4
	}
	if len(raw) >= 5 && string(raw[:5]) == "&amp;" {
		return 5
	}
	return 0
}

// reference decodes the reference that raw begins with and returns its length,
// or why it is none. Only the five entities of XML 1.0 section 4.6 and
// character references exist.
func reference(raw []byte) (c rune, n int, reason Reason) {
	// Escaped documents are full of these two.
	if len(raw) >= 4 && raw[2] == 't' && raw[3] == ';' {
		switch raw[1] {
		case 'l':
			return '<', 4, 0
		case 'g':
			return '>', 4, 0
		}
	}
	semi := bytes.IndexByte(raw[:min(len(raw), 64)], ';')
	if semi < 2 {
		return 0, 0, Malformed
	}
	body := raw[1:semi]
	if body[0] == '#' {
		c, ok := charReference(body[1:])
		if !ok {
			return 0, 0, Malformed
		}
		return c, semi + 1, 0
	}
	switch string(body) {
	case "lt":
		return '<', semi + 1, 0
	case "gt":
		return '>', semi + 1, 0
	case "amp":
		return '&', semi + 1, 0
	case "quot":
		return '"', semi + 1, 0
	case "apos":
		return '\'', semi + 1, 0
	}
	for _, c := range body {
		if !isNameByte(c) {
			return 0, 0, Malformed
		}
	}
	return 0, 0, DTD
}

// charReference reads the digits of a character reference, x included.
func charReference(digits []byte) (rune, bool) {
	base := rune(10)
	if len(digits) > 0 && digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	if len(digits) == 0 {
		return 0, false
	}
	var c rune
	for _, d := range digits {
		switch {
		case d >= '0' && d <= '9':
			d -= '0'
		case base == 16 && d >= 'a' && d <= 'f':
			d -= 'a' - 10
		case base == 16 && d >= 'A' && d <= 'F':
			d -= 'A' - 10
		default:
			return 0, false
		}
		if c = c*base + rune(d); c > utf8.MaxRune {
			return 0, false
		}
	}
	return c, isChar(c)
}

// AppendText appends to dst the characters that raw, the Raw of a Text, stands
// for: references replaced, CR LF and CR made LF (XML 1.0 section 2.11). The
// error is a *SyntaxError, which a raw value from a Reader never gives.
func AppendText(dst, raw []byte) ([]byte, error) { return appendValue(dst, raw, '\n', '\n', '\t') }

// AppendAttr appends to dst the value that raw, the Value of an Attr, stands
// for: references replaced, each literal TAB, LF, CR or CR LF made one blank
// (XML 1.0 section 3.3.3). Errors as AppendText.
func AppendAttr(dst, raw []byte) ([]byte, error) { return appendValue(dst, raw, ' ', ' ', ' ') }

// AppendCData appends to dst the characters of raw, the Raw of a CData: CR LF
// and CR made LF, nothing else replaced.
func AppendCData(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\r')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(append(dst, raw[:i]...), '\n')
		raw = raw[i+1:]
		if len(raw) > 0 && raw[0] == '\n' {
			raw = raw[1:]
		}
	}
}

func appendValue(dst, raw []byte, cr, lf, tab byte) ([]byte, error) {
	// Searching costs little where the value is long, as that of a certificate.
	if len(raw) > 64 && bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 &&
		(lf == '\n' && tab == '\t' || bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\t') < 0) {
		return append(dst, raw...), nil
	}
	// The value is never longer than raw: a reference is longer than its
	// character in UTF-8.
	dst = slices.Grow(dst, len(raw))
	from := 0 // of what is to be copied as it is
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '&' && c > '\r' {
			continue
		}
		switch c {
		case '\r':
			dst = append(append(dst, raw[from:i]...), cr)
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		case '\n':
			dst = append(append(dst, raw[from:i]...), lf)
		case '\t':
			dst = append(append(dst, raw[from:i]...), tab)
		case '&':
			dst = append(dst, raw[from:i]...)
			decoded, n, reason := reference(raw[i:])
			if reason != 0 {
				return dst, &SyntaxError{Offset: i, Line: 1, Reason: reason, Msg: "malformed reference"}
			}
			dst = utf8.AppendRune(dst, decoded)
			i += n - 1
		default:
			continue
		}
		from = i + 1
	}
	return append(dst, raw[from:]...), nil
}

// Text returns the whole simple content of the element whose Start is current:
// text and CDATA sections decoded and joined, comments and processing
// instructions between them passed over, never cutting the value short. The
// cursor is left on the matching End. A child element is an error of reason
// Structure. The slice is valid until the next Text or Reset.
func (r *Reader) Text() ([]byte, error) {
	r.simple = r.simple[:0]
	for {
		kind, err := r.Next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case Text:
			if r.simple, err = AppendText(r.simple, r.raw); err != nil {
				return nil, err
			}
		case CData:
			r.simple = AppendCData(r.simple, r.raw)
		case Start, EOF:
			return nil, r.fail(r.start, Structure, "child element in simple content")
		case End:
			return r.simple, nil
		}
	}
}

// Skip passes over the content of the element whose Start is current and leaves
// the cursor on its matching End.
func (r *Reader) Skip() error {
	depth := len(r.stack)
	for {
		kind, err := r.Next()
		if err != nil {
			return err
		}
		if kind == End && len(r.stack) == depth || kind == EOF {
			return nil
		}
	}
}

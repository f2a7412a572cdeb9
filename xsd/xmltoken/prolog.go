package xmltoken

import "bytes"

// declaration passes over an XML declaration at the start of the document
// (XML 1.0 [23]): version 1.0, then optionally encoding UTF-8, then optionally
// standalone.
func (r *Reader) declaration() error {
	if !hasPrefix(r.src, openXML) || len(r.src) == len(openXML) || !isBlank(r.src[len(openXML)]) {
		return nil
	}
	end := bytes.Index(r.src, []byte(closeInst))
	if end < 0 {
		return r.fail(0, Malformed, "XML declaration without end")
	}
	rest := r.src[len(openXML):end]
	version, rest, ok := pseudo(rest, "version")
	if !ok || string(version) != "1.0" {
		return r.fail(0, Malformed, "XML version other than 1.0")
	}
	if encoding, after, ok := pseudo(rest, "encoding"); ok {
		if !bytes.EqualFold(encoding, []byte("UTF-8")) {
			return r.fail(0, Encoding, "declared encoding other than UTF-8")
		}
		rest = after
	}
	if alone, after, ok := pseudo(rest, "standalone"); ok {
		if string(alone) != "yes" && string(alone) != "no" {
			return r.fail(0, Malformed, "illegal XML declaration")
		}
		rest = after
	}
	if len(trimBlank(rest)) > 0 {
		return r.fail(0, Malformed, "illegal XML declaration")
	}
	r.pos = end + len(closeInst)
	return nil
}

// pseudo reads one `name="value"` of an XML declaration, blanks before it
// required, and returns the value and what follows.
func pseudo(src []byte, name string) (value, rest []byte, ok bool) {
	rest = trimBlank(src)
	if len(rest) == len(src) || !hasPrefix(rest, name) {
		return nil, src, false
	}
	rest = trimBlank(rest[len(name):])
	if len(rest) == 0 || rest[0] != '=' {
		return nil, src, false
	}
	rest = trimBlank(rest[1:])
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return nil, src, false
	}
	n := bytes.IndexByte(rest[1:], rest[0])
	if n < 0 {
		return nil, src, false
	}
	return rest[1 : 1+n], rest[n+2:], true
}

// trimBlank drops the blanks that src begins with.
func trimBlank(src []byte) []byte {
	for len(src) > 0 && isBlank(src[0]) {
		src = src[1:]
	}
	return src
}

package soap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Byte order marks.
const (
	bomUTF8    = "\xef\xbb\xbf"
	bomUTF16BE = "\xfe\xff"
	bomUTF16LE = "\xff\xfe"
)

// mediaSOAP12 is the Content-Type of SOAP 1.2 (RFC 3902); text/xml is SOAP 1.1's.
const mediaSOAP12 = "application/soap+xml"

// typeOf judges Content-Type and Content-Encoding. One header of each at most:
// two readers could each believe another one.
func typeOf(h http.Header) (contentOf, *hub.Problem) {
	if enc := h.Values("Content-Encoding"); len(enc) > 1 || len(enc) == 1 && !strings.EqualFold(enc[0], "identity") {
		return contentOf{}, refuse(&fault.Fault{Code: fault.CompressedBody})
	}
	types := h.Values("Content-Type")
	if len(types) != 1 {
		return contentOf{}, refuse(&fault.Fault{Code: fault.MediaType})
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || media != "text/xml" && media != mediaSOAP12 {
		return contentOf{}, refuse(&fault.Fault{Code: fault.MediaType})
	}
	return contentOf{charset: strings.ToLower(params["charset"]), soap12: media == mediaSOAP12, action: params["action"]}, nil
}

// speaksSOAP12 tells whether a request calls itself one of SOAP 1.2, whatever else
// its headers have wrong.
func speaksSOAP12(h http.Header) bool {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && media == mediaSOAP12
}

// contentOf is what a Content-Type says.
type contentOf struct {
	charset string // in lower case, empty if not given
	soap12  bool
	action  string // of SOAP 1.2, empty if not given
}

// toUTF8 gives a body as UTF-8 without byte order mark and without a declared
// encoding other than UTF-8. The charset is that of Content-Type, else the byte
// order mark's, else the XML declaration's, else UTF-8 (contracts, Bytes). A
// body that is longer than MaxBody in UTF-8 is too large. Raw is left as it is;
// UTF-8 is not validated here, the XML reader does.
func toUTF8(raw []byte, charset string) ([]byte, *fault.Fault) {
	if charset == "" {
		charset = sniff(raw)
	}
	body, ok := raw, true
	switch charset {
	case "utf-8":
		body = bytes.TrimPrefix(raw, []byte(bomUTF8))
	case "utf-16", "utf-16be", "utf-16le":
		body, ok = fromUTF16(raw, charset)
	case "iso-8859-1", "windows-1252":
		of := charmap.ISO8859_1
		if charset == "windows-1252" {
			of = charmap.Windows1252
		}
		if body = fromCharmap(raw, of); body == nil {
			return nil, &tooLarge(MaxBody).Fault
		}
	default:
		ok = false
	}
	switch {
	case !ok:
		return nil, &fault.Fault{Code: fault.EnvelopeCharset}
	case len(body) > MaxBody:
		return nil, &tooLarge(MaxBody).Fault
	}
	value, from, to := declared(body)
	if value == "" || strings.EqualFold(value, "utf-8") {
		return body, nil
	}
	return append(bytes.Clone(body[:from]), body[to:]...), nil
}

// sniff finds the charset in the body itself, in lower case.
func sniff(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte(bomUTF8)):
		return "utf-8"
	case bytes.HasPrefix(raw, []byte(bomUTF16BE)), bytes.HasPrefix(raw, []byte(bomUTF16LE)):
		return "utf-16"
	}
	if value, _, _ := declared(raw); value != "" {
		return strings.ToLower(value)
	}
	return "utf-8"
}

// declared finds the encoding of an XML declaration: its value, and the span of
// the whole pseudo-attribute with the blank before it. A declaration that is
// not well-formed has none; the XML reader says so later.
func declared(src []byte) (value string, from, to int) {
	const open = "<?xml"
	if !bytes.HasPrefix(src, []byte(open)) {
		return "", 0, 0
	}
	at, version := pseudo(src, len(open), "version")
	if version == "" {
		return "", 0, 0
	}
	end, value := pseudo(src, at, "encoding")
	return value, at, end
}

// pseudo reads blanks, name, equals sign and quoted value at src[at:]; it
// returns the offset after it and the value, empty if it is not there.
func pseudo(src []byte, at int, name string) (end int, value string) {
	const blanks = " \t\r\n"
	rest := bytes.TrimLeft(src[at:], blanks)
	if len(rest) == len(src)-at || !bytes.HasPrefix(rest, []byte(name)) {
		return at, ""
	}
	rest = bytes.TrimLeft(rest[len(name):], blanks)
	if len(rest) == 0 || rest[0] != '=' {
		return at, ""
	}
	rest = bytes.TrimLeft(rest[1:], blanks)
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return at, ""
	}
	n := bytes.IndexByte(rest[1:], rest[0])
	if n < 0 {
		return at, ""
	}
	return len(src) - len(rest) + n + 2, string(rest[1 : n+1])
}

// fromUTF16 decodes strictly: an odd byte or a lone surrogate is an error, not a
// replacement character. The byte order is the mark's, else big-endian (RFC
// 2781, section 4.3), unless the charset names it.
func fromUTF16(raw []byte, charset string) ([]byte, bool) {
	var order binary.ByteOrder = binary.BigEndian
	mark := bomUTF16BE
	if charset == "utf-16le" || charset == "utf-16" && bytes.HasPrefix(raw, []byte(bomUTF16LE)) {
		order, mark = binary.LittleEndian, bomUTF16LE
	}
	raw = bytes.TrimPrefix(raw, []byte(mark))
	if len(raw)%2 != 0 {
		return nil, false
	}
	out := make([]byte, 0, len(raw)*3/4)
	for ; len(raw) > 0; raw = raw[2:] {
		c := rune(order.Uint16(raw))
		if utf16.IsSurrogate(c) {
			if len(raw) < 4 {
				return nil, false
			}
			raw, c = raw[2:], utf16.DecodeRune(c, rune(order.Uint16(raw[2:])))
			if c == utf8.RuneError {
				return nil, false
			}
		}
		out = utf8.AppendRune(out, c)
	}
	return out, true
}

// fromCharmap decodes one byte a character; nil of what is longer in UTF-8 than a body
// may be, before room is made for it.
func fromCharmap(raw []byte, m *charmap.Charmap) []byte {
	wide := 0
	for _, c := range raw {
		wide += int(c >> 7) // two bytes or three
	}
	if len(raw)+wide > MaxBody {
		return nil
	}
	out := make([]byte, 0, len(raw)+wide+wide/8)
	for _, c := range raw {
		out = utf8.AppendRune(out, m.DecodeByte(c))
	}
	return out
}

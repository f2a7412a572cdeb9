package xmltoken

import (
	"encoding/binary"
	"unicode/utf8"
)

// Bit sets of the ASCII name characters of XML 1.0 [4a], the colon left out:
// bytes 0-63 and 64-127.
const (
	nameLow  = 0x03ff600000000000 // - . 0-9
	nameHigh = 0x07fffffe87fffffe // A-Z _ a-z
)

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func isNameByte(c byte) bool {
	if c < 64 {
		return nameLow>>c&1 != 0
	}
	return c < 128 && nameHigh>>(c-64)&1 != 0
}

// isChar is production [2] Char.
func isChar(c rune) bool {
	return c >= 0x20 && c <= 0xd7ff || c == '\t' || c == '\n' || c == '\r' ||
		c >= 0xe000 && c <= 0xfffd || c >= 0x10000 && c <= utf8.MaxRune
}

// isNameStart is production [4] NameStartChar without the colon.
func isNameStart(c rune) bool {
	switch {
	case c < 0x80:
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
	case c < 0x2000:
		return c >= 0xc0 && c != 0xd7 && c != 0xf7 && (c < 0x300 || c >= 0x370) && c != 0x37e
	case c < 0x3001:
		return c == 0x200c || c == 0x200d || c >= 0x2070 && c <= 0x218f || c >= 0x2c00 && c <= 0x2fef
	default:
		return c <= 0xd7ff || c >= 0xf900 && c <= 0xfdcf || c >= 0xfdf0 && c <= 0xfffd ||
			c >= 0x10000 && c <= 0xeffff
	}
}

// isNameChar is production [4a] NameChar without the colon.
func isNameChar(c rune) bool {
	if c < 0x80 {
		return isNameByte(byte(c))
	}
	return isNameStart(c) || c == 0xb7 || c >= 0x300 && c <= 0x36f || c == 0x203f || c == 0x2040
}

// firstIllegal returns the offset of the first byte that is not part of a legal
// character, and whether the cause is the encoding; -1 if there is none. Thirty-two
// or eight printable ASCII bytes are passed over at a time.
func firstIllegal(src []byte) (at int, encoding bool) {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for i := 0; i < len(src); {
		if b := src[i:]; len(b) >= 32 {
			u, v := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
			w, x := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
			if ((u-ones*0x20|u)|(v-ones*0x20|v)|(w-ones*0x20|w)|(x-ones*0x20|x))&high == 0 {
				i += 32
				continue
			}
		}
		if i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			if (w-ones*0x20|w)&high == 0 {
				i += 8
				continue
			}
		}
		if c := src[i]; c < utf8.RuneSelf {
			if c < 0x20 && !isBlank(c) {
				return i, false
			}
			i++
			continue
		}
		c, n := utf8.DecodeRune(src[i:])
		if c == utf8.RuneError && n == 1 {
			return i, true
		}
		if c == 0xfffe || c == 0xffff {
			return i, false
		}
		i += n
	}
	return -1, false
}

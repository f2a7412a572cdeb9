package xmltoken

// AppendEscapedText appends characters as Canonical XML (section 2.3) writes
// text nodes. What it is given must be legal XML characters.
func AppendEscapedText[T string | []byte](dst []byte, s T) []byte {
	from := 0
	for i := range len(s) {
		var escape string
		switch s[i] {
		case '&':
			escape = "&amp;"
		case '<':
			escape = "&lt;"
		case '>':
			escape = "&gt;"
		case '\r':
			escape = "&#xD;"
		default:
			continue
		}
		dst = append(append(dst, s[from:i]...), escape...)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

// AppendEscapedAttr appends characters as Canonical XML (section 2.3) writes
// attribute and namespace nodes, between double quotes. What it is given must
// be legal XML characters.
func AppendEscapedAttr[T string | []byte](dst []byte, s T) []byte {
	from := 0
	for i := range len(s) {
		var escape string
		switch s[i] {
		case '&':
			escape = "&amp;"
		case '<':
			escape = "&lt;"
		case '"':
			escape = "&quot;"
		case '\t':
			escape = "&#x9;"
		case '\n':
			escape = "&#xA;"
		case '\r':
			escape = "&#xD;"
		default:
			continue
		}
		dst = append(append(dst, s[from:i]...), escape...)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

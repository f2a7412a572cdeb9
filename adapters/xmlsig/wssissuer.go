package xmlsig

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// sameName compares a distinguished name in the text of RFC 4514, as X509IssuerName
// has it (XML Signature 1.1, section 4.5.4.1), with one in DER. Texts of one name
// differ by toolkit: an attribute by its name, its number or OID. and its number, a
// value as text or as # and its DER, blanks around separators, escapes, case.
func sameName(text string, der []byte) bool {
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return false
	}
	var ours []string
	for i := len(sequence) - 1; i >= 0; i-- { // RFC 4514, section 2.1: the last is written first
		var set []string
		for _, a := range sequence[i] {
			set = append(set, plainAttribute(a.Type.String(), textValue(a.Value)))
		}
		slices.Sort(set)
		ours = append(ours, strings.Join(set, "\x00+"))
	}
	theirs, ok := plainName(text)
	return ok && slices.Equal(ours, theirs)
}

// textValue is what an attribute's value is compared as.
func textValue(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}

// plainAttribute is an attribute as it is compared: case and the number of blanks do
// not tell two names apart (RFC 5280, section 7.1).
func plainAttribute(oid, value string) string {
	return oid + "=" + strings.ToLower(strings.Join(strings.Fields(value), " "))
}

// plainName takes a name apart into its RDNs, each as sameName compares them.
func plainName(text string) (name []string, ok bool) {
	var set []string
	for {
		kind, rest, found := strings.Cut(text, "=")
		oid := attributeOID(strings.Trim(kind, " \t\r\n"))
		if !found || oid == "" {
			return nil, false
		}
		value, after, ok := nameValue(rest)
		if !ok {
			return nil, false
		}
		set = append(set, plainAttribute(oid, value))
		if after != "" && after[0] == '+' {
			text = after[1:]
			continue
		}
		slices.Sort(set)
		name = append(name, strings.Join(set, "\x00+"))
		if after == "" {
			return name, true
		}
		text, set = after[1:], nil
	}
}

// nameValue reads a value up to the separator behind it, which stays in rest.
func nameValue(text string) (value, rest string, ok bool) {
	text = strings.TrimLeft(text, " \t\r\n")
	quoted := strings.HasPrefix(text, `"`)
	if quoted {
		text = text[1:]
	}
	var out []byte
	solid := 0 // up to where blanks belong to the value
	i := 0
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			if b, err := hex.DecodeString(text[i+1 : min(i+3, len(text))]); err == nil && len(b) == 1 {
				out, i = append(out, b[0]), i+2
			} else {
				out, i = append(out, text[i+1]), i+1
			}
			solid = len(out)
			continue
		case quoted && c == '"':
			after := strings.TrimLeft(text[i+1:], " \t\r\n")
			return string(out), after, after == "" || strings.IndexByte(",;+", after[0]) >= 0
		case !quoted && strings.IndexByte(",;+", c) >= 0:
			text, rest = text[:i], text[i:]
		default:
			out = append(out, c)
		}
	}
	if quoted {
		return "", "", false
	}
	out = append(out[:solid], bytes.TrimRight(out[solid:], " \t\r\n")...)
	if !strings.HasPrefix(text, "#") {
		return string(out), rest, true
	}
	der, err := hex.DecodeString(string(out[1:]))
	if err != nil {
		return "", "", false
	}
	var v any
	left, err := asn1.Unmarshal(der, &v)
	return textValue(v), rest, err == nil && len(left) == 0
}

// attributeOID is the number of an attribute that is named or numbered, "" if it is
// neither: the names of RFC 4514, section 3, and those that the JDK, OpenSSL and .NET
// write beside them.
func attributeOID(name string) string {
	name = strings.ToUpper(name)
	name = strings.TrimPrefix(name, "OID.")
	switch name {
	case "CN":
		return "2.5.4.3"
	case "SN", "SURNAME":
		return "2.5.4.4"
	case "SERIALNUMBER":
		return "2.5.4.5"
	case "C":
		return "2.5.4.6"
	case "L":
		return "2.5.4.7"
	case "ST", "S":
		return "2.5.4.8"
	case "STREET":
		return "2.5.4.9"
	case "O":
		return "2.5.4.10"
	case "OU":
		return "2.5.4.11"
	case "T", "TITLE":
		return "2.5.4.12"
	case "POSTALCODE":
		return "2.5.4.17"
	case "GN", "G", "GIVENNAME":
		return "2.5.4.42"
	case "DNQ", "DNQUALIFIER":
		return "2.5.4.46"
	case "ORGANIZATIONIDENTIFIER":
		return "2.5.4.97"
	case "DC":
		return "0.9.2342.19200300.100.1.25"
	case "UID":
		return "0.9.2342.19200300.100.1.1"
	case "E", "EMAIL", "EMAILADDRESS":
		return "1.2.840.113549.1.9.1"
	}
	if strings.Trim(name, "0123456789.") != "" || !strings.Contains(name, ".") {
		return ""
	}
	return name
}

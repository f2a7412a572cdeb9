package xsd

import (
	"bytes"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/datetime"
	"github.com/snodo-co/snodo/xsd/fault"
)

// check tells which constraint of the type the value breaks first, "" if none:
// kind of value, then list, length, pattern.
func (t *simpleType) check(value []byte) fault.Code {
	switch t.base {
	case "xs:date":
		value = bytes.Trim(value, " \t\r\n")
		if !datetime.IsDate(value) {
			return fault.WrongType
		}
	case "xs:dateTime":
		value = bytes.Trim(value, " \t\r\n")
		if !datetime.IsDateTime(value) {
			return fault.WrongType
		}
	}
	listed := func(v string) bool { return v == string(value) }
	if len(t.values) > 0 && !slices.ContainsFunc(t.values, listed) {
		return fault.NotListed
	}
	if n := utf8.RuneCount(value); n < t.min || t.max >= 0 && n > t.max {
		return fault.WrongLength
	}
	matches := func(p *regexp.Regexp) bool { return p.Match(value) }
	if len(t.patterns) > 0 && !slices.ContainsFunc(t.patterns, matches) {
		return fault.WrongPattern
	}
	return ""
}

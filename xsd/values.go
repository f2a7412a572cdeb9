package xsd

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/fault"
)

// check tells which constraint of the type the value breaks first, "" if none:
// kind of value, then list, length, pattern.
func (t *simpleType) check(value []byte) fault.Code {
	switch t.base {
	case "xs:date":
		value = bytes.Trim(value, " \t\r\n")
		if !isDate(string(value)) {
			return fault.WrongType
		}
	case "xs:dateTime":
		value = bytes.Trim(value, " \t\r\n")
		if !isDateTime(string(value)) {
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

// isDate tells an xs:date (XML Schema 1.0 part 2, section 3.2.9) of four-digit
// year.
func isDate(s string) bool {
	day, zone := cut(s, len("2006-01-02"))
	t, err := time.Parse("2006-01-02", day)
	return err == nil && t.Year() > 0 && isZone(zone)
}

// isDateTime tells an xs:dateTime (section 3.2.7) of four-digit year.
func isDateTime(s string) bool {
	day, rest := cut(s, len("2006-01-02"))
	if !isDate(day) || rest == "" || rest[0] != 'T' {
		return false
	}
	clock, rest := cut(rest[1:], len("15:04:05"))
	if fraction := strings.TrimLeft(strings.TrimPrefix(rest, "."), "0123456789"); strings.HasPrefix(rest, ".") {
		if len(rest)-len(fraction) < 2 {
			return false
		}
		if clock == "24:00:00" && strings.Trim(rest[1:len(rest)-len(fraction)], "0") != "" {
			return false
		}
		rest = fraction
	}
	if clock != "24:00:00" {
		if _, err := time.Parse("15:04:05", clock); err != nil || len(clock) != 8 {
			return false
		}
	}
	return isZone(rest)
}

// isZone tells the time zone of a date: nothing, Z or up to fourteen hours.
func isZone(s string) bool {
	if s == "" || s == "Z" {
		return true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' {
		return false
	}
	_, err := time.Parse("15:04", s[1:])
	return err == nil && s[1:] <= "14:00"
}

func cut(s string, n int) (head, tail string) {
	n = min(n, len(s))
	return s[:n], s[n:]
}

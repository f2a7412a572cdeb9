package co

import (
	"strings"

	"github.com/snodo-co/snodo/xsd/datetime"
)

// Data is a calendar date as an xs:date writes it: YYYY-MM-DD, perhaps with a
// time zone, perhaps between blanks. The zone says nothing about which day is
// meant and is passed over. The zero value is no date.
type Data string

// Day is the date as YYYY-MM-DD, "" if it is none of the Gregorian calendar.
func (d Data) Day() string {
	if _, _, _, ok := d.parts(); !ok {
		return ""
	}
	return strings.Trim(string(d), " \t\r\n")[:10]
}

// Before reports whether d comes before other. It is false if either is no date.
func (d Data) Before(other Data) bool {
	a, b := d.Day(), other.Day()
	return a != "" && b != "" && a < b
}

// Beyond reports whether d comes after the same day of start, so many years
// later. It is false if either is no date.
func (d Data) Beyond(start Data, years int) bool { return d.Longer(start, 12*years) }

// parts reads the year, month and day of an xs:date of four-digit year.
func (d Data) parts() (y, m, day int, ok bool) {
	s := strings.Trim(string(d), " \t\r\n")
	return datetime.Day(s[:min(len(s), len("2006-01-02"))])
}

package co

import "strings"

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
	if len(s) < 10 || s[4] != '-' || s[7] != '-' || !digits(s[:4]) || !digits(s[5:7]) || !digits(s[8:10]) {
		return 0, 0, 0, false
	}
	y, m, day = number(s[:4]), number(s[5:7]), number(s[8:10])
	return y, m, day, y >= 1 && m >= 1 && m <= 12 && day >= 1 && day <= monthDays(y, m)
}

func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func monthDays(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

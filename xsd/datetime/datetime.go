// Package datetime reads the types xs:date and xs:dateTime of XML Schema 1.0 part 2
// (sections 3.2.9 and 3.2.7), in all the forms that the types allow and no other; years
// have four digits, 0001 to 9999. It owns those forms and the calendar behind them; which
// date a rule allows, or whether an instant is in time, is for its callers, and it reads
// no clock. Blanks around a value are the caller's to take away.
// Its functions are safe for concurrent use; none allocates.
package datetime

import "time"

// text is what values come as.
type text interface{ ~string | ~[]byte }

// maxZone is the farthest that a zone is from UTC, in minutes (section 3.2.7.3).
const maxZone = 14 * 60

// IsDate reports whether s is an xs:date, with or without a zone.
func IsDate[T text](s T) bool {
	const length = len("2006-01-02")
	if len(s) < length {
		return false
	}
	_, _, _, ok := Day(s[:length])
	_, _, fits := zone(s[length:])
	return ok && fits
}

// Day reads YYYY-MM-DD, of that length and without a zone, as a day of the Gregorian
// calendar.
func Day[T text](s T) (year, month, day int, ok bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	year, y := number(s[:4])
	month, m := number(s[5:7])
	day, d := number(s[8:])
	return year, month, day, y && m && d && year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

// IsDateTime reports whether s is an xs:dateTime, with or without a zone.
func IsDateTime[T text](s T) bool {
	_, ok := read(s)
	return ok
}

// Parse reads an xs:dateTime and gives it in place, whose clocks those without a zone
// mean; with a nil place it gives UTC and refuses what names no zone, which is no
// instant. Digits below the nanosecond are cut; 24:00:00 is the beginning of the next day.
func Parse[T text](s T, place *time.Location) (time.Time, bool) {
	f, ok := read(s)
	if !ok || !f.zoned && place == nil {
		return time.Time{}, false
	}
	if place == nil {
		place = time.UTC
	}
	in := place
	if f.zoned {
		in = time.UTC
	}
	return time.Date(f.year, time.Month(f.month), f.day, f.hour, f.minute-f.zone, f.second, f.nano, in).In(place), true
}

// fields are those of an xs:dateTime; zone is in minutes east of UTC.
type fields struct {
	year, month, day, hour, minute, second, nano, zone int
	zoned                                              bool
}

func read[T text](s T) (f fields, ok bool) {
	const length = len("2006-01-02T15:04:05")
	if len(s) < length || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return f, false
	}
	year, month, day, d := Day(s[:10])
	hour, h := number(s[11:13])
	minute, m := number(s[14:16])
	second, n := number(s[17:length])
	nano, zero, rest := fraction(s[length:])
	f = fields{year: year, month: month, day: day, hour: hour, minute: minute, second: second, nano: nano}
	midnight := hour == 24 && minute == 0 && second == 0 && zero
	if !d || !h || !m || !n || nano < 0 || hour > 23 && !midnight || minute > 59 || second > 59 {
		return f, false
	}
	f.zone, f.zoned, ok = zone(rest)
	return f, ok
}

// fraction reads the fraction of a second that s may begin with, nano -1 if it has no
// digits, and whether it is zero.
func fraction[T text](s T) (nano int, zero bool, rest T) {
	if len(s) == 0 || s[0] != '.' {
		return 0, true, s
	}
	i := 1
	for unit := int(time.Second) / 10; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		nano += int(s[i]-'0') * unit
		unit /= 10
		zero = (zero || i == 1) && s[i] == '0'
	}
	if i == 1 {
		return -1, false, s
	}
	return nano, zero, s[i:]
}

// zone reads nothing, Z or an offset of up to fourteen hours, in minutes.
func zone[T text](s T) (minutes int, zoned, ok bool) {
	switch {
	case len(s) == 0:
		return 0, false, true
	case len(s) == 1:
		return 0, true, s[0] == 'Z'
	case len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' || s[3] != ':':
		return 0, false, false
	}
	hours, h := number(s[1:3])
	minutes, m := number(s[4:])
	ok = h && m && minutes <= 59 && hours*60+minutes <= maxZone
	if minutes += hours * 60; s[0] == '-' {
		minutes = -minutes
	}
	return minutes, true, ok
}

func number[T text](s T) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

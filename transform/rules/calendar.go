package rules

import "time"

// The calendar of the terms for sending (national rule TRM-06): only Sundays
// and holidays are skipped, so Saturday is a working day. Instants are midnights
// in UTC: they stand for days.

// working is the day itself, or the next one that is no holiday: a term that
// ends on a holiday is moved (Civil Code, article 2963).
func working(day time.Time) time.Time {
	for holiday(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// saintFrancis is the first year in which 4 October is a holiday (law 260/1949,
// article 2, as law 151 of 8 October 2025, Gazzetta Ufficiale 236 of 10 October
// 2025, changes it from 1 January 2026), which the national rule, older, does
// not list.
const saintFrancis = 2026

// holiday reports whether a day is a Sunday or a holiday of the whole country
// (law 260/1949 and those that changed it). Patron saints are local and do not
// count.
func holiday(day time.Time) bool {
	if day.Weekday() == time.Sunday {
		return true
	}
	year, month, date := day.Date()
	switch int(month)*100 + date {
	case 101, 106, 425, 501, 602, 815, 1101, 1208, 1225, 1226:
		return true
	case 1004:
		return year >= saintFrancis
	}
	return day.Equal(easter(year).AddDate(0, 0, 1))
}

// easter is Easter Sunday in the Gregorian calendar: the anonymous computus of
// 1876 (Meeus, Astronomical Algorithms, chapter 8).
func easter(year int) time.Time {
	golden, century, rest := year%19, year/100, year%100
	correction := (century - (century+8)/25 + 1) / 3
	epact := (19*golden + century - century/4 - correction + 15) % 30
	weekday := (32 + 2*(century%4) + 2*(rest/4) - epact - rest%4) % 7
	late := (golden + 11*epact + 22*weekday) / 451
	n := epact + weekday - 7*late + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

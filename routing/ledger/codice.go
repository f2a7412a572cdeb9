package ledger

import (
	"fmt"
	"strconv"
	"time"
)

// Counter names one progressive of codes: ministry code of the receiving
// region, ISTAT province of the workplace and civil year in Rome (contracts.md,
// Codice comunicazione).
type Counter struct {
	Region   string // two digits
	Province string // three digits, 000 if none
	Year     int    // four digits
}

// progressive is the number of digits a counter has in a code.
const (
	progressive    = 9
	progressiveMax = 999_999_999
)

// Codice is the code with number n of the counter: RR PPP YY and nine digits.
func (c Counter) Codice(n int64) (string, error) {
	if n < 1 || n > progressiveMax {
		return "", fmt.Errorf("make codice: number out of nine digits")
	}
	return fmt.Sprintf("%s%s%02d%0*d", c.Region, c.Province, c.Year%100, progressive, n), nil
}

// ParseCodice takes a code apart; the year is that of century 2000. Only codes
// this hub made obey it: other nodes number as they please.
func ParseCodice(codice string) (Counter, int64, error) {
	if len(codice) != 16 || !digits(codice) {
		return Counter{}, 0, fmt.Errorf("parse codice: want sixteen digits")
	}
	year, _ := strconv.Atoi(codice[5:7])
	n, _ := strconv.ParseInt(codice[7:], 10, 64)
	if n == 0 {
		return Counter{}, 0, fmt.Errorf("parse codice: number zero")
	}
	return Counter{Region: codice[:2], Province: codice[2:5], Year: 2000 + year}, n, nil
}

// counters hands out numbers on top of the stored ones.
type counters struct {
	stored  map[Counter]int64
	first   map[string]int64 // by region code; 1 where silent
	touched []Counter
	last    map[Counter]int64
}

// next gives the counter's next number.
func (c *counters) next(k Counter) int64 {
	last, ok := c.last[k]
	if !ok {
		last, ok = c.stored[k]
		if !ok {
			last = max(c.first[k.Region], 1) - 1
		}
		c.touched = append(c.touched, k)
	}
	c.last[k] = last + 1
	return last + 1
}

// changed lists the counters that moved, in order of first use.
func (c *counters) changed() []CounterValue {
	list := make([]CounterValue, 0, len(c.touched))
	for _, k := range c.touched {
		_, known := c.stored[k]
		list = append(list, CounterValue{Counter: k, Last: c.last[k], New: !known})
	}
	return list
}

// CounterValue is a counter's last number. New: it has no row yet.
type CounterValue struct {
	Counter
	Last int64
	New  bool
}

// counterOf is the counter of an entry recorded at an instant.
func counterOf(region, province string, recorded time.Time, rome *time.Location) Counter {
	return Counter{Region: region, Province: province, Year: recorded.In(rome).Year()}
}

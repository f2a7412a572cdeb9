package xsd

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/datetime"
)

// matcher recognises the values of a simple type for certain; of a value that
// it does not recognise it says nothing. Safe for concurrent use.
type matcher struct {
	form     func(value []byte) bool // of the base type, nil for strings
	values   map[string]bool         // nil: any
	min, max int                     // length in characters; max -1: unbounded
	patterns []pattern               // one of them, if any
}

// pattern is a regular expression, as a run of byte classes where it is one.
type pattern struct {
	run     []class
	general *regexp.Regexp // where run is nil
}

// class is a set of ASCII characters that come least to most times in a row.
type class struct {
	set         [128]bool
	least, most int
}

func newMatcher(t *simpleType) *matcher {
	m := &matcher{min: t.min, max: t.max}
	switch t.base {
	case "xs:date":
		m.form = datetime.IsDate[[]byte]
	case "xs:dateTime":
		m.form = datetime.IsDateTime[[]byte]
	}
	if len(t.values) > 0 {
		m.values = make(map[string]bool, len(t.values))
		for _, v := range t.values {
			m.values[v] = true
		}
	}
	for _, p := range t.patterns {
		m.patterns = append(m.patterns, newPattern(p))
	}
	return m
}

func (m *matcher) matches(value []byte) bool {
	if m.form != nil && !m.form(value) || m.values != nil && !m.values[string(value)] {
		return false
	}
	// There are at most as many characters as bytes, and often as few.
	if m.min > 0 || m.max >= 0 && len(value) > m.max {
		if n := utf8.RuneCount(value); n < m.min || m.max >= 0 && n > m.max {
			return false
		}
	}
	if len(m.patterns) == 0 {
		return true
	}
	for i := range m.patterns {
		if m.patterns[i].matches(value) {
			return true
		}
	}
	return false
}

// newPattern compiles an expression of the form \A(?:...)\z.
func newPattern(expression *regexp.Regexp) pattern {
	p := pattern{general: expression}
	tree, err := syntax.Parse(expression.String(), syntax.Perl)
	if err != nil {
		return p
	}
	run, ok := runOf(tree, nil)
	if !ok {
		return p
	}
	for i := range run {
		// A class that may come more or less often must be the last: the
		// others then match without trying.
		if run[i].least != run[i].most && i < len(run)-1 {
			return p
		}
	}
	p.run = run
	return p
}

// unboundedRun stands for a class that may come any number of times.
const unboundedRun = 1 << 30

// runOf appends the classes that an expression stands for; false if it is not
// a plain run of them.
func runOf(e *syntax.Regexp, to []class) ([]class, bool) {
	switch e.Op {
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpEmptyMatch:
		return to, true
	case syntax.OpCapture:
		return runOf(e.Sub[0], to)
	case syntax.OpConcat:
		ok := true
		for _, sub := range e.Sub {
			if to, ok = runOf(sub, to); !ok {
				return nil, false
			}
		}
		return to, true
	case syntax.OpLiteral:
		for _, r := range e.Rune {
			var c class
			if e.Flags&syntax.FoldCase != 0 || !c.add(r, r) {
				return nil, false
			}
			c.least, c.most = 1, 1
			to = append(to, c)
		}
		return to, true
	case syntax.OpCharClass:
		c := class{least: 1, most: 1}
		for i := 0; i < len(e.Rune); i += 2 {
			if !c.add(e.Rune[i], e.Rune[i+1]) {
				return nil, false
			}
		}
		return append(to, c), true
	case syntax.OpRepeat:
		return repeatOf(e, to)
	}
	return nil, false
}

// repeatOf writes out what comes a fixed number of times, and one class that
// comes a varying one.
func repeatOf(e *syntax.Regexp, to []class) ([]class, bool) {
	sub, ok := runOf(e.Sub[0], nil)
	if !ok {
		return nil, false
	}
	if e.Min == e.Max {
		for range e.Min {
			to = append(to, sub...)
		}
		return to, true
	}
	if len(sub) != 1 || sub[0].least != 1 || sub[0].most != 1 {
		return nil, false
	}
	sub[0].least, sub[0].most = e.Min, e.Max
	if e.Max < 0 {
		sub[0].most = unboundedRun
	}
	return append(to, sub[0]), true
}

func (c *class) add(from, to rune) bool {
	if from < 0 || int(to) >= len(c.set) {
		return false
	}
	for r := from; r <= to; r++ {
		c.set[r] = true
	}
	return true
}

func (p *pattern) matches(value []byte) bool {
	if p.run == nil {
		for _, c := range value { // ends of lines differ between the two kinds of expression
			if c == '\n' || c == '\r' {
				return false
			}
		}
		return p.general.Match(value)
	}
	at := 0
	for i := range p.run {
		c := &p.run[i]
		n := 0
		for n < c.most && at < len(value) && value[at] < utf8.RuneSelf && c.set[value[at]] {
			at++
			n++
		}
		if n < c.least {
			return false
		}
	}
	return at == len(value)
}

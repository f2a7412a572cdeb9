// Package rules holds what a schema cannot say.
//
// It owns one literal table of rules over the canonical model, each under the
// fault code it finds. It must not read XML beyond finding the line of a fault,
// look at a clock, or know who sent the communication.
package rules

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Edition names what the rules say. Change it with every change of a Check:
// the hub then judges anew what it rejected by the rules before.
const Edition = "2026-11-26.3"

// Rule is one rule of the national standards.
type Rule struct {
	Code      fault.Code
	Kinds     []string       // kinds it applies to; none means all
	Movements []co.Movimento // movements it applies to; none means all
	Check     func(*Case) fault.List
}

// Case is what a rule looks at.
type Case struct {
	Doc co.Comunicazione
	co.Particulars
	Tables *codes.Tables
	Day    string // day of submission, Europe/Rome, YYYY-MM-DD

	outline       transform.Outline
	relationships []relationship
	room          [1]relationship // of the one relationship that most kinds have

	looked bool // found is filled
	found  []lookup
	timed  bool // due is filled
	due    term // the last day for sending
}

// relationship is a Contratto with its place and what the table knows of its
// type. Nothing is known of a type that is not in the table: that is another
// rule's fault.
type relationship struct {
	*co.Contratto
	place int
	kind  codes.ContractType
	known bool
}

// Rules lists the rules in the order of checking, by their national numbers.
// AZ-04 and AZ-05, RET-01 to RET-05, URG-02 and that a previous code is known
// (ENV-05) need what the hub knows and are not here.
func Rules() []Rule {
	return slices.Concat(
		envelopeRules(),
		personRules(),
		employerRules(),
		relationshipRules(),
		transferRules(),
		urgencyRules(),
		agencyRules(),
		contractRules(),
		transformationRules(),
		terminationRules(),
		traineeshipRules(),
		ageRules(),
		seafarerRules(),
		domesticRules(),
		prospettoRules(),
		laoRules(),
		codeRules(),
		identityRules(),
		permitRules(),
		termRules(),
	)
}

// table is Rules, built once and only read.
var table = sync.OnceValue(Rules)

// bytesPerPlace is what a place takes at least of most documents: blocks, names
// and values that are written short. A shorter one only costs more memory.
const bytesPerPlace = 24

// Check applies every rule to c and tells all that is wrong, warnings
// included, up to xsd.MaxFaults and then fault.MoreFaults. Content is what c was
// decoded from: it gives the lines; nil leaves them out. Day is the day of
// submission in Europe/Rome, YYYY-MM-DD.
func Check(c co.Comunicazione, content []byte, tables *codes.Tables, day string) fault.List {
	return CheckDropIn(c, content, tables, day, nil)
}

// CheckDropIn is Check for an edition from a pack. Gone are the fields, by paths
// without numbers, that the edition does not have or has in another form than
// the rules were written to: nothing is said of them or of what lies in them.
func CheckDropIn(c co.Comunicazione, content []byte, tables *codes.Tables, day string, gone []string) fault.List {
	subject := &Case{Doc: c, Particulars: c.Particulars(), Tables: tables, Day: day}
	subject.lay(len(content))
	var faults fault.List
	more := false
	for _, r := range table() {
		if !r.applies(subject) {
			continue
		}
		// A document may break one rule thousands of times: what cannot be
		// told is let go at once.
		found := r.Check(subject)
		if len(gone) > 0 {
			found = slices.DeleteFunc(found, func(f fault.Fault) bool { return speaksOf(f.Path, gone) })
		}
		if faults = append(faults, found...); len(faults) > xsd.MaxFaults {
			faults, more = worst(faults), true
		}
	}
	if more {
		faults = append(faults, fault.Fault{Code: fault.MoreFaults, Path: subject.Root(), Warning: !faults.Refuses()})
	}
	if len(faults) > 0 && content != nil {
		xsd.Locate(content, faults)
	}
	return faults
}

// speaksOf reports whether a path is one of those given, or lies in one of them.
func speaksOf(path string, fields []string) bool {
	plain := make([]byte, 0, len(path))
	inside := false
	for i := range len(path) {
		switch c := path[i]; {
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case !inside:
			plain = append(plain, c)
		}
	}
	return slices.ContainsFunc(fields, func(f string) bool {
		rest, ok := strings.CutPrefix(string(plain), f)
		return ok && (rest == "" || rest[0] == '/')
	})
}

// lay gathers what the rules go over more than once. Size is that of the
// content in bytes.
func (c *Case) lay(size int) {
	c.outline.Grow(size / bytesPerPlace)
	c.outline.Lay(c.Doc)
	c.relationships = c.room[:0]
	for i, r := range each[co.Contratto](c) {
		kind, known := c.Tables.Contract(string(r.TipologiaContrattuale))
		c.relationships = append(c.relationships, relationship{r, i, kind, known})
	}
}

func (r Rule) applies(c *Case) bool {
	return (len(r.Kinds) == 0 || slices.Contains(r.Kinds, c.Doc.Kind())) &&
		(len(r.Movements) == 0 || slices.Contains(r.Movements, c.Movement))
}

// worst are the first xsd.MaxFaults, those that refuse before the warnings.
func worst(faults fault.List) fault.List {
	slices.SortStableFunc(faults, func(a, b fault.Fault) int {
		switch {
		case a.Warning == b.Warning:
			return 0
		case b.Warning:
			return -1
		}
		return 1
	})
	return faults[:xsd.MaxFaults]
}

// Root is the path of the root element.
func (c *Case) Root() string { return c.outline.Path(0) }

// each goes over every block or value of one type, with its place, in document
// order: each[co.Contratto] over relationships, each[co.CodiceFiscale] over tax
// codes that are there.
func each[T any](c *Case) iter.Seq2[int, *T] {
	return func(yield func(int, *T) bool) {
		for i, p := range c.outline.Places() {
			if v, ok := p.Value.(*T); ok && !yield(i, v) {
				return
			}
		}
	}
}

// at is the path of a place, or of what lies at below inside it ("/@dataFine").
func (c *Case) at(place int, below string) string { return c.outline.Path(place) + below }

// unilav makes a check of UNILAV documents from one that looks at the document
// and at the relationship of its movement.
func unilav(check func(*Case, *co.UniLav, *relationship) fault.List) func(*Case) fault.List {
	return func(c *Case) fault.List {
		u, ok := c.Doc.(*co.UniLav)
		if !ok || len(c.relationships) == 0 {
			return nil
		}
		return check(c, u, &c.relationships[0])
	}
}

// relationships makes a check of any document from one of each relationship.
func relationships(check func(*Case, *relationship) fault.List) func(*Case) fault.List {
	return func(c *Case) fault.List {
		var faults fault.List
		for i := range c.relationships {
			if found := check(c, &c.relationships[i]); len(found) > 0 {
				faults = append(faults, found...)
			}
		}
		return faults
	}
}

// agency makes a check of UNISOMM documents.
func agency(check func(*Case, *co.UniSomm) fault.List) func(*Case) fault.List {
	return func(c *Case) fault.List {
		if doc, ok := c.Doc.(*co.UniSomm); ok {
			return check(c, doc)
		}
		return nil
	}
}

// both is one check after the other: a rule that kinds keep in blocks of their
// own.
func both(first, second func(*Case) fault.List) func(*Case) fault.List {
	return func(c *Case) fault.List { return append(first(c), second(c)...) }
}

// doubt is the list of one warning.
func doubt(code fault.Code, path, expected string) fault.List {
	return fault.List{{Code: code, Path: path, Expected: expected, Warning: true}}
}

// graded is one, or doubt where what it rests on is not certain.
func graded(code fault.Code, path, expected string, certain bool) fault.List {
	return fault.List{{Code: code, Path: path, Expected: expected, Warning: !certain}}
}

// one is the list of one fault.
func one(code fault.Code, path, expected string) fault.List {
	return fault.List{{Code: code, Path: path, Expected: expected}}
}

// Package rules holds what a schema cannot say.
//
// It owns one literal table of rules over the canonical model, each under the
// fault code it finds. It must not read XML beyond finding the line of a fault,
// look at a clock, or know who sent the communication.
package rules

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Edition names what the rules say. Change it with every change of a Check:
// the hub then judges anew what it rejected by the rules before.
const Edition = "2026-11"

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

	outline transform.Outline

	looked bool // found is filled
	found  []lookup
	timed  bool       // due and last are filled
	due    fault.Code // the warning that the communication is late by, if it is
	last   time.Time  // its last day
}

// Rules lists the rules in the order of checking, by their national numbers.
func Rules() []Rule {
	return slices.Concat(
		envelopeRules(),
		personRules(),
		relationshipRules(),
		codeRules(),
		identityRules(),
		permitRules(),
		termRules(),
	)
}

// table is Rules, built once and only read.
var table = sync.OnceValue(Rules)

// Check applies every rule to c and tells all that is wrong, warnings
// included, up to xsd.MaxFaults and then fault.MoreFaults. Content is what c was decoded from: it gives the lines; nil leaves
// them out. Day is the day of submission in Europe/Rome, YYYY-MM-DD.
func Check(c co.Comunicazione, content []byte, tables *codes.Tables, day string) fault.List {
	subject := &Case{Doc: c, Particulars: c.Particulars(), Tables: tables, Day: day}
	subject.outline.Lay(c)
	var faults fault.List
	for _, r := range table() {
		if r.applies(subject) {
			faults = append(faults, r.Check(subject)...)
		}
	}
	if len(faults) > xsd.MaxFaults {
		faults = append(worst(faults), fault.Fault{Code: fault.MoreFaults, Path: subject.Root(), Warning: !faults.Refuses()})
	}
	if len(faults) > 0 && content != nil {
		xsd.Locate(content, faults)
	}
	return faults
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

// one is the list of one fault.
func one(code fault.Code, path, expected string) fault.List {
	return fault.List{{Code: code, Path: path, Expected: expected}}
}

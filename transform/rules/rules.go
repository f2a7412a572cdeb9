// Package rules holds what a schema cannot say.
//
// It owns one literal table of rules over the canonical model, each under the
// fault code it finds. It must not read XML beyond finding the line of a fault,
// look at a clock, or know who sent the communication.
package rules

import (
	"slices"

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
	*co.Comunicazione
	Tables *codes.Tables
	Day    string // day of submission, Europe/Rome, YYYY-MM-DD
}

// Rules lists the rules in the order of checking, by their national numbers.
func Rules() []Rule {
	return []Rule{
		{Code: fault.UnknownTipo, Check: knownTipo},
		{Code: fault.TipoNeedsHiring, Kinds: []string{co.UNILAV}, Check: tipoNeedsHiring},
		{Code: fault.PreviousNotAllowed, Check: previousAllowed},
		{Code: fault.CodeNotZero, Check: codeZero},
		{Code: fault.PreviousForm, Check: previousForm},
		{Code: fault.PersonalCode, Check: personalCodes},
		{Code: fault.NumericCode, Check: numericCodes},
		{Code: fault.Duration, Check: duration},
		{Code: fault.Termination, Movements: []co.Movimento{co.CES}, Check: termination},
	}
}

// Check applies every rule to c and tells all that is wrong, warnings
// included. Content is what c was decoded from: it gives the lines; nil leaves
// them out. Day is the day of submission in Europe/Rome, YYYY-MM-DD.
func Check(c *co.Comunicazione, content []byte, tables *codes.Tables, day string) fault.List {
	subject := &Case{Comunicazione: c, Tables: tables, Day: day}
	var faults fault.List
	for _, r := range Rules() {
		if r.applies(c) {
			faults = append(faults, r.Check(subject)...)
		}
	}
	if len(faults) > 0 && content != nil {
		xsd.Locate(content, faults)
	}
	return faults
}

func (r Rule) applies(c *co.Comunicazione) bool {
	return (len(r.Kinds) == 0 || slices.Contains(r.Kinds, c.Kind())) &&
		(len(r.Movements) == 0 || slices.Contains(r.Movements, c.Movement()))
}

// one is the list of one fault.
func one(code fault.Code, path, expected string) fault.List {
	return fault.List{{Code: code, Path: path, Expected: expected}}
}

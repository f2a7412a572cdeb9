// Package fault names everything that can be wrong with a submission.
//
// It owns the stable codes, the Italian text people read, the source of each
// rule and the remedy. A Fault speaks of the document and travels on receipts;
// trouble of our own is a Go error and never becomes a Fault. The package must
// not know where faults are found, stored or shown.
package fault

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Code identifies one kind of fault for ever. Codes are never reused or
// renumbered; their shape is a family of capital letters, a hyphen and two or
// more digits, as in ENV-04.
type Code string

// Unsigned is told of a document that is in order but carries no signature: a
// region whose policy admits a channel goes on from it (contracts.md, Who and once).
const Unsigned Code = "SIG-01"

// Stage says which step of the path finds the fault.
type Stage string

// The stages, in the order of the path.
const (
	StageBusta       Stage = "busta"       // SOAP envelope and transport
	StageFirma       Stage = "firma"       // signature, certificate, signer
	StageRegistro    Stage = "registro"    // duplicates and what the ledger knows
	StageConversione Stage = "conversione" // regional format to national
	StageForma       Stage = "forma"       // namespace, edition, schema
	StageRegole      Stage = "regole"      // rules beyond the schema
	StageNazionale   Stage = "nazionale"   // refusals of the national store
)

// Entry is one row of the catalogue.
type Entry struct {
	Code     Code
	Stage    Stage
	Text     string // Italian, one sentence, no value of any document
	Source   string // law, standard or page the rule comes from
	Remedy   string // Italian, what the sender should do
	Anomalia string // CodiceAnomalia of the national binding: 0000, 0001 or 0083
}

// Fault is one thing wrong with one document. It holds no value of the
// document. The zero value is not a fault.
type Fault struct {
	Code     Code   `json:"code"`
	Path     string `json:"path,omitempty"`     // element path in the content, as /UniLav/Lavoratore/...
	Line     int    `json:"line,omitempty"`     // 1-based line of the content
	Expected string `json:"expected,omitempty"` // Italian, from our own field table
	Warning  bool   `json:"warning,omitempty"`  // does not refuse the document
	// Field names the place as people know it, by the Italian labels from below
	// the root: "Lavoratore > Dati anagrafici > Codice fiscale".
	Field string `json:"field,omitempty"`
	// Wording is the catalogue's text of the day the fault was recorded: what an
	// entry says must not change with the catalogue. Empty: the catalogue's.
	Wording string `json:"text,omitempty"`
}

// Text is the Italian sentence for people: what is wrong, the field, what was
// expected.
func (f Fault) Text() string {
	text := f.Wording
	if text == "" {
		e, ok := Lookup(f.Code)
		if !ok {
			return string(f.Code)
		}
		text = e.Text
	}
	switch {
	case f.Field != "" && f.Expected != "" && !f.repeats():
		return text + " " + f.named() + ": " + f.Expected + "."
	case f.Field != "":
		return text + " " + f.named() + "."
	case f.Expected != "":
		return strings.TrimSuffix(text, ".") + ": " + f.Expected + "."
	}
	return text
}

// named is the field's label with its name in the document, unless the label
// holds it: "Lavoratore > Dati anagrafici > Codice fiscale (codice-fiscale)".
func (f Fault) named() string {
	name := f.Path[strings.LastIndexByte(f.Path, '/')+1:]
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "@"), "[")
	if strings.Contains(strings.ToLower(f.last()), strings.ToLower(name)) {
		return f.Field
	}
	return f.Field + " (" + name + ")"
}

// repeats reports whether what was expected is the field itself, as in "CAP
// della sede legale: il CAP della sede legale".
func (f Fault) repeats() bool {
	expected := f.Expected
	for _, article := range []string{"il ", "lo ", "la ", "l'", "i ", "gli ", "le "} {
		if rest, ok := strings.CutPrefix(expected, article); ok {
			expected = rest
			break
		}
	}
	return strings.EqualFold(expected, f.last())
}

// last is the last label of the field.
func (f Fault) last() string {
	return f.Field[strings.LastIndex(FieldSeparator+f.Field, FieldSeparator):]
}

// FieldSeparator stands between the labels of a Field.
const FieldSeparator = " > "

// Anomalia is the CodiceAnomalia by which the national binding knows the fault.
func (f Fault) Anomalia() string {
	if e, ok := Lookup(f.Code); ok && e.Anomalia != "" {
		return e.Anomalia
	}
	return "0000"
}

// List is all that is wrong with one document, in order of discovery.
type List []Fault

// Refuses reports whether at least one fault is not a warning.
func (l List) Refuses() bool {
	return slices.ContainsFunc(l, func(f Fault) bool { return !f.Warning })
}

// Worded is the list with the wording of the catalogue as it is now, for a
// record that outlives it. Faults that have a wording keep it.
func (l List) Worded() List {
	l = slices.Clone(l)
	for i := range l {
		if e, ok := Lookup(l[i].Code); ok && l[i].Wording == "" {
			l[i].Wording = e.Text
		}
	}
	return l
}

// Encode gives the list's one JSON form, the bytes the ledger hashes. An empty
// list is nil.
func (l List) Encode() ([]byte, error) {
	if len(l) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("encode faults: %w", err)
	}
	return b, nil
}

// Decode reads what Encode wrote. Faults recorded without their wording, by
// former editions and in outcomes of the national store, get the one that the
// catalogue had when wordings began to be recorded.
func Decode(b []byte) (List, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var l List
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, fmt.Errorf("decode faults: %w", err)
	}
	for i := range l {
		if l[i].Wording == "" {
			l[i].Wording = formerWording(l[i].Code)
		}
	}
	return l, nil
}

// Catalogue lists every fault there is, by code.
func Catalogue() []Entry {
	all := slices.Concat(soapEntries(), egovEntries(), sigEntries(), hubEntries(), conversionEntries(),
		schemaEntries(), ruleEntries(), nationalEntries(),
		transferEntries(),
		massEntries(),
		urgencyEntries(),
		agencyEntries(),
		editionEntries(),
		employerEntries(), relationshipEntries(), movementEntries(), traineeshipEntries(),
		seafarerEntries(), domesticEntries(), prospettoEntries(),
		laoEntries(), wssEntries(), samlEntries(),
		codeEntries(), personEntries(), termEntries(),
	)
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Code, b.Code) })
	for i := range all {
		if program := readIn(all[i].Code); program != "" {
			all[i].Source += "; " + program
		}
	}
	return all
}

// index is built once and only read.
var index = sync.OnceValue(func() map[Code]Entry {
	m := make(map[Code]Entry)
	for _, e := range Catalogue() {
		m[e.Code] = e
	}
	return m
})

// Lookup finds the catalogue's row of a code.
func Lookup(c Code) (Entry, bool) {
	e, ok := index()[c]
	return e, ok
}

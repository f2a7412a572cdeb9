package codes

import "strings"

// Form is whether a contract type ends by itself.
type Form byte

// The forms of contract types.
const (
	Permanent Form = 'I' // a tempo indeterminato
	FixedTerm Form = 'D' // a tempo determinato
	Either    Form = 'E' // the relationship says which
)

// ContractType is what the rules need to know of a type of contract of the
// national classification (table tipologia_contrattuale).
type ContractType struct {
	Row
	Form Form
	// Certain tells that the form is stated by the type's own name or was read
	// in a validator. Without it the form is inferred, and what rests on it is
	// worth a warning, not a fault.
	Certain        bool
	Apprenticeship bool
	Seasonal       bool // seasonal work is admitted
	Traineeship    bool
	LSU            bool // lavori socialmente utili
	// NoHours and NoAgreement tell that the working time may be undefined
	// (code N), and that no collective agreement may apply (ND). The
	// classification does not publish which types these are: they are those
	// that are not subordinate employment, and for the hours also on-call and
	// home work. What rests on them is worth a warning.
	NoHours, NoAgreement bool
}

// classification is the first day of the table of contract types. A
// relationship that started earlier had no other code to have.
const classification = "2007-06-21"

// Contract finds a contract type, in force or not.
func (t *Tables) Contract(code string) (ContractType, bool) {
	c, ok := t.contracts[code]
	return c, ok
}

// Begun reports whether the type was there for a relationship that started on
// a day, YYYY-MM-DD.
func (c ContractType) Begun(day string) bool { return c.From <= max(day, classification) }

// Ended reports whether the type could no longer be chosen on a day, YYYY-MM-DD.
func (c ContractType) Ended(day string) bool { return c.To != "" && c.To < day }

// loadContracts reads lines of code, first and last day, form, evidence of the
// form and marks.
func (f Files) loadContracts() (map[string]ContractType, error) {
	d, err := f.open("contract")
	if err != nil {
		return nil, err
	}
	contracts := make(map[string]ContractType)
	for number, line := range d.lines() {
		r, rest, err := d.cutRow(number, line)
		if err != nil {
			return nil, err
		}
		known := strings.Fields(rest)
		if len(known) != 3 || len(known[0]) != 1 || !strings.Contains("IDE", known[0]) {
			return nil, d.errorf(number, "want form (I, D or E), its evidence and marks (- for none) after the days")
		}
		if _, there := contracts[r.Code]; there {
			return nil, d.errorf(number, "%s is there twice", r.Code)
		}
		marks := known[2]
		contracts[r.Code] = ContractType{
			Row: r, Form: Form(known[0][0]), Certain: known[1] != "inferred",
			Apprenticeship: strings.Contains(marks, "a"),
			Seasonal:       strings.Contains(marks, "s"),
			Traineeship:    strings.Contains(marks, "t"),
			LSU:            strings.Contains(marks, "l"),
			NoHours:        strings.Contains(marks, "h"),
			NoAgreement:    strings.Contains(marks, "n"),
		}
	}
	return contracts, nil
}

package codes

import (
	"fmt"
	"strings"
)

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
	all, _, err := f.lines("contract")
	if err != nil {
		return nil, err
	}
	contracts := make(map[string]ContractType, len(all))
	for _, f := range all {
		if len(f) != 6 || len(f[3]) != 1 || !strings.Contains("IDE", f[3]) {
			return nil, fmt.Errorf("read code table contract: a line of %d fields", len(f))
		}
		contracts[f[0]] = ContractType{
			Row: Row{f[0], f[1], f[2]}, Form: Form(f[3][0]), Certain: f[4] != "inferred",
			Apprenticeship: strings.Contains(f[5], "a"),
			Seasonal:       strings.Contains(f[5], "s"),
			Traineeship:    strings.Contains(f[5], "t"),
			LSU:            strings.Contains(f[5], "l"),
			NoHours:        strings.Contains(f[5], "h"),
			NoAgreement:    strings.Contains(f[5], "n"),
		}
	}
	return contracts, nil
}

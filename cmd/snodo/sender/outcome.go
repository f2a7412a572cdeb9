package sender

import (
	"github.com/snodo-co/snodo/routing/receipt"
)

// Submitted is what became of one file.
type Submitted struct {
	File    string           `json:"file"`
	Outcome string           `json:"esito"` // accettata, respinta, rifiutata; in an archive also non elaborata
	Codice  string           `json:"codice,omitempty"`
	Text    string           `json:"testo,omitempty"`
	Faults  []receipt.Line   `json:"anomalie,omitempty"` // those of the receipt or, without one, of the SOAP fault
	Receipt *receipt.Receipt `json:"ricevuta,omitempty"`
	Raw     []byte           `json:"-"` // the receipt as it was sealed
}

// ReadOutcome says what became of a document by its answer: whether it was accepted,
// what the answer says, and the receipt, nil without one. The receipt is read without
// being verified: `receipt verify` does that.
func ReadOutcome(accepted bool, text string, sealed []byte) (Submitted, error) {
	s := Submitted{Outcome: "respinta", Text: text, Raw: sealed}
	if accepted {
		s.Outcome = "accettata"
	}
	if sealed == nil {
		if !accepted {
			s.Outcome = "rifiutata"
		}
		return s, nil
	}
	r, err := receipt.Parse(sealed)
	if err != nil {
		return Submitted{}, err
	}
	s.Codice, s.Faults, s.Receipt = r.Codice, r.Faults, &r
	return s, nil
}

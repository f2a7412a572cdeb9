package main

import (
	"github.com/snodo-co/snodo/routing/receipt"
)

// submitted is what became of one file.
type submitted struct {
	File    string           `json:"file"`
	Outcome string           `json:"esito"` // accettata, respinta, rifiutata; in an archive also non elaborata
	Codice  string           `json:"codice,omitempty"`
	Text    string           `json:"testo,omitempty"`
	Faults  []receipt.Line   `json:"anomalie,omitempty"` // those of the receipt or, without one, of the SOAP fault
	Receipt *receipt.Receipt `json:"ricevuta,omitempty"`
	raw     []byte
}

// outcomeOf reads the receipt without verifying it: `receipt verify` does.
func outcomeOf(accepted bool, text string, sealed []byte) (submitted, error) {
	s := submitted{Outcome: "respinta", Text: text, raw: sealed}
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
		return submitted{}, err
	}
	s.Codice, s.Faults, s.Receipt = r.Codice, r.Faults, &r
	return s, nil
}

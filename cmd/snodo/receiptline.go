package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/envelope"
)

// receiptLine is a receipt in one line, for people.
func receiptLine(r receipt.Receipt) string {
	line := fmt.Sprintf("%-17s %-8s %s  pos. %-5d %s", r.Kind, r.Region, r.Recorded, r.Position, orDash(r.Codice))
	if r.Registration != 0 {
		line += fmt.Sprintf("  registrazione %d", r.Registration)
	}
	if r.Note != "" {
		line += "  (" + r.Note + ")"
	}
	var codes []string
	for _, f := range r.Faults {
		codes = append(codes, f.Code)
	}
	if len(codes) > 0 {
		line += "  " + strings.Join(codes, " ")
	}
	return line
}

// cutReceipt takes a receipt out of its SOAP envelope, byte for byte; anything
// else is given back as it is, without the outer blanks of a saved file.
func cutReceipt(raw []byte) []byte {
	raw = bytes.TrimSpace(raw)
	if env, f := envelope.Open(raw); f == nil {
		if cut := env.Receipt(); cut != nil {
			return cut
		}
	}
	return raw
}

package main

import (
	"fmt"
	"strings"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/receipt"
)

// receiptLine is a receipt in one line, for people.
func receiptLine(r receipt.Receipt) string {
	line := fmt.Sprintf("%-17s %-8s %s  pos. %-5d %s", r.Kind, r.Region, r.Recorded, r.Position, verb.OrDash(r.Codice))
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

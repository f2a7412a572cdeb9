package demo

import (
	"fmt"
	"strings"

	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/receipt"
)

// print tells people what came back: a line for each communication with its
// receipts, what the hub says of a rejected and of a late one, and one receipt
// whole.
func (d *session) print() {
	if d.JSON {
		return
	}
	var whole []byte
	region := ""
	for _, c := range d.sent {
		if c.region != region {
			region = c.region
			d.say("%s\n", region)
		}
		receipts := c.read()
		d.say("  %-9s  %-27s  %-16s  %s\n", c.kind, c.what, c.codice(), c.came(receipts))
		if n := len(receipts); n > 0 && receipts[n-1].Kind == receipt.Registration {
			whole = c.receipts[n-1]
		}
	}
	for _, c := range d.sent {
		if receipts := c.read(); c.shown && len(receipts) > 0 {
			d.say("\n%s (%s, %s), %s: tutto ciò che il nodo ne dice\n", c.what, c.kind, c.region, c.got.kind)
			sender.PrintFaults(d.con.Out, receipts[0].Faults, "") // its hub, and the page, end with the demo
		}
	}
	d.say("\nuna ricevuta per intero:\n%s\n\n", whole)
}

// read reads the receipts of a case; those that cannot be read are left out,
// and failures says so.
func (c *submission) read() []receipt.Receipt {
	var all []receipt.Receipt
	for _, sealed := range c.receipts {
		if r, err := receipt.Parse(sealed); err == nil {
			all = append(all, r)
		}
	}
	return all
}

// codice is the code that the communication got.
func (c *submission) codice() string {
	r, err := receipt.Parse(c.got.receipt)
	if err != nil {
		return "-"
	}
	return verb.OrDash(r.Codice)
}

// came is what came back, in a line.
func (c *submission) came(receipts []receipt.Receipt) string {
	switch {
	case c.got.kind == gotRepeated:
		return "la ricevuta di prima, byte per byte"
	case len(receipts) == 0:
		return strings.TrimSpace(string(c.got.kind) + " senza ricevuta: " + c.got.text)
	}
	var parts []string
	for _, r := range receipts {
		part := fmt.Sprintf("%s pos. %d", r.Kind, r.Position)
		if r.Registration != 0 {
			part = fmt.Sprintf("%s %d pos. %d", r.Kind, r.Registration, r.Position)
		}
		for _, f := range r.Faults {
			part += " " + f.Code
			if f.Severity == receipt.Warning {
				part += " (avviso)"
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd/fault"
)

type explainCmd struct {
	Code string `arg:"" optional:"" help:"Fault code, as XSD-20."`
	All  bool   `help:"List every code."`
	JSON bool   `help:"Print one JSON object; with --all, an array."`
}

// explained is what there is to say of a code.
type explained struct {
	Code      fault.Code  `json:"codice"`
	Stage     fault.Stage `json:"fase"`
	Title     string      `json:"titolo_fase"`
	Text      string      `json:"testo"`
	Meaning   string      `json:"significato"`
	Remedy    string      `json:"rimedio"`
	Source    string      `json:"fonte"`
	Anomalia  string      `json:"codice_anomalia"`
	Kinds     []string    `json:"tracciati,omitempty"` // of a rule that is for some only
	Movements []string    `json:"movimenti,omitempty"`
}

// Run explains one code, or lists all.
func (c explainCmd) Run(con verb.Console) error {
	if c.All == (c.Code != "") {
		return fmt.Errorf("explain: want a code, or --all: %w", verb.ErrUsage)
	}
	if c.All {
		return c.list(con.Out)
	}
	e, ok := fault.Lookup(fault.Code(strings.ToUpper(strings.TrimSpace(c.Code))))
	if !ok {
		return fmt.Errorf("explain: nessun codice %q; i più vicini: %s: %w", c.Code, strings.Join(nearest(c.Code), ", "), verb.ErrUsage)
	}
	said := explain(e)
	if c.JSON {
		return verb.PrintJSON(con.Out, said)
	}
	return said.print(con.Out)
}

func (c explainCmd) list(out io.Writer) error {
	if c.JSON {
		all := []explained{}
		for _, e := range fault.Catalogue() {
			all = append(all, explain(e))
		}
		return verb.PrintJSON(out, all)
	}
	for _, e := range fault.Catalogue() {
		if _, err := fmt.Fprintf(out, "%-8s %-12s %s\n", e.Code, e.Stage, e.Text); err != nil {
			return err
		}
	}
	return nil
}

func explain(e fault.Entry) explained {
	said := explained{
		Code: e.Code, Stage: e.Stage, Text: e.Text, Remedy: e.Remedy, Source: e.Source,
		Anomalia: fault.Fault{Code: e.Code}.Anomalia(),
	}
	for _, n := range fault.Stages() {
		if n.Stage == e.Stage {
			said.Title, said.Meaning = n.Title, n.Meaning
		}
	}
	for _, r := range rules.Rules() {
		if r.Code == e.Code {
			said.Kinds = r.Kinds
			for _, m := range r.Movements {
				said.Movements = append(said.Movements, string(m))
			}
		}
	}
	return said
}

func (e explained) print(out io.Writer) error {
	_, err := fmt.Fprintf(out, "%s  %s\n\n%s\n\n  che cosa fare  %s\n  significato    %s\n  fonte          %s\n  anomalia       %s\n",
		e.Code, e.Title, e.Text, e.Remedy, e.Meaning, e.Source, e.Anomalia)
	if err == nil && len(e.Kinds) > 0 {
		_, err = fmt.Fprintf(out, "  tracciati      %s\n", strings.Join(e.Kinds, ", "))
	}
	if err == nil && len(e.Movements) > 0 {
		_, err = fmt.Fprintf(out, "  movimenti      %s\n", strings.Join(e.Movements, ", "))
	}
	return err
}

// near is how many codes are named in place of one that is none.
const near = 3

// nearest are the codes that differ least from what was written.
func nearest(written string) []string {
	written = strings.ToUpper(written)
	all := fault.Catalogue()
	slices.SortStableFunc(all, func(a, b fault.Entry) int {
		return cmp.Compare(distance(written, string(a.Code)), distance(written, string(b.Code)))
	})
	var names []string
	for _, e := range all[:near] {
		names = append(names, string(e.Code))
	}
	return names
}

// distance is Levenshtein's: the least number of characters to put in, take
// out or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		above := row[0] // of the row before, one to the left
		row[0] = i + 1
		for j := range len(b) {
			change := above
			if a[i] != b[j] {
				change++
			}
			above = row[j+1]
			row[j+1] = min(change, above+1, row[j]+1)
		}
	}
	return row[len(b)]
}

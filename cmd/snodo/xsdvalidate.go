package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

type xsdValidateCmd struct {
	File      string `arg:"" help:"National document; a signature is passed over, not verified." type:"existingfile"`
	Standards string `help:"Folder of a pack to put over the program's own." type:"path" placeholder:"DIR"`
	At        string `help:"Instant of reception to judge by, RFC 3339; now if not given." placeholder:"INSTANT"`
	JSON      bool   `help:"Print one JSON object."`
}

// judged is what `xsd validate` says of a document.
type judged struct {
	File    string        `json:"file"`
	Kind    string        `json:"kind,omitempty"`
	Edition string        `json:"edition,omitempty"`
	Signed  bool          `json:"signed"` // has a signature, which was not verified
	Valid   bool          `json:"valid"`  // there may be warnings
	Faults  []judgedFault `json:"faults"`
	Unread  []string      `json:"unread,omitempty"` // fields that the rules do not see
}

type judgedFault struct {
	fault.Fault
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
	Source string `json:"source"`
}

// Run prints all that is wrong with the document and ends with exit code 3 if
// the hub would refuse it.
func (c xsdValidateCmd) Run(ctx context.Context, con verb.Console) error {
	n, at, err := node.ReadNormsAt(ctx, con, c.Standards, c.At)
	if err != nil {
		return err
	}
	document, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	content, signed := node.WithoutSignature(document)
	id, faults, err := judge(n, content, at)
	if err != nil {
		return err
	}
	v := judged{File: c.File, Kind: id.Kind, Edition: id.Edition, Signed: signed, Valid: !faults.Refuses(), Faults: []judgedFault{}}
	for _, f := range faults {
		e, _ := fault.Lookup(f.Code)
		v.Faults = append(v.Faults, judgedFault{f, f.Text(), e.Remedy, e.Source})
	}
	if v.Valid && n.Standards.DropIn(id) {
		if _, v.Unread, err = transform.DecodeDropIn(id, content); err != nil {
			return err
		}
	}
	if c.JSON {
		err = verb.PrintJSON(con.Out, v)
	} else {
		err = v.print(con.Out)
	}
	if err == nil && !v.Valid {
		return verb.ErrFinding
	}
	return err
}

// judge is steps 4 and 5 of a submission's path, without what only the ledger
// knows.
func judge(n *node.Norms, content []byte, at time.Time) (xsd.ID, fault.List, error) {
	id, faults := n.Standards.IdentifyAt(content, at)
	if faults.Refuses() {
		return id, faults, nil
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return id, nil, fmt.Errorf("load time zone: %w", err)
	}
	_, faults, err = n.Judge(id, content, at.In(rome).Format(time.DateOnly))
	return id, faults, err
}

func (v judged) print(out io.Writer) error {
	p := &lines{out: out}
	what := "standard non riconosciuto"
	if v.Kind != "" {
		what = v.Kind + " " + v.Edition
	}
	wrong, warnings := 0, 0
	for _, f := range v.Faults {
		if f.Warning {
			warnings++
		} else {
			wrong++
		}
	}
	state := "valido"
	if !v.Valid {
		state = "non valido"
	}
	p.print("%s: %s, %s; errori %d, avvisi %d\n", v.File, what, state, wrong, warnings)
	if v.Signed {
		p.print("  firma presente, non verificata\n")
	}
	for _, path := range v.Unread {
		p.print("  campo che il programma non legge: %s\n", path)
	}
	for _, f := range v.Faults {
		severity := ""
		if f.Warning {
			severity = " (avviso)"
		}
		p.print("\n%s%s", f.Code, severity)
		if f.Line > 0 {
			p.print(", riga %d", f.Line)
		}
		if f.Path != "" {
			p.print(", %s", f.Path)
		}
		p.print("\n  %s\n  Rimedio: %s\n", f.Text, f.Remedy)
	}
	return p.err
}

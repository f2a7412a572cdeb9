package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// width of the text in characters: what terminals have at least.
const width = 80

// Text writes the report for a terminal. With all, checks that held are told in
// full too; otherwise they are one line each.
func (r Report) Text(out io.Writer, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", r.Title, r.Subject)
	fmt.Fprintf(&b, "%s, %s\n", r.Instant.Format("02/01/2006 15:04:05 MST"), r.Program)
	for _, n := range r.Notes {
		wrap(&b, "  ", "  nota: "+n)
	}
	for _, p := range r.Parts {
		p.text(&b, all)
	}
	b.WriteString("\n")
	wrap(&b, "  ", "PUNTEGGIO "+r.Score().String())
	if r.told() {
		b.WriteString("per saperne di più di un codice: snodo explain CODICE\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// told reports whether a check found anything that has a code.
func (r Report) told() bool {
	return slices.ContainsFunc(r.Parts, func(p Part) bool {
		return slices.ContainsFunc(p.Checks, func(c Check) bool { return len(c.Findings) > 0 })
	})
}

// String is the score in words.
func (s Score) String() string {
	untried := counted(s.Untried, "non eseguita", "non eseguite")
	if s.Of == 0 {
		return "nessuna prova eseguita (" + untried + ")"
	}
	text := fmt.Sprintf("%d%% (%d punti su %d): %s, %s", s.Percent, s.Points, s.Of,
		counted(s.Held, "superata", "superate"), counted(s.Failed, "fallita", "fallite"))
	if s.Untried > 0 {
		text += ", " + untried
	}
	return text
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (p Part) text(b *strings.Builder, all bool) {
	b.WriteString("\n")
	wrap(b, "   ", "== "+p.Name+": "+p.Score().String())
	if p.About != "" {
		wrap(b, "   ", "   "+p.About)
	}
	for _, n := range p.Notes {
		wrap(b, "   ", "   nota: "+n)
	}
	for _, g := range p.Groups() {
		fmt.Fprintf(b, "\n  %s\n", g.Name)
		for _, c := range g.Checks {
			c.text(b, all)
		}
	}
}

// mark opens the line of a check.
func (v Verdict) mark() string {
	switch v {
	case Held:
		return "  ok "
	case Failed:
		return "  NO "
	}
	return "  -- "
}

func (c Check) text(b *strings.Builder, all bool) {
	wrap(b, "     ", c.Verdict.mark()+c.ID+"  "+c.Sent)
	switch {
	case c.Verdict == Failed || all && c.Verdict == Held:
		pair(b, "atteso", c.Wanted)
		pair(b, "ottenuto", c.Got)
		if c.Verdict == Failed {
			pair(b, "rimedio", c.Remedy)
		}
		pair(b, "fonte", c.Source)
	case c.Verdict == Untried:
		pair(b, "perché", c.Got)
	}
	for _, f := range c.Findings {
		f.text(b)
	}
}

func (f Finding) text(b *strings.Builder) {
	kind := "errore"
	if f.Warning {
		kind = "avviso"
	}
	pair(b, kind, f.Code+": "+f.Text)
	if place := f.Place(); place != "" {
		pair(b, "campo", place)
	}
	if f.Remedy != "" {
		pair(b, "che fare", f.Remedy)
	}
}

// Place is where a finding is, for people; empty if it is nowhere in particular.
func (f Finding) Place() string {
	switch {
	case f.Line == 0:
		return f.Path
	case f.Path == "":
		return fmt.Sprintf("riga %d", f.Line)
	}
	return fmt.Sprintf("%s, riga %d", f.Path, f.Line)
}

// pair writes a name and what it stands for.
func pair(b *strings.Builder, name, value string) {
	const indent = "                   "
	if value == "" {
		return
	}
	wrap(b, indent, fmt.Sprintf("        %-11s%s", name, value))
}

// wrap writes a text in lines of at most width characters where its blanks allow
// it; lines after the first are indented.
func wrap(b *strings.Builder, indent, text string) {
	line := text[:len(text)-len(strings.TrimLeft(text, " "))]
	empty := true
	for word := range gaps(text) {
		if !empty && utf8.RuneCountInString(line+word) > width {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line, word = indent, strings.TrimLeft(word, " ")
		}
		line, empty = line+word, false
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// gaps gives the words of a text, each with the blanks before it; those that open
// the text are left out.
func gaps(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		rest := strings.TrimLeft(text, " ")
		for rest != "" {
			blank := len(rest) - len(strings.TrimLeft(rest, " "))
			end := strings.IndexByte(rest[blank:], ' ')
			if end < 0 {
				end = len(rest) - blank
			}
			if !yield(rest[:blank+end]) {
				return
			}
			rest = rest[blank+end:]
		}
	}
}

// JSON writes the report as one indented object, with its scores.
func (r Report) JSON(out io.Writer) error {
	type scored struct {
		Part
		Score Score `json:"punteggio"`
	}
	whole := struct {
		Report
		Parts []scored `json:"parti"`
		Score Score    `json:"punteggio"`
		Whole bool     `json:"conforme"`
	}{Report: r, Parts: []scored{}, Score: r.Score(), Whole: r.Score().Whole()}
	for _, p := range r.Parts {
		if p.Checks == nil {
			p.Checks = []Check{}
		}
		whole.Parts = append(whole.Parts, scored{p, p.Score()})
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(whole); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

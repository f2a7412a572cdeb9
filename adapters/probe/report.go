// Package probe is the report of a conformance probe: what was tried, what had to
// come back and why, what came, and what is to be fixed.
//
// It owns the form of the report, its score, and how it looks as text for a
// terminal, as JSON and as one HTML page. It must not send, sign or judge
// anything: cmd does, with the parts of the hub itself. A report quotes no values
// of the documents it speaks of.
package probe

import "time"

// Verdict is what became of one check.
type Verdict string

// The verdicts.
const (
	Held   Verdict = "superata"
	Failed Verdict = "fallita"
	// Untried is a check that could not be made, or was not asked for; Got says
	// why. It counts for nothing, unless it is Blocked.
	Untried Verdict = "non eseguita"
)

// Finding is one thing that is wrong, or worth knowing, with what to do about it.
type Finding struct {
	Code    string `json:"codice"`
	Warning bool   `json:"avviso,omitempty"` // does not refuse the message
	Text    string `json:"testo"`
	Path    string `json:"campo,omitempty"`
	Line    int    `json:"riga,omitempty"`
	Remedy  string `json:"rimedio,omitempty"`
	Source  string `json:"fonte,omitempty"`
}

// Check is one thing that was tried, in Italian.
type Check struct {
	ID       string    `json:"id"`
	Group    string    `json:"gruppo"`
	Sent     string    `json:"inviato"` // or, of a file, what was judged
	Wanted   string    `json:"atteso"`
	Source   string    `json:"fonte"` // why that is wanted
	Got      string    `json:"ottenuto"`
	Verdict  Verdict   `json:"esito"`
	Remedy   string    `json:"rimedio,omitempty"`  // of a failure: what to fix, and where
	Points   int       `json:"punti"`              // what it counts
	Blocked  bool      `json:"impedita,omitempty"` // untried because another failed: its points are lost
	Leaves   string    `json:"lascia,omitempty"`   // what it leaves in a hub; empty for nothing
	Findings []Finding `json:"rilievi,omitempty"`
}

// Part is one dialect that was played, or one file that was judged.
type Part struct {
	Name   string   `json:"nome"`
	About  string   `json:"descrizione,omitempty"`
	Notes  []string `json:"note,omitempty"`
	Checks []Check  `json:"prove"`
}

// Report is a whole run.
type Report struct {
	Title   string    `json:"titolo"`
	Subject string    `json:"oggetto"` // the address, or what the files are
	Instant time.Time `json:"istante"`
	Program string    `json:"programma"`
	Notes   []string  `json:"note,omitempty"`
	Parts   []Part    `json:"parti"`
}

// Score counts checks. Of those that were not tried, the points are lost where a
// failure is why, and else in neither number.
type Score struct {
	Points  int `json:"punti"`
	Of      int `json:"su"`
	Percent int `json:"percento"` // rounded down: 100 is all
	Held    int `json:"superate"`
	Failed  int `json:"fallite"`
	Untried int `json:"non_eseguite"`
}

// Whole tells that something was tried and nothing failed.
func (s Score) Whole() bool { return s.Failed == 0 && s.Held > 0 }

func (s Score) plus(o Score) Score {
	s.Points, s.Of = s.Points+o.Points, s.Of+o.Of
	s.Held, s.Failed, s.Untried = s.Held+o.Held, s.Failed+o.Failed, s.Untried+o.Untried
	return s.rated()
}

func (s Score) rated() Score {
	s.Percent = 0
	if s.Of > 0 {
		s.Percent = 100 * s.Points / s.Of
	}
	return s
}

// Score of one check.
func (c Check) Score() Score {
	switch c.Verdict {
	case Held:
		return Score{Points: c.Points, Of: c.Points, Held: 1}.rated()
	case Failed:
		return Score{Of: c.Points, Failed: 1}.rated()
	}
	if c.Blocked {
		return Score{Of: c.Points, Untried: 1}.rated()
	}
	return Score{Untried: 1}
}

// Refusing are the findings of a check that are not warnings.
func (c Check) Refusing() (list []Finding) {
	for _, f := range c.Findings {
		if !f.Warning {
			list = append(list, f)
		}
	}
	return list
}

// Score of a part.
func (p Part) Score() (sum Score) {
	for _, c := range p.Checks {
		sum = sum.plus(c.Score())
	}
	return sum
}

// Score of a report.
func (r Report) Score() (sum Score) {
	for _, p := range r.Parts {
		sum = sum.plus(p.Score())
	}
	return sum
}

// Group is a run of checks of one part that belong together.
type Group struct {
	Name   string
	Checks []Check
}

// Groups are the checks by group, both in the order of their first appearance.
func (p Part) Groups() (groups []Group) {
	at := make(map[string]int)
	for _, c := range p.Checks {
		i, ok := at[c.Group]
		if !ok {
			i = len(groups)
			at[c.Group] = i
			groups = append(groups, Group{Name: c.Group})
		}
		groups[i].Checks = append(groups[i].Checks, c)
	}
	return groups
}

// Failures are the checks that failed, in order.
func (p Part) Failures() (failed []Check) {
	for _, c := range p.Checks {
		if c.Verdict == Failed {
			failed = append(failed, c)
		}
	}
	return failed
}

package xsd

import (
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Locate sets the line of each fault that has a path and no line yet: the line
// of content on which that element, or the element that has or lacks that
// attribute, first starts. A step such as SedeLavoro[2] is the second of that
// name in its parent. An element that is not there gets the line of the nearest
// one above it. Content that is not well-formed leaves the rest alone.
func Locate(content []byte, faults fault.List) {
	var l locator
	for i, f := range faults {
		if f.Line == 0 && f.Path != "" {
			l.targets = append(l.targets, target{fault: i, steps: strings.Split(f.Path[1:], "/")})
		}
	}
	if len(l.targets) == 0 {
		return
	}
	var r xmltoken.Reader
	r.Reset(content, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			break
		}
		switch kind {
		case xmltoken.Start:
			l.enter(r.Local(), r.Line())
		case xmltoken.End:
			l.leave()
		}
	}
	for _, t := range l.targets {
		faults[t.fault].Line = t.line
	}
}

// locator follows one reading of a document.
type locator struct {
	open    []map[string]int // how many children of each name every open element has had
	root    map[string]int
	targets []target
}

// target is a path looked for.
type target struct {
	fault   int
	steps   []string
	matched int // how many of steps the open elements are
	reach   int // how many of steps line stands for
	line    int
}

func (l *locator) enter(local []byte, line int) {
	above := &l.root
	if n := len(l.open); n > 0 {
		above = &l.open[n-1]
	}
	if *above == nil {
		*above = make(map[string]int)
	}
	name := string(local)
	(*above)[name]++
	number := (*above)[name]
	depth := len(l.open)
	l.open = append(l.open, nil)
	for i := range l.targets {
		t := &l.targets[i]
		if t.matched != depth || depth == len(t.steps) || !isStep(t.steps[depth], name, number) {
			continue
		}
		t.matched++
		if t.matched > t.reach {
			t.reach, t.line = t.matched, line
		}
	}
}

func (l *locator) leave() {
	depth := len(l.open)
	l.open = l.open[:depth-1]
	for i := range l.targets {
		if l.targets[i].matched == depth {
			l.targets[i].matched--
		}
	}
}

// isStep reports whether an element, by its name and its number among those of
// its name, is the one of a step.
func isStep(step, name string, number int) bool {
	rest, ok := strings.CutPrefix(step, name)
	return ok && (rest == "" || rest == "["+strconv.Itoa(number)+"]")
}

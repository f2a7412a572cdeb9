package xsd

import (
	"slices"
)

// arrangement is how the children of one element best fit its content model.
type arrangement struct {
	order   []string   // names in the order the model wants, of the branches chosen
	missing []*element // required and not there
	clashes []clash    // choices that no branch, or more than one, satisfies
}

// clash is a choice between elements of which not exactly one is there.
type clash struct{ choice *particle }

// clear makes a ready for another element, keeping its room.
func (a *arrangement) clear() {
	a.order, a.missing, a.clashes = a.order[:0], a.missing[:0], a.clashes[:0]
}

// fit arranges the children seen under p.
func (a *arrangement) fit(p *particle, seen []sight) {
	switch {
	case p.element != nil:
		a.order = append(a.order, p.element.name)
		if p.element.min > 0 && !has(seen, p.element.name) {
			a.missing = append(a.missing, p.element)
		}
	case p.choice:
		a.choose(p, seen)
	default:
		for _, part := range p.parts {
			a.fit(part, seen)
		}
	}
}

// choose takes the branch of a choice that holds all children seen of it and
// lacks least, then the one that disturbs their order least.
func (a *arrangement) choose(p *particle, seen []sight) {
	present := within(seen, p.names(nil))
	var best *arrangement
	lack, tie := 0, false
	for _, branch := range p.parts {
		names := branch.names(nil)
		if len(within(present, names)) != len(present) {
			continue
		}
		var b arrangement
		b.fit(branch, seen)
		cost := len(b.missing)*len(p.parts)*16 + len(b.misplaced(present))
		switch {
		case best == nil || cost < lack:
			best, lack, tie = &b, cost, false
		case cost == lack:
			tie = true
		}
	}
	if best == nil || tie && len(present) == 0 && len(best.missing) > 0 {
		a.clashes = append(a.clashes, clash{p})
		a.order = p.names(a.order)
		return
	}
	a.order = append(a.order, best.order...)
	a.missing = append(a.missing, best.missing...)
	a.clashes = append(a.clashes, best.clashes...)
}

// names appends the names of all elements under p.
func (p *particle) names(to []string) []string {
	if p.element != nil {
		return append(to, p.element.name)
	}
	for _, part := range p.parts {
		to = part.names(to)
	}
	return to
}

// misplaced are the children that come after one the model wants later.
func (a *arrangement) misplaced(seen []sight) []sight {
	var out []sight
	furthest := -1
	for _, s := range seen {
		at := slices.Index(a.order, s.name)
		if at >= 0 && at < furthest {
			out = append(out, s)
		}
		furthest = max(furthest, at)
	}
	return out
}

// before tells which of the children seen a misplaced one should precede: the
// first that the model wants later.
func (a *arrangement) before(t *complexType, child sight, seen []sight) string {
	at := slices.Index(a.order, child.name)
	for _, s := range seen {
		if slices.Index(a.order, s.name) > at {
			return "va prima di " + describe(t.elements[s.name])
		}
	}
	return ""
}

// gap is the line where a missing child was due: that of the next child there
// is, else the parent's end.
func (a *arrangement) gap(name string, seen []sight, end int) int {
	at := slices.Index(a.order, name)
	for _, s := range seen {
		if slices.Index(a.order, s.name) > at {
			return s.line
		}
	}
	return end
}

// turn is the line where a choice went wrong: its second child, else where its
// first was due.
func (a *arrangement) turn(c clash, seen []sight, end int) int {
	names := c.choice.names(nil)
	if present := within(seen, names); len(present) > 1 {
		return present[1].line
	}
	return a.gap(names[0], seen, end)
}

func has(seen []sight, name string) bool {
	return slices.ContainsFunc(seen, func(s sight) bool { return s.name == name })
}

func within(seen []sight, names []string) []sight {
	var out []sight
	for _, s := range seen {
		if slices.Contains(names, s.name) {
			out = append(out, s)
		}
	}
	return out
}

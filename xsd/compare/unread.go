package compare

import (
	"slices"
	"strings"

	"github.com/snodo-co/snodo/xsd"
)

// Gaps are the paths of a pack's edition that the program's decoder, written to
// an edition of its own, reads otherwise than the pack means: advice for
// operators, of names alone. Each list is in the order of the later format.
type Gaps struct {
	// Added are elements and attributes that are new or stand in another block.
	// Rules do not see them.
	Added []string
	// Reshaped hold a block where there was a value, or the reverse. Rules see
	// that they are there and nothing in them; what lies in them is in no list.
	Reshaped []string
	// Gone are those that the program's own edition has and this one does not
	// have there: of them nothing can be asked.
	Gone []string
	// First are elements that may come several times where one was: rules see
	// the first.
	First []string
	// Lacking are those that the program's own edition asks for and this one lets
	// be absent. Rules may miss them.
	Lacking []string
}

// Gap finds the gaps of an edition; an edition of the program's own has none.
// The error says why a schema cannot be compared.
func Gap(s *xsd.Standards, i xsd.Info) (Gaps, error) {
	if !i.DropIn || i.Model == "" {
		return Gaps{}, nil
	}
	known, err := Read(xsd.File, i.Model)
	if err != nil {
		return Gaps{}, err
	}
	now, err := Standard(s, i.ID)
	if err != nil {
		return Gaps{}, err
	}
	return gap(known, now), nil
}

func gap(known, now *Format) (g Gaps) {
	for _, c := range Formats(known, now) {
		g.add(c)
	}
	told := func(path string) bool {
		return slices.ContainsFunc(g.Reshaped, func(r string) bool { return strings.HasPrefix(path, r+"/") })
	}
	g.Added, g.Gone = slices.DeleteFunc(g.Added, told), slices.DeleteFunc(g.Gone, told)
	return g
}

// add takes what a change means for a decoder that finds fields by name in
// their block, in any order.
func (g *Gaps) add(c Change) {
	switch c.Kind {
	case Added:
		g.Added = append(g.Added, c.Paths...)
		return
	case Removed:
		g.Gone = append(g.Gone, c.Paths...)
		return
	case Moved:
		if from := c.former(); from != "" {
			g.Added = append(g.Added, c.Paths...)
			g.Gone = append(g.Gone, from)
			return
		}
	}
	for _, d := range c.Details {
		switch {
		case d.What == "obbligo" && d.After == (&field{}).duty():
			g.Gone = append(g.Gone, c.Paths...)
			return
		case d.What == "contenuto":
			g.Reshaped = append(g.Reshaped, c.Paths...)
		case d.What == "ripetizioni" && d.Before == (occurs{1, 1}).words():
			g.First = append(g.First, c.Paths...)
		case d.What == "obbligo" && d.Before == (&field{occurs: occurs{1, 1}}).duty():
			g.Lacking = append(g.Lacking, c.Paths...)
		}
	}
}

// former is the path of a field before it came into another block, "" if it
// only stands elsewhere among its siblings.
func (c Change) former() string {
	for _, d := range c.Details {
		if d.What == "posto" {
			return d.Before
		}
	}
	return ""
}

// Paths lists the paths of all fields of a format, in its order.
func (f *Format) Paths() []string { return f.root.paths(nil) }

func (f *field) paths(to []string) []string {
	to = append(to, f.path)
	for _, k := range f.kids {
		to = k.paths(to)
	}
	return to
}

package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind is what happened to a field.
type Kind string

// The kinds of change, in the order in which they are told.
const (
	Added   Kind = "aggiunto"
	Removed Kind = "tolto"
	Moved   Kind = "spostato"
	Changed Kind = "cambiato"
)

// Change is one difference between two formats, wherever it occurs: where a
// type is used in several places they are told together.
type Change struct {
	Kind    Kind     `json:"kind"`
	Paths   []string `json:"paths"` // in the later format; of what was removed, in the earlier
	Label   string   `json:"label,omitempty"`
	Details []Detail `json:"details,omitempty"`
}

// Detail is one property of a field. Of what was added there is only After, of
// what was removed only Before.
type Detail struct {
	What   string `json:"what"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Formats tells what changed from one format to a later one, in the order of
// kinds and, among those, of the later format.
func Formats(before, after *Format) []Change {
	d := &differ{}
	d.compare(before.root, after.root)
	d.moves()
	var all []Change
	for _, kind := range []Kind{Added, Removed, Moved, Changed} {
		for _, s := range d.seen {
			if s.kind == kind {
				all = join(all, s)
			}
		}
	}
	return all
}

// sight is a difference in one place.
type sight struct {
	kind    Kind
	field   *field
	details []Detail
}

type differ struct{ seen []sight }

func (d *differ) add(kind Kind, f *field, details ...Detail) {
	d.seen = append(d.seen, sight{kind, f, details})
}

// compare looks at a field that both formats have.
func (d *differ) compare(a, b *field) {
	if details := properties(a, b); len(details) > 0 {
		d.add(Changed, b, details...)
	}
	find := func(list []*field, f *field) *field {
		i := slices.IndexFunc(list, func(o *field) bool { return o.name == f.name && o.attribute == f.attribute })
		if i < 0 {
			return nil
		}
		return list[i]
	}
	for _, old := range a.kids {
		if find(b.kids, old) == nil {
			d.add(Removed, old, summary(old, false)...)
		}
	}
	for _, now := range b.kids {
		if old := find(a.kids, now); old != nil {
			d.compare(old, now)
		} else {
			d.add(Added, now, summary(now, true)...)
		}
	}
	d.order(a, b, find)
}

// order tells which elements that both blocks have stand elsewhere among them.
func (d *differ) order(a, b *field, find func([]*field, *field) *field) {
	var places []int // in a, of the common elements of b
	var common []*field
	for _, now := range b.kids {
		if old := find(a.kids, now); old != nil && !now.attribute {
			places = append(places, slices.Index(a.kids, old))
			common = append(common, now)
		}
	}
	kept := longestRise(places)
	for i, f := range common {
		if kept[i] {
			continue
		}
		where := "primo del blocco"
		if i > 0 {
			where = "dopo " + common[i-1].name
		}
		d.add(Moved, f, Detail{What: "posto", After: where})
	}
}

// longestRise marks a longest rising subsequence: what it leaves out has moved.
func longestRise(places []int) []bool {
	length, before := make([]int, len(places)), make([]int, len(places))
	last := -1
	for i := range places {
		length[i], before[i] = 1, -1
		for j := range i {
			if places[j] < places[i] && length[j]+1 > length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	kept := make([]bool, len(places))
	for ; last >= 0; last = before[last] {
		kept[last] = true
	}
	return kept
}

// moves joins what was removed in one place and added in one other.
func (d *differ) moves() {
	key := func(f *field) string { return fmt.Sprint(f.name, f.attribute) }
	count := make(map[string]int)
	for _, s := range d.seen {
		if s.kind == Added || s.kind == Removed {
			count[string(s.kind)+key(s.field)]++
		}
	}
	var joined []sight
	gone := make(map[*field]bool)
	for _, s := range d.seen {
		if s.kind != Added || count[string(Added)+key(s.field)] != 1 || count[string(Removed)+key(s.field)] != 1 {
			continue
		}
		for _, r := range d.seen {
			if r.kind == Removed && key(r.field) == key(s.field) {
				details := append([]Detail{{"posto", r.field.path, s.field.path}}, properties(r.field, s.field)...)
				joined = append(joined, sight{Moved, s.field, details})
				gone[r.field], gone[s.field] = true, true
				d.within(r.field, s.field, &joined)
			}
		}
	}
	d.seen = slices.DeleteFunc(d.seen, func(s sight) bool { return gone[s.field] })
	d.seen = append(d.seen, joined...)
}

// within compares what a block that moved holds.
func (d *differ) within(a, b *field, into *[]sight) {
	inner := &differ{}
	inner.compare(a, b)
	for _, s := range inner.seen {
		if s.field != b {
			*into = append(*into, s)
		}
	}
}

// join adds a difference to the change that says the same of the same name.
func join(all []Change, s sight) []Change {
	for i := range all {
		c := &all[i]
		if c.Kind == s.kind && c.Label == s.field.label && lastStep(c.Paths[0]) == lastStep(s.field.path) && slices.Equal(c.Details, s.details) {
			c.Paths = append(c.Paths, s.field.path)
			return all
		}
	}
	return append(all, Change{s.kind, []string{s.field.path}, s.field.label, s.details})
}

func lastStep(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// properties compares two fields apart from what they hold inside.
func properties(a, b *field) []Detail {
	var list []Detail
	note := func(what, before, after string) {
		if before != after {
			list = append(list, Detail{what, before, after})
		}
	}
	if a.name != b.name {
		note("nome", a.name, b.name)
	}
	note("spazio dei nomi", a.space, b.space)
	note("obbligo", a.duty(), b.duty())
	note("ripetizioni", a.occurs.words(), b.occurs.words())
	switch {
	case a.value == nil && b.value != nil:
		note("contenuto", "blocco", "valore")
	case a.value != nil && b.value == nil:
		note("contenuto", "valore", "blocco")
	case a.value != nil:
		list = append(list, values(a.value, b.value)...)
	}
	return list
}

// values compares what two simple types admit.
func values(a, b *value) []Detail {
	var list []Detail
	note := func(what, before, after string) {
		if before != after {
			list = append(list, Detail{what, before, after})
		}
	}
	note("genere", typeWords(a.base), typeWords(b.base))
	note("lunghezza", a.length(), b.length())
	note("forma", strings.Join(a.patterns, " e "), strings.Join(b.patterns, " e "))
	for _, f := range limits() {
		note(f.words, a.facets[f.facet], b.facets[f.facet])
	}
	note(usualValue, a.usual, b.usual)
	note("valore nullo (xsi:nil)", a.null(), b.null())
	switch {
	case a.values != nil && b.values != nil:
		if more := lacking(b.values, a.values); len(more) > 0 {
			list = append(list, Detail{What: "valori aggiunti", After: strings.Join(more, ", ")})
		}
		if less := lacking(a.values, b.values); len(less) > 0 {
			list = append(list, Detail{What: "valori tolti", Before: strings.Join(less, ", ")})
		}
	default:
		note("valori", strings.Join(a.values, ", "), strings.Join(b.values, ", "))
	}
	return list
}

// lacking are the members of a that b has not.
func lacking(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(v string) bool { return slices.Contains(b, v) })
}

// summary describes a field that only one format has.
func summary(f *field, added bool) []Detail {
	blank := &field{name: f.name, value: &value{}}
	var said []Detail
	say := func(what, text string) {
		if text == "" {
			return
		}
		d := Detail{What: what, Before: text}
		if added {
			d = Detail{What: what, After: text}
		}
		said = append(said, d)
	}
	say("obbligo", f.duty())
	if f.occurs.most != 1 {
		say("ripetizioni", f.occurs.words())
	}
	if f.value == nil {
		say("contenuto", fmt.Sprintf("blocco di %d campi", f.count()-1))
		return said
	}
	for _, d := range values(blank.value, f.value) {
		say(d.What, cmp.Or(d.After, d.Before))
	}
	return said
}

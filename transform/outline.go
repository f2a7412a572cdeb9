package transform

import (
	"slices"
	"strconv"

	"github.com/snodo-co/snodo/transform/co"
)

// Outline lists the blocks and the values of a communication in the order of
// its format, each with its place. It is how rules look at any kind without
// knowing it. Absent blocks and empty values are not listed. The zero value is
// empty; an Outline is used by one call at a time.
type Outline struct {
	places []Place
	open   []int // indexes of the blocks around the next place
}

// Place is one block or value.
type Place struct {
	// Value points into the model: a *co.Contratto, a *co.CodiceFiscale and so
	// on; for a value without a type of its own, a *string.
	Value any

	name      string
	parent    int32 // index, -1 for the root
	number    int32 // 1-based where the element may be repeated, else 0
	attribute bool
}

// What an Outline has room for at first: the places and the depth of a document
// of any kind about one worker, so that laying it allocates twice.
const (
	usualPlaces = 160
	usualDepth  = 16
)

// Lay fills o with the places of c, of which the root is the first. It reuses
// the memory of o.
func (o *Outline) Lay(c co.Comunicazione) {
	if o.places == nil {
		o.places, o.open = make([]Place, 0, usualPlaces), make([]int, 0, usualDepth)
	}
	o.places, o.open = o.places[:0], o.open[:0]
	f, _ := formatOf(c.Kind())
	o.begin(f.root, true)
	o.block(c)
	walk(o, c)
	o.end()
}

// Grow makes room for so many places, so that Lay need not.
func (o *Outline) Grow(places int) { o.places = slices.Grow(o.places[:0], places) }

// Places lists what Lay found. It is good until the next Lay.
func (o *Outline) Places() []Place { return o.places }

// Path is the path of place i as faults have it: /UniLav/Lavoratore/extraCE/@questura.
// Elements that may be repeated carry their number: /VarDatori/.../SedeLavoro[2].
func (o *Outline) Path(i int) string {
	var room [128]byte // most paths are shorter
	return string(o.appendPath(room[:0], i))
}

func (o *Outline) appendPath(to []byte, i int) []byte {
	p := &o.places[i]
	if p.parent >= 0 {
		to = o.appendPath(to, int(p.parent))
	}
	to = append(to, '/')
	if p.attribute {
		to = append(to, '@')
	}
	to = append(to, p.name...)
	if p.number > 0 {
		to = append(strconv.AppendInt(append(to, '['), int64(p.number), 10), ']')
	}
	return to
}

// Parent is the index of the block around place i, -1 for the root's.
func (o *Outline) Parent(i int) int { return int(o.places[i].parent) }

func (o *Outline) add(p Place) {
	p.parent = -1
	if len(o.open) > 0 {
		p.parent = int32(o.open[len(o.open)-1])
	}
	o.places = append(o.places, p)
}

func (o *Outline) value(name, text string, v any, attribute bool) {
	if text != "" {
		o.add(Place{Value: v, name: name, attribute: attribute})
	}
}

// begin enters the block whose value comes with block.
func (o *Outline) begin(name string, wanted bool) bool {
	if wanted {
		o.add(Place{name: name})
		o.open = append(o.open, len(o.places)-1)
	}
	return wanted
}

func (o *Outline) block(v any) { o.places[len(o.places)-1].Value = v }

func (o *Outline) number(n int) { o.places[len(o.places)-1].number = int32(n) }

func (o *Outline) end() { o.open = o.open[:len(o.open)-1] }

// attr and text never come here: the functions of those names pass typed
// values to value.
func (o *Outline) attr(_, v string, _ bool) string { return v }
func (o *Outline) text(_, v string, _ bool) string { return v }

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
// one above it. Content that is not well-formed leaves the rest alone. The cost
// is that of reading content once, however many the faults.
func Locate(content []byte, faults fault.List) {
	var l locator
	sought := make([][]*spot, len(faults))
	for i, f := range faults {
		if f.Line == 0 && f.Path != "" {
			sought[i] = l.seek(f.Path)
		}
	}
	l.read(content)
	for i, path := range sought {
		for _, s := range path {
			if s.line == 0 {
				break
			}
			faults[i].Line = s.line
		}
	}
}

// locator follows one reading of a document down the tree of the paths sought.
type locator struct {
	root    spot
	missing int     // spots without a line
	here    []*spot // the spots that the open elements are, outermost first
	widths  []int   // how many of here each open element is
}

// spot is one step of the paths sought.
type spot struct {
	line  int // where it first starts, 0 as long as it was not seen
	below map[string]*family
}

// family are the steps of one name below a spot.
type family struct {
	seen     int           // children of that name in the element that is the spot now
	any      *spot         // the step without number
	numbered map[int]*spot // those with one, nil if there are none
}

// seek adds a path and gives its spots, outermost first; an attribute has none.
func (l *locator) seek(path string) []*spot {
	spots := make([]*spot, 0, strings.Count(path, "/"))
	above := &l.root
	for step := range strings.SplitSeq(path[1:], "/") {
		if strings.HasPrefix(step, "@") {
			break
		}
		name, number := step, 0
		if head, rest, ok := strings.Cut(step, "["); ok {
			name = head
			number, _ = strconv.Atoi(strings.TrimSuffix(rest, "]")) // ours: a number
		}
		above = l.spot(above, name, number)
		spots = append(spots, above)
	}
	return spots
}

// spot finds the step of a name and number below another, or makes it.
func (l *locator) spot(above *spot, name string, number int) *spot {
	if above.below == nil {
		above.below = make(map[string]*family)
	}
	f := above.below[name]
	if f == nil {
		f = new(family)
		above.below[name] = f
	}
	s := f.any
	if number > 0 {
		s = f.numbered[number]
	}
	if s == nil {
		s = new(spot)
		l.missing++
		switch {
		case number == 0:
			f.any = s
		case f.numbered == nil:
			f.numbered = map[int]*spot{number: s}
		default:
			f.numbered[number] = s
		}
	}
	return s
}

// read goes over content until every spot has its line.
func (l *locator) read(content []byte) {
	var r xmltoken.Reader
	r.Reset(content, xmltoken.Limits{})
	l.here, l.widths = append(l.here, &l.root), append(l.widths, 1)
	for l.missing > 0 {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return
		}
		switch kind {
		case xmltoken.Start:
			l.enter(&r)
		case xmltoken.End:
			last := len(l.widths) - 1
			l.here = l.here[:len(l.here)-l.widths[last]]
			l.widths = l.widths[:last]
		}
	}
}

// enter goes into the element whose Start is current, which is a step below
// each of the spots that its parent is, or none.
func (l *locator) enter(r *xmltoken.Reader) {
	end := len(l.here)
	for i := end - l.widths[len(l.widths)-1]; i < end; i++ {
		f := l.here[i].below[string(r.Local())]
		if f == nil {
			continue
		}
		f.seen++
		l.meet(f.any, r)
		l.meet(f.numbered[f.seen], r)
	}
	l.widths = append(l.widths, len(l.here)-end)
}

// meet makes a spot, if there is one, one of those that the element is.
func (l *locator) meet(s *spot, r *xmltoken.Reader) {
	if s == nil {
		return
	}
	if s.line == 0 {
		s.line = r.Line()
		l.missing--
	}
	for _, f := range s.below {
		f.seen = 0
	}
	l.here = append(l.here, s)
}

package transform

import (
	"slices"
	"strings"
	"sync"

	"github.com/snodo-co/snodo/transform/co"
)

// names are what a walk asks for inside one element, as a tree: all that a
// decoder knows of a format, in the order of the walk. Namespaces are left out.
type names struct {
	name  string
	path  string // from the root, without numbers
	value bool   // of simple content, no block
	attrs []string
	kids  []*names
}

// index finds a child, -1 if the walk asks for none of that name.
func (n *names) index(name []byte) int {
	return slices.IndexFunc(n.kids, func(k *names) bool { return k.name == string(name) })
}

// asked are the names of every kind, by kind, in what holds the root: made once
// and only read.
var asked = sync.OnceValue(func() map[string]*names {
	all := make(map[string]*names)
	for _, kind := range co.Kinds() {
		f, _ := formatOf(kind)
		s := &survey{top: &names{}}
		s.begin(f.root, true)
		walk(s, f.empty())
		s.end()
		all[kind] = s.top
	}
	return all
})

// Knows reports whether the communications of a kind hold what stands at a path
// without numbers, /UniLav/Lavoratore/extraCE/@questura: whether DecodeDropIn
// may read it, or passes over it.
func Knows(kind, path string) bool {
	n := asked()[kind]
	steps := strings.Split(path, "/")[1:]
	for i, step := range steps {
		if n == nil {
			return false
		}
		if a, ok := strings.CutPrefix(step, "@"); ok {
			return i == len(steps)-1 && slices.Contains(n.attrs, a)
		}
		k := n.index([]byte(step))
		if k < 0 {
			return false
		}
		n = n.kids[k]
	}
	return n != nil && len(steps) > 0
}

// survey is the codec that notes what a walk asks for. It enters every element
// once, so no walk may hold itself.
type survey struct {
	top   *names // the element entered last
	above []*names
}

func (s *survey) begin(name string, _ bool) bool {
	if s.top.index([]byte(name)) >= 0 {
		return false // a list asks until there are no more
	}
	n := &names{name: name, path: s.top.path + "/" + name}
	s.top.kids = append(s.top.kids, n)
	s.above = append(s.above, s.top)
	s.top = n
	return true
}

func (s *survey) end() {
	last := len(s.above) - 1
	s.top, s.above = s.above[last], s.above[:last]
}

func (s *survey) attr(name, v string, _ bool) string {
	s.top.attrs = append(s.top.attrs, name)
	return v
}

func (s *survey) text(name, v string, _ bool) string {
	if s.begin(name, true) {
		s.top.value = true
		s.end()
	}
	return v
}

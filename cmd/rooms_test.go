package cmd

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms are the packages below cmd/snodo, each with the siblings that it may
// import: what is invented, what sends it, and the node, which knows neither; the
// tools over them; and the program over all. What several need is in verb.
var rooms = map[string][]string{
	"cmd/snodo/verb":   {},
	"cmd/snodo/sample": {},
	"cmd/snodo/sender": {"verb", "sample"},
	"cmd/snodo/node":   {"verb"},
	"cmd/snodo/probe":  {"verb", "sample", "sender", "node"},
	"cmd/snodo/bench":  {"verb", "sample", "sender", "node"},
	"cmd/snodo/demo":   {"verb", "sample", "sender", "node"},
	"cmd/snodo":        {"verb", "sample", "sender", "node", "probe", "bench", "demo"},
}

// TestRooms keeps the rooms of the program apart: a package below cmd/snodo that
// is not in the table, or that imports a sibling which the table does not give it,
// is one that nobody would look for there.
func TestRooms(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for _, s := range sources(t) {
		if s.dir != "cmd/snodo" && !strings.HasPrefix(s.dir, "cmd/snodo/") || s.ignored() {
			continue
		}
		allowed, known := rooms[s.dir]
		if !known && !testOnly(s.dir) {
			t.Errorf("%s: %s is not among the rooms", s.path, s.dir)
			continue
		}
		met[s.dir] = true
		if s.test() || testOnly(s.dir) {
			continue // tests look into several
		}
		for _, imp := range s.file.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			sibling, below := strings.CutPrefix(path, module+"cmd/snodo/")
			if below && !slices.Contains(allowed, sibling) {
				t.Errorf("%s imports %s: a sibling that %s may not know", s.path, sibling, s.dir)
			}
		}
	}
	for dir := range rooms {
		if !met[dir] {
			t.Errorf("%s: a room without sources", dir)
		}
	}
}

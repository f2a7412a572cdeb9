package xsd

import (
	"strings"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Locate sets the line of each fault that has a path and no line yet: the line
// of content on which that element, or the element that has or lacks that
// attribute, first starts. An element that is not there gets the line of the
// nearest one above it. Content that is not well-formed leaves the rest alone.
func Locate(content []byte, faults fault.List) {
	open := false
	for _, f := range faults {
		open = open || f.Line == 0 && f.Path != ""
	}
	if !open {
		return
	}
	lines := make([]int, len(faults))
	reach := make([]int, len(faults)) // how much of the path the line stands for
	var r xmltoken.Reader
	r.Reset(content, xmltoken.Limits{})
	var ends []int // length of path before each open element
	path := ""
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			break
		}
		switch kind {
		case xmltoken.Start:
			ends = append(ends, len(path))
			path += "/" + string(r.Local())
			for i, f := range faults {
				if len(path) > reach[i] && under(path, f.Path) {
					lines[i], reach[i] = r.Line(), len(path)
				}
			}
		case xmltoken.End:
			path = path[:ends[len(ends)-1]]
			ends = ends[:len(ends)-1]
		}
	}
	for i := range faults {
		if faults[i].Line == 0 {
			faults[i].Line = lines[i]
		}
	}
}

// under reports whether path is target or one of its parents.
func under(path, target string) bool {
	rest, ok := strings.CutPrefix(target, path)
	return ok && (rest == "" || rest[0] == '/')
}

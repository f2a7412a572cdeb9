package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// lessened gives a document once without each of its elements and attributes,
// the root and its edition left alone.
func lessened(t *testing.T, content []byte) (all []lesser) {
	t.Helper()
	var names []string
	var from []int
	var r xmltoken.Reader
	r.Reset(content, xmltoken.Limits{})
	cut := func(path string, from, to int) {
		all = append(all, lesser{path, []byte(string(content[:from]) + string(content[to:]))})
	}
	for {
		kind, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		path := "/" + strings.Join(names, "/")
		switch kind {
		case xmltoken.EOF:
			return all
		case xmltoken.Start:
			names, from = append(names, string(r.Local())), append(from, r.Offset())
			path = "/" + strings.Join(names, "/")
			tag := string(content[r.Offset():r.End()])
			for _, a := range r.Attrs() {
				name := string(a.Local)
				at := strings.Index(tag, " "+name+`="`+string(a.Value)) // not where it is written otherwise
				if at >= 0 && name != "versione" {
					at += r.Offset()
					cut(path+"/@"+name, at, at+len(name)+len(a.Value)+len(` =""`))
				}
			}
		case xmltoken.End:
			last := len(names) - 1
			if last > 0 {
				cut(path, from[last], r.End())
			}
			names, from = names[:last], from[:last]
		}
	}
}

// lesser is a document without the field of a path.
type lesser struct {
	path    string
	content []byte
}

// TestRulesWithoutAnyField: whatever one field the schema of a pack lets be
// absent, the rules judge what is there; and where it has no such field at all,
// they say nothing of it.
func TestRulesWithoutAnyField(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../xsd/schemas/*/*/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all, missed := tables(t), 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := strings.Split(filepath.ToSlash(file), "/")
		id := xsd.ID{Kind: strings.ToUpper(part[4]), Edition: part[5]}
		for _, less := range lessened(t, content) {
			c, passed, err := transform.DecodeDropIn(id, less.content)
			if err != nil || len(passed) > 0 {
				t.Fatalf("%v %v\n%s", passed, err, less.content)
			}
			about := func(f fault.Fault) bool { return speaksOf(f.Path, []string{less.path}) }
			missed += len(slices.DeleteFunc(Check(c, less.content, all, today), func(f fault.Fault) bool { return !about(f) }))
			if faults := CheckDropIn(c, less.content, all, today, []string{less.path}); slices.ContainsFunc(faults, about) {
				t.Errorf("%s, an edition without %s: %v", file, less.path, faults)
			}
		}
	}
	if missed == 0 {
		t.Error("no rule ever missed a field")
	}
}

package xsd

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

var update = flag.Bool("update", false, "rewrite the expected faults; read the difference before committing")

var unilavID = ID{"UNILAV", "CO190701R1"}

func build(t testing.TB) *Standards {
	t.Helper()
	s, err := New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a valid document.
type sample struct {
	id      ID
	name    string // kind/edition/file
	content []byte
}

// allSamples are the valid documents of every standard, which lie beside its
// schema: schemas/<kind>/<edition>/testdata/valid.
func allSamples(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("schemas/*/*/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	var all []sample
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := strings.Split(filepath.ToSlash(file), "/")
		all = append(all, sample{
			id:      ID{strings.ToUpper(part[1]), part[2]},
			name:    part[1] + "/" + part[2] + "/" + strings.TrimSuffix(part[5], ".xml"),
			content: content,
		})
	}
	return all
}

// samples are the valid documents of UNILAV by name.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, s := range allSamples(t) {
		if s.id == unilavID {
			all[filepath.Base(s.name)] = s.content
		}
	}
	return all
}

// judgeAll is identification and validation, as the path of a submission has them.
func judgeAll(t testing.TB, s *Standards, content []byte) fault.List {
	t.Helper()
	id, faults := s.Identify(content)
	if len(faults) > 0 {
		return faults
	}
	faults, err := s.Validate(id, content)
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

func TestSamplesHold(t *testing.T) {
	t.Parallel()
	s := build(t)
	held := make(map[ID]bool)
	for _, sample := range allSamples(t) {
		held[sample.id] = true
		t.Run(sample.name, func(t *testing.T) {
			t.Parallel()
			id, faults := s.Identify(sample.content)
			if id != sample.id || len(faults) != 0 {
				t.Fatalf("identified as %v, %v", id, faults)
			}
			if faults, err := s.Validate(id, sample.content); err != nil || len(faults) != 0 {
				t.Errorf("faults %v, error %v", faults, err)
			}
			// The explanation must not see what the judge does not.
			if faults := s.compiled[id].schema.explain(sample.content); len(faults) != 0 {
				t.Errorf("explained: %v", faults)
			}
		})
	}
	for id := range s.compiled {
		if !held[id] {
			t.Errorf("%v has no sample", id)
		}
	}
}

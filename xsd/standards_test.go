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

// unilav is the folder of the edition that the tests use.
const unilav = "schemas/unilav/CO190701R1/testdata/"

var unilavID = ID{"UNILAV", "CO190701R1"}

func build(t testing.TB) *Standards {
	t.Helper()
	s, err := New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// samples are the valid documents by name.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(unilav + "valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := make(map[string][]byte)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".xml")] = b
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
	for name, content := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, faults := s.Identify(content)
			if id != unilavID || len(faults) != 0 {
				t.Fatalf("identified as %v, %v", id, faults)
			}
			if faults, err := s.Validate(id, content); err != nil || len(faults) != 0 {
				t.Errorf("faults %v, error %v", faults, err)
			}
			// The explanation must not see what the judge does not.
			if faults := s.compiled[id].schema.explain(content); len(faults) != 0 {
				t.Errorf("explained: %v", faults)
			}
		})
	}
}

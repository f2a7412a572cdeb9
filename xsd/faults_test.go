package xsd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestFaults runs the cases of testdata/faults: a valid sample, edits of it,
// and every fault that must be told.
func TestFaults(t *testing.T) {
	t.Parallel()
	s, valid := build(t), make(map[string][]byte)
	for _, sample := range allSamples(t) {
		valid[sample.name] = sample.content
	}
	files, err := filepath.Glob("schemas/*/*/testdata/faults/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	produced := make(map[fault.Code]bool)
	for _, file := range files {
		// Not parallel: the codes produced are gathered.
		part := strings.Split(filepath.ToSlash(file), "/")
		standard := part[1] + "/" + part[2] + "/"
		t.Run(standard+strings.TrimSuffix(part[5], ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			content := edited(t, valid, standard, archive)
			got := render(judgeAll(t, s, content), produced)
			if got == "" {
				t.Error("no fault")
			}
			last := &archive.Files[len(archive.Files)-1]
			if last.Name != "faults" {
				t.Fatal("the last section is not the faults")
			}
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(last.Data); got != want {
				t.Errorf("faults:\n%swant:\n%s", got, want)
			}
		})
	}
	for _, e := range fault.Catalogue() {
		if strings.HasPrefix(string(e.Code), "XSD-") && !produced[e.Code] {
			t.Errorf("no case produces %s", e.Code)
		}
	}
}

// edited applies the edits of a case: a section base names the sample of the
// same standard, each
// section edit has what to replace, a line =>, and what by, which *N repeats.
func edited(t *testing.T, valid map[string][]byte, standard string, archive *txtar.Archive) []byte {
	t.Helper()
	var content []byte
	for _, f := range archive.Files {
		switch f.Name {
		case "base":
			content = bytes.Clone(valid[standard+strings.TrimSpace(string(f.Data))])
			if content == nil {
				t.Fatal("unknown base")
			}
		case "edit":
			from, to, ok := strings.Cut("\n"+string(f.Data), "\n=>\n")
			from, to = strings.TrimPrefix(from, "\n"), strings.TrimSuffix(to, "\n")
			if !ok || bytes.Count(content, []byte(from)) != 1 {
				t.Fatalf("edit of %q does not fit once", from)
			}
			if head, rest, found := strings.Cut(to, " "); found && strings.HasPrefix(head, "*") {
				if n, err := strconv.Atoi(head[1:]); err == nil {
					to = strings.Repeat(rest, n)
				}
			}
			content = bytes.Replace(content, []byte(from), []byte(to), 1)
		}
	}
	return content
}

func render(faults fault.List, produced map[fault.Code]bool) string {
	var b strings.Builder
	for i, f := range faults {
		produced[f.Code] = true
		if i >= 6 && i < MaxFaults {
			continue // one case tells very many
		}
		fmt.Fprintf(&b, "%s %d %s\n    %s\n", f.Code, f.Line, f.Path, f.Text())
	}
	return b.String()
}

package spicom

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
)

// update is run as `go test ./transform/spicom -update`; read what it changed.
var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden converts the cases of testdata/golden. A case names its base, a
// recorded payload, and edits it: each line "- old" is replaced by the lines
// "+ new" that follow. Every national document must hold against the schema.
func TestGolden(t *testing.T) {
	t.Parallel()
	standards, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source := goldenSource(t, archive)
			result, err := converter(t).Convert(source)
			if err != nil {
				t.Fatal(err)
			}
			files := []txtar.File{{Name: "report", Data: []byte(report(result))}}
			if result.National != nil {
				holds(t, standards, result)
				pretty := strings.ReplaceAll(string(result.National), "><", ">\n<") + "\n"
				files = append(files, txtar.File{Name: "national", Data: []byte(pretty)})
			}
			got := txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: append(given(archive), files...)})
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) == string(want) {
				return
			}
			if !*update {
				t.Fatalf("differs from the golden file, which says\n%s\ngot\n%s", want, got)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// given are the files of a case that say what is converted.
func given(a *txtar.Archive) []txtar.File {
	var files []txtar.File
	for _, f := range a.Files {
		if f.Name == "base" || f.Name == "edits" {
			files = append(files, f)
		}
	}
	return files
}

func goldenSource(t *testing.T, a *txtar.Archive) []byte {
	t.Helper()
	var text []byte
	for _, f := range given(a) {
		if f.Name == "base" {
			text = payload(t, strings.TrimSpace(string(f.Data)))
			continue
		}
		var old string
		var lines []string
		apply := func() {
			if old != "" {
				text = edit(t, text, old, strings.Join(lines, "\n"))
			}
			old, lines = "", nil
		}
		for line := range strings.Lines(string(f.Data)) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case strings.HasPrefix(line, "- "):
				apply()
				old = line[2:]
			case strings.HasPrefix(line, "+ "):
				lines = append(lines, line[2:])
			default:
				t.Fatalf("edit that neither removes nor adds: %q", line)
			}
		}
		apply()
	}
	return text
}

func report(r Result) string {
	faults, err := r.Faults.Encode()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("kind %s\nexternal %s\nprevious %s\nunknown %v\nfaults %s\n",
		r.Kind, r.External, r.Previous, r.Unknown, strings.ReplaceAll(string(faults), "},{", "},\n{"))
}

// holds demands that a converted document is of its standard, and that reading
// and writing it again gives the same bytes.
func holds(t *testing.T, standards *xsd.Standards, r Result) {
	t.Helper()
	id, faults := standards.Identify(r.National)
	if len(faults) > 0 || id.Kind != r.Kind {
		t.Fatalf("identified as %v: %v", id, faults)
	}
	faults, err := standards.Validate(id, r.National)
	if err != nil || faults.Refuses() || r.Faults.Refuses() {
		t.Fatalf("not valid: %v %v\n%s", faults, err, r.National)
	}
	c, err := transform.Decode(id, r.National)
	if err != nil {
		t.Fatal(err)
	}
	again, err := transform.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(r.National) {
		t.Errorf("decoded and encoded again\n%s\nwas\n%s", again, r.National)
	}
}

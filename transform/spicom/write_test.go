package spicom

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestPayloadsAreWrittenAgain: what is read of a recorded communication is
// written in the same bytes, as the region's own serialiser does.
func TestPayloadsAreWrittenAgain(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/payloads/*.xml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d payloads, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, f := read(Trim(text))
		if f != nil {
			t.Fatalf("%s: %v", file, f)
		}
		if got := appendPayload(nil, &doc.root); !bytes.Equal(got, text) {
			t.Errorf("%s: written\n%s", file, got)
		}
		if len(doc.unknown) > 0 {
			t.Errorf("%s: unknown %v", file, doc.unknown)
		}
	}
}

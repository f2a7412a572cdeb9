package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
)

// TestGeneratedIsCurrent: the committed client is what gowsdl makes of the WSDL
// as it is now, byte for byte, and so of that of every region, whatever it requires.
func TestGeneratedIsCurrent(t *testing.T) {
	if raceDetector {
		t.Skip("gowsdl 0.5.0 itself has a data race; the run without the detector does this test")
	}
	quieten()
	out := filepath.Join(t.TempDir(), "generated.go")
	if err := run(out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../generated.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("adapters/soap/client/generated.go is stale: run go generate ./adapters/soap/client")
	}
	for _, region := range routing.Regions() {
		for _, profiles := range [][]soap.Profile{nil, soap.KnownProfiles()} {
			if got, err := generate(region, profiles); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, profiles %v: another client, %v", region.Slug, profiles, err)
			}
		}
	}
}

package spicom

import (
	"crypto/sha256"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// FuzzPayload: whatever the text, Convert neither panics nor fails; it gives
// either a national document that reads back to itself or one fault of the
// catalogue, and never an identity that two different texts share.
func FuzzPayload(f *testing.F) {
	files, err := filepath.Glob("testdata/payloads/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no payloads: %v", err)
	}
	for _, file := range files {
		f.Add(payload(f, filepath.Base(file)))
	}
	c := converter(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		text = Trim(text)
		r, err := c.Convert(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range r.Faults {
			if _, ok := fault.Lookup(one.Code); !ok || !strings.HasPrefix(string(one.Code), "CNV-") {
				t.Errorf("fault %v is not of the catalogue", one)
			}
		}
		if r.Digest == ([sha256.Size]byte{}) {
			t.Error("no digest")
		}
		if (r.National == nil) != r.Faults.Refuses() {
			t.Errorf("document of %d bytes beside %v", len(r.National), r.Faults)
		}
		if r.National == nil {
			return
		}
		national, err := transform.Decode(xsd.ID{Kind: r.Kind, Edition: edition}, r.National)
		if err != nil {
			t.Fatalf("written but not read: %v\n%s", err, r.National)
		}
		again, err := transform.Encode(national)
		if err != nil || string(again) != string(r.National) {
			t.Errorf("read and written again: %v\n%s\nwas\n%s", err, again, r.National)
		}
	})
}

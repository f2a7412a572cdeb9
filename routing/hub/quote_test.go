package hub_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/envelope"
)

// value finds every value of a sample: of attributes and of elements.
var value = regexp.MustCompile(`="([^"]*)"|>([^<>]*[^<>\s][^<>]*)<`)

// TestNothingQuotesTheDocument puts a mark in every value of every sample of
// every kind in turn: neither the faults recorded, nor the receipt, nor the
// answers in any dialect hold it.
func TestNothingQuotesTheDocument(t *testing.T) {
	t.Parallel()
	const mark = "QZ7XK"
	files, err := filepath.Glob("../../xsd/schemas/*/*/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	base := hubIn(t, &world{})
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range value.FindAllSubmatchIndex(content, -1) {
			from, to := max(at[2], at[4]), max(at[3], at[5])
			marked := string(content[:from]) + mark + string(content[to:])
			w := &world{signer: signer}
			s := signed(marked)
			s.Kind = ""
			a, err := moved(base, w).Submit(context.Background(), s)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if quoted := bytes.Contains(everythingSaid(t, w, a), []byte(mark)); quoted {
				t.Errorf("%s: the value of %s is quoted", file, content[max(0, from-30):to])
			}
		}
	}
}

// moved is a hub in another world: to make one anew for each of thousands of
// documents is slow.
func moved(base *hub.Hub, w *world) *hub.Hub {
	h := *base
	h.Verifier, h.Conversion, h.Journal, h.Archive = w, w, w, w
	return &h
}

// everythingSaid is what a submission leaves and what its sender may read of it.
func everythingSaid(t *testing.T, w *world, a hub.Answer) []byte {
	t.Helper()
	sealed, err := receipt.Build(a.Entry)
	if err != nil {
		t.Fatal(err)
	}
	all := append(bytes.Clone(w.drafts[0].Entry.Faults), sealed...)
	for _, n := range envelope.Bindings() {
		all = n.AppendAnswer(all, a.Accepted, a.Faults, sealed)
	}
	if len(a.Faults) > 0 {
		all = envelope.AppendFault(all, envelope.Client, a.Faults)
		all = envelope.AppendBeanFault(all, envelope.BeanFault{Code: envelope.Client, Faults: a.Faults, Receipt: sealed})
	}
	if !a.Accepted && !strings.Contains(string(all), "<Anomalie>") {
		t.Errorf("rejected without a reason: %s", all)
	}
	return all
}

// FuzzSubmit: whatever a signature covers is judged, without panic and without
// trouble of ours, and a rejection says why.
func FuzzSubmit(f *testing.F) {
	files, err := filepath.Glob("../../xsd/schemas/*/*/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	base := hubIn(f, &world{})
	f.Fuzz(func(t *testing.T, content []byte) {
		w := &world{signer: signer}
		s := signed("")
		s.Kind, s.Document = "", content
		a, err := moved(base, w).Submit(context.Background(), s)
		if err != nil || a.Refused {
			t.Fatalf("refused %v, %v", a.Refused, err)
		}
		everythingSaid(t, w, a)
		for _, f := range a.Faults {
			if f.Text() == string(f.Code) || f.Wording == "" {
				t.Errorf("%+v says nothing", f)
			}
		}
	})
}

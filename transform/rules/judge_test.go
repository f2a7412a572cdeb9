package rules

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// extended is the sample by which the cost of a document is promised: UNISOMM,
// variation 2.02.
const extended = "unisomm/CO190701R1/proroga-rapporto-e-missione"

// measured are the documents that benchmarks use, by kind/edition/name: extended,
// and the largest sample of each standard.
func measured(t testing.TB) map[string][]byte {
	t.Helper()
	largest, names := make(map[string][]byte), make(map[string]string)
	for file, content := range samples(t) {
		part := strings.Split(filepath.ToSlash(file), "/")
		standard := part[4] + "/" + part[5]
		if len(content) > len(largest[standard]) {
			largest[standard], names[standard] = content, strings.TrimSuffix(part[8], ".xml")
		}
	}
	all := map[string][]byte{extended: sample(t, extended)}
	for standard, content := range largest {
		all[standard+"/"+names[standard]] = content
	}
	return all
}

// judge is what the path of a submission does with content: which standard,
// does it hold, what does it say, do the rules hold.
func judge(t testing.TB, standards *xsd.Standards, tables *codes.Tables, content []byte) fault.List {
	id, faults := standards.Identify(content)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	faults, err := standards.Validate(id, content)
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	c, err := transform.Decode(id, content)
	if err != nil {
		t.Fatal(err)
	}
	return Check(c, content, tables, today)
}

func BenchmarkJudge(b *testing.B) {
	standards, err := xsd.New(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	all := tables(b)
	for name, content := range measured(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				judge(b, standards, all, content)
			}
		})
	}
}

// TestJudgeAllocates little at steady state: at most 200 times for the extended
// sample are promised, and half of that is kept for rules to come.
func TestJudgeAllocates(t *testing.T) {
	standards, err := xsd.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all, content := tables(t), sample(t, extended)
	if n := testing.AllocsPerRun(100, func() { judge(t, standards, all, content) }); n > 100 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkUnilavRules(b *testing.B) {
	all := tables(b)
	for _, name := range []string{"assunzione", "extra-ue-modello-q", "distacco", "tirocinio-dopo"} {
		c := decode(b, sample(b, name))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if faults := Check(c, nil, all, today); len(faults) > 0 {
					b.Fatal(faults)
				}
			}
		})
	}
}

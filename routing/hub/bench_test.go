package hub_test

import (
	"os"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// faultyOnes are UNISOMM of the size that people send, each with several faults: of the
// schema, of rules and tables, and of both.
func faultyOnes(tb testing.TB) map[string][]byte {
	tb.Helper()
	sample, err := os.ReadFile("../../xsd/schemas/unisomm/CO190701R1/testdata/valid/proroga-rapporto-e-missione.xml")
	if err != nil {
		tb.Fatal(err)
	}
	shape := []string{`<altro/><Settore>`, `<Settore>`}
	values := []string{`agenziaestera="FORSE"`, `agenziaestera="NO"`, `<cap>6012</cap>`, `<cap>60121</cap>`,
		`<LivelloIstruzione>quaranta<`, `<LivelloIstruzione>40<`}
	rules := []string{`codiceFiscale="09638527418"`, `codiceFiscale="09638527417"`, `<sesso>M</sesso>`, `<sesso>F</sesso>`,
		`TipologiaContrattuale="A.06.01"`, `TipologiaContrattuale="A.02.00"`, `codiceComunicazione="1300126000000001"`, `codiceComunicazione="0000000000000000"`}
	change := func(pairs ...[]string) []byte {
		content := string(sample)
		for _, p := range pairs {
			for i := 0; i < len(p); i += 2 {
				if !strings.Contains(content, p[i+1]) {
					tb.Fatalf("the sample lacks %s", p[i+1])
				}
				content = strings.Replace(content, p[i+1], p[i], 1)
			}
		}
		return []byte(content)
	}
	return map[string][]byte{"shape": change(shape, values), "values and rules": change(values, rules), "rules": change(rules)}
}

// rejection judges a document and writes its faults as entries have them.
func rejection(tb testing.TB, b hub.Basis, content []byte) fault.List {
	_, faults, err := b.Judge(xsd.ID{Kind: co.UNISOMM, Edition: "CO190701R1"}, content, "2026-03-02")
	if err != nil || !faults.Refuses() {
		tb.Fatal(faults, err)
	}
	if _, err := faults.Worded().Encode(); err != nil {
		tb.Fatal(err)
	}
	return faults
}

func basis(tb testing.TB) hub.Basis {
	tb.Helper()
	s, err := standards()
	if err != nil {
		tb.Fatal(err)
	}
	tables, err := codes.Files(nil).Load()
	if err != nil {
		tb.Fatal(err)
	}
	return hub.Basis{Standards: s, Tables: tables}
}

// BenchmarkRejected is what telling all the faults of a document costs, each
// with its place, field, line and wording.
func BenchmarkRejected(b *testing.B) {
	judge := basis(b)
	for name, content := range faultyOnes(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				rejection(b, judge, content)
			}
		})
	}
}

// TestRejectedAllocates: a rejection costs memory by its faults, not by all that
// is looked at (96, 196 and 115 times). The rest is for what is to come and for the
// race detector, which empties pools at random.
func TestRejectedAllocates(t *testing.T) {
	judge, most := basis(t), map[string]float64{"shape": 210, "values and rules": 400, "rules": 210}
	for name, content := range faultyOnes(t) {
		if n := testing.AllocsPerRun(100, func() { rejection(t, judge, content) }); n > most[name] {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

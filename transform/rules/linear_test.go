package rules

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The cost of a document must grow with its length and no faster. The kinds that
// grow are VARDATORI, for a transfer may have thousands of workers, and UNIPI,
// for a prospetto may have as many.

// transferOfSize repeats the workers of a sample until the document has so many
// bytes; it has at least one.
func transferOfSize(t testing.TB, size int) []byte {
	t.Helper()
	c := decode(t, sample(t, "vardatori/CO190701R1/sedi")).(*co.VarDatori)
	places := c.TrasferimentoAzienda.SedeLavoro
	workers := append(places[1].Lavoratori, places[0].Lavoratori...)
	write := func(n int) []byte {
		place := places[0]
		place.Lavoratori = nil
		for i := range n {
			place.Lavoratori = append(place.Lavoratori, workers[i%len(workers)])
		}
		c.TrasferimentoAzienda.SedeLavoro = []co.SedeTrasferita{place}
		content, err := transform.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	base := len(write(0))
	each := (len(write(len(workers))) - base) / len(workers)
	return write(max(1, (size-base+each-1)/each))
}

// step is one of what is done with every document.
type step struct {
	name string
	run  func() error
}

// stepsOf are the steps on one document.
func stepsOf(t testing.TB, judge *xsd.Standards, all *codes.Tables, content []byte) []step {
	t.Helper()
	id, faults := judge.Identify(content)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c, err := transform.Decode(id, content)
	if err != nil {
		t.Fatal(err)
	}
	outline := new(transform.Outline)
	none := func(faults fault.List, err error) error {
		if err != nil || len(faults) > 0 {
			return fmt.Errorf("%v: %w", faults, err)
		}
		return nil
	}
	return []step{
		{"Identify", func() error { _, faults := judge.Identify(content); return none(faults, nil) }},
		{"Validate", func() error { return none(judge.Validate(id, content)) }},
		{"Decode", func() error { _, err := transform.Decode(id, content); return err }},
		{"Outline", func() error { outline.Lay(c); return nil }},
		{"Check", func() error { return none(Check(c, content, all, today), nil) }},
	}
}

func BenchmarkLinear(b *testing.B) {
	judge, err := standards()
	if err != nil {
		b.Fatal(err)
	}
	for _, kb := range []int{1, 10, 100, 1000} {
		content := transferOfSize(b, kb<<10)
		for _, s := range stepsOf(b, judge, tables(b), content) {
			b.Run(fmt.Sprintf("%s/%dKB", s.name, kb), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := s.run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(content)), "ns/byte")
			})
		}
	}
}

// cost is what a step takes at best.
type cost struct {
	time   time.Duration // of the processor, whatever else runs on the machine
	bytes  uint64        // allocated
	allocs uint64
}

// costOf runs a step some times in a row and takes the least of several rounds.
func costOf(t *testing.T, s step, times int, least cost) cost {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime(t)
	for range times {
		if err := s.run(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	took := processorTime(t) - start
	runtime.ReadMemStats(&after)
	return cost{min(least.time, took), min(least.bytes, after.TotalAlloc-before.TotalAlloc), min(least.allocs, after.Mallocs-before.Mallocs)}
}

// processorTime is what this process has used; tests that are not parallel have
// it alone.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestCostIsLinear sets sixteen documents of 64 KB beside one of 1 MB: a step
// whose cost grew with the square of the length would take sixteen times as
// much for the one. Twice is what lists that grow may make of its allocations;
// four times what the caches, which other programs of the machine use too, may
// make of its time: 1 MB does not stay in them as 64 KB do.
func TestCostIsLinear(t *testing.T) {
	for kind, ofSize := range map[string]func(testing.TB, int) []byte{
		co.VARDATORI: transferOfSize, co.UNIPI: prospettoOfSize,
	} {
		t.Run(kind, func(t *testing.T) { costIsLinear(t, ofSize) })
	}
}

func costIsLinear(t *testing.T, ofSize func(testing.TB, int) []byte) {
	const small, times, most, longest = 64 << 10, 16, 2, 4
	judge, err := standards()
	if err != nil {
		t.Fatal(err)
	}
	all := tables(t)
	pieces, whole := stepsOf(t, judge, all, ofSize(t, small)), stepsOf(t, judge, all, ofSize(t, small*times))
	for i := range whole {
		none := cost{math.MaxInt64, math.MaxUint64, math.MaxUint64}
		few, one := none, none
		for round := range 20 {
			few, one = costOf(t, pieces[i], times, few), costOf(t, whole[i], 1, one)
			if round >= 1 && one.time <= longest*few.time {
				break
			}
		}
		const slack = 256 << 10 // what pools lose, and what is made once
		if one.time > longest*few.time || one.bytes > most*few.bytes+slack || one.allocs > most*few.allocs+100 {
			t.Errorf("%s: one document of 1 MB takes %+v, sixteen of 64 KB %+v", whole[i].name, one, few)
		}
		t.Logf("%-8s 16 x 64 KB %v, 1 x 1 MB %v", whole[i].name, few.time, one.time)
	}
}

// broken are large documents in which everything that repeats is wrong.
func broken(t testing.TB) map[string][]byte {
	t.Helper()
	content := transferOfSize(t, 1000<<10)
	return map[string][]byte{
		"rules": bytes.ReplaceAll(bytes.ReplaceAll(content, []byte("codice-fiscale>VLLMRM68T49A271B"), []byte("codice-fiscale>VLLMRM68T49A271C")),
			[]byte(`dataFine="2026-09-30"`), []byte(`dataFine="2000-09-30"`)),
		"last only":        bytes.Replace(content, []byte("</Lavoratori></SedeLavoro>"), []byte("<x/></Lavoratori></SedeLavoro>"), 1),
		"values":           bytes.ReplaceAll(content, []byte(`dataInizio="2`), []byte(`dataInizio="x`)),
		"unknown elements": bytes.ReplaceAll(content, []byte("<ccnl>"), []byte("<x/><ccnl>")),
		"order":            bytes.ReplaceAll(content, []byte("<ccnl>003</ccnl><livelloInquadramento>3</livelloInquadramento>"), []byte("<livelloInquadramento>3</livelloInquadramento><ccnl>003</ccnl>")),
		"nested":           bytes.ReplaceAll(content, []byte("<cognome>"), []byte("<cognome><x><x><x/></x></x>")),
	}
}

// refusal gives the faults of a document by all the steps there are to it.
func refusal(judge *xsd.Standards, all *codes.Tables, content []byte) (fault.List, error) {
	id, faults := judge.Identify(content)
	if len(faults) > 0 {
		return faults, nil
	}
	if faults, err := judge.Validate(id, content); err != nil || len(faults) > 0 {
		return faults, err
	}
	c, err := transform.Decode(id, content)
	if err != nil {
		return nil, err
	}
	return Check(c, content, all, today), nil
}

// TestRefusalIsBounded: a document of 1 MB with thousands of faults costs about
// what a good one does, and its list of faults ends.
func TestRefusalIsBounded(t *testing.T) {
	const slowest = 12 // the engine alone takes six times what our own reading does
	judge, err := standards()
	if err != nil {
		t.Fatal(err)
	}
	all := tables(t)
	good, whole := cost{math.MaxInt64, math.MaxUint64, math.MaxUint64}, transferOfSize(t, 1000<<10)
	for range 2 {
		good = costOf(t, step{"good", func() error { _, err := refusal(judge, all, whole); return err }}, 1, good)
	}
	for name, content := range broken(t) {
		var faults fault.List
		least := cost{math.MaxInt64, math.MaxUint64, math.MaxUint64}
		for round := 0; round < 2 || round < 10 && least.time > slowest*good.time; round++ {
			least = costOf(t, step{name, func() (err error) { faults, err = refusal(judge, all, content); return err }}, 1, least)
		}
		if n := len(faults); n == 0 || n > xsd.MaxFaults+1 || !faults.Refuses() || name != "last only" && faults[n-1].Code != fault.MoreFaults {
			t.Errorf("%s: %d faults", name, n)
		}
		if least.time > slowest*good.time || least.bytes > 4*good.bytes {
			t.Errorf("%s: %+v, a good one %+v", name, least, good)
		}
		t.Logf("%-16s %3d faults %v, %d bytes, %d allocations", name, len(faults), least.time, least.bytes, least.allocs)
	}
}

func BenchmarkRefused(b *testing.B) {
	judge, err := standards()
	if err != nil {
		b.Fatal(err)
	}
	all := tables(b)
	for name, content := range broken(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if faults, err := refusal(judge, all, content); err != nil || len(faults) == 0 {
					b.Fatal(faults, err)
				}
			}
		})
	}
}

package contract

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// codeTests: codes without gaps by region, province and year of Rome, and
// recorded instants that only grow.
func codeTests() []test {
	return []test{
		{"a counter for each region, province and year", testCounters},
		{"the year is Rome's, by recorded", testYears},
		{"no gaps under concurrency", testGapless},
		{"rejections take no code", testRejectionsTakeNoCode},
		{"the first number is configurable", testFirst},
		{"lifted counters", testLift},
		{"a clock that goes backwards", testClockBackwards},
		{"days are spans of positions", testSpan},
	}
}

func testCounters(t *testing.T, b *bench) {
	steps := []struct{ region, province, want string }{
		{"piemonte", "001", "1300126000000001"},
		{"piemonte", "001", "1300126000000002"},
		{"piemonte", "096", "1309626000000001"},
		{"marche", "042", "1104226000000001"},
		{"lazio", "", "0800026000000001"},
		{"piemonte", "001", "1300126000000003"},
		{"lazio", "000", "0800026000000002"},
	}
	for i, s := range steps {
		d := Submission(fmt.Sprint("n ", i))
		d.Entry.Region, d.Province = s.region, s.province
		if got := b.fresh(d).Entry.Codice; got != s.want {
			t.Errorf("%s %q: codice %s, want %s", s.region, s.province, got, s.want)
		}
	}
}

func testYears(t *testing.T, b *bench) {
	steps := []struct{ at, want string }{
		{"2026-12-31T22:59:59Z", "1300126000000001"}, // 23:59:59 in Rome
		{"2026-12-31T23:00:00Z", "1300127000000001"}, // midnight in Rome
		{"2027-01-01T00:00:00Z", "1300127000000002"},
		{"2026-06-01T00:00:00Z", "1300127000000003"}, // clock set back: recorded stays in 2027
		{"2027-12-31T22:59:59.999999Z", "1300127000000004"},
	}
	for i, s := range steps {
		at, err := time.Parse(time.RFC3339Nano, s.at)
		if err != nil {
			t.Fatal(err)
		}
		b.clock.Set(at)
		if got := b.fresh(Submission(fmt.Sprint("n ", i))).Entry.Codice; got != s.want {
			t.Errorf("at %s: codice %s, want %s", s.at, got, s.want)
		}
	}
	// One microsecond before midnight in Rome: a group of several crosses it.
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := b.store.Append(b.ctx, Submission(fmt.Sprint("party ", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b.clock.Set(time.Date(2028, 1, 2, 0, 0, 0, 0, time.UTC))
	if got := b.fresh(Submission("next year")).Entry.Codice; got != "1300128000000021" {
		t.Errorf("after the party: codice %s, want 1300128000000021", got)
	}
}

func testGapless(t *testing.T, b *bench) {
	const senders, each = 8, 25
	var mu sync.Mutex
	codes := make(map[string]bool)
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				d := Submission(fmt.Sprintf("%d-%d", s, i))
				if i%5 == 4 {
					d = Rejection(fmt.Sprintf("%d-%d", s, i), `[{"code":"ENV-04"}]`)
				}
				r, err := b.store.Append(b.ctx, d)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				codes[r.Entry.Codice] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	delete(codes, "")
	for n := int64(1); n <= senders*each*4/5; n++ {
		codice, err := ledger.Counter{Region: "13", Province: "001", Year: 2026}.Codice(n)
		if err != nil || !codes[codice] {
			t.Errorf("code %s was not given", codice)
		}
	}
}

func testRejectionsTakeNoCode(t *testing.T, b *bench) {
	b.fresh(Rejection("bad", `[{"code":"ENV-04"}]`))
	b.fresh(Refusal("worse"))
	if e := b.fresh(Submission("good")).Entry; e.Position != 3 || e.Codice != "1300126000000001" {
		t.Errorf("position %d, codice %s", e.Position, e.Codice)
	}
}

func testFirst(t *testing.T, b *bench) {
	b.config.First = map[string]int64{"13": 5000}
	b.restart()
	for i, want := range []string{"1300126000005000", "1300126000005001"} {
		if got := b.fresh(Submission(fmt.Sprint(i))).Entry.Codice; got != want {
			t.Errorf("codice %s, want %s", got, want)
		}
	}
	d := Submission("marche")
	d.Entry.Region = "marche"
	if got := b.fresh(d).Entry.Codice; got != "1100126000000001" {
		t.Errorf("a region without a first number: codice %s", got)
	}
}

func testLift(t *testing.T, b *bench) {
	b.fresh(Submission("one"))
	lift := []ledger.LiftCounter{
		{Region: "13", Province: "001", Year: 2026, Last: 40},
		{Region: "08", Province: "058", Year: 2026, Last: 7},
	}
	for range 2 { // the second lifts nothing and leaves no entry
		if err := b.store.LiftCounters(b.ctx, lift); err != nil {
			t.Fatal(err)
		}
	}
	lower := []ledger.LiftCounter{{Region: "13", Province: "001", Year: 2026, Last: 3}}
	if err := b.store.LiftCounters(b.ctx, lower); err != nil {
		t.Fatal(err)
	}
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want the submission and one act", n)
	}
	if got := b.fresh(Submission("two")).Entry.Codice; got != "1300126000000041" {
		t.Errorf("codice %s", got)
	}
	d := Submission("three")
	d.Entry.Region, d.Province = "lazio", "058"
	if got := b.fresh(d).Entry.Codice; got != "0805826000000008" {
		t.Errorf("codice %s", got)
	}
}

func testClockBackwards(t *testing.T, b *bench) {
	first := b.fresh(Submission("one")).Entry
	b.clock.Add(-time.Hour)
	second := b.fresh(Submission("two")).Entry
	if want := first.Recorded.Add(time.Microsecond); !second.Recorded.Equal(want) {
		t.Errorf("recorded %v, want %v", second.Recorded, want)
	}
	b.clock.Add(2 * time.Hour)
	if third := b.fresh(Submission("three")).Entry; !third.Recorded.Equal(b.clock.Now()) {
		t.Errorf("recorded %v, want the clock's %v", third.Recorded, b.clock.Now())
	}
}

func testSpan(t *testing.T, b *bench) {
	for i, at := range []string{
		"2026-03-28T22:59:59Z", // 28 March in Rome
		"2026-03-28T23:00:00Z", // 29 March, 23 hours long
		"2026-03-29T21:59:59Z",
		"2026-03-29T22:00:00Z", // 30 March
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		b.clock.Set(instant)
		if got, want := b.fresh(Submission(fmt.Sprint(i))).Entry.Position, int64(i+1); got != want {
			t.Fatalf("position %d, want %d", got, want)
		}
	}
	for _, c := range []struct {
		from, to    string
		first, last int64
	}{
		{"2026-03-29", "2026-03-29", 2, 3},
		{"2026-03-28", "2026-03-29", 1, 3},
		{"2026-03-01", "2026-03-28", 1, 1},
		{"2026-03-30", "2026-12-31", 4, 4},
		{"2026-01-01", "2026-01-31", 1, 0},
		{"2027-01-01", "2027-01-31", 5, 4},
	} {
		first, last, err := b.store.Span(b.ctx, c.from, c.to)
		if err != nil || first != c.first || last != c.last {
			t.Errorf("%s..%s: %d..%d, error %v, want %d..%d", c.from, c.to, first, last, err, c.first, c.last)
		}
	}
	if _, _, err := b.store.Span(b.ctx, "29/03/2026", "2026-03-29"); err == nil {
		t.Error("a malformed day gave no error")
	}
}

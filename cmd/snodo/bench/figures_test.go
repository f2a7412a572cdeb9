package bench

import (
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// TestCorpusKept: a corpus serves the next benchmark too, until one needs more
// documents or another dialect.
func TestCorpusKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "corpus")
	var authority string
	for _, c := range []struct {
		dialect string
		count   int
		kept    bool
	}{{dialectLazio, 20, false}, {dialectLazio, 20, true}, {dialectLazio, 7, true}, {dialectLazio, 21, false}, {dialectMarche, 5, false}} {
		b := &session{
			Cmd: Cmd{Corpus: path, Dialect: c.dialect, Documents: c.count, Signers: 1},
			con: verb.Console{Out: io.Discard, Err: io.Discard}, dir: t.TempDir(), rome: time.UTC,
		}
		if err := b.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b.corpus.Count < c.count || b.corpus.Dialect != c.dialect || (b.corpus.Authority == authority) != c.kept {
			t.Errorf("%+v: %d documents of %s, the same: %t", c, b.corpus.Count, b.corpus.Dialect, b.corpus.Authority == authority)
		}
		authority = b.corpus.Authority
		if err := b.corpus.close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	var thousand []time.Duration
	for n := 1000; n >= 1; n-- {
		thousand = append(thousand, time.Duration(n)*time.Millisecond)
	}
	for name, c := range map[string]struct {
		times []time.Duration
		want  Quantiles
	}{
		"none":     {nil, Quantiles{}},
		"one":      {[]time.Duration{1500 * time.Microsecond}, Quantiles{1.5, 1.5, 1.5}},
		"two":      {[]time.Duration{4 * time.Millisecond, 2 * time.Millisecond}, Quantiles{2, 4, 4}},
		"thousand": {thousand, Quantiles{500, 990, 999}},
	} {
		if got := quantilesOf(c.times); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for want, all := range map[float64][]float64{0: nil, 7: {7}, 3: {9, 1, 3}, 2.5: {4, 1, 2, 3}} {
		if got := median(all); got != want {
			t.Errorf("%v: %g, want %g", all, got, want)
		}
	}
	r := Result{Runs: []Run{
		{Figures: Figures{AcceptedPerS: 3, RSS: 10, Backlog: 2, AnswerMS: Quantiles{P99: 5}}, Problems: []string{"x"}},
		{Figures: Figures{AcceptedPerS: 1, RSS: 30, AnswerMS: Quantiles{P99: 9}}},
		{Figures: Figures{AcceptedPerS: 2, RSS: 20, AnswerMS: Quantiles{P99: 7}}},
	}}
	r.summarise()
	if r.AcceptedPerS != 2 || r.RSS != 30 || r.Backlog != 2 || r.AnswerMS.P99 != 7 || r.Valid {
		t.Errorf("%+v", r)
	}
}

// TestTotalsBetween: between two totals the store counts evenly, before the
// first from zero, and after the last no more.
func TestTotalsBetween(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	after := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
	totals := nationalTotals{
		{{after(2), 100}, {after(4), 300}},
		{{after(4), 40}},
	}
	for s, want := range map[float64]float64{-1: 0, 0: 0, 1: 60, 2: 120, 3: 230, 4: 340, 9: 340} {
		if got := totals.at(start, after(s)); got != want {
			t.Errorf("at %g s: %g, want %g", s, got, want)
		}
	}
	if got := totals.last(); got != 340 {
		t.Errorf("last %d", got)
	}
}

// TestNoHurryAboutSamples: a sample is asked about when it is old enough and
// was let alone, the longest silent first.
func TestNoHurryAboutSamples(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ago := func(ms int) time.Time { return now.Add(-time.Duration(ms) * time.Millisecond) }
	open := []watched{
		{due: ago(500), asked: ago(4)},
		{due: ago(400), asked: ago(20)},
		{due: ago(300), asked: ago(30)},
		{due: ago(90)},
	}
	if got := longestSilent(open, now, 100*time.Millisecond); got != 2 {
		t.Errorf("%d", got)
	}
	if got := longestSilent(open, now, 50*time.Millisecond); got != 3 {
		t.Errorf("%d", got)
	}
	if got := longestSilent(open[:1], now, 0); got != -1 {
		t.Errorf("%d", got)
	}
}

package main

import (
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// benchProgram runs `bench --json` and reads what it prints.
func benchProgram(t *testing.T, args ...string) (int, benchResult, string) {
	t.Helper()
	code, out, errs := program(t, append([]string{"bench", "--json", "--signers", "2", "--dir", t.TempDir()}, args...)...)
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &object); err != nil {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out, errs)
	}
	checkFields(t, object, "accepted_per_s", "answer_ms", "registered_ms", "cpu_us_per_accepted", "floor_us", "ratio", "rss_mb",
		"backlog", "valid", "machine", "parts", "file_system", "dialect", "rate", "connections", "warmup_s", "duration_s", "document_bytes", "runs")
	var r benchResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"answer_ms", "registered_ms"} {
		var q map[string]json.RawMessage
		if err := json.Unmarshal(object[name], &q); err != nil {
			t.Fatal(err)
		}
		checkFields(t, q, "p50", "p99", "p999")
	}
	return code, r, errs
}

// TestBench measures a real server for a moment, twice, and every account
// agrees.
func TestBench(t *testing.T) {
	t.Parallel()
	const rate, seconds = 100, 2
	profiles := t.TempDir()
	code, r, errs := benchProgram(t, "--rate", "100", "--duration", "2s", "--warmup", "500ms", "--runs", "2", "--profile", profiles)
	if code != verb.ExitDone || !r.Valid || len(r.Runs) != 2 {
		t.Fatalf("exit code %d\n%+v\n%s", code, r, errs)
	}
	for _, run := range r.Runs {
		if run.Accepted != rate*seconds+rate/2 || run.InLedger != run.Accepted || run.InRegister != run.Accepted ||
			run.National != run.Accepted || run.Backlog != 0 || !run.Verified || run.Samples < 1 {
			t.Errorf("%+v", run)
		}
		if run.AnswerMS.P50 <= 0 || run.AnswerMS.P999 < run.AnswerMS.P99 || run.AnswerMS.P99 < run.AnswerMS.P50 ||
			run.RegisteredMS.P50 < run.AnswerMS.P50 || run.AcceptedPerS <= 0 || run.Floor <= 0 || !strings.Contains(run.Synchronous, "FULL") {
			t.Errorf("%+v", run)
		}
		if _, err := processPeak(1); err == nil && (run.RSS < 10 || run.CPUPerAccepted <= 0 || run.Ratio <= 0) {
			t.Errorf("%+v", run)
		}
	}
	found, err := filepath.Glob(filepath.Join(profiles, "*.pprof"))
	if err != nil || len(found) != 4 {
		t.Errorf("profiles %v, %v", found, err)
	}
}

// TestBenchFindsTooFew: a run that ends for want of documents is not valid.
func TestBenchFindsTooFew(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dialectSPICOM, dialectEGov, dialectSAML, dialectModI} {
		t.Run(dialect, func(t *testing.T) { t.Parallel(); benchTooFew(t, dialect) })
	}
}

func benchTooFew(t *testing.T, dialect string) {
	t.Helper()
	code, r, errs := benchProgram(t, "--rate", "200", "--duration", "1s", "--warmup", "0s", "--documents", "20", "--dialect", dialect)
	if code != verb.ExitFinding || r.Valid || len(r.Runs) != 1 {
		t.Fatalf("exit code %d\n%+v\n%s", code, r, errs)
	}
	problems := strings.Join(r.Runs[0].Problems, "\n")
	if !strings.Contains(problems, "i documenti sono finiti prima del tempo") || strings.Contains(problems, "invii non accettati") {
		t.Errorf("problems: %s", problems)
	}
	if r.Runs[0].Accepted != 20 || r.Runs[0].InRegister != 20 {
		t.Errorf("%+v", r.Runs[0])
	}
}

func TestBenchRefusesWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--rate", "-1"}, {"--duration", "0s"}, {"--warmup", "-1s"}, {"--runs", "0"}, {"--signers", "0"}, {"--dialect", "lombardia"},
		{"--database", "sqlite:x"}, {"--reset-topics"}, {"--overload", "--connections", "1000"}, {"--overload", "--rate", "100"}, {"--kafka", "127.0.0.1:1", "--runs", "2"},
		{"--dialect", "modi", "--runs", "2"}, {"--dialect", "modi", "--duration", "5m"},
	} {
		if code, out, _ := program(t, append([]string{"bench"}, args...)...); code != verb.ExitUsage || out != "" {
			t.Errorf("%v: exit code %d %s", args, code, out)
		}
	}
}

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
		b := &bench{
			benchCmd: benchCmd{Corpus: path, Dialect: c.dialect, Documents: c.count, Signers: 1},
			con:      verb.Console{Out: io.Discard, Err: io.Discard}, dir: t.TempDir(), rome: time.UTC,
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
		want  quantiles
	}{
		"none":     {nil, quantiles{}},
		"one":      {[]time.Duration{1500 * time.Microsecond}, quantiles{1.5, 1.5, 1.5}},
		"two":      {[]time.Duration{4 * time.Millisecond, 2 * time.Millisecond}, quantiles{2, 4, 4}},
		"thousand": {thousand, quantiles{500, 990, 999}},
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
	r := benchResult{Runs: []benchRun{
		{benchFigures: benchFigures{AcceptedPerS: 3, RSS: 10, Backlog: 2, AnswerMS: quantiles{P99: 5}}, Problems: []string{"x"}},
		{benchFigures: benchFigures{AcceptedPerS: 1, RSS: 30, AnswerMS: quantiles{P99: 9}}},
		{benchFigures: benchFigures{AcceptedPerS: 2, RSS: 20, AnswerMS: quantiles{P99: 7}}},
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

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/bench"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// benchProgram runs `bench --json` and reads what it prints.
func benchProgram(t *testing.T, args ...string) (int, bench.Result, string) {
	t.Helper()
	code, out, errs := program(t, append([]string{"bench", "--json", "--signers", "2", "--dir", t.TempDir()}, args...)...)
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &object); err != nil {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, out, errs)
	}
	checkFields(t, object, "accepted_per_s", "answer_ms", "registered_ms", "cpu_us_per_accepted", "floor_us", "ratio", "rss_mb",
		"backlog", "valid", "machine", "parts", "file_system", "dialect", "rate", "connections", "warmup_s", "duration_s", "document_bytes", "runs")
	var r bench.Result
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
		if _, err := os.Stat("/proc/1/status"); err == nil && (run.RSS < 10 || run.CPUPerAccepted <= 0 || run.Ratio <= 0) {
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
	for _, dialect := range []string{"spicom", "egov", "saml", "modi"} {
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

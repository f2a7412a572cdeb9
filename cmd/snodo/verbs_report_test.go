package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// update rewrites the golden reports: read the difference before committing.
var update = flag.Bool("update", false, "rewrite the golden files")

// TestReportFormats: columns, names and order are a contract with spreadsheets
// and scripts.
func TestReportFormats(t *testing.T) {
	t.Parallel()
	marche := reconcile.Key{Day: "2026-11-21", Region: "marche", Kind: "UNILAV"}
	lazio := reconcile.Key{Day: "2026-11-22", Region: "lazio", Kind: "UNILAV"}
	id, digest := strings.Repeat("0a", 32), strings.Repeat("0b", 32)
	at := time.Date(2026, 11, 21, 22, 59, 1, 500_000_000, time.UTC)
	letters := []letter{
		{at, byHub, "co.unilav.v1", id, "1104226000000007", id, "messaggio troppo grande, per il broker"},
		{at, byNational, "co.lao.v1", "co.lao.v1/2/7", "", "", "ce_id assente o non valido"},
	}
	report := quadratura{Letters: letters, Report: reconcile.Report{
		Rows: []reconcile.Row{
			{Key: marche, Received: 1234, Accepted: 1200, Rejected: 34, Relayed: 1199, Registered: 1198, Declined: 1,
				Receipted: 1197, InProgress: 0, National: 1199, Mismatched: 2},
			{Key: lazio, Received: 2, Accepted: 2, Relayed: 1, InProgress: 1, National: -1},
		},
		Mismatches: []reconcile.Mismatch{
			{Key: marche, Reason: reconcile.NotRelayed, Text: reconcile.NotRelayed.Text(), Position: 7, Codice: "1104226000000007", ID: id, Digest: digest},
			{Key: marche, Reason: reconcile.RegisteredTwice, Text: `due volte, "davvero"`, ID: id, Registration: []int64{5, 9}},
		},
	}}
	nothing := quadratura{Reconciled: true, Letters: []letter{}}
	for name, print := range map[string]func(verb.Console) error{
		"report.table": func(con verb.Console) error { return printTable(con, report) },
		"report.csv":   func(con verb.Console) error { return printCSV(con, report) },
		"report.json":  func(con verb.Console) error { return verb.PrintJSON(con.Out, report) },
		"empty.table":  func(con verb.Console) error { return printTable(con, nothing) },
		"empty.csv":    func(con verb.Console) error { return printCSV(con, nothing) },
	} {
		var out bytes.Buffer
		if err := print(verb.Console{Out: &out, Err: &out}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("%s:\n got %s\nwant %s", name, &out, want)
		}
	}
}

// span are the flags for the days of a test, which may pass midnight.
func span(t *testing.T, since time.Time) []string {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return []string{"--from", since.In(rome).Format(time.DateOnly), "--to", time.Now().In(rome).Format(time.DateOnly)}
}

// sums adds up the columns of a CSV report, by region.
func sums(t *testing.T, text string) map[string][]int {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !slices.Equal(records[0], columns) {
		t.Fatalf("%v\n%s", err, text)
	}
	found := map[string][]int{}
	for _, r := range records[1:] {
		counts := found[r[1]]
		if counts == nil {
			counts = make([]int, len(columns)-3)
		}
		for i, cell := range r[3:] {
			if cell == "-" { // unknown
				continue
			}
			n, err := strconv.Atoi(cell)
			if err != nil {
				t.Fatal(err)
			}
			counts[i] += n
		}
		found[r[1]] = counts
	}
	return found
}

// TestVerifyAndReport: both verbs say the same of a folder with its hub running
// and stopped.
func TestVerifyAndReport(t *testing.T) {
	t.Parallel()
	since := time.Now()
	d := newDesk(t)
	altered := strings.Replace(d.signedFile(t), "Via Casa 3", "Via Casa 4", 1)
	d.submit(t, "marche", slices.Concat(d.sign, []string{d.path("good.xml"), d.path("rejected.xml"), d.path("other.xml")})...)
	d.submit(t, "marche", "--as-is", d.file(t, "altered.xml", []byte(altered)))
	d.submit(t, "piemonte", "--spicom", d.file(t, "01.xml", []byte(payload(t, "01"))))
	want := map[string][]int{ // received, accepted, rejected, relayed, registered, declined, receipted, in progress, national, mismatched
		"marche":   {4, 2, 2, 2, 2, 0, 2, 0, 2, 0},
		"piemonte": {1, 1, 0, 1, 1, 0, 1, 0, 1, 0},
	}
	eventually(t, "the national store's totals", func() bool { return d.totalled(t) == 3 })
	report := func(t *testing.T, more ...string) (int, string) {
		t.Helper()
		args := slices.Concat([]string{"report", "quadratura", "--data", d.data, "--grace", "0s"}, span(t, since), more)
		code, out, errs := attempt(t, args...)
		if errs != "" {
			t.Fatalf("report: %s", errs)
		}
		return code, out
	}
	check := func(t *testing.T) {
		t.Helper()
		code, out := report(t, "--format", "csv")
		if got := sums(t, out); code != verb.ExitDone || !maps.EqualFunc(got, want, slices.Equal[[]int]) {
			t.Errorf("report: exit code %d\n%s", code, out)
		}
		code, out, errs := attempt(t, "verify", "--data", d.data, "--json")
		var v node.Verdict
		if err := json.Unmarshal([]byte(out), &v); err != nil || code != verb.ExitDone || !v.Verified || v.Messages != 3 || v.Entries < 8 || len(v.Findings) != 0 {
			t.Errorf("verify: exit code %d, %v\n%s%s", code, err, out, errs)
		}
	}
	t.Run("running", check)
	d.stop()
	t.Run("stopped", check)
	for _, tc := range []struct{ flags, says string }{
		{"--region piemonte --format csv", "piemonte,UNILAV,1,1,0,1,1,0,1,0,1,0\n"},
		{"--kind UNISOMM --format csv", strings.Join(columns, ",") + "\n"},
		{"--from 2020-01-01 --to 2020-01-02 --format csv", strings.Join(columns, ",") + "\n"},
		{"--json", `"reconciled": true`},
		{"", "\nquadra\n"},
	} {
		t.Run(tc.flags, func(t *testing.T) {
			if code, out := report(t, strings.Fields(tc.flags)...); code != verb.ExitDone || !strings.Contains(out, tc.says) {
				t.Errorf("exit code %d\n%s", code, out)
			}
		})
	}
	// With the seals of somebody else every receipt is out of place.
	other := filepath.Join(t.TempDir(), "other")
	mustRun(t, "certificate", "issue", "--data", other, "--cf", "RSSMRA85C15L219J", "--out", filepath.Join(t.TempDir(), "x"))
	if code, out, _ := attempt(t, "verify", "--data", d.data, "--trust", filepath.Join(other, "seal.pem")); code != verb.ExitFinding || !strings.Contains(out, "registro NON verificato") {
		t.Errorf("verify with other seals: exit code %d\n%s", code, out)
	}
}

// totalled is how many registrations the national store's last totals count.
func (d *desk) totalled(t *testing.T) (n int64) {
	t.Helper()
	last := map[string]int64{}
	err := kafka.Scan(t.Context(), d.Brokers(), routing.TopicTotals, func(m kafka.Message) error {
		if m.Type() == kafka.TypeTotal {
			total, err := kafka.DecodeTotal(m)
			if err != nil {
				return err
			}
			last[total.Day+total.Region] = total.Count
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, count := range last {
		n += count
	}
	return n
}

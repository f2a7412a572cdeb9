package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/routing/reconcile"
	"github.com/snodo-co/snodo/transform/co"
)

// patience bounds every wait of these tests; a wait that ends is much shorter.
const patience = 3 * time.Minute

// long reports whether the tests run at the full size of the issue.
func long() bool { return os.Getenv("SNODO_LONG") == "1" }

// seedOf gives the seed of a test that plays with chance, and prints it.
// SNODO_SEED repeats a run.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("SNODO_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("repeat with SNODO_SEED=%d", seed)
	return seed
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	eventuallyWithin(t, patience, what, holds)
}

func eventuallyWithin(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}

// logTail keeps the end of what is logged, for the report of a failure.
type logTail struct {
	mu   sync.Mutex
	text []byte
	race bool // the race detector of a process spoke
}

func (l *logTail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	l.race = l.race || bytes.Contains(p, []byte("DATA RACE"))
	if n := len(l.text) - 64<<10; n > 0 {
		l.text = append(l.text[:0], l.text[n:]...)
	}
	return len(p), nil
}

// says reports whether the end of the log has a text.
func (l *logTail) says(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.text, []byte(text))
}

func (l *logTail) showIfFailed(t *testing.T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.race {
		t.Error("a data race in the process")
	}
	if t.Failed() && len(l.text) > 0 {
		t.Logf("the end of the log:\n%s", l.text)
	}
}

// hubUnderTest is a node in this process.
type hubUnderTest struct {
	*node
	stop func() // and close; the test's end does it otherwise
}

// startHub runs a node on a data folder. Adjust, if given, changes it between
// open and run.
func startHub(t *testing.T, data string, adjust func(*node)) *hubUnderTest {
	t.Helper()
	return startNode(t, testConfig(data), adjust)
}

// startNode runs a node with a configuration in this process until the test
// ends.
func startNode(t *testing.T, cfg config, adjust func(*node)) *hubUnderTest {
	t.Helper()
	return startNodeAt(t, cfg, time.Now, adjust)
}

// startNodeAt runs a node with a clock of the test's.
func startNodeAt(t *testing.T, cfg config, now func() time.Time, adjust func(*node)) *hubUnderTest {
	t.Helper()
	return startAs(t, &node{cfg: cfg, now: now}, adjust)
}

// startAs runs a node that the test made.
func startAs(t *testing.T, n *node, adjust func(*node)) *hubUnderTest {
	t.Helper()
	logs := new(logTail)
	n.log = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := n.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if adjust != nil {
		adjust(n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, n.close()); err != nil {
			t.Error("stop hub:", err)
		}
	})
	t.Cleanup(func() { stop(); logs.showIfFailed(t) })
	return &hubUnderTest{n, stop}
}

// hubProcess is a hub in a process of its own.
type hubProcess struct {
	logs  *logTail
	cmd   *exec.Cmd
	url   string
	stdin io.WriteCloser
	ended chan struct{} // closed when the process is gone
}

// startProcess starts a process of program in a role and waits until it
// listens. It is killed at the end of the test.
func startProcess(t *testing.T, program, role string, args ...string) *hubProcess {
	t.Helper()
	logs := new(logTail)
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = logs
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, in := io.Pipe()
	cmd.Stdout = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &hubProcess{logs: logs, cmd: cmd, stdin: stdin, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in cmd.ProcessState
		_ = in.Close()
		close(p.ended)
	}()
	t.Cleanup(func() { p.kill(); logs.showIfFailed(t) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the process ended before it listened: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	p.url = strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
	return p
}

// kill is kill -9.
func (p *hubProcess) kill() {
	_ = p.cmd.Process.Kill() // it may be gone already
	<-p.ended
}

// terminate asks the process to end in order.
func (p *hubProcess) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if !p.cmd.ProcessState.Success() {
		t.Fatalf("ended with %v", p.cmd.ProcessState)
	}
}

// signerFor makes the n-th signer that a data folder's hub trusts.
func signerFor(t *testing.T, data string, n int) *sender.Signer {
	t.Helper()
	base := filepath.Join(t.TempDir(), "signer")
	mustRun(t, "certificate", "issue", "--data", data, "--cf", sample.Invent(900+n).CodiceFiscale(), "--out", base)
	s, err := sender.ReadSigner(base)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// samplesOf invents communications of a region from a serial number on.
func samplesOf(t *testing.T, region string, serial int) sample.Maker {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return sample.Maker{Region: region, Day: time.Now().In(rome).Truncate(time.Second), Serial: serial}
}

// hirings invents n hirings of a region from a serial number on.
func hirings(t *testing.T, region string, serial, n int) []*co.UniLav {
	t.Helper()
	s := samplesOf(t, region, serial)
	list := make([]*co.UniLav, n)
	for i := range list {
		list[i] = s.Hiring(i)
	}
	return list
}

// signAll signs on all processors, keeping the order.
func signAll(t *testing.T, s *sender.Signer, list []*co.UniLav) [][]byte {
	t.Helper()
	signed := make([][]byte, len(list))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range list {
		g.Go(func() (err error) {
			signed[i], err = s.Sign(c)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	return signed
}

// webClient keeps as many connections as there are callers.
func webClient(t *testing.T, callers int) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// endpointOf is the client of a region's endpoint.
func endpointOf(web *http.Client, url, region string) *client.Client {
	return &client.Client{Address: url + "/soap/" + region, HTTP: web}
}

// parsed reads a receipt that the test got from the hub.
func parsed(t *testing.T, sealed []byte) receipt.Receipt {
	t.Helper()
	r, err := receipt.Parse(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// status gives the HTTP status of a probe.
func status(t *testing.T, web *http.Client, url string) int {
	t.Helper()
	res, err := web.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

// mustRun runs a verb in this process and gives what it printed.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	var out, errw bytes.Buffer
	if code := run(t.Context(), args, &out, &errw); code != verb.ExitDone {
		t.Fatalf("snodo %s: exit code %d\n%s%s", strings.Join(args, " "), code, &out, &errw)
	}
	return out.String()
}

// account is what `report quadratura` sums up over all regions.
type account struct {
	Reconciled bool `json:"reconciled"`
	reconcile.Report
}

// sum adds a column over all rows.
func (a account) sum(column func(reconcile.Row) int64) (n int64) {
	for _, r := range a.Rows {
		n += column(r)
	}
	return n
}

// place is where report and verify find a hub's ledger, topics and seal.
type place struct {
	report, verify []string // flags
}

// folder is the place of a hub that has all in a data folder.
func folder(data string) place {
	return place{report: []string{"--data", data}, verify: []string{"--data", data}}
}

// reportOf runs `report quadratura` without grace, from the day of since on.
func reportOf(t *testing.T, at place, since time.Time) account {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	var out, errw bytes.Buffer
	args := append([]string{"report", "quadratura"}, at.report...)
	code := run(t.Context(), append(args, "--grace", "0s", "--format", "json",
		"--from", since.In(rome).Format(time.DateOnly), "--to", time.Now().In(rome).Format(time.DateOnly)), &out, &errw)
	if code != verb.ExitDone && code != verb.ExitFinding {
		t.Fatalf("report: exit code %d\n%s", code, &errw)
	}
	var a account
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// mustReconcile waits until everything is registered and receipted, and the
// report and the verification find nothing.
func mustReconcile(t *testing.T, data string, since time.Time, accepted int64) {
	t.Helper()
	mustReconcileAt(t, folder(data), since, accepted)
}

func mustReconcileAt(t *testing.T, at place, since time.Time, accepted int64) {
	t.Helper()
	var a account
	defer func() {
		if t.Failed() {
			t.Logf("the last report: %+v\n%+v", a.Rows, a.Mismatches[:min(10, len(a.Mismatches))])
		}
	}()
	eventually(t, "outcomes of all that was accepted", func() bool {
		a = reportOf(t, at, since)
		return a.sum(func(r reconcile.Row) int64 { return r.Receipted }) >= accepted && a.Reconciled
	})
	for name, column := range map[string]func(reconcile.Row) int64{
		"accepted":       func(r reconcile.Row) int64 { return r.Accepted },
		"relayed":        func(r reconcile.Row) int64 { return r.Relayed },
		"registered":     func(r reconcile.Row) int64 { return r.Registered },
		"receipted":      func(r reconcile.Row) int64 { return r.Receipted },
		"national total": func(r reconcile.Row) int64 { return r.National },
	} {
		if got := a.sum(column); got != accepted {
			t.Errorf("report: %s %d, want %d", name, got, accepted)
		}
	}
	mustRun(t, append([]string{"verify"}, at.verify...)...)
}

// submissionsIn reads the submissions of a ledger, which may be in use, with
// their receipts by the SHA-256 of their documents, and the ledger's head.
func submissionsIn(t *testing.T, data string) (map[ledger.Hash][]ledger.Stored, ledger.Head) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(data, ledgerFile), sqlstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	head, err := store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[ledger.Hash][]ledger.Stored)
	err = store.Entries(t.Context(), 1, head.Position, func(s ledger.Stored) error {
		if s.Entry.Type == ledger.Submission {
			found[s.Entry.Document] = append(found[s.Entry.Document], s)
		}
		return nil
	})
	if err != nil && head.Position > 0 {
		t.Fatal(err)
	}
	return found, head
}

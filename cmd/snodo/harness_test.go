package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/snodotest"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// What the tests of all rooms share, under the names that it has here.
type logTail = snodotest.Log

const patience = snodotest.Patience

var (
	long             = snodotest.Long
	seedOf           = snodotest.SeedOf
	eventually       = snodotest.Eventually
	eventuallyWithin = snodotest.EventuallyWithin
	samplesOf        = snodotest.SamplesOf
	hirings          = snodotest.Hirings
	signAll          = snodotest.SignAll
	webClient        = snodotest.WebClient
	endpointOf       = snodotest.EndpointOf
	parsed           = snodotest.Parsed
	status           = snodotest.Status
	shipped          = snodotest.Shipped
	block            = snodotest.Block
	configFile       = snodotest.ConfigFile
	submissionsIn    = snodotest.SubmissionsIn
)

// hubUnderTest is a node in this process.
type hubUnderTest struct {
	*node.Node
	rome *time.Location
	stop func() // and close; the test's end does it otherwise
}

// startHub runs a node on a data folder. Adjust, if given, changes it between
// open and run.
func startHub(t *testing.T, data string, adjust func(*node.Node)) *hubUnderTest {
	t.Helper()
	return startNode(t, testConfig(data), adjust)
}

// startNode runs a node with a configuration in this process until the test
// ends.
func startNode(t *testing.T, cfg node.Config, adjust func(*node.Node)) *hubUnderTest {
	t.Helper()
	return startNodeAt(t, cfg, time.Now, adjust)
}

// startNodeAt runs a node with a clock of the test's.
func startNodeAt(t *testing.T, cfg node.Config, now func() time.Time, adjust func(*node.Node)) *hubUnderTest {
	t.Helper()
	return startAs(t, &node.Node{Config: cfg, Now: now}, adjust)
}

// startAs runs a node that the test made.
func startAs(t *testing.T, n *node.Node, adjust func(*node.Node)) *hubUnderTest {
	t.Helper()
	logs := new(logTail)
	n.Log = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := n.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if adjust != nil {
		adjust(n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, n.Close()); err != nil {
			t.Error("stop hub:", err)
		}
	})
	t.Cleanup(func() { stop(); logs.ShowIfFailed(t) })
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return &hubUnderTest{n, rome, stop}
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
	t.Cleanup(func() { p.kill(); logs.ShowIfFailed(t) })
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

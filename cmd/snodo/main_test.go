package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
)

// roleVariable tells a process of this test binary what it is. Processes that
// tests start are the program, unless they are given another role.
const roleVariable = "SNODO_TEST_ROLE"

const (
	roleProgram = "program" // `snodo` with these arguments
	roleTrapped = "trapped" // `snodo serve` on the folder given, which may kill itself
	roleLate    = "late"    // `snodo` whose clock is an hour behind
	roleFill    = "fill"    // fills the folder given, see memory_test.go
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case roleProgram:
		main()
	case roleTrapped:
		os.Exit(serveTrapped(os.Args[1]))
	case roleLate:
		os.Exit(serveLate(os.Args[1:]))
	case roleFill:
		os.Exit(fill(os.Args[1]))
	}
	if err := os.Setenv(roleVariable, roleProgram); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// testConfig is the node of the tests: loopback, Piemonte open to SPICOM.
func testConfig(data string) node.Config {
	return node.Config{Listen: "127.0.0.1:0", Data: data, Policy: map[string]string{"piemonte": node.PolicyChannel}}
}

// serveLate is `snodo serve` with a clock that is an hour behind.
func serveLate(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var grammar cli
	parser, err := kong.New(&grammar)
	if err == nil {
		_, err = parser.Parse(args)
	}
	if err == nil {
		late := func() time.Time { return time.Now().Add(-time.Hour) }
		err = grammar.Serve.serve(ctx, verb.Console{Out: os.Stdout, Err: os.Stderr}, late)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return verb.ExitFailed
	}
	return verb.ExitDone
}

// serveTrapped is `snodo serve` with a trap behind the store. A line with a
// number on standard input arms it; the end of standard input ends the process.
func serveTrapped(data string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	t := new(trap)
	n := &node.Node{
		Config:  testConfig(data),
		Now:     time.Now,
		Log:     slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Journal: func(j ledger.Journal) ledger.Journal { t.Journal = j; return t },
	}
	if err := n.Open(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return verb.ExitFailed
	}
	n.Server.Handler = t.count(n.Server.Handler)
	go t.obey()
	fmt.Println("listening on", n.URL())
	if err := n.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return verb.ExitFailed
	}
	if err := n.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return verb.ExitFailed
	}
	return verb.ExitDone
}

// trapCrowd is how many requests must be in flight for the trap to spring:
// some more than the fifty asked for.
const trapCrowd = 56

// trap kills its own process after the store has committed a submission and
// before its sender hears of it. From the submission that springs it on, no
// fresh answer leaves until the crowd is there.
type trap struct {
	ledger.Journal
	armed  atomic.Bool
	left   atomic.Int64 // submissions to let pass
	sprung atomic.Bool
	crowd  atomic.Int64 // requests in flight
}

// Append implements ledger.Journal.
func (t *trap) Append(ctx context.Context, d ledger.Draft) (ledger.Result, error) {
	r, err := t.Journal.Append(ctx, d)
	if err != nil || r.Repeated || r.Foreign || !t.armed.Load() || t.left.Add(-1) > 0 {
		return r, err
	}
	t.sprung.Store(true)
	if t.crowd.Load() >= trapCrowd {
		die()
	}
	select {}
}

// count keeps the number of requests in flight.
func (t *trap) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t.crowd.Add(1) >= trapCrowd && t.sprung.Load() {
			die()
		}
		defer t.crowd.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// die is kill -9 by one's own hand.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		panic(err)
	}
	if err := self.Kill(); err != nil {
		panic(err)
	}
	select {}
}

// obey arms the trap as standard input says.
func (t *trap) obey() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		n, err := strconv.ParseInt(strings.TrimSpace(lines.Text()), 10, 64)
		if err != nil {
			panic(err)
		}
		t.left.Store(n)
		t.armed.Store(true)
	}
	os.Exit(verb.ExitFailed) // nobody is left to serve
}

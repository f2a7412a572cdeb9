package kafka_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"go.uber.org/goleak"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing"
)

// memberEnv makes the test binary one consumer of esiti.v1: ADDRESSES GROUP. It
// prints a line for each outcome it handled, root and code, and leaves the
// group at SIGTERM.
const memberEnv = "SNODO_KAFKA_MEMBER"

func TestMain(m *testing.M) {
	if args := os.Getenv(memberEnv); args != "" {
		os.Exit(member(args))
	}
	goleak.VerifyTestMain(m)
}

type printer struct{}

func (printer) Outcome(_ context.Context, o kafka.Outcome) error {
	_, err := fmt.Println(o.Root, o.Codice) // one write: lines stay whole
	return err
}

func (printer) Anomaly(context.Context, kafka.Anomaly) error { return nil }

func member(args string) int {
	addrs, group, _ := strings.Cut(args, " ")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	r := kafka.NewReader(kafka.ReaderConfig{
		Addrs: strings.Split(addrs, ","), Group: group, Topics: []string{routing.TopicOutcomes}, Log: log,
	})
	if err := kafka.Outcomes(ctx, r, printer{}, log); err != nil {
		log.Error("member", "error", err)
		return 1
	}
	_ = r.Close()
	return 0
}

// members is a group of processes and what they handled.
type members struct {
	id      string
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each line
	by      map[int]int   // lines of each member
	handled map[string]int
	last    map[string]string
	wrong   []string
}

func (g *members) line(n int, text string) {
	root, code, _ := strings.Cut(text, " ")
	if !strings.HasPrefix(root, g.id+"-") {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.by[n]++
	if g.handled[code]++; g.handled[code] == 1 {
		if code <= g.last[root] {
			g.wrong = append(g.wrong, fmt.Sprintf("root %s: %s after %s", root, code, g.last[root]))
		}
		g.last[root] = code
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *members) start(t *testing.T, n int, addrs []string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), memberEnv+"="+strings.Join(addrs, ",")+" group-"+g.id)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := make(chan struct{})
	go func() {
		defer close(end)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			g.line(n, lines.Text())
		}
		_ = cmd.Wait()
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-end })
	return cmd
}

func (g *members) wait(ctx context.Context, t *testing.T, what string, cond func() bool) {
	t.Helper()
	for {
		g.mu.Lock()
		ok, changed := cond(), g.changed
		state := fmt.Sprintf("handled %d, by member %v", len(g.handled), g.by)
		g.mu.Unlock()
		if ok {
			t.Logf("%s: %s", what, state)
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("%s: %s: %v", what, state, ctx.Err())
		}
	}
}

// rebalance: three processes share a group; they join one by one, one is killed
// and one leaves, under load. Nothing is lost, and the first time that each
// outcome is handled is in order for its root: what a rebalance brings back
// (kafka-go 1398) is known already.
func (s *suite) rebalance(t *testing.T) {
	ctx := deadline(t)
	g := &members{id: "R" + s.id, changed: make(chan struct{}), by: make(map[int]int), handled: make(map[string]int), last: make(map[string]string)}
	load := s.load(t, g.id)

	first := g.start(t, 1, s.addrs)
	g.wait(ctx, t, "one member", func() bool { return g.by[1] > 30 })
	second := g.start(t, 2, s.addrs)
	g.wait(ctx, t, "a second", func() bool { return g.by[2] > 10 })
	g.start(t, 3, s.addrs)
	g.wait(ctx, t, "a third", func() bool { return g.by[3] > 10 })
	g.mu.Lock()
	clear(g.by)
	g.mu.Unlock()
	g.wait(ctx, t, "all three at once", func() bool { return g.by[1] > 10 && g.by[2] > 10 && g.by[3] > 10 })

	if err := second.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	// Every root goes on while the load does, those of the killed member too.
	later := fmt.Sprintf("13001260%08d", load.published.Load()+300)
	g.wait(ctx, t, "the third has all", func() bool {
		for _, code := range g.last {
			if code < later {
				return false
			}
		}
		return true
	})
	published := load.stop()
	g.wait(ctx, t, "one killed, one left", func() bool { return len(g.handled) >= published })
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.handled) != published || len(g.wrong) > 0 {
		t.Errorf("%d handled of %d; %q", len(g.handled), published, g.wrong)
	}
}

type loader struct {
	published *atomic.Int64
	stop      func() int // gives how many were published
}

// load publishes outcomes over 30 roots, twenty calls a second, until stopped.
func (s *suite) load(t *testing.T, id string) loader {
	w := s.plain(t)()
	ctx, cancel := context.WithCancel(context.Background())
	var published atomic.Int64
	end := make(chan struct{})
	go func() {
		defer close(end)
		defer func() { _ = w.Close() }()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for n := 0; ctx.Err() == nil; <-tick.C {
			var msgs []kafkago.Message
			for i := range 30 {
				msgs = append(msgs, s.outcome(fmt.Sprintf("%s-%d", id, i), fmt.Sprintf("13001260%08d", n+i)))
			}
			if err := w.WriteMessages(context.Background(), msgs...); err != nil {
				t.Error(err)
				return
			}
			n += len(msgs)
			published.Store(int64(n))
		}
	}()
	stop := func() int { cancel(); <-end; return int(published.Load()) }
	t.Cleanup(func() { stop() })
	return loader{&published, stop}
}

// idle: a member whose partitions are at their end stays where it is while
// another is slow with its own: a slow handler is no stalled reader.
func (s *suite) idle(t *testing.T) {
	ctx := deadline(t)
	var reopened atomic.Int64
	open := func() *kafka.Reader {
		r := kafka.NewReader(kafka.ReaderConfig{
			Addrs: s.addrs, Group: "idle-" + s.id, Topics: []string{routing.TopicDeadLetters},
			Stall: 200 * time.Millisecond, Log: slog.New(warnings{slog.DiscardHandler, &reopened}),
		})
		t.Cleanup(func() { _ = r.Close() })
		return r
	}
	slow, fast := open(), open()
	for {
		of, slowIn, err := slow.Assigned(ctx)
		if err != nil && ctx.Err() != nil {
			t.Fatal(err)
		}
		if other, fastIn, err := fast.Assigned(ctx); err == nil && slowIn && fastIn && of > 0 && of+other == kafka.Partitions {
			break
		}
	}
	var msgs []kafkago.Message
	for i := range 30 { // some for every partition
		msgs = append(msgs, kafkago.Message{Topic: routing.TopicDeadLetters, Key: fmt.Append(nil, "I", s.id, i), Value: []byte("idle")})
	}
	publish(t, s.addrs, msgs...)
	quiet, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	read := 0
	for {
		batch, err := fast.Batch(quiet, 256)
		if err != nil {
			break
		}
		read += len(batch)
		if err := fast.CommitMessages(ctx, batch...); err != nil {
			t.Fatal(err)
		}
	}
	if n := reopened.Load(); read == 0 || n > 0 {
		t.Errorf("%d messages read, reader opened again %d times", read, n)
	}
}

// warnings counts warnings.
type warnings struct {
	slog.Handler
	n *atomic.Int64
}

func (w warnings) Enabled(context.Context, slog.Level) bool { return true }

func (w warnings) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		w.n.Add(1)
	}
	return nil
}

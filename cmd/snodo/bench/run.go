package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// benchTimeout is the longest wait for one answer.
const benchTimeout = 30 * time.Second

// trial is one run under way.
type trial struct {
	*session
	dir    string
	data   string
	verbs  verb.Program
	stores *databases
	server *verb.Server
	began  time.Time
	load   *load
	watch  *watch
	result Run
}

// run starts a server, loads it, lets it drain, and holds the accounts against
// each other.
func (b *session) run(ctx context.Context, n int) (result Run, err error) {
	t := &trial{session: b, dir: filepath.Join(b.dir, fmt.Sprintf("run-%d", n)), result: Run{Run: n, Problems: []string{}}}
	t.data = filepath.Join(t.dir, "data")
	if err := os.Mkdir(t.dir, 0o700); err != nil {
		return t.result, fmt.Errorf("make folder: %w", err)
	}
	logs, err := os.Create(filepath.Join(t.dir, "log.json"))
	if err != nil {
		return t.result, fmt.Errorf("make log: %w", err)
	}
	defer logs.Close()
	if t.verbs, err = verb.ThisProgram(logs); err != nil {
		return t.result, err
	}
	if t.stores, err = makeDatabases(ctx, b.Database); err != nil {
		return t.result, err
	}
	if !b.Keep {
		defer func() { err = errors.Join(err, t.stores.drop(ctx)) }()
	}
	if len(b.Kafka) > 0 {
		topics := newTopics(b.Kafka)
		defer topics.close()
		if err := topics.fresh(ctx, b.ResetTopics); err != nil {
			return t.result, err
		}
	}
	floor, err := cryptographicFloor(floorOperations)
	if err != nil {
		return t.result, err
	}
	t.result.Floor = rounded(micros(floor), 2)
	t.began = time.Now()
	more, err := t.modiArgs()
	if err != nil {
		return t.result, err
	}
	persons, err := t.identityArgs()
	if err != nil {
		return t.result, err
	}
	if t.server, err = t.verbs.Serve(ctx, slices.Concat(t.serveArgs(), more, persons)...); err != nil {
		return t.result, err
	}
	running := true
	defer func() {
		if running {
			err = errors.Join(err, t.server.Stop())
		}
	}()
	if err := t.measure(ctx); err != nil {
		return t.result, err
	}
	running = false
	if err := t.server.Stop(); err != nil {
		return t.result, err
	}
	return t.result, t.audit(ctx)
}

func (t *trial) serveArgs() []string {
	args := append([]string{"--listen", "127.0.0.1:0"}, t.places()...)
	if t.stores.national != "" {
		args = append(args, "--national-database", t.stores.national)
	}
	if t.trust != "" {
		args = append(args, "--trust", regionOf(t.Dialect)+"="+t.trust)
	} else {
		args = append(args, "--policy", regionOf(t.Dialect)+"=channel")
	}
	if t.Profile != "" {
		args = append(args, "--profile-socket", t.socket())
	}
	return args
}

// places are the flags by which every verb finds this run's ledger and topics.
func (t *trial) places() []string {
	args := []string{"--data", t.data}
	if t.stores.ledger != "" {
		args = append(args, "--database", t.stores.ledger)
	}
	if len(t.Kafka) > 0 {
		args = append(args, "--kafka", strings.Join(t.Kafka, ","))
	}
	return args
}

func (t *trial) socket() string { return filepath.Join(t.dir, "profile.sock") }

// instant is what is read at one end of the measured window.
type instant struct {
	at       time.Time
	accepted int64
	server   time.Duration // processor time
	client   time.Duration // the same, of this process
}

// read waits until a time and reads.
func (t *trial) read(ctx context.Context, at time.Time) (instant, error) {
	select {
	case <-time.After(time.Until(at)):
	case <-ctx.Done():
		return instant{}, ctx.Err()
	}
	i := instant{at: time.Now(), accepted: t.load.accepted.Load()}
	var err error
	if i.server, err = processCPU(t.server.Cmd.Process.Pid); err != nil && !errors.Is(err, errNoProc) {
		return i, err
	}
	i.client, err = processCPU(os.Getpid())
	if errors.Is(err, errNoProc) {
		err = nil
	}
	return i, err
}

// measure drives the load and fills in what the window shows, then waits for
// the backlog to drain.
func (t *trial) measure(ctx context.Context) error {
	addr, path := strings.TrimPrefix(t.server.URL, "http://"), "/soap/"+regionOf(t.Dialect)
	t.watch = newWatch(addr, t.watchPath(), benchTimeout)
	start := time.Now()
	t.load = &load{
		addr: addr, path: path, corpus: t.corpus, rate: t.Rate, connections: t.Connections,
		start: start, warm: start.Add(t.Warmup), end: start.Add(t.Warmup + t.Duration),
		timeout: benchTimeout, accepts: AcceptedNational, sample: t.watch.add, overload: t.Overload,
	}
	if t.Overload {
		t.load.sample = nil // whoever asks would be turned away too
	}
	if t.Dialect == dialectSPICOM {
		t.load.accepts = acceptedSPICOM
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	loaded := make(chan struct{})
	var first, last instant
	var answers []time.Duration
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		defer close(loaded)
		answers, err = t.load.run(gctx)
		return err
	})
	g.Go(func() (err error) {
		if first, err = t.read(gctx, t.load.warm); err == nil {
			last, err = t.read(gctx, t.load.end)
		}
		return err
	})
	g.Go(func() error { return t.profile(gctx) })
	var w errgroup.Group
	w.Go(func() error { return t.watch.run(watching, loaded) })
	err := g.Wait()
	if err == nil {
		err = t.drain(ctx)
	}
	if err != nil || t.result.Backlog != 0 {
		stopWatching() // what is missing now will not come
	}
	defer time.AfterFunc(benchTimeout, stopWatching).Stop() // what the ledger has needs one question
	if err := errors.Join(err, w.Wait()); err != nil {
		return err
	}
	return t.account(ctx, first, last, answers)
}

// brokers are the addresses of the broker of the running server.
func (t *trial) brokers() ([]string, error) {
	if len(t.Kafka) > 0 {
		return t.Kafka, nil
	}
	addr, err := embedded.Addr(t.data)
	return []string{addr}, err
}

// drain waits until the national totals count all that was accepted and the
// ledger has every receipt.
func (t *trial) drain(ctx context.Context) error {
	closed := time.Now()
	addrs, err := t.brokers()
	if err != nil {
		return err
	}
	accepted := t.load.accepted.Load()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		totals, err := readTotals(ctx, addrs)
		if err != nil {
			return err
		}
		t.result.National = totals.last()
		over := time.Since(closed) > t.Drain
		if t.result.National >= accepted || over {
			if err := t.reconcile(ctx); err != nil {
				return err
			}
			if t.result.Backlog == 0 || over {
				t.result.DrainMS = time.Since(closed).Milliseconds()
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// reconcile asks `report quadratura`, a process that knows nothing of this one.
func (t *trial) reconcile(ctx context.Context) error {
	var report struct {
		Reconciled bool `json:"reconciled"`
		reconcile.Report
	}
	days := []string{"--json", "--from", t.began.In(t.rome).Format(time.DateOnly), "--to", time.Now().In(t.rome).Format(time.DateOnly)}
	err := t.ask(ctx, &report, slices.Concat([]string{"report", "quadratura"}, t.places(), days)...)
	if err != nil {
		return err
	}
	r := &t.result
	r.InLedger, r.InRegister = 0, 0
	for _, row := range report.Rows {
		r.InLedger += row.Accepted
		r.InRegister += min(row.Registered, row.Receipted)
	}
	r.Backlog = r.InLedger - r.InRegister
	if r.Backlog == 0 && !report.Reconciled {
		t.problem("report quadratura: %d differenze", len(report.Mismatches))
	}
	return nil
}

// account fills in the figures and names what makes the run invalid.
func (t *trial) account(ctx context.Context, first, last instant, answers []time.Duration) error {
	addrs, err := t.brokers()
	if err != nil {
		return err
	}
	totals, err := readTotals(ctx, addrs)
	if err != nil {
		return err
	}
	peak, err := processPeak(t.server.Cmd.Process.Pid)
	if err != nil && !errors.Is(err, errNoProc) {
		return err
	}
	r, l := &t.result, t.load
	span := last.at.Sub(first.at).Seconds()
	accepted := float64(last.accepted - first.accepted)
	registered := totals.at(l.start, last.at) - totals.at(l.start, first.at)
	both := min(accepted, registered)
	r.Accepted, r.NotAccepted = l.accepted.Load(), l.refused.Load()+l.broken.Load()
	r.TurnedAway, r.Offered = l.away.Load(), rounded(float64(l.away.Load()+r.Accepted+r.NotAccepted)/(t.Warmup+t.Duration).Seconds(), 1)
	r.Answered, r.Registered = rounded(accepted/span, 1), rounded(registered/span, 1)
	r.AcceptedPerS = rounded(both/span, 1)
	r.AtClose = max(last.accepted-int64(totals.at(l.start, last.at)), 0)
	r.AnswerMS = quantilesOf(answers)
	r.Samples = len(t.watch.took)
	r.RegisteredMS = quantilesOf(t.watch.took)
	r.RSS = rounded(float64(peak)/(1<<20), 1)
	r.ServerCores = rounded((last.server-first.server).Seconds()/span, 2)
	r.ClientCores = rounded((last.client-first.client).Seconds()/span, 2)
	if both > 0 {
		r.CPUPerAccepted = rounded(micros(last.server-first.server)/both, 1)
		r.Ratio = rounded(r.CPUPerAccepted/r.Floor, 2)
	}
	t.judge()
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func (t *trial) problem(format string, args ...any) {
	t.result.Problems = append(t.result.Problems, fmt.Sprintf(format, args...))
}

// judge names what makes the run invalid.
func (t *trial) judge() {
	r, l := &t.result, t.load
	if l.spent.Load() {
		t.problem("i documenti sono finiti prima del tempo: ne servono più di %d (--documents)", t.corpus.Count)
	}
	if l.late.Load() {
		t.problem("il ritmo chiesto non è stato tenuto")
	}
	if r.NotAccepted > 0 {
		t.problem("%d invii non accettati; il primo: %s", r.NotAccepted, *l.reason.Load())
	}
	if r.Backlog != 0 {
		t.problem("%d comunicazioni accettate e non ancora registrate", r.Backlog)
	}
	if r.Accepted == 0 || r.InLedger != r.Accepted || r.InRegister != r.Accepted || r.National != r.Accepted {
		t.problem("accettate %d per chi invia, %d nel registro; registrate %d nel registro, %d per il nodo nazionale",
			r.Accepted, r.InLedger, r.InRegister, r.National)
	}
	switch {
	case t.Overload:
		t.judgeOverload()
	case r.Samples == 0:
		t.problem("nessun campione è stato visto registrato")
	}
}

// What the hub keeps under overload, whatever is offered.
const (
	overloadAnswer = 1000 // ms, 99 of 100 accepted answers
	OverloadMemory = 300  // in units of 2^20 bytes
)

// judgeOverload names what was not kept.
func (t *trial) judgeOverload() {
	r := &t.result
	if r.TurnedAway == 0 {
		t.problem("nessun invio respinto: il carico non supera la capacità")
	}
	if r.AnswerMS.P99 > overloadAnswer {
		t.problem("risposte accettate: p99 di %.0f ms, al più %d", r.AnswerMS.P99, overloadAnswer)
	}
	if r.RSS > OverloadMemory {
		t.problem("memoria: %.0f MB, al più %d", r.RSS, OverloadMemory)
	}
}

// audit runs `verify` on what the stopped server left, and reads back how the
// database syncs.
func (t *trial) audit(ctx context.Context) error {
	var v node.Verdict
	if err := t.ask(ctx, &v, append([]string{"verify", "--json"}, t.places()...)...); err != nil {
		return err
	}
	t.result.Verified = v.Verified
	if !v.Verified {
		t.problem("verify: %d difformità", len(v.Findings))
	}
	store, err := node.Place{Data: t.data, Database: t.stores.ledger}.Ledger(ctx)
	if err != nil {
		return err
	}
	t.result.Synchronous, err = store.Durability(ctx)
	return errors.Join(err, store.Close())
}

// ask runs a verb and reads the JSON it prints; exit code 3 is an answer too.
func (t *trial) ask(ctx context.Context, v any, args ...string) error {
	text, code, err := t.verbs.Run(ctx, args...)
	if err != nil {
		return err
	}
	if code != verb.ExitDone && code != verb.ExitFinding {
		return fmt.Errorf("%s ended with exit code %d: see %s", args[0], code, filepath.Join(t.dir, "log.json"))
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("read what %s printed: %w", args[0], err)
	}
	return nil
}

// profile keeps the server's profiles of the measured window.
func (t *trial) profile(ctx context.Context) error {
	if t.Profile == "" {
		return nil
	}
	if err := os.MkdirAll(t.Profile, 0o700); err != nil {
		return fmt.Errorf("keep profile: %w", err)
	}
	select {
	case <-time.After(time.Until(t.load.warm)):
	case <-ctx.Done():
		return ctx.Err()
	}
	seconds := max(int(t.Duration.Seconds()), 1)
	for _, p := range []struct{ name, query string }{{"cpu", fmt.Sprintf("profile?seconds=%d", seconds)}, {"heap", "heap"}} {
		path := filepath.Join(t.Profile, fmt.Sprintf("%s-%d.pprof", p.name, t.result.Run))
		if err := fetchProfile(ctx, t.socket(), p.query, path); err != nil {
			return err
		}
	}
	return nil
}

// fetchProfile copies one of the profiles on a socket to a file.
func fetchProfile(ctx context.Context, socket, query, path string) error {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://snodo/debug/pprof/"+query, nil)
	if err != nil {
		return fmt.Errorf("fetch profile: %w", err)
	}
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return fmt.Errorf("fetch profile: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch profile: HTTP status %d", res.StatusCode)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("keep profile: %w", err)
	}
	_, err = io.Copy(f, res.Body)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keep profile: %w", err)
	}
	return nil
}

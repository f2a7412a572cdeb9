// Package demo starts a server of this program on a temporary folder, sends it the
// communications of all regions, good, bad and repeated, and holds what comes back, and
// what report and verify say, against what was expected; or does harm from outside and
// looks whether that is found. Of its siblings it imports sample and sender, to make and
// send, node, for what a server leaves, and verb; none but the program imports it.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// Cmd is the verb `demo`, by its flags.
type Cmd struct {
	Break string `help:"Do harm from outside after acceptance, and find it: tamper, lose, double or forge." enum:",tamper,lose,double,forge" default:""`
	JSON  bool   `help:"Print one JSON object."`
	Keep  bool   `help:"Keep the temporary folder and say where it is."`
}

// Result is what `demo --json` prints.
type Result struct {
	Regions    []Region `json:"regions"`
	Reconciled bool     `json:"reconciled"`
	Verified   bool     `json:"ledger_verified"`
	Elapsed    int64    `json:"elapsed_ms"`
}

// Region is the account of one region: all but repeated from the report.
// Repeated submissions leave no entry; they are counted by the answers that
// were a stored receipt again, byte for byte.
type Region struct {
	Region     string `json:"region"`
	Submitted  int64  `json:"submitted"`
	Accepted   int64  `json:"accepted"`
	Rejected   int64  `json:"rejected"` // refused signatures included
	Repeated   int64  `json:"repeated"`
	Registered int64  `json:"registered"`
	Receipts   int64  `json:"receipts"` // of registration
}

// session is one run: a hub in a process of its own, and what is sent to it.
type session struct {
	Cmd
	con     verb.Console
	began   time.Time
	dir     string
	data    string
	verbs   verb.Program
	hub     *verb.Server
	signers map[string]*sender.Signer
	// operator is Lazio's client: its messages bring a person's assertion.
	operator *http.Client
	sent     []*submission
	rome     *time.Location
}

// Run runs the demonstration. Without error every expectation held; with --break it
// ends with verb.ErrFinding if the harm was found and named.
func (c Cmd) Run(ctx context.Context, con verb.Console) (err error) {
	d := &session{Cmd: c, con: con, began: time.Now()}
	if d.rome, err = time.LoadLocation("Europe/Rome"); err != nil {
		return fmt.Errorf("load time zone: %w", err)
	}
	if d.dir, err = os.MkdirTemp("", "snodo-demo-"); err != nil {
		return fmt.Errorf("make temporary folder: %w", err)
	}
	d.data = filepath.Join(d.dir, "data")
	logs, err := os.Create(filepath.Join(d.dir, "log.json"))
	if err != nil {
		return fmt.Errorf("make log: %w", err)
	}
	defer func() {
		if err == nil && !c.Keep || errors.Is(err, verb.ErrFinding) && !c.Keep {
			err = errors.Join(err, os.RemoveAll(d.dir))
		} else {
			fmt.Fprintln(con.Err, "cartella della prova:", d.dir)
		}
	}()
	defer logs.Close()
	if d.verbs, err = verb.ThisProgram(logs); err != nil {
		return err
	}
	return d.run(ctx)
}

func (d *session) run(ctx context.Context) (err error) {
	d.hub, err = d.verbs.Serve(ctx, "--listen", "127.0.0.1:0", "--data", d.data, "--policy", "piemonte=channel")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.hub.Stop()) }()
	if err := d.issue(ctx); err != nil {
		return err
	}
	d.say("hub in ascolto su %s, cartella %s\n\n", d.hub.URL, d.data)
	if err := d.submitAll(ctx); err != nil {
		return err
	}
	if err := d.await(ctx); err != nil {
		return err
	}
	d.print()
	result, err := d.account(ctx)
	if err != nil {
		return err
	}
	failures := d.failures(result)
	if d.Break != "" && len(failures) == 0 {
		return d.harm(ctx)
	}
	if d.JSON {
		if err := verb.PrintJSON(d.con.Out, result); err != nil {
			return err
		}
	}
	for _, f := range failures {
		fmt.Fprintln(d.con.Err, "ATTESA DELUSA:", f)
	}
	if len(failures) > 0 {
		return fmt.Errorf("demo: %d expectations did not hold", len(failures))
	}
	d.say("\ntutto come atteso, in %d ms\n", result.Elapsed)
	return nil
}

// say prints for people; with --json they read nothing.
func (d *session) say(format string, args ...any) {
	if !d.JSON {
		fmt.Fprintf(d.con.Out, format, args...)
	}
}

// account asks report and verify, as processes that know nothing of this one.
func (d *session) account(ctx context.Context) (Result, error) {
	var report struct {
		Reconciled bool `json:"reconciled"`
		reconcile.Report
	}
	if err := d.ask(ctx, &report, "report", "quadratura", "--data", d.data, "--from", d.firstDay(), "--to", d.today(), "--format", "json"); err != nil {
		return Result{}, err
	}
	var v node.Verdict
	if err := d.ask(ctx, &v, "verify", "--data", d.data, "--json"); err != nil {
		return Result{}, err
	}
	if !d.JSON {
		if _, err := d.table(ctx, d.con.Out); err != nil {
			return Result{}, err
		}
		node.PrintVerdict(d.con, v)
	}
	result := Result{Reconciled: report.Reconciled, Verified: v.Verified}
	for _, r := range routing.Regions() {
		line := Region{Region: r.Slug, Repeated: d.repeated(r.Slug)}
		for _, row := range report.Rows {
			if row.Region == r.Slug {
				line.Submitted += row.Received
				line.Accepted += row.Accepted
				line.Rejected += row.Rejected
				line.Registered += row.Registered
				line.Receipts += row.Receipted
			}
		}
		line.Submitted += line.Repeated
		result.Regions = append(result.Regions, line)
	}
	result.Elapsed = time.Since(d.began).Milliseconds()
	return result, nil
}

// table prints the reconciliation table of a separate process.
func (d *session) table(ctx context.Context, out io.Writer, more ...string) (int, error) {
	args := append([]string{"report", "quadratura", "--data", d.data, "--from", d.firstDay(), "--to", d.today()}, more...)
	text, code, err := d.verbs.Run(ctx, args...)
	if err != nil {
		return 0, err
	}
	_, err = out.Write(text)
	return code, err
}

// ask runs a verb and reads the JSON it prints; exit code 3 is an answer too.
func (d *session) ask(ctx context.Context, v any, args ...string) error {
	text, code, err := d.verbs.Run(ctx, args...)
	if err != nil {
		return err
	}
	if code != verb.ExitDone && code != verb.ExitFinding {
		return fmt.Errorf("%s ended with exit code %d", args[0], code)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("read what %s printed: %w", args[0], err)
	}
	return nil
}

func (d *session) today() string { return time.Now().In(d.rome).Format(time.DateOnly) }

// firstDay is where the span begins, for a run over midnight in Rome.
func (d *session) firstDay() string { return d.began.In(d.rome).Format(time.DateOnly) }

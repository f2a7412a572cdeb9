// Command snodo is the hub for Italy's Comunicazioni Obbligatorie: one binary
// whose verbs serve, submit, verify and report. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Europe/Rome on machines without a zone database

	"github.com/alecthomas/kong"

	"github.com/snodo-co/snodo/cmd/snodo/bench"
	"github.com/snodo-co/snodo/cmd/snodo/demo"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/probe"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// cli is the grammar of the command line.
type cli struct {
	Serve        serveCmd        `cmd:"" help:"Run the hub: intake, relay and national store in one process."`
	Demo         demo.Cmd        `cmd:"" help:"Start everything in a temporary folder, submit from all regions and check what comes back."`
	Submit       submitCmd       `cmd:"" help:"Sign files and send them as a region would."`
	Receipt      receiptCmd      `cmd:"" help:"Fetch receipts, or verify one offline."`
	Verify       verifyCmd       `cmd:"" help:"Recompute the whole ledger and compare it with the sealed heads and the topics."`
	Report       reportCmd       `cmd:"" help:"Reports for operators."`
	XSD          xsdCmd          `cmd:"" name:"xsd" help:"The national standards: editions, validation, differences."`
	Certificate  certificateCmd  `cmd:"" help:"Certificates of the development authority."`
	Certificates certificatesCmd `cmd:"" help:"Show everything that expires, the soonest first."`
	Explain      explainCmd      `cmd:"" help:"Say what a fault code means and what to do about it."`
	Bench        bench.Cmd       `cmd:"" help:"Measure speed, latency, processor time and memory of a server under load."`
	Probe        probe.Cmd       `cmd:"" help:"The conformance kit of a region: play messages against a hub, or judge messages in files."`
	Backup       backupCmd       `cmd:"" help:"Copy a data folder that is in use."`
	Health       healthCmd       `cmd:"" help:"Ask a hub's probe; exit code 0 if it is well."`
	Version      versionCmd      `cmd:"" help:"Print which program this is."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run parses the arguments, runs their verb and returns the exit code.
func run(ctx context.Context, args []string, out, errw io.Writer) int {
	var grammar cli
	exited := -1
	parser, err := kong.New(&grammar,
		kong.Name("snodo"),
		kong.Description("Regional-hub integration gateway for Italy's Comunicazioni Obbligatorie."),
		kong.Writers(out, errw),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(verb.Console{Out: out, Err: errw}, verb.Release(thisBuild().Version)),
		kong.Configuration(node.LoadFlags),
	)
	if err != nil {
		fmt.Fprintln(errw, "snodo:", err)
		return verb.ExitFailed
	}
	chosen, err := parser.Parse(args)
	if exited >= 0 { // --help has printed itself
		return exited
	}
	if err != nil {
		fmt.Fprintln(errw, "snodo:", err)
		return verb.ExitUsage
	}
	switch err := chosen.Run(); {
	case err == nil:
		return verb.ExitDone
	case errors.Is(err, verb.ErrFinding):
		return verb.ExitFinding
	case errors.Is(err, verb.ErrUsage):
		fmt.Fprintln(errw, "snodo:", err)
		return verb.ExitUsage
	default:
		fmt.Fprintln(errw, "snodo:", err)
		return verb.ExitFailed
	}
}

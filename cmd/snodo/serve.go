package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// serveCmd runs a node by its flags until it is told to end.
type serveCmd struct {
	node.Flags
}

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context, con verb.Console) error {
	return c.serve(ctx, con, time.Now)
}

func (c *serveCmd) serve(ctx context.Context, con verb.Console, now func() time.Time) error {
	n := &node.Node{
		Config: c.Config(),
		Now:    now,
		Alone:  true,
		Log:    slog.New(slog.NewJSONHandler(con.Err, &slog.HandlerOptions{Level: c.LogLevel})),
	}
	profiles, err := startProfiling(ctx, c.Profiles)
	if err != nil {
		return err
	}
	defer func() { _ = profiles.close() }()
	if c.Standards != "" { // without it a hangup ends the process, as it does others
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		defer signal.Stop(hangups)
		n.Hangups = hangups
	}
	if err := n.Open(ctx); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(con.Out, "listening on", n.URL()); err != nil {
		return errors.Join(err, n.Close())
	}
	err = n.Run(ctx)
	return errors.Join(err, n.Close())
}

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

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// serveCmd runs a node by its flags until it is told to end.
type serveCmd struct {
	flags
}

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context, con verb.Console) error {
	return c.serve(ctx, con, time.Now)
}

func (c *serveCmd) serve(ctx context.Context, con verb.Console, now func() time.Time) error {
	n := &node{
		cfg:   c.config(),
		now:   now,
		alone: true,
		log:   slog.New(slog.NewJSONHandler(con.Err, &slog.HandlerOptions{Level: c.LogLevel})),
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
		n.hangups = hangups
	}
	if err := n.open(ctx); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(con.Out, "listening on", n.url()); err != nil {
		return errors.Join(err, n.close())
	}
	err = n.run(ctx)
	return errors.Join(err, n.close())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/alecthomas/kong"
)

type serveCmd struct {
	Listen    string            `help:"Address to listen on; port 0 takes a free one." default:"127.0.0.1:8080"`
	Data      string            `help:"Data folder; made at the first start." default:"data" type:"path"`
	Config    kong.ConfigFlag   `help:"JSON file with values of these flags." type:"path" placeholder:"FILE"`
	Policy    map[string]string `help:"Policy of a region: signed (default), or channel to admit unsigned documents too." placeholder:"REGION=signed|channel"`
	Trust     map[string]string `help:"Authorities of a region's signers." placeholder:"REGION=PEM"`
	ClientCA  string            `name:"client-ca" help:"Authorities of the client certificates that open channels." type:"path" placeholder:"PEM"`
	TLSCert   string            `name:"tls-cert" help:"Certificate of the listener." type:"path" placeholder:"PEM"`
	TLSKey    string            `name:"tls-key" help:"Key of the listener." type:"path" placeholder:"PEM"`
	PublicURL string            `name:"public-url" help:"URL under which callers reach this node; WSDLs name it."`
	FirstCode map[string]int64  `name:"first-code" help:"First progressive of a region's codes." placeholder:"REGION=N"`
	AfterRest bool              `name:"after-restore" help:"Start behind a sealed head, after a restore: lifts the counters above every code in the topics first."`
	LogLevel  slog.Level        `name:"log-level" help:"debug, info, warn or error." default:"info"`
	Profiles  string            `name:"profile-socket" help:"Serve Go's profiles on this Unix socket." type:"path" hidden:""`
}

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context, con console) error {
	n := &node{
		cfg: config{
			Listen: c.Listen, Data: c.Data, Policy: c.Policy, Trust: c.Trust, ClientCA: c.ClientCA,
			TLSCert: c.TLSCert, TLSKey: c.TLSKey, PublicURL: c.PublicURL, First: c.FirstCode, Restore: c.AfterRest,
		},
		now: time.Now,
		log: slog.New(slog.NewJSONHandler(con.err, &slog.HandlerOptions{Level: c.LogLevel})),
	}
	profiles, err := startProfiling(ctx, c.Profiles)
	if err != nil {
		return err
	}
	defer func() { _ = profiles.close() }()
	if err := n.open(ctx); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(con.out, "listening on", n.url()); err != nil {
		return errors.Join(err, n.close())
	}
	err = n.run(ctx)
	return errors.Join(err, n.close())
}

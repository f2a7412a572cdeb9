package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// certificatesCmd shows everything that expires. Its flags are those of serve,
// so that one configuration file does for both.
type certificatesCmd struct {
	Config   kong.ConfigFlag   `help:"Configuration file of serve." type:"path" placeholder:"FILE"`
	Data     string            `help:"Data folder." default:"data" type:"path"`
	Keys     string            `help:"Folder of the keys; the data folder if not given." type:"path" placeholder:"DIR"`
	Trust    map[string]string `help:"Authorities of a region's signers." placeholder:"REGION=PEM"`
	ModI     map[string]string `name:"modi" help:"Authorities of a region's signed messages." placeholder:"REGION=PEM"`
	ClientCA string            `name:"client-ca" help:"Authorities of the client certificates." type:"path" placeholder:"PEM"`
	TLSCert  string            `name:"tls-cert" help:"Certificate of the listener." type:"path" placeholder:"PEM"`
	Margin   time.Duration     `help:"How long before its end something is called out." default:"720h"`
	JSON     bool              `help:"Print one JSON object."`
}

// Run prints them, the soonest first, and ends with exit code 3 if something
// has expired or will within the margin.
func (c certificatesCmd) Run(con verb.Console) error {
	if c.Margin < 0 {
		return fmt.Errorf("--margin: want a duration of zero or more: %w", verb.ErrUsage)
	}
	cfg := node.Config{Data: c.Data, Keys: c.Keys, Trust: c.Trust, ModI: c.ModI, ClientCA: c.ClientCA, TLSCert: c.TLSCert}
	var err error
	if cfg.Regions, err = node.ReadRegions(string(c.Config)); err != nil {
		return err
	}
	list, err := cfg.Expiries(time.Now(), c.Margin)
	if err != nil {
		return err
	}
	if c.JSON {
		err = verb.PrintJSON(con.Out, map[string]any{"margine": c.Margin.String(), "elementi": list})
	} else {
		err = printExpiries(con.Out, list, time.Now())
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, node.Expiry.Wrong) {
		return verb.ErrFinding
	}
	return nil
}

func printExpiries(out io.Writer, list []node.Expiry, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCADENZA\tGIORNI\tSTATO\tTIPO\tREGIONE\tNOME\tDOVE")
	for _, e := range list {
		ends, days := "-", "-"
		if e.Ends != nil {
			ends, days = e.Ends.UTC().Format("2006-01-02 15:04Z"), fmt.Sprint(int(e.Ends.Sub(now).Hours()/24))
		}
		state := e.State
		if e.State == node.StateComing {
			state += " dal " + e.From.UTC().Format("2006-01-02 15:04Z")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", ends, days, state, e.Kind, verb.OrDash(e.Region), verb.OrDash(e.Name), e.Place)
	}
	return w.Flush()
}

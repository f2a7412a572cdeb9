package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"

	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
)

// person has somebody sign in for Lazio's system, whose messages bring the
// assertion from then on.
func (d *session) person(ctx context.Context) error {
	path := filepath.Join(d.dir, "persona.xml")
	_, code, err := d.verbs.Run(ctx, "certificate", "assertion", "--data", d.data, "--cf", sample.Invent(950).CodiceFiscale(),
		"--for", d.endpoint("lazio"), "--means", hub.MeansSPID, "--valid", "1h", "--out", path)
	if err != nil || code != verb.ExitDone {
		return errors.Join(fmt.Errorf("issue assertion: exit code %d", code), err)
	}
	over, err := sender.Present(path, http.DefaultTransport)
	d.operator = &http.Client{Transport: over}
	return err
}

// caller is the client of a region's system.
func (d *session) caller(region string) *http.Client {
	if region == "lazio" {
		return d.operator
	}
	return http.DefaultClient
}

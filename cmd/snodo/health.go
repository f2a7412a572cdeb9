package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// healthCmd asks a hub's probe. It is the health check of the container image,
// which holds nothing but this program.
type healthCmd struct {
	URL     string        `name:"url" help:"Address of the hub, as its first line of output says." default:"http://127.0.0.1:8080"`
	Ready   bool          `help:"Ask whether database and broker answer, not only whether the process lives."`
	CA      string        `name:"ca" help:"Authorities of the hub's certificate." type:"path" placeholder:"PEM"`
	Timeout time.Duration `help:"Longest wait for the answer." default:"3s"`
	JSON    bool          `help:"Print one JSON object."`
}

// errUnhealthy: the hub answered that it is not well, or did not answer.
var errUnhealthy = errors.New("not healthy")

// Run ends with exit code 0 if the probe says yes and with 1 otherwise, as
// container engines want it.
func (c healthCmd) Run(ctx context.Context, con verb.Console) error {
	address, err := url.Parse(c.URL)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return fmt.Errorf("--url: want http://HOST:PORT or https://HOST:PORT: %w", verb.ErrUsage)
	}
	settings, err := c.tls()
	if err != nil {
		return err
	}
	probe := "healthz"
	if c.Ready {
		probe = "readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.JoinPath(probe).String(), nil)
	if err != nil {
		return fmt.Errorf("ask health: %w", err)
	}
	transport := &http.Transport{TLSClientConfig: settings, DisableKeepAlives: true}
	res, err := transport.RoundTrip(req) // no redirects: a probe answers itself
	if err != nil {
		return fmt.Errorf("%w: %w", errUnhealthy, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: %s", errUnhealthy, res.Status)
	}
	const longest = 256 // of a probe's answer
	said, err := io.ReadAll(io.LimitReader(res.Body, longest))
	if err != nil {
		return fmt.Errorf("%w: %w", errUnhealthy, err)
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, map[string]string{"url": c.URL, "stato": strings.TrimSpace(string(said))})
	}
	_, err = con.Out.Write(said)
	return err
}

// tls gives the settings of a probe over TLS.
func (c healthCmd) tls() (*tls.Config, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA == "" {
		return settings, nil
	}
	text, err := os.ReadFile(c.CA)
	if err != nil {
		return nil, fmt.Errorf("read --ca: %w", err)
	}
	settings.RootCAs = x509.NewCertPool()
	if !settings.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read --ca: no certificate: %w", verb.ErrUsage)
	}
	return settings, nil
}

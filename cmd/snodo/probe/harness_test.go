package probe

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/snodotest"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// What the tests of all rooms share, under the names that it has here.
const patience = snodotest.Patience

var (
	samplesOf     = snodotest.SamplesOf
	signerFor     = snodotest.SignerFor
	endpointOf    = snodotest.EndpointOf
	parsed        = snodotest.Parsed
	submissionsIn = snodotest.SubmissionsIn
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testConfig is the node of the tests: loopback, Piemonte open to SPICOM.
func testConfig(data string) node.Config {
	return node.Config{Listen: "127.0.0.1:0", Data: data, Policy: map[string]string{"piemonte": node.PolicyChannel}}
}

// hubUnderTest is a node in this process.
type hubUnderTest struct {
	*node.Node
	data string
	stop func() // and close; the test's end does it otherwise
}

// startHub runs a node on a data folder until the test ends.
func startHub(t *testing.T, data string) *hubUnderTest {
	t.Helper()
	return nodeOf(t, testConfig(data))
}

// kitOf is the kit of a hub's folder.
func kitOf(t *testing.T, data string) *kit {
	t.Helper()
	k, err := Cmd{Data: data}.kit()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// nodeOf runs a node with a configuration until the test ends.
func nodeOf(t *testing.T, cfg node.Config) *hubUnderTest {
	t.Helper()
	logs := new(snodotest.Log)
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if err := n.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, n.Close()); err != nil {
			t.Error("stop hub:", err)
		}
	})
	t.Cleanup(func() { stop(); logs.ShowIfFailed(t) })
	return &hubUnderTest{n, cfg.Data, stop}
}

// startModI runs a node that requires ModI of Lazio.
func startModI(t *testing.T) *hubUnderTest {
	t.Helper()
	cfg := testConfig(t.TempDir())
	if _, err := xmlsig.OpenKeys(cfg.Data, time.Now()); err != nil {
		t.Fatal(err)
	}
	cfg.Policy, cfg.ModI = nil, map[string]string{"lazio": filepath.Join(cfg.Data, "ca.pem")}
	return nodeOf(t, cfg)
}

// endpoint is the address of a region's endpoint.
func (h *hubUnderTest) endpoint(region string) string { return h.URL() + "/soap/" + region }

// mustVerify recomputes the ledger of a data folder.
func mustVerify(t *testing.T, data string) {
	t.Helper()
	seals, err := xmlsig.SealCertificates(data)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := node.Audit(t.Context(), node.Place{Data: data}, seals); err != nil || !v.Verified {
		t.Errorf("%+v, %v", v, err)
	}
}

// runVerb runs the probe as the program does, and gives its exit code.
func runVerb(t *testing.T, args []string, out, errw io.Writer) int {
	t.Helper()
	var c Cmd
	parser, err := kong.New(&c, kong.Name("snodo"), kong.Writers(out, errw))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	switch err := c.Run(t.Context(), verb.Console{Out: out, Err: errw}, "(devel)"); {
	case err == nil:
		return verb.ExitDone
	case errors.Is(err, verb.ErrFinding):
		return verb.ExitFinding
	default:
		fmt.Fprintln(errw, err)
		return verb.ExitFailed
	}
}

// played is what a hub came to.
type played struct{ Parts []probe.Part }

// failures are the checks that failed, with what came.
func (o played) failures() (list []string) {
	for _, p := range o.Parts {
		for _, c := range p.Failures() {
			list = append(list, p.Name+" "+c.ID+": "+c.Got)
		}
	}
	return list
}

// untried are the identifiers of the checks that were not made.
func (o played) untried() (list []string) {
	for _, p := range o.Parts {
		for _, c := range p.Checks {
			if c.Verdict == probe.Untried {
				list = append(list, p.Name+" "+c.ID)
			}
		}
	}
	return list
}

// inZip is one file of an archive.
type inZip struct {
	name    string
	content []byte
}

func zipOf(t *testing.T, files ...inZip) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		out, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Package snodotest is what the tests of cmd/snodo and of its rooms share: waiting for
// what must come about, invented submissions, and the documents beside the program.
// Tests alone import it; of the rooms it knows sample and sender, so that the tests of
// a node, too, can use it.
package snodotest

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

// Patience bounds every wait of these tests; a wait that ends is much shorter.
const Patience = 3 * time.Minute

// Long reports whether the tests run at the full size of the issue.
func Long() bool { return os.Getenv("SNODO_LONG") == "1" }

// SeedOf gives the seed of a test that plays with chance, and prints it.
// SNODO_SEED repeats a run.
func SeedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("SNODO_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("repeat with SNODO_SEED=%d", seed)
	return seed
}

// Eventually waits until a condition holds.
func Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	EventuallyWithin(t, Patience, what, holds)
}

// EventuallyWithin waits no longer than limit until a condition holds.
func EventuallyWithin(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-tick.C:
		}
	}
}

// Log keeps the end of what is logged, for the report of a failure.
type Log struct {
	mu   sync.Mutex
	text []byte
	race bool // the race detector of a process spoke
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	l.race = l.race || bytes.Contains(p, []byte("DATA RACE"))
	if n := len(l.text) - 64<<10; n > 0 {
		l.text = append(l.text[:0], l.text[n:]...)
	}
	return len(p), nil
}

// says reports whether the end of the log has a text.
func (l *Log) Says(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.text, []byte(text))
}

// Text is the end of the log.
func (l *Log) Text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// ShowIfFailed prints the end of the log of a test that failed, and fails one whose
// process met a data race.
func (l *Log) ShowIfFailed(t *testing.T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.race {
		t.Error("a data race in the process")
	}
	if t.Failed() && len(l.text) > 0 {
		t.Logf("the end of the log:\n%s", l.text)
	}
}

// SamplesOf invents communications of a region from a serial number on.
func SamplesOf(t *testing.T, region string, serial int) sample.Maker {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return sample.Maker{Region: region, Day: time.Now().In(rome).Truncate(time.Second), Serial: serial}
}

// Hirings invents n Hirings of a region from a serial number on.
func Hirings(t *testing.T, region string, serial, n int) []*co.UniLav {
	t.Helper()
	s := SamplesOf(t, region, serial)
	list := make([]*co.UniLav, n)
	for i := range list {
		list[i] = s.Hiring(i)
	}
	return list
}

// SignAll signs on all processors, keeping the order.
func SignAll(t *testing.T, s *sender.Signer, list []*co.UniLav) [][]byte {
	t.Helper()
	signed := make([][]byte, len(list))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range list {
		g.Go(func() (err error) {
			signed[i], err = s.Sign(c)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	return signed
}

// WebClient keeps as many connections as there are callers.
func WebClient(t *testing.T, callers int) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: Patience}
}

// EndpointOf is the client of a region's endpoint.
func EndpointOf(web *http.Client, url, region string) *client.Client {
	return &client.Client{Address: url + "/soap/" + region, HTTP: web}
}

// Parsed reads a receipt that the test got from the hub.
func Parsed(t *testing.T, sealed []byte) receipt.Receipt {
	t.Helper()
	r, err := receipt.Parse(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Status gives the HTTP status of a probe.
func Status(t *testing.T, web *http.Client, url string) int {
	t.Helper()
	res, err := web.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

// Shipped reads a file of the repository's root.
func Shipped(t *testing.T, name string) string {
	t.Helper()
	root := ".."
	for !there(filepath.Join(root, "go.mod")) {
		root = filepath.Join(root, "..")
	}
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Block is a block of OPERATING.md by the words after its first backquotes.
func Block(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile("(?s)\n```" + regexp.QuoteMeta(name) + "\n(.*?)\n```\n").FindStringSubmatch(Shipped(t, "OPERATING.md"))
	if m == nil {
		t.Fatalf("OPERATING.md has no block %s", name)
	}
	return m[1]
}

// ConfigFile writes a configuration file.
func ConfigFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "serve.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// SignerFor makes the n-th signer that a data folder's hub trusts.
func SignerFor(t *testing.T, data string, n int) *sender.Signer {
	t.Helper()
	now, base := time.Now(), filepath.Join(t.TempDir(), "signer")
	keys, err := xmlsig.OpenKeys(data, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Authority.IssueTo(base, sample.Invent(900+n).CodiceFiscale(), now); err != nil {
		t.Fatal(err)
	}
	s, err := sender.ReadSigner(base)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// SubmissionsIn reads the submissions of a ledger, which may be in use, with
// their receipts by the SHA-256 of their documents, and the ledger's head.
func SubmissionsIn(t *testing.T, data string) (map[ledger.Hash][]ledger.Stored, ledger.Head) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(data, "ledger.db"), sqlstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	head, err := store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[ledger.Hash][]ledger.Stored)
	err = store.Entries(t.Context(), 1, head.Position, func(s ledger.Stored) error {
		if s.Entry.Type == ledger.Submission {
			found[s.Entry.Document] = append(found[s.Entry.Document], s)
		}
		return nil
	})
	if err != nil && head.Position > 0 {
		t.Fatal(err)
	}
	return found, head
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
)

// separateBroker is a broker that no hub runs inside itself: to the processes
// it is what Apache Kafka would be.
func separateBroker(t *testing.T, dir string, port int) *embedded.Broker {
	t.Helper()
	b, err := embedded.Start(t.Context(), dir, embedded.Options{Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// pageOf reads /stato.
func pageOf(t *testing.T, web *http.Client, url string) (page struct {
	Roles    []string `json:"ruoli"`
	Database bool     `json:"database_risponde"`
	Broker   bool     `json:"broker_risponde"`
	Ledger   struct {
		Position int64 `json:"posizione"`
	} `json:"registro"`
	Sealed *struct {
		Position int64 `json:"posizione"`
	} `json:"testata_sigillata"`
	Relay struct {
		Waiting int64 `json:"in_attesa"`
		Holders []struct {
			Name   string `json:"processo"`
			Shards int    `json:"frammenti"`
		} `json:"detentori"`
	} `json:"inoltro"`
	Clock struct {
		Alarm bool `json:"allarme"`
	} `json:"orologio"`
}) {
	t.Helper()
	res, err := web.Get(url + "/stato")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	return page
}

// TestRolesApart: a hub and a national store in processes of their own, with a
// broker in none of them. What is accepted is registered; report, verify and
// receipt get work from a folder that holds nothing; without the broker the
// hub goes on taking submissions and says what is the matter.
func TestRolesApart(t *testing.T) {
	t.Parallel()
	dir, began := t.TempDir(), time.Now()
	broker := separateBroker(t, filepath.Join(dir, "broker"), 0)
	port := portOf(t, broker.Addr())
	keys, database := filepath.Join(dir, "keys"), "sqlite:"+filepath.Join(dir, "one", "registro.db")
	start := func(name, role string, more ...string) *hubProcess {
		return startProcess(t, os.Args[0], roleProgram, append([]string{"serve", "--listen", "127.0.0.1:0",
			"--data", filepath.Join(dir, name), "--keys", keys, "--kafka", broker.Addr(), "--role", role, "--log-level", "error"}, more...)...)
	}
	var hub, national *hubProcess
	var g errgroup.Group // at once: the one waits for the keys that the other makes
	g.Go(func() error { national = start("two", "national"); return nil })
	g.Go(func() error {
		hub = start("one", "intake,relay,console", "--database", database)
		return nil
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	web := webClient(t, 4)
	documents := signAll(t, signerFor(t, keys, 0), hirings(t, "marche", 0, 6))
	submit := func(list [][]byte) (codice, digest string) {
		for _, d := range list {
			a, err := endpointOf(web, hub.url, "marche").Submit(t.Context(), co.UNILAV, d)
			if err != nil || !a.Accepted {
				t.Fatalf("accepted %v, %v", a.Accepted, err)
			}
			r := parsed(t, a.Receipt)
			codice, digest = r.Codice, r.Digest
		}
		return codice, digest
	}
	submit(documents[:3])
	elsewhere := place{
		report: []string{"--data", filepath.Join(dir, "empty"), "--database", database, "--kafka", broker.Addr()},
		verify: []string{"--data", filepath.Join(dir, "empty"), "--database", database, "--kafka", broker.Addr(), "--keys", keys},
	}
	mustReconcileAt(t, elsewhere, began, 3)
	if got := status(t, web, national.url+"/soap/marche"); got != http.StatusNotFound {
		t.Errorf("the national store answers %d on an endpoint of the hub", got)
	}
	if got := status(t, web, national.url+"/stato"); got != http.StatusNotFound {
		t.Errorf("the national store answers %d on /stato", got)
	}
	eventually(t, "the last relayed message to be marked", func() bool { return pageOf(t, web, hub.url).Relay.Waiting == 0 })
	page := pageOf(t, web, hub.url)
	if strings.Join(page.Roles, " ") != "intake relay console" || !page.Database || !page.Broker || page.Ledger.Position < 6 ||
		len(page.Relay.Holders) != 1 || page.Relay.Holders[0].Shards != ledger.Shards || page.Clock.Alarm {
		t.Errorf("/stato: %+v", page)
	}

	if err := broker.Close(); err != nil {
		t.Fatal(err)
	}
	codice, digest := submit(documents[3:])
	for url, want := range map[string]int{hub.url: http.StatusOK, national.url: http.StatusServiceUnavailable} {
		if got := status(t, web, url+"/readyz"); got != want {
			t.Errorf("readyz without a broker: %d, want %d", got, want)
		}
		if got := status(t, web, url+"/healthz"); got != http.StatusOK {
			t.Errorf("healthz without a broker: %d", got)
		}
	}
	if page := pageOf(t, web, hub.url); !page.Database || page.Broker || page.Relay.Waiting != 3 {
		t.Errorf("/stato without a broker: %+v", page)
	}
	separateBroker(t, filepath.Join(dir, "broker"), port)
	mustReconcileAt(t, elsewhere, began, 6)
	got := mustRun(t, "receipt", "get", codice, "--digest", digest, "--database", database)
	if strings.Count(got, "<Ricevuta") != 2 {
		t.Errorf("receipt get from the database: %s", got)
	}
	hub.terminate(t) // it seals the head, which the next start reads from the topic
	if err := os.RemoveAll(filepath.Join(dir, "one", node.HeadsFile)); err != nil {
		t.Fatal(err)
	}
	hub = start("one", "intake,relay,console", "--database", database)
	eventually(t, "the sealed head on /stato", func() bool {
		s := pageOf(t, web, hub.url).Sealed
		return s != nil && s.Position >= 12
	})
}

// TestStartWaits: a process whose broker is not up yet waits for it, and gives
// up with a word that says what is missing.
func TestStartWaits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	port := freePort(t)
	cfg := testConfig(filepath.Join(dir, "data"))
	cfg.Kafka = []string{fmt.Sprintf("127.0.0.1:%d", port)}
	waited := make(chan struct{})
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(&firstOf{text: "waiting at start", seen: waited})}
	opened := make(chan error, 1)
	go func() { opened <- n.Open(t.Context()) }()
	<-waited
	separateBroker(t, filepath.Join(dir, "broker"), port)
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}

	cfg = testConfig(filepath.Join(dir, "other"))
	cfg.Kafka = []string{fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	n = &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler), Patience: 300 * time.Millisecond}
	if err := n.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "Kafka: not there within 300ms of the start") {
		t.Errorf("without a broker: %v", err)
	}
	cfg.Kafka, cfg.Roles, cfg.Keys = nil, nil, ""
	n = &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := n.Open(t.Context()); err != nil {
		t.Errorf("the folder was not given back: %v", err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}

// TestStartWaitsForDatabase: likewise for PostgreSQL.
func TestStartWaitsForDatabase(t *testing.T) {
	t.Parallel()
	line := newLine(t, postgrestest.Database(t))
	line.freeze()
	cfg := testConfig(filepath.Join(t.TempDir(), "data"))
	cfg.Database = line.url
	waited := make(chan struct{})
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(&firstOf{text: "waiting at start", seen: waited})}
	opened := make(chan error, 1)
	go func() { opened <- n.Open(t.Context()) }()
	<-waited
	line.thaw()
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}

// firstOf is a log that waits for a message.
type firstOf struct {
	slog.Handler
	text string
	seen chan struct{}
	once bool
}

func (f *firstOf) Enabled(context.Context, slog.Level) bool { return true }
func (f *firstOf) Handle(_ context.Context, r slog.Record) error {
	if r.Message == f.text && !f.once {
		f.once = true
		close(f.seen)
	}
	return nil
}
func (f *firstOf) WithAttrs([]slog.Attr) slog.Handler { return slog.DiscardHandler }

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return portOf(t, l.Addr().String())
}

// TestReadOnlyKeys: a folder of keys that cannot be written serves as long as
// the keys are there; without them a hub does not start.
func TestReadOnlyKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys")
	mustRun(t, "certificate", "issue", "--keys", keys, "--cf", sample.Invent(901).CodiceFiscale(), "--out", filepath.Join(dir, "p"))
	before, err := os.ReadDir(keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(keys, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(keys, 0o700) })
	cfg := testConfig(filepath.Join(dir, "data"))
	cfg.Keys = keys
	hub := startNode(t, cfg, nil)
	if got := status(t, webClient(t, 1), hub.URL()+"/readyz"); got != http.StatusOK {
		t.Errorf("readyz %d", got)
	}
	after, err := os.ReadDir(keys)
	if err != nil || len(after) != len(before) || len(after) != 6 {
		t.Errorf("%d files in the folder of the keys, then %d, %v", len(before), len(after), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "seal.pem")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("keys in the data folder too: %v", err)
	}
}

// TestDatabaseOutsideTheFolder: a ledger in a file has one process, wherever
// the file lies.
func TestDatabaseOutsideTheFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "shared"), 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(filepath.Join(dir, "one"))
	cfg.Database = "sqlite:" + filepath.Join(dir, "shared", "x.db")
	startNode(t, cfg, nil)
	cfg.Data = filepath.Join(dir, "two")
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := n.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("a second process on one ledger: %v", err)
	}
}

// TestScanFrom: a scan goes on where the last one ended, and begins again on a
// topic made anew.
func TestScanFrom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := embedded.Start(t.Context(), dir, embedded.Options{Topics: kafka.Topics(co.Kinds()...)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	publisher := kafka.NewPublisher(func() kafka.Writer { return kafka.NewWriter([]string{b.Addr()}, transport) })
	defer publisher.Close()
	var next map[int]int64
	for position := int64(1); position <= 3; position++ {
		h := ledger.SealedHead{Position: position, Hash: ledger.Sum([]byte{1}), Instant: time.Now().UTC()}
		if err := publisher.PublishHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		from := next
		if position == 3 {
			from = map[int]int64{0: 99, 1: 99, 2: 99} // of a topic that had more
		}
		var got []int64
		next, err = kafka.ScanFrom(t.Context(), []string{b.Addr()}, routing.TopicTotals, from, func(m kafka.Message) error {
			h, err := kafka.DecodeHead(m)
			got = append(got, h.Position)
			return err
		})
		want := []int64{position}
		if position == 3 {
			want = []int64{1, 2, 3}
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("scan %d: %v, want %v, %v", position, got, want, err)
		}
	}
}

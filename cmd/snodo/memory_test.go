package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
)

const (
	memoryMessages = 100_000
	memoryLimit    = 250 << 10 // kB
	memoryPatience = 15 * time.Minute
)

// TestRestartMemory: a restart over 100,000 messages stays under 250 MB, after
// a crash that leaves all of them unread and after an orderly end, the work
// that follows included. A binary without the race detector is measured.
func TestRestartMemory(t *testing.T) {
	if !long() {
		t.Skip("fills a hub with 100,000 messages: set SNODO_LONG=1")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here to read the peak of memory from")
	}
	program := filepath.Join(t.TempDir(), "snodo.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, began := t.TempDir(), time.Now()
	signer := signerFor(t, data, 0)
	documents := signAll(t, signer, hirings(t, "marche", 0, 2))
	filler := startProcess(t, program, roleFill, data)
	t.Logf("%.0f s: %d accepted", time.Since(began).Seconds(), memoryMessages)
	filler.kill()
	t.Logf("the crash leaves %d not relayed, %d not registered", pendingIn(t, data), memoryMessages-registeredRows(t, data))

	web := webClient(t, 1)
	for i, name := range []string{"after a crash", "after an orderly end"} {
		hub := startProcess(t, program, roleProgram, "serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn")
		if got := status(t, web, hub.url+"/readyz"); got != http.StatusOK {
			t.Fatalf("readyz %d", got)
		}
		started := peakOf(t, hub)
		a, err := endpointOf(web, hub.url, "marche").Submit(t.Context(), co.UNILAV, documents[i])
		if err != nil || !a.Accepted {
			t.Fatalf("accepted %v, %v", a.Accepted, err)
		}
		eventuallyWithin(t, memoryPatience, "all registered", func() bool { return registeredRows(t, data) == int64(memoryMessages+i+1) })
		worked := peakOf(t, hub)
		t.Logf("%.0f s: %s: peak %d MB when ready, %d MB after the work", time.Since(began).Seconds(), name, started>>10, worked>>10)
		if started > memoryLimit || worked > memoryLimit {
			t.Errorf("%s: peak %d kB when ready, %d kB after the work, at most %d", name, started, worked, memoryLimit)
		}
		hub.terminate(t)
	}
}

// registeredRows counts the registrations of the national store.
func registeredRows(t *testing.T, data string) int64 {
	t.Helper()
	rows, _ := registeredIn(t, data)
	return rows
}

// peakOf is the largest resident set that a process has had, in kB.
func peakOf(t *testing.T, p *hubProcess) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		t.Fatal("no VmHWM in /proc")
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fill is a hub that has accepted memoryMessages communications; it says so
// and waits to be killed.
func fill(data string) int {
	if err := fillHub(context.Background(), data); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return verb.ExitFailed
}

func fillHub(ctx context.Context, data string) error {
	n := &node.Node{
		Config: testConfig(data), Now: time.Now,
		Log: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if err := n.Open(ctx); err != nil {
		return err
	}
	signer, err := fastSigner(n.Keys.Authority)
	if err != nil {
		return err
	}
	go func() { _ = n.Relay.Run(ctx) }() // until it is killed; nobody reads the topics
	go func() { _ = n.Nudge(ctx) }()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return err
	}
	s := sample.Maker{Region: "lazio", Day: time.Now().In(rome).Truncate(time.Second)}
	var next atomic.Int64
	var g errgroup.Group
	for range 64 {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= memoryMessages {
					return nil
				}
				document, err := signer.Sign(s.Hiring(i))
				if err != nil {
					return err
				}
				if err := pass(n.Server.Handler, document); err != nil {
					return err
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	fmt.Println("listening on nothing")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// fastSigner signs with an elliptic curve, many times faster than with RSA.
func fastSigner(a *xmlsig.Authority) (*sender.Signer, error) {
	key, err := xmlsig.NewKey()
	if err != nil {
		return nil, err
	}
	leaf, err := a.IssuePerson(sample.Invent(901).CodiceFiscale(), key.Public(), time.Now())
	if err != nil {
		return nil, err
	}
	sealer, err := xmlsig.NewSealer(key, []*x509.Certificate{leaf, a.Certificate})
	return &sender.Signer{Sealer: sealer}, err
}

// pass has a handler accept a document, without a socket between.
func pass(h http.Handler, document []byte) error {
	body := fmt.Appendf(nil, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`+
		`<r:richiesta_RichiestaRispostaSincrona_UniLav xmlns:r="http://servizi.lavoro.gov.it/comobbl/types">`+
		`<r:UniLavXML><![CDATA[%s]]></r:UniLavXML></r:richiesta_RichiestaRispostaSincrona_UniLav></s:Body></s:Envelope>`, document)
	r := httptest.NewRequest(http.MethodPost, "/soap/lazio", bytes.NewReader(body))
	r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !bytes.Contains(w.Body.Bytes(), []byte("OK</")) {
		return fmt.Errorf("not accepted: %d %s", w.Code, w.Body)
	}
	return nil
}

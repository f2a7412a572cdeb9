package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/envelope"
)

// testCorpus makes and opens a corpus.
func testCorpus(t *testing.T, dialect string, count int) *corpus {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "corpus")
	m := corpusMaker{dialect: dialect, count: count, signers: 2, now: time.Now(), rome: rome, progress: func(int, int) {}}
	if err := m.write(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := openCorpus(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.close() })
	return c
}

// TestCorpus: every body is a request whose document verifies, within the sizes
// promised, with a worker and a signature that no other has.
func TestCorpus(t *testing.T) {
	t.Parallel()
	c := testCorpus(t, dialectMarche, corpusBlock+10)
	anchors, err := xmlsig.ParseCertificates([]byte(c.Authority))
	if err != nil {
		t.Fatal(err)
	}
	verifier := xmlsig.NewVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{dialectMarche: anchors}))
	seen := map[string]bool{}
	for n := range c.Count {
		body, err := c.body([]byte("HEAD"), n)
		if err != nil || len(body) != 4+c.size(n) {
			t.Fatalf("body %d: %d bytes, %v", n, len(body), err)
		}
		env, f := envelope.Open(body[4:])
		if f != nil {
			t.Fatalf("body %d: %v", n, f)
		}
		national, ok := envelope.BindingOf(env.Operation)
		if !ok {
			t.Fatalf("body %d: no operation of the binding", n)
		}
		document, f := national.Document(env)
		if f != nil {
			t.Fatalf("body %d: %v", n, f)
		}
		v, faults := verifier.Verify(document, dialectMarche)
		if len(faults) > 0 {
			t.Fatalf("body %d: %v", n, faults)
		}
		if len(v.Content) < 1300 || len(v.Content) > 4<<10 {
			t.Errorf("document %d has %d bytes", n, len(v.Content))
		}
		for _, mark := range []string{between(document, "<codice-fiscale>", "<"), between(document, "<ds:SignatureValue>", "<")} {
			if len(mark) < 16 || seen[mark] {
				t.Errorf("document %d repeats %q", n, mark)
			}
			seen[mark] = true
		}
	}
}

func between(text []byte, from, to string) string {
	_, rest, _ := strings.Cut(string(text), from)
	inside, _, _ := strings.Cut(rest, to)
	return inside
}

// TestCorpusOfOthers: a file that is no corpus is refused, and left alone.
func TestCorpusOfOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"", "short", strings.Repeat("something else altogether ", 10)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openCorpus(path); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", text, err)
		}
		b := &session{Cmd: Cmd{Corpus: path, Documents: 1}, dir: t.TempDir()}
		if err := b.prepare(t.Context()); err == nil || errors.Is(err, verb.ErrUsage) || errors.Is(err, verb.ErrFinding) {
			t.Errorf("%q: ended with %v", text, err)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != text {
			t.Errorf("%q became %q, %v", text, kept, err)
		}
	}
}

// testLoad drives one connection at 100 submissions a second for 300 ms
// against a handler.
func testLoad(t *testing.T, rate float64, handler http.HandlerFunc) (*load, []time.Duration, time.Time) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	corpus := testCorpus(t, dialectSPICOM, 2000)
	start := time.Now()
	l := &load{
		addr: strings.TrimPrefix(server.URL, "http://"), path: "/", corpus: corpus, rate: rate,
		connections: 1, start: start, warm: start, end: start.Add(300 * time.Millisecond), timeout: patience,
		accepts: func(status int, _ []byte) bool { return status == http.StatusOK },
	}
	latencies, err := l.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l, latencies, start
}

// TestOpenLoopCountsTheQueue: while the server holds one answer back, those due
// meanwhile wait, and their latency counts from when they were due.
func TestOpenLoopCountsTheQueue(t *testing.T) {
	t.Parallel()
	const stall = 200 * time.Millisecond
	held := false
	var released time.Time
	l, latencies, start := testLoad(t, 100, func(w http.ResponseWriter, r *http.Request) {
		if !held {
			held = true
			<-time.After(stall)
			released = time.Now()
		}
		w.Header().Set("Content-Length", "0")
	})
	if len(latencies) != 30 || l.accepted.Load() != 30 {
		t.Fatalf("%d latencies, %d accepted", len(latencies), l.accepted.Load())
	}
	for n, took := range latencies {
		due := start.Add(time.Duration(n) * 10 * time.Millisecond)
		if least := released.Sub(due); took < least {
			t.Errorf("submission %d took %s, but waited %s for the answer that was held", n, took, least)
		}
	}
}

// TestClosedLoopCountsFromSending: at saturation a submission is due when its
// connection is free.
func TestClosedLoopCountsFromSending(t *testing.T) {
	t.Parallel()
	l, latencies, _ := testLoad(t, 0, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "0")
	})
	if int64(len(latencies)) != l.accepted.Load() || len(latencies) < 2 {
		t.Fatalf("%d latencies, %d accepted", len(latencies), l.accepted.Load())
	}
	var total time.Duration
	for _, took := range latencies {
		total += took
	}
	if limit := time.Since(l.start); total > limit {
		t.Errorf("latencies add up to %s on one connection in %s", total, limit)
	}
}

// TestLoadNotes: what is not accepted is counted apart, with its first reason.
func TestLoadNotes(t *testing.T) {
	t.Parallel()
	l, latencies, _ := testLoad(t, 100, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "sovraccarico", http.StatusServiceUnavailable)
	})
	if len(latencies) != 0 || l.refused.Load() != 30 || l.accepted.Load() != 0 {
		t.Errorf("%d latencies, %d refused, %d accepted", len(latencies), l.refused.Load(), l.accepted.Load())
	}
	if reason := l.reason.Load(); reason == nil || !strings.Contains(*reason, "503: sovraccarico") {
		t.Errorf("reason %v", reason)
	}
}

// TestRawCaller talks with net/http: bodies of every size pass whole both ways
// over one connection, and a new one is opened when the server closed it.
func TestRawCaller(t *testing.T) {
	t.Parallel()
	remotes := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		remotes[r.RemoteAddr] = true
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "text/xml; charset=utf-8" || r.Header.Get("SOAPAction") != `""` {
			w.WriteHeader(http.StatusBadRequest)
		}
		if r.URL.Path == "/last" {
			w.Header().Set("Connection", "close")
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(bytes.ToUpper(body))
	}))
	defer server.Close()
	addr := strings.TrimPrefix(server.URL, "http://")
	c := &rawCaller{addr: addr, timeout: patience}
	defer c.close()
	for _, size := range []int{0, 1, 5_000, 300_000, 17} {
		for _, path := range []string{"/more", "/last"} {
			sent := bytes.Repeat([]byte("x"), size)
			status, body, err := c.call(t.Context(), append(AppendHead(nil, addr, path, size), sent...))
			if err != nil || status != http.StatusOK || !bytes.Equal(body, bytes.ToUpper(sent)) {
				t.Errorf("%d bytes to %s: status %d, %d bytes, %v", size, path, status, len(body), err)
			}
		}
	}
	if len(remotes) != 5 {
		t.Errorf("%d connections, want one for each that the server closed", len(remotes))
	}
}

// TestRawCallerRefuses: an answer that is cut, has no length or is not HTTP is
// an error, and the next call starts afresh.
func TestRawCallerRefuses(t *testing.T) {
	t.Parallel()
	answers := []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nlonger",
		"HTTP/1.1 200",
		"SSH-2.0-something else\r\n\r\n",
		"",
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for _, answer := range append(answers, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, answer)
			}
			_ = conn.Close()
		}
	}()
	c := &rawCaller{addr: listener.Addr().String(), timeout: patience}
	defer c.close()
	request := AppendHead(nil, c.addr, "/", 0)
	for _, answer := range answers {
		if _, _, err := c.call(t.Context(), request); err == nil {
			t.Errorf("%q was taken", answer)
		}
	}
	if _, body, err := c.call(t.Context(), request); err != nil || string(body) != "ok" {
		t.Errorf("after all: %q, %v", body, err)
	}
}

// TestLoadStops: a load that is told to stop does so between two submissions.
func TestLoadStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{
		corpus: testCorpus(t, dialectSPICOM, 2), rate: 0.001, connections: 1, timeout: patience,
		start: time.Now().Add(-time.Second), warm: time.Now(), end: time.Now().Add(time.Hour),
		accepts: acceptedSPICOM, addr: "127.0.0.1:1",
	}
	cancel()
	if _, err := l.run(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestProcessFigures(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc of Linux here")
	}
	floor, err := cryptographicFloor(200)
	if err != nil || floor < 10*time.Microsecond || floor > 10*time.Millisecond {
		t.Errorf("floor %s, %v", floor, err)
	}
	if cpu, err := processCPU(os.Getpid()); err != nil || cpu <= 0 {
		t.Errorf("processor time %s, %v", cpu, err)
	}
	if peak, err := processPeak(os.Getpid()); err != nil || peak < 1<<20 {
		t.Errorf("peak %d, %v", peak, err)
	}
	if _, err := processCPU(1 << 30); !errors.Is(err, errNoProc) {
		t.Error(err)
	}
}

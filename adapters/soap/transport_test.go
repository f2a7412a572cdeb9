package soap_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// patience bounds every wait of these tests; none is waited out unless a test
// fails.
const patience = 10 * time.Second

// dial opens a raw connection to an edge.
func (e *edge) dial(t *testing.T) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", e.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}

// send writes raw bytes.
func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// head is the start of a POST with a body of n bytes.
func head(path, proto string, n int) string {
	return fmt.Sprintf("POST %s %s\r\nHost: x\r\nContent-Type: text/xml;charset=utf-8\r\nContent-Length: %d\r\nSOAPAction: \"\"\r\n\r\n", path, proto, n)
}

func receive(t *testing.T, conn net.Conn) answer {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	return read(t, resp)
}

// TestHTTP10: SPICOM's client speaks HTTP/1.0, reads no chunks and waits for the
// server to close the connection.
func TestHTTP10(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	for name, body := range map[string]string{"answer": submitMessage("<a/>"), "fault": "<a/>"} {
		conn := e.dial(t)
		send(t, conn, head("/x/servlet/rpcrouter", "HTTP/1.0", len(body))+body)
		raw, err := io.ReadAll(conn) // until the server closes
		if err != nil {
			t.Fatalf("%s: the connection stays open: %v", name, err)
		}
		headers, content, _ := strings.Cut(string(raw), "\r\n\r\n")
		for _, want := range []string{"Connection: close", fmt.Sprintf("Content-Length: %d", len(content)), "Content-Type: text/xml; charset=utf-8"} {
			if !strings.Contains(headers, want) {
				t.Errorf("%s: no %q in\n%s", name, want, headers)
			}
		}
		if strings.Contains(headers, "chunked") {
			t.Errorf("%s: chunked", name)
		}
	}
}

func TestChunkedRequest(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	conn := e.dial(t)
	send(t, conn, "POST /soap/marche HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _, part := range []string{echoMessage[:10], echoMessage[10:]} {
		send(t, conn, fmt.Sprintf("%x\r\n%s\r\n", len(part), part))
	}
	send(t, conn, "0\r\n\r\n")
	if a := receive(t, conn); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestTooLargeIsTold: a caller that sends all before it reads, as Piemonte's front
// ends do, learns that what it sent is too large.
func TestTooLargeIsTold(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	for name, size := range map[string]int{"little more": soap.MaxBody + 1, "twice": 2 * soap.MaxBody} {
		conn := e.dial(t)
		send(t, conn, head("/x/servlet/rpcrouter", "HTTP/1.0", size)+strings.Repeat("x", size))
		a := receive(t, conn)
		if a.wants(t, http.StatusRequestEntityTooLarge, "Client", fault.BodyTooLarge); t.Failed() {
			t.Log(name)
		}
	}
}

// TestSlowClient: a caller that stops in the middle of its body gets a fault
// when its time is over. The time is long enough for a busy machine to read the
// headers in.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	e := serve(t, func(_ *soap.Config, s *http.Server) { s.ReadTimeout = 500 * time.Millisecond })
	conn := e.dial(t)
	send(t, conn, head("/soap/marche", "HTTP/1.1", 1000)+"<s:Envelope")
	receive(t, conn).wants(t, http.StatusRequestTimeout, "Client", fault.BodyIncomplete)
}

// TestSlowHeaders: a caller that never finishes its headers is dropped.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	e := serve(t, func(_ *soap.Config, s *http.Server) { s.ReadHeaderTimeout = 50 * time.Millisecond })
	conn := e.dial(t)
	send(t, conn, "POST /soap/marche HTTP/1.1\r\nHost: x\r\n")
	// What comes unread at the close may make a reset of it.
	if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection stays open: %v", err)
	}
}

func TestCutBody(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	conn := e.dial(t)
	send(t, conn, head("/soap/marche", "HTTP/1.1", 1000)+"<s:Envelope")
	conn.CloseWrite()
	receive(t, conn).wants(t, http.StatusRequestTimeout, "Client", fault.BodyIncomplete)
}

func TestOversizedBody(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	// Announced: refused before a byte of it is read.
	conn := e.dial(t)
	send(t, conn, head("/soap/marche", "HTTP/1.1", soap.MaxBody+1))
	receive(t, conn).wants(t, http.StatusRequestEntityTooLarge, "Client", fault.BodyTooLarge)
	// Not announced: refused at the first byte too many.
	conn = e.dial(t)
	send(t, conn, "POST /soap/marche HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
	piece := strings.Repeat(" ", 1<<20)
	for range soap.MaxBody >> 20 {
		send(t, conn, fmt.Sprintf("%x\r\n%s\r\n", len(piece), piece))
	}
	send(t, conn, "1\r\n \r\n")
	receive(t, conn).wants(t, http.StatusRequestEntityTooLarge, "Client", fault.BodyTooLarge)
}

// TestLargestBody: 12 MiB exactly are read, by length and by chunks.
func TestLargestBody(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	body := echoMessage + strings.Repeat(" ", soap.MaxBody-len(echoMessage))
	if a := e.post(t, "/soap/marche", body); a.status != 200 {
		t.Errorf("by length: %d %s", a.status, a.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL+"/soap/marche", io.MultiReader(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml")
	resp, err := e.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if a := read(t, resp); a.status != 200 {
		t.Errorf("by chunks: %d %s", a.status, a.body)
	}
}

// TestOverload: while one request holds the budget, another gets 503 with
// Retry-After; then the budget is whole again.
func TestOverload(t *testing.T) {
	t.Parallel()
	const room = 40 << 10
	e := serve(t, func(cfg *soap.Config, _ *http.Server) { cfg.Budget = soap.NewBudget(room) })
	entered, leave := make(chan struct{}), make(chan struct{})
	e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
		close(entered)
		<-leave
		return hub.Answer{Accepted: true}, nil
	}
	big := submitMessage(strings.Repeat("x", 30<<10))
	first := make(chan answer)
	go func() { first <- e.post(t, "/soap/marche", big) }()
	<-entered
	a := e.post(t, "/soap/lazio", strings.Replace(echoMessage, "ciao", strings.Repeat("x", 12<<10), 1))
	a.wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
	if a.header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	if a := e.post(t, "/soap/lazio", echoMessage); a.status != 200 {
		t.Errorf("a small message had room, got %d", a.status)
	}
	close(leave)
	if a := <-first; a.status != 200 {
		t.Errorf("the first got %d %s", a.status, a.body)
	}
	// The whole room is free: a body that needs nearly all of it passes.
	if a := e.post(t, "/soap/lazio", echoMessage+strings.Repeat(" ", room-len(echoMessage)-1)); a.status != 200 {
		t.Errorf("afterwards %d %s", a.status, a.body)
	}
	// Alone, but larger than all the room: overload too, and nothing is lost.
	e.post(t, "/soap/lazio", echoMessage+strings.Repeat(" ", room)).wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
	if a := e.post(t, "/soap/lazio", echoMessage); a.status != 200 {
		t.Errorf("at last %d", a.status)
	}
}

// TestAnnouncedBytesAreNotHeld: callers that announce 12 MiB and send nothing
// hold no more than a first buffer each.
func TestAnnouncedBytesAreNotHeld(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, s *http.Server) { cfg.Budget = soap.NewBudget(1 << 20) })
	for range 20 {
		conn := e.dial(t)
		// Asked to go on, so the server is known to be reading.
		send(t, conn, strings.Replace(head("/soap/marche", "HTTP/1.1", soap.MaxBody), "\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n", 1))
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(line, "100") {
			t.Fatalf("%q %v", line, err)
		}
	}
	if a := e.post(t, "/soap/marche", echoMessage+strings.Repeat(" ", 600<<10)); a.status != 200 {
		t.Errorf("got %d %s", a.status, a.body)
	}
	e.CloseClientConnections()
}

func TestServerLimits(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	s := e.Config
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 || s.ErrorLog == nil {
		t.Error("a limit is missing")
	}
	if s.WriteTimeout <= s.ReadTimeout+soap.BackendTimeout {
		t.Error("an answer may be cut after a slow body and a slow backend")
	}
	conn := e.dial(t)
	// The server answers before it has read all; the rest may meet a reset.
	io.WriteString(conn, "POST /soap/marche HTTP/1.1\r\nHost: x\r\nX-Big: "+strings.Repeat("x", 80<<10)+"\r\n\r\n")
	if a := receive(t, conn); a.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("headers of 80 KiB got %d", a.status)
	}
}

package soap_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// busy is an edge all of whose room for work is taken by as many calls of 12 MiB
// as that takes, until leave is closed.
func busy(t *testing.T) (e *edge, leave chan struct{}, held *sync.WaitGroup) {
	t.Helper()
	e = serve(t, nil)
	entered := make(chan struct{}, 1)
	leave, held = make(chan struct{}), new(sync.WaitGroup)
	e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
		entered <- struct{}{}
		<-leave
		return hub.Answer{Accepted: true}, nil
	}
	held.Go(func() {
		if a := e.post(t, "/soap/marche", submitMessage("<a/>")+strings.Repeat(" ", soap.MaxBody-1000)); a.status != http.StatusOK {
			t.Errorf("the one in work got %d", a.status)
		}
	})
	<-entered
	return e, leave, held
}

// TestTurnedAway: who cannot have its turn soon is told so, keeps its connection
// if the body was small, and has its turn as soon as there is room.
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	e, leave, held := busy(t)
	conn := e.dial(t)
	in := bufio.NewReader(conn)
	ask := func() answer {
		send(t, conn, head("/soap/marche", "HTTP/1.1", len(echoMessage))+echoMessage)
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("no answer: %v", err)
		}
		return read(t, resp)
	}
	a := ask()
	a.wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
	if a.header.Get("Retry-After") != "2" || a.header.Get("Connection") == "close" {
		t.Errorf("headers %v", a.header)
	}
	if log := e.log.String(); !strings.Contains(log, `"msg":"requests turned away"`) || strings.Contains(log, `"outcome":"SOAP-30"`) {
		t.Errorf("log %s", log)
	}
	close(leave)
	held.Wait()
	if a := ask(); a.status != http.StatusOK {
		t.Errorf("afterwards %d", a.status)
	}
}

// TestCrowdedEdge: with as many waiting as may wait, a body is not read before its
// sender is told: who asked before sending sends nothing, and who sends all of a
// large one still gets the answer.
func TestCrowdedEdge(t *testing.T) {
	t.Parallel()
	e, leave, held := busy(t)
	defer func() { close(leave); held.Wait() }()
	var waiting sync.WaitGroup
	stop := make(chan struct{})
	for range 2 * soap.MostWaiting {
		waiting.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if a := e.post(t, "/soap/lazio", echoMessage); a.status != http.StatusServiceUnavailable {
					t.Errorf("got %d", a.status)
				}
			}
		})
	}
	defer waiting.Wait()
	defer close(stop)
	crowded := func(request string) string {
		conn := e.dial(t)
		send(t, conn, request)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.Status
	}
	expecting := strings.Replace(head("/soap/marche", "HTTP/1.1", 1<<20), "\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n", 1)
	for deadline := time.Now().Add(patience); ; {
		status := crowded(expecting)
		if strings.HasPrefix(status, "503") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("never told before it sent: %s", status)
		}
	}
	if status := crowded(head("/soap/marche", "HTTP/1.1", 6<<20) + strings.Repeat(" ", 6<<20)); !strings.HasPrefix(status, "503") {
		t.Errorf("after a large body %s", status)
	}
}

// TestSlowLargeBody: who holds much must go on sending: a body that stops above
// the first buffer gets its fault long before the server's own deadline.
func TestSlowLargeBody(t *testing.T) {
	t.Parallel()
	if os.Getenv("SNODO_LONG") != "1" {
		t.Skip("waits for a deadline of seconds: set SNODO_LONG=1")
	}
	e := serve(t, nil)
	conn := e.dial(t)
	conn.SetDeadline(time.Now().Add(6 * patience))
	began := time.Now()
	send(t, conn, head("/soap/marche", "HTTP/1.1", 1<<20)+strings.Repeat(" ", 20<<10))
	receive(t, conn).wants(t, http.StatusRequestTimeout, "Client", fault.BodyIncomplete)
	if took := time.Since(began); took > soap.ReadTimeout/2 {
		t.Errorf("after %v", took)
	}
}

// TestConnections: one connection too many takes the place of one that is idle,
// and is told 503 with Retry-After if none is; it may send all before it reads.
func TestConnections(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	entered := make(chan struct{}, 2)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		if r.URL.Path == "/hold" {
			<-release
		}
	})}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := soap.NewConnections(2, false).Limit(server, inner)
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() { _ = server.Close(); served.Wait() })
	dial := func() (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(patience))
		return conn, bufio.NewReader(conn)
	}
	ask := func(conn net.Conn, in *bufio.Reader, path string) *http.Response {
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
		if path == "/hold" {
			<-entered
			return nil
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	first, firstIn := dial()
	ask(first, firstIn, "/hold")
	second, secondIn := dial()
	if got := ask(second, secondIn, "/").StatusCode; got != http.StatusOK {
		t.Fatalf("the second got %d", got)
	}
	<-entered
	// The second is idle, or about to be: until then a third is told to wait.
	for deadline := time.Now().Add(patience); ; {
		third, _ := dial()
		fmt.Fprintf(third, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
		select {
		case <-entered:
		case <-time.After(time.Second):
			if time.Now().After(deadline) {
				t.Fatal("no place for a third")
			}
			continue
		}
		break
	}
	if _, err := secondIn.ReadByte(); err != io.EOF {
		t.Errorf("the idle one is still open: %v", err)
	}
	fourth, fourthIn := dial()
	fmt.Fprintf(fourth, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n\r\n%s", strings.Repeat(" ", 4096))
	resp, err := http.ReadResponse(fourthIn, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := read(t, resp)
	a.wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	close(release)
}

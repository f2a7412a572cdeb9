package soap_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// busy is an edge that has no room for ordinary calls until leave is called.
func busy(t *testing.T) (e *edge, leave func()) {
	t.Helper()
	e = serve(t, func(cfg *soap.Config, _ *http.Server) { leave = cfg.Budget.Occupy(50 * time.Millisecond) })
	return e, leave
}

// TestTurnedAway: who cannot have its turn soon is told so, keeps its connection,
// and has its turn as soon as there is room.
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	e, leave := busy(t)
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
	leave()
	if a := ask(); a.status != http.StatusOK {
		t.Errorf("afterwards %d", a.status)
	}
}

// TestLargeCallsApart: while a large call is in work another is turned away, and
// ordinary ones go on.
func TestLargeCallsApart(t *testing.T) {
	t.Parallel()
	e, leave := busy(t)
	leave()
	large := submitMessage("<a/>") + strings.Repeat(" ", soap.MaxBody-1000)
	entered, done := make(chan struct{}, 1), make(chan struct{})
	e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
		entered <- struct{}{}
		<-done
		return hub.Answer{Accepted: true}, nil
	}
	var held sync.WaitGroup
	held.Go(func() {
		if a := e.post(t, "/soap/marche", large); a.status != http.StatusOK {
			t.Errorf("the one in work got %d", a.status)
		}
	})
	<-entered
	if a := e.post(t, "/soap/marche", echoMessage); a.status != http.StatusOK {
		t.Errorf("an ordinary call beside it got %d", a.status)
	}
	e.post(t, "/soap/marche", large[:soap.MaxBody/2]).wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
	close(done)
	held.Wait()
}

// TestBatchLetsOthersIn: a batch has a turn for each of its communications, so that
// even the largest keeps out nobody for as long as it takes.
func TestBatchLetsOthersIn(t *testing.T) {
	t.Parallel()
	e := serveBatch(t, batches{count: 3}, func(cfg *soap.Config) { cfg.Budget.Occupy(patience)() })
	entered, done := make(chan struct{}, 6), make(chan struct{})
	e.backend.submit = func(_ context.Context, s hub.Submission) (hub.Answer, error) {
		entered <- struct{}{}
		<-done
		return hub.Answer{Accepted: true, Entry: ledger.Entry{Position: 9}, Receipt: []byte(sealed)}, nil
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if a := e.post(t, "/soap/marche", strings.Repeat(" ", 4<<20)); a.body != "9 9 9" {
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	}
	<-entered
	<-entered // while the first one still is in work
	close(done)
	both.Wait()
}

// TestCrowdedEdge: with as many waiting as may wait, a body is not read before its
// sender is told: who asked before sending sends nothing, and who sends all of a
// large one still gets the answer.
func TestCrowdedEdge(t *testing.T) {
	t.Parallel()
	e, crowd := crowdedEdge(t)
	defer crowd()
	answered := func(request string) string {
		conn := e.dial(t)
		send(t, conn, request)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.Status
	}
	expecting := strings.Replace(head("/soap/marche", "HTTP/1.1", 100<<10), "\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n", 1)
	if status := answered(expecting); !strings.HasPrefix(status, "503") {
		t.Errorf("told before it sent: %s", status)
	}
	// Chunks, so that nobody knows how much it will be.
	const size = 6 << 20
	chunked := strings.Replace(head("/soap/marche", "HTTP/1.1", 1), "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", 1)
	if status := answered(chunked + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", size, strings.Repeat(" ", size))); !strings.HasPrefix(status, "503") {
		t.Errorf("after a large body %s", status)
	}
}

// crowdedEdge is an edge at which as many wait as may, until leave is called.
func crowdedEdge(t *testing.T) (e *edge, leave func()) {
	t.Helper()
	var budget *soap.Budget
	e = serve(t, func(cfg *soap.Config, _ *http.Server) { budget = cfg.Budget })
	room := budget.Occupy(patience)
	var waiting sync.WaitGroup
	for range soap.MostWaiting {
		waiting.Go(budget.Wait)
	}
	for !budget.Crowded() {
		runtime.Gosched()
	}
	return e, func() { room(); waiting.Wait() }
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

// TestConnections: one connection too many takes the place of one that has been idle
// for a while. If none has, it is answered once: a POST by 503 with Retry-After,
// whatever it sends before it reads, a GET as ever; those beyond are closed.
func TestConnections(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*edge){"plain": func(e *edge) { e.Start() }, "TLS": func(e *edge) { e.StartTLS() }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := soap.NewConnections(1)
			e := prepare(t, nil)
			e.Listener = l.Limit(e.Config, e.Listener)
			start(e)
			caller := func() *http.Client { // with a connection of its own
				transport := e.Client().Transport.(*http.Transport).Clone()
				t.Cleanup(transport.CloseIdleConnections)
				return &http.Client{Transport: transport, Timeout: patience}
			}
			ask := func(web *http.Client, method, path, body string) answer {
				t.Helper()
				req, err := http.NewRequest(method, e.URL+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "text/xml; charset=utf-8")
				resp, err := web.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				return read(t, resp)
			}
			first := caller()
			if a := ask(first, "POST", "/soap/marche", echoMessage); a.status != http.StatusOK {
				t.Fatalf("the first got %d", a.status)
			}
			guest := caller()
			for _, body := range []string{echoMessage, strings.Repeat(" ", 4<<20), echoMessage} {
				a := ask(guest, "POST", "/soap/marche", body)
				a.wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
				if a.header.Get("Retry-After") == "" {
					t.Error("no Retry-After")
				}
			}
			if a := ask(guest, "GET", "/soap/marche?wsdl", ""); a.status != http.StatusOK {
				t.Errorf("a guest got %d for a document", a.status)
			}
			// The first has kept its connection; once it has been idle for long enough
			// another has its place.
			if a := ask(first, "POST", "/soap/marche", echoMessage); a.status != http.StatusOK {
				t.Errorf("the first then got %d", a.status)
			}
			l.SetGrace(0)
			for range 2 {
				another := caller()
				for deadline := time.Now().Add(patience); ask(another, "POST", "/soap/marche", echoMessage).status != http.StatusOK; {
					if time.Now().After(deadline) { // until the server knows that the one before is idle
						t.Fatal("no place for another")
					}
				}
			}
		})
	}
}

// TestConnectionsBeyondGuests: silent connections, however many, end by being
// closed, and none of them is counted twice.
func TestConnectionsBeyondGuests(t *testing.T) {
	t.Parallel()
	l := soap.NewConnections(1)
	e := prepare(t, nil)
	e.Listener = l.Limit(e.Config, e.Listener)
	e.Start()
	var conns []net.Conn
	for range 1 + soap.MostGuests {
		conns = append(conns, e.dial(t))
	}
	last := e.dial(t)
	if _, err := last.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one too many was not closed: %v", err)
	}
	for _, conn := range conns {
		conn.Close()
	}
	for deadline := time.Now().Add(patience); l.Count() > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are left", l.Count())
		}
		runtime.Gosched()
	}
}

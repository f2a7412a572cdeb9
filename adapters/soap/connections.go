package soap

import (
	"container/list"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
)

const (
	// MaxConnections bounds the connections of a process, each of which holds some
	// 40 KiB of buffers and stacks, with TLS twice that.
	MaxConnections = 1024
	// maxFarewells bounds those beyond them that are told so at once; the rest are
	// closed without a word.
	maxFarewells     = 64
	farewellPatience = time.Second
)

// Connections bounds the connections of a server. A new one beyond the bound
// takes the place of the one that has been idle for longest; if none is idle it is
// answered 503 before it has said anything, or closed where TLS would have to be
// spoken first. Safe for concurrent use.
type Connections struct {
	most      int
	farewell  []byte // what one too many is told, nil under TLS
	farewells chan struct{}

	mu   sync.Mutex
	open int
	idle *list.List // *connection, idle for longest first
}

// NewConnections bounds connections by most; servers use MaxConnections. Secure
// tells that TLS is spoken on them.
func NewConnections(most int, secure bool) *Connections {
	c := &Connections{most: most, farewells: make(chan struct{}, maxFarewells), idle: list.New()}
	if !secure {
		c.farewell = farewell()
	}
	return c
}

// farewell is the fault of overload as a whole answer of HTTP. SOAP 1.1 is what a
// caller of 1.2 has to expect from who does not know it (SOAP 1.2 part 1, appendix A).
func farewell() []byte {
	resp := National{}.Fault(hub.Call{}, *overload())
	head := "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: " + seconds(retryOverload) +
		"\r\nContent-Type: " + resp.ContentType + "\r\nContent-Length: " + strconv.Itoa(len(resp.Body)) + "\r\n\r\n"
	return append([]byte(head), resp.Body...)
}

// Limit has a server take its connections from l within the bound: serve what it
// returns. It sets the server's ConnState.
func (c *Connections) Limit(s *http.Server, l net.Listener) net.Listener {
	s.ConnState = c.state
	return &limited{Listener: l, connections: c}
}

// limited is a listener within a bound.
type limited struct {
	net.Listener
	connections *Connections
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.connections.take(conn); c != nil {
			return c, nil
		}
	}
}

// take gives a connection its place, or nil.
func (c *Connections) take(conn net.Conn) *connection {
	c.mu.Lock()
	var oldest *connection
	if c.open >= c.most {
		e := c.idle.Front()
		if e == nil {
			c.mu.Unlock()
			c.refuse(conn)
			return nil
		}
		oldest = e.Value.(*connection)
		c.forget(oldest)
	}
	c.open++
	c.mu.Unlock()
	if oldest != nil {
		_ = oldest.Close() // the server finds it closed
	}
	return &connection{Conn: conn, all: c}
}

// refuse ends a connection that is one too many.
func (c *Connections) refuse(conn net.Conn) {
	select {
	case c.farewells <- struct{}{}:
	default:
		_ = conn.Close()
		return
	}
	go func() {
		defer func() { <-c.farewells }()
		defer conn.Close()
		if c.farewell == nil || conn.SetDeadline(time.Now().Add(farewellPatience)) != nil {
			return
		}
		if _, err := conn.Write(c.farewell); err != nil {
			return
		}
		// What comes unread at a close makes the system drop the answer.
		if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
	}()
}

// state follows the server's connections. One that is idle may lose its place; what
// it sends in that instant is lost, as with any keep-alive connection that ends.
func (c *Connections) state(conn net.Conn, state http.ConnState) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	one, ok := conn.(*connection)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateIdle && !one.closed {
		c.forget(one)
		one.idle = c.idle.PushBack(one)
		return
	}
	c.forget(one)
}

// forget takes a connection from the idle ones.
func (c *Connections) forget(one *connection) {
	if one.idle != nil {
		c.idle.Remove(one.idle)
		one.idle = nil
	}
}

// connection is one that has its place until it is closed.
type connection struct {
	net.Conn
	all    *Connections
	idle   *list.Element // in all.idle
	closed bool
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.all.mu.Lock()
	if !c.closed {
		c.closed = true
		c.all.open--
		c.all.forget(c)
	}
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite sends the end of what is written: net/http asks for it before it
// closes a connection whose caller still sends.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

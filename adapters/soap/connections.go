package soap

import (
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// MaxConnections bounds the connections of a process, each of which holds some
	// 40 KiB of buffers and stacks, with TLS twice that.
	MaxConnections = 1024
	// maxGuests bounds those beyond them that are answered once, nearGuests those of
	// them that only callers of this machine have: the health check of a container
	// asks from inside.
	maxGuests  = 64
	nearGuests = 16
	// idleGrace is how long a connection keeps its place while it is idle. It is
	// longer than retryOverload, so that whoever was told to wait finds its connection
	// again, and longer than what a sender of many needs between two calls.
	idleGrace = 5 * time.Second
)

// Connections bounds the connections of a server. A new one beyond the bound
// takes the place of the one that has been idle for longest; if none has been for
// a while it is a guest: it is answered once, a POST by 503, and closed. Beyond
// the guests they are closed without a word. Safe for concurrent use.
type Connections struct {
	most  int
	grace time.Duration

	mu     sync.Mutex
	open   int
	guests int        // not of open
	idle   *list.List // *connection, idle for longest first
}

// NewConnections bounds connections by most; servers use MaxConnections.
func NewConnections(most int) *Connections {
	return &Connections{most: most, grace: idleGrace, idle: list.New()}
}

// Limit has a server take its connections from l within the bound: serve what it
// returns. It sets the server's ConnState and ConnContext.
func (c *Connections) Limit(s *http.Server, l net.Listener) net.Listener {
	s.ConnState = func(conn net.Conn, state http.ConnState) {
		if one := limitedOf(conn); one != nil {
			c.state(one, state)
		}
	}
	s.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		if one := limitedOf(conn); one != nil && one.guest {
			return context.WithValue(ctx, guestKey{}, true)
		}
		return ctx
	}
	return &limited{Listener: l, connections: c}
}

// guestKey is in the context of what guests ask.
type guestKey struct{}

// ofGuest tells whether a request came over a connection that is one too many.
func ofGuest(r *http.Request) bool { return r.Context().Value(guestKey{}) != nil }

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
		if one := l.connections.take(conn); one != nil {
			return one, nil
		}
		_ = conn.Close()
	}
}

// take gives a connection its place, or nil.
func (c *Connections) take(conn net.Conn) *connection {
	one := &connection{Conn: conn, all: c}
	c.mu.Lock()
	oldest := c.idle.Front()
	room := maxGuests
	if near(conn) {
		room += nearGuests
	}
	switch {
	case c.open < c.most:
		oldest = nil
	case oldest != nil && time.Since(oldest.Value.(*connection).since) >= c.grace:
		c.forget(oldest.Value.(*connection))
	case c.guests < room:
		one.guest, oldest = true, nil
	default:
		c.mu.Unlock()
		return nil
	}
	c.count(one, 1)
	c.mu.Unlock()
	if oldest != nil {
		_ = oldest.Value.(*connection).Close() // the server finds it closed
	}
	return one
}

// near tells whether a connection comes from this machine.
func near(conn net.Conn) bool {
	addr, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	return err == nil && addr.Addr().Unmap().IsLoopback()
}

// count counts a connection that has come, or one less.
func (c *Connections) count(one *connection, n int) {
	if one.guest {
		c.guests += n
	} else {
		c.open += n
	}
}

// state follows the server's connections. One that has been idle for a while may
// lose its place; what it sends in that instant is lost, as with any keep-alive
// connection that ends.
func (c *Connections) state(one *connection, state http.ConnState) {
	if state == http.StateIdle && one.guest {
		_ = one.Close()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(one)
	if state == http.StateIdle && !one.closed {
		one.since, one.idle = time.Now(), c.idle.PushBack(one)
	}
}

// forget takes a connection from the idle ones.
func (c *Connections) forget(one *connection) {
	if one.idle != nil {
		c.idle.Remove(one.idle)
		one.idle = nil
	}
}

// connection is one that has its place, or is a guest, until it is closed.
type connection struct {
	net.Conn
	all    *Connections
	guest  bool
	idle   *list.Element // in all.idle
	since  time.Time     // it is idle
	closed bool
}

// limitedOf is the connection under one of the server's, nil if it is no limited
// one.
func limitedOf(conn net.Conn) *connection {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	one, _ := conn.(*connection)
	return one
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.all.mu.Lock()
	if !c.closed {
		c.closed = true
		c.all.count(c, -1)
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

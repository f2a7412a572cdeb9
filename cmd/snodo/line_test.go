package main

import (
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// seals are the certificates that heads of this cluster are sealed with.
func (c *cluster) seals(t *testing.T) node.HeadVerifier {
	t.Helper()
	public, err := xmlsig.OpenCertificates(filepath.Clean(c.keys))
	if err != nil {
		t.Fatal(err)
	}
	return public.Seal
}

// line is the network between a process and its database: frozen, it takes
// what is sent and lets nothing through, as a broken switch would.
type line struct {
	url    string // of the database, through the line
	target string
	mu     sync.RWMutex // held for writing while frozen
}

func newLine(t *testing.T, database string) *line {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal("the database's URL cannot be read")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{target: u.Host}
	u.Host = listener.Addr().String()
	l.url = u.String()
	go l.accept(listener)
	t.Cleanup(func() { _ = listener.Close() })
	return l
}

func (l *line) accept(listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			l.pass()
			far, err := net.DialTimeout("tcp", l.target, 10*time.Second)
			if err != nil {
				_ = near.Close()
				return
			}
			go l.carry(far, near)
			l.carry(near, far)
		}()
	}
}

// carry copies one direction, and ends both with it.
func (l *line) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.pass()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass waits while the line is frozen.
func (l *line) pass() {
	l.mu.RLock()
	defer l.mu.RUnlock()
}

func (l *line) freeze() { l.mu.Lock() }
func (l *line) thaw()   { l.mu.Unlock() }

package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// maxBenchAnswer bounds one answer in bytes, head included.
const maxBenchAnswer = 4 << 20

// rawCaller posts over one keep-alive connection of HTTP/1.1 with as little
// work as that takes: one write and mostly one read a call, nothing allocated.
// net/http's client costs more than half of what the server does for a
// submission, and both share the cores. It reads answers with Content-Length
// alone. Not safe for concurrent use.
type rawCaller struct {
	addr    string // HOST:PORT
	timeout time.Duration
	conn    net.Conn
	in      []byte // what has been read
	later   bool   // the last answer had Retry-After
}

// AppendHead appends the head of a POST of n bytes to a path of a server, HOST:PORT, as
// every caller of the load writes it.
func AppendHead(dst []byte, addr, path string, n int) []byte {
	dst = append(dst, "POST "...)
	dst = append(dst, path...)
	dst = append(dst, " HTTP/1.1\r\nHost: "...)
	dst = append(dst, addr...)
	dst = append(dst, "\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\nContent-Length: "...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, "\r\n\r\n"...)
}

// call sends a whole request and gives the answer's status and body, which is
// valid until the next call. After an error the next call opens a new
// connection; what became of the request is unknown.
func (c *rawCaller) call(ctx context.Context, request []byte) (status int, body []byte, err error) {
	if c.conn == nil {
		dialer := net.Dialer{Timeout: c.timeout}
		if c.conn, err = dialer.DialContext(ctx, "tcp", c.addr); err != nil {
			return 0, nil, fmt.Errorf("connect: %w", err)
		}
	}
	status, body, last, err := c.exchange(request)
	if err != nil || last {
		c.close()
	}
	return status, body, err
}

func (c *rawCaller) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

func (c *rawCaller) exchange(request []byte) (status int, body []byte, last bool, err error) {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, nil, false, fmt.Errorf("set deadline: %w", err)
	}
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, false, fmt.Errorf("send: %w", err)
	}
	c.in = c.in[:0]
	head := -1
	for head < 0 {
		from := max(len(c.in)-3, 0)
		if err := c.more(); err != nil {
			return 0, nil, false, err
		}
		if at := bytes.Index(c.in[from:], []byte("\r\n\r\n")); at >= 0 {
			head = from + at + 4
		}
	}
	status, length, last, err := readHead(c.in[:head-2])
	if err != nil {
		return 0, nil, false, err
	}
	c.later = bytes.Contains(c.in[:head], []byte("\r\nRetry-After: "))
	if head+length > maxBenchAnswer {
		return 0, nil, false, errors.New("read answer: too long")
	}
	for len(c.in) < head+length {
		if err := c.more(); err != nil {
			return 0, nil, false, err
		}
	}
	if len(c.in) > head+length {
		return 0, nil, false, errors.New("read answer: longer than it says")
	}
	return status, c.in[head:], last, nil
}

// more reads what has come, at least one byte.
func (c *rawCaller) more() error {
	if len(c.in) == cap(c.in) {
		if cap(c.in) >= maxBenchAnswer {
			return errors.New("read answer: too long")
		}
		grown := make([]byte, len(c.in), max(2*cap(c.in), 16<<10))
		copy(grown, c.in)
		c.in = grown
	}
	n, err := c.conn.Read(c.in[len(c.in):cap(c.in)])
	c.in = c.in[:len(c.in)+n]
	if n > 0 {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read answer: %w", err)
}

// readHead reads status line and headers, each ended by CR LF.
func readHead(head []byte) (status, length int, last bool, err error) {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, 0, false, errors.New("read answer: not HTTP/1.1")
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, false, errors.New("read answer: no status")
	}
	length = -1
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return 0, 0, false, errors.New("read answer: no length")
			}
		case bytes.EqualFold(name, []byte("Connection")):
			last = bytes.EqualFold(value, []byte("close"))
		}
	}
	if length < 0 {
		return 0, 0, false, errors.New("read answer: without Content-Length")
	}
	return status, length, last, nil
}

package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// TestStrangers: whoever speaks another protocol to the broker's port, or says
// an absurd size, is cut off, and the broker goes on.
func TestStrangers(t *testing.T) {
	b := start(t, t.TempDir())
	for name, hello := range map[string]string{
		"web browser": "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"TLS":         "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"negative":    "\xff\xff\xff\xff",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", b.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if _, err := io.WriteString(c, hello); err != nil {
				t.Fatal(err)
			}
			// Reset or end: the unread rest of the greeting decides.
			if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("read %d bytes, %v", n, err)
			}
		})
	}
	write(t, b, "co.unilav.v1", 0, 3)
}

// stream is a connection whose bytes are known.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

func TestRequestsAreFollowed(t *testing.T) {
	request := func(n uint32) []byte {
		return append(binary.BigEndian.AppendUint32(nil, n), make([]byte, min(n, maxRequest+1))...)
	}
	for name, tc := range map[string]struct {
		sent []byte
		want error
	}{
		"one":            {request(10), nil},
		"empty and full": {append(append(request(0), request(maxRequest)...), request(3)...), nil},
		"too large":      {request(maxRequest + 1), errRequest},
		"second":         {append(request(300), request(1<<31)...), errRequest},
		"cut":            {request(9)[:7], nil},
	} {
		for how, reader := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "by byte": iotest.OneByteReader, "by half": iotest.HalfReader,
		} {
			c := &conn{Conn: stream{Reader: reader(bytes.NewReader(tc.sent))}}
			n, err := io.Copy(io.Discard, struct{ io.Reader }{c})
			if !errors.Is(err, tc.want) || tc.want == nil && n != int64(len(tc.sent)) {
				t.Errorf("%s, %s: %d bytes, %v", name, how, n, err)
			}
		}
	}
}

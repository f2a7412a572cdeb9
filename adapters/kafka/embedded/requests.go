package embedded

import (
	"encoding/binary"
	"errors"
	"net"

	"github.com/snodo-co/snodo/adapters/kafka"
)

// maxRequest is the largest request that is read, as Apache Kafka's
// socket.request.max.bytes: two of the largest messages, where a call of our
// writer has one for each partition and topic. kfake makes room for whatever
// size a client says: for "GET ", the first bytes of a web browser or a health
// check on the wrong port, more than a gigabyte.
const maxRequest = 2 * kafka.MaxMessage

var errRequest = errors.New("embedded broker: request too large")

// listen is net.Listen with bounded requests.
func listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return listener{l}, nil
}

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

// conn follows the requests that are read from it: each is a size of four
// bytes, big endian, and as many bytes.
type conn struct {
	net.Conn
	size [4]byte
	have int    // bytes of size
	left uint32 // of the request, after its size
}

// Read fails instead of giving the size of a request that is too large; the
// broker then closes the connection.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	for rest := p[:n]; len(rest) > 0; {
		if c.left > 0 {
			body := min(uint64(c.left), uint64(len(rest)))
			c.left -= uint32(body)
			rest = rest[body:]
			continue
		}
		taken := copy(c.size[c.have:], rest)
		c.have, rest = c.have+taken, rest[taken:]
		if c.have < len(c.size) {
			break
		}
		if c.left, c.have = binary.BigEndian.Uint32(c.size[:]), 0; c.left > maxRequest {
			return 0, errRequest
		}
	}
	return n, err
}

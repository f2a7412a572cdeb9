package sqlstore

import (
	"strings"
	"syscall"
)

// limitSilence ends a connection whose bytes stay unacknowledged: keepalive
// asks only while nothing is on its way.
func limitSilence(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	const userTimeout = 18 // TCP_USER_TIMEOUT, linux/tcp.h; milliseconds
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, userTimeout, int(keepalive.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}

//go:build linux || darwin || freebsd

package embedded

import "syscall"

// freeSpace is what an unprivileged process may still write below path, in bytes.
func freeSpace(path string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}

//go:build unix

package embedded

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestLockBesideAStart: a lock that was given back is free though another process,
// just forked and not yet its own program, still has the descriptor.
func TestLockBesideAStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), lockFile)
	held, err := takeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	inherited, err := syscall.Dup(int(held.file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(inherited)
	if err := held.release(); err != nil {
		t.Fatal(err)
	}
	if held, err = takeLock(path); err != nil {
		t.Fatal(err)
	}
	if err := held.release(); err != nil {
		t.Error(err)
	}
}

package sqlstore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/snodo-co/snodo/adapters/sqlstore"
)

// TestLockFolderBesideAStart: a lock that was given back is free though another
// process, just forked and not yet its own program, still has the descriptor.
func TestLockFolderBesideAStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := sqlstore.LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	inherited, err := syscall.Dup(descriptorOf(t, filepath.Join(dir, "lock")))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(inherited)
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if unlock, err = sqlstore.LockFolder(dir); err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

// descriptorOf finds the descriptor by which this process has a file open.
func descriptorOf(t *testing.T, path string) int {
	t.Helper()
	const all = "/proc/self/fd"
	list, err := os.ReadDir(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range list {
		if to, err := os.Readlink(filepath.Join(all, entry.Name())); err == nil && to == path {
			var fd int
			if _, err := fmt.Sscan(entry.Name(), &fd); err != nil {
				t.Fatal(err)
			}
			return fd
		}
	}
	t.Fatalf("%s is not open", path)
	return 0
}

//go:build !windows

package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrLocked: another process serves the folder.
var ErrLocked = errors.New("folder is in use by another process")

// LockFolder takes the folder's lock (flock on DIR/lock), which the system
// releases when the process ends however it ends. It does not wait: ErrLocked
// if another process, or another call in this one, holds it.
func LockFolder(dir string) (func() error, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	return func() error {
		// A process that is being started has all descriptors for a moment, and
		// would keep the lock beyond Close alone.
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("unlock folder: %w", err)
		}
		return nil
	}, nil
}

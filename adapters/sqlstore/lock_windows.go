package sqlstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// ErrLocked: another process serves the folder.
var ErrLocked = errors.New("folder is in use by another process")

// LockFolder takes the folder's lock (DIR/lock opened without sharing), which
// the system releases when the process ends however it ends. It does not
// wait: ErrLocked if another process, or another call in this one, holds it.
func LockFolder(dir string) (func() error, error) {
	name, err := syscall.UTF16PtrFromString(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	const noSharing = 0
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, noSharing, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation = syscall.Errno(32)
	if errors.Is(err, sharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	return func() error { return syscall.CloseHandle(h) }, nil
}

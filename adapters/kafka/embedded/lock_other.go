//go:build !unix

package embedded

import (
	"errors"
	"os"
)

// lock is a file made exclusively: after a crash it stays, and must be removed
// by hand once no process uses the folder.
type lock struct{ file *os.File }

func takeLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return &lock{f}, nil
}

func (l *lock) release() error { return errors.Join(l.file.Close(), os.Remove(l.file.Name())) }

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// CopyFile copies a SQLite database, which other processes may be writing, as
// it is at one instant: a transaction is in the copy whole or not at all. It is
// a plain file without a write-ahead log, synced before CopyFile returns, and
// appears at path to whole or not at all. Nothing is ever overwritten:
// fs.ErrExist. Writers are not held up; until the end their log cannot shrink.
func CopyFile(ctx context.Context, from, to string) (err error) {
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy database: %s: %w", to, fs.ErrExist)
	}
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy database: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part) // the error says what happened
		}
	}()
	db := sql.OpenDB(sqliteConnector(from, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(2000)"}}))
	defer db.Close()
	// Made first, so that nobody but its owner ever reads it.
	if err := os.WriteFile(part, nil, 0o600); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, part); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	// SQLite does not sync what VACUUM INTO writes.
	if err := syncPath(part); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if err := os.Rename(part, to); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if err := syncPath(filepath.Dir(to)); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	return nil
}

// syncPath forces a file or a folder to the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

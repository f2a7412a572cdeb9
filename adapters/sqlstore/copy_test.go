package sqlstore

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
)

// TestCopyFile: the copy has what was committed, also what only the
// write-ahead log has, nothing of an open transaction, and stands by itself.
func TestCopyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "da '%3f.db"), filepath.Join(dir, "copy.db")
	write, _, err := sqliteConnectors("sqlite:"+from, false)
	if err != nil {
		t.Fatal(err)
	}
	db := opened(t, write)
	db.MustExec(`CREATE TABLE t (n INTEGER PRIMARY KEY)`)
	db.MustExec(`INSERT INTO t VALUES (1), (2), (3)`)
	if wal, err := os.Stat(from + "-wal"); err != nil || wal.Size() == 0 {
		t.Fatalf("no write-ahead log to copy from: %v", err)
	}
	tx := db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`INSERT INTO t VALUES (4)`)
	if err := os.WriteFile(to+".part", []byte("what a crash left"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CopyFile(t.Context(), from, to); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "copy*"))
	if err != nil || len(names) != 1 {
		t.Errorf("left %v, %v", names, err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", info, err)
	}
	_, read, err := sqliteConnectors("sqlite:"+to, true)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := opened(t, read).Get(&n, `SELECT count(*) FROM t`); err != nil || n != 3 {
		t.Errorf("%d rows, want 3: %v", n, err)
	}
	if err := CopyFile(t.Context(), from, to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a copy: %v", err)
	}
	if err := CopyFile(t.Context(), from+"x", to+"x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of nothing: %v", err)
	}
	if err := CopyFile(t.Context(), from, filepath.Join(dir, "nowhere", "copy.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("to nowhere: %v", err)
	}
	if err := os.WriteFile(from+"y", []byte("this is no database at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CopyFile(t.Context(), from+"y", to+"y"); err == nil {
		t.Error("copied what is no database")
	}
	if names, err = filepath.Glob(to + "y*"); err != nil || len(names) != 0 {
		t.Errorf("a failure left %v, %v", names, err)
	}
}

func opened(t *testing.T, c driver.Connector) *sqlx.DB {
	t.Helper()
	db := sqlx.NewDb(sql.OpenDB(c), "sqlite3")
	t.Cleanup(func() { _ = db.Close() })
	return db
}

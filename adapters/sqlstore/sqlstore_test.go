package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// lockFolderEnv makes the test binary take a folder's lock and wait: the
// other process of TestLockFolder.
const lockFolderEnv = "SNODO_TEST_LOCK_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(lockFolderEnv); dir != "" {
		if _, err := sqlstore.LockFolder(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("locked")
		_, _ = io.Copy(io.Discard, os.Stdin) // until killed
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func TestLockFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := sqlstore.LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.LockFolder(dir); !errors.Is(err, sqlstore.ErrLocked) {
		t.Errorf("a second time: error %v, want ErrLocked", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if unlock, err = sqlstore.LockFolder(dir); err != nil {
		t.Fatalf("after unlocking: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.LockFolder(filepath.Join(dir, "missing")); err == nil || errors.Is(err, sqlstore.ErrLocked) {
		t.Errorf("a missing folder: error %v", err)
	}
}

// TestLockFolderOfAKilledProcess: the lock dies with its process.
func TestLockFolderOfAKilledProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), lockFolderEnv+"="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("locked"))
	if _, err := io.ReadFull(out, line); err != nil || string(line) != "locked" {
		t.Fatalf("other process says %q, error %v", line, err)
	}
	if _, err := sqlstore.LockFolder(dir); !errors.Is(err, sqlstore.ErrLocked) {
		t.Errorf("while the other lives: error %v, want ErrLocked", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	unlock, err := sqlstore.LockFolder(dir)
	if err != nil {
		t.Fatalf("after it was killed: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	if o.Issuer == nil {
		o.Issuer = &contract.Sealer{}
	}
	s, err := sqlstore.Open(t.Context(), "sqlite:"+path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	open(t, other, sqlstore.Options{})
	db, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE meta SET value = 'snodo/entry/v9' WHERE name = 'format'`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{
		"unknown scheme": "oracle:x", "no scheme": filepath.Join(dir, "x.db"), "no path": "sqlite:",
		"garbage": "sqlite:" + garbage, "another format": "sqlite:" + other, "no folder": "sqlite:" + filepath.Join(dir, "a", "b.db"),
	} {
		if s, err := sqlstore.Open(t.Context(), url, sqlstore.Options{}); err == nil {
			t.Errorf("%s: opened", name)
			_ = s.Close()
		}
	}
	if _, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(dir, "none.db"), sqlstore.Options{ReadOnly: true}); err == nil {
		t.Error("a missing database was opened read-only")
	}
}

// TestOpenRefusesWithoutSync: durability is read back, not assumed.
func TestOpenRefusesWithoutSync(t *testing.T) {
	t.Parallel()
	for _, pragma := range []string{`PRAGMA synchronous = NORMAL`, `PRAGMA synchronous = OFF`, `PRAGMA journal_mode = MEMORY`} {
		o := sqlstore.Options{Wrap: after(pragma)}
		s, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), o)
		if err == nil {
			t.Errorf("%s: opened", pragma)
			_ = s.Close()
		}
	}
}

// after runs a statement on every new writing connection.
func after(statement string) func(driver.Connector) driver.Connector {
	return func(c driver.Connector) driver.Connector { return afterConnector{c, statement} }
}

type afterConnector struct {
	driver.Connector
	statement string
}

func (c afterConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	_, err = conn.(driver.ExecerContext).ExecContext(ctx, c.statement, nil)
	return conn, err
}

func TestPathsWithOddCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "a?b.db", "a%20b.db", "a#b.db", "è.db"} {
		path := filepath.Join(t.TempDir(), name)
		open(t, path, sqlstore.Options{})
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDatabaseFull: nothing is promised that cannot be stored, and the store
// goes on when there is room again.
func TestDatabaseFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, path, sqlstore.Options{Wrap: after(`PRAGMA max_page_count = 200`)})
	stored := 0
	for i := range 1000 {
		_, err := s.Append(t.Context(), contract.Submission(fmt.Sprint(i, strings.Repeat(" ", 5000))))
		if err == nil {
			stored++
			continue
		}
		if !errors.Is(err, ledger.ErrUnavailable) {
			t.Fatalf("error %v, want ErrUnavailable", err)
		}
		if strings.Contains(err.Error(), "UniLav") {
			t.Error("the error quotes the document")
		}
		break
	}
	if stored == 0 || stored == 1000 {
		t.Fatalf("%d stored: the database was never full, or always", stored)
	}
	head, err := s.Head(t.Context())
	if err != nil || head.Position != int64(stored) {
		t.Errorf("head at %d, error %v, want %d", head.Position, err, stored)
	}
	roomy := open(t, path, sqlstore.Options{})
	if _, err := roomy.Append(t.Context(), contract.Submission("fits")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestDatabaseLocked: another writer that does not let go makes the store
// unavailable, not wrong.
func TestDatabaseLocked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s := open(t, path, sqlstore.Options{Wrap: after(`PRAGMA busy_timeout = 50`)})
	db, err := sql.Open("sqlite", path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), contract.Submission("one")); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("readiness: error %v, want ErrUnavailable", err)
	}
	if _, err := s.Lease(t.Context(), "a", time.Hour); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("lease: error %v, want ErrUnavailable", err)
	}
	if _, _, err := s.Accepted(t.Context(), ledger.Hash{1}, "a", ledger.Hash{}); err != nil {
		t.Errorf("readers must not wait for a writer: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("readiness afterwards: %v", err)
	}
	if r, err := s.Append(t.Context(), contract.Submission("one")); err != nil || r.Repeated {
		t.Errorf("afterwards: repeated %v, error %v", r.Repeated, err)
	}
}

func TestReadOnlyBesideAWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	w := open(t, path, sqlstore.Options{})
	r := open(t, path, sqlstore.Options{ReadOnly: true})
	if _, err := w.Append(t.Context(), contract.Submission("one")); err != nil {
		t.Fatal(err)
	}
	if h, err := r.Head(t.Context()); err != nil || h.Position != 1 {
		t.Errorf("head at %d, error %v", h.Position, err)
	}
	if _, err := r.Append(t.Context(), contract.Submission("two")); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("append read-only: error %v", err)
	}
	if err := r.Ready(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("readiness read-only: error %v", err)
	}
}

func TestAdvancedAndRewind(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "x.db"), sqlstore.Options{})
	advanced := s.Advanced()
	r, err := s.Append(t.Context(), contract.Submission("one"))
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-advanced:
	default:
		t.Error("a commit was not announced before its answer")
	}
	if n, _, err := s.Backlog(t.Context()); n != 1 || err != nil {
		t.Errorf("%d waiting, error %v", n, err)
	}
	if err := s.Done(t.Context(), "co.unilav.v1", []int64{r.Entry.Position}); err != nil {
		t.Fatal(err)
	}
	if n, _, err := s.Backlog(t.Context()); n != 0 || err != nil {
		t.Errorf("%d waiting after done, error %v", n, err)
	}
	if n, err := s.Rewind(t.Context(), "co.unilav.v1", 1, 0); n != 1 || err != nil {
		t.Errorf("%d rewound, error %v", n, err)
	}
	if n, _, err := s.Backlog(t.Context()); n != 1 || err != nil {
		t.Errorf("%d waiting after rewind, error %v", n, err)
	}
}

// TestColumnsAreTheFields holds the table of entries to the fields that are
// hashed, in their order, followed by the hash.
func TestColumnsAreTheFields(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "x.db"), sqlstore.Options{})
	columns, err := s.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, c := range columns {
		if c.Table == "entries" {
			got = append(got, c.Name)
		}
	}
	for _, f := range (&ledger.Entry{}).Fields() {
		want = append(want, f.Name)
	}
	if want = append(want, "hash"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("columns %v, want %v", got, want)
	}
}

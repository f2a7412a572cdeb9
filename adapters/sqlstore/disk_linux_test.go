package sqlstore_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/routing/ledger"
)

// smallDisk is a disk of some MiB that a test may fill.
type smallDisk struct {
	t   *testing.T
	dir string
}

func newSmallDisk(t *testing.T, mib int) smallDisk {
	t.Helper()
	root, err := os.MkdirTemp("", "snodo-disk-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", root, "tmpfs", 0, "size="+strconv.Itoa(mib)+"m,mode=0755"); err != nil {
		_ = os.Remove(root)
		t.Skipf("a small disk to fill cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, 0); err != nil {
			t.Error(err)
		}
		_ = os.Remove(root)
	})
	return smallDisk{t, root}
}

// fill takes all room that is left.
func (d smallDisk) fill() {
	d.t.Helper()
	f, err := os.Create(filepath.Join(d.dir, "ballast"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	zero, err := os.Open("/dev/zero")
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = zero.Close() }()
	if _, err := io.Copy(f, zero); !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatalf("filling the disk: %v", err)
	}
}

func (d smallDisk) clear() {
	d.t.Helper()
	if err := os.Remove(filepath.Join(d.dir, "ballast")); err != nil {
		d.t.Fatal(err)
	}
}

// diskFull fills the disk under a store that is at work: nothing is promised,
// the state is clear, and it goes on by itself when there is room.
func diskFull(t *testing.T, disk smallDisk, databaseURL string) {
	sealer := &contract.Sealer{}
	s := openAt(t, databaseURL, sealer)
	l := startLoad(t, sealer, 8, s)
	l.more(50)
	disk.fill()
	l.refused()
	if err := s.Ready(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("with a full disk: readiness %v", err)
	}
	if _, _, err := s.Accepted(t.Context(), ledger.Hash{1}, "a", ledger.Hash{}); err != nil {
		t.Errorf("reading with a full disk: %v", err)
	}
	l.refused()
	l.stop() // a balancer sends nothing to who is not ready
	disk.clear()
	for deadline := time.Now().Add(30 * time.Second); s.Ready(t.Context()) != nil; {
		if time.Now().After(deadline) {
			t.Fatal("never ready again")
		}
	}
	again := startLoadNamed(t, sealer, "later ", 8, s)
	again.more(50)
	l.check(s)
	again.check(s)
}

func TestDiskFullSQLite(t *testing.T) {
	longTest(t)
	disk := newSmallDisk(t, 32)
	diskFull(t, disk, "sqlite:"+filepath.Join(disk.dir, "snodo.db"))
}

// TestDiskFullPostgres fills the disk of the tables; where the log's own is
// full, PostgreSQL ends, which is TestPostgresRestarted.
func TestDiskFullPostgres(t *testing.T) {
	longTest(t)
	disk := newSmallDisk(t, 64)
	server := postgrestest.NewServer(t)
	space := filepath.Join(disk.dir, "space")
	if err := os.Mkdir(space, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		owner, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("chown", owner.Uid+":"+owner.Gid, space).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	databaseURL := postgrestest.DatabaseOn(t, server.URL, "")
	postgrestest.Exec(t, server.URL, `CREATE TABLESPACE small LOCATION '`+space+`'`,
		`ALTER DATABASE "`+postgrestest.Name(t, databaseURL)+`" SET TABLESPACE small`)
	diskFull(t, disk, databaseURL)
}

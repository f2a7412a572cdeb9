//go:build linux

package national

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// childDatabase tells the test binary to be a process of the store.
const childDatabase = "SNODO_TEST_NATIONAL_CHILD"

// TestChild is no test: it applies and publishes until it is killed, saying
// each number it applied.
func TestChild(t *testing.T) {
	address := os.Getenv(childDatabase)
	if address == "" {
		t.Skip("run by TestKilled alone")
	}
	o := colleague(t, address, newBoard(), fmt.Sprint("child ", os.Getpid()))
	for number := 1; ; number += 5 {
		if err := o.apply(t.Context(), killBatch(number)); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("\napplied %d\n", number)
	}
}

func killBatch(from int) []kafkago.Message {
	var msgs []kafkago.Message
	for n := from; n < from+5; n++ {
		msgs = append(msgs, fact(n, "a", n-1))
	}
	return msgs
}

// TestKilled: a process killed while it applies leaves whole batches or
// nothing; its successor gets everything again and each is registered once.
func TestKilled(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		address := db.fresh(t)
		for round := 1; round <= 3; round++ {
			applyUntilKilled(t, address, 20*round)
		}
		o := colleague(t, address, newBoard(), "successor")
		left := o.count(t, "registrations")
		if left == 0 || left%5 != 0 {
			t.Fatalf("%d registrations left", left)
		}
		for n := 1; n <= left+5; n += 5 {
			if err := o.apply(t.Context(), killBatch(n)); err != nil {
				t.Fatal(err)
			}
		}
		o.flush(t)
		checkOnce(t, o, left+5)
		if err := o.publishTotals(t.Context()); err != nil {
			t.Fatal(err)
		}
		var want reconcile.Total
		for n := 1; n <= left+5; n++ {
			m := fact(n, "a", 0)
			want.Add(header(m, "ce_id"), header(m, "ce_subject"), header(m, "snodo_digest"))
		}
		if s := o.statements(t); len(s) != 1 || s[0].Count != want.Count || s[0].Sum != want.Sum {
			t.Errorf("totals %+v, want %+v", s, want)
		}
	})
}

// applyUntilKilled runs a process and kills it after it applied some batches.
func applyUntilKilled(t *testing.T, address string, batches int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), childDatabase+"="+address)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for lines := bufio.NewScanner(out); seen < batches && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "applied ") {
			seen++
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	if seen < batches {
		t.Fatalf("the process ended after %d batches", seen)
	}
}

// small mounts a small file system and gives its folder.
func small(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("snodo", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=777", bytes)); err != nil {
		t.Skipf("no file system can be mounted to be filled: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes a file until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

// server starts a PostgreSQL server of the test's own, stopped after it.
func server(t *testing.T, dir string) (address string, stop func()) {
	t.Helper()
	script, err := filepath.Abs("../../.ci/postgres")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(script); err != nil || os.Getenv("SNODO_TEST_POSTGRES") == "" {
		t.Skip("SNODO_TEST_POSTGRES is not set, or no .ci/postgres to start a server with")
	}
	if err := os.Chmod(filepath.Dir(t.TempDir()), 0o755); err != nil { // the server's user must reach it
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	start := exec.CommandContext(t.Context(), script, "start", dir)
	start.Stderr = &trouble
	out, err := start.Output()
	if err != nil {
		t.Fatalf("start server: %v: %s", err, trouble.String())
	}
	address, ok := strings.CutPrefix(strings.TrimSpace(string(out)), "SNODO_TEST_POSTGRES=")
	if !ok {
		t.Fatalf("the script said %q", out)
	}
	stop = func() {
		if text, err := exec.Command(script, "stop", dir).CombinedOutput(); err != nil {
			t.Errorf("stop server: %v: %s", err, text)
		}
	}
	t.Cleanup(stop)
	return strings.Trim(address, `'"`), stop
}

// TestDiskFull: nothing is promised while the disk is full, and the store goes
// on by itself when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		size int
		open func(t *testing.T, dir string) string
	}{
		{"sqlite", 8 << 20, func(_ *testing.T, dir string) string { return "sqlite:" + filepath.Join(dir, "n.db") }},
		{"postgres", 192 << 20, func(t *testing.T, dir string) string {
			address, _ := server(t, filepath.Join(dir, "server"))
			return address
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := small(t, c.size)
			o := colleague(t, c.open(t, dir), newBoard(), "office")
			stuffing := filepath.Join(dir, "stuffing")
			fill(t, stuffing)
			applied, failed := 0, error(nil)
			for failed == nil && applied < 1000 {
				batch := bigBatch(applied)
				if failed = o.apply(t.Context(), batch); failed == nil {
					applied += len(batch)
				}
			}
			if failed == nil {
				t.Fatal("applied on a full disk for ever")
			}
			t.Logf("after %d: %v", applied, failed)
			o.run(t)
			o.feed.batches <- bigBatch(applied)
			if err := os.Remove(stuffing); err != nil {
				t.Fatal(err)
			}
			o.board.wait(t, "all outcomes", func() bool { return len(o.board.on(routing.TopicOutcomes)) >= applied+10 })
			checkOnce(t, o, applied+10)
		})
	}
}

// bigBatch makes ten messages of 64 KB after those already made, which do not
// compress.
func bigBatch(after int) []kafkago.Message {
	var msgs []kafkago.Message
	for n := after + 1; n <= after+10; n++ {
		var content strings.Builder
		for i := range 1000 {
			content.WriteString(name(n*1000 + i))
		}
		msgs = append(msgs, fact(n, "a", 0, document(content.String()), with("snodo_digest", digestOf(content.String()))))
	}
	return msgs
}

// TestDatabaseRestarted: the store waits for its server and goes on by itself.
func TestDatabaseRestarted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "server")
	address, stop := server(t, dir)
	o := colleague(t, address, newBoard(), "office")
	o.run(t)
	o.feed.batches <- killBatch(1)
	o.board.wait(t, "the first", func() bool { return len(o.board.on(routing.TopicOutcomes)) >= 5 })
	stop()
	o.feed.batches <- killBatch(6)
	again, _ := server(t, dir)
	if again != address {
		t.Fatalf("the server came back as %s, was %s", again, address)
	}
	o.board.wait(t, "the next", func() bool { return len(o.board.on(routing.TopicOutcomes)) >= 10 })
	checkOnce(t, o, 10)
}

// TestOutcomeOracle: what value writes by hand is what encoding/json gives.
func TestOutcomeOracle(t *testing.T) {
	t.Parallel()
	for _, o := range []outcome{
		{identity: identity{id(1), "1300126000000001"}, Digest: id(2), Registration: 7, Instant: 1_700_000_000_000_001},
		{identity: identity{id(1), "1300126000000001"}, Digest: id(2), Instant: 1, Faults: `[{"code":"NAZ-03"}]`},
	} {
		esito, faults := registered, "[]"
		if o.Registration == 0 {
			esito, faults = refused, o.Faults
		}
		want, err := json.Marshal(struct {
			CeID          string          `json:"ce_id"`
			Codice        string          `json:"codice"`
			Digest        string          `json:"digest"`
			Registrazione int64           `json:"registrazione"`
			Esito         string          `json:"esito"`
			Instant       string          `json:"instant"`
			Faults        json.RawMessage `json:"faults"`
		}{o.ID.String(), o.Codice, o.Digest.String(), o.Registration, esito, stamp(o.Instant), json.RawMessage(faults)})
		if err != nil {
			t.Fatal(err)
		}
		if got := o.value(); !bytes.Equal(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

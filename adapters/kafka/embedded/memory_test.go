package embedded

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
)

// childDir makes the test binary a process that only starts the broker of a
// folder, reads a topic from end to end, and prints its peak memory.
const childDir = "SNODO_EMBEDDED_CHILD"

func child(dir string) int {
	ctx := context.Background()
	b, err := Start(ctx, dir, Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	started := peak()
	n := 0
	err = kafka.Scan(ctx, []string{b.Addr()}, "co.unilav.v1", func(kafka.Message) error { n++; return nil })
	fmt.Printf("messages %d, peak after start %d kB, after reading %d kB, %v\n", n, started, peak(), err)
	os.Exit(0) // as a crash: the folder must not be tidied up
	return 0
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the process's largest resident set in kB.
func peak() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	m := highWater.FindSubmatch(status)
	if m == nil {
		return -1
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return -1
	}
	return n
}

// TestRestartMemory: a restart over 100,000 messages stays under 250 MB, after
// an orderly shutdown and after a crash alike.
func TestRestartMemory(t *testing.T) {
	if os.Getenv("SNODO_LONG") == "" {
		t.Skip("long: set SNODO_LONG=1")
	}
	if peak() < 0 {
		t.Skip("no /proc/self/status here")
	}
	dir := t.TempDir()
	b := start(t, dir)
	fill(t, b, 100_000)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	measure(t, "orderly", dir)
	snapshots, err := filepath.Glob(filepath.Join(dir, dataDir, "partitions", "*", "snapshot.json"))
	if err != nil || len(snapshots) == 0 {
		t.Fatalf("snapshots %v, %v", snapshots, err)
	}
	for _, s := range snapshots {
		if err := os.Remove(s); err != nil {
			t.Fatal(err)
		}
	}
	measure(t, "crash", dir)
}

func fill(t *testing.T, b *Broker, n int) {
	t.Helper()
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	w := kafka.NewWriter([]string{b.Addr()}, transport)
	defer func() { _ = w.Close() }()
	value := make([]byte, 3500)
	for sent := 0; sent < n; sent += 100 {
		msgs := make([]kafkago.Message, 100)
		for i := range msgs {
			msgs[i] = kafkago.Message{Topic: "co.unilav.v1", Key: fmt.Append(nil, sent+i), Value: value}
		}
		if err := w.WriteMessages(t.Context(), msgs...); err != nil {
			t.Fatal(err)
		}
	}
}

func measure(t *testing.T, name, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	var n, started, read int
	if _, err := fmt.Sscanf(string(out), "messages %d, peak after start %d kB, after reading %d kB", &n, &started, &read); err != nil {
		t.Fatalf("%s: %s", name, out)
	}
	t.Logf("%s: %d messages, %d MB after start, %d MB after reading", name, n, started>>10, read>>10)
	if n != 100_000 || started > 250<<10 || read > 250<<10 {
		t.Errorf("%s: %s", name, out)
	}
}

func readSnapshot(t *testing.T, partition string) snapshot {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(partition, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

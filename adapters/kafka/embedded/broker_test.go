package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"go.uber.org/goleak"

	"github.com/snodo-co/snodo/adapters/kafka"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, dir string) *Broker {
	t.Helper()
	b, err := Start(t.Context(), dir, Options{Topics: kafka.Topics("UNILAV")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func write(t *testing.T, b *Broker, topic string, from, to int) {
	t.Helper()
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	w := kafka.NewWriter([]string{b.Addr()}, transport)
	defer func() { _ = w.Close() }()
	var msgs []kafkago.Message
	for i := from; i < to; i++ {
		msgs = append(msgs, kafkago.Message{Topic: topic, Key: fmt.Appendf(nil, "k%d", i%7), Value: fmt.Appendf(nil, "%d", i)})
	}
	if err := w.WriteMessages(t.Context(), msgs...); err != nil {
		t.Fatal(err)
	}
}

func values(t *testing.T, b *Broker, topic string) []string {
	t.Helper()
	var got []string
	err := kafka.Scan(t.Context(), []string{b.Addr()}, topic, func(m kafka.Message) error {
		got = append(got, string(m.Value))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	return got
}

func wants(n int) []string {
	var want []string
	for i := range n {
		want = append(want, fmt.Sprint(i))
	}
	slices.Sort(want)
	return want
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "data")
	b := start(t, dir)
	if addr, err := Addr(dir); err != nil || addr != b.Addr() {
		t.Fatalf("address file %q, %v; want %q", addr, err, b.Addr())
	}
	if _, err := Start(t.Context(), dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Fatalf("second start: %v, want ErrLocked", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatalf("second close: %v", err)
	}
	if _, err := Addr(dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("address after close: %v, want not exist", err)
	}
	start(t, dir) // the lock is free again
}

func TestAttach(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, _, err := Attach(t.Context(), dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("attach to nothing: %v", err)
	}
	b := start(t, dir)
	write(t, b, "co.unilav.v1", 0, 5)
	addr, release, err := Attach(t.Context(), dir)
	if err != nil || addr != b.Addr() {
		t.Fatalf("attach to running: %q, %v", addr, err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if got := values(t, b, "co.unilav.v1"); len(got) != 5 {
		t.Fatalf("release stopped the broker of another: %v", got)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	addr, release, err = Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = release() }()
	n := 0
	err = kafka.Scan(t.Context(), []string{addr}, "co.unilav.v1", func(kafka.Message) error { n++; return nil })
	if err != nil || n != 5 {
		t.Fatalf("stopped broker gives %d messages, %v", n, err)
	}
}

func TestTopicsAsContract(t *testing.T) {
	t.Parallel()
	b := start(t, t.TempDir())
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	client := &kafkago.Client{Addr: kafkago.TCP(b.Addr()), Transport: transport}
	want := map[string]string{
		"co.unilav.v1": "604800000", "esiti.v1": "604800000", "scarti.v1": "604800000", "quadratura.v1": "-1",
	}
	meta, err := client.Metadata(t.Context(), &kafkago.MetadataRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(meta.Topics) != len(want) {
		t.Fatalf("topics %v", meta.Topics)
	}
	for _, topic := range meta.Topics {
		if len(topic.Partitions) != 3 {
			t.Errorf("%s has %d partitions", topic.Name, len(topic.Partitions))
		}
		res, err := client.DescribeConfigs(t.Context(), &kafkago.DescribeConfigsRequest{
			Resources: []kafkago.DescribeConfigRequestResource{{ResourceType: kafkago.ResourceTypeTopic, ResourceName: topic.Name}},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]string)
		for _, e := range res.Resources[0].ConfigEntries {
			got[e.ConfigName] = e.ConfigValue
		}
		if got["retention.ms"] != want[topic.Name] || got["segment.bytes"] != "4194304" || got["max.message.bytes"] != "8388608" {
			t.Errorf("%s: retention %s, segment %s, message %s", topic.Name, got["retention.ms"], got["segment.bytes"], got["max.message.bytes"])
		}
	}
}

// TestUnknownTopicIsNotMade: nothing relies on automatic creation.
func TestUnknownTopicIsNotMade(t *testing.T) {
	t.Parallel()
	b := start(t, t.TempDir())
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	w := kafka.NewWriter([]string{b.Addr()}, transport)
	defer func() { _ = w.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err := w.WriteMessages(ctx, kafkago.Message{Topic: "altro.v1", Key: []byte("k"), Value: []byte("v")})
	if !errors.Is(err, kafkago.UnknownTopicOrPartition) {
		t.Fatalf("got %v, want unknown topic", err)
	}
}

func TestRestartKeepsMessages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := start(t, dir)
	write(t, b, "co.unilav.v1", 0, 100)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = start(t, dir)
	write(t, b, "co.unilav.v1", 100, 150)
	if got := values(t, b, "co.unilav.v1"); !slices.Equal(got, wants(150)) {
		t.Fatalf("got %v", got)
	}
}

// TestCrash copies the folder of a running broker, as a crash would leave it:
// no snapshots, and a torn batch at the end of a segment.
func TestCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := start(t, dir)
	write(t, b, "co.unilav.v1", 0, 100)
	crashed := t.TempDir()
	if err := os.CopyFS(filepath.Join(crashed, dataDir), os.DirFS(filepath.Join(dir, dataDir))); err != nil {
		t.Fatal(err)
	}
	torn, err := filepath.Glob(filepath.Join(crashed, dataDir, "partitions", "co.unilav.v1-*", "*.dat"))
	if err != nil || len(torn) == 0 {
		t.Fatalf("segments %v, %v", torn, err)
	}
	for _, path := range torn {
		tear(t, path)
	}
	again := start(t, crashed)
	if got := values(t, again, "co.unilav.v1"); !slices.Equal(got, wants(100)) {
		t.Fatalf("after the crash %v", got)
	}
	write(t, again, "co.unilav.v1", 100, 120)
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	again = start(t, crashed)
	if got := values(t, again, "co.unilav.v1"); !slices.Equal(got, wants(120)) {
		t.Fatalf("written after the crash %v", got)
	}
}

// tear appends the beginning of a batch.
func tear(t *testing.T, path string) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	length := 12 + int(binary.BigEndian.Uint32(whole[8:]))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(whole[:length-3]); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestHealAgreesWithKfake: the snapshot written after a crash tells what the one
// of an orderly shutdown tells.
func TestHealAgreesWithKfake(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := start(t, dir)
	for i := range 10 {
		write(t, b, "co.unilav.v1", i*10, i*10+10)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	parts, err := filepath.Glob(filepath.Join(dir, dataDir, "partitions", "co.unilav.v1-*"))
	if err != nil || len(parts) != 3 {
		t.Fatalf("partitions %v, %v", parts, err)
	}
	for _, p := range parts {
		orderly := readSnapshot(t, p)
		if err := os.Remove(filepath.Join(p, "snapshot.json")); err != nil {
			t.Fatal(err)
		}
		if err := healPartition(p); err != nil {
			t.Fatal(err)
		}
		healed := readSnapshot(t, p)
		orderly.CreatedAt, healed.CreatedAt = time.Time{}, time.Time{} // kfake: when the topic was made
		if fmt.Sprint(orderly) != fmt.Sprint(healed) {
			t.Errorf("orderly %+v\nhealed  %+v", orderly, healed)
		}
	}
}

// BenchmarkSync measures what durability costs: one call of n messages of 3.5
// KB over three partitions, acknowledged after fsync.
func BenchmarkSync(b *testing.B) {
	for _, n := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			broker, err := Start(b.Context(), b.TempDir(), Options{Topics: kafka.Topics("UNILAV")})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = broker.Close() }()
			transport := kafka.NewTransport()
			defer transport.CloseIdleConnections()
			w := kafka.NewWriter([]string{broker.Addr()}, transport)
			defer func() { _ = w.Close() }()
			msgs := make([]kafkago.Message, n)
			for i := range msgs {
				msgs[i] = kafkago.Message{Topic: "co.unilav.v1", Key: fmt.Append(nil, i), Value: make([]byte, 3500)}
			}
			b.ResetTimer()
			for b.Loop() {
				if err := w.WriteMessages(b.Context(), msgs...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}

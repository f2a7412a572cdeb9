package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/routing/ledger"
)

// prefixed makes n messages over 17 roots that carry id.
func prefixed(id string, from, n, size int) []ledger.Message {
	var rows []ledger.Message
	for i := from; i < from+n; i++ {
		rows = append(rows, kafka.Row(int64(i), fmt.Sprintf("%s-%d", id, i%17), size))
	}
	return rows
}

// try writes one message with the package's own writer.
func try(ctx context.Context, addrs []string, size int) error {
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	w := kafka.NewWriter(addrs, transport)
	defer func() { _ = w.Close() }()
	err := w.WriteMessages(ctx, kafkago.Message{Topic: "scarti.v1", Key: []byte("k"), Value: make([]byte, size)})
	var each kafkago.WriteErrors
	if errors.As(err, &each) {
		return each[0]
	}
	return err
}

// TestFullDiskEmbedded: below its reserve the broker says so and takes nothing,
// while reading goes on; with space again the relay drains by itself.
func TestFullDiskEmbedded(t *testing.T) {
	t.Parallel()
	ctx := deadline(t)
	dir := filepath.Join(t.TempDir(), "disk")
	fill, free := smallDisk(t, dir, "96m")
	b := broker(t, dir, 0)
	addrs := []string{b.Addr()}
	outbox := kafka.NewMemoryOutbox()
	relay, _ := running(t, addrs, outbox)
	outbox.Add(prefixed("full", 1, 100, 1000)...)
	relay.Nudge()
	if err := outbox.Wait(ctx, all(100)); err != nil {
		t.Fatal(err)
	}
	if err := b.Ready(); err != nil {
		t.Fatal(err)
	}
	fill(60 << 20)
	if err := b.Ready(); !errors.Is(err, embedded.ErrFull) {
		t.Fatalf("ready: %v, want ErrFull", err)
	}
	if err := try(ctx, addrs, 10); !errors.Is(err, kafkago.KafkaStorageError) {
		t.Fatalf("write on a full disk: %v", err)
	}
	outbox.Add(prefixed("full", 101, 100, 1000)...)
	relay.Nudge()
	inOrder(t, addrs, "full", 100)
	free()
	if err := outbox.Wait(ctx, all(200)); err != nil {
		t.Fatal(err)
	}
	inOrder(t, addrs, "full", 200)
}

// TestNoSpaceEmbedded: a write that meets the very end of the disk is refused,
// not acknowledged, and neither it nor a restart harms what was written.
func TestNoSpaceEmbedded(t *testing.T) {
	t.Parallel()
	ctx := deadline(t)
	dir := filepath.Join(t.TempDir(), "disk")
	fill, free := smallDisk(t, dir, "32m")
	opts := embedded.Options{Topics: kafka.Topics("UNILAV"), Reserve: 1}
	b, err := embedded.Start(ctx, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	outbox := kafka.NewMemoryOutbox()
	relay, stop := running(t, []string{b.Addr()}, outbox)
	outbox.Add(prefixed("space", 1, 100, 1000)...)
	relay.Nudge()
	if err := outbox.Wait(ctx, all(100)); err != nil {
		t.Fatal(err)
	}
	fill(200 << 10)
	if err := try(ctx, []string{b.Addr()}, 1<<20); err == nil {
		t.Fatal("acknowledged what cannot have been written")
	}
	// Far more than what fits: some of it goes through, up to the last page.
	outbox.Add(prefixed("space", 101, 1000, 1000)...)
	relay.Nudge()
	for refused := false; !refused; {
		refused = try(ctx, []string{b.Addr()}, 4000) != nil
	}
	free()
	if err := outbox.Wait(ctx, all(1100)); err != nil {
		t.Fatal(err)
	}
	stop()
	inOrder(t, []string{b.Addr()}, "space", 1100)
	crashed := t.TempDir() // as a crash would leave it: no snapshots
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	again, err := embedded.Start(ctx, crashed, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	inOrder(t, []string{again.Addr()}, "space", 1100)
}

package national

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	kafkago "github.com/segmentio/kafka-go"
)

// BenchmarkApply measures the store alone: batches of 256 messages of 1.3 KB,
// applied, their outcomes taken from the outbox.
func BenchmarkApply(b *testing.B) {
	board := newBoard()
	node, err := Open(b.Context(), Config{
		Database: filepath.Join(b.TempDir(), "n.db"), Verifier: &notary{}, Writers: func() Sink { return board },
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = node.Close() }()
	var sink Sink = board
	total := 0
	filler := make([]byte, 1300)
	for b.Loop() {
		b.StopTimer()
		var batch []kafkago.Message
		for range batchLimit {
			total++
			batch = append(batch, fact(total, fmt.Sprint("r", total%500), 0, document(string(filler))))
		}
		board.written = nil
		b.StartTimer()
		if err := node.apply(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
		if err := node.drain(context.Background(), &sink); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "msg/s")
}

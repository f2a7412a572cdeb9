package kafka_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing"
)

// The benchmarks count for each message of 3.5 KB; cpu-us/msg is that of the
// whole process, the synced embedded broker included.

// relaying runs a relay for a benchmark.
func relaying(b *testing.B, lanes int) (*kafka.MemoryOutbox, *kafka.Relay) {
	addrs := []string{broker(b, b.TempDir(), 0).Addr()}
	transport := kafka.NewTransport()
	writers := func() kafka.Writer { return kafka.NewWriter(addrs, transport) }
	outbox := kafka.NewMemoryOutbox()
	letters := kafka.NewPublisher(writers)
	relay := kafka.NewRelay(kafka.RelayConfig{
		Outbox: outbox, Dead: outbox, Holder: "bench", Letters: letters, Writers: writers, Lanes: lanes,
	})
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- relay.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-end; err != nil {
			b.Error(err)
		}
		_ = letters.Close()
		transport.CloseIdleConnections()
	})
	return outbox, relay
}

// report gives the figures of n messages since a moment.
func report(b *testing.B, used time.Duration) {
	b.ReportMetric(float64((cpu()-used).Microseconds())/float64(b.N), "cpu-us/msg")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkRelay: from outbox to acknowledged, as fast as it goes.
func BenchmarkRelay(b *testing.B) {
	for _, lanes := range []int{1, 2, 4} {
		b.Run(fmt.Sprint("lanes=", lanes), func(b *testing.B) {
			outbox, relay := relaying(b, lanes)
			const part = 2000
			b.ReportAllocs()
			b.ResetTimer()
			used := cpu()
			for n := 0; n < b.N; {
				b.StopTimer()
				rows := prefixed("b", n+1, min(part, b.N-n), 3500)
				b.StartTimer()
				n += len(rows)
				outbox.Add(rows...)
				relay.Nudge()
				if err := outbox.Wait(b.Context(), all(n)); err != nil {
					b.Fatal(err)
				}
				outbox.Compact()
			}
			report(b, used)
		})
	}
}

// BenchmarkRelayRate: the same, at a steady rate of one a millisecond or ten.
func BenchmarkRelayRate(b *testing.B) {
	for _, rate := range []int{100, 1000} {
		for _, lanes := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("rate=%d/lanes=%d", rate, lanes), func(b *testing.B) {
				outbox, relay := relaying(b, lanes)
				rows := prefixed("b", 1, b.N, 3500)
				tick := time.NewTicker(time.Second / time.Duration(rate))
				defer tick.Stop()
				b.ReportAllocs()
				b.ResetTimer()
				used := cpu()
				for i := range rows {
					<-tick.C
					outbox.Add(rows[i])
					relay.Nudge()
					if i%100 == 99 {
						outbox.Compact()
					}
				}
				if err := outbox.Wait(b.Context(), all(b.N)); err != nil {
					b.Fatal(err)
				}
				report(b, used)
			})
		}
	}
}

// counter is a sink that only counts.
type counter struct {
	left atomic.Int64
	done chan struct{}
}

func (c *counter) Outcome(context.Context, kafka.Outcome) error {
	if c.left.Add(-1) == 0 {
		close(c.done)
	}
	return nil
}

func (c *counter) Anomaly(context.Context, kafka.Anomaly) error { return nil }

// BenchmarkOutcomes: consuming, from topic to sink, offsets committed.
func BenchmarkOutcomes(b *testing.B) {
	addrs := []string{broker(b, b.TempDir(), 0).Addr()}
	s := &suite{addrs: addrs, id: "bench"}
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	w := kafka.NewWriter(addrs, transport)
	defer func() { _ = w.Close() }()
	for n := 0; n < b.N; {
		var msgs []kafkago.Message
		for range min(500, b.N-n) {
			n++
			msgs = append(msgs, s.outcome(fmt.Sprint("r", n%500), fmt.Sprintf("13001260%08d", n)))
		}
		if err := w.WriteMessages(b.Context(), msgs...); err != nil {
			b.Fatal(err)
		}
	}
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: addrs, Group: "bench", Topics: []string{routing.TopicOutcomes}})
	defer func() { _ = r.Close() }()
	c := &counter{done: make(chan struct{})}
	c.left.Store(int64(b.N))
	ctx, cancel := context.WithCancel(b.Context())
	end := make(chan error, 1)
	b.ReportAllocs()
	b.ResetTimer()
	used := cpu()
	go func() { end <- kafka.Outcomes(ctx, r, c, slog.New(slog.DiscardHandler)) }()
	<-c.done
	report(b, used)
	b.StopTimer()
	cancel()
	if err := <-end; err != nil {
		b.Fatal(err)
	}
}

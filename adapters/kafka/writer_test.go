package kafka

import (
	"errors"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// TestWriterDefaults names every default of kafka-go's writer that would lose,
// reorder or delay, and checks that ours is another.
func TestWriterDefaults(t *testing.T) {
	t.Parallel()
	transport := NewTransport()
	w := NewWriter([]string{"127.0.0.1:9"}, transport)
	defer func() { _ = w.Close() }()
	if w.RequiredAcks != kafkago.RequireAll {
		t.Error("RequiredAcks: the zero value is fire and forget")
	}
	if _, ok := w.Balancer.(*kafkago.Hash); !ok {
		t.Error("Balancer: the default is round robin and ignores the key")
	}
	if w.MaxAttempts != 1 {
		t.Error("MaxAttempts: the default of ten repeats and reorders")
	}
	if w.BatchTimeout <= 0 || w.BatchTimeout > 10*time.Millisecond {
		t.Error("BatchTimeout: zero means one second")
	}
	if w.BatchBytes != MaxBatch || MaxBatch >= MaxMessage || MaxBatch < MaxMessage-128<<10 {
		t.Error("BatchBytes: the default refuses messages above 1 MiB")
	}
	if w.BatchSize != MaxCount {
		t.Error("BatchSize: a call above it becomes several batches, sent even after one failed")
	}
	if w.Async || w.Completion != nil {
		t.Error("Async: errors would be ignored")
	}
	if w.AllowAutoTopicCreation {
		t.Error("AllowAutoTopicCreation: topics are made explicitly")
	}
	if w.WriteTimeout <= 0 || w.WriteTimeout > 5*time.Second || w.ReadTimeout <= 0 {
		t.Error("timeouts: a call must end well within a lease")
	}
	if w.Transport != transport || w.Topic != "" {
		t.Error("transport not shared, or topic fixed")
	}
	if w.WriteBackoffMin != 0 || w.Compression != 0 {
		t.Error("backoff or compression set without need")
	}
}

// TestReaderDefaults does the same for the reader.
func TestReaderDefaults(t *testing.T) {
	t.Parallel()
	r := NewReader(ReaderConfig{Addrs: []string{"127.0.0.1:9"}, Group: "g", Topics: []string{"t"}})
	defer func() { _ = r.Close() }()
	c := r.config()
	switch {
	case c.CommitInterval <= 0 || c.CommitInterval > time.Second:
		t.Error("CommitInterval: a commit for every batch costs the broker too much, one a minute repeats too much")
	case c.StartOffset != kafkago.FirstOffset:
		t.Error("StartOffset: a new group would miss what is there")
	case c.MaxBytes != 1<<20:
		t.Error("MaxBytes: want 1 MiB at once")
	case c.MaxWait < 1200*time.Millisecond || c.MaxWait > 2*time.Second:
		t.Error("MaxWait: the broker waits one second less, and Close for all of it")
	case c.QueueCapacity > 64:
		t.Error("QueueCapacity: messages may have megabytes")
	case c.SessionTimeout > 10*time.Second:
		t.Error("SessionTimeout: a killed member would hold its partitions for long")
	}
}

// TestWriterSize: our count is never below kafka-go's, which refuses by its own.
func TestWriterSize(t *testing.T) {
	t.Parallel()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	w := NewWriter([]string{"127.0.0.1:9"}, transport)
	defer func() { _ = w.Close() }()
	m := communication(Row(1, "root", 1000))
	w.BatchBytes = int64(size(m))
	// Nobody listens: a message within the limit gets as far as dialling.
	err := w.WriteMessages(t.Context(), m)
	var large kafkago.MessageTooLargeError
	if err == nil || errors.As(err, &large) {
		t.Fatalf("got %v, want a refused connection", err)
	}
}

func TestOwnFault(t *testing.T) {
	t.Parallel()
	for _, err := range []error{kafkago.MessageSizeTooLarge, kafkago.InvalidRecord, kafkago.RecordListTooLarge, kafkago.MessageTooLargeError{}} {
		if !ownFault(err) {
			t.Errorf("%v is the message's own fault", err)
		}
	}
	for _, err := range []error{nil, errBroker, kafkago.NotEnoughReplicas, kafkago.NotLeaderForPartition, kafkago.UnknownTopicOrPartition, kafkago.RequestTimedOut, kafkago.InvalidMessage} {
		if ownFault(err) {
			t.Errorf("%v is the broker's trouble", err)
		}
	}
}

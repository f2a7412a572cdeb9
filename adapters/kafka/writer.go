package kafka

import (
	"context"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Times of the client. Short against a lease, long against a broker's pause.
const (
	batchTimeout = 2 * time.Millisecond // zero would mean one second (kafka-go issue 1180)
	writeTimeout = 5 * time.Second
	callTimeout  = 10 * time.Second
)

// Writer is what the package needs of a kafka-go writer.
type Writer interface {
	WriteMessages(ctx context.Context, msgs ...kafkago.Message) error
	Close() error
}

// NewTransport gives the connections that the writers of a process share.
// Close it with CloseIdleConnections after the last writer.
func NewTransport() *kafkago.Transport {
	return &kafkago.Transport{
		DialTimeout: 3 * time.Second,
		IdleTimeout: time.Minute,
		MetadataTTL: 5 * time.Second,
		ClientID:    "snodo",
	}
}

// NewWriter gives a writer that keeps order and loses nothing if its callers
// keep three rules: one call in flight at a time, no call above MaxCount
// messages or MaxBatch bytes (a call is then one batch for a partition:
// kafka-go sends a second batch after the first failed), and after a call that
// a context ended, Close before anything else is written.
func NewWriter(addrs []string, transport *kafkago.Transport) *kafkago.Writer {
	return &kafkago.Writer{
		Addr:         kafkago.TCP(addrs...),
		Transport:    transport,
		RequiredAcks: kafkago.RequireAll, // the zero value is fire and forget
		Balancer:     &kafkago.Hash{},    // the default ignores the key
		MaxAttempts:  1,                  // retrying inside reorders: no sequence numbers
		BatchTimeout: batchTimeout,
		BatchSize:    MaxCount,
		BatchBytes:   MaxBatch,
		WriteTimeout: writeTimeout,
		ReadTimeout:  writeTimeout,
	}
}

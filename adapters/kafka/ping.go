package kafka

import (
	"context"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"
)

// Ping asks the brokers for their metadata; an error means that none answers.
func Ping(ctx context.Context, addrs []string) error {
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	client := &kafkago.Client{Addr: kafkago.TCP(addrs...), Transport: transport, Timeout: callTimeout}
	if _, err := client.Metadata(ctx, &kafkago.MetadataRequest{}); err != nil {
		return fmt.Errorf("ask broker: %w", err)
	}
	return nil
}

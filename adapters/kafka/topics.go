package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
)

// Limits of a message (contracts.md, Bytes).
const (
	// MaxMessage is max.message.bytes of every topic: one batch as the broker
	// counts it.
	MaxMessage = 8 << 20
	// MaxBatch is the most the writer puts into one call: below MaxMessage by
	// the framing of a batch, so that a full batch is never refused.
	MaxBatch = MaxMessage - 64<<10
	// MaxCount is the most messages in one call.
	MaxCount = 512
	// maxFetch is the most a reader asks for at once; a larger single message
	// still passes.
	maxFetch = 1 << 20
)

// Partitions of every topic.
const Partitions = 3

// replicas of a topic where there are brokers enough (contracts.md, Kafka).
const replicas = 3

// Topic is one topic of the contract.
type Topic struct {
	Name      string
	Retention time.Duration // zero keeps for ever
}

// week is the retention of what the ledger can replay.
const week = 7 * 24 * time.Hour

// Topics lists the topics of a hub that serves the given kinds ("UNILAV").
func Topics(kinds ...string) []Topic {
	var ts []Topic
	for _, k := range kinds {
		ts = append(ts, Topic{Name: routing.TopicFor(k), Retention: week})
	}
	return append(ts,
		Topic{Name: routing.TopicOutcomes, Retention: week},
		Topic{Name: routing.TopicTotals},
		Topic{Name: routing.TopicDeadLetters, Retention: week},
	)
}

// CreateOptions says how topics are made.
type CreateOptions struct {
	Replication int // replicas, zero for three or as many as there are brokers; 3 or more also asks min.insync.replicas 2
	Segment     int // segment.bytes, zero leaves the broker's default
}

// CreateTopics makes the topics that do not exist yet and leaves the others as
// they are. Nothing relies on automatic creation.
func CreateTopics(ctx context.Context, addrs []string, topics []Topic, opts CreateOptions) error {
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	client := &kafkago.Client{Addr: kafkago.TCP(addrs...), Transport: transport, Timeout: callTimeout}
	if opts.Replication == 0 {
		meta, err := client.Metadata(ctx, &kafkago.MetadataRequest{})
		if err != nil {
			return fmt.Errorf("create topics: count brokers: %w", err)
		}
		opts.Replication = min(replicas, len(meta.Brokers))
	}
	req := &kafkago.CreateTopicsRequest{}
	for _, t := range topics {
		req.Topics = append(req.Topics, kafkago.TopicConfig{
			Topic:             t.Name,
			NumPartitions:     Partitions,
			ReplicationFactor: max(opts.Replication, 1),
			ConfigEntries:     t.config(opts),
		})
	}
	res, err := client.CreateTopics(ctx, req)
	if err != nil {
		return fmt.Errorf("create topics: %w", err)
	}
	for name, err := range res.Errors {
		if err != nil && !errors.Is(err, kafkago.TopicAlreadyExists) {
			return fmt.Errorf("create topic %s: %w", name, err)
		}
	}
	return nil
}

func (t Topic) config(opts CreateOptions) []kafkago.ConfigEntry {
	retention := int64(-1)
	if t.Retention > 0 {
		retention = t.Retention.Milliseconds()
	}
	entries := []kafkago.ConfigEntry{
		{ConfigName: "retention.ms", ConfigValue: strconv.FormatInt(retention, 10)},
		{ConfigName: "max.message.bytes", ConfigValue: strconv.Itoa(MaxMessage)},
	}
	if opts.Segment > 0 {
		entries = append(entries, kafkago.ConfigEntry{
			ConfigName: "segment.bytes", ConfigValue: strconv.Itoa(opts.Segment),
		})
	}
	if opts.Replication >= 3 {
		entries = append(entries, kafkago.ConfigEntry{
			ConfigName: "min.insync.replicas", ConfigValue: "2",
		})
	}
	return entries
}

package kafka

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// ErrNoTopic tells that the brokers have no topic of a name: of a kind, say, that
// no hub before them has served.
var ErrNoTopic = errors.New("no such topic")

// Scan calls yield for every message that a topic holds now, partition by
// partition, each in order, and stops at yield's error. A topic that is not there
// is ErrNoTopic. It joins no group and
// commits nothing, so it disturbs nobody. Memory: some megabytes.
func Scan(ctx context.Context, addrs []string, topic string, yield func(Message) error) error {
	_, err := ScanFrom(ctx, addrs, topic, nil, yield)
	return err
}

// ScanFrom is Scan for what a topic gained since an earlier one: from is what
// that one gave, by partition; nil reads all. A topic that was made anew is
// read from its beginning.
func ScanFrom(ctx context.Context, addrs []string, topic string, from map[int]int64, yield func(Message) error) (map[int]int64, error) {
	spans, err := spansOf(ctx, addrs, topic)
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", topic, err)
	}
	next := make(map[int]int64, len(spans))
	for p, s := range spans {
		next[p] = s.last
		if at := from[p]; at > s.first && at <= s.last {
			s.first = at
		}
		if err := scanPartition(ctx, addrs, topic, p, s, yield); err != nil {
			return nil, fmt.Errorf("scan %s: %w", topic, err)
		}
	}
	return next, nil
}

// spansOf lists the spans of a topic's partitions, by number.
func spansOf(ctx context.Context, addrs []string, topic string) ([]span, error) {
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	client := &kafkago.Client{Addr: kafkago.TCP(addrs...), Transport: transport, Timeout: callTimeout}
	found, err := offsets(ctx, client, []string{topic})
	if errors.Is(err, kafkago.UnknownTopicOrPartition) {
		return nil, ErrNoTopic
	}
	if err != nil {
		return nil, err
	}
	spans := make([]span, len(found))
	for at, s := range found {
		if at.partition < 0 || at.partition >= len(spans) {
			return nil, errors.New("partitions not numbered from zero")
		}
		spans[at.partition] = s
	}
	return spans, nil
}

// scanPartition reads the span over one connection of its own: a Reader would
// go on fetching behind the end, and take its whole wait to close.
func scanPartition(ctx context.Context, addrs []string, topic string, partition int, s span, yield func(Message) error) error {
	if s.first >= s.last {
		return nil
	}
	conn, err := dialLeader(ctx, addrs, topic, partition)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	if _, err := conn.Seek(s.first, kafkago.SeekAbsolute); err != nil {
		return err
	}
	for next := s.first; next < s.last; {
		read, err := scanBatch(conn, next, s.last, yield)
		if err != nil {
			return errors.Join(ctx.Err(), err)
		}
		if read == next {
			return errors.New("no message where the broker says there is one")
		}
		next = read
	}
	return nil
}

// dialLeader connects to the leader of a partition, which the first address that
// answers names.
func dialLeader(ctx context.Context, addrs []string, topic string, partition int) (*kafkago.Conn, error) {
	var failed []error
	for _, addr := range addrs {
		conn, err := dialer().DialLeader(ctx, "tcp", addr, topic, partition)
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// scanBatch reads one fetch, from offset next on and below last, and gives the
// offset after the last message read.
func scanBatch(conn *kafkago.Conn, next, last int64, yield func(Message) error) (int64, error) {
	if err := conn.SetDeadline(time.Now().Add(callTimeout)); err != nil {
		return next, err
	}
	batch := conn.ReadBatchWith(kafkago.ReadBatchConfig{MinBytes: 1, MaxBytes: maxFetch, MaxWait: maxWait})
	defer func() { _ = batch.Close() }()
	for next < last {
		m, err := batch.ReadMessage()
		if errors.Is(err, io.EOF) {
			return next, nil
		}
		if err != nil {
			return next, err
		}
		if m.Offset < next || m.Offset >= last {
			next = max(next, m.Offset+1)
			continue
		}
		if err := yield(newMessage(m)); err != nil {
			return next, err
		}
		next = m.Offset + 1
	}
	return next, nil
}

// dialer of connections without a transport.
func dialer() *kafkago.Dialer {
	return &kafkago.Dialer{Timeout: 3 * time.Second, DualStack: true, ClientID: "snodo"}
}

// partitionReader reads one partition without a group.
func partitionReader(addrs []string, topic string, partition int) *kafkago.Reader {
	return kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: addrs, Topic: topic, Partition: partition,
		MinBytes: 1, MaxBytes: maxFetch, MaxWait: maxWait,
		QueueCapacity: 32, ReadLagInterval: -1,
		ReadBackoffMin: 20 * time.Millisecond, ReadBackoffMax: 500 * time.Millisecond,
		Dialer: dialer(),
	})
}

// RequestList asks the national store for its list of one day, region and kind
// and waits for the answer. If the store does not run it waits until ctx ends.
func RequestList(ctx context.Context, addrs []string, day, region, kind string) ([]reconcile.Registration, error) {
	id := rand.Text()
	message, err := requestMessage(id, day, region, kind, time.Now())
	if err != nil {
		return nil, err
	}
	// The pages carry the request's id as key, as the request does: one
	// partition, of which only what comes from now on matters.
	spans, err := spansOf(ctx, addrs, routing.TopicTotals)
	if err != nil {
		return nil, fmt.Errorf("request list: %w", err)
	}
	partition := new(kafkago.Hash).Balance(kafkago.Message{Key: []byte(id)}, numbers(len(spans))...)
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	publisher := NewPublisher(func() Writer { return NewWriter(addrs, transport) })
	defer func() { _ = publisher.Close() }()
	if err := publisher.Publish(ctx, message); err != nil {
		return nil, fmt.Errorf("request list: %w", err)
	}
	list, err := collect(ctx, addrs, id, partition, spans[partition].last)
	if err != nil {
		return nil, fmt.Errorf("request list: %w", err)
	}
	return list, nil
}

func numbers(n int) []int {
	ns := make([]int, n)
	for i := range ns {
		ns[i] = i
	}
	return ns
}

// collect gathers the pages of a request, from an offset on. Never nil without
// error.
func collect(ctx context.Context, addrs []string, id string, partition int, from int64) ([]reconcile.Registration, error) {
	r := partitionReader(addrs, routing.TopicTotals, partition)
	defer func() { _ = r.Close() }()
	if err := r.SetOffset(from); err != nil {
		return nil, err
	}
	list := []reconcile.Registration{}
	for next := 1; ; {
		raw, err := r.FetchMessage(ctx)
		if err != nil {
			return nil, err
		}
		m := newMessage(raw)
		if m.Type() != TypeList || string(m.Key) != id {
			continue
		}
		p, err := DecodePage(m)
		if err != nil {
			return nil, err
		}
		if p.Number != next { // a page published again
			continue
		}
		list = slices.Concat(list, p.Items)
		if p.Last {
			return list, nil
		}
		next++
	}
}

package kafka

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Anomaly is a message that must not be where it is: of the wrong form, or not
// of our contract. It quotes nothing of the message.
type Anomaly struct {
	Topic     string
	Partition int
	Offset    int64
	CeID      string // the header, if it is 64 hexadecimal digits
	Cause     string // Italian
}

func anomaly(m Message, cause string) Anomaly {
	a := Anomaly{Topic: m.Topic, Partition: m.Partition, Offset: m.Offset, Cause: cause}
	if _, err := parseID(m.ID()); err == nil {
		a.CeID = m.ID()
	}
	return a
}

const (
	consumeBatch    = 512
	consumeParallel = ledger.GroupLimit // fewer would leave places of a group empty
)

// consume reads r until ctx ends: batches, roots in parallel, messages of one
// key in order, offsets committed once every message of a batch is handled,
// while the next batch is read. A handler's error is tried again with growing waits; the reader stands still
// meanwhile.
func consume(ctx context.Context, r *Reader, log *slog.Logger, handle func(context.Context, Message) error) error {
	var commit sync.WaitGroup
	defer commit.Wait()
	for {
		batch, err := r.Batch(ctx, consumeBatch)
		if err != nil {
			return stopped(ctx, err)
		}
		if !handleBatch(ctx, batch, log, handle) {
			return nil
		}
		commit.Wait() // one at a time, in order
		commit.Go(func() {
			if err := r.CommitMessages(ctx, batch...); err != nil && ctx.Err() == nil {
				log.Warn("offsets not committed, messages will come again", "topic", batch[0].Topic, "error", err)
			}
		})
	}
}

// handleBatch tries until every message of a batch is handled. It reports false
// when ctx ended before.
func handleBatch(ctx context.Context, batch []kafkago.Message, log *slog.Logger, handle func(context.Context, Message) error) bool {
	wait := firstWait
	for left, size := byKey(batch), len(batch); size > 0; {
		var err error
		left, err = handleAll(ctx, left, handle)
		if ctx.Err() != nil {
			return false
		}
		if err == nil {
			return true
		}
		rest := 0
		for _, group := range left {
			rest += len(group)
		}
		if rest < size {
			wait = firstWait // something went through: the trouble is not general
		}
		size = rest
		log.Warn("consumer waits", "topic", batch[0].Topic, "error", err)
		pause(ctx, wait)
		wait = min(2*wait, 2*time.Second)
	}
	return true
}

func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, errClosed) {
		return nil
	}
	return err
}

// byKey groups a batch by key, each group in order.
func byKey(batch []kafkago.Message) [][]Message {
	index := make(map[string]int)
	var groups [][]Message
	for _, m := range batch {
		i, ok := index[string(m.Key)]
		if !ok {
			i = len(groups)
			index[string(m.Key)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], newMessage(m))
	}
	return groups
}

// handleAll handles groups in parallel and gives back what is left of those
// that met an error, with one of the errors.
func handleAll(ctx context.Context, groups [][]Message, handle func(context.Context, Message) error) ([][]Message, error) {
	var g errgroup.Group
	g.SetLimit(consumeParallel)
	for i := range groups {
		g.Go(func() error {
			for len(groups[i]) > 0 {
				if err := handle(ctx, groups[i][0]); err != nil {
					return err
				}
				groups[i] = groups[i][1:]
			}
			return nil
		})
	}
	err := g.Wait()
	var left [][]Message
	for _, group := range groups {
		if len(group) > 0 {
			left = append(left, group)
		}
	}
	return left, err
}

package kafka

import (
	"context"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"
)

// The watchdog of a reader: lag and assignment by calls of our own, because in a
// group kafka-go's Offset, Lag and ReadLag say nothing.

type place struct {
	topic     string
	partition int
}

type lag struct{ committed, end int64 }

// span is what a partition holds: offsets first..last-1.
type span struct{ first, last int64 }

// stuck reports whether a partition of this member had something at the last
// look already, and its committed offset has not moved since. Of a group that
// does not know this member every partition counts; those of other members do
// not, or all of a group would leave and join again because one has a slow
// handler. A broker that does not answer is no proof.
func (r *Reader) stuck(ctx context.Context) bool {
	before := r.seen
	r.seen = nil
	now, err := r.lags(ctx)
	if err != nil {
		return false
	}
	mine, member, err := r.assigned(ctx)
	if err != nil {
		return false
	}
	for p, n := range now {
		if member && !mine[p] {
			delete(now, p)
			continue
		}
		b, ok := before[p]
		if ok && b.committed == n.committed && b.end > b.committed {
			return true
		}
	}
	r.seen = now
	return false
}

// assigned lists this member's partitions, and whether the group knows it.
func (r *Reader) assigned(ctx context.Context) (mine map[place]bool, member bool, err error) {
	res, err := r.client.DescribeGroups(ctx, &kafkago.DescribeGroupsRequest{GroupIDs: []string{r.cfg.Group}})
	if err != nil {
		return nil, false, fmt.Errorf("describe group: %w", err)
	}
	mine = make(map[place]bool)
	for _, g := range res.Groups {
		if g.Error != nil {
			return nil, false, fmt.Errorf("describe group: %w", g.Error)
		}
		for _, m := range g.Members {
			if m.ClientID != r.id {
				continue
			}
			member = true
			for _, t := range m.MemberAssignments.Topics {
				for _, p := range t.Partitions {
					mine[place{t.Topic, p}] = true
				}
			}
		}
	}
	return mine, member, nil
}

// lags gives, for each partition, what the group committed (the first offset if
// nothing) and the end of the log.
func (r *Reader) lags(ctx context.Context) (map[place]lag, error) {
	ends, err := offsets(ctx, r.client, r.cfg.Topics)
	if err != nil {
		return nil, err
	}
	req := &kafkago.OffsetFetchRequest{GroupID: r.cfg.Group, Topics: make(map[string][]int)}
	for p := range ends {
		req.Topics[p.topic] = append(req.Topics[p.topic], p.partition)
	}
	res, err := r.client.OffsetFetch(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("fetch offsets: %w", err)
	}
	if res.Error != nil {
		return nil, fmt.Errorf("fetch offsets: %w", res.Error)
	}
	out := make(map[place]lag)
	for topic, partitions := range res.Topics {
		for _, p := range partitions {
			span := ends[place{topic, p.Partition}]
			out[place{topic, p.Partition}] = lag{max(p.CommittedOffset, span.first), span.last}
		}
	}
	return out, nil
}

// offsets lists the spans of all partitions of topics.
func offsets(ctx context.Context, client *kafkago.Client, topics []string) (map[place]span, error) {
	meta, err := client.Metadata(ctx, &kafkago.MetadataRequest{Topics: topics})
	if err != nil {
		return nil, fmt.Errorf("read metadata: %w", err)
	}
	req := &kafkago.ListOffsetsRequest{Topics: make(map[string][]kafkago.OffsetRequest)}
	for _, t := range meta.Topics {
		if t.Error != nil {
			return nil, fmt.Errorf("read metadata of %s: %w", t.Name, t.Error)
		}
		for _, p := range t.Partitions {
			req.Topics[t.Name] = append(req.Topics[t.Name], kafkago.FirstOffsetOf(p.ID), kafkago.LastOffsetOf(p.ID))
		}
	}
	res, err := client.ListOffsets(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("list offsets: %w", err)
	}
	out := make(map[place]span)
	for topic, partitions := range res.Topics {
		for _, p := range partitions {
			if p.Error != nil {
				return nil, fmt.Errorf("list offsets of %s: %w", topic, p.Error)
			}
			out[place{topic, p.Partition}] = span{p.FirstOffset, p.LastOffset}
		}
	}
	return out, nil
}

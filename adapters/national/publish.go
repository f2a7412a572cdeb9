package national

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
)

// Limits of one call to a sink, below those of the topics (8 MiB).
const (
	callMessages = 512
	callTimeout  = 10 * time.Second
)

// nudge wakes the publisher.
func (n *Node) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// publish empties the outbox in order, one call at a time. What the broker
// acknowledged is deleted; a partition that failed comes again, before anything
// later of its keys.
func (n *Node) publish(ctx context.Context) error {
	sink := n.cfg.Writers()
	defer func() { _ = sink.Close() }()
	for {
		n.insist(ctx, func() error { return n.drain(ctx, &sink) })
		select {
		case <-ctx.Done():
			return nil
		case <-n.wake:
		}
	}
}

func (n *Node) drain(ctx context.Context, sink *Sink) error {
	for {
		var rows []row
		err := n.db.SelectContext(ctx, &rows, `SELECT * FROM outbox ORDER BY id LIMIT ?`, callMessages)
		if err != nil {
			return fmt.Errorf("read outbox: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		msgs := make([]kafkago.Message, len(rows))
		for i := range rows {
			msgs[i] = rows[i].message()
		}
		failure := n.write(ctx, sink, msgs)
		var done []int64
		for i, err := range results(failure, len(rows)) {
			if err == nil {
				done = append(done, rows[i].ID)
			}
		}
		if err := n.forget(ctx, done); err != nil {
			return err
		}
		if failure != nil {
			return fmt.Errorf("publish outcomes: %w", failure)
		}
	}
}

// write makes one call. One that did not end in time leaves its outcome
// unknown: the writer is closed, which waits for what is in flight, and
// replaced.
func (n *Node) write(ctx context.Context, sink *Sink, msgs []kafkago.Message) error {
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := (*sink).WriteMessages(call, msgs...)
	if call.Err() != nil {
		_ = (*sink).Close()
		*sink = n.cfg.Writers()
	}
	return err
}

// results gives the result of each of count messages of a call.
func results(err error, count int) []error {
	var each kafkago.WriteErrors
	if errors.As(err, &each) && len(each) == count {
		return each
	}
	all := make([]error, count)
	for i := range all {
		all[i] = err
	}
	return all
}

// forget deletes what the broker has.
func (n *Node) forget(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	query, args, err := sqlx.In(`DELETE FROM outbox WHERE id IN (?)`, ids)
	if err != nil {
		return fmt.Errorf("expand list: %w", err)
	}
	if _, err := n.db.ExecContext(context.WithoutCancel(ctx), query, args...); err != nil {
		return fmt.Errorf("empty outbox: %w", err)
	}
	return nil
}

// send writes totals and lists.
func (n *Node) send(ctx context.Context, msgs ...kafkago.Message) error {
	n.sinkMu.Lock()
	defer n.sinkMu.Unlock()
	return n.write(ctx, &n.sink, msgs)
}

// publishTotals publishes the totals that changed since they were published.
func (n *Node) publishTotals(ctx context.Context) error {
	var changed []totalRow
	if err := n.db.SelectContext(ctx, &changed, `SELECT * FROM totals WHERE count <> published`); err != nil {
		return fmt.Errorf("read totals: %w", err)
	}
	for _, t := range changed {
		offsets, err := n.offsets(ctx, routing.TopicFor(t.Kind))
		if err != nil {
			return err
		}
		m, err := t.message(offsets, n.cfg.Now())
		if err != nil {
			return err
		}
		if err := n.send(ctx, m); err != nil {
			return fmt.Errorf("publish totals: %w", err)
		}
		_, err = n.db.ExecContext(ctx, `UPDATE totals SET published = ? WHERE day = ? AND region = ? AND kind = ?`,
			t.Count, t.Day, t.Region, t.Kind)
		if err != nil {
			return fmt.Errorf("mark totals: %w", err)
		}
	}
	return nil
}

// offsets tells how far the partitions of a topic have been applied.
func (n *Node) offsets(ctx context.Context, topic string) (map[int]int64, error) {
	var rows []struct {
		Partition int   `db:"partition"`
		Next      int64 `db:"next"`
	}
	err := n.db.SelectContext(ctx, &rows, `SELECT partition, next FROM positions WHERE topic = ?`, topic)
	if err != nil {
		return nil, fmt.Errorf("read positions: %w", err)
	}
	out := make(map[int]int64, len(rows))
	for _, r := range rows {
		out[r.Partition] = r.Next
	}
	return out, nil
}

const (
	pageItems  = 1000
	maxRequest = 4 << 10 // bytes of a request
)

// answer publishes the lists that a batch of quadratura.v1 asks for. Whatever
// else travels there, and requests out of form, are passed over.
func (n *Node) answer(ctx context.Context, batch []kafkago.Message) error {
	for _, m := range batch {
		if headers(m)["ce_type"] != typeRequest {
			continue
		}
		var r request
		d := json.NewDecoder(bytes.NewReader(m.Value))
		d.DisallowUnknownFields()
		if len(m.Value) > maxRequest || d.Decode(&r) != nil || r.Request == "" || r.Request != string(m.Key) {
			n.cfg.Log.Warn("request of a list out of form", "partition", m.Partition, "offset", m.Offset)
			continue
		}
		if err := n.list(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// list publishes the pages of one request, at least one.
func (n *Node) list(ctx context.Context, r request) error {
	after := int64(0)
	for number := 1; ; number++ {
		p := page{request: r, Number: number, Items: []item{}}
		err := n.db.SelectContext(ctx, &p.Items, `SELECT ce_id, registrazione FROM registrations
			WHERE day = ? AND region = ? AND kind = ? AND registrazione > ? ORDER BY registrazione LIMIT ?`,
			r.Day, r.Region, r.Kind, after, pageItems)
		if err != nil {
			return fmt.Errorf("read registrations: %w", err)
		}
		p.Last = len(p.Items) < pageItems
		m, err := p.message(n.cfg.Now())
		if err != nil {
			return err
		}
		if err := n.send(ctx, m); err != nil {
			return fmt.Errorf("publish list: %w", err)
		}
		if p.Last {
			return nil
		}
		after = p.Items[len(p.Items)-1].Registration
	}
}

package national

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// send writes totals and lists.
func (n *Node) send(ctx context.Context, msgs ...kafkago.Message) error {
	n.sinkMu.Lock()
	defer n.sinkMu.Unlock()
	return n.write(ctx, &n.sink, msgs)
}

// total is a row of totals.
type total struct {
	reconcile.Total
	id   int64
	last int64 // the last registration counted
}

// publishTotals publishes the totals that changed since they were published.
func (n *Node) publishTotals(ctx context.Context) error {
	for {
		changed, offsets, err := n.changedTotals(ctx)
		if err != nil {
			return fmt.Errorf("read totals: %w", err)
		}
		if len(changed) == 0 {
			return nil
		}
		msgs := make([]kafkago.Message, len(changed))
		for i := range changed {
			if msgs[i], err = changed[i].message(offsets[routing.TopicFor(changed[i].Kind)], n.cfg.Now()); err != nil {
				return err
			}
		}
		failure := n.send(ctx, msgs...)
		err = n.transact(ctx, func(ctx context.Context, t *txn) error {
			for i, e := range results(failure, len(msgs)) {
				if e != nil {
					continue
				}
				if err := t.exec(ctx, 1, `UPDATE totals SET published = ? WHERE id = ?`, changed[i].Count, changed[i].id); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(failure, err); err != nil {
			return fmt.Errorf("publish totals: %w", err)
		}
		if len(changed) < callMessages {
			return nil
		}
	}
}

// changedTotals gives the totals to publish, at most one call, and how far the
// partitions were applied when they stood so: the head's lock keeps both still.
func (n *Node) changedTotals(ctx context.Context) (changed []total, offsets map[string]map[int]int64, err error) {
	offsets = make(map[string]map[int]int64)
	err = n.transact(ctx, func(ctx context.Context, t *txn) error {
		if _, err := readHead(ctx, t, n.dialect.lockHead); err != nil {
			return err
		}
		rows, err := t.tx.QueryContext(ctx, t.tx.Rebind(`SELECT id, day, region, kind, count, sum, registrazione FROM totals
			WHERE count <> published ORDER BY day, region, kind LIMIT ?`), callMessages)
		err = each(rows, err, func(scan func(...any) error) error {
			var x total
			err := scan(&x.id, &x.Day, &x.Region, &x.Kind, &x.Count, (*hash)(&x.Sum), &x.last)
			changed = append(changed, x)
			return err
		})
		if err != nil || len(changed) == 0 {
			return err
		}
		rows, err = t.tx.QueryContext(ctx, `SELECT topic, partition, next FROM positions`)
		return each(rows, err, func(scan func(...any) error) error {
			var p position
			var next int64
			err := scan(&p.topic, &p.partition, &next)
			if offsets[p.topic] == nil {
				offsets[p.topic] = make(map[int]int64)
			}
			offsets[p.topic][p.partition] = next
			return err
		})
	})
	return changed, offsets, err
}

// message is the total as published on quadratura.v1.
func (t *total) message(offsets map[int]int64, now time.Time) (kafkago.Message, error) {
	value, err := json.Marshal(struct {
		Day          string        `json:"day"`
		Region       string        `json:"region"`
		Kind         string        `json:"kind"`
		Count        int64         `json:"count"`
		Sum          reconcile.Sum `json:"sum"`
		Registration int64         `json:"registrazione"`
		Instant      string        `json:"instant"`
		Offsets      map[int]int64 `json:"offsets"`
	}{t.Day, t.Region, t.Kind, t.Count, t.Sum, t.last, stamp(now.UnixMicro()), offsets})
	if err != nil {
		return kafkago.Message{}, fmt.Errorf("encode total: %w", err)
	}
	key := t.Day + "/" + t.Region + "/" + t.Kind
	r := row{
		Topic: routing.TopicTotals, Key: []byte(key), Event: fmt.Sprintf("%s/%d", key, t.last),
		Type: typeTotal, Instant: now.UnixMicro(), Value: value,
	}
	return r.message(), nil
}

const (
	pageItems  = 1000
	maxRequest = 4 << 10 // bytes of a request
)

// request asks for a list; page is one page of the answer.
type request struct {
	Request string `json:"request"`
	Day     string `json:"day"`
	Region  string `json:"region"`
	Kind    string `json:"kind"`
}

type page struct {
	request
	Number int      `json:"page"`
	Last   bool     `json:"last"`
	Items  []listed `json:"items"`
}

// listed is a registration as lists tell it.
type listed struct {
	CeID         string `json:"ce_id"`
	Registration int64  `json:"registrazione"`
}

// answer publishes the lists that a batch of quadratura.v1 asks for. Whatever
// else travels there, and requests out of form, are passed over.
func (n *Node) answer(ctx context.Context, batch []kafkago.Message) error {
	for _, m := range batch {
		if header(m, "ce_type") != typeRequest {
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
		p := page{request: r, Number: number}
		var err error
		if p.Items, err = n.items(ctx, r, after); err != nil {
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

// items reads one page, never nil.
func (n *Node) items(ctx context.Context, r request, after int64) ([]listed, error) {
	ctx, cancel := n.dialect.within(ctx)
	defer cancel()
	items := []listed{}
	rows, err := n.db.QueryContext(ctx, n.db.Rebind(`SELECT r.ce_id, r.registrazione
		FROM totals t JOIN registrations r ON r.total = t.id
		WHERE t.day = ? AND t.region = ? AND t.kind = ? AND r.registrazione > ? ORDER BY r.registrazione LIMIT ?`),
		r.Day, r.Region, r.Kind, after, pageItems)
	err = each(rows, err, func(scan func(...any) error) error {
		var id hash
		var number int64
		err := scan(&id, &number)
		items = append(items, listed{id.String(), number})
		return err
	})
	return items, err
}

func (p *page) message(now time.Time) (kafkago.Message, error) {
	value, err := json.Marshal(p)
	if err != nil {
		return kafkago.Message{}, fmt.Errorf("encode page: %w", err)
	}
	r := row{
		Topic: routing.TopicTotals, Key: []byte(p.Request), Event: fmt.Sprintf("%s/%d", p.Request, p.Number),
		Type: typeList, Instant: now.UnixMicro(), Value: value,
	}
	return r.message(), nil
}

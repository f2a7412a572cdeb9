package national

import (
	"context"
	"encoding/hex"
	"fmt"
	"runtime"

	"github.com/jmoiron/sqlx"
	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/xsd/fault"
)

// position names a partition.
type position struct {
	topic     string
	partition int
}

// delivery is one message of a batch, opened.
type delivery struct {
	message kafkago.Message
	c       communication
	cause   string // not empty: a dead letter
}

// apply settles a batch of communications in one transaction. Applying the same
// batch again only publishes its outcomes again.
func (n *Node) apply(ctx context.Context, batch []kafkago.Message) error {
	deliveries := make([]delivery, len(batch))
	ends := make(map[position]int64)
	var ids, codes []string
	for i, m := range batch {
		c, cause := open(m, n.rome)
		deliveries[i] = delivery{m, c, cause}
		ends[position{m.Topic, m.Partition}] = m.Offset + 1
		if cause != "" {
			continue
		}
		ids = append(ids, c.ID)
		codes = append(codes, c.Codice)
		if c.Prev != "" {
			ids = append(ids, c.Prev)
		}
	}
	if err := n.verify(ctx, deliveries); err != nil {
		return err
	}
	err := n.transact(ctx, func(tx *sqlx.Tx) error {
		d, err := n.desk(ctx, tx, ids, codes)
		if err != nil {
			return err
		}
		for _, x := range deliveries {
			if x.cause != "" {
				m := x.message
				err = d.discard(m.Topic, m.Partition, m.Offset, string(m.Key), x.cause)
			} else {
				err = d.take(x.c)
			}
			if err != nil {
				return err
			}
		}
		return d.save(ctx, tx, ends)
	})
	if err != nil {
		return fmt.Errorf("apply batch: %w", err)
	}
	n.nudge()
	return nil
}

// desk loads a desk for these ce_ids and codes.
func (n *Node) desk(ctx context.Context, tx *sqlx.Tx, ids, codes []string) (*desk, error) {
	var last int64
	if err := tx.GetContext(ctx, &last, `SELECT COALESCE(MAX(registrazione), 0) FROM registrations`); err != nil {
		return nil, fmt.Errorf("read last registrazione: %w", err)
	}
	d := newDesk(n.cfg.Now().UTC(), last+1)
	return d, d.load(ctx, tx, ids, codes)
}

// verify verifies the documents of the communications that the store has not
// settled, in parallel, and notes what is wrong.
func (n *Node) verify(ctx context.Context, deliveries []delivery) error {
	known, err := n.settled(ctx, deliveries)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range deliveries {
		x := &deliveries[i]
		if x.cause != "" || x.c.faults.Refuses() || known[x.c.ID] {
			continue
		}
		g.Go(func() error {
			content, digest, faults, err := n.cfg.Verifier.Verify(gctx, x.message.Value, x.c.Region, x.c.Origin, x.c.at())
			if err != nil {
				return fmt.Errorf("verify document: %w", err)
			}
			x.c.Content, x.c.faults = content, faults
			if !faults.Refuses() && hex.EncodeToString(digest[:]) != x.c.Digest {
				x.c.faults = append(faults, fault.Fault{Code: fault.NationalDigest})
			}
			return nil
		})
	}
	return g.Wait()
}

// settled tells which communications have an outcome or are parked: their
// documents need no second look.
func (n *Node) settled(ctx context.Context, deliveries []delivery) (map[string]bool, error) {
	var ids []string
	for _, x := range deliveries {
		if x.cause == "" {
			ids = append(ids, x.c.ID)
		}
	}
	known := make(map[string]bool)
	for _, query := range []string{
		`SELECT ce_id FROM outcomes WHERE ce_id IN (?)`,
		`SELECT ce_id FROM parked WHERE ce_id IN (?)`,
	} {
		var found []string
		if err := in(ctx, n.db, &found, query, ids); err != nil {
			return nil, err
		}
		for _, id := range found {
			known[id] = true
		}
	}
	return known, nil
}

// Expire refuses what has waited longer than the patience, with a dead letter
// each. Run calls it every minute.
func (n *Node) Expire(ctx context.Context) error {
	limit := n.cfg.Now().Add(-n.cfg.Patience).UnixMicro()
	err := n.transact(ctx, func(tx *sqlx.Tx) error {
		var late []communication
		err := tx.SelectContext(ctx, &late, `SELECT * FROM parked WHERE since <= ? ORDER BY since, ce_id LIMIT ?`, limit, batchLimit)
		if err != nil || len(late) == 0 {
			return err
		}
		var ids, codes []string
		for _, c := range late {
			ids, codes = append(ids, c.ID), append(codes, c.Codice)
		}
		d, err := n.desk(ctx, tx, ids, codes)
		if err != nil {
			return err
		}
		if err := d.expireAll(late); err != nil {
			return err
		}
		return d.save(ctx, tx, nil)
	})
	if err != nil {
		return fmt.Errorf("expire parked messages: %w", err)
	}
	n.nudge()
	return nil
}

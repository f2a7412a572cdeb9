package national

import (
	"context"
	"fmt"
	"runtime"

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
//
// What the database knows of the batch is read before documents are verified
// and the head is locked; if another process applied something meanwhile, it is
// read again under the lock.
func (n *Node) apply(ctx context.Context, batch []kafkago.Message) error {
	deliveries := make([]delivery, len(batch))
	ends := make(map[position]int64)
	var q question
	for i, m := range batch {
		x := &deliveries[i]
		x.message = m
		x.c, x.cause = open(m, n.rome)
		ends[position{m.Topic, m.Partition}] = m.Offset + 1
		if x.cause == "" {
			q.about(&x.c)
		}
	}
	early, err := n.ask(ctx, q)
	if err != nil {
		return fmt.Errorf("apply batch: %w", err)
	}
	if err := n.verify(ctx, early, deliveries); err != nil {
		return err
	}
	err = n.transact(ctx, func(ctx context.Context, t *txn) error {
		d, err := n.desk(ctx, t, q, early)
		if err != nil {
			return err
		}
		for i := range deliveries {
			x := &deliveries[i]
			if x.cause != "" {
				err = d.discard(x.message, x.cause)
			} else {
				err = d.take(x.c)
			}
			if err != nil {
				return err
			}
		}
		return d.save(ctx, t, ends)
	})
	if err != nil {
		return fmt.Errorf("apply batch: %w", err)
	}
	n.nudge()
	return nil
}

// ask gives a desk that knows what the database holds now.
func (n *Node) ask(ctx context.Context, q question) (*desk, error) {
	ctx, cancel := n.dialect.within(ctx)
	defer cancel()
	// The head first: what is read after it is at least as new.
	h, err := readHead(ctx, n, sqlHead)
	if err != nil {
		return nil, err
	}
	d := newDesk(n.cfg.Now().UTC(), h)
	return d, d.load(ctx, n, n.dialect.sizes, q)
}

// desk takes the head's lock, first of all, and gives the desk that was made
// early if nothing changed since, else a new one.
func (n *Node) desk(ctx context.Context, t *txn, q question, early *desk) (*desk, error) {
	h, err := readHead(ctx, t, n.dialect.lockHead)
	if err != nil {
		return nil, err
	}
	if early != nil && early.head == h {
		return early, nil
	}
	d := newDesk(n.cfg.Now().UTC(), h)
	return d, d.load(ctx, t, n.dialect.sizes, q)
}

func readHead(ctx context.Context, q querier, statement string) (h head, err error) {
	found, err := one(ctx, q, statement, nil, &h.Last, &h.Version, &h.Parked)
	if err == nil && !found {
		err = errRows
	}
	if err != nil {
		return h, fmt.Errorf("read head: %w", err)
	}
	return h, nil
}

// verify verifies in parallel the documents of the communications that are
// neither settled nor parked, and notes what is wrong.
func (n *Node) verify(ctx context.Context, d *desk, deliveries []delivery) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range deliveries {
		x := &deliveries[i]
		_, settled := d.known[x.c.identity]
		if x.cause != "" || x.c.faults.Refuses() || settled || d.parked[x.c.identity] {
			continue
		}
		g.Go(func() error {
			content, digest, faults, err := n.cfg.Verifier.Verify(gctx, x.message.Value, x.c.Region, x.c.Origin, x.c.at())
			if err != nil {
				return fmt.Errorf("verify document: %w", err)
			}
			x.c.Content, x.c.faults = content, faults
			if !faults.Refuses() && hash(digest) != x.c.Digest {
				x.c.faults = append(faults, fault.Fault{Code: fault.NationalDigest})
			}
			return nil
		})
	}
	return g.Wait()
}

// Expire refuses what has waited longer than the patience, with a dead letter
// each. Run calls it every minute; several processes may at once.
func (n *Node) Expire(ctx context.Context) error {
	limit := n.cfg.Now().Add(-n.cfg.Patience).UnixMicro()
	h, err := readHead(ctx, n, sqlHead)
	if err != nil || h.Parked == 0 {
		return err
	}
	err = n.transact(ctx, func(ctx context.Context, t *txn) error {
		h, err := readHead(ctx, t, n.dialect.lockHead)
		if err != nil {
			return err
		}
		var late []communication
		var q question
		rows, err := t.tx.QueryContext(ctx, t.tx.Rebind(`SELECT `+parkedColumns+` FROM parked
			WHERE since <= ? ORDER BY since, ce_id, codice LIMIT ?`), limit, batchLimit)
		err = each(rows, err, func(scan func(...any) error) error {
			var c communication
			err := c.scan(scan)
			late = append(late, c)
			q.about(&c)
			return err
		})
		if err != nil || len(late) == 0 {
			return err
		}
		d := newDesk(n.cfg.Now().UTC(), h)
		if err := d.load(ctx, t, n.dialect.sizes, q); err != nil {
			return err
		}
		if err := d.expireAll(late); err != nil {
			return err
		}
		return d.save(ctx, t, nil)
	})
	if err != nil {
		return fmt.Errorf("expire parked messages: %w", err)
	}
	n.nudge()
	return nil
}

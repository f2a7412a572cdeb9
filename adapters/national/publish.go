package national

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Limits of one call to a sink, below those of the topics (8 MiB).
const (
	callMessages = 512
	callTimeout  = 10 * time.Second
)

const (
	// leaseTime is how long a publisher that does not answer keeps others
	// waiting.
	leaseTime = 4 * time.Second
	leaseStep = leaseTime / 4
	// markTime and markCount are how far the mark may lag behind what was
	// acknowledged: so much is published twice after a crash.
	markTime  = 250 * time.Millisecond
	markCount = 8 * callMessages
)

// nudge wakes the publisher.
func (n *Node) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// publisher sends outcomes and dead letters in the order in which they were
// decided: registrations by their number, each followed by the outbox rows that
// name it. One process at a time has the lease, which only spares repetitions:
// each publisher begins at the mark, below which everything was acknowledged,
// and sends a partition's messages in order, so that even two at once, or one
// that was frozen, never show a later message of a root first.
type publisher struct {
	node *Node
	sink Sink

	mark    int64 // durable: all registrations up to it are acknowledged
	read    int64 // taken from the database up to this registration
	row     int64 // and up to this outbox row
	pending []item
	acked   []any // outbox rows to delete
}

// item is one message on its way: of a registration or of an outbox row.
type item struct {
	message      kafkago.Message
	registration int64 // 0: an outbox row
	row          int64
}

// publish publishes whenever this process has the lease, until ctx ends.
func (n *Node) publish(ctx context.Context) error {
	p := &publisher{node: n, sink: n.cfg.Writers()}
	defer func() { _ = p.sink.Close() }()
	for ctx.Err() == nil {
		held, err := p.acquire(ctx)
		if err != nil && ctx.Err() == nil {
			n.cfg.Log.Warn("outcomes wait for the database", "error", err)
		}
		if held {
			p.tenure(ctx)
		} else {
			rest(ctx, leaseStep)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	if err := p.save(last); err != nil {
		n.cfg.Log.Warn("last outcomes will be published again", "error", err)
	}
	return nil
}

// acquire tries to get the lease and begins at the mark.
func (p *publisher) acquire(ctx context.Context) (bool, error) {
	held, err := p.node.lease(ctx)
	if err != nil || !held {
		return false, err
	}
	ctx, cancel := p.node.dialect.within(ctx)
	defer cancel()
	*p = publisher{node: p.node, sink: p.sink}
	if err := p.node.db.GetContext(ctx, &p.mark, `SELECT registrazione FROM publisher WHERE id = 1`); err != nil {
		return false, fmt.Errorf("read mark: %w", err)
	}
	p.read = p.mark
	return true, nil
}

// tenure publishes while the lease is kept.
func (p *publisher) tenure(ctx context.Context) {
	tenure, end := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() {
		defer end()
		p.node.keep(tenure)
	})
	defer keeper.Wait()
	defer end()
	poll, mark := time.NewTicker(p.node.dialect.poll), time.NewTicker(markTime)
	defer poll.Stop()
	defer mark.Stop()
	step := p.drain
	for p.node.insist(tenure, func() error { return step(tenure) }) {
		select {
		case <-tenure.Done():
			return
		case <-p.node.wake:
			step = p.drain
		case <-poll.C: // other processes apply too
			step = p.drain
		case <-mark.C:
			step = p.save
		}
	}
}

// drain publishes until nothing is left. What the broker refused comes again
// before anything later of its key, and what it took does not.
func (p *publisher) drain(ctx context.Context) error {
	for more := true; more; {
		if err := p.load(ctx); err != nil {
			return fmt.Errorf("read outcomes: %w", err)
		}
		if len(p.pending) == 0 {
			return nil
		}
		more = len(p.pending) == callMessages // what comes meanwhile nudges
		msgs := make([]kafkago.Message, len(p.pending))
		for i := range p.pending {
			msgs[i] = p.pending[i].message
		}
		failure := p.node.write(ctx, &p.sink, msgs)
		left := p.pending[:0]
		for i, err := range results(failure, len(msgs)) {
			switch it := p.pending[i]; {
			case err != nil:
				left = append(left, it)
			case it.row != 0:
				p.acked = append(p.acked, it.row)
			}
		}
		p.pending = left
		if len(p.acked) >= callMessages || p.reached()-p.mark >= markCount {
			if err := p.save(ctx); err != nil {
				return err
			}
		}
		if failure != nil {
			return fmt.Errorf("publish outcomes: %w", failure)
		}
	}
	return nil
}

// reached is the registration up to which everything is acknowledged.
func (p *publisher) reached() int64 {
	for _, it := range p.pending {
		if it.registration != 0 {
			return it.registration - 1
		}
	}
	return p.read
}

// load fills pending up to one call. An outbox row is taken only when the
// registration it follows has been: one that a commit in between makes visible
// waits for the next time.
func (p *publisher) load(ctx context.Context) error {
	room := callMessages - len(p.pending)
	if room <= 0 {
		return nil
	}
	ctx, cancel := p.node.dialect.within(ctx)
	defer cancel()
	var outcomes []outcome
	rows, err := p.node.query(ctx, sqlUnpublished, p.read, room)
	err = each(rows, err, func(scan func(...any) error) error {
		var o outcome
		err := scan(&o.Registration, &o.ID, &o.Codice, &o.Digest, &o.Root, &o.Instant)
		outcomes = append(outcomes, o)
		return err
	})
	if err != nil {
		return err
	}
	until := p.read
	if len(outcomes) > 0 {
		until = outcomes[len(outcomes)-1].Registration
	}
	var others []row
	rows, err = p.node.query(ctx, sqlOutbox, p.row, until, room)
	err = each(rows, err, func(scan func(...any) error) error {
		var r row
		err := scan(&r.ID, &r.After, &r.Topic, &r.Key, &r.Event, &r.Type, &r.Codice, &r.Instant, &r.Value)
		others = append(others, r)
		return err
	})
	if err != nil {
		return err
	}
	p.merge(outcomes, others, room)
	return nil
}

// merge takes at most room of both, each row behind the registration it names.
func (p *publisher) merge(outcomes []outcome, others []row, room int) {
	for ; room > 0 && len(outcomes)+len(others) > 0; room-- {
		if len(others) > 0 && (len(outcomes) == 0 || others[0].After < outcomes[0].Registration) {
			p.row = others[0].ID
			p.pending = append(p.pending, item{message: others[0].message(), row: others[0].ID})
			others = others[1:]
			continue
		}
		p.read = outcomes[0].Registration
		m := outcomes[0].message()
		p.pending = append(p.pending, item{message: m.message(), registration: p.read})
		outcomes = outcomes[1:]
	}
}

// save makes the mark durable and deletes what the outbox need not keep. Both
// say what the broker has acknowledged, which holds whoever has the lease.
func (p *publisher) save(ctx context.Context) error {
	reached := p.reached()
	if reached == p.mark && len(p.acked) == 0 {
		return nil
	}
	err := p.node.transact(ctx, func(ctx context.Context, t *txn) error {
		if _, err := t.tx.ExecContext(ctx, t.tx.Rebind(`UPDATE publisher SET registrazione = ? WHERE id = 1 AND registrazione < ?`),
			reached, reached); err != nil {
			return err
		}
		return pieces(p.node.dialect.sizes, p.acked, func(size int, args []any) error {
			_, err := t.stmt(ctx, sized(outboxByID().name, size)).ExecContext(ctx, args...)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("mark published: %w", err)
	}
	p.mark, p.acked = reached, nil
	return nil
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

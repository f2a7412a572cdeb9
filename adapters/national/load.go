package national

import (
	"context"
	"fmt"
)

// question is what the database is asked about a batch.
type question struct {
	own   []identity
	links []link // to predecessors
}

// link names a predecessor: it shares the root of its successor.
type link struct {
	prev hash
	root string
}

// about adds a communication.
func (q *question) about(c *communication) {
	q.own = append(q.own, c.identity)
	if c.Prev != (hash{}) {
		q.links = append(q.links, link{c.Prev, c.Root})
	}
}

// load enters into the desk what the database knows of the question, and of
// whoever waits for it, directly or not.
func (d *desk) load(ctx context.Context, db querier, sizes []int, q question) error {
	codes := make([]any, len(q.own))
	own := make(map[hash]bool, len(q.own))
	for i, id := range q.own {
		codes[i] = id.Codice
		own[id.ID] = true
	}
	if err := d.loadOutcomes(ctx, db, sizes, codes); err != nil {
		return err
	}
	for _, l := range q.links {
		if own[l.prev] || d.applied[l.prev] {
			continue
		}
		var there int
		found, err := one(ctx, db, sqlApplied, []any{l.root, l.prev[:], l.root, l.prev[:], l.root, l.prev[:]}, &there)
		if err != nil {
			return fmt.Errorf("read predecessor: %w", err)
		}
		if found {
			d.applied[l.prev] = true
		}
	}
	if d.head.Parked == 0 {
		return nil
	}
	return d.loadWaiting(ctx, db, sizes, q.own)
}

// loadOutcomes enters what is settled under these codes.
func (d *desk) loadOutcomes(ctx context.Context, db querier, sizes []int, codes []any) error {
	err := find(ctx, db, sizes, byCodice(), codes, func(scan func(...any) error) error {
		var o outcome
		err := scan(&o.Registration, &o.ID, &o.Codice, &o.Digest, &o.Root, &o.Instant)
		d.enter(o)
		return err
	})
	if err != nil {
		return err
	}
	return find(ctx, db, sizes, refusedByCodice(), codes, func(scan func(...any) error) error {
		var o outcome
		err := scan(&o.ID, &o.Codice, &o.Digest, &o.Root, &o.Instant, &o.Faults)
		d.enter(o)
		return err
	})
}

// loadWaiting enters those of own that wait, and whoever waits for own, without
// their contents.
func (d *desk) loadWaiting(ctx context.Context, db querier, sizes []int, own []identity) error {
	var ids, codes []any
	enter := func(scan func(...any) error) error {
		var c communication
		if err := c.scan(scan); err != nil {
			return err
		}
		if !d.parked[c.identity] {
			d.wait(c)
			ids, codes = append(ids, c.ID[:]), append(codes, c.Codice)
		}
		return nil
	}
	for _, id := range own {
		ids = append(ids, id.ID[:])
	}
	if err := find(ctx, db, sizes, parkedByID(), ids[:len(own):len(own)], enter); err != nil {
		return err
	}
	for len(ids) > 0 {
		asked := ids
		ids = nil
		if err := find(ctx, db, sizes, parkedByPrev(), asked, enter); err != nil {
			return err
		}
	}
	return d.loadOutcomes(ctx, db, sizes, codes)
}

// scan reads parkedColumns.
func (c *communication) scan(scan func(...any) error) error {
	c.Stored = true
	return scan(&c.ID, &c.Codice, &c.Prev, &c.Since, &c.Digest, &c.Root, &c.Day, &c.Region, &c.Kind, &c.Origin, &c.Received, &c.Topic)
}

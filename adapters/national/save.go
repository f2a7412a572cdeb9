package national

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/routing/reconcile"
)

// save writes what the desk decided, the head last.
func (d *desk) save(ctx context.Context, t *txn, positions map[position]int64) error {
	before := d.head.Version
	parked := d.head.Parked - int64(len(d.unpark))
	var park, refusals, outbox, ends []any
	for i := range d.park {
		c := &d.park[i]
		if !d.parked[c.identity] {
			continue // released by this batch already
		}
		parked++
		park = append(park, c.ID[:], c.Codice, c.Prev[:], c.Since, c.Digest[:], c.Root, c.Day, c.Region, c.Kind, c.Origin, c.Received,
			c.Topic, c.Content)
	}
	for i := range d.refusals {
		o := &d.refusals[i]
		refusals = append(refusals, o.Codice, o.ID[:], o.Digest[:], o.Root, o.Instant, o.Faults)
	}
	for i := range d.outbox {
		r := &d.outbox[i]
		key := r.Key
		if key == nil {
			key = []byte{} // nil would be NULL
		}
		outbox = append(outbox, r.After, r.Topic, key, r.Event, r.Type, r.Codice, r.Instant, r.Value)
	}
	for p, next := range positions {
		ends = append(ends, p.topic, p.partition, next)
	}
	for _, step := range []func() error{
		func() error { return d.saveRegistrations(ctx, t) },
		func() error { return t.insert(ctx, parkedTable(), park) },
		func() error { return d.leave(ctx, t) },
		func() error { return t.insert(ctx, refusalsTable(), refusals) },
		func() error { return t.insert(ctx, outboxTable(), outbox) },
		func() error { return t.insert(ctx, positionsTable(), ends) },
		func() error { return t.must(ctx, 1, sqlHeadSet, d.head.Last, parked, before) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write national database: %w", err)
		}
	}
	return nil
}

// saveRegistrations writes registrations and counts them in their totals.
func (d *desk) saveRegistrations(ctx context.Context, t *txn) error {
	totals, err := d.saveTotals(ctx, t)
	if err != nil {
		return err
	}
	args := make([]any, 0, registrationsTable().width*len(d.registrations))
	for i := range d.registrations {
		r := &d.registrations[i]
		total := totals[totalKey{r.Day, r.Region, r.Kind}]
		if r.Stored {
			if err := t.must(ctx, 1, sqlRelease, r.Number, total, d.now.UnixMicro(), r.ID[:], r.Codice); err != nil {
				return fmt.Errorf("register parked: %w", err)
			}
			continue
		}
		args = append(args, r.Number, total, r.ID[:], r.Codice, r.Digest[:], r.Root, r.Origin, r.Received, d.now.UnixMicro(), r.Content)
	}
	return t.insert(ctx, registrationsTable(), args)
}

// leave takes those that wait no more out of the waiting room.
func (d *desk) leave(ctx context.Context, t *txn) error {
	for _, id := range d.unpark {
		if err := t.must(ctx, 1, sqlUnpark, id.ID[:], id.Codice); err != nil {
			return fmt.Errorf("release parked: %w", err)
		}
	}
	return nil
}

type totalKey struct{ day, region, kind string }

// saveTotals adds the new registrations to their totals and gives the totals'
// ids. Rows are taken in order, as the publisher of totals does.
func (d *desk) saveTotals(ctx context.Context, t *txn) (map[totalKey]int64, error) {
	grown := make(map[totalKey][]*registration)
	for i := range d.registrations {
		r := &d.registrations[i]
		k := totalKey{r.Day, r.Region, r.Kind}
		grown[k] = append(grown[k], r)
	}
	ids := make(map[totalKey]int64, len(grown))
	for _, k := range slices.SortedFunc(maps.Keys(grown), totalKey.compare) {
		var id int64
		var total reconcile.Total
		found, err := one(ctx, t, sqlTotal, []any{k.day, k.region, k.kind}, &id, &total.Count, (*hash)(&total.Sum))
		if err != nil {
			return nil, fmt.Errorf("read totals: %w", err)
		}
		var last int64
		for _, r := range grown[k] {
			total.Add(r.ID.String(), r.Codice, r.Digest.String())
			last = r.Number
		}
		if found {
			err = t.must(ctx, 1, sqlTotalSet, total.Count, total.Sum[:], last, id)
		} else {
			_, err = one(ctx, t, sqlTotalAdd, []any{k.day, k.region, k.kind, total.Count, total.Sum[:], last}, &id)
		}
		if err != nil {
			return nil, fmt.Errorf("write totals: %w", err)
		}
		ids[k] = id
	}
	return ids, nil
}

// compare orders keys as ORDER BY day, region, kind does with ASCII.
func (k totalKey) compare(o totalKey) int {
	return cmp.Or(strings.Compare(k.day, o.day), strings.Compare(k.region, o.region), strings.Compare(k.kind, o.kind))
}

package sqlstore

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Span gives the positions recorded on civil days of Rome from..to
// (YYYY-MM-DD, inclusive); an empty span has last < first. Recorded instants
// grow with positions, so a day is one range.
func (s *Store) Span(ctx context.Context, from, to string) (first, last int64, err error) {
	begin, end, err := ledger.DayRange(from, to, s.assigner.Rome)
	if err != nil {
		return 0, 0, fmt.Errorf("find days: %w", err)
	}
	head, err := s.Head(ctx)
	if err != nil {
		return 0, 0, err
	}
	if first, err = s.firstFrom(ctx, head.Position, begin); err != nil {
		return 0, 0, err
	}
	behind, err := s.firstFrom(ctx, head.Position, end)
	return first, behind - 1, err
}

// firstFrom is the first position recorded at or after an instant; one past
// the last if there is none.
func (s *Store) firstFrom(ctx context.Context, last int64, at time.Time) (int64, error) {
	var failed error
	n := sort.Search(int(last), func(i int) bool {
		var recorded time.Time
		found, err := one(ctx, s, `SELECT recorded FROM entries WHERE position = ?`, []any{i + 1}, (*instantCell)(&recorded))
		if err == nil && !found {
			err = ledger.ErrNotFound
		}
		if err != nil && failed == nil {
			failed = err
		}
		return !recorded.Before(at)
	})
	if failed != nil {
		return 0, unavailable("find days", failed)
	}
	return int64(n) + 1, nil
}

// Progress calls yield for every selected submission by position, with its
// deliveries and outcome, and stops at its error.
func (s *Store) Progress(ctx context.Context, f ledger.ProgressFilter, yield func(ledger.Progress) error) error {
	if f.To == 0 {
		head, err := s.Head(ctx)
		if err != nil {
			return err
		}
		f.To = head.Position
	}
	for f.From <= f.To {
		list, err := s.progressPage(ctx, f)
		if err != nil {
			return unavailable("read progress", err)
		}
		for _, p := range list {
			if err := yield(p); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
		f.From = list[len(list)-1].Entry.Position + 1
	}
	return nil
}

func (s *Store) progressPage(ctx context.Context, f ledger.ProgressFilter) ([]ledger.Progress, error) {
	query := `SELECT ` + entryColumns + `, EXISTS (SELECT 1 FROM receipts r WHERE r.position = e.position)
		FROM entries e WHERE position >= ? AND position <= ? AND type = 'submission'`
	args := []any{f.From, f.To}
	if f.Region != "" {
		query, args = query+` AND region = ?`, append(args, f.Region)
	}
	if f.Kind != "" {
		query, args = query+` AND kind = ?`, append(args, f.Kind)
	}
	list := make([]ledger.Progress, 0, page)
	err := each(ctx, s, query+fmt.Sprintf(` ORDER BY position LIMIT %d`, page), args, func(scan func(...any) error) error {
		var p ledger.Progress
		err := scan(append(entryTargets(&p.Entry), &p.Receipted)...)
		list = append(list, p)
		return err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	at := make(map[int64]*ledger.Progress, len(list))
	for i := range list {
		at[list[i].Entry.Position] = &list[i]
	}
	from, to := list[0].Entry.Position, list[len(list)-1].Entry.Position
	if err := s.addDeliveries(ctx, at, from, to); err != nil {
		return nil, err
	}
	return list, s.addOutcomes(ctx, at, from, to)
}

func (s *Store) addDeliveries(ctx context.Context, at map[int64]*ledger.Progress, from, to int64) error {
	const query = `SELECT position, topic, done_at, dead FROM outbox WHERE position >= ? AND position <= ? ORDER BY position, topic`
	return each(ctx, s, query, []any{from, to}, func(scan func(...any) error) error {
		var position int64
		var d ledger.DeliveryState
		if err := scan(&position, &d.Topic, (*instantCell)(&d.Done), (*numberCell)(&d.Dead)); err != nil {
			return err
		}
		if p := at[position]; p != nil {
			p.Deliveries = append(p.Deliveries, d)
		}
		return nil
	})
}

// addOutcomes adds what speaks of the submissions: outcomes and anomalies.
func (s *Store) addOutcomes(ctx context.Context, at map[int64]*ledger.Progress, from, to int64) error {
	const query = `SELECT a.subject AS about, a.position AS place, EXISTS (SELECT 1 FROM receipts r WHERE r.position = a.position)
			FROM abouts a WHERE a.subject >= ? AND a.subject <= ?
		UNION ALL SELECT s.position, o.position, FALSE
			FROM entries o JOIN entries s ON s.hash = o.subject
			WHERE o.type = 'anomaly' AND o.subject IS NOT NULL AND s.position >= ? AND s.position <= ? AND s.type = 'submission'
		ORDER BY place`
	type link struct {
		subject, position int64
		receipted         bool
	}
	var links []link
	err := each(ctx, s, query, []any{from, to, from, to}, func(scan func(...any) error) error {
		var l link
		err := scan(&l.subject, &l.position, &l.receipted)
		links = append(links, l)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range links {
		p := at[l.subject]
		if p == nil {
			continue
		}
		var e ledger.Entry
		if _, err := one(ctx, s, sqlEntry, []any{l.position}, entryTargets(&e)...); err != nil {
			return err
		}
		switch {
		case e.Type == ledger.Anomaly:
			p.Anomalies++
		case e.Type == ledger.Outcome && p.Outcome == nil:
			p.Outcome, p.Registered = &e, l.receipted
		}
	}
	return nil
}

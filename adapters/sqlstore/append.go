package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/snodo-co/snodo/routing/ledger"
)

// pending is a draft that waits for its group.
type pending struct {
	ctx    context.Context
	draft  ledger.Draft
	answer chan answer // capacity 1
}

type answer struct {
	result ledger.Result
	err    error
}

// reserved is how many places of a group others than intake get if intake alone
// could fill it: every accepted submission has an outcome, so that with fewer
// the outcomes would fall behind for as long as the load lasts.
const reserved = ledger.GroupLimit / 2

// Append implements ledger.Journal.
func (s *Store) Append(ctx context.Context, d ledger.Draft) (ledger.Result, error) {
	if err := d.Normalize(); err != nil {
		return ledger.Result{}, err
	}
	p := &pending{ctx: ctx, draft: d, answer: make(chan answer, 1)}
	if err := s.enqueue(p); err != nil {
		return ledger.Result{}, err
	}
	select {
	case a := <-p.answer:
		return a.result, a.err
	case <-ctx.Done():
	}
	if s.withdraw(p) {
		return ledger.Result{}, ctx.Err()
	}
	a := <-p.answer // its group is being committed: the outcome is near
	return a.result, a.err
}

func queueOf(p *pending) int {
	if p.draft.Entry.Type == ledger.Submission {
		return 0
	}
	return 1
}

func (s *Store) enqueue(p *pending) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.options.ReadOnly {
		return fmt.Errorf("append: %w: closed", ledger.ErrUnavailable)
	}
	q := &s.queues[queueOf(p)]
	*q = append(*q, p)
	s.wakeUp()
	return nil
}

func (s *Store) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// withdraw takes a draft out of its queue; false if its group has begun.
func (s *Store) withdraw(p *pending) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &s.queues[queueOf(p)]
	i := slices.Index(*q, p)
	if i < 0 {
		return false
	}
	*q = slices.Delete(*q, i, i+1)
	return true
}

// beside is what goes with a group and is no entry.
type beside struct {
	marks []*mark
	names []*naming
}

func (b beside) empty() bool { return len(b.marks)+len(b.names) == 0 }

// take forms the next group, intake first, with all that goes beside it; the
// rest of the answer tells whether any were waiting, and whether the store is
// closed.
func (s *Store) take() (group []*pending, b beside, waiting, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	intake := min(len(s.queues[0]), ledger.GroupLimit-min(len(s.queues[1]), reserved))
	others := min(len(s.queues[1]), ledger.GroupLimit-intake)
	for i, n := range []int{intake, others} {
		group = append(group, s.queues[i][:n]...)
		s.queues[i] = slices.Delete(s.queues[i], 0, n)
	}
	b, s.marks, s.names = beside{s.marks, s.names}, nil, nil
	waiting = len(group) > 0 || !b.empty()
	group = slices.DeleteFunc(group, func(p *pending) bool {
		err := p.ctx.Err()
		if err != nil {
			p.answer <- answer{err: err}
		}
		return err != nil
	})
	return group, b, waiting, s.closed
}

// putBack returns deferred drafts to the front of their queues, in order.
func (s *Store) putBack(group []*pending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var back [2][]*pending
	for _, p := range group {
		back[queueOf(p)] = append(back[queueOf(p)], p)
	}
	for i := range back {
		s.queues[i] = append(back[i], s.queues[i]...)
	}
}

// commitGroups is the committer: it commits what waits, at once; drafts that
// arrive meanwhile are the next group. Waiting for company was measured and
// only cost (routing/ledger/DESIGN.md, 2026-11-22).
func (s *Store) commitGroups(ctx context.Context) {
	defer close(s.drained)
	for range s.wake {
		for {
			group, b, waiting, closed := s.take()
			if !waiting && closed {
				return
			}
			if !waiting {
				break
			}
			if len(group) > 0 || !b.empty() {
				s.run(group, b)
			}
			if s.sieve.full() {
				s.sift(ctx)
			}
		}
	}
}

// run commits a group and answers its members. After a conflict each member
// is tried alone, so that one cannot harm the others; a single one is tried
// again if the conflict was with others and has passed.
func (s *Store) run(group []*pending, b beside) {
	err := s.try(group, b)
	for _, m := range b.marks {
		m.answer <- err
	}
	s.named(b.names, len(group) > 0, err)
	if err != nil && s.dialect.full(err) {
		s.setFull(true)
	}
	switch {
	case err == nil || len(group) == 0:
	case len(group) == 1 && len(b.names) == 0 && !s.dialect.passing(err) || s.dialect.outOfService(err) || errors.Is(err, errUnknown):
		s.fail(group, err)
	default:
		for i, p := range group {
			err := s.try([]*pending{p}, beside{})
			if err != nil && s.dialect.outOfService(err) {
				s.fail(group[i:], err)
				return
			}
			if err != nil {
				s.fail([]*pending{p}, err)
			}
		}
	}
}

// named answers for the names that went beside a group. Where the group failed
// they are tried without it: what was wrong with an entry is no matter of theirs.
func (s *Store) named(names []*naming, grouped bool, err error) {
	if err != nil && grouped && len(names) > 0 && !s.dialect.outOfService(err) {
		err = s.try(nil, beside{names: names})
	}
	for _, n := range names {
		n.answer <- err
	}
}

func (s *Store) fail(group []*pending, err error) {
	for _, p := range group {
		p.answer <- answer{err: unavailable("append", err)}
	}
}

// try commits a group and answers those that are decided. Members' contexts do
// not reach the transaction: it serves them all.
func (s *Store) try(group []*pending, b beside) error {
	drafts := make([]ledger.Draft, len(group))
	for i, p := range group {
		drafts[i] = p.draft
	}
	form := func(*txn) ([]ledger.Draft, error) { return drafts, nil }
	batch, receipts, err := s.commit(context.Background(), form, b)
	if err != nil {
		return err
	}
	var deferred []*pending
	for i, p := range group {
		switch batch.Verdicts[i].Action {
		case ledger.Deferred:
			deferred = append(deferred, p)
		case ledger.Stale:
			p.answer <- answer{err: ledger.ErrStale}
		case ledger.Invalid:
			p.answer <- answer{err: fmt.Errorf("append: %w: its subject does not allow it", ledger.ErrInvalid)}
		default:
			p.answer <- answer{result: batch.Result(i, receipts)}
		}
	}
	if len(deferred) > 0 {
		s.putBack(deferred)
	}
	return nil
}

package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/snodo-co/snodo/routing/ledger"
)

// find looks up what the ledger has about each draft. In the group commit it
// runs under the head's lock. Each kind of look-up is one statement for all
// drafts where the database can, and none if no draft needs it.
func find(ctx context.Context, q querier, drafts []ledger.Draft, store *Store) ([]ledger.Found, error) {
	s := search{ctx: ctx, q: q, store: store, drafts: drafts, found: make([]ledger.Found, len(drafts))}
	for _, step := range []func() error{s.contents, s.requests, s.rejections, s.subjects, s.abouts, s.chains, s.load} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s.found, nil
}

// search is the looking up of a group.
type search struct {
	ctx    context.Context
	q      querier
	store  *Store
	drafts []ledger.Draft
	found  []ledger.Found
	wanted []wanted
}

// wanted is a place for the entry, with its receipt, of a position.
type wanted struct {
	position int64
	stored   *ledger.Stored
	receipt  bool // the entry is there: only its receipt is wanted
}

// each calls keys for every draft and gives the drafts it had keys for, and
// the keys one after the other.
func (s *search) each(keys func(e *ledger.Entry) []any) (members []int, values []any) {
	for i := range s.drafts {
		if k := keys(&s.drafts[i].Entry); k != nil {
			members, values = append(members, i), append(values, k...)
		}
	}
	return members, values
}

// decided is a submission that is not refused.
func decided(e *ledger.Entry) bool {
	return e.Type == ledger.Submission && e.Status != ledger.Refused
}

func (s *search) contents() error {
	members, values := s.each(func(e *ledger.Entry) []any {
		freeing := e.Type == ledger.Outcome && e.Status == ledger.RejectedByStore && !e.Digest.IsZero()
		if !decided(e) && !freeing || s.store.sieve.lacks(contentKey(e.Digest)) {
			return nil
		}
		return []any{e.Digest[:]}
	})
	return s.holdings(sqlContent, 1, members, values, func(f *ledger.Found, h *ledger.Holding) { f.Content = h })
}

func (s *search) requests() error {
	members, values := s.each(func(e *ledger.Entry) []any {
		if !decided(e) || e.RequestDigest.IsZero() || s.store.sieve.lacks(contentKey(e.RequestDigest)) {
			return nil
		}
		return []any{e.Sender, e.RequestDigest[:]}
	})
	return s.holdings(sqlRequest, 2, members, values, func(f *ledger.Found, h *ledger.Holding) { f.Request = h })
}

// holdings reads content rows, and wants the entries they hold.
func (s *search) holdings(statement string, width int, members []int, values []any, put func(*ledger.Found, *ledger.Holding)) error {
	return many(s.ctx, s.q, statement, width, values, func(scan keyRows) error {
		h := new(ledger.Holding)
		n, err := scan(contentTargets(&h.Content)...)
		if err != nil {
			return err
		}
		put(&s.found[members[n]], h)
		s.wanted = append(s.wanted, wanted{position: h.Content.Position, stored: &h.Stored})
		return nil
	})
}

func (s *search) rejections() error {
	members, values := s.each(func(e *ledger.Entry) []any {
		if e.Type != ledger.Submission || e.Status != ledger.Rejected {
			return nil
		}
		return []any{e.Digest[:], e.Sender}
	})
	return many(s.ctx, s.q, sqlRejection, 2, values, func(scan keyRows) error {
		var position int64
		n, err := scan(&position)
		if err != nil {
			return err
		}
		stored := new(ledger.Stored)
		s.found[members[n]].Rejection = stored
		s.wanted = append(s.wanted, wanted{position: position, stored: stored})
		return nil
	})
}

// subjects finds the submission that outcomes and dead letters name by its
// code.
func (s *search) subjects() error {
	var members []int
	var values []any
	for i := range s.drafts {
		e := &s.drafts[i].Entry
		if e.Type != ledger.Outcome && e.Type != ledger.DeadLetter || e.Codice == "" {
			continue
		}
		if s.found[i].Subject = s.store.recent.submission(e.Codice); s.found[i].Subject == nil {
			members, values = append(members, i), append(values, e.Codice)
		}
	}
	return many(s.ctx, s.q, sqlEntryByCode, 1, values, func(scan keyRows) error {
		stored := new(ledger.Stored)
		n, err := scan(entryTargets(&stored.Entry)...)
		if err != nil {
			return err
		}
		s.found[members[n]].Subject = stored
		s.wanted = append(s.wanted, wanted{position: stored.Entry.Position, stored: stored, receipt: true})
		return nil
	})
}

// abouts finds what else speaks of a draft's subject, oldest first: outcomes
// and dead letters by the submission they speak of, anomalies by their subject
// whether it is an entry or not, statements by their digest.
func (s *search) abouts() error {
	positions := make([][]int64, len(s.drafts))
	find := func(statement string, width int, key func(i int, e *ledger.Entry) []any) error {
		var members []int
		var values []any
		for i := range s.drafts {
			if k := key(i, &s.drafts[i].Entry); k != nil {
				members, values = append(members, i), append(values, k...)
			}
		}
		return many(s.ctx, s.q, statement, width, values, func(scan keyRows) error {
			var position int64
			n, err := scan(&position)
			if err == nil {
				positions[members[n]] = append(positions[members[n]], position)
			}
			return err
		})
	}
	err := errors.Join(
		find(sqlAbout, 2, func(i int, e *ledger.Entry) []any {
			if e.Type == ledger.Submission || e.Type == ledger.Statement || e.Subject.IsZero() {
				return nil
			}
			about := int64(0) // nothing speaks of it
			if subject := s.found[i].Subject; subject != nil {
				about = subject.Entry.Position
			}
			return []any{about, e.Subject[:]}
		}),
		find(sqlStatements, 1, func(_ int, e *ledger.Entry) []any {
			if e.Type != ledger.Statement || e.Digest.IsZero() {
				return nil
			}
			return []any{e.Digest[:]}
		}))
	if err != nil {
		return err
	}
	for i, list := range positions {
		slices.Sort(list)
		s.found[i].About = make([]ledger.Stored, len(list))
		for j, p := range list {
			s.wanted = append(s.wanted, wanted{position: p, stored: &s.found[i].About[j]})
		}
	}
	return nil
}

// chains finds the chains of accepted submissions, and those that their
// decisions read.
func (s *search) chains() error {
	var queries []ledger.ChainQuery
	var places []*ledger.ChainFound
	for i := range s.drafts {
		d, f := &s.drafts[i], &s.found[i]
		if d.Entry.Type != ledger.Submission || d.Entry.Status != ledger.Accepted {
			continue
		}
		queries, places = append(queries, d.Entry.Query()), append(places, &f.Chain)
		if d.Reading != nil && d.Reading.Query != d.Entry.Query() {
			queries, places = append(queries, d.Reading.Query), append(places, &f.Reading)
		}
	}
	found, err := findChains(s.ctx, s.q, queries, &s.store.sieve)
	if err != nil {
		return err
	}
	for i := range found {
		*places[i] = found[i]
	}
	for i := range s.drafts {
		if d := &s.drafts[i]; d.Reading != nil && d.Reading.Query == d.Entry.Query() {
			s.found[i].Reading = s.found[i].Chain
		}
	}
	return nil
}

func (s *search) load() error { return s.store.load(s.ctx, s.q, s.wanted) }

// load reads the entries and receipts that are wanted; ErrNotFound if there is
// no such entry.
func (s *Store) load(ctx context.Context, q querier, list []wanted) error {
	var entries []any
	var missing []*ledger.Stored
	receipts := make([]any, len(list))
	for i, w := range list {
		receipts[i] = w.position
		if !w.receipt {
			entries, missing = append(entries, w.position), append(missing, w.stored)
		}
	}
	err := entriesAt(ctx, q, entries, func(n int, e ledger.Entry) { missing[n].Entry = e })
	if err != nil {
		return err
	}
	for _, stored := range missing {
		if stored.Entry.Position == 0 {
			return ledger.ErrNotFound
		}
	}
	return s.receiptsAt(ctx, q, receipts, func(n int, b []byte) { list[n].stored.Receipt = b })
}

// entriesAt reads the entries at some positions.
func entriesAt(ctx context.Context, q querier, positions []any, put func(n int, e ledger.Entry)) error {
	return many(ctx, q, sqlEntry, 1, positions, func(scan keyRows) error {
		var e ledger.Entry
		n, err := scan(entryTargets(&e)...)
		if err == nil {
			put(n, e)
		}
		return err
	})
}

// receiptsAt reads the receipts of some positions.
func (s *Store) receiptsAt(ctx context.Context, q querier, positions []any, put func(n int, receipt []byte)) error {
	var places []int
	var list []cutReceipt
	err := many(ctx, q, sqlReceipt, 1, positions, func(scan keyRows) error {
		var c cutReceipt
		n, err := scan(c.targets()...)
		places, list = append(places, n), append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	return s.whole(ctx, q, list, func(n int, receipt []byte) { put(places[n], receipt) })
}

// findChains looks up chains: by the previous code, by the root that gives,
// by people and start.
func findChains(ctx context.Context, q querier, queries []ledger.ChainQuery, known *sieve) ([]ledger.ChainFound, error) {
	found := make([]ledger.ChainFound, len(queries))
	keys := func(of func(i int, q ledger.ChainQuery) []any) (members []int, values []any) {
		for i, query := range queries {
			if k := of(i, query); k != nil {
				members, values = append(members, i), append(values, k...)
			}
		}
		return members, values
	}
	members, values := keys(func(_ int, query ledger.ChainQuery) []any {
		if ledger.NoPrevious(query.Previous) {
			return nil
		}
		return []any{query.Previous}
	})
	err := many(ctx, q, sqlEntryByCode, 1, values, func(scan keyRows) error {
		e := new(ledger.Entry)
		n, err := scan(entryTargets(e)...)
		if err == nil {
			found[members[n]].Previous = e
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	members, values = keys(func(i int, query ledger.ChainQuery) []any {
		root := query.RootSought(found[i].Previous)
		if root == "" {
			return nil
		}
		return []any{root, query.Employer, query.Worker}
	})
	err = manyChains(ctx, q, sqlChain, 3, values, func(n int, c *ledger.Chain) { found[members[n]].Chain = c })
	if err != nil {
		return nil, err
	}
	members, values = keys(func(_ int, query ledger.ChainQuery) []any {
		key := relation(query.Employer, query.Worker, query.Start)
		if query.Start == "" || known.lacks(relationKey(key)) {
			return nil
		}
		return []any{key, query.Employer, query.Worker, query.Start}
	})
	err = manyChains(ctx, q, sqlChainStart, 4, values, func(n int, c *ledger.Chain) { found[members[n]].ByStart = c })
	return found, err
}

// manyChains reads chains by keys of some width.
func manyChains(ctx context.Context, q querier, statement string, width int, values []any, put func(n int, c *ledger.Chain)) error {
	return many(ctx, q, statement, width, values, func(scan keyRows) error {
		c := new(ledger.Chain)
		n, err := scan(chainTargets(c)...)
		if err == nil {
			put(n, c)
		}
		return err
	})
}

// relation is the key by which chains are found by employer, worker and start:
// 64 bits of the SHA-256 of the three. An index over the values themselves is
// five times as large, and every entry lands on another page of it.
func relation(employer, worker, start string) int64 {
	sum := sha256.Sum256([]byte(employer + "\x00" + worker + "\x00" + start))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 1) // not negative
}

func chainTargets(c *ledger.Chain) []any {
	return []any{&c.Root, &c.Employer, &c.Worker, &c.Start, (*hashCell)(&c.Head), &c.Position}
}

func contentTargets(c *ledger.Content) []any {
	return []any{(*hashCell)(&c.Digest), &c.Sender, (*hashCell)(&c.RequestDigest), &c.Position, (*numberCell)(&c.FreedBy)}
}

// holding reads a content row with the entry it holds; nil if there is none.
func (s *Store) holding(ctx context.Context, statement string, args ...any) (*ledger.Holding, error) {
	var h ledger.Holding
	found, err := one(ctx, s, statement, args, contentTargets(&h.Content)...)
	if err != nil || !found {
		return nil, err
	}
	if h.Stored, err = s.storedAt(ctx, h.Content.Position); err != nil {
		return nil, err
	}
	return &h, nil
}

// storedAt reads an entry with its receipt; ErrNotFound if there is none.
func (s *Store) storedAt(ctx context.Context, position int64) (ledger.Stored, error) {
	var stored ledger.Stored
	err := s.load(ctx, s, []wanted{{position: position, stored: &stored}})
	return stored, err
}

// receiptOf reads the receipt of a position, nil if it has none.
func (s *Store) receiptOf(ctx context.Context, position int64) (receipt []byte, err error) {
	err = s.receiptsAt(ctx, s, []any{position}, func(_ int, b []byte) { receipt = b })
	return receipt, err
}

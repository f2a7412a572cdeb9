package sqlstore

import (
	"context"

	"github.com/snodo-co/snodo/routing/ledger"
)

// find looks up what the ledger has about a draft. In the group commit it
// runs under the head's lock.
func find(ctx context.Context, q querier, d *ledger.Draft) (ledger.Found, error) {
	switch e := &d.Entry; e.Type {
	case ledger.Submission:
		if e.Status == ledger.Refused {
			return ledger.Found{}, nil
		}
		return findSubmission(ctx, q, d)
	case ledger.Outcome, ledger.DeadLetter:
		return findSubject(ctx, q, e)
	case ledger.Statement:
		about, err := storedAll(ctx, q, sqlStatements, hash(e.Digest))
		return ledger.Found{About: about}, err
	default:
		about, err := storedAll(ctx, q, sqlAbout, hash(e.Subject))
		return ledger.Found{About: about}, err
	}
}

func findSubmission(ctx context.Context, q querier, d *ledger.Draft) (ledger.Found, error) {
	var f ledger.Found
	var err error
	e := &d.Entry
	if f.Content, err = holding(ctx, q, sqlContent, e.Digest[:]); err != nil {
		return f, err
	}
	if !e.RequestDigest.IsZero() {
		if f.Request, err = holding(ctx, q, sqlRequest, e.Sender, e.RequestDigest[:]); err != nil {
			return f, err
		}
	}
	if e.Status == ledger.Rejected {
		rejections, err := storedAll(ctx, q, sqlRejection, e.Digest[:], e.Sender)
		if len(rejections) > 0 {
			f.Rejection = &rejections[0]
		}
		return f, err
	}
	if f.Chain, err = findChain(ctx, q, e.Query()); err != nil {
		return f, err
	}
	if d.Reading != nil {
		f.Reading = f.Chain
		if d.Reading.Query != e.Query() {
			f.Reading, err = findChain(ctx, q, d.Reading.Query)
		}
	}
	return f, err
}

func findSubject(ctx context.Context, q querier, e *ledger.Entry) (ledger.Found, error) {
	var f ledger.Found
	var subject ledger.Stored
	found, err := one(ctx, q, sqlEntryByHash, []any{e.Subject[:]}, entryTargets(&subject.Entry)...)
	if err != nil {
		return f, err
	}
	if found {
		if subject.Receipt, err = receiptOf(ctx, q, subject.Entry.Position); err != nil {
			return f, err
		}
		f.Subject = &subject
	}
	if f.About, err = storedAll(ctx, q, sqlAbout, e.Subject[:]); err != nil {
		return f, err
	}
	if e.Type == ledger.Outcome && !e.Digest.IsZero() {
		f.Content, err = holding(ctx, q, sqlContent, e.Digest[:])
	}
	return f, err
}

func findChain(ctx context.Context, q querier, query ledger.ChainQuery) (ledger.ChainFound, error) {
	var f ledger.ChainFound
	if !ledger.NoPrevious(query.Previous) {
		var previous ledger.Entry
		found, err := one(ctx, q, sqlEntryByCode, []any{query.Previous}, entryTargets(&previous)...)
		if err != nil {
			return f, err
		}
		if found {
			f.Previous = &previous
		}
	}
	if root := query.RootSought(f.Previous); root != "" {
		var c ledger.Chain
		found, err := one(ctx, q, sqlChain, []any{root, query.Employer, query.Worker}, chainTargets(&c)...)
		if err != nil {
			return f, err
		}
		if found {
			f.Chain = &c
		}
	}
	if query.Start == "" {
		return f, nil
	}
	var c ledger.Chain
	found, err := one(ctx, q, sqlChainStart, []any{query.Employer, query.Worker, query.Start}, chainTargets(&c)...)
	if found {
		f.ByStart = &c
	}
	return f, err
}

func chainTargets(c *ledger.Chain) []any {
	return []any{&c.Root, &c.Employer, &c.Worker, &c.Start, (*hashCell)(&c.Head), &c.Position}
}

func contentTargets(c *ledger.Content) []any {
	return []any{(*hashCell)(&c.Digest), &c.Sender, (*hashCell)(&c.RequestDigest), &c.Position, (*numberCell)(&c.FreedBy)}
}

// holding reads a content row with the entry it holds; nil if there is none.
func holding(ctx context.Context, q querier, statement string, args ...any) (*ledger.Holding, error) {
	var h ledger.Holding
	found, err := one(ctx, q, statement, args, contentTargets(&h.Content)...)
	if err != nil || !found {
		return nil, err
	}
	if h.Stored, err = storedAt(ctx, q, h.Content.Position); err != nil {
		return nil, err
	}
	return &h, nil
}

// storedAt reads an entry with its receipt; ErrNotFound if there is none.
func storedAt(ctx context.Context, q querier, position int64) (ledger.Stored, error) {
	var s ledger.Stored
	found, err := one(ctx, q, sqlEntry, []any{position}, entryTargets(&s.Entry)...)
	if err != nil {
		return s, err
	}
	if !found {
		return s, ledger.ErrNotFound
	}
	s.Receipt, err = receiptOf(ctx, q, position)
	return s, err
}

// storedAll reads the entries at the positions a query gives.
func storedAll(ctx context.Context, q querier, statement string, args ...any) ([]ledger.Stored, error) {
	var positions []int64
	err := each(ctx, q, statement, args, func(scan func(...any) error) error {
		var p int64
		err := scan(&p)
		positions = append(positions, p)
		return err
	})
	if err != nil || len(positions) == 0 {
		return nil, err
	}
	list := make([]ledger.Stored, len(positions))
	for i, p := range positions {
		if list[i], err = storedAt(ctx, q, p); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// receiptOf reads the receipt of a position, nil if it has none.
func receiptOf(ctx context.Context, q querier, position int64) ([]byte, error) {
	var b []byte
	_, err := one(ctx, q, sqlReceipt, []any{position}, (*rawCell)(&b))
	return b, err
}

package ledger

import "hash/fnv"

// Chain is the current state of one employment relationship: the values of
// the last accepted communication of a root for one employer and worker.
// The people are part of the key because two senders may name the same
// unknown previous code.
type Chain struct {
	Root     string
	Employer string
	Worker   string
	Start    string // current start date, after rectifications; YYYY-MM-DD
	Head     Hash   // entry hash of the last accepted communication
	Position int64  // its position
}

// ChainFound is what a store knows of a ChainQuery, read under the head's lock.
type ChainFound struct {
	// Previous is the accepted submission whose code is the query's previous
	// code; nil if it is not ours or NoPrevious.
	Previous *Entry
	// Chain is the chain of the query's employer and worker whose root is
	// Previous's, or the previous code itself when that is unknown.
	Chain *Chain
	// ByStart is the chain with the query's employer, worker and start that
	// has the highest position.
	ByStart *Chain
}

// Place is where a communication goes.
type Place struct {
	Root  string // empty: its own code
	Prev  Hash   // predecessor, if ours
	Known bool   // the previous code is ours, with the same employer and worker
}

// PlaceOf applies the rule of roots (contracts.md, Chains and order): the
// previous code's root if it is ours with the same employer and worker; else
// the root of the last accepted communication with the same employer, worker
// and start; else the unknown previous code; else its own.
//
// A previous code of ours that speaks of other people is neither known nor
// unknown: it gives no root, so that nobody joins a stranger's chain.
func PlaceOf(q ChainQuery, f ChainFound) Place {
	given := !NoPrevious(q.Previous)
	if given && f.Previous != nil && samePeople(q, f.Previous) {
		return Place{Root: f.Previous.Root, Prev: headOf(f.Chain), Known: true}
	}
	if f.ByStart != nil && q.people() && q.Start != "" {
		return Place{Root: f.ByStart.Root, Prev: f.ByStart.Head}
	}
	if given && f.Previous == nil {
		return Place{Root: q.Previous, Prev: headOf(f.Chain)}
	}
	return Place{}
}

// ReadingOf is the reading of a query: what a decision may rely on.
func ReadingOf(q ChainQuery, f ChainFound) Reading {
	p := PlaceOf(q, f)
	return Reading{Query: q, Head: p.Prev, Known: p.Known}
}

// RootSought is the root whose Chain a store looks up for a query, given the
// entry that has the previous code (nil if not ours); empty if none.
func (q ChainQuery) RootSought(previous *Entry) string {
	switch {
	case NoPrevious(q.Previous):
		return ""
	case previous == nil:
		return q.Previous
	case samePeople(q, previous):
		return previous.Root
	}
	return ""
}

// Query is the chain query of an entry.
func (e *Entry) Query() ChainQuery {
	return ChainQuery{Previous: e.Previous, Employer: e.Employer, Worker: e.Worker, Start: e.Start}
}

// chainAfter is the chain's state after an accepted entry. A communication
// that states no start leaves the current one.
func chainAfter(e *Entry, before *Chain) Chain {
	c := Chain{
		Root: e.Root, Employer: e.Employer, Worker: e.Worker, Start: e.Start,
		Head: e.Hash, Position: e.Position,
	}
	if c.Start == "" && before != nil {
		c.Start = before.Start
	}
	return c
}

// people reports whether a start date tells a relationship: what an employer
// says of no worker alone, as a transfer of business, is not one for its date.
func (q ChainQuery) people() bool { return q.Employer != "" && q.Worker != "" }

// samePeople reports whether an entry is of the query's people. Two of one
// employer that are both of no worker are.
func samePeople(q ChainQuery, e *Entry) bool {
	return q.Employer != "" && q.Employer == e.Employer && q.Worker == e.Worker
}

func headOf(c *Chain) Hash {
	if c == nil {
		return Hash{}
	}
	return c.Head
}

// Shard is the relay shard of a root: FNV-1a of its bytes modulo Shards, for
// ever (contracts.md, Chains and order).
func Shard(root string) int {
	h := fnv.New64a()
	h.Write([]byte(root))
	return int(h.Sum64() % Shards)
}

package ledger

import (
	"bytes"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/routing"
)

// GroupLimit is the largest group commit (DESIGN.md, 2026-11-26; contracts.md
// began with 64).
const GroupLimit = 256

// RejectionTTL is how long an unchanged rejection is answered from store.
const RejectionTTL = 24 * time.Hour

// ClockAlarm is how far behind the head the clock must be to raise an alarm.
const ClockAlarm = 2 * time.Second

// Content is the index row that makes accepted content unique.
type Content struct {
	Digest        Hash
	Sender        string
	RequestDigest Hash  // zero if the sender calls it nothing
	Position      int64 // the accepted entry
	FreedBy       int64 // the national rejection that freed it for its sender; 0 if none
}

// Holding is a content row with the entry it holds.
type Holding struct {
	Content
	Stored
}

// Found is what the ledger has about one draft, read under the head's lock.
// A store fills what the draft's type needs:
//
//	accepted, rejected  Content, Request
//	accepted            Chain, and Reading if the draft has one
//	rejected            Rejection
//	outcome, deadletter Subject, About, and for outcomes that reject Content
//	anomaly, statement  About
type Found struct {
	Content   *Holding   // by content digest, freed or not
	Request   *Holding   // by sender and request digest, not freed
	Rejection *Stored    // last rejected submission of this sender and digest
	Chain     ChainFound // for the entry's own Query
	Reading   ChainFound // for the draft's Reading.Query
	Subject   *Stored    // the accepted submission of the draft's codice, whatever its hash
	About     []Stored   // entries that speak of Subject, oldest first; for statements those of its digest
}

// Member is a draft of a group with what was found about it.
type Member struct {
	Draft Draft
	Found Found
}

// Group is all a group commit decides upon.
type Group struct {
	Head     Head
	Now      time.Time         // the clock, read once under the lock
	Seal     Hash              // certificate that seals now
	Counters map[Counter]int64 // last numbers of those in CounterKeys that exist
	Members  []Member          // at most GroupLimit, intake first
}

// Action is what becomes of a member of a group.
type Action int

// The actions. Deferred members join the next group as they are; stale ones
// are judged again by their caller.
const (
	Append   Action = iota // a new entry: Batch.Entries[Verdict.Entry]
	Again                  // the ledger already has it: Verdict.Stored, or Batch.Entries[Verdict.Entry] when nil
	Foreign                // accepted from another sender
	Deferred               // its root, or a twin, is already in this group
	Stale                  // what its decision read has changed
	Invalid                // it speaks of an entry that does not allow it
)

// Verdict is what became of one member.
type Verdict struct {
	Action Action
	Entry  int
	Stored *Stored
}

// Delivery is one outbox row.
type Delivery struct {
	Position int64
	Topic    string
	Root     string
	Shard    int
}

// DeadMark says that the dead letter at By gives up one delivery.
type DeadMark struct {
	Position int64
	Topic    string
	By       int64
}

// About says that the outcome or dead letter at Position speaks of the accepted
// submission at Subject.
type About struct{ Subject, Position int64 }

// Put is a row to insert (New) or to update.
type Put[T any] struct {
	Row T
	New bool
}

// Batch is what a group commit writes. Entries follow the head in order.
type Batch struct {
	Verdicts []Verdict // one for each member
	Entries  []Entry
	Members  []int // the member of each entry
	Counters []CounterValue
	Contents []Put[Content]
	Chains   []Chain // to write over what their key has
	Outbox   []Delivery
	Dead     []DeadMark
	Abouts   []About
	Head     Head
	Behind   time.Duration // above zero: the clock is this far behind the head, alarming
}

// Result is what a member's caller is told, given the receipts of the
// batch's entries; meaningless for deferred, stale and invalid members.
func (b *Batch) Result(member int, receipts [][]byte) Result {
	v := b.Verdicts[member]
	switch {
	case v.Action == Foreign:
		return Result{Foreign: true}
	case v.Stored != nil:
		return Result{Stored: *v.Stored, Repeated: true}
	}
	s := Stored{Entry: b.Entries[v.Entry], Receipt: receipts[v.Entry]}
	return Result{Stored: s, Repeated: v.Action == Again}
}

// Assigner turns groups of drafts into entries. It holds no state.
type Assigner struct {
	Rome  *time.Location   // Europe/Rome
	First map[string]int64 // first number of new counters by ministry region code; 1 where silent
}

// CounterKeys lists the counters a group may need: years are taken at both
// ends of the instants the group can be recorded at.
func (a Assigner) CounterKeys(g *Group) []Counter {
	from := nextInstant(g.Head.Recorded, g.Now)
	to := from.Add(time.Duration(len(g.Members)) * time.Microsecond)
	seen := make(map[Counter]bool)
	var keys []Counter
	for i := range g.Members {
		d := &g.Members[i].Draft
		if d.Entry.Type != Submission || d.Entry.Status != Accepted {
			continue
		}
		region, _ := routing.RegionBySlug(d.Entry.Region)
		for _, at := range []time.Time{from, to} {
			k := counterOf(region.Code, d.Province, at, a.Rome)
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// Assign decides every member in order. Members see each other: the second
// copy of a content gets the first one's entry. It fails only if a counter is
// exhausted or a draft was not normalized.
func (a Assigner) Assign(g *Group) (*Batch, error) {
	w := work{
		Assigner: a, group: g,
		batch:    &Batch{Head: g.Head, Verdicts: make([]Verdict, len(g.Members))},
		counters: counters{stored: g.Counters, first: a.First, last: make(map[Counter]int64)},
		byDigest: make(map[Hash]int), byRequest: make(map[requestKey]int),
		rejected: make(map[requestKey]int), roots: make(map[string]bool),
		starts: make(map[ChainQuery]bool), about: make(map[Hash][]int),
	}
	if behind := g.Head.Recorded.Sub(g.Now); behind >= ClockAlarm {
		w.batch.Behind = behind
	}
	for i := range g.Members {
		v, err := w.decide(i)
		if err != nil {
			return nil, fmt.Errorf("assign member %d: %w", i, err)
		}
		w.batch.Verdicts[i] = v
	}
	w.batch.Counters = w.counters.changed()
	return w.batch, nil
}

// requestKey is a sender with a digest of what it sent.
type requestKey struct {
	sender string
	digest Hash
}

// work is the state of one Assign: what the group has done so far.
type work struct {
	Assigner
	group     *Group
	batch     *Batch
	counters  counters
	byDigest  map[Hash]int       // accepted content of this group -> entry
	byRequest map[requestKey]int // accepted requests of this group -> entry
	rejected  map[requestKey]int // last rejection in this group -> entry
	roots     map[string]bool    // roots that have a communication in this group
	starts    map[ChainQuery]bool
	about     map[Hash][]int // entries of this group by what they speak of
}

func (w *work) decide(i int) (Verdict, error) {
	m := &w.group.Members[i]
	switch m.Draft.Entry.Type {
	case Submission:
		return w.submission(i, m)
	case Outcome:
		return w.outcome(i, m)
	case DeadLetter:
		return w.deadLetter(i, m)
	case Statement, Anomaly, Erasure, Act:
		return w.remark(i, m)
	}
	return Verdict{}, ErrInvalid
}

func (w *work) submission(i int, m *Member) (Verdict, error) {
	if m.Draft.Entry.Status == Refused {
		return w.add(i, m.Draft.Entry), nil
	}
	if v, ok := w.duplicate(m); ok {
		return v, nil
	}
	if m.Draft.Entry.Status == Rejected {
		return w.reject(i, m), nil
	}
	return w.accept(i, m)
}

// duplicate answers a submission whose content or request is already
// accepted. The sender's own request is looked up first: a newer converter may
// make other content of it. A rejection may name content accepted from
// another sender: that is what it says.
func (w *work) duplicate(m *Member) (Verdict, bool) {
	e := &m.Draft.Entry
	if !e.RequestDigest.IsZero() {
		if n, ok := w.byRequest[requestKey{e.Sender, e.RequestDigest}]; ok {
			return Verdict{Action: Again, Entry: n}, true
		}
		if r := m.Found.Request; r != nil {
			return Verdict{Action: Again, Stored: &r.Stored}, true
		}
	}
	foreign := false
	if n, ok := w.byDigest[e.Digest]; ok {
		if w.batch.Entries[n].Sender == e.Sender {
			return Verdict{Action: Again, Entry: n}, true
		}
		foreign = true
	} else if c := m.Found.Content; c != nil {
		if c.Content.Sender == e.Sender {
			return Verdict{Action: Again, Stored: &c.Stored}, c.FreedBy == 0
		}
		foreign = true
	}
	return Verdict{Action: Foreign}, foreign && e.Status == Accepted
}

func (w *work) accept(i int, m *Member) (Verdict, error) {
	d := &m.Draft
	if r := d.Reading; r != nil {
		if now := ReadingOf(r.Query, m.Found.Reading); now.Head != r.Head || now.Known != r.Known {
			return Verdict{Action: Stale}, nil
		}
	}
	q := d.Entry.Query()
	place := PlaceOf(q, m.Found.Chain)
	if w.meets(q, place) {
		return Verdict{Action: Deferred}, nil
	}
	e := d.Entry
	if err := w.code(&e, d.Province); err != nil {
		return Verdict{}, err
	}
	e.Root, e.Prev = place.Root, place.Prev
	if e.Root == "" {
		e.Root = e.Codice
	}
	if w.roots[e.Root] {
		// Its own new code was named as previous code earlier in this group.
		return Verdict{}, fmt.Errorf("%w: root taken by a guess", ErrInvalid)
	}
	v := w.add(i, e)
	w.index(&w.batch.Entries[v.Entry], m, d.Deliveries)
	return v, nil
}

// meets reports whether a root already has a communication in this group; the
// second one joins the next group, where it finds the first as stored.
func (w *work) meets(q ChainQuery, p Place) bool {
	if p.Root != "" && w.roots[p.Root] {
		return true
	}
	return !p.Known && q.Start != "" && w.starts[startKey(q)]
}

// startKey is a query without its previous code.
func startKey(q ChainQuery) ChainQuery {
	q.Previous = ""
	return q
}

// code gives the entry its codice, by the year of the instant it will be
// recorded at.
func (w *work) code(e *Entry, province string) error {
	region, ok := routing.RegionBySlug(e.Region)
	if !ok {
		return fmt.Errorf("%w: unknown region", ErrInvalid)
	}
	k := counterOf(region.Code, province, nextInstant(w.batch.Head.Recorded, w.group.Now), w.Rome)
	codice, err := k.Codice(w.counters.next(k))
	if err != nil {
		return err
	}
	e.Codice = codice
	return nil
}

// index writes the rows that follow from an accepted entry.
func (w *work) index(e *Entry, m *Member, due []routing.Delivery) {
	n := len(w.batch.Entries) - 1
	w.byDigest[e.Digest] = n
	if !e.RequestDigest.IsZero() {
		w.byRequest[requestKey{e.Sender, e.RequestDigest}] = n
	}
	w.roots[e.Root] = true
	w.starts[startKey(e.Query())] = true
	w.batch.Contents = append(w.batch.Contents, Put[Content]{
		Row: contentOf(e),
		New: m.Found.Content == nil,
	})
	before := m.Found.Chain.Chain
	if f := m.Found.Chain.ByStart; before == nil && f != nil && f.Root == e.Root {
		before = f
	}
	w.batch.Chains = append(w.batch.Chains, chainAfter(e, before))
	for _, d := range due {
		w.batch.Outbox = append(w.batch.Outbox, Delivery{
			Position: e.Position, Topic: d.Topic, Root: e.Root, Shard: Shard(e.Root),
		})
	}
}

func contentOf(e *Entry) Content {
	return Content{Digest: e.Digest, Sender: e.Sender, RequestDigest: e.RequestDigest, Position: e.Position}
}

// reject appends a rejection unless the last one of this sender and content
// says the same and is younger than RejectionTTL.
func (w *work) reject(i int, m *Member) Verdict {
	e := &m.Draft.Entry
	key := requestKey{e.Sender, e.Digest}
	if n, ok := w.rejected[key]; ok {
		if w.sameRejection(&w.batch.Entries[n], e) {
			return Verdict{Action: Again, Entry: n}
		}
	} else if r := m.Found.Rejection; r != nil && w.sameRejection(&r.Entry, e) {
		return Verdict{Action: Again, Stored: r}
	}
	v := w.add(i, *e)
	w.rejected[key] = v.Entry
	return v
}

func (w *work) sameRejection(last, e *Entry) bool {
	now := nextInstant(w.batch.Head.Recorded, w.group.Now)
	return bytes.Equal(last.Faults, e.Faults) && last.Basis == e.Basis &&
		now.Sub(last.Recorded) < RejectionTTL
}

// add appends an entry behind the head.
func (w *work) add(member int, e Entry) Verdict {
	b := w.batch
	e.Position = b.Head.Position + 1
	e.Recorded = nextInstant(b.Head.Recorded, w.group.Now)
	e.Seal = Hash{}
	if e.HasReceipt() {
		e.Seal = w.group.Seal
	}
	e.Hash = e.Chain(b.Head.Hash)
	b.Head = Head{Position: e.Position, Hash: e.Hash, Recorded: e.Recorded}
	b.Entries = append(b.Entries, e)
	b.Members = append(b.Members, member)
	n := len(b.Entries) - 1
	if about := e.About(); !about.IsZero() {
		w.about[about] = append(w.about[about], n)
	}
	return Verdict{Action: Append, Entry: n}
}

// nextInstant is the instant of the entry behind a head: the clock, or one
// microsecond after the head if the clock is not past it.
func nextInstant(head, now time.Time) time.Time {
	now = micro(now)
	if next := head.Add(time.Microsecond); !head.IsZero() && now.Before(next) {
		return next
	}
	return now
}

package ledger

import "encoding/json"

// auditState is what an audit has learnt from the entries so far: the same
// derived state a store keeps in tables.
type auditState struct {
	codes    map[string]chainKey // accepted submissions by code
	contents map[Hash]Content
	requests map[requestKey]Hash // unfreed requests -> content digest
	chains   map[chainKey]Chain
	people   map[chainKey][]string // roots by employer and worker (root empty)
	counters map[Counter]int64
	doubt    map[Counter]bool // the number before is missing or altered
	subjects map[Hash]subjectFact
	outcomes map[Hash]bool
	dead     map[deadKey]int64 // marks seen in the outbox -> dead letter's position
	abouts   map[About]bool    // rows due
	erased   []int64           // positions of rejected entries, once for each document they miss
	erasures []erasure
}

type chainKey struct{ root, employer, worker string }

type subjectFact struct {
	position int64
	codice   string
	digest   Hash
	receipt  Hash
}

type deadKey struct {
	position int64
	topic    string
}

type erasure struct {
	position int64
	note     ErasureNote
}

func newAuditState() auditState {
	return auditState{
		codes: make(map[string]chainKey), contents: make(map[Hash]Content), requests: make(map[requestKey]Hash),
		chains: make(map[chainKey]Chain), people: make(map[chainKey][]string),
		counters: make(map[Counter]int64), doubt: make(map[Counter]bool),
		subjects: make(map[Hash]subjectFact), outcomes: make(map[Hash]bool),
		dead: make(map[deadKey]int64), abouts: make(map[About]bool),
	}
}

// found answers a chain query as a store would at this point of the ledger.
func (s *auditState) found(q ChainQuery) ChainFound {
	var f ChainFound
	if !NoPrevious(q.Previous) {
		if k, ok := s.codes[q.Previous]; ok {
			f.Previous = &Entry{Root: k.root, Employer: k.employer, Worker: k.worker}
		}
	}
	if root := q.RootSought(f.Previous); root != "" {
		if c, ok := s.chains[chainKey{root, q.Employer, q.Worker}]; ok {
			f.Chain = &c
		}
	}
	for _, root := range s.people[chainKey{"", q.Employer, q.Worker}] {
		c := s.chains[chainKey{root, q.Employer, q.Worker}]
		if c.Start == q.Start && (f.ByStart == nil || c.Position > f.ByStart.Position) {
			f.ByStart = &c
		}
	}
	return f
}

// accepted takes an accepted submission into the state.
func (s *auditState) accepted(e *Entry, receipt Hash) {
	f := s.found(e.Query())
	before := f.Chain
	if before == nil && f.ByStart != nil && f.ByStart.Root == e.Root {
		before = f.ByStart
	}
	key := chainKey{e.Root, e.Employer, e.Worker}
	if _, known := s.chains[key]; !known {
		who := chainKey{"", e.Employer, e.Worker}
		s.people[who] = append(s.people[who], e.Root)
	}
	s.chains[key] = chainAfter(e, before)
	s.codes[e.Codice] = key
	s.contents[e.Digest] = contentOf(e)
	if !e.RequestDigest.IsZero() {
		s.requests[requestKey{e.Sender, e.RequestDigest}] = e.Digest
	}
	s.subjects[e.Hash] = subjectFact{position: e.Position, codice: e.Codice, digest: e.Digest, receipt: receipt}
}

// outcome takes an outcome into the state.
func (s *auditState) outcome(e *Entry) {
	s.outcomes[e.Subject] = true
	s.about(e)
	fact, ok := s.subjects[e.Subject]
	if !ok || e.Status != RejectedByStore {
		return
	}
	if c, ok := s.contents[fact.digest]; ok && c.Position == fact.position {
		c.FreedBy = e.Position
		s.contents[fact.digest] = c
		delete(s.requests, requestKey{c.Sender, c.RequestDigest})
	}
}

// about takes an entry that speaks of an accepted one.
func (s *auditState) about(e *Entry) {
	if fact, ok := s.subjects[e.Subject]; ok {
		s.abouts[About{Subject: fact.position, Position: e.Position}] = true
	}
}

// note takes the payload of an entry that changes derived state.
func (s *auditState) note(e *Entry) {
	switch e.Type {
	case DeadLetter:
		s.about(e)
	case Erasure:
		var n ErasureNote
		if json.Unmarshal(e.Payload, &n) == nil {
			s.erasures = append(s.erasures, erasure{e.Position, n})
		}
	case Act:
		var n LiftNote
		if json.Unmarshal(e.Payload, &n) != nil || n.Act != LiftAct {
			return
		}
		for _, c := range n.Counters {
			k := Counter{Region: c.Region, Province: c.Province, Year: c.Year}
			s.counters[k] = max(s.counters[k], c.Last)
		}
	}
}

// doubtCounters: after a missing or altered entry the next number of each
// counter cannot be foretold.
func (s *auditState) doubtCounters() {
	for k := range s.counters {
		s.doubt[k] = true
	}
}

// erasureOf is the erasure that covers a position, nil if none does.
func (s *auditState) erasureOf(position int64) *erasure {
	for i := range s.erasures {
		if n := s.erasures[i].note; n.From <= position && position <= n.To {
			return &s.erasures[i]
		}
	}
	return nil
}

package sqlstore

import (
	"sync"

	"github.com/snodo-co/snodo/routing/ledger"
)

// recentSize bounds the bytes of documents and receipts kept in memory: about a
// second of the heaviest traffic.
const recentSize = 12 << 20

// recent keeps the accepted submissions that this process committed last, for
// the relay, which wants their documents at once, and for their outcomes, which
// come soon after. Entries never change, so what it has is what the database
// has; what it has not is read there. Safe for concurrent use; the zero value
// is ready.
type recent struct {
	mu         sync.Mutex
	byPosition map[int64]*kept
	byCodice   map[string]*kept
	queue      []*kept // oldest first
	bytes      int
}

// kept is one submission. Its document is let go once it is delivered.
type kept struct {
	ledger.Stored
	document []byte
}

func (k *kept) size() int { return len(k.document) + len(k.Receipt) + 1024 }

// put takes what a batch accepted.
func (r *recent) put(b *ledger.Batch, drafts []ledger.Draft, receipts [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byPosition == nil {
		r.byPosition, r.byCodice = make(map[int64]*kept), make(map[string]*kept)
	}
	for i, e := range b.Entries {
		if e.Type != ledger.Submission || e.Status != ledger.Accepted {
			continue
		}
		k := &kept{Stored: ledger.Stored{Entry: e, Receipt: receipts[i]}, document: drafts[b.Members[i]].Document}
		r.byPosition[e.Position], r.byCodice[e.Codice] = k, k
		r.queue = append(r.queue, k)
		r.bytes += k.size()
	}
	for len(r.queue) > 0 && r.bytes > recentSize {
		k := r.queue[0]
		r.queue[0] = nil
		r.queue = r.queue[1:]
		r.bytes -= k.size()
		delete(r.byPosition, k.Entry.Position)
		delete(r.byCodice, k.Entry.Codice)
	}
}

// message gives a submission with its document, if it is here.
func (r *recent) message(position int64) (ledger.Entry, []byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.byPosition[position]
	if k == nil || k.document == nil {
		return ledger.Entry{}, nil, false
	}
	return k.Entry, k.document, true
}

// submission gives the submission of a code with its receipt, nil if it is not
// here.
func (r *recent) submission(codice string) *ledger.Stored {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.byCodice[codice]
	if k == nil {
		return nil
	}
	return &k.Stored
}

// delivered lets documents go.
func (r *recent) delivered(positions []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range positions {
		if k := r.byPosition[p]; k != nil {
			r.bytes -= len(k.document)
			k.document = nil
		}
	}
}

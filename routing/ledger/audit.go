package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// What says which promise of the ledger a finding breaks. The words are
// stable.
type What string

// The promises an audit checks.
const (
	FoundMissing   What = "missing"   // a position without its entry
	FoundColumn    What = "column"    // a column that cannot be read as what it must be
	FoundHash      What = "hash"      // the entry is not what was hashed
	FoundLink      What = "link"      // not verifiable: the entry before it is missing or altered
	FoundOrder     What = "order"     // recorded does not grow
	FoundCode      What = "code"      // form, year, region or continuity of the codice
	FoundTwice     What = "twice"     // the same content or outcome accepted twice
	FoundPlace     What = "place"     // root or predecessor are not those of the rule
	FoundReceipt   What = "receipt"   // missing, in excess, or not the receipt of its entry
	FoundDelivery  What = "delivery"  // outbox rows are not those of the plan
	FoundDocument  What = "document"  // missing, unnamed, or not what its key says
	FoundOutcome   What = "outcome"   // does not agree with the entry it speaks of
	FoundContent   What = "content"   // the index of accepted content disagrees
	FoundChain     What = "chain"     // the table of chains disagrees
	FoundCounter   What = "counter"   // the table of counters disagrees
	FoundHead      What = "head"      // the head row is not the last entry
	FoundSealed    What = "sealed"    // a sealed head disagrees
	FoundPublished What = "published" // the topics know an entry that the ledger lacks
	FoundTable     What = "table"     // another table that states facts disagrees
)

// Finding is one discrepancy. It names the item and holds no personal data.
type Finding struct {
	What     What   `json:"what"`
	Position int64  `json:"position,omitempty"` // zero if no entry is concerned
	Codice   string `json:"codice,omitempty"`
	Text     string `json:"text"` // Italian
}

// ReceiptChecker rebuilds the receipt of an entry and verifies its seal.
type ReceiptChecker interface {
	// CheckReceipt returns an error naming what fails, without document values.
	CheckReceipt(e Entry, receipt []byte) error
}

// AuditOptions is what an audit compares a ledger with beside itself.
type AuditOptions struct {
	Rome     *time.Location // Europe/Rome
	Receipts ReceiptChecker // nil leaves the bytes of receipts unchecked
	Heads    []SealedHead   // sealed heads found outside the ledger
	Seals    HeadVerifier   // nil leaves the seals of heads unchecked
}

// OutboxRow is one delivery as stored.
type OutboxRow struct {
	Topic string
	Root  string
	Shard int64
	Dead  int64 // position of the dead letter, 0 if none
}

// AuditRow is all that is stored at one position.
type AuditRow struct {
	Position   int64
	Entry      *Entry   // nil: no entry at this position
	Unreadable []string // columns of the entry that could not be read
	Receipt    []byte   // nil: no receipt
	Document   Hash     // SHA-256 of the document's stored bytes, zero if there are none
	Evidence   Hash     // likewise
	Deliveries []OutboxRow
}

// Auditor recomputes a ledger from its stored facts and names every
// discrepancy. Feed it in this order: Published for all there are, Entry by
// ascending position, then Content, Chain, About, Counter and Head for each row
// of those tables; Findings ends it. Not safe for concurrent use. It keeps
// about a kilobyte for each accepted entry (see BenchmarkAudit in sqlstore).
type Auditor struct {
	options   AuditOptions
	findings  []Finding
	last      Head // last entry's position, stored hash and recorded
	computed  Hash // hash of the last entry as recomputed
	lastBad   bool // the last position is missing or altered
	tainted   map[int64]bool
	heads     map[int64][]SealedHead
	published map[Hash]published
	state     auditState
}

type published struct{ topic, codice string }

// NewAuditor begins an audit.
func NewAuditor(o AuditOptions) *Auditor {
	a := &Auditor{
		options: o, tainted: make(map[int64]bool), heads: make(map[int64][]SealedHead),
		published: make(map[Hash]published), state: newAuditState(),
	}
	for _, h := range o.Heads {
		if o.Seals != nil {
			if err := o.Seals.Verify(h.Certificate, h.Bytes(), h.Seal); err != nil {
				a.find(FoundSealed, h.Position, "", "sigillo della testa non valido: %v", err)
				continue
			}
		}
		a.heads[h.Position] = append(a.heads[h.Position], h)
	}
	return a
}

func (a *Auditor) find(what What, position int64, codice, format string, args ...any) {
	a.findings = append(a.findings, Finding{
		What: what, Position: position, Codice: codice, Text: fmt.Sprintf(format, args...),
	})
}

// Published tells of a message found in a topic: its ce_id and code.
func (a *Auditor) Published(topic string, id Hash, codice string) {
	a.published[id] = published{topic, codice}
}

// missingNamed is how many missing positions are named one by one.
const missingNamed = 100

// Entry audits what is stored at one position.
func (a *Auditor) Entry(row AuditRow) {
	if row.Entry == nil {
		a.orphan(row)
		return
	}
	if gap := row.Position - a.last.Position - 1; gap > missingNamed {
		a.find(FoundMissing, a.last.Position+1, "", "mancano le voci dalla posizione %d alla %d", a.last.Position+1, row.Position-1)
		a.lastBad = true
	} else {
		for p := a.last.Position + 1; p < row.Position; p++ {
			a.find(FoundMissing, p, "", "manca la voce")
			a.lastBad = true
		}
	}
	e := row.Entry
	delete(a.published, e.Hash)
	a.checkHash(row)
	if !a.lastBad {
		a.checkFacts(row)
	}
	a.checkDocument(e, e.Document, row.Document)
	a.checkDocument(e, e.Evidence, row.Evidence)
	a.learn(row)
	a.last = Head{Position: row.Position, Hash: e.Hash, Recorded: e.Recorded}
}

// orphan names rows that belong to an entry which is not there.
func (a *Auditor) orphan(row AuditRow) {
	if row.Receipt != nil {
		a.find(FoundReceipt, row.Position, "", "ricevuta di una voce che non c'è")
	}
	if !row.Document.IsZero() || !row.Evidence.IsZero() {
		a.find(FoundDocument, row.Position, "", "documento di una voce che non c'è")
	}
	for _, d := range row.Deliveries {
		a.find(FoundDelivery, row.Position, "", "consegna verso %s di una voce che non c'è", d.Topic)
	}
}

// checkHash verifies an entry against the one before it. A stored hash that
// was altered shows in the entry itself; the next one then still follows the
// recomputed hash. lastBad is set for the entry afterwards.
func (a *Auditor) checkHash(row AuditRow) {
	e := row.Entry
	fromStored, fromComputed := e.Chain(a.last.Hash), e.Chain(a.computed)
	fits := e.Hash == fromStored || e.Hash == fromComputed
	bad := true
	switch {
	case len(row.Unreadable) > 0:
		a.find(FoundColumn, row.Position, e.Codice, "colonne illeggibili: %v", row.Unreadable)
	case row.Position != e.Position:
		a.find(FoundHash, row.Position, e.Codice, "la voce non è quella della sua posizione")
	case fits:
		bad = false
	case a.lastBad:
		a.find(FoundLink, row.Position, e.Codice, "voce non verificabile: quella che la precede manca o è alterata")
	default:
		a.find(FoundHash, row.Position, e.Codice, "la voce è stata alterata: l'impronta non corrisponde")
	}
	a.computed = fromComputed
	if e.Hash == fromStored {
		a.computed = fromStored
	}
	a.lastBad = bad
	if bad {
		a.tainted[row.Position] = true
	}
	for _, h := range a.heads[row.Position] {
		if h.Hash != e.Hash {
			a.find(FoundSealed, row.Position, e.Codice, "la voce non è quella della testa sigillata il %s", h.Instant.UTC().Format(instantLayout))
		}
	}
}

// checkDocument compares the key an entry names with what is stored for it.
// What a rejected entry misses is remembered: it may have been erased.
func (a *Auditor) checkDocument(e *Entry, named, stored Hash) {
	switch {
	case named == stored || a.tainted[e.Position]:
	case named.IsZero():
		a.find(FoundDocument, e.Position, e.Codice, "documento o busta che la voce non nomina")
	case !stored.IsZero():
		a.find(FoundDocument, e.Position, e.Codice, "il documento o la busta non sono quelli della voce")
	case e.Type == Submission && e.Status != Accepted, e.Type == Statement && e.Status == Rejected:
		a.state.erased = append(a.state.erased, e.Position)
	default:
		a.find(FoundDocument, e.Position, e.Codice, "manca il documento o la busta")
	}
}

// Findings ends the audit and gives all findings by position.
func (a *Auditor) Findings() []Finding {
	a.finishHeads()
	a.finishErasures()
	a.finishTables()
	for id, p := range a.published {
		a.find(FoundPublished, 0, p.codice, "il topic %s conosce il messaggio %s, che il registro non ha", p.topic, id)
	}
	slices.SortStableFunc(a.findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.Position, y.Position), cmp.Compare(x.What, y.What), cmp.Compare(x.Text, y.Text))
	})
	return a.findings
}

func (a *Auditor) finishHeads() {
	for position, heads := range a.heads {
		if position > a.last.Position {
			a.find(FoundSealed, position, "", "il registro finisce alla posizione %d, prima della testa sigillata il %s",
				a.last.Position, heads[0].Instant.UTC().Format(instantLayout))
		}
	}
}

// finishErasures tells erasure from theft: a missing document of a rejected
// entry must be covered by an erasure, and each erasure must have erased as
// many as it says.
func (a *Auditor) finishErasures() {
	counts := make(map[int64]int64)
	for _, p := range a.state.erased {
		if by := a.state.erasureOf(p); by != nil {
			counts[by.position]++
		} else {
			a.find(FoundDocument, p, "", "manca il documento o la busta, e nessuna cancellazione lo comprende")
		}
	}
	for _, e := range a.state.erasures {
		if got := counts[e.position]; got != e.note.Count && !a.tainted[e.position] {
			a.find(FoundDocument, e.position, "", "la cancellazione dichiara %d documenti, ne mancano %d", e.note.Count, got)
		}
	}
}

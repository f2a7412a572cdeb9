// Package reconcile sets received, relayed, registered and receipted side by
// side, and names every item that does not match, with the reason.
//
// It is pure: the ledger's items, the national store's totals and lists, the
// instant and the grace come as arguments. It must not query anything or
// decide how a report looks.
package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Key is one line of the report: a Rome day, a region slug and a kind. Refused
// submissions whose kind nobody could read have the kind "-".
type Key struct {
	Day    string `json:"giorno"` // YYYY-MM-DD, Europe/Rome, of the submission
	Region string `json:"regione"`
	Kind   string `json:"tracciato"`
}

// Item is one submission as the ledger knows it.
type Item struct {
	Key        Key
	Position   int64
	ID         string // ce_id: entry hash, 64 hexadecimal digits
	Codice     string
	Digest     string
	Status     ledger.Status
	Recorded   time.Time
	Relayed    bool   // every delivery acknowledged by the broker
	DeadLetter bool   // buried: it will not be delivered without a replay
	Cause      string // Italian, of the dead letter; may be empty
	Outcome    Result // zero while there is none
}

// Result is the outcome an item has in the ledger.
type Result struct {
	Status       ledger.Status
	Registration int64
	Receipted    bool // the receipt of registration (or rejection) is stored
}

// Oddity is an anomaly entry of the ledger: something that must not happen.
// Where it is a second registration of a communication we know, its facts are
// those of that communication.
type Oddity struct {
	Key          Key
	Position     int64
	ID           string // ce_id it speaks of, if any
	Codice       string
	Digest       string
	Registration int64  // given by the store, if any
	Twice        bool   // the store registered a content of ours once more
	Text         string // Italian; the reason's own text if empty
}

// Registration is one line of the national store's list.
type Registration struct {
	ID     string
	Number int64
}

// National is what the store says of one key. List is nil unless it was asked.
type National struct {
	Total *Total
	List  []Registration
}

// Row is the account of one key.
type Row struct {
	Key
	Received   int64 `json:"ricevute"`
	Accepted   int64 `json:"accettate"`
	Rejected   int64 `json:"respinte"` // rejected and refused
	Relayed    int64 `json:"inoltrate"`
	Registered int64 `json:"registrate"`
	Declined   int64 `json:"rifiutate"` // by the national store
	Receipted  int64 `json:"ricevutate"`
	InProgress int64 `json:"in_corso"`
	National   int64 `json:"totale_nazionale"` // the store's own count; -1 if unknown
	Mismatched int64 `json:"non_quadrano"`
}

// Reason says why an item does not reconcile. Stable words for programs.
type Reason string

// The reasons, in the order of the path.
const (
	NotRelayed       Reason = "non-inoltrata"
	Buried           Reason = "scartata"
	NotRegistered    Reason = "non-registrata"
	NotReceipted     Reason = "senza-ricevuta"
	MissingNational  Reason = "assente-dal-nodo-nazionale"
	UnknownHere      Reason = "sconosciuta-al-registro"
	RegisteredTwice  Reason = "registrata-due-volte"
	OtherNumber      Reason = "registrazione-diversa"
	TotalsDiffer     Reason = "totali-diversi"
	RecordedOddity   Reason = "anomalia"
	NoNationalAnswer Reason = "nodo-nazionale-muto"
)

// Text is the reason in Italian, for people.
func (r Reason) Text() string {
	switch r {
	case NotRelayed:
		return "accettata ma non ancora consegnata al broker"
	case Buried:
		return "messaggio scartato: serve un nuovo inoltro"
	case NotRegistered:
		return "inoltrata ma senza esito dal nodo nazionale"
	case NotReceipted:
		return "registrata ma senza ricevuta di registrazione"
	case MissingNational:
		return "registrata secondo il registro del nodo regionale, assente dall'elenco del nodo nazionale"
	case UnknownHere:
		return "registrata dal nodo nazionale, sconosciuta al registro"
	case RegisteredTwice:
		return "registrata più di una volta dal nodo nazionale"
	case OtherNumber:
		return "numero di registrazione diverso fra registro e nodo nazionale"
	case TotalsDiffer:
		return "totali diversi fra registro e nodo nazionale"
	case RecordedOddity:
		return "anomalia annotata nel registro"
	case NoNationalAnswer:
		return "nessun totale dal nodo nazionale"
	}
	return string(r)
}

// Mismatch is one item that does not reconcile.
type Mismatch struct {
	Key
	Reason       Reason  `json:"motivo"`
	Text         string  `json:"testo"`
	Position     int64   `json:"posizione,omitempty"`
	Codice       string  `json:"codice,omitempty"`
	ID           string  `json:"voce,omitempty"`
	Digest       string  `json:"impronta,omitempty"`
	Registration []int64 `json:"registrazioni,omitempty"`
}

// Report is the whole account.
type Report struct {
	Rows       []Row      `json:"righe"`
	Mismatches []Mismatch `json:"non_quadrano"`
}

// Reconciled reports whether nothing is wrong. Items in progress are no failure.
func (r Report) Reconciled() bool { return len(r.Mismatches) == 0 }

// Account gathers items and builds the report. Not safe for concurrent use.
type Account struct {
	now    time.Time
	grace  time.Duration
	detail map[Key]bool
	lines  map[Key]*line
	found  []Mismatch
}

type line struct {
	row   Row
	total Total
	items map[string]Item // registered items by ID, only under detail
	fresh bool            // something of this line is still in progress
}

// NewAccount opens an account at an instant: what is unfinished for less than
// grace is in progress, later it is a mismatch. Only the keys under detail keep
// their items in memory, to be matched with the store's list: make one account
// over everything, and a second one with its Suspects under detail.
func NewAccount(now time.Time, grace time.Duration, detail ...Key) *Account {
	a := &Account{now: now, grace: grace, detail: make(map[Key]bool), lines: make(map[Key]*line)}
	for _, k := range detail {
		a.detail[k] = true
	}
	return a
}

func (a *Account) line(k Key) *line {
	l := a.lines[k]
	if l == nil {
		l = &line{
			row:   Row{Key: k, National: -1},
			total: Total{Day: k.Day, Region: k.Region, Kind: k.Kind},
			items: make(map[string]Item),
		}
		a.lines[k] = l
	}
	return l
}

// Add enters one submission.
func (a *Account) Add(it Item) {
	l := a.line(it.Key)
	l.row.Received++
	if it.Status != ledger.Accepted {
		l.row.Rejected++
		return
	}
	l.row.Accepted++
	if it.Relayed {
		l.row.Relayed++
	}
	switch it.Outcome.Status {
	case ledger.Registered:
		l.row.Registered++
		l.total.Add(it.ID, it.Codice, it.Digest)
		if a.detail[it.Key] {
			l.items[it.ID] = it
		}
	case ledger.RejectedByStore:
		l.row.Declined++
	}
	if it.Outcome.Receipted {
		l.row.Receipted++
	}
	reason, done := unfinished(it)
	switch {
	case done:
	case reason != Buried && a.now.Sub(it.Recorded) < a.grace:
		l.row.InProgress++
		l.fresh = true
	default:
		a.mismatch(it, reason)
	}
}

// unfinished says what an accepted item still lacks.
func unfinished(it Item) (Reason, bool) {
	switch {
	case it.Outcome.Status != "" && it.Outcome.Receipted:
		return "", true
	case it.Outcome.Status != "":
		return NotReceipted, false
	case it.DeadLetter:
		return Buried, false
	case !it.Relayed:
		return NotRelayed, false
	}
	return NotRegistered, false
}

// Oddity enters one anomaly entry.
func (a *Account) Oddity(o Oddity) {
	m := Mismatch{
		Key: o.Key, Reason: RecordedOddity, Text: o.Text, Position: o.Position,
		Codice: o.Codice, ID: o.ID, Digest: o.Digest,
	}
	if o.Twice {
		m.Reason = RegisteredTwice
	}
	if o.Registration != 0 {
		m.Registration = []int64{o.Registration}
	}
	a.add(m)
}

// Suspects lists the keys whose totals the store states otherwise than the
// ledger, or does not state at all, and that have nothing in progress: ask the
// store for their lists and account again with these keys under detail.
func (a *Account) Suspects(national map[Key]Total) []Key {
	var keys []Key
	for k, l := range a.lines {
		if t, ok := national[k]; !l.fresh && (!ok && l.row.Registered > 0 || ok && !t.Equal(l.total)) {
			keys = append(keys, k)
		}
	}
	for k := range national {
		if a.lines[k] == nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

// Close compares with the national store and gives the report, sorted.
func (a *Account) Close(national map[Key]National) Report {
	for k := range national {
		a.line(k)
	}
	for k, l := range a.lines {
		a.compare(k, l, national[k])
	}
	report := Report{Rows: []Row{}, Mismatches: append([]Mismatch{}, a.found...)}
	for _, m := range a.found {
		a.line(m.Key).row.Mismatched++
	}
	for _, l := range a.lines {
		report.Rows = append(report.Rows, l.row)
	}
	slices.SortFunc(report.Rows, func(x, y Row) int { return compareKeys(x.Key, y.Key) })
	slices.SortFunc(report.Mismatches, func(x, y Mismatch) int {
		return cmp.Or(compareKeys(x.Key, y.Key), cmp.Compare(x.Position, y.Position),
			cmp.Compare(x.ID, y.ID), cmp.Compare(x.Reason, y.Reason))
	})
	return report
}

func (a *Account) compare(k Key, l *line, n National) {
	if n.Total != nil {
		l.row.National = n.Total.Count
	}
	if n.List != nil {
		a.compareList(k, l, n.List)
		return
	}
	switch {
	case l.fresh:
	case n.Total == nil && l.row.Registered > 0:
		a.add(Mismatch{Key: k, Reason: NoNationalAnswer})
	case n.Total != nil && !n.Total.Equal(l.total):
		a.add(Mismatch{Key: k, Reason: TotalsDiffer})
	}
}

func (a *Account) compareList(k Key, l *line, list []Registration) {
	numbers := make(map[string][]int64, len(list))
	for _, r := range list {
		numbers[r.ID] = append(numbers[r.ID], r.Number)
	}
	l.row.National = int64(len(list))
	for id, ns := range numbers {
		it, ours := l.items[id]
		m := Mismatch{Key: k, ID: id, Registration: ns, Position: it.Position, Codice: it.Codice, Digest: it.Digest}
		switch {
		case !ours && !l.fresh:
			m.Reason = UnknownHere
		case len(ns) > 1:
			m.Reason = RegisteredTwice
		case ours && ns[0] != it.Outcome.Registration:
			m.Reason = OtherNumber
		default:
			continue
		}
		a.add(m)
	}
	for id, it := range l.items {
		if len(numbers[id]) == 0 {
			a.mismatch(it, MissingNational)
		}
	}
}

func (a *Account) mismatch(it Item, reason Reason) {
	m := Mismatch{
		Key: it.Key, Reason: reason, Position: it.Position,
		Codice: it.Codice, ID: it.ID, Digest: it.Digest,
	}
	if reason == Buried && it.Cause != "" {
		m.Text = reason.Text() + " (" + it.Cause + ")"
	}
	a.add(m)
}

func (a *Account) add(m Mismatch) {
	if m.Text == "" {
		m.Text = m.Reason.Text()
	}
	a.found = append(a.found, m)
}

func compareKeys(x, y Key) int {
	return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Region, y.Region), cmp.Compare(x.Kind, y.Kind))
}

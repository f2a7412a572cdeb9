package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/snodo-co/snodo/routing"
)

// checkFacts audits an entry whose hash holds: what it says must be what the
// ledger's arithmetic would have said.
func (a *Auditor) checkFacts(row AuditRow) {
	e := row.Entry
	if !a.last.Recorded.IsZero() && !e.Recorded.After(a.last.Recorded) {
		a.find(FoundOrder, e.Position, e.Codice, "l'istante di registrazione non segue quello della voce precedente")
	}
	a.checkReceipt(row)
	switch {
	case e.Type == Submission && e.Status == Accepted:
		a.checkCode(e)
		a.checkContent(e)
		a.checkPlace(e)
		a.checkDeliveries(row)
		return
	case e.Type == Outcome:
		a.checkOutcome(e)
	case e.Type == DeadLetter:
		a.checkDeadLetter(e)
	}
	for _, d := range row.Deliveries {
		a.find(FoundDelivery, e.Position, e.Codice, "consegna verso %s di una voce non accettata", d.Topic)
	}
}

func (a *Auditor) checkReceipt(row AuditRow) {
	e := row.Entry
	switch {
	case e.HasReceipt() && row.Receipt == nil:
		a.find(FoundReceipt, e.Position, e.Codice, "manca la ricevuta")
	case !e.HasReceipt() && row.Receipt != nil:
		a.find(FoundReceipt, e.Position, e.Codice, "ricevuta di una voce che non ne ha")
	case row.Receipt != nil && a.options.Receipts != nil:
		if err := a.options.Receipts.CheckReceipt(*e, row.Receipt); err != nil {
			a.find(FoundReceipt, e.Position, e.Codice, "la ricevuta non è quella della voce: %v", err)
		}
	}
}

// checkCode: form, region, year, and the number after the counter's last.
func (a *Auditor) checkCode(e *Entry) {
	k, n, err := ParseCodice(e.Codice)
	region, known := routing.RegionBySlug(e.Region)
	if err != nil || !known || k.Region != region.Code || k.Year != e.Recorded.In(a.options.Rome).Year() {
		a.find(FoundCode, e.Position, e.Codice, "il codice non ha la forma, la regione o l'anno dovuti")
		return
	}
	if last, ok := a.state.counters[k]; ok && n != last+1 && !a.state.doubt[k] {
		a.find(FoundCode, e.Position, e.Codice, "il progressivo del codice non segue il precedente")
	}
}

func (a *Auditor) checkContent(e *Entry) {
	if c, ok := a.state.contents[e.Digest]; ok && !a.tainted[c.Position] {
		if c.FreedBy == 0 || c.Sender != e.Sender {
			a.find(FoundTwice, e.Position, e.Codice, "contenuto già accettato alla posizione %d", c.Position)
		}
	}
	if e.RequestDigest.IsZero() {
		return
	}
	if digest, ok := a.state.requests[requestKey{e.Sender, e.RequestDigest}]; ok {
		a.find(FoundTwice, e.Position, e.Codice, "richiesta già accettata alla posizione %d", a.state.contents[digest].Position)
	}
}

func (a *Auditor) checkPlace(e *Entry) {
	f := a.state.found(e.Query())
	for _, c := range []*Chain{f.Chain, f.ByStart} {
		if c != nil && a.tainted[c.Position] {
			return
		}
	}
	p := PlaceOf(e.Query(), f)
	if p.Root == "" {
		p.Root = e.Codice
	}
	if e.Root != p.Root || e.Prev != p.Prev {
		a.find(FoundPlace, e.Position, e.Codice, "catena o voce precedente non sono quelle dovute")
	}
}

func (a *Auditor) checkDeliveries(row AuditRow) {
	e := row.Entry
	plan := routing.Plan(e.Kind)
	for _, due := range plan {
		i := slices.IndexFunc(row.Deliveries, func(d OutboxRow) bool { return d.Topic == due.Topic })
		if i < 0 {
			a.find(FoundDelivery, e.Position, e.Codice, "manca la consegna verso %s", due.Topic)
			continue
		}
		d := row.Deliveries[i]
		if d.Root != e.Root || d.Shard != int64(Shard(e.Root)) {
			a.find(FoundDelivery, e.Position, e.Codice, "la consegna verso %s non è quella della sua catena", due.Topic)
		}
	}
	for _, d := range row.Deliveries {
		if !slices.ContainsFunc(plan, func(due routing.Delivery) bool { return due.Topic == d.Topic }) {
			a.find(FoundDelivery, e.Position, e.Codice, "consegna non prevista verso %s", d.Topic)
		}
	}
}

func (a *Auditor) checkOutcome(e *Entry) {
	s, ok := a.state.subjects[e.Subject]
	switch {
	case !ok && len(a.tainted) > 0: // its subject may be one of those
	case !ok:
		a.find(FoundOutcome, e.Position, e.Codice, "esito di una comunicazione che non c'è")
	case a.tainted[s.position]:
	case s.codice != e.Codice || s.digest != e.Digest || s.receipt != e.Receipt:
		a.find(FoundOutcome, e.Position, e.Codice, "l'esito non corrisponde alla comunicazione alla posizione %d", s.position)
	}
	if a.state.outcomes[e.Subject] {
		a.find(FoundTwice, e.Position, e.Codice, "secondo esito della stessa comunicazione")
	}
}

func (a *Auditor) checkDeadLetter(e *Entry) {
	var note DeadLetterNote
	if err := json.Unmarshal(e.Payload, &note); err != nil {
		a.find(FoundDelivery, e.Position, e.Codice, "scarto illeggibile")
		return
	}
	s, ok := a.state.subjects[e.Subject]
	if !ok {
		if len(a.tainted) == 0 {
			a.find(FoundDelivery, e.Position, e.Codice, "scarto di una comunicazione che non c'è")
		}
		return
	}
	if by := a.state.dead[deadKey{s.position, note.Topic}]; by != e.Position {
		a.find(FoundDelivery, s.position, s.codice, "la consegna verso %s non porta lo scarto alla posizione %d", note.Topic, e.Position)
	}
	delete(a.state.dead, deadKey{s.position, note.Topic})
}

// learn takes an entry into the derived state, altered or not: what follows
// was decided upon it.
func (a *Auditor) learn(row AuditRow) {
	e, s := row.Entry, &a.state
	if a.lastBad {
		s.doubtCounters()
	}
	for _, d := range row.Deliveries {
		if d.Dead != 0 {
			s.dead[deadKey{row.Position, d.Topic}] = d.Dead
		}
	}
	switch {
	case e.Type == Submission && e.Status == Accepted:
		if k, n, err := ParseCodice(e.Codice); err == nil && !a.tainted[row.Position] {
			s.counters[k] = n
			delete(s.doubt, k)
		}
		var receipt Hash
		if row.Receipt != nil {
			receipt = sha256.Sum256(row.Receipt)
		}
		s.accepted(e, receipt)
	case e.Type == Outcome:
		s.outcome(e)
	default:
		s.note(e)
	}
}

package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"time"
)

// outcome records what the national store did with a submission. The first
// outcome that matches ce_id, code and digest becomes an outcome entry, the
// same again is answered from store, anything else is an anomaly.
func (w *work) outcome(i int, m *Member) (Verdict, error) {
	e := m.Draft.Entry
	subject := m.Found.Subject
	switch {
	case subject == nil:
		return w.anomaly(i, m, OutcomeUnknown)
	case e.Subject != subject.Entry.Hash || e.Digest != subject.Entry.Digest:
		return w.anomaly(i, m, OutcomeMismatch)
	}
	if v, known := w.recorded(e.Subject, m.Found.About, func(o *Entry) bool { return o.Type == Outcome }); known {
		if sameOutcome(w.entryOf(v), &e) {
			return v, nil
		}
		return w.anomaly(i, m, OutcomeDifferent)
	}
	s := &subject.Entry
	e.Region, e.Origin, e.Kind, e.Edition, e.Root = s.Region, s.Origin, s.Kind, s.Edition, s.Root
	e.Receipt = Hash{}
	if subject.Receipt != nil {
		e.Receipt = sha256.Sum256(subject.Receipt)
	}
	v := w.add(i, e)
	w.speaks(v, s)
	if c := m.Found.Content; e.Status == RejectedByStore && c != nil && c.Content.Position == s.Position {
		row := c.Content
		row.FreedBy = w.batch.Entries[v.Entry].Position
		w.batch.Contents = append(w.batch.Contents, Put[Content]{Row: row})
	}
	return v, nil
}

// speaks records of which submission a new entry speaks.
func (w *work) speaks(v Verdict, subject *Entry) {
	w.batch.Abouts = append(w.batch.Abouts, About{Subject: subject.Position, Position: w.batch.Entries[v.Entry].Position})
}

func sameOutcome(a, b *Entry) bool {
	return a.Status == b.Status && a.Registration == b.Registration &&
		a.Instant.Equal(b.Instant) && bytes.Equal(a.Faults, b.Faults)
}

// anomaly records an outcome that must not be, once.
func (w *work) anomaly(i int, m *Member, reason string) (Verdict, error) {
	o := &m.Draft.Entry
	note := AnomalyNote{
		Reason: reason, Codice: o.Codice, Digest: o.Digest.String(), Outcome: o.Status,
		Registration: o.Registration, Faults: o.Faults,
	}
	if !o.Instant.IsZero() {
		note.Instant = o.Instant.UTC().Format(instantLayout)
	}
	payload, err := Payload(note)
	if err != nil {
		return Verdict{}, err
	}
	e := Entry{Type: Anomaly, Received: o.Received, Subject: o.Subject, Payload: payload}
	if s := m.Found.Subject; s != nil {
		e.Region, e.Kind, e.Codice, e.Root = s.Entry.Region, s.Entry.Kind, s.Entry.Codice, s.Entry.Root
	}
	return w.once(i, e, m.Found.About), nil
}

// deadLetter gives up one delivery of an accepted entry.
func (w *work) deadLetter(i int, m *Member) (Verdict, error) {
	subject := m.Found.Subject
	var note DeadLetterNote
	if err := json.Unmarshal(m.Draft.Entry.Payload, &note); err != nil || note.Topic == "" {
		return Verdict{Action: Invalid}, nil
	}
	if subject == nil || subject.Entry.Hash != m.Draft.Entry.Subject {
		return Verdict{Action: Invalid}, nil
	}
	given := func(o *Entry) bool {
		var n DeadLetterNote
		return o.Type == DeadLetter && json.Unmarshal(o.Payload, &n) == nil && n.Topic == note.Topic
	}
	if v, known := w.recorded(m.Draft.Entry.Subject, m.Found.About, given); known {
		return v, nil
	}
	e, s := m.Draft.Entry, &subject.Entry
	e.Region, e.Kind, e.Codice, e.Root = s.Region, s.Kind, s.Codice, s.Root
	v := w.add(i, e)
	w.speaks(v, s)
	w.batch.Dead = append(w.batch.Dead, DeadMark{
		Position: s.Position, Topic: note.Topic, By: w.batch.Entries[v.Entry].Position,
	})
	return v, nil
}

// remark appends an entry that changes nothing. One with a subject or, for
// statements, a digest is recorded once for the same payload.
func (w *work) remark(i int, m *Member) (Verdict, error) {
	e := m.Draft.Entry
	if e.About().IsZero() {
		return w.add(i, e), nil
	}
	return w.once(i, e, m.Found.About), nil
}

// once appends e unless an entry of its type with the same subject, digest
// and payload is there.
func (w *work) once(i int, e Entry, stored []Stored) Verdict {
	same := func(o *Entry) bool {
		return o.Type == e.Type && o.Subject == e.Subject && o.Digest == e.Digest &&
			bytes.Equal(o.Payload, e.Payload)
	}
	if v, known := w.recorded(e.About(), stored, same); known {
		return v
	}
	return w.add(i, e)
}

// About is what an entry other than a submission speaks of, by which a
// repetition is recognised: its subject, or a statement's digest.
func (e *Entry) About() Hash {
	if e.Type == Statement {
		return e.Digest
	}
	return e.Subject
}

// recorded finds the first entry about a subject that satisfies want, stored
// or of this group.
func (w *work) recorded(subject Hash, stored []Stored, want func(*Entry) bool) (Verdict, bool) {
	for i := range stored {
		if want(&stored[i].Entry) {
			return Verdict{Action: Again, Stored: &stored[i]}, true
		}
	}
	for _, n := range w.about[subject] {
		if want(&w.batch.Entries[n]) {
			return Verdict{Action: Again, Entry: n}, true
		}
	}
	return Verdict{}, false
}

func (w *work) entryOf(v Verdict) *Entry {
	if v.Stored != nil {
		return &v.Stored.Entry
	}
	return &w.batch.Entries[v.Entry]
}

// DayRange gives the instants at which civil days of Rome begin and end, as
// YYYY-MM-DD inclusive: recorded instants of the days are from <= t < to.
func DayRange(from, to string, rome *time.Location) (time.Time, time.Time, error) {
	a, err := time.ParseInLocation(time.DateOnly, from, rome)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	b, err := time.ParseInLocation(time.DateOnly, to, rome)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	y, m, d := b.Date()
	return a, time.Date(y, m, d+1, 0, 0, 0, 0, rome), nil
}

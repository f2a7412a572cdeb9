package national

import (
	"fmt"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// desk decides a batch: it is loaded with what the database knows of the batch,
// takes messages in order, and holds what must be written. It does no I/O.
type desk struct {
	now  time.Time
	next int64 // the next registrazione

	known   map[string]outcome         // settled, by ce_id: the batch's own and their predecessors
	codes   map[string]holder          // who has a code
	waiting map[string][]communication // parked, by the predecessor's ce_id
	parked  map[string]bool            // ce_ids in waiting

	outcomes      []outcome
	registrations []registration
	park          []communication
	unpark        []string // ce_ids
	outbox        []row
}

// holder is the registration that has a code.
type holder struct {
	Codice string `db:"codice"`
	ID     string `db:"ce_id"`
	Digest string `db:"digest"`
}

// registration is a row of registrations.
type registration struct {
	communication
	Number int64 `db:"registrazione"`
}

func newDesk(now time.Time, next int64) *desk {
	return &desk{
		now: now, next: next,
		known: make(map[string]outcome), codes: make(map[string]holder),
		waiting: make(map[string][]communication), parked: make(map[string]bool),
	}
}

// wait enters a communication that the database holds parked.
func (d *desk) wait(c communication) {
	d.waiting[c.Prev] = append(d.waiting[c.Prev], c)
	d.parked[c.ID] = true
}

// take decides one message: a known one gets its stored outcome again, one
// whose predecessor is not settled waits, any other is settled now.
func (d *desk) take(c communication) error {
	if o, ok := d.known[c.ID]; ok {
		return d.publish(o)
	}
	if d.parked[c.ID] {
		return nil
	}
	if _, ok := d.known[c.Prev]; !ok && c.Prev != "" && !c.faults.Refuses() {
		c.Since = d.now.UnixMicro()
		d.park = append(d.park, c)
		d.wait(c)
		return nil
	}
	return d.settle(c)
}

// settle registers or refuses a communication, then whoever waited for it.
func (d *desk) settle(c communication) error {
	queue := []communication{c}
	for len(queue) > 0 {
		c, queue = queue[0], queue[1:]
		if err := d.record(c); err != nil {
			return err
		}
		for _, w := range d.waiting[c.ID] {
			d.release(w)
			queue = append(queue, w)
		}
		delete(d.waiting, c.ID)
	}
	return nil
}

// release takes a communication out of the waiting room, whether the database
// holds it or this batch has just put it there.
func (d *desk) release(c communication) {
	delete(d.parked, c.ID)
	d.unpark = append(d.unpark, c.ID)
}

// expireAll refuses what is late, heads of chains first: whoever waits for one
// of them is released by its refusal. What then is left waits in a circle.
func (d *desk) expireAll(late []communication) error {
	among := make(map[string]bool, len(late))
	for _, c := range late {
		among[c.ID] = true
	}
	for _, circle := range []bool{false, true} {
		for _, c := range late {
			if among[c.Prev] && !circle {
				continue
			}
			if err := d.expire(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// expire refuses a parked communication for good, with a dead letter.
func (d *desk) expire(c communication) error {
	if !d.parked[c.ID] {
		return nil // settled meanwhile by the one it waited for
	}
	left := d.waiting[c.Prev][:0:0]
	for _, w := range d.waiting[c.Prev] {
		if w.ID != c.ID {
			left = append(left, w)
		}
	}
	d.waiting[c.Prev] = left
	d.release(c)
	c.faults = fault.List{{Code: fault.NationalPredecessor}}
	letter, err := deadLetter("scarto/"+c.ID, c.Root, c.ID, c.Codice, c.Topic,
		"la comunicazione precedente non è arrivata entro 24 ore", d.now)
	if err != nil {
		return err
	}
	d.outbox = append(d.outbox, letter)
	return d.settle(c)
}

// record writes one outcome.
func (d *desk) record(c communication) error {
	if has, ok := d.codes[c.Codice]; ok && !c.faults.Refuses() {
		code := fault.NationalCodeTaken
		if has.Digest == c.Digest {
			code = fault.NationalRepeated
		}
		c.faults = append(c.faults, fault.Fault{Code: code})
	}
	o := outcome{
		ID: c.ID, Codice: c.Codice, Digest: c.Digest, Root: c.Root,
		Esito: registered, Instant: d.now.UnixMicro(), Faults: "[]",
	}
	if c.faults.Refuses() {
		faults, err := c.faults.Encode()
		if err != nil {
			return err
		}
		o.Esito, o.Faults = refused, string(faults)
	} else {
		o.Registration = d.next
		d.next++
		d.codes[c.Codice] = holder{c.Codice, c.ID, c.Digest}
		d.registrations = append(d.registrations, registration{c, o.Registration})
	}
	d.known[c.ID] = o
	d.outcomes = append(d.outcomes, o)
	return d.publish(o)
}

func (d *desk) publish(o outcome) error {
	m, err := o.message()
	if err != nil {
		return err
	}
	d.outbox = append(d.outbox, m)
	return nil
}

// discard turns a message nobody can be answered for into a dead letter.
func (d *desk) discard(topic string, partition int, offset int64, key, cause string) error {
	event := fmt.Sprintf("%s/%d/%d", topic, partition, offset)
	letter, err := deadLetter(event, key, "", "", topic, cause, d.now)
	if err != nil {
		return err
	}
	d.outbox = append(d.outbox, letter)
	return nil
}

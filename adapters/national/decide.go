package national

import (
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/xsd/fault"
)

// desk decides a batch: it is loaded with what the database knows of the batch,
// takes messages in order, and holds what must be written. It does no I/O.
type desk struct {
	now  time.Time
	head head

	known   map[identity]outcome     // settled
	applied map[hash]bool            // ce_ids of what is settled: predecessors
	codes   map[string]holder        // who has a code
	waiting map[hash][]communication // parked, by the predecessor's ce_id
	parked  map[identity]bool        // who is in waiting

	registrations []registration
	refusals      []outcome
	park          []communication // those still in parked must be written
	unpark        []identity      // those the database holds
	outbox        []row
}

// head is the row that every transaction which applies takes first.
type head struct {
	Last    int64 // registrazione
	Version int64 // changes with all that is known
	Parked  int64
}

// holder is the registration that has a code.
type holder struct{ ID, Digest hash }

// registration is a communication with its number.
type registration struct {
	communication
	Number int64
}

func newDesk(now time.Time, at head) *desk {
	return &desk{
		now: now, head: at,
		known: make(map[identity]outcome), applied: make(map[hash]bool), codes: make(map[string]holder),
		waiting: make(map[hash][]communication), parked: make(map[identity]bool),
	}
}

// enter enters an outcome that the database holds.
func (d *desk) enter(o outcome) {
	d.known[o.identity] = o
	d.applied[o.ID] = true
	if o.Registration != 0 {
		d.codes[o.Codice] = holder{o.ID, o.Digest}
	}
}

// wait enters a communication that waits.
func (d *desk) wait(c communication) {
	d.waiting[c.Prev] = append(d.waiting[c.Prev], c)
	d.parked[c.identity] = true
}

// take decides one message: a known one gets its stored outcome again, one
// whose predecessor is not settled waits, any other is settled now.
func (d *desk) take(c communication) error {
	if o, ok := d.known[c.identity]; ok {
		d.send(o.message())
		return nil
	}
	if d.parked[c.identity] {
		return nil
	}
	if c.Prev != (hash{}) && !d.applied[c.Prev] && !c.faults.Refuses() {
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

// release takes a communication out of the waiting room.
func (d *desk) release(c communication) {
	delete(d.parked, c.identity)
	if c.Stored {
		d.unpark = append(d.unpark, c.identity)
	}
}

// expireAll refuses what is late, heads of chains first: whoever waits for one
// of them is released by its refusal. What then is left waits in a circle.
func (d *desk) expireAll(late []communication) error {
	among := make(map[hash]bool, len(late))
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
	if !d.parked[c.identity] {
		return nil // settled meanwhile by the one it waited for
	}
	left := d.waiting[c.Prev][:0:0]
	for _, w := range d.waiting[c.Prev] {
		if w.identity != c.identity {
			left = append(left, w)
		}
	}
	d.waiting[c.Prev] = left
	d.release(c)
	c.faults = fault.List{{Code: fault.NationalPredecessor}}
	letter, err := deadLetter("scarto/"+c.ID.String(), []byte(c.Root), c.ID.String(), c.Codice, c.Topic,
		"la comunicazione precedente non è arrivata entro 24 ore", d.now)
	if err != nil {
		return err
	}
	d.send(letter)
	return d.settle(c)
}

// record decides one outcome. That of a registration leaves by its number, any
// other through the outbox.
func (d *desk) record(c communication) error {
	if has, ok := d.codes[c.Codice]; ok && !c.faults.Refuses() {
		code := fault.NationalCodeTaken
		if has.Digest == c.Digest {
			code = fault.NationalRepeated
		}
		c.faults = append(c.faults, fault.Fault{Code: code})
	}
	o := outcome{identity: c.identity, Digest: c.Digest, Root: c.Root, Instant: d.now.UnixMicro()}
	if c.faults.Refuses() {
		faults, err := c.faults.Encode()
		if err != nil {
			return err
		}
		o.Faults = string(faults)
		d.refusals = append(d.refusals, o)
		d.send(o.message())
	} else {
		d.head.Last++
		o.Registration = d.head.Last
		d.registrations = append(d.registrations, registration{c, o.Registration})
	}
	d.enter(o)
	return nil
}

// send puts a message behind what has been registered so far.
func (d *desk) send(r row) {
	r.After = d.head.Last
	d.outbox = append(d.outbox, r)
}

// discard turns a message nobody can be answered for into a dead letter.
func (d *desk) discard(m kafkago.Message, cause string) error {
	event := fmt.Sprintf("%s/%d/%d", m.Topic, m.Partition, m.Offset)
	letter, err := deadLetter(event, m.Key, "", "", m.Topic, cause, d.now)
	if err != nil {
		return err
	}
	d.send(letter)
	return nil
}

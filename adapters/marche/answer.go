package marche

import (
	"slices"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
)

// unknown stands for a party that the request did not name.
const unknown = "Sconosciuto"

// longestParty bounds a name that is given back, in bytes.
const longestParty = 100

// portSuffix makes the name of a port of domain from its party's: what ports
// expect of one that they were told nothing else about.
const portSuffix = "SPCoopIT"

// answer is the header of the answer to a request: parties turned round, a fresh
// name, and the request's as reference.
func (d *Dialect) answer(request envelope.EGov) envelope.EGov {
	us := request.Recipient
	if us.Type != envelope.EGovSPC || !slices.Contains(d.cfg.Parties.Hub, us.Name) {
		us = envelope.Party{Type: envelope.EGovSPC, Name: d.cfg.Parties.Hub[0]}
	}
	them := request.Sender
	if !envelope.IsWord(them.Type) || !envelope.IsWord(them.Name) || len(them.Name)+len(them.Type) > longestParty {
		them = envelope.Party{Type: envelope.EGovSPC, Name: unknown}
	}
	serial, now := d.fresh()
	h := envelope.EGov{
		Sender: us, Recipient: them,
		Profile:    envelope.EGovSynchronous,
		ID:         name(us, serial, now),
		Registered: now, Clock: envelope.EGovTimeSPC,
		Reference:     request.ID,
		Collaboration: request.Collaboration,
		Delivery:      request.Delivery,
	}
	if request.Service == envelope.Service && request.ServiceType == envelope.EGovSPC {
		h.ServiceType, h.Service = request.ServiceType, request.Service
		if len(request.Action) <= longestParty {
			h.Action = request.Action
		}
	}
	return h
}

// settle gives the answer to a submission the name and the instant of its entry,
// so that the same message gets the same answer, byte for byte, for ever and
// from every process. A message that is answered with the entry of another one
// (the same content under another name) keeps a fresh name. Where the request
// asks for it, the answer acknowledges: the entry is durable.
func (d *Dialect) settle(answer *envelope.EGov, request envelope.EGov, e ledger.Entry) {
	if e.RequestDigest == nameOf(request) {
		recorded := e.Recorded.In(d.cfg.Rome)
		answer.ID = name(answer.Sender, settledSerial(e.Position), recorded)
		answer.Registered = recorded
	}
	if request.Acknowledge {
		answer.Riscontri = []envelope.Riscontro{{
			ID: request.ID, Registered: e.Received.In(d.cfg.Rome), Clock: envelope.EGovTimeSPC,
		}}
	}
}

func name(us envelope.Party, serial int, at time.Time) string {
	return envelope.Identifier{Sender: us.Name, Port: us.Name + portSuffix, Serial: serial, Minute: at}.String()
}

// Serials are shared out so that names never meet: even ones are of entries,
// odd ones of answers that have none. In a minute there are half of 10,000,000 of
// either: entries cannot come that fast, and fresh names take the slot of their
// instant or the next free one.
const (
	perMinute = (envelope.MaxSerial + 1) / 2
	slot      = time.Minute / perMinute
)

func settledSerial(position int64) int { return int(position%perMinute) * 2 }

// fresh gives a serial that this process has not given in its minute.
func (d *Dialect) fresh() (int, time.Time) {
	now := d.cfg.Now()
	for {
		last := d.last.Load()
		next := max(now.UnixNano()/int64(slot), last+1)
		if d.last.CompareAndSwap(last, next) {
			at := time.Unix(0, next*int64(slot)).In(d.cfg.Rome)
			return int(next%perMinute)*2 + 1, at
		}
	}
}

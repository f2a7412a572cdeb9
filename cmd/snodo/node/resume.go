package node

import (
	"context"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
)

// resumption is what a restored ledger needs before it goes on.
type resumption struct {
	last map[ledger.Counter]int64 // highest code known of each counter
	due  []stretch                // positions whose outcome is not here
}

// stretch is a range of positions, both ends included.
type stretch struct{ from, to int64 }

// add joins a position to the ranges; positions come in order.
func (r *resumption) add(position int64) {
	if n := len(r.due); n > 0 && r.due[n-1].to == position-1 {
		r.due[n-1].to = position
		return
	}
	r.due = append(r.due, stretch{position, position})
}

// resume makes a restored ledger safe to go on with: no code that the lost one
// gave is given again, and what has no outcome here is sent again. The national
// store drops what it knows and answers with the outcome it stored.
func (n *Node) resume(ctx context.Context) error {
	r := resumption{last: make(map[ledger.Counter]int64)}
	if err := n.readLedger(ctx, &r); err != nil {
		return err
	}
	if err := n.readTopics(ctx, &r); err != nil {
		return err
	}
	var lift []ledger.LiftCounter
	for c, number := range r.last {
		lift = append(lift, ledger.LiftCounter{Region: c.Region, Province: c.Province, Year: c.Year, Last: number})
	}
	if err := n.Store.LiftCounters(ctx, lift); err != nil {
		return err
	}
	var again int64
	for _, kind := range co.Kinds() {
		for _, s := range r.due {
			sent, err := n.Store.Rewind(ctx, routing.TopicFor(kind), s.from, s.to)
			if err != nil {
				return err
			}
			again += sent
		}
	}
	n.Log.Warn("started after a restore", "counters", len(lift), "sent_again", again)
	// From here on this ledger is the one that counts.
	return n.heads.seal(ctx)
}

// readLedger notes the counters with the floor that --first-code sets for
// those of this year, and the deliveries whose outcome the ledger lacks.
func (n *Node) readLedger(ctx context.Context, r *resumption) error {
	year := n.Now().In(n.rome).Year()
	first := n.Config.firstCodes()
	return n.Store.Progress(ctx, ledger.ProgressFilter{}, func(p ledger.Progress) error {
		if p.Entry.Status != ledger.Accepted {
			return nil
		}
		if p.Outcome == nil {
			r.add(p.Entry.Position)
		}
		c, number, err := ledger.ParseCodice(p.Entry.Codice)
		if err != nil {
			return nil // the audit names it
		}
		if floor := first[c.Region] - 1; c.Year == year && floor > 0 {
			number = max(number, floor)
		}
		r.last[c] = max(r.last[c], number)
		return nil
	})
}

// readTopics notes the codes of every message that the topics still hold.
func (n *Node) readTopics(ctx context.Context, r *resumption) error {
	for _, kind := range co.Kinds() {
		err := kafka.Scan(ctx, n.Brokers(), routing.TopicFor(kind), func(m kafka.Message) error {
			c, number, err := ledger.ParseCodice(m.Headers[kafka.HeaderSubject])
			if err != nil {
				n.Log.Warn("a message without a code of ours is passed over", "topic", m.Topic, "offset", m.Offset)
				return nil
			}
			r.last[c] = max(r.last[c], number)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// firstCodes is the first progressive by ministry region code.
func (c Config) firstCodes() map[string]int64 {
	first := make(map[string]int64)
	for slug, number := range c.First {
		r, _ := routing.RegionBySlug(slug) // check has refused others
		first[r.Code] = number
	}
	return first
}

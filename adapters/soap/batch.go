package soap

import (
	"context"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// receiptCopies is how often an answer holds a receipt while it is written: as
// stored, in the outcome, in the string that holds the outcome, and escaped.
const receiptCopies = 4

// submitAll submits the communications of a batch one after the other, so that
// those of one relationship are recorded in their order and the process holds one
// at a time. Each waits for a turn of its own, or a batch would keep others out for
// as long as all of it takes. Nothing that happens to one ends the others: only when
// not a single one came to an end does the whole call fail, which then promised
// nothing. When the time is over the rest is told to be sent again.
func (x *exchange) submitAll(ctx context.Context) (hub.Reply, *hub.Problem) {
	batch := x.call.Batch
	x.items = batch.Len()
	x.turn.leave()
	items, missed := make([]hub.Item, x.items), 0
	for i := range items {
		items[i] = x.submitOne(ctx, batch, i)
		switch p := items[i].Problem; {
		case p != nil && (!p.Sender || p.RetryAfter > 0): // to be sent again
			missed++
			x.outcome = "KO"
		case p != nil || !items[i].Answer.Accepted:
			x.outcome = "KO"
		}
	}
	if missed > 0 && missed == len(items) {
		return hub.Reply{}, items[0].Problem
	}
	if p := x.keep(ctx, items); p != nil {
		return hub.Reply{}, p
	}
	return hub.Reply{Items: items}, nil
}

// keepPatience is how long the evidence of a batch may take, whatever its
// communications took: what is accepted by then must not be told to nobody.
const keepPatience = 5 * time.Second

// keep has the evidence of a signed message kept, whose communications have each
// their own part alone.
func (x *exchange) keep(ctx context.Context, items []hub.Item) *hub.Problem {
	if x.message == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepPatience)
	defer cancel()
	err := x.place.ModI.Keep(ctx, hub.MassMessage{
		Region: x.place.Region, Received: x.received, Signed: *x.message, Evidence: x.raw, Items: items,
	})
	if err != nil {
		return x.trouble(err)
	}
	return nil
}

func (x *exchange) submitOne(ctx context.Context, batch hub.Batch, i int) hub.Item {
	cost := callCost + int64(x.call.Holds)
	turn, ok := x.h.cfg.Budget.gate(cost).again(ctx, cost)
	defer turn.leave()
	if !ok || ctx.Err() != nil {
		return hub.Item{Problem: &hub.Problem{Fault: fault.Fault{Code: fault.FileNotReached}}}
	}
	s, problem := batch.Open(i)
	if problem != nil {
		return hub.Item{Problem: problem}
	}
	answer, err := x.h.cfg.Backend.Submit(ctx, s)
	if err != nil {
		return hub.Item{Problem: x.trouble(err)}
	}
	if answer.Refused {
		return hub.Item{Problem: refused(answer.Faults)}
	}
	if !x.held.grow(receiptCopies * len(answer.Receipt)) {
		answer.Receipt = nil // it is stored: whoever wants it asks for it
	}
	return hub.Item{Answer: answer}
}

package soap

import (
	"context"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// receiptCopies is how often an answer holds a receipt while it is written: as
// stored, in the outcome, in the string that holds the outcome, and escaped.
const receiptCopies = 4

// submitAll submits the communications of a batch one after the other, so that
// those of one relationship are recorded in their order and the process holds one
// at a time. Nothing that happens to one ends the others: only when not a single
// one came to an end does the whole call fail, which then promised nothing. When
// the time is over the rest is told to be sent again.
func (x *exchange) submitAll(ctx context.Context) (hub.Reply, *hub.Problem) {
	batch := x.call.Batch
	x.items = batch.Len()
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
	return hub.Reply{Items: items}, nil
}

func (x *exchange) submitOne(ctx context.Context, batch hub.Batch, i int) hub.Item {
	if ctx.Err() != nil {
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

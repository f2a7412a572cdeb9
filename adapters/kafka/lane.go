package kafka

import (
	"context"
	"errors"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing/ledger"
)

// lane relays every shard s with s % lanes == index, one call at a time.
type lane struct {
	relay  *Relay
	wake   chan struct{}
	writer Writer
	shards []*shard
}

// shard is what a lane remembers of one shard.
type shard struct {
	number int
	wait   time.Duration // of the last failure, zero after a success
	after  time.Time     // not before
}

const (
	firstWait = 50 * time.Millisecond
	// backlog is how many messages in a round mean that more are waiting, and
	// that lingering would only delay them.
	backlog = 256
	// grace is how long a call may go on after the relay was told to stop.
	grace = 2 * time.Second
)

func newLane(r *Relay, index int) *lane {
	l := &lane{relay: r, wake: make(chan struct{}, 1)}
	for n := index; n < ledger.Shards; n += r.cfg.Lanes {
		l.shards = append(l.shards, &shard{number: n})
	}
	return l
}

func (l *lane) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lane) run(ctx context.Context) error {
	l.writer = l.relay.cfg.Writers()
	defer func() { _ = l.writer.Close() }()
	for {
		n := l.round(ctx)
		if n == 0 && !l.rest(ctx) {
			return nil
		}
		if n < backlog {
			pause(ctx, l.relay.cfg.Linger) // so that the next call carries more
		}
	}
}

// rest waits for a nudge, the next poll or a retry. It reports false when ctx ended.
func (l *lane) rest(ctx context.Context) bool {
	pause := l.relay.cfg.Poll
	now := l.relay.cfg.Now()
	for _, s := range l.shards {
		if s.wait > 0 {
			pause = min(pause, max(s.after.Sub(now), time.Millisecond))
		}
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
	case <-l.wake:
	}
	return true
}

// parcel is a row of the outbox and the message it becomes.
type parcel struct {
	ledger.Message
	out kafkago.Message
}

// round sends one call for each topic due, at most, and gives how many messages
// it settled: delivered or buried.
func (l *lane) round(ctx context.Context) int {
	due, settled := l.gather(ctx)
	for len(due) > 0 {
		topic := due[0].Topic
		var call, rest []parcel
		for _, p := range due {
			if p.Topic == topic {
				call = append(call, p)
			} else {
				rest = append(rest, p)
			}
		}
		settled += l.deliver(ctx, topic, call)
		due = rest
	}
	return settled
}

// gather takes what the lane's shards have due, within the limits of a call.
// What can never be delivered is buried here, and its root waits.
func (l *lane) gather(ctx context.Context) (due []parcel, buried int) {
	var ready []int
	for _, s := range l.shards {
		if l.ready(s) {
			ready = append(ready, s.number)
		}
	}
	if len(ready) == 0 || ctx.Err() != nil {
		return nil, 0
	}
	page, err := l.relay.cfg.Outbox.Pending(ctx, l.relay.cfg.Holder, ready, MaxCount, MaxBatch)
	if err != nil {
		for _, n := range ready {
			l.fail(ctx, l.shard(n), "read outbox", err)
		}
		return nil, 0
	}
	// Whatever does not fit this time, another shard comes first the next.
	l.shards = append(l.shards[1:], l.shards[0])
	due = make([]parcel, 0, len(page))
	bytes := 0
	blocked := make(map[string]bool)
	for _, m := range page {
		if blocked[m.Entry.Root] {
			continue
		}
		p := parcel{m, communication(m)}
		n := size(p.out)
		if cause := defect(m, n); cause != "" {
			blocked[m.Entry.Root] = true
			if err := l.bury(ctx, m, cause); err != nil {
				l.fail(ctx, l.shard(m.Shard), "bury message", err)
			} else {
				buried++
			}
			continue
		}
		if bytes+n > MaxBatch {
			break
		}
		due = append(due, p)
		bytes += n
	}
	return due, buried
}

// ready reports whether a shard may be written: held for long enough, and not
// waiting after a failure.
func (l *lane) ready(s *shard) bool {
	if s.wait > 0 && l.relay.cfg.Now().Before(s.after) {
		return false
	}
	return l.relay.holds(s.number, leaseMargin)
}

// deliver writes messages of one topic and settles each: acknowledged, its own
// fault, or to be tried later. It gives how many were delivered.
func (l *lane) deliver(ctx context.Context, topic string, msgs []parcel) int {
	msgs = l.stillHeld(msgs)
	if len(msgs) == 0 {
		return 0
	}
	errs := l.single(ctx, msgs, l.write(ctx, msgs))
	var done []int64
	failed := make(map[int]error)
	for i, m := range msgs {
		switch {
		case errs[i] == nil:
			done = append(done, m.Position)
		case ownFault(errs[i]):
			if err := l.bury(ctx, m.Message, "messaggio rifiutato dal broker"); err != nil {
				failed[m.Shard] = err
			}
		default:
			failed[m.Shard] = errs[i]
		}
	}
	if len(done) > 0 {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		defer cancel()
		if err := l.relay.cfg.Outbox.Done(end, topic, done); err != nil {
			// They will be written again; the consumer knows their ce_id.
			done = nil
			for _, m := range msgs {
				failed[m.Shard] = err
			}
		}
	}
	for _, m := range msgs {
		if err := failed[m.Shard]; err != nil {
			l.fail(ctx, l.shard(m.Shard), "deliver", err)
		} else {
			l.shard(m.Shard).wait = 0
		}
	}
	return len(done)
}

// stillHeld leaves out what this process may no longer write: the store may have
// taken its time to answer, or the process was frozen meanwhile.
func (l *lane) stillHeld(msgs []parcel) []parcel {
	return slices.DeleteFunc(msgs, func(m parcel) bool {
		return !l.relay.holds(m.Shard, leaseMargin)
	})
}

// single finds the message that made the broker refuse a whole batch: it sends
// the members again one by one, in order. A root whose member is refused or
// fails goes no further.
func (l *lane) single(ctx context.Context, msgs []parcel, errs []error) []error {
	if len(msgs) == 1 || !slices.ContainsFunc(errs, ownFault) {
		return errs
	}
	out := slices.Clone(errs)
	blocked := make(map[string]bool)
	for i, m := range msgs {
		if !ownFault(errs[i]) {
			continue
		}
		if blocked[m.Entry.Root] || ctx.Err() != nil {
			out[i] = errLater
			continue
		}
		out[i] = l.write(ctx, msgs[i:i+1])[0]
		blocked[m.Entry.Root] = out[i] != nil
	}
	return out
}

// errLater: not written, because something before it in its root was not.
var errLater = errors.New("predecessor not delivered")

// write makes one call and gives one result for each message, nil only for
// those the broker acknowledged. A call that does not end in time leaves its
// outcome unknown: the writer is closed, which waits for what is in flight, and
// replaced.
func (l *lane) write(ctx context.Context, msgs []parcel) []error {
	out := make([]kafkago.Message, len(msgs))
	for i, m := range msgs {
		out[i] = m.out
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*writeTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stop()
	err := l.writer.WriteMessages(call, out...)
	if call.Err() != nil {
		_ = l.writer.Close()
		l.writer = l.relay.cfg.Writers()
	}
	return results(err, len(msgs))
}

// results gives the result of each of n messages of a call.
func results(err error, n int) []error {
	var each kafkago.WriteErrors
	if errors.As(err, &each) && len(each) == n {
		return each
	}
	return slices.Repeat([]error{err}, n)
}

// ownFault reports whether the broker refuses a message for what it is, so that
// waiting would not help.
func ownFault(err error) bool {
	var large kafkago.MessageTooLargeError
	return errors.As(err, &large) ||
		errors.Is(err, kafkago.MessageSizeTooLarge) ||
		errors.Is(err, kafkago.InvalidMessageSize) ||
		errors.Is(err, kafkago.RecordListTooLarge) ||
		errors.Is(err, kafkago.InvalidRecord)
}

// bury publishes a dead letter, then records it: in this order a crash between
// the two repeats the letter instead of losing it.
func (l *lane) bury(ctx context.Context, m ledger.Message, cause string) error {
	letter := DeadLetter{
		CeID: m.Entry.ID(), Codice: m.Entry.Codice, Topic: m.Topic,
		Cause: cause, Instant: l.relay.cfg.Now(),
	}
	if err := l.relay.cfg.Letters.Publish(ctx, letter.message(m.Entry.Root, SourceHub)); err != nil {
		return err
	}
	return l.relay.cfg.Dead.Bury(ctx, m, cause)
}

func (l *lane) shard(number int) *shard {
	i := slices.IndexFunc(l.shards, func(s *shard) bool { return s.number == number })
	return l.shards[i]
}

// fail makes a shard wait, twice as long as the last time.
func (l *lane) fail(ctx context.Context, s *shard, what string, err error) {
	now := l.relay.cfg.Now()
	if s.wait > 0 && now.Before(s.after) {
		return // already waiting, by another message of the same call
	}
	if s.wait == 0 && ctx.Err() == nil {
		l.relay.cfg.Log.Warn("relay waits", "step", what, "shard", s.number, "error", err)
	}
	s.wait = min(max(2*s.wait, firstWait), l.relay.cfg.Backoff)
	s.after = now.Add(s.wait)
}

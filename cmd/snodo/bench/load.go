package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// load drives submissions against one endpoint.
//
// With a rate it is an open loop: the n-th submission is due at start + n/rate
// whatever became of those before it, and every latency counts from that
// instant, so the time that a submission waits for a free connection is in it.
// Without a rate each connection sends as soon as it has its answer, and a
// submission is due when it is sent.
//
// Under overload the rate is of attempts, more than the server can take: each
// connection sends its submission again until it is accepted, whatever Retry-After
// says, and latencies count from the instant of sending, since what waits for a
// connection then waits for the load and not for the server.
type load struct {
	addr        string // HOST:PORT
	path        string
	corpus      *corpus
	rate        float64 // per second; 0 is saturation
	overload    bool
	connections int
	start       time.Time
	warm        time.Time // where the measured window begins
	end         time.Time // where it ends; nothing is due from here on
	timeout     time.Duration
	accepts     func(status int, body []byte) bool
	// sample, if set, hears of every accepted submission that was picked, with
	// the instant at which it was due. The answer is valid during the call.
	sample func(due time.Time, answer []byte)

	next     atomic.Int64 // submission, or under overload attempt, that is due next
	taken    atomic.Int64 // submissions begun, under overload
	away     atomic.Int64 // answered 503 with Retry-After, under overload
	accepted atomic.Int64
	refused  atomic.Int64 // answered otherwise than by accepting
	broken   atomic.Int64 // without an answer
	spent    atomic.Bool  // the corpus ended before the time did
	late     atomic.Bool  // the rate was not kept: what was due was given up
	sampled  atomic.Int64 // Unix nanoseconds of the next sample
	reason   atomic.Pointer[string]
}

// sampleEvery is the time between two samples.
const sampleEvery = 100 * time.Millisecond

// run drives the load to its end and gives the latencies of what was due in
// the window and accepted.
func (l *load) run(ctx context.Context) ([]time.Duration, error) {
	l.sampled.Store(l.warm.UnixNano())
	each := make([][]time.Duration, l.connections)
	g, ctx := errgroup.WithContext(ctx)
	for i := range each {
		g.Go(func() (err error) {
			each[i], err = l.drive(ctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []time.Duration
	for _, some := range each {
		all = append(all, some...)
	}
	return all, nil
}

// drive sends over one connection.
func (l *load) drive(ctx context.Context) ([]time.Duration, error) {
	caller := &rawCaller{addr: l.addr, timeout: l.timeout}
	defer caller.close()
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	var latencies []time.Duration
	var request []byte
	again := false // under overload: what was turned away is sent again
	for ctx.Err() == nil {
		n := int(l.next.Add(1) - 1)
		due := l.due(n)
		if !due.Before(l.end) || l.overload && !time.Now().Before(l.end) {
			break
		}
		if l.overload && !again {
			n = int(l.taken.Add(1) - 1)
		}
		if !again && n >= l.corpus.Count {
			l.spent.Store(true)
			break
		}
		if time.Since(l.end) > l.timeout {
			l.late.Store(true)
			break
		}
		var err error
		if !again {
			request = AppendHead(request[:0], l.addr, l.path, l.corpus.size(n))
			if request, err = l.corpus.body(request, n); err != nil {
				return nil, err
			}
		}
		if l.rate == 0 {
			due = time.Now()
		} else if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return latencies, ctx.Err()
			}
		}
		if l.overload {
			due = time.Now()
		}
		status, answer, err := caller.call(ctx, request)
		took := time.Since(due)
		if again = l.overload && err == nil && status == http.StatusServiceUnavailable && caller.later; again {
			l.away.Add(1)
			continue
		}
		switch {
		case err != nil:
			l.broken.Add(1)
			l.note(err.Error())
		case !l.accepts(status, answer):
			l.refused.Add(1)
			l.note(fmt.Sprintf("HTTP %d: %.600s", status, answer))
		default:
			l.accepted.Add(1)
			if !due.Before(l.warm) {
				latencies = append(latencies, took)
				l.pick(due, answer)
			}
		}
	}
	return latencies, ctx.Err()
}

// due is when the n-th submission is due; at saturation, now.
func (l *load) due(n int) time.Time {
	if l.rate == 0 {
		return time.Now()
	}
	return l.start.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
}

// pick hands over the first submission due after each sampling instant.
func (l *load) pick(due time.Time, answer []byte) {
	if l.sample == nil {
		return
	}
	at := l.sampled.Load()
	if due.UnixNano() < at || !l.sampled.CompareAndSwap(at, max(at, due.Add(-sampleEvery).UnixNano())+int64(sampleEvery)) {
		return
	}
	l.sample(due, answer)
}

// note keeps the first reason for which a submission was not accepted.
func (l *load) note(reason string) { l.reason.CompareAndSwap(nil, &reason) }

// AcceptedNational tells an accepting answer of the national binding, by its HTTP
// status and body.
func AcceptedNational(status int, body []byte) bool {
	return status == http.StatusOK && bytes.Contains(body, []byte("Tipo_Risposta>OK</"))
}

// acceptedSPICOM tells an answer of SPICOM that carries the outcome bean.
func acceptedSPICOM(status int, body []byte) bool {
	return status == http.StatusOK && bytes.Contains(body, []byte("<identificativoRegionale"))
}

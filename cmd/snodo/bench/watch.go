package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/envelope"
)

// How the registration of a sample is watched. Together the watchers ask at
// most watchers/askPause times a second, which at saturation is a few percent
// of the server's work; with many samples open each is asked more rarely.
const (
	watchers  = 2
	askPause  = 10 * time.Millisecond // between two questions of one watcher
	askAtMost = 5 * time.Millisecond  // between two questions about one sample
)

// watch asks for the receipts of sampled submissions, as a region does, until
// the receipt of registration is there. What it measures is an upper bound:
// the instant of the first question that found the receipt.
type watch struct {
	addr    string
	path    string
	timeout time.Duration

	samples chan watched
	mu      sync.Mutex
	took    []time.Duration // from the instant at which they were due
}

// watched is one accepted submission.
type watched struct {
	due    time.Time
	code   string
	digest string
	asked  time.Time // when it was last asked about
}

func newWatch(addr, path string, timeout time.Duration) *watch {
	return &watch{addr: addr, path: path, timeout: timeout, samples: make(chan watched, 4096)}
}

// add takes a submission that was accepted, from the answer to it. An answer
// that cannot be read, and a sample too many, are left out: the ledger's
// account finds what was not registered.
func (w *watch) add(due time.Time, answer []byte) {
	env, f := envelope.Open(bytes.Clone(answer), envelope.EGovHeader(), envelope.Name{Space: envelope.SecurityNS, Local: "Security"})
	if f != nil {
		return
	}
	r, err := receipt.Parse(env.Receipt())
	if err != nil {
		return
	}
	select {
	case w.samples <- watched{due: due, code: r.Codice, digest: r.Digest}:
	default:
	}
}

// run watches until ctx ends, or every sample is registered after done was
// closed.
func (w *watch) run(ctx context.Context, done <-chan struct{}) error {
	var each sync.WaitGroup
	errs := make([]error, watchers)
	for i := range watchers {
		each.Go(func() { errs[i] = w.follow(ctx, done) })
	}
	each.Wait()
	return errors.Join(errs...)
}

func (w *watch) follow(ctx context.Context, done <-chan struct{}) error {
	caller := &rawCaller{addr: w.addr, timeout: w.timeout}
	defer caller.close()
	tick := time.NewTicker(askPause)
	defer tick.Stop()
	var open []watched
	head := time.Duration(0) // before this age no sample is asked about
	var request []byte
	for {
		select {
		case s := <-w.samples:
			open = append(open, s)
			continue
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if len(open) == 0 {
			select {
			case <-done:
				if len(w.samples) == 0 {
					return nil
				}
			default:
			}
		}
		at := longestSilent(open, time.Now(), head)
		if at < 0 {
			continue
		}
		request = askReceipts(request[:0], w.addr, w.path, open[at])
		status, body, err := caller.call(ctx, request)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("HTTP status %d", status)
		}
		if err != nil {
			return fmt.Errorf("ask for receipts: %w", err)
		}
		now := time.Now()
		open[at].asked = now
		if !bytes.Contains(body, []byte("<Tipo>"+string(receipt.Registration)+"</Tipo>")) {
			continue
		}
		took := now.Sub(open[at].due)
		w.mu.Lock()
		w.took = append(w.took, took)
		w.mu.Unlock()
		open = append(open[:at], open[at+1:]...)
		// Half of the shortest time seen is too early to ask, mostly: that
		// leaves more questions for when the answer is near.
		if half := took / 2; head == 0 || half < head {
			head = half
		}
	}
}

// longestSilent chooses the sample that was not asked about for the longest
// time, or -1 if none may be asked about now.
func longestSilent(open []watched, now time.Time, head time.Duration) int {
	best := -1
	for i, s := range open {
		if now.Sub(s.due) < head || now.Sub(s.asked) < askAtMost {
			continue
		}
		if best < 0 || s.asked.Before(open[best].asked) {
			best = i
		}
	}
	return best
}

// askReceipts appends the request for all receipts of a sample.
func askReceipts(dst []byte, addr, path string, s watched) []byte {
	body := `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
		`<RichiediRicevuta xmlns="` + envelope.HubNS + `"><ImprontaDocumento>` + s.digest + `</ImprontaDocumento><Codice>` + s.code +
		`</Codice></RichiediRicevuta></soapenv:Body></soapenv:Envelope>`
	return append(AppendHead(dst, addr, path, len(body)), body...)
}

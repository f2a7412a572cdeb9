package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

const (
	killCrowd   = 50  // requests in flight at every kill, at least
	killCallers = 80  // that send without pause
	killSamples = 500 // documents at hand for a round
)

// sentDocument is a document with what its sender holds of it.
type sentDocument struct {
	region   string
	bytes    []byte
	good     bool
	receipt  []byte // nil: sent, and no answer came
	accepted bool
}

// killing is the client of a hub that is killed again and again. The receipts
// it holds are the oracle; it never asks the hub what it sent.
type killing struct {
	data   string
	chance *rand.Rand
	signer *demoSigner
	web    *http.Client
	flight *inFlight
	serial int
	began  time.Time

	hub  *hubProcess
	held []*sentDocument // of all rounds
}

// inFlight counts the requests that are written and not yet answered.
type inFlight struct {
	next http.RoundTripper
	now  atomic.Int64
}

func (f *inFlight) RoundTrip(r *http.Request) (*http.Response, error) {
	var written atomic.Int64
	trace := &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
		if i.Err == nil {
			written.Add(1)
			f.now.Add(1)
		}
	}}
	res, err := f.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	f.now.Add(-written.Load())
	return res, err
}

// TestKill: kill -9 with at least 50 requests in flight loses no receipt,
// registers nothing twice, and a document sent again gets the same bytes.
// Every other round the hub kills itself between commit and answer.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 4
	if long() {
		rounds = 20
	}
	seed := seedOf(t)
	data := t.TempDir()
	web := webClient(t, killCallers)
	flight := &inFlight{next: web.Transport}
	k := &killing{
		data: data, chance: rand.New(rand.NewPCG(seed, 1)), signer: signerFor(t, data, 0),
		web: &http.Client{Transport: flight, Timeout: patience}, flight: flight, serial: 1, began: time.Now(),
	}
	k.start(t)
	unanswered := 0
	for round := range rounds {
		if k.round(t, round) > 0 {
			unanswered++
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d of %d rounds left entries committed but unanswered", unanswered, rounds)
	if 4*unanswered < rounds {
		t.Errorf("%d of %d rounds left an entry committed but unanswered, want a quarter", unanswered, rounds)
	}
	k.settle(t)
}

func (k *killing) start(t *testing.T) {
	k.hub = startProcess(t, os.Args[0], roleTrapped, k.data)
}

// round kills the hub once and gives the number of entries found committed but
// unanswered after the restart.
func (k *killing) round(t *testing.T, round int) int {
	sent := k.documents(t)
	after := int64(20 + k.chance.IntN(180))
	delay := time.Duration(k.chance.Int64N(int64(20 * time.Millisecond)))
	trapped := round%2 == 0
	if trapped {
		if _, err := fmt.Fprintln(k.hub.stdin, after); err != nil {
			t.Fatal(err)
		}
	}
	crowd := k.load(t, sent, func(answers int64) int64 {
		if trapped {
			<-k.hub.ended
			return 0
		}
		return k.strike(t, answers, after, delay)
	})
	var silent []*sentDocument
	for _, d := range sent {
		if d.receipt == nil {
			silent = append(silent, d)
		}
	}
	if trapped {
		crowd = int64(len(silent))
	}
	if crowd < killCrowd {
		t.Errorf("%d requests in flight at the kill, want %d", crowd, killCrowd)
	}
	k.start(t)
	committed := k.recovered(t, sent)
	t.Logf("round %d: trapped %v, %d answered, %d in flight, %d of %d committed but unanswered",
		round, trapped, len(sent)-len(silent), crowd, committed, len(silent))
	k.held = append(k.held, sent...)
	return committed
}

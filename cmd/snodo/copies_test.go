package main

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

const (
	copiesAtOnce = 50
	copiesRounds = 20
)

// copyAnswer is what the sender of one copy got.
type copyAnswer struct {
	accepted bool
	receipt  []byte
	err      error
}

// atOnce has fifty callers act at the same instant.
func atOnce(act func(i int) copyAnswer) []copyAnswer {
	answers := make([]copyAnswer, copiesAtOnce)
	start := make(chan struct{})
	var ready, done sync.WaitGroup
	for i := range answers {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			answers[i] = act(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return answers
}

// submitTo gives an act that submits copies, a signed document each.
func submitTo(t *testing.T, web *http.Client, url string, region func(i int) string, document func(i int) []byte) func(int) copyAnswer {
	return func(i int) copyAnswer {
		a, err := endpointOf(web, url, region(i)).Submit(t.Context(), co.UNILAV, document(i))
		return copyAnswer{a.Accepted, a.Receipt, err}
	}
}

// oneReceipt checks that every copy got the same receipt.
func oneReceipt(t *testing.T, answers []copyAnswer, accepted bool) {
	t.Helper()
	for _, a := range answers {
		switch {
		case a.err != nil:
			t.Error(a.err)
		case a.accepted != accepted:
			t.Errorf("accepted %v, want %v", a.accepted, accepted)
		case a.receipt == nil || !bytes.Equal(a.receipt, answers[0].receipt):
			t.Error("two copies got different receipts")
		}
	}
}

// entriesIn counts the submissions in a data folder's ledger by status.
func entriesIn(t *testing.T, data string) map[ledger.Status]int {
	t.Helper()
	stored, _ := submissionsIn(t, data)
	count := make(map[ledger.Status]int)
	for _, list := range stored {
		for _, s := range list {
			count[s.Entry.Status]++
		}
	}
	return count
}

// TestCopiesAtOnce: fifty copies of one document at the same instant are one
// entry, and every caller gets the same receipt; so are copies to different
// regions, for accepted content is unique over all of them.
func TestCopiesAtOnce(t *testing.T) {
	t.Parallel()
	regions := routing.Regions()
	for name, region := range map[string]func(i int) string{
		"one region":  func(int) string { return "marche" },
		"all regions": func(i int) string { return regions[i%len(regions)].Slug },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, began := t.TempDir(), time.Now()
			documents := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, copiesRounds))
			hub, web := startHub(t, data, nil), webClient(t, copiesAtOnce)
			for _, d := range documents {
				answers := atOnce(submitTo(t, web, hub.URL(), region, func(int) []byte { return d }))
				oneReceipt(t, answers, true)
			}
			if got := entriesIn(t, data); got[ledger.Accepted] != copiesRounds || len(got) != 1 {
				t.Errorf("entries %v, want %d accepted", got, copiesRounds)
			}
			mustReconcile(t, data, began, copiesRounds)
		})
	}
}

// TestCopiesOfTwoSenders: of one content signed by two senders one is
// accepted; all copies of the other's get the same rejection, which names no
// code.
func TestCopiesOfTwoSenders(t *testing.T) {
	t.Parallel()
	data, began := t.TempDir(), time.Now()
	samples := hirings(t, "lazio", 0, copiesRounds)
	senders := [][][]byte{signAll(t, signerFor(t, data, 0), samples), signAll(t, signerFor(t, data, 1), samples)}
	hub, web := startHub(t, data, nil), webClient(t, copiesAtOnce)
	for n := range samples {
		answers := atOnce(submitTo(t, web, hub.URL(), func(int) string { return "lazio" },
			func(i int) []byte { return senders[i%2][n] }))
		var by [2][]copyAnswer
		for i, a := range answers {
			by[i%2] = append(by[i%2], a)
		}
		winner := 0
		if by[1][0].accepted {
			winner = 1
		}
		oneReceipt(t, by[winner], true)
		oneReceipt(t, by[1-winner], false)
		if t.Failed() {
			t.FailNow()
		}
		lost := parsed(t, by[1-winner][0].receipt)
		if len(lost.Faults) != 1 || lost.Faults[0].Code != string(fault.Duplicate) || lost.Codice != "" {
			t.Errorf("the loser's receipt: faults %v, code %q", lost.Faults, lost.Codice)
		}
	}
	want := map[ledger.Status]int{ledger.Accepted: copiesRounds, ledger.Rejected: copiesRounds}
	if got := entriesIn(t, data); got[ledger.Accepted] != want[ledger.Accepted] || got[ledger.Rejected] != want[ledger.Rejected] {
		t.Errorf("entries %v, want %v", got, want)
	}
	mustReconcile(t, data, began, copiesRounds)
}

// TestCopiesOfChannel: copies by SPICOM that differ in dataInvio alone are the
// same submission: one entry, one code, one receipt.
func TestCopiesOfChannel(t *testing.T) {
	t.Parallel()
	data, began := t.TempDir(), time.Now()
	hub, web := startHub(t, data, nil), webClient(t, copiesAtOnce)
	s := samplesOf(t, "piemonte", 0)
	for n := range copiesRounds {
		var payloads [copiesAtOnce]string
		for i := range payloads {
			c := s.Hiring(n)
			c.DataInvio = s.Day.Add(time.Duration(i) * time.Second).Format("2006-01-02T15:04:05Z07:00")
			var err error
			if payloads[i], err = sample.SPICOMPayload(c, int64(n+1), hub.rome); err != nil {
				t.Fatal(err)
			}
		}
		answers := atOnce(func(i int) copyAnswer {
			a, err := sender.SendSPICOM(t.Context(), web, hub.URL()+"/soap/piemonte", payloads[i])
			return copyAnswer{a.Codice != "", a.Receipt, err}
		})
		oneReceipt(t, answers, true)
	}
	if got := entriesIn(t, data); got[ledger.Accepted] != copiesRounds || len(got) != 1 {
		t.Errorf("entries %v, want %d accepted", got, copiesRounds)
	}
	mustReconcile(t, data, began, copiesRounds)
}

// TestOneKeyTwoContents: chiaveEsterna alone is never the key. Of two contents
// that a front end sends under one, at the same instant and again, each is one
// entry with one code, whose receipt every copy gets.
func TestOneKeyTwoContents(t *testing.T) {
	t.Parallel()
	data, began := t.TempDir(), time.Now()
	hub, web := startHub(t, data, nil), webClient(t, copiesAtOnce)
	s := samplesOf(t, "piemonte", 0)
	const rounds = 5
	for n := range rounds {
		var payloads [2]string
		for i := range payloads {
			c := s.Hiring(n)
			c.DatoreLavoro.Denominazione += []string{"", " e figli"}[i]
			var err error
			if payloads[i], err = sample.SPICOMPayload(c, 42, hub.rome); err != nil {
				t.Fatal(err)
			}
		}
		send := func(i int) copyAnswer {
			a, err := sender.SendSPICOM(t.Context(), web, hub.URL()+"/soap/piemonte", payloads[i%2])
			return copyAnswer{a.Codice != "", a.Receipt, err}
		}
		var by [2][]copyAnswer
		for i, a := range atOnce(send) {
			by[i%2] = append(by[i%2], a)
		}
		for i := range by {
			oneReceipt(t, append(by[i], send(i)), true)
		}
		if t.Failed() {
			t.FailNow()
		}
		one, other := parsed(t, by[0][0].receipt), parsed(t, by[1][0].receipt)
		if one.Codice == other.Codice || one.Digest == other.Digest || one.Sender != "piemonte/loopback/42" || other.Sender != one.Sender {
			t.Errorf("%+v and %+v", one, other)
		}
	}
	if got := entriesIn(t, data); got[ledger.Accepted] != 2*rounds || len(got) != 1 {
		t.Errorf("entries %v, want %d accepted", got, 2*rounds)
	}
	mustReconcile(t, data, began, 2*rounds)
}

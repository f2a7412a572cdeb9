package soap_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// batches is a dialect whose every message is a batch of so many, each with its
// number as document; those in bad cannot be opened.
type batches struct {
	soap.National
	count, holds int
	bad          map[int]bool
}

func (d batches) Len() int { return d.count }

func (d batches) Open(hub.Request) (hub.Call, *hub.Problem) {
	return hub.Call{Operation: hub.OpSubmitAll, Batch: opened{d}, Holds: d.holds}, nil
}

// Reply writes a word for each item.
func (d batches) Reply(_ hub.Call, r hub.Reply) hub.Response {
	var words []string
	for _, item := range r.Items {
		switch {
		case item.Problem != nil:
			words = append(words, string(item.Problem.Fault.Code))
		case item.Answer.Receipt == nil:
			words = append(words, "bare")
		default:
			words = append(words, fmt.Sprint(item.Answer.Entry.Position))
		}
	}
	return hub.Response{Status: http.StatusOK, ContentType: "text/xml; charset=utf-8", Body: []byte(strings.Join(words, " "))}
}

type opened struct{ batches }

func (o opened) Open(i int) (hub.Submission, *hub.Problem) {
	if o.bad[i] {
		return hub.Submission{}, &hub.Problem{Sender: true, Fault: fault.Fault{Code: fault.FileType}}
	}
	return hub.Submission{Document: fmt.Append(nil, i)}, nil
}

// serveBatch starts an edge that speaks batches at Marche.
func serveBatch(t *testing.T, d batches, change func(*soap.Config)) *edge {
	t.Helper()
	return serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			cfg.Endpoints[i].Dialect = d
		}
		if change != nil {
			change(cfg)
		}
	})
}

// TestBatchInOrder: one at a time, in order, and each with its own end.
func TestBatchInOrder(t *testing.T) {
	t.Parallel()
	e := serveBatch(t, batches{count: 6, bad: map[int]bool{1: true}}, nil)
	var busy atomic.Int32
	e.backend.submit = func(_ context.Context, s hub.Submission) (hub.Answer, error) {
		if busy.Add(1) != 1 {
			t.Error("two at a time")
		}
		defer busy.Add(-1)
		switch string(s.Document) {
		case "2":
			return hub.Answer{}, errors.New("a secret of the store")
		case "3":
			return hub.Answer{Refused: true, Faults: fault.List{{Code: fault.Unsigned}}}, nil
		case "4":
			return hub.Answer{Entry: ledger.Entry{Position: 4}, Receipt: []byte(sealed)}, nil
		}
		return hub.Answer{Accepted: true, Entry: ledger.Entry{Position: 9}, Receipt: []byte(sealed)}, nil
	}
	a := e.post(t, "/soap/marche", "<a/>")
	if want := "9 MAS-11 SOAP-31 SIG-01 4 9"; a.status != http.StatusOK || a.body != want {
		t.Errorf("got %d %s, want %s", a.status, a.body, want)
	}
	for i, s := range e.backend.seen {
		if want := []string{"0", "2", "3", "4", "5"}[i]; string(s.Document) != want {
			t.Errorf("submission %d is %s, want %s", i, s.Document, want)
		}
	}
	if log := e.log.String(); !strings.Contains(log, `"items":6`) || !strings.Contains(log, `"outcome":"KO"`) {
		t.Error(log)
	}
}

// TestBatchFailsWhole: when not one came to an end by our trouble, nothing was
// promised and the call says so.
func TestBatchFailsWhole(t *testing.T) {
	t.Parallel()
	e := serveBatch(t, batches{count: 3}, nil)
	e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) { return hub.Answer{}, errors.New("no store") }
	a := e.post(t, "/soap/marche", "<a/>")
	a.wants(t, http.StatusServiceUnavailable, "Server", fault.ServiceUnavailable)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// TestBatchOutOfTime: what was done by then is answered, the rest is told to be
// sent again.
func TestBatchOutOfTime(t *testing.T) {
	t.Parallel()
	e := serveBatch(t, batches{count: 4}, func(cfg *soap.Config) { cfg.Timeout = 50 * time.Millisecond })
	e.backend.submit = func(ctx context.Context, s hub.Submission) (hub.Answer, error) {
		if string(s.Document) == "1" {
			<-ctx.Done()
			return hub.Answer{}, ctx.Err()
		}
		return hub.Answer{Accepted: true, Entry: ledger.Entry{Position: 9}, Receipt: []byte(sealed)}, nil
	}
	if a := e.post(t, "/soap/marche", "<a/>"); a.body != "9 SOAP-31 MAS-20 MAS-20" {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

// TestBatchWithinBudget: what a call holds beside its body counts among the bytes
// in flight, and is given back; receipts for which there is no room are left out.
func TestBatchWithinBudget(t *testing.T) {
	t.Parallel()
	const room = 64 << 10
	for _, tc := range []struct {
		holds int
		want  string
	}{
		{room, string(fault.Overloaded)},
		{room - 20<<10, "9 9"},
		{room - 6<<10, "9 bare"},
	} {
		e := serveBatch(t, batches{count: 2, holds: tc.holds}, func(cfg *soap.Config) { cfg.Budget = soap.NewBudget(room) })
		e.backend.submit = func(context.Context, hub.Submission) (hub.Answer, error) {
			return hub.Answer{Accepted: true, Entry: ledger.Entry{Position: 9}, Receipt: make([]byte, 1<<10)}, nil
		}
		for range 3 { // what one call held is free for the next
			a := e.post(t, "/soap/marche", "<a/>")
			if tc.want == string(fault.Overloaded) {
				a.wants(t, http.StatusServiceUnavailable, "Server", fault.Overloaded)
			} else if a.body != tc.want {
				t.Errorf("holding %d: %s, want %s", tc.holds, a.body, tc.want)
			}
		}
	}
}
